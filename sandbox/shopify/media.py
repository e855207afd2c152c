"""Files: pictures and documents with real bytes, the addresses they are served at, and what makes them ready.

A file's document: id, kind (IMAGE or FILE), name, alt, status, mime, width, height, digest of its bytes, source it came
from, error. ``process`` fetches the source and makes it READY or FAILED, a moment after it was asked for.
"""

import urllib.error
import urllib.request
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from werkzeug.wrappers import Request, Response

from ..framework.pictures import measure
from .shop import Shop
from .staging import staged

CDN = "cdn.shopify.com"
#: Seconds until a file that was asked for is ready.
DELAY = 0.15
#: https://help.shopify.com/en/manual/products/product-media: up to 5000 x 5000 pixels, 20 MB.
MAX_PIXELS, MAX_BYTES = 25_000_000, 20 * 1024 * 1024
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


# --- documents -----------------------------------------------------------------------------------------------------
def new_file(shop: Shop, *, kind="IMAGE", name="", alt=None, source="", now=None) -> dict:
    """A file that is not fetched yet."""
    now = now or shop.clock.iso()
    name = name or unquote(PurePosixPath(urlsplit(source).path).name) or "file"
    return {
        "id": shop.id("MediaImage" if kind == "IMAGE" else "GenericFile"), "kind": kind, "name": name, "alt": alt,
        "status": "UPLOADED", "mime": None, "width": None, "height": None, "size": None, "digest": None,
        "source": source, "error": None, "created_at": now, "updated_at": now,
    }  # fmt: skip


def finished(shop: Shop, file: dict, content: bytes) -> dict:
    """The file with its content, READY, or FAILED if it is no usable picture."""
    now = max(shop.clock.iso(), file["updated_at"])
    found = measure(content)
    if file["kind"] == "IMAGE":
        if found is None:
            return failed(file, now, "UNSUPPORTED_IMAGE_FILE_TYPE", "Image file type is not supported")
        if found[1] * found[2] > MAX_PIXELS or min(found[1:]) < 1:
            return failed(file, now, "INVALID_IMAGE_RESOLUTION", "Image resolution is invalid")
        if len(content) > MAX_BYTES:
            return failed(file, now, "INVALID_IMAGE_FILE_SIZE", "Image file size is too large")
    mime, width, height = found or ("application/octet-stream", None, None)
    name = file["name"] if PurePosixPath(file["name"]).suffix else file["name"] + _ENDINGS.get(mime, "")
    return {
        **file, "status": "READY", "mime": mime, "width": width, "height": height, "size": len(content), "name": name,
        "digest": shop.store.put_blob(content), "error": None, "updated_at": now,
    }  # fmt: skip


def failed(file: dict, now: str, code: str, message: str) -> dict:
    return {**file, "status": "FAILED", "error": {"code": code, "message": message}, "updated_at": now}


def process(shop: Shop, later, numbers: list[int], done):
    """Make files ready in a moment; ``done(file)`` is called for each."""
    for number in numbers:
        later.do(DELAY, lambda number=number: _process(shop, number, done))


def _process(shop: Shop, number: int, tell):
    file = shop.store.get(shop.domain, "file", number)
    if file is None or file["status"] != "UPLOADED":
        return
    content = _fetch(shop, file["source"])
    with shop.store.transaction():
        file = shop.store.get(shop.domain, "file", number)
        if file is None:
            return
        if content is None:
            code = "IMAGE_DOWNLOAD_FAILURE" if file["kind"] == "IMAGE" else "GENERIC_FILE_DOWNLOAD_FAILURE"
            done = failed(file, shop.clock.iso(), code, "The source could not be downloaded")
        else:
            done = finished(shop, file, content)
        shop.store.put(shop.domain, "file", number, done)
    tell(done)


def _fetch(shop: Shop, source: str) -> bytes | None:
    """The bytes of a source: staged here, served here, or at an address of the web."""
    parts = urlsplit(source)
    if (content := staged(shop, source)) is not None:
        return content
    if parts.hostname == CDN:
        return served(shop.store, parts.path)[0]
    if parts.scheme not in ("http", "https"):
        return None
    try:
        with urllib.request.urlopen(source, timeout=10) as answer:
            return answer.read(MAX_BYTES + 1)
    except (urllib.error.URLError, OSError, ValueError):
        return None


# --- addresses -----------------------------------------------------------------------------------------------------
def url(shop: Shop, file: dict) -> str:
    """Where a ready file is read from, by anybody."""
    folder = f"s/files/1/{shop.config['id']}/files/{file['id']}"
    return f"https://{CDN}/{folder}/{file['name'].replace(' ', '_')}?v={file['digest'][:10]}"


def local_url(shop: Shop, file: dict) -> str:
    """The same on the sandbox's own pages."""
    return "/" + url(shop, file).partition("://")[2]


def served(store, path: str) -> tuple[bytes, str] | tuple[None, None]:
    """(content, media type) of a path at the CDN."""
    parts = path.strip("/").split("/")
    if len(parts) != 7 or parts[:3] != ["s", "files", "1"] or not parts[5].isdigit():
        return None, None
    for domain in store.shops():
        config = store.get(domain, "shop", "shop")
        if config and str(config.get("id")) == parts[3]:
            file = store.get(domain, "file", int(parts[5]))
            return (store.blob(file["digest"]), file["mime"]) if file and file["digest"] else (None, None)
    return None, None


def answer(store, _clock, _request: Request, path: str) -> Response:
    """A file at the CDN."""
    content, mime = served(store, path)
    if content is None:
        return Response("Not Found", 404, content_type="text/plain")
    return Response(content, 200, {"Cache-Control": "public, max-age=31557600"}, content_type=mime)


def of(shop: Shop, numbers: list[int]) -> list[dict]:
    """The files of ids, in their order; deleted ones are left out."""
    found = (shop.store.get(shop.domain, "file", number) for number in numbers)
    return [file for file in found if file]
