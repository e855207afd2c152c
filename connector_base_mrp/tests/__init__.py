from . import test_stock_kits
