from . import stock_quantities
