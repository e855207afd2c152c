from . import integration_adapter, integration_backend
