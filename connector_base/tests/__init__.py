from . import (
    test_api_call,
    test_backend,
    test_binding,
    test_connect,
    test_credential,
    test_cursor,
    test_key_rotation,
    test_mapping,
    test_neutralize,
    test_order_import,
    test_rate_limit,
    test_security,
    test_sync_job,
    test_sync_job_errors,
    test_webhook,
    test_webhook_drain,
)
from . import test_credential, test_order_amounts, test_order_import
