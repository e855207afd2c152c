from . import test_credential
