from . import test_prices, test_products, test_stock
