from . import (
    integration_backend,
    integration_binding_product,
    integration_category,
    product_image,
    product_public_category,
    product_template,
    sync_job,
)
