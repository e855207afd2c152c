from . import (
    integration_adapter,
    integration_adapter_prices,
    integration_adapter_products,
    integration_adapter_stock,
    integration_backend,
    integration_backend_products,
    product_product,
    product_template,
)
