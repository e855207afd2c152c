from . import (
    integration_adapter,
    integration_adapter_probe,
    integration_adapter_scopes,
    integration_backend,
)
