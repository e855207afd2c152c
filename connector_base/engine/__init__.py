from . import (
    currency_resolver,
    delivery_launcher,
    order_drafts,
    order_importer,
    order_updater,
    order_writer,
    partner_resolver,
    product_resolver,
    tax_resolver,
)
