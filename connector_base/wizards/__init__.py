from . import (
    integration_connect,
    integration_connect_workflow,
    integration_key_rotation,
    integration_workflow_preview,
)
