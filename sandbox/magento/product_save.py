"""Saving a product: what ``POST /V1/products`` and ``PUT /V1/products/{sku}`` take, and what they do with it.

A product that is there is changed: what is not sent stays, lists that are sent replace those that were.
https://developer.adobe.com/commerce/webapi/rest/tutorials/
"""

from . import attributes, bundles, categories, configurables, downloads, links, media, prices, product
from .attributes import DEFAULT_SET
from .errors import ApiError, invalid, missing
from .inputs import ANY, ATTRIBUTES
from .shop import Shop

EXTENSION = {
    "website_ids": [int],
    "category_links": [{"position": int, "category_id": str, "extension_attributes": ANY}],
    "stock_item": ANY,
    "downloadable_product_links": [downloads.LINK],
    "downloadable_product_samples": [downloads.SAMPLE],
    "bundle_product_options": [bundles.OPTION],
    "configurable_product_options": [configurables.OPTION],
    "configurable_product_links": [int],
    "discounts": ANY,
}
PRODUCT = {
    "id": int, "sku": str, "name": str, "attribute_set_id": int, "price": float, "status": int, "visibility": int,
    "type_id": str, "created_at": str, "updated_at": str, "weight": float, "extension_attributes": EXTENSION,
    "product_links": [links.LINK], "options": [downloads.CUSTOM_OPTION], "media_gallery_entries": [media.ENTRY],
    "tier_prices": [prices.OF_PRODUCT], "custom_attributes": ATTRIBUTES,
}  # fmt: skip
EMPTY = 'The "%1" attribute value is empty. Set the attribute and try again.'
URL_TAKEN = "The value specified in the URL Key field would generate a URL that already exists."


def save(shop: Shop, wanted: dict, store_id: int) -> dict:
    """The product after it was made or changed in a store view (0: for all); raises ApiError.

    It is known by the id that is sent, and then has the SKU that is sent; without an id it is known by its SKU.
    """
    if not (wanted.get("sku") or "").strip():
        raise invalid(EMPTY, "sku")
    known = shop.get("product", wanted["id"]) if wanted.get("id") else product.find(shop, wanted["sku"])
    view = 0 if len(shop.stores) < 3 else store_id
    record = known or _new(shop, wanted, store_id)
    if wanted.get("id"):
        record = {**record, "sku": product.free_sku(shop, wanted["sku"].strip(), record["id"])}
    values = {code: wanted[code] for code in product.TOP if code in wanted}
    values |= wanted.get("custom_attributes") or {}
    values.pop("category_ids", None)
    for code in product.NOT_APPLIED.get(record["type_id"], ()):
        values.pop(code, None)
    _check(shop, record, {**wanted, **values}, new=known is None)
    if wanted.get("attribute_set_id"):
        attributes.set_of(shop, wanted["attribute_set_id"])
        record = {**record, "attribute_set_id": wanted["attribute_set_id"]}
    if known is None:
        record = product.with_values(shop, record, {"url_key": product.slug(record["name"]), **values})
    if known is not None or view:
        record = product.with_values(shop, record, values, view)
    record = _parts(shop, record, wanted)
    if product.taken(shop, record):
        raise invalid("URL key for specified store already exists.") if known is None else invalid(URL_TAKEN)
    record = product.put(shop, record)
    if known and known["sku"] != record["sku"]:
        product.rename(shop, known["sku"], record["sku"])
    for watcher in product.WATCHERS:
        watcher.saved(shop, record, wanted.get("extension_attributes") or {})
    return record


