"""What a downloadable product gives, and custom options: what a buyer may choose or write for any product.

https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (downloadable-links, products/options)
"""

from . import product
from .errors import invalid, missing
from .inputs import ANY
from .routes import Call, route
from .shop import Shop

WRITE = "Magento_Downloadable::downloadable"
CATALOG = "Magento_Catalog::catalog"
FILE = {"file_data": str, "name": str, "extension_attributes": ANY}
SAMPLE = {
    "id": int, "title": str, "sort_order": int, "sample_type": str, "sample_file": str, "sample_file_content": FILE,
    "sample_url": str, "extension_attributes": ANY,
}  # fmt: skip
LINK = {
    **SAMPLE, "is_shareable": int, "price": float, "number_of_downloads": int, "link_type": str, "link_file": str,
    "link_file_content": FILE, "link_url": str,
}  # fmt: skip
VALUE = {"title": str, "sort_order": int, "price": float, "price_type": str, "sku": str, "option_type_id": int}
CUSTOM_OPTION = {
    "product_sku": str, "option_id": int, "title": str, "type": str, "sort_order": int, "is_require": bool,
    "price": float, "price_type": str, "sku": str, "file_extension": str, "max_characters": int, "image_size_x": int,
    "image_size_y": int, "values": [VALUE], "extension_attributes": ANY,
}  # fmt: skip
OPTION_TYPES = ("field", "area", "file", "drop_down", "radio", "checkbox", "multiple", "date", "date_time", "time")


def saved(shop: Shop, record: dict, sent: dict, options: list[dict] | None) -> dict:
    """The product with downloads and custom options that were sent; raises ApiError."""
    extension = dict(record["extension_attributes"])
    if record["type_id"] == product.DOWNLOADABLE:
        if "downloadable_product_links" in sent:
            extension["downloadable_product_links"] = [_link(shop, e) for e in sent["downloadable_product_links"]]
        if "downloadable_product_samples" in sent:
            extension["downloadable_product_samples"] = [_sample(shop, e) for e in sent["downloadable_product_samples"]]
    record = {**record, "extension_attributes": extension}
    return record if options is None else {**record, "options": [_custom(shop, entry) for entry in options]}


def _link(shop: Shop, wanted: dict, number: int | None = None) -> dict:
    kind = wanted.get("link_type") or "url"
    if kind == "url" and not (wanted.get("link_url") or "").startswith(("http://", "https://")):
        raise invalid("Link URL must have valid format.")
    content = wanted.get("link_file_content")
    if kind == "file" and not (content or wanted.get("link_file")):
        raise invalid("Link file not found. Please try again.")
    if kind == "url":
        own = {"link_url": wanted["link_url"]}
    else:
        own = {"link_file": wanted.get("link_file") or f"/{content['name'][0]}/{content['name']}"}
    return {
        "id": number or wanted.get("id") or shop.id("download"), "title": wanted.get("title") or "Link",
        "sort_order": wanted.get("sort_order") or 0, "is_shareable": wanted.get("is_shareable") or 0,
        "price": wanted.get("price") or 0, "number_of_downloads": wanted.get("number_of_downloads") or 0,
        "link_type": kind, "sample_type": wanted.get("sample_type"), **own,
    }  # fmt: skip


def _sample(shop: Shop, wanted: dict) -> dict:
    return {
        "id": wanted.get("id") or shop.id("download_sample"), "title": wanted.get("title") or "Sample",
        "sort_order": wanted.get("sort_order") or 0, "sample_type": wanted.get("sample_type") or "url",
        "sample_url": wanted.get("sample_url") or "",
    }  # fmt: skip


