from . import (
    test_backend,
    test_binding,
    test_connect,
    test_credential,
    test_key_rotation,
    test_mapping,
    test_neutralize,
    test_security,
)
