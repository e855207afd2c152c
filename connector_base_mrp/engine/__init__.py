from . import product_kits, stock_quantities
