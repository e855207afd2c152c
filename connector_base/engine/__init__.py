from . import (
    currency_resolver,
    order_adopter,
    order_drafts,
    order_importer,
    order_merger,
    order_updater,
    order_writer,
    partner_resolver,
    product_resolver,
    tax_resolver,
)
