from . import (
    integration_adapter,
    integration_adapter_aftersale,
    integration_adapter_customers,
    integration_adapter_payouts,
    integration_adapter_prices,
    integration_adapter_privacy,
    integration_adapter_shipments,
    integration_adapter_stock,
    integration_adapter_version,
    integration_backend,
    product_template,
    sale_order,
)
