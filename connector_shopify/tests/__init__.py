from . import (
    test_adapter,
    test_amounts,
    test_connect,
    test_corpora_orders,
    test_import,
    test_mirror_fields,
    test_order_life,
    test_products,
    test_token,
    test_token_concurrency,
    test_webhook,
    test_webhook_http,
)
