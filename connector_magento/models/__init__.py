from . import (
    integration_adapter,
    integration_adapter_aftersale,
    integration_adapter_customers,
    integration_adapter_orders,
    integration_adapter_scopes,
    integration_adapter_shipments,
    integration_backend,
    integration_backend_orders,
    sale_order,
)
