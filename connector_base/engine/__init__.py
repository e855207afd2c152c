from . import (
    currency_resolver,
    order_drafts,
    order_filter,
    order_importer,
    order_risk,
    order_score,
    order_settings,
    order_updater,
    order_writer,
    partner_resolver,
    product_resolver,
    tax_resolver,
)
