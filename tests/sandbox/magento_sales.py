"""Short hands for tests of what a Magento shop of the sandbox sells."""

from decimal import Decimal

HOME = {
    "first_name": "Zoé", "last_name": "Martin", "address1": "1 rue du Bac", "city": "Paris", "zip": "75007",
    "country_code": "FR", "phone": "+33 1 23 45 67 89",
}  # fmt: skip
VAT = [{"title": "TVA", "rate": "0.2"}]


def product(lab, sku: str, **values) -> dict:
    """A product put into the shop's memory as the catalogue keeps it; ``stock`` lies at the default source."""
    shop = shop_of(lab)
    quantity, number = values.pop("stock", None), shop.id("test product", 1)
    record = {
        "id": number, "sku": sku, "name": sku.title(), "price": 10, "type_id": "simple", "status": 1,
        "attribute_set_id": 4, "weight": 1, "extension_attributes": {}, "custom_attributes": [], "product_links": [],
        **values,
    }  # fmt: skip
    shop.put("product", number, record)
    if quantity is not None:
        lab.control("POST", "/stock", {"sku": sku, "quantity": quantity})
    return record


def shop_of(lab):
    return lab.sandbox.platforms[1].shop(lab.domain)


def place(lab, **spec) -> int:
    """An order; its id."""
    spec.setdefault("lines", [{"title": "Mug", "sku": "MUG", "price": "20.00", "quantity": 2}])
    whole = {"email": "zoe@example.com", "billing_address": HOME, "shipping_address": HOME, **spec}
    return lab.control("POST", "/orders", whole, status=201)["id"]


def order(lab, number: int) -> dict:
    return lab.get(f"orders/{number}")


def item_ids(lab, number: int) -> dict[str, int]:
    """{SKU: id} of the items that are sold, not of their parts."""
    items = order(lab, number)["items"]
    return {item["sku"]: item["item_id"] for item in items if "parent_item_id" not in item}


def salable(lab, sku: str, stock_id: int = 1) -> float:
    return lab.get(f"inventory/get-product-salable-quantity/{sku}/{stock_id}")


def at_source(lab, sku: str, code: str = "default") -> float:
    (found,) = lab.search("inventory/source-items", ("sku", sku, "eq"), ("source_code", code, "eq"))["items"]
    return found["quantity"]


def money(value) -> Decimal:
    return Decimal(str(value))


def owed(document: dict, rows: list[dict]) -> Decimal:
    """What an order, an invoice or a credit memo comes to by Magento's formula, with the discounts of its rows."""
    discount = -money(document["discount_amount"])
    shipping = money(document["shipping_amount"]) - (discount - sum(money(row["discount_amount"]) for row in rows))
    compensation = money(document["discount_tax_compensation_amount"])
    if "items" in document and "qty_ordered" in document["items"][0]:
        # Only an order tells that of its shipping by itself.
        compensation += money(document["shipping_discount_tax_compensation_amount"])
    goods = sum(money(row["row_total"]) - money(row["discount_amount"]) for row in rows)
    return goods + shipping + compensation + money(document["tax_amount"])
