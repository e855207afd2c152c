"""Links between products: related, up-sells, cross-sells, and what a grouped product consists of (associated).

https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (products/{sku}/links)
"""

from . import product
from .errors import invalid, missing, required
from .routes import Call, route
from .shop import Shop

READ = "Magento_Catalog::products"
TYPES = {"related": 1, "upsell": 4, "crosssell": 5, "associated": 3}
LINK = {
    "sku": str, "link_type": str, "linked_product_sku": str, "linked_product_type": str, "position": int,
    "extension_attributes": {"qty": float},
}  # fmt: skip
ENTRY = {key: kind for key, kind in LINK.items() if key != "sku"}
MISSING = "The linked products data is invalid. Verify the data and try again."


def clean(shop: Shop, record: dict, wanted: dict) -> dict:
    """A link as it is kept; raises ApiError."""
    kind, sku = wanted.get("link_type"), wanted.get("linked_product_sku")
    if not kind:
        raise required("linkType")
    if kind not in TYPES:
        raise missing('The "%1" link type doesn\'t exist. Verify the type and try again.', kind)
    other = product.find(shop, sku) if sku else None
    if other is None:
        raise missing(product.PRODUCT_MISSING)
    if kind == "associated" and record["type_id"] != product.GROUPED:
        raise invalid(MISSING)
    link = {
        "link_type": kind, "linked_product_sku": other["sku"], "linked_product_type": other["type_id"],
        "position": wanted.get("position") or 0,
    }  # fmt: skip
    if kind == "associated":
        link["extension_attributes"] = {"qty": (wanted.get("extension_attributes") or {}).get("qty") or 0}
    return link


def _key(link: dict) -> tuple:
    return link["link_type"], link["linked_product_sku"]


def _merged(known: list[dict], added: list[dict]) -> list[dict]:
    return list({_key(link): link for link in (*known, *added)}.values())


@route("GET", "products/links/types", READ)
def types(_call: Call):
    return [{"code": number, "name": name} for name, number in TYPES.items()]


@route("GET", "products/{sku}/links/{type}", READ)
def listing(call: Call, sku: str, kind: str):
    record = product.by_sku(call.shop, sku)
    if kind not in TYPES:
        raise missing("Unknown link type: %1", kind)
    found = [link for link in record["product_links"] if link["link_type"] == kind]
    return [{"sku": record["sku"], **link} for link in sorted(found, key=lambda link: link["position"])]


@route("POST", "products/{sku}/links", READ, items=[LINK])
def assign(call: Call, sku: str):
    """The links of the types that are sent are replaced."""
    record = product.by_sku(call.shop, sku)
    added = [clean(call.shop, record, entry) for entry in call.body["items"]]
    kinds = {link["link_type"] for link in added}
    kept = [link for link in record["product_links"] if link["link_type"] not in kinds]
    product.put(call.shop, {**record, "product_links": _merged(kept, added)})
    return True


@route("PUT", "products/{sku}/links", READ, body={"entity": LINK}, entity="entity.sku")
def change(call: Call, sku: str):
    record = product.by_sku(call.shop, sku)
    link = clean(call.shop, record, call.body["entity"])
    product.put(call.shop, {**record, "product_links": _merged(record["product_links"], [link])})
    return True


@route("DELETE", "products/{sku}/links/{type}/{linkedProductSku}", READ)
def remove(call: Call, sku: str, kind: str, other: str):
    record = product.by_sku(call.shop, sku)
    left = [link for link in record["product_links"] if _key(link) != (kind, other)]
    if len(left) == len(record["product_links"]):
        raise missing("Product %1 is not linked to product %2 with type %3.", other, sku, kind)
    product.put(call.shop, {**record, "product_links": left})
    return True
