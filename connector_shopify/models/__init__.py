from . import (
    integration_adapter,
    integration_adapter_customers,
    integration_adapter_payouts,
    integration_adapter_prices,
    integration_backend,
    product_template,
    sale_order,
)
