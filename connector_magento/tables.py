"""Magento's words and numbers, and what they are in canonical documents."""

# === ORDERS === #

# https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/order-management/orders/order-status
# Statuses are the merchant's own words; their states are fixed.
NEW = "new"
COMPLETE = "complete"
CLOSED = "closed"
CANCELED = "canceled"
HOLDED = "holded"
# The status Magento itself gives to an order whose payment was found suspect
SUSPECTED_FRAUD = "fraud"

# https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (InvoiceInterface: state)
INVOICE_STATUSES = {"1": "pending", "2": "success", "3": "failure"}
# (CreditmemoInterface: state) 1 open, 2 refunded, 3 canceled
CREDITMEMO_STATUSES = {"1": "pending", "2": "success", "3": "failure"}

# https://experienceleague.adobe.com/en/docs/commerce-admin/catalog/products/types/product-create
CONFIGURABLE = "configurable"
BUNDLE = "bundle"
GROUPED = "grouped"
GIFT_CARD = "giftcard"
WITHOUT_DELIVERY = ("virtual", "downloadable")

# Orders have one charge for shipping, without an id
SHIPPING_ID = "shipping"

# What `extension_attributes.item_applied_taxes` of an order call what is taxed (TaxDetailsItemInterface: type)
TAXED_PRODUCT = "product"
TAXED_SHIPPING = "shipping"
# https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/site-store/taxes/taxes-fpt
TAXED_FPT = "weee"
# https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/point-of-purchase/gift-options
# Extension attributes of an order: (what it is called, price, its tax, as what it is taxed)
GIFT_WRAPPINGS = (
    ("Gift wrapping", "gw_price", "gw_tax_amount", "quote_gw"),
    ("Gift wrapping of items", "gw_items_price", "gw_items_tax_amount", "item_gw"),
    ("Printed card", "gw_card_price", "gw_card_tax_amount", "printed_card_gw"),
)
# What Adobe Commerce takes off an order's grand total, for it was paid by other means: extension attribute -> gateway
# https://developer.adobe.com/commerce/webapi/rest/modules/sales/
REWARDS, REWARD_POINTS = "reward_currency_amount", "reward_points"
OTHER_PAYMENTS = {
    "gift_cards_amount": "gift_card",
    "customer_balance_amount": "store_credit",
    REWARDS: REWARD_POINTS,
}

# Amounts in the base currency have the same name after `base_`, but for these
BASE_NAMES = {
    "shipping_discount_tax_compensation_amount": "base_shipping_discount_tax_compensation_amnt",
    "weee_tax_applied_row_amount": "base_weee_tax_applied_row_amnt",
    "gw_price": "gw_base_price",
    "gw_tax_amount": "gw_base_tax_amount",
    "gw_items_price": "gw_items_base_price",
    "gw_items_tax_amount": "gw_items_base_tax_amount",
    "gw_card_price": "gw_card_base_price",
    "gw_card_tax_amount": "gw_card_base_tax_amount",
}
