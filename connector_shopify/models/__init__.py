from . import (
    integration_adapter,
    integration_backend,
    product_template,
    sale_order,
)
