"""What can be searched and sorted by, per resource."""

from fractions import Fraction

from . import status
from .money import convert


def _state(order: dict) -> list[str]:
    if order["cancelled_at"]:
        return ["cancelled", "closed", "any"]
    return ["closed", "any"] if order["closed_at"] else ["open", "not_closed", "any"]


_FULFILLMENT = {
    "UNFULFILLED": ["unfulfilled", "unshipped"],
    "PARTIALLY_FULFILLED": ["partial"],
    "FULFILLED": ["fulfilled", "shipped"],
}


def _shop_total(order: dict) -> int:
    return convert(order["totals"]["total"], order["currency"], order["shop_currency"], 1 / Fraction(order["rate"]))


ORDER = {
    "id": ("id", lambda o: o["id"]),
    "name": ("exact", lambda o: [o["name"], o["name"].lstrip("#")]),
    "email": ("exact", lambda o: o["email"]),
    "created_at": ("time", lambda o: o["created_at"]),
    "updated_at": ("time", lambda o: o["updated_at"]),
    "processed_at": ("time", lambda o: o["processed_at"]),
    "status": ("exact", _state),
    "financial_status": ("exact", status.financial),
    "fulfillment_status": ("exact", lambda o: _FULFILLMENT[status.fulfillment(o)]),
    "customer_id": ("id", lambda o: o["customer"]),
    "confirmation_number": ("exact", lambda o: o["confirmation_number"]),
    "discount_code": ("exact", lambda o: [d["code"] for d in o["discounts"] if d["code"]]),
    "gateway": ("exact", lambda o: [o["gateway"]]),
    "sku": ("exact", lambda o: [line["sku"] for line in o["lines"]]),
    "source_name": ("exact", lambda o: o["source_name"]),
    "source_identifier": ("exact", lambda o: o["source_identifier"]),
    "tag": ("exact", lambda o: o["tags"]),
    "test": ("bool", lambda o: o["test"]),
}
ORDER_WORDS = [lambda o: o["name"], lambda o: o["email"], lambda o: (o["billing"] or {}).get("last_name")]
ORDER_SORT = {
    "ID": lambda o: o["id"],
    "CREATED_AT": lambda o: o["created_at"],
    "ORDER_NUMBER": lambda o: o["number"],
    "PROCESSED_AT": lambda o: o["processed_at"],
    "TOTAL_PRICE": _shop_total,
    "UPDATED_AT": lambda o: o["updated_at"],
}

_TIMES = {
    "id": ("id", lambda r: r["id"]),
    "created_at": ("time", lambda r: r["created_at"]),
    "updated_at": ("time", lambda r: r["updated_at"]),
}
PRODUCT = {
    **_TIMES,
    "title": ("text", lambda p: p["title"]),
    "handle": ("exact", lambda p: p["handle"]),
    "status": ("exact", lambda p: p["status"]),
    "vendor": ("exact", lambda p: p["vendor"]),
    "product_type": ("exact", lambda p: p["product_type"]),
    "tag": ("exact", lambda p: p["tags"]),
    "sku": ("exact", lambda p: [variant["sku"] for variant in p["variants"]]),
    "barcode": ("exact", lambda p: [variant["barcode"] for variant in p["variants"]]),
    "published_at": ("time", lambda p: min(p["published"].values(), default=None)),
}
PRODUCT_WORDS = [lambda p: p["title"]]
PRODUCT_SORT = {
    "ID": lambda p: p["id"],
    "CREATED_AT": lambda p: p["created_at"],
    "TITLE": lambda p: p["title"],
    "UPDATED_AT": lambda p: p["updated_at"],
    "VENDOR": lambda p: p["vendor"],
    "INVENTORY_TOTAL": lambda p: sum(variant["inventory"] for variant in p["variants"]),
    "PRODUCT_TYPE": lambda p: p["product_type"],
    "PUBLISHED_AT": lambda p: min(p["published"].values(), default=""),
    "RELEVANCE": lambda p: p["id"],
}
VARIANT = {
    **_TIMES,
    "sku": ("exact", lambda v: v["sku"]),
    "barcode": ("exact", lambda v: v["barcode"]),
    "title": ("text", lambda v: v["title"]),
    "product_id": ("id", lambda v: v["product_id"]),
    "inventory_quantity": ("number", lambda v: v["inventory"]),
}
VARIANT_WORDS = [lambda v: v["title"], lambda v: v["sku"]]
VARIANT_SORT = {
    "ID": lambda v: v["id"],
    "SKU": lambda v: v["sku"] or "",
    "FULL_TITLE": lambda v: (v["product_id"], v["title"]),
    "INVENTORY_LEVELS_AVAILABLE": lambda v: v["inventory"],
    "INVENTORY_MANAGEMENT": lambda v: v["tracked"],
    "INVENTORY_POLICY": lambda v: v["policy"],
    "INVENTORY_QUANTITY": lambda v: v["inventory"],
    "NAME": lambda v: v["title"],
    "POPULAR": lambda v: v["id"],
    "RELEVANCE": lambda v: v["id"],
    "TITLE": lambda v: v["title"],
    "POSITION": lambda v: v["position"],
}
COLLECTION = {
    "id": _TIMES["id"],
    "updated_at": _TIMES["updated_at"],
    "title": ("text", lambda c: c["title"]),
    "handle": ("exact", lambda c: c["handle"]),
    "collection_type": ("exact", lambda c: "smart" if c["rules"] else "custom"),
}
COLLECTION_WORDS = [lambda c: c["title"]]
COLLECTION_SORT = {
    "ID": lambda c: c["id"],
    "RELEVANCE": lambda c: c["id"],
    "TITLE": lambda c: c["title"],
    "UPDATED_AT": lambda c: c["updated_at"],
}
FILE = {
    **_TIMES,
    "filename": ("exact", lambda f: f["name"]),
    "media_type": ("exact", lambda f: f["kind"]),
    "status": ("exact", lambda f: f["status"]),
}
FILE_WORDS = [lambda f: f["name"]]
FILE_SORT = {
    "ID": lambda f: f["id"],
    "RELEVANCE": lambda f: f["id"],
    "CREATED_AT": lambda f: f["created_at"],
    "FILENAME": lambda f: f["name"],
    "ORIGINAL_UPLOAD_SIZE": lambda f: f["size"] or 0,
    "UPDATED_AT": lambda f: f["updated_at"],
}
CUSTOMER = {
    **_TIMES,
    "email": ("exact", lambda c: c["email"]),
    "phone": ("exact", lambda c: c["phone"]),
    "first_name": ("text", lambda c: c["first_name"]),
    "last_name": ("text", lambda c: c["last_name"]),
    "tag": ("exact", lambda c: c["tags"]),
}
CUSTOMER_WORDS = [lambda c: c["email"], lambda c: f"{c['first_name']} {c['last_name']}"]
CUSTOMER_SORT = {
    "ID": lambda c: c["id"],
    "CREATED_AT": lambda c: c["created_at"],
    "NAME": lambda c: f"{c['last_name']}, {c['first_name']}",
    "UPDATED_AT": lambda c: c["updated_at"],
}
