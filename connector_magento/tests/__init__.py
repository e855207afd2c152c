from . import (
    test_connect,
    test_currencies,
    test_events,
    test_order_aftersale,
    test_orders,
    test_prices,
    test_products,
    test_stock,
)
