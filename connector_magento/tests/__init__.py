from . import (
    test_connect,
    test_order_aftersale,
    test_orders,
)
