from . import (
    integration_connect,
    integration_connect_preflight,
    integration_connect_workflow,
    integration_dry_run,
    integration_import,
    integration_key_rotation,
    integration_order_cancel,
    integration_reconcile,
    integration_stock_import,
    integration_workflow_preview,
)
