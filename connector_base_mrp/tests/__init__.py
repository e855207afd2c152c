from . import test_product_kits, test_stock_kits
