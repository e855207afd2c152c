from . import (
    integration_adapter,
    integration_adapter_scopes,
    integration_backend,
)
