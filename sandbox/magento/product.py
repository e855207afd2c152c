"""Products as they are kept: the API's shape with the values that hold for all stores, and what views say otherwise.

A document ``product`` (key: its id) has the keys of the API's answer, ``custom_attributes`` as a list among them, and
``store_values``: ``{store id: {attribute code: value}}``. Quantities are none of its business: see ``WATCHERS``.
"""

import re
import unicodedata
from typing import Protocol

from . import attributes
from .errors import PRODUCT_MISSING, missing
from .money import dec
from .shop import Shop

#: Attributes that stand at the top of a product instead of among its custom ones.
TOP = ("name", "price", "status", "visibility", "weight")
ENABLED, DISABLED = 1, 2
HIDDEN, EVERYWHERE = 1, 4
SIMPLE, VIRTUAL, DOWNLOADABLE = "simple", "virtual", "downloadable"
CONFIGURABLE, BUNDLE, GROUPED = "configurable", "bundle", "grouped"
TYPES = {
    SIMPLE: "Simple Product", VIRTUAL: "Virtual Product", DOWNLOADABLE: "Downloadable Product",
    CONFIGURABLE: "Configurable Product", BUNDLE: "Bundle Product", GROUPED: "Grouped Product",
}  # fmt: skip
#: Types that consist of others and may lack a price of their own.
WITHOUT_PRICE = (CONFIGURABLE, BUNDLE, GROUPED)
#: What is no attribute of a type: the price of a configurable product is that of what is chosen.
NOT_APPLIED = {
    CONFIGURABLE: ("price",), GROUPED: ("price", "weight"), VIRTUAL: ("weight",), DOWNLOADABLE: ("weight",),
}  # fmt: skip
IMAGES = ("image", "small_image", "thumbnail", "swatch_image")


class Watcher(Protocol):
    """What another part of the shop keeps of products, by their SKU; it is put into ``WATCHERS``."""

    def shown(self, shop: Shop, product: dict) -> dict:
        """Extension attributes that a single product is shown with (``stock_item``)."""

    def saved(self, shop: Shop, product: dict, extension: dict):
        """A product was saved with these extension attributes."""

    def renamed(self, shop: Shop, before: str, after: str):
        """A product has another SKU."""

    def deleted(self, shop: Shop, product: dict):
        """A product was deleted."""


WATCHERS: list[Watcher] = []


def index(store):
    """Let products be found by SKU (as it is written, and in any case), URL key, parts and linked products."""
    store.index("product", "sku", lambda record: (record["sku"],))
    store.index("product", "any_case", lambda record: (record["sku"].casefold(),))
    store.index("product", "url_key", url_keys)
    store.index("product", "child", lambda record: record["extension_attributes"].get("configurable_product_links", ()))
    store.index("product", "part", parts)
    store.index("attribute", "id", lambda record: (record["attribute_id"],))


def by_sku(shop: Shop, sku: str) -> dict:
    """A product by its SKU, whatever the case of its letters; raises ApiError."""
    found = find(shop, sku)
    if found is None:
        raise missing(PRODUCT_MISSING)
    return found


def find(shop: Shop, sku: str) -> dict | None:
    return next(iter(shop.find("product", "any_case", str(sku).casefold())), None)


def parts(product: dict) -> set[str]:
    """SKUs that a product names: of linked ones and of what a bundle consists of."""
    named = {entry["linked_product_sku"] for entry in product["product_links"]}
    for option in product["extension_attributes"].get("bundle_product_options", ()):
        named.update(entry["sku"] for entry in option["product_links"])
    return named


# --- values ------------------------------------------------------------------------------------------------------
def customs(product: dict) -> dict:
    """Custom attributes by their code."""
    return {entry["attribute_code"]: entry["value"] for entry in product["custom_attributes"]}


def value(product: dict, code: str, store_id: int = 0):
    """What an attribute says in a store view; None for nothing."""
    own = product["store_values"].get(str(store_id), {})
    if code in own:
        return own[code]
    return product[code] if code in TOP else customs(product).get(code)


def with_values(shop: Shop, product: dict, values: dict, store_id: int = 0) -> dict:
    """The product with values of attributes: for all stores, or what may differ in a view for this view.

    Nothing (None or an empty text) for a view takes back what it said otherwise. Attributes that are not in the
    product's set are dropped, as Magento does.
    """
    known = set(attributes.set_of(shop, product["attribute_set_id"])["attributes"])
    views = {key: dict(own) for key, own in product["store_values"].items()}
    after, own = {**product, "store_values": views}, customs(product)
    for code, given in values.items():
        if code not in TOP and code not in known:
            continue
        kept = stored(shop, code, given)
        if store_id and not attributes.is_global(shop, code):
            for view in _views(shop, code, store_id):
                said = views.setdefault(str(view), {})
                if kept is None:
                    said.pop(code, None)
                else:
                    said[code] = kept
        elif code in TOP:
            after[code] = kept
        elif kept is None:
            own.pop(code, None)
        else:
            own[code] = kept
    after["custom_attributes"] = [{"attribute_code": code, "value": kept} for code, kept in own.items()]
    after["store_values"] = {key: said for key, said in views.items() if said}
    return after


