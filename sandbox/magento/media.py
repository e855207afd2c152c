"""A product's gallery: pictures that are uploaded with their content, what they are used for, and where they are read.

An entry has the API's keys and the ``digest`` of its content. A document ``media_file`` (key: the path below
``/media/catalog/product``) says what a path holds.
https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (products/{sku}/media)
"""

import base64
import binascii
import re

from werkzeug.wrappers import Response

from ..framework.pictures import measure
from . import product
from .errors import invalid, missing
from .inputs import ANY
from .product_show import media as shown
from .routes import Call, route
from .shop import Shop

READ = "Magento_Catalog::catalog"
FOLDER = "media/catalog/product"
CONTENT = {"base64_encoded_data": str, "type": str, "name": str}
ENTRY = {
    "id": int, "media_type": str, "label": str, "position": int, "disabled": bool, "types": [str], "file": str,
    "content": CONTENT, "extension_attributes": ANY,
}  # fmt: skip
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
NO_ENTRY = "No image with the provided ID was found. Verify the ID and try again."


def add(shop: Shop, record: dict, content: bytes, mime: str, name: str, **said) -> dict:
    """The product with a picture behind the others, not saved yet. ``said``: label, types, position, disabled."""
    entries = record["media_gallery_entries"]
    path = _free(shop, name, ENDINGS[mime])
    digest = shop.store.put_blob(content)
    shop.put("media_file", path, {"digest": digest, "mime": mime, "product_id": record["id"]})
    position = said.get("position")
    entry = {
        "id": shop.id("media"), "media_type": "image", "label": said.get("label"),
        "position": len(entries) + 1 if position is None else position, "disabled": bool(said.get("disabled")),
        "types": list(said.get("types") or ()), "file": path, "digest": digest,
    }  # fmt: skip
    return _with(record, [*entries, entry], entry)


def _free(shop: Shop, name: str, ending: str) -> str:
    """A path that is not taken: ``/m/u/mug.png``, then ``/m/u/mug_1.png``."""
    stem = re.sub(r"[^A-Za-z0-9_.-]", "_", name.rsplit("/", 1)[-1])
    stem = re.sub(r"\.(jpe?g|png|gif)$", "", stem, flags=re.IGNORECASE).lower() or "image"
    first, second = ((stem + "__")[index].replace(".", "_") for index in (0, 1))
    path, number = f"/{first}/{second}/{stem}.{ending}", 0
    while shop.get("media_file", path) is not None:
        number += 1
        path = f"/{first}/{second}/{stem}_{number}.{ending}"
    return path


def _with(record: dict, entries: list[dict], chosen: dict | None = None) -> dict:
    """The product with these entries; a role (base, small, thumbnail) is one picture's: ``chosen`` takes its own."""
    if chosen:
        entries = [
            entry if entry["id"] == chosen["id"]
            else {**entry, "types": [kind for kind in entry["types"] if kind not in chosen["types"]]}
            for entry in entries
        ]  # fmt: skip
    entries = sorted(entries, key=lambda entry: entry["position"])
    own = {code: value for code, value in product.customs(record).items() if code not in product.IMAGES}
    own |= {kind: entry["file"] for entry in entries for kind in entry["types"] if kind in product.IMAGES}
    customs = [{"attribute_code": code, "value": value} for code, value in own.items()]
    return {**record, "media_gallery_entries": entries, "custom_attributes": customs}


def _content(wanted: dict) -> tuple[bytes, str, str]:
    """(bytes, media type, name) of what was sent; raises ApiError."""
    sent = wanted.get("content") or {}
    try:
        content = base64.b64decode(sent.get("base64_encoded_data") or "", validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise invalid("The image content must be valid base64 encoded data.")
    found = measure(content)
    if found is None or found[0] != sent.get("type") or found[0] not in ENDINGS:
        raise invalid("The image MIME type is not valid or not supported.")
    name = sent.get("name") or ""
    if not name or re.search(r'[\\/:*?"<>|]', name):
        raise invalid("Provided image name contains forbidden characters.")
    return content, found[0], name


def _said(wanted: dict) -> dict:
    return {key: wanted[key] for key in ("label", "types", "position", "disabled") if wanted.get(key) is not None}


def changed(record: dict, entry: dict, wanted: dict) -> dict:
    """The product with another label, place or role of a picture."""
    after = {**entry, **_said(wanted)}
    return _with(record, [after if other is entry else other for other in record["media_gallery_entries"]], after)


def without(shop: Shop, record: dict, entry: dict) -> dict:
    shop.delete("media_file", entry["file"])
    return _with(record, [other for other in record["media_gallery_entries"] if other["id"] != entry["id"]])


def replaced(shop: Shop, record: dict, wanted: list[dict]) -> dict:
    """The product with the entries of a list: those with an id are changed, others added, the rest is taken off."""
    named = {entry["id"] for entry in wanted if entry.get("id")}
    for entry in record["media_gallery_entries"]:
        if entry["id"] not in named:
            record = without(shop, record, entry)
    for sent in wanted:
        known = next((entry for entry in record["media_gallery_entries"] if entry["id"] == sent.get("id")), None)
        record = changed(record, known, sent) if known else add(shop, record, *_content(sent), **_said(sent))
    return record


def entry_of(record: dict, number: int) -> dict:
    found = next((entry for entry in record["media_gallery_entries"] if entry["id"] == number), None)
    if found is None:
        raise missing(NO_ENTRY)
    return found


# --- addresses ---------------------------------------------------------------------------------------------------
@route("GET", "products/{sku}/media", READ)
def listing(call: Call, sku: str):
    return [shown(entry) for entry in product.by_sku(call.shop, sku)["media_gallery_entries"]]


@route("GET", "products/{sku}/media/{entryId:int}", READ)
def one(call: Call, sku: str, number: int):
    return shown(entry_of(product.by_sku(call.shop, sku), number))


@route("POST", "products/{sku}/media", READ, entry=ENTRY)
def create(call: Call, sku: str):
    """The id of the new entry. The same picture sent again is there twice."""
    record, wanted = product.by_sku(call.shop, sku), call.body["entry"]
    content = _content(wanted)
    before = {entry["id"] for entry in record["media_gallery_entries"]}
    record = product.put(call.shop, add(call.shop, record, *content, **_said(wanted)))
    return next(entry["id"] for entry in record["media_gallery_entries"] if entry["id"] not in before)


@route("PUT", "products/{sku}/media/{entryId:int}", READ, entry=ENTRY)
def change(call: Call, sku: str, number: int):
    record, wanted = product.by_sku(call.shop, sku), call.body["entry"]
    known = entry_of(record, number)
    product.put(call.shop, changed(record, known, wanted))
    return True


@route("DELETE", "products/{sku}/media/{entryId:int}", READ)
def remove(call: Call, sku: str, number: int):
    record = product.by_sku(call.shop, sku)
    product.put(call.shop, without(call.shop, record, entry_of(record, number)))
    return True


def serve(shop: Shop, path: str) -> Response:
    """The content at ``/media/catalog/product<path>``, for anybody."""
    found = shop.get("media_file", path)
    if found is None:
        return Response("Not Found", 404, content_type="text/plain")
    headers = {"ETag": f'"{found["digest"]}"', "Cache-Control": "public, max-age=31536000"}
    return Response(shop.store.blob(found["digest"]), 200, headers, content_type=found["mime"])
