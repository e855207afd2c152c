"""Platform-neutral documents: the only language between adapters and the engine. Plain Python, nothing of Odoo."""

from .aftersale import OrderChange, RefundPayment, RefundPreview, RefundRequest, RefundRequestLine
from .listing import OrderStub
from .order import (
    CANCEL_REASONS,
    FINANCIAL_STATUSES,
    FULFILLMENT_STATUSES,
    LINE_KINDS,
    Campaign,
    Discount,
    Order,
    OrderLine,
    Payment,
    Refund,
    RefundAdjustment,
    RefundLine,
    RefundShipping,
    ShippingLine,
    TaxLine,
)
from .partner import Address, Customer, CustomerAccount, CustomerPush, CustomerPushResult, split_name
from .payout import PAYOUT_ENTRY_KINDS, PAYOUT_STATUSES, Payout, PayoutEntry
from .price import ListedPrice, ListedPriceResult, PriceList
from .product import (
    PRODUCT_PARTS,
    PRODUCT_STATUSES,
    Category,
    Channel,
    CustomAttribute,
    Image,
    KitComponent,
    Option,
    Product,
    ProductPush,
    ProductPushResult,
    Translation,
    Variant,
)
from .product_parts import PART_FIELDS, PART_OF, differences, field_digests, owner_key, parts_of, restrict
from .product_translations import (
    agreed_translations,
    changed_translations,
    pair_languages,
    told_translations,
    translation_digests,
)
from .scope import SCOPE_KINDS, Scope
from .shipment import Shipment, ShipmentLine, ShipmentResult
from .stock import Location, StockLevel, StockResult
from .values import UNSET, Unset, clean_text, digest, mark, minor_units, money, quantize
