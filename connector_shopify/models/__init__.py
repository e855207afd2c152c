from . import (
    integration_adapter,
    integration_adapter_products,
    integration_backend,
    product_product,
    product_template,
    sale_order,
)