def _new(shop: Shop, wanted: dict, store_id: int) -> dict:
    """A product with nothing but its identity, on all websites or on that of the store view it is made in."""
    kind = wanted.get("type_id") or product.SIMPLE
    if kind not in product.TYPES:
        raise invalid('The "%1" product type doesn\'t exist. Verify the type and try again.', kind)
    every = [site["id"] for site in shop.config["websites"] if site["id"]]
    now = shop.now()
    tax = {"tax_class_id": "2"} if kind != product.GROUPED else {}
    own = {"options_container": "container2", **tax, **(bundles.DEFAULTS if kind == product.BUNDLE else {})}
    return {
        "id": shop.id("product"), "sku": wanted["sku"].strip(), "name": wanted.get("name") or "",
        "attribute_set_id": DEFAULT_SET, "price": None, "status": product.ENABLED, "visibility": product.EVERYWHERE,
        "type_id": kind, "created_at": now, "updated_at": now, "weight": None,
        "extension_attributes": {
            "website_ids": [shop.store_view(store_id)["website_id"]] if store_id else every, "category_links": [],
        },
        "product_links": [], "options": [], "media_gallery_entries": [], "tier_prices": [],
        "custom_attributes": [{"attribute_code": code, "value": value} for code, value in own.items()],
        "store_values": {},
    }  # fmt: skip


def _check(shop: Shop, record: dict, values: dict, *, new: bool):
    """Values that a product may not lack, or not have; raises ApiError."""
    needed = [("name", "Product Name")]
    if record["type_id"] not in product.WITHOUT_PRICE:
        needed.append(("price", "Price"))
    for code, label in needed:
        if (new or code in values) and values.get(code) in (None, ""):
            raise invalid(EMPTY, label)
    for code in ("price", "weight", "special_price", "cost"):
        try:
            if float(values.get(code) or 0) < 0:
                raise invalid("Please enter a number 0 or greater in this field.")
        except (TypeError, ValueError) as error:
            text = 'The "{}" value\'s type is invalid. The "float" type was expected. Verify and try again.'
            raise ApiError(400, text.format(values[code])) from error
    if len(values.get("sku", "")) > 64:
        raise invalid("SKU length should be 64 characters maximum.")
    if values.get("status") not in (None, 1, 2, "1", "2"):
        raise invalid("Invalid product data: %1", "The status is unknown.")
    for code in values.get("custom_attributes") or ():
        found = shop.get("attribute", code)
        if found and found["is_required"] and values[code] in (None, ""):
            raise invalid(EMPTY, found["default_frontend_label"])


def _parts(shop: Shop, record: dict, wanted: dict) -> dict:
    """What belongs to a product: lists that were sent replace those that were."""
    sent = {key: value for key, value in (wanted.get("extension_attributes") or {}).items() if value is not None}
    extension = dict(record["extension_attributes"])
    if "website_ids" in sent:
        known = {site["id"] for site in shop.config["websites"]}
        for number in sent["website_ids"]:
            if number not in known:
                raise missing("The website with id %1 that was requested wasn't found. Verify the website and try "
                              "again.", number)  # fmt: skip
        extension["website_ids"] = sent["website_ids"]
    named = sent.get("category_links")
    if named is None and "category_ids" in (wanted.get("custom_attributes") or {}):
        positions = {entry["category_id"]: entry["position"] for entry in extension["category_links"]}
        ids = wanted["custom_attributes"]["category_ids"] or []
        named = [{"category_id": str(number), "position": positions.get(str(number), 0)} for number in ids]
    if named is not None:
        extension["category_links"] = [_category_link(shop, entry) for entry in named]
    record = {**record, "extension_attributes": extension}
    record = configurables.saved(shop, record, sent)
    record = bundles.saved(shop, record, sent)
    record = downloads.saved(shop, record, sent, wanted.get("options"))
    if wanted.get("product_links") is not None:
        record = {**record, "product_links": [links.clean(shop, record, entry) for entry in wanted["product_links"]]}
    if wanted.get("tier_prices") is not None:
        record = {**record, "tier_prices": [prices.of_product(shop, entry) for entry in wanted["tier_prices"]]}
    if wanted.get("media_gallery_entries") is not None:
        record = media.replaced(shop, record, wanted["media_gallery_entries"])
    return record


def _category_link(shop: Shop, entry: dict) -> dict:
    found = categories.category(shop, entry.get("category_id"))
    return {"position": entry.get("position") or 0, "category_id": str(found["id"])}
