from . import (
    integration_connect,
    integration_connect_flows,
    integration_connect_preflight,
    integration_connect_workflow,
    integration_customer_publish,
    integration_dry_run,
    integration_import,
    integration_key_rotation,
    integration_order_cancel,
    integration_product_publish,
    integration_reconcile,
    integration_workflow_preview,
)
