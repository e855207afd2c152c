from . import (
    credit_drafter,
    currency_resolver,
    order_drafts,
    order_importer,
    order_updater,
    order_writer,
    partner_resolver,
    payment_importer,
    product_resolver,
    refund_importer,
    return_importer,
    tax_resolver,
)
