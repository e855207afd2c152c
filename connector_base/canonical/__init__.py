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
from .partner import Address, Customer
from .product import (
    PRODUCT_PARTS,
    PRODUCT_STATUSES,
    Category,
    Channel,
    CustomAttribute,
    Image,
    Option,
    Product,
    ProductPush,
    ProductPushResult,
    Translation,
    Variant,
)
from .shipment import Shipment, ShipmentLine, ShipmentResult
from .stock import Location, StockLevel, StockResult
from .values import UNSET, Unset, digest, minor_units, money, quantize
