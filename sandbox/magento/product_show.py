"""A product as the API tells it, and the values that its listing filters and sorts by."""

from . import attributes, product
from .errors import invalid
from .money import num
from .shop import Shop


def shown(shop: Shop, record: dict, store_id: int = 0, *, single: bool = False) -> dict:
    """The product in a store view; a ``single`` one with what a listing leaves out."""
    body = {"id": record["id"], "sku": record["sku"], "name": product.value(record, "name", store_id)}
    body["attribute_set_id"] = record["attribute_set_id"]
    price = product.value(record, "price", store_id)
    if record["type_id"] in product.WITHOUT_PRICE:
        price = price or 0
    if price is not None:
        body["price"] = num(price)
    body |= {
        "status": product.value(record, "status", store_id),
        "visibility": product.value(record, "visibility", store_id), "type_id": record["type_id"],
        "created_at": record["created_at"], "updated_at": record["updated_at"],
    }  # fmt: skip
    if record["weight"] is not None:
        body["weight"] = num(record["weight"])
    extension = _extension(shop, record)
    if single:
        for watcher in product.WATCHERS:
            extension |= watcher.shown(shop, record)
    return body | {
        "extension_attributes": extension,
        "product_links": [{"sku": record["sku"], **entry} for entry in record["product_links"]],
        "options": [{"product_sku": record["sku"], **entry} for entry in record["options"]],
        "media_gallery_entries": [media(entry) for entry in record["media_gallery_entries"]],
        "tier_prices": record["tier_prices"],
        "custom_attributes": custom_attributes(record, store_id),
    }


def media(entry: dict) -> dict:
    return {key: value for key, value in entry.items() if key != "digest"}


def custom_attributes(record: dict, store_id: int) -> list[dict]:
    own = product.customs(record)
    said = record["store_values"].get(str(store_id), {})
    own |= {code: value for code, value in said.items() if code not in product.TOP}
    parts = record["type_id"] in (product.CONFIGURABLE, product.BUNDLE) or bool(record["options"])
    flags = {"required_options": str(int(parts)), "has_options": str(int(parts))}
    categories = [entry["category_id"] for entry in record["extension_attributes"].get("category_links", ())]
    own |= {**flags, **({"category_ids": categories} if categories else {})}
    return [{"attribute_code": code, "value": value} for code, value in own.items()]


def _extension(shop: Shop, record: dict) -> dict:
    own = record["extension_attributes"]
    body = {"website_ids": own["website_ids"]}
    if own.get("category_links"):
        body["category_links"] = own["category_links"]
    if record["type_id"] == product.CONFIGURABLE:
        children = product.children(shop, record)
        body["configurable_product_options"] = [
            {**option, "values": values_of(shop, option, children)}
            for option in own.get("configurable_product_options", ())
        ]
        body["configurable_product_links"] = [child["id"] for child in children]
    if record["type_id"] == product.BUNDLE:
        body["bundle_product_options"] = [
            {**option, "sku": record["sku"]} for option in own.get("bundle_product_options", ())
        ]
    if record["type_id"] == product.DOWNLOADABLE:
        body["downloadable_product_links"] = own.get("downloadable_product_links", [])
        body["downloadable_product_samples"] = own.get("downloadable_product_samples", [])
    return body


def values_of(shop: Shop, option: dict, children: list[dict]) -> list[dict]:
    """What the variants of a product have for an attribute that they differ in, each once."""
    code = attributes.attribute(shop, option["attribute_id"])["attribute_code"]
    found = dict.fromkeys(product.customs(child).get(code) for child in children)
    return [{"value_index": int(number)} for number in found if number]


# --- the listing's columns ---------------------------------------------------------------------------------------
_COLUMNS = ("sku", "type_id", "attribute_set_id", "created_at", "updated_at")


def reader(shop: Shop, store_id: int):
    """A function (product, field) -> value, for ``criteria``; raises ApiError for an attribute that there is not."""
    sites = {view["id"]: view["website_id"] for view in shop.stores}

    def read(record: dict, field: str):
        if field in _COLUMNS:
            return record[field]
        if field in ("entity_id", "id"):
            return record["id"]
        if field in ("category_id", "category_ids"):
            return [int(entry["category_id"]) for entry in record["extension_attributes"].get("category_links", ())]
        websites = record["extension_attributes"]["website_ids"]
        if field == "website_id":
            return websites
        if field in ("store", "store_id"):
            return [view for view, site in sites.items() if site in websites]
        if field not in product.TOP and shop.get("attribute", field) is None:
            raise invalid("Invalid attribute name: %1", field)
        found = product.value(record, field, store_id)
        return float(found) if found is not None and _is_number(shop, field) else found

    return read


def _is_number(shop: Shop, field: str) -> bool:
    return field not in product.TOP and shop.get("attribute", field)["backend_type"] == "decimal"
