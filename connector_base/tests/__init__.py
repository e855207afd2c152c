from . import test_credential, test_order_amounts, test_order_import
