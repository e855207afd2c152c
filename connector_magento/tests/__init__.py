from . import (
    test_order_aftersale,
    test_orders,
)
