from . import test_credential, test_order_import
