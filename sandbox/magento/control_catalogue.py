"""What the merchant does to the catalogue, through the control API."""

import base64
import binascii

from werkzeug.wrappers import Request, Response

from ..framework import pictures
from ..framework.web import json_body, json_response
from . import attributes, categories, media, product, product_save
from .errors import ApiError
from .money import dec
from .shop import Shop

PAGES = frozenset(("products", "categories", "attributes"))
#: What a change may name, and the attribute it is.
WORDS = {
    "title": "name", "price": "price", "special_price": "special_price", "cost": "cost", "weight": "weight",
    "barcode": "barcode", "description": "description", "short_description": "short_description",
    "visibility": "visibility", "tax_class": "tax_class_id", "meta_title": "meta_title", "url_key": "url_key",
}  # fmt: skip
STATUSES = {"ACTIVE": product.ENABLED, "DRAFT": product.DISABLED}
#: What a new product is sent with as it is.
OF_EXTENSION = ("website_ids", "bundle_product_options", "downloadable_product_links", "stock_item")
EVERY_ROLE = ["image", "small_image", "thumbnail"]


class CatalogueControl:
    """Pages of the control API; errors are ValueError (400) and KeyError (404)."""

    def _products(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        """``products``, ``products/<id>[/translations]``, ``.../pictures[/<id>]``."""
        wanted = json_body(request) if request.method != "GET" else {}
        try:
            with shop.store.transaction():
                return self._carry_out_product(shop, request.method, rest, wanted)
        except ApiError as error:
            raise ValueError(error.text) from error

    def _carry_out_product(self, shop: Shop, method: str, rest: list[str], wanted: dict) -> Response:
        if not rest:
            if method == "POST":
                return json_response(shown(shop, make(shop, wanted)), 201)
            listed = [record for record in shop.all("product") if not product.parents(shop, record)]
            return json_response({"products": [shown(shop, record) for record in listed]})
        record = find(shop, rest[0])
        if rest[1:2] == ["pictures"]:
            if method == "DELETE":
                after = product.put(shop, media.without(shop, record, media.entry_of(record, int(rest[2]))))
                return json_response(shown(shop, after))
            return json_response(shown(shop, take_picture(shop, record, wanted)), 201)
        if method == "DELETE":
            delete(shop, record)
            return json_response({"deleted": record["id"]})
        if rest[1:] == ["translations"]:
            record = translate(shop, record, wanted)
        elif method in ("POST", "PATCH"):
            record = edit(shop, record, wanted)
        return json_response(shown(shop, record))

    def _categories(self, shop: Shop, request: Request, _rest) -> Response:
        if request.method == "POST":
            try:
                return json_response(categories.make(shop, json_body(request)), 201)
            except ApiError as error:
                raise ValueError(error.text) from error
        return json_response({"categories": shop.all("category")})

    def _attributes(self, shop: Shop, _request: Request, _rest) -> Response:
        return json_response({"attributes": shop.all("attribute"), "sets": shop.all("attribute_set")})


def find(shop: Shop, text: str) -> dict:
    """A product by its id or SKU; raises KeyError."""
    record = shop.get("product", int(text)) if text.isdigit() else None
    record = record or product.find(shop, text)
    if record is None:
        raise KeyError(f"product {text}")
    return record


def shown(shop: Shop, record: dict) -> dict:
    """A product as its merchant sees it: with its variants, which are itself if it has none."""
    variants = product.children(shop, record) or [record]
    return {
        "id": record["id"], "sku": record["sku"], "title": record["name"], "type_id": record["type_id"],
        "status": "ACTIVE" if record["status"] == product.ENABLED else "DRAFT",
        "description": product.value(record, "description") or "", "updated_at": record["updated_at"],
        "websites": record["extension_attributes"]["website_ids"],
        "categories": [int(entry["category_id"]) for entry in record["extension_attributes"]["category_links"]],
        "media": [entry["id"] for entry in record["media_gallery_entries"]],
        "variants": [
            {
                "id": child["id"], "sku": child["sku"], "title": child["name"],
                "price": f"{dec(product.value(child, 'price')):.2f}",
                "barcode": product.value(child, "barcode"), "weight": child["weight"],
                "media": [entry["id"] for entry in child["media_gallery_entries"]],
                "options": _options(shop, record, child),
            }
            for child in variants
        ],
        "stored": record,
    }  # fmt: skip


def _options(shop: Shop, record: dict, child: dict) -> dict:
    """What a variant is chosen by, in the administrator's words: ``{"Size": "S"}``."""
    found, own = {}, product.customs(child)
    for option in record["extension_attributes"].get("configurable_product_options", ()):
        attribute = attributes.attribute(shop, option["attribute_id"])
        labels = {entry["id"]: entry["labels"]["0"] for entry in attribute["choices"]}
        found[option["label"]] = labels.get(own.get(attribute["attribute_code"]), "")
    return found


# --- making ------------------------------------------------------------------------------------------------------
def make(shop: Shop, wanted: dict) -> dict:
    """A product ``{title, price, sku, options: {Size: [S, L]}, type, barcode, ...}``: configurable if it has options.

    Attributes and their options are made where they are missing, variants are ``<sku>-S``.
    """
    title, sku = wanted.get("title") or "Product", wanted.get("sku") or f"product-{shop.id('sku')}"
    options = wanted.get("options") or {}
    kind = product.CONFIGURABLE if options else wanted.get("type", product.SIMPLE)
    values = _values({"price": "10.00", **wanted, "title": title})
    base = {"name": title, "status": _status(wanted), "weight": wanted.get("weight", 0.5)}
    extension = {key: wanted[key] for key in OF_EXTENSION if key in wanted}
    extension["category_links"] = [{"category_id": str(number)} for number in wanted.get("categories") or ()]
    if options:
        extension |= _variants(
            shop, sku, title, options, {**base, **_sent(values), "extension_attributes": dict(extension)}
        )
        values.pop("barcode", None)
    body = {**base, "sku": sku, "type_id": kind, "extension_attributes": extension, **_sent(values)}
    body["product_links"] = wanted.get("product_links")
    return product_save.save(shop, body, 0)


def _status(wanted: dict) -> int:
    text = wanted.get("status", "ACTIVE")
    if text not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    return STATUSES[text]


def _values(wanted: dict) -> dict:
    return {WORDS[key]: value for key, value in wanted.items() if key in WORDS}


def _sent(values: dict) -> dict:
    """Values as a product is sent with them: at its top, or as custom attributes."""
    customs = {code: value for code, value in values.items() if code not in product.TOP}
    return {**{code: value for code, value in values.items() if code in product.TOP}, "custom_attributes": customs}


def _variants(shop: Shop, sku: str, title: str, options: dict, base: dict) -> dict:
    """Make the variants of a configurable product; its extension attributes."""
    rows: list[list[tuple]] = [[]]
    listed = []
    for position, (name, labels) in enumerate(options.items()):
        attribute, numbers = _choices(shop, name, labels)
        listed.append(
            {"attribute_id": str(attribute["attribute_id"]), "label": name, "position": position,
             "values": [{"value_index": int(numbers[label])} for label in labels]}
        )  # fmt: skip
        rows = [[*row, (attribute["attribute_code"], numbers[label], label)] for row in rows for label in labels]
    made = []
    for row in rows:
        labels = [label for _, _, label in row]
        customs = {**base["custom_attributes"], **{code: number for code, number, _ in row}}
        name = f"{title} {' '.join(labels)}"
        for single in ("url_key", "barcode"):  # one product's own
            customs.pop(single, None)
        body = {**base, "sku": "-".join([sku, *labels]), "name": name, "visibility": product.HIDDEN}
        made.append(product_save.save(shop, {**body, "custom_attributes": customs}, 0)["id"])
    return {"configurable_product_options": listed, "configurable_product_links": made}


def _choices(shop: Shop, name: str, labels: list[str]) -> tuple[dict, dict[str, str]]:
    """(attribute, {label: id of its option}), both made where they are missing."""
    code = product.slug(name).replace("-", "_")
    if shop.get("attribute", code) is None:
        attributes.add(shop, attribute_code=code, default_frontend_label=name, frontend_input="select", scope="global")
        default = attributes.set_of(shop, attributes.DEFAULT_SET)
        shop.put("attribute_set", attributes.DEFAULT_SET, {**default, "attributes": [*default["attributes"], code]})
    for label in labels:
        record = attributes.attribute(shop, code)
        if label not in {entry["labels"]["0"] for entry in record["choices"]}:
            attributes.add_choice(shop, record, {"label": label})
    record = attributes.attribute(shop, code)
    return record, {entry["labels"]["0"]: entry["id"] for entry in record["choices"]}


# --- changing ----------------------------------------------------------------------------------------------------
def edit(shop: Shop, record: dict, wanted: dict) -> dict:
    """Change ``title, price, status, websites, categories, description, barcode ...``, ``attributes`` by their codes,
    and ``variants: {id: {price, barcode, title, ...}}``. A price is that of all variants."""
    known = {*WORDS, "status", "websites", "categories", "variants", "attributes", "product_links"}
    if set(wanted) - known:
        raise ValueError(f"cannot be changed: {', '.join(sorted(set(wanted) - known))}")
    children = product.children(shop, record)
    for child in children:
        named = wanted.get("variants", {}).get(str(child["id"]), {})
        everywhere = {key: wanted[key] for key in ("price", "special_price", "cost") if key in wanted}
        if named or everywhere:
            _save(shop, child, _values({**everywhere, **named}))
    if not children and "variants" in wanted:
        wanted = {**wanted, **wanted["variants"].get(str(record["id"]), {})}
    extension = {}
    if "websites" in wanted:
        extension["website_ids"] = wanted["websites"]
    if "categories" in wanted:
        extension["category_links"] = [{"category_id": str(number)} for number in wanted["categories"]]
    more = {"status": _status(wanted)} if "status" in wanted else {}
    if "product_links" in wanted:
        more["product_links"] = wanted["product_links"]
    values = {**_values(wanted), **wanted.get("attributes", {})}
    return _save(shop, record, values, extension_attributes=extension, **more)


def _save(shop: Shop, record: dict, values: dict, **more) -> dict:
    return product_save.save(shop, {"sku": record["sku"], **_sent(values), **more}, 0)


def delete(shop: Shop, record: dict):
    """Delete a product with its variants."""
    for child in product.children(shop, record):
        product.delete(shop, child)
    product.delete(shop, record)


def translate(shop: Shop, record: dict, wanted: dict) -> dict:
    """Say otherwise in store views: ``{store code: {attribute code: text, or None for no more}}``."""
    for code, texts in wanted.items():
        store_id = shop.scope(code)
        if not store_id:
            raise ValueError(f"no store view {code}")
        record = product_save.save(shop, {"sku": record["sku"], **_sent(texts)}, store_id)
    return record


def take_picture(shop: Shop, record: dict, wanted: dict) -> dict:
    """Add a picture of ``{content: base64}`` or, drawn by the sandbox, of a ``{text}``; name, alt."""
    try:
        content = base64.b64decode(wanted["content"], validate=True) if "content" in wanted else None
    except (binascii.Error, TypeError) as error:
        raise ValueError("content must be base64") from error
    if content is None:
        content = pictures.picture(str(wanted.get("text") or record["name"]))
    found = pictures.measure(content)
    if found is None or found[0] not in media.ENDINGS:
        raise ValueError("content must be a JPEG, PNG or GIF")
    roles = [] if record["media_gallery_entries"] else EVERY_ROLE
    name = wanted.get("name") or f"{product.slug(record['name'])}.png"
    return product.put(shop, media.add(shop, record, content, found[0], name, label=wanted.get("alt"), types=roles))
