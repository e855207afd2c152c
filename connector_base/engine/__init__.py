from . import (
    currency_resolver,
    order_comparer,
    order_drafts,
    order_importer,
    order_updater,
    order_writer,
    partner_resolver,
    preflight,
    product_resolver,
    rehearsal,
    tax_resolver,
)