def _views(shop: Shop, code: str, store_id: int) -> list[int]:
    """The views that a value holds for: all of the website's where an attribute is the website's."""
    record = shop.get("attribute", code)
    if record["scope"] != attributes.WEBSITE:
        return [store_id]
    site = shop.store_view(store_id)["website_id"]
    return [view["id"] for view in shop.stores if view["website_id"] == site]


def stored(shop: Shop, code: str, given):
    """A value as the database keeps it and the API tells it: numbers and truth of custom attributes are texts."""
    if given is None or given == "":
        return None
    if code in ("status", "visibility"):
        return int(given)
    if code in ("price", "weight"):
        return float(given)
    if isinstance(given, list):
        return ",".join(str(entry) for entry in given) or None
    if isinstance(given, bool):
        return str(int(given))
    return FORMATS.get(shop.get("attribute", code)["backend_type"], str)(given)


def _moment(given) -> str:
    text = str(given).replace("T", " ")[:19]
    return text if len(text) > 10 else f"{text} 00:00:00"


FORMATS = {"decimal": lambda given: f"{dec(given):.6f}", "datetime": _moment}


# --- addresses ---------------------------------------------------------------------------------------------------
def slug(text: str) -> str:
    """What Magento makes of a name for an address."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def url_keys(product: dict) -> set[str]:
    own = {customs(product).get("url_key")} | {said.get("url_key") for said in product["store_values"].values()}
    return own - {None}


def taken(shop: Shop, product: dict) -> bool:
    """Whether another product that is shown on one of its websites has its address."""
    if product["visibility"] == HIDDEN:
        return False
    sites = set(product["extension_attributes"]["website_ids"])
    return any(
        other["id"] != product["id"]
        and other["visibility"] != HIDDEN
        and sites & set(other["extension_attributes"]["website_ids"])
        for key in url_keys(product)
        for other in shop.find("product", "url_key", key)
    )


# --- saving ------------------------------------------------------------------------------------------------------
def put(shop: Shop, product: dict) -> dict:
    """Store a product as changed now."""
    return shop.put("product", product["id"], {**product, "updated_at": shop.now()})


def touch(shop: Shop, product: dict, **extension) -> dict:
    """Store a product with other extension attributes."""
    return put(shop, {**product, "extension_attributes": {**product["extension_attributes"], **extension}})


def children(shop: Shop, product: dict) -> list[dict]:
    """The variants of a configurable product, in their order."""
    numbers = product["extension_attributes"].get("configurable_product_links", ())
    return [child for number in numbers if (child := shop.get("product", number)) is not None]


def parents(shop: Shop, product: dict) -> list[dict]:
    return shop.find("product", "child", product["id"])


def delete(shop: Shop, product: dict):
    """Delete a product, and what others say of it; the variants of a configurable one stay."""
    shop.delete("product", product["id"])
    for parent in parents(shop, product):
        left = [n for n in parent["extension_attributes"]["configurable_product_links"] if n != product["id"]]
        touch(shop, parent, configurable_product_links=left)
    for other in shop.find("product", "part", product["sku"]):
        shop.put("product", other["id"], _with_part(other, product["sku"], None))
    for watcher in WATCHERS:
        watcher.deleted(shop, product)


def rename(shop: Shop, before: str, after: str):
    """Others name a product by its new SKU: the database names it by its id."""
    for other in shop.find("product", "part", before):
        shop.put("product", other["id"], _with_part(other, before, after))
    for watcher in WATCHERS:
        watcher.renamed(shop, before, after)


def _with_part(other: dict, sku: str, new: str | None) -> dict:
    """The product with another SKU of a part or linked product, or without it. It is not saved: its time stays."""

    def listed(entries: list[dict], key: str) -> list[dict]:
        kept = [entry for entry in entries if new or entry[key] != sku]
        return [{**entry, key: new} if entry[key] == sku else entry for entry in kept]

    extension = other["extension_attributes"]
    if "bundle_product_options" in extension:
        options = extension["bundle_product_options"]
        options = [{**option, "product_links": listed(option["product_links"], "sku")} for option in options]
        extension = {**extension, "bundle_product_options": options}
    links = listed(other["product_links"], "linked_product_sku")
    return {**other, "product_links": links, "extension_attributes": extension}


def free_sku(shop: Shop, sku: str, number: int) -> str:
    """The SKU, with a number behind it while another product than this one has it."""
    free, count = sku, 0
    while (found := find(shop, free)) is not None and found["id"] != number:
        count += 1
        free = f"{sku}-{count}"
    return free
