from . import (
    currency_resolver,
    order_drafts,
    order_importer,
    order_updater,
    order_writer,
    partner_resolver,
    partner_writer,
    product_resolver,
    tax_resolver,
)