def _custom(shop: Shop, wanted: dict) -> dict:
    kind = wanted.get("type")
    if kind not in OPTION_TYPES:
        raise invalid("Invalid option type value: %1", kind or "")
    values = [
        {"option_type_id": entry.get("option_type_id") or shop.id("custom_value"), "title": entry.get("title") or "",
         "sort_order": entry.get("sort_order") or 0, "price": entry.get("price") or 0,
         "price_type": entry.get("price_type") or "fixed", **({"sku": entry["sku"]} if entry.get("sku") else {})}
        for entry in wanted.get("values") or ()
    ]  # fmt: skip
    return {
        "option_id": wanted.get("option_id") or shop.id("custom_option"), "title": wanted.get("title") or "",
        "type": kind, "sort_order": wanted.get("sort_order") or 0, "is_require": bool(wanted.get("is_require")),
        **({"values": values} if values else {
            "price": wanted.get("price") or 0, "price_type": wanted.get("price_type") or "fixed",
            "max_characters": wanted.get("max_characters") or 0}),
        **({"sku": wanted["sku"]} if wanted.get("sku") else {}),
    }  # fmt: skip


# --- downloads ---------------------------------------------------------------------------------------------------
def _record(call: Call, sku: str) -> dict:
    record = product.by_sku(call.shop, sku)
    if record["type_id"] != product.DOWNLOADABLE:
        raise invalid("The product needs to be the downloadable type. Verify the product and try again.")
    return record


def _links(record: dict) -> list[dict]:
    return record["extension_attributes"].get("downloadable_product_links", [])


@route("GET", "products/{sku}/downloadable-links", WRITE)
def links(call: Call, sku: str):
    return _links(_record(call, sku))


@route("GET", "products/{sku}/downloadable-links/samples", WRITE)
def samples(call: Call, sku: str):
    return _record(call, sku)["extension_attributes"].get("downloadable_product_samples", [])


@route("POST", "products/{sku}/downloadable-links", WRITE, link=LINK, isGlobalScopeContent__=bool)
def add_link(call: Call, sku: str):
    record = _record(call, sku)
    link = _link(call.shop, call.body["link"])
    product.touch(call.shop, record, downloadable_product_links=[*_links(record), link])
    return link["id"]


@route("PUT", "products/{sku}/downloadable-links/{id:int}", WRITE, link=LINK, isGlobalScopeContent__=bool)
def change_link(call: Call, sku: str, number: int):
    record = _record(call, sku)
    if not any(link["id"] == number for link in _links(record)):
        raise missing("No downloadable link with the provided ID was found. Verify the ID and try again.")
    after = [
        _link(call.shop, {**link, **call.body["link"]}, number) if link["id"] == number else link
        for link in _links(record)
    ]
    product.touch(call.shop, record, downloadable_product_links=after)
    return number


@route("DELETE", "products/downloadable-links/{id:int}", WRITE)
def remove_link(call: Call, number: int):
    for record in call.shop.all("product"):
        left = [link for link in _links(record) if link["id"] != number]
        if len(left) < len(_links(record)):
            product.touch(call.shop, record, downloadable_product_links=left)
            return True
    raise missing("No downloadable link with the provided ID was found. Verify the ID and try again.")


# --- custom options ----------------------------------------------------------------------------------------------
@route("GET", "products/{sku}/options", CATALOG)
def options(call: Call, sku: str):
    record = product.by_sku(call.shop, sku)
    return [{"product_sku": record["sku"], **option} for option in record["options"]]


@route("POST", "products/options", CATALOG, option=CUSTOM_OPTION)
def add_option(call: Call):
    record = product.by_sku(call.shop, call.body["option"].get("product_sku") or "")
    option = _custom(call.shop, call.body["option"])
    product.put(call.shop, {**record, "options": [*record["options"], option]})
    return {"product_sku": record["sku"], **option}


@route("DELETE", "products/{sku}/options/{optionId:int}", CATALOG)
def remove_option(call: Call, sku: str, number: int):
    record = product.by_sku(call.shop, sku)
    left = [option for option in record["options"] if option["option_id"] != number]
    if len(left) == len(record["options"]):
        raise missing("Unable to remove custom option")
    product.put(call.shop, {**record, "options": left})
    return True
