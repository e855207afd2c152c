"""Staged uploads: an address to send a file to, then what was sent there.

A PUT carries the content as its body, a POST as the field ``file`` of a form that also holds the parameters given
(https://shopify.dev/docs/api/admin-graphql/latest/mutations/stagedUploadsCreate). Kept for a day.
"""

import re
import secrets
import uuid
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from .access import require
from .shop import Shop

HOST = "shopify-staged-uploads.storage.googleapis.com"
#: Resource -> (scope it needs, folder).
RESOURCES = {
    "BULK_MUTATION_VARIABLES": (None, "bulk"),
    "COLLECTION_IMAGE": ("write_products", "collections"),
    "FILE": ("write_files", "files"),
    "IMAGE": ("write_files", "files"),
    "PRODUCT_IMAGE": ("write_products", "products"),
    "SHOP_IMAGE": ("write_files", "files"),
}
LIFETIME = 86400


def create(_root, info, *, input):
    """``stagedUploadsCreate``."""
    shop: Shop = info.context.shop
    errors, targets = [], []
    with shop.store.transaction():
        for position, wanted in enumerate(input):
            resource, mime = wanted["resource"], wanted["mimeType"]
            if resource not in RESOURCES:
                errors.append(_error(position, "resource", f"{resource} is not supported by the sandbox"))
                continue
            scope, folder = RESOURCES[resource]
            if scope:
                require(info, scope, "stagedUploadsCreate")
            picture = resource.endswith("IMAGE")
            if picture and not mime.startswith("image/"):
                errors.append(_error(position, "mimeType", f"{mime} is not a recognized image format"))
            elif resource == "BULK_MUTATION_VARIABLES" and mime != "text/jsonl":
                errors.append(_error(position, "mimeType", f"{mime} is not a supported format"))
            else:
                targets.append(_target(shop, wanted, folder))
    return {"stagedTargets": None if errors else targets, "userErrors": errors}


def _error(position: int, field: str, message: str) -> dict:
    return {"field": ["input", str(position), field], "message": message}


def _target(shop: Shop, wanted: dict, folder: str) -> dict:
    key = f"tmp/{shop.config['id']}/{folder}/{uuid.uuid4()}/{re.sub(r'[^A-Za-z0-9._-]', '_', wanted['filename'])}"
    signature, method = secrets.token_hex(16), wanted.get("httpMethod") or "PUT"
    entry = {
        "id": key, "method": method, "mime": wanted["mimeType"], "resource": wanted["resource"], "signature": signature,
        "digest": None, "expires": shop.clock.now() + LIFETIME,
    }  # fmt: skip
    shop.store.put(shop.domain, "staged", key, entry)
    if method == "PUT":
        url = f"https://{HOST}/{key}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature={signature}"
        parameters = {"content_type": wanted["mimeType"], "acl": "private"}
    else:
        url = f"https://{HOST}/"
        parameters = {
            "Content-Type": wanted["mimeType"], "success_action_status": "201", "acl": "private", "key": key,
            "x-goog-algorithm": "GOOG4-RSA-SHA256", "policy": secrets.token_hex(8), "x-goog-signature": signature,
        }  # fmt: skip
    named = [{"name": name, "value": value} for name, value in parameters.items()]
    return {"url": url, "resourceUrl": f"https://{HOST}/{key}", "parameters": named}


def receive(store, clock, request: Request, path: str) -> Response:
    """A file that is sent to a staged target. Errors are XML, as there."""
    if request.method == "POST" and not path:
        key, signature = request.form.get("key", ""), request.form.get("x-goog-signature", "")
        upload = request.files.get("file")
        content = upload.read() if upload else None
    else:
        key, signature = path, request.args.get("X-Goog-Signature", "")
        content = request.get_data()
    domain, entry = _find(store, key)
    if entry is None or entry["signature"] != signature or entry["method"] != request.method:
        return _refuse(403, "SignatureDoesNotMatch")
    if entry["expires"] < clock.now():
        return _refuse(400, "ExpiredToken")
    if not content:
        return _refuse(400, "EntityTooSmall")
    with store.transaction():
        digest = store.put_blob(content)
        store.put(domain, "staged", key, {**entry, "digest": digest, "size": len(content)})
    if request.method == "PUT":
        return Response(status=200)
    body = (
        f'<?xml version="1.0"?><PostResponse><Location>https://{HOST}/{key}</Location><Key>{key}</Key></PostResponse>'
    )
    return Response(body, 201, content_type="application/xml")


def _find(store, key: str) -> tuple[str | None, dict | None]:
    for domain in store.shops():
        entry = store.get(domain, "staged", key)
        if entry:
            return domain, entry
    return None, None


def _refuse(status: int, code: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    return Response(body, status, content_type="application/xml; charset=UTF-8")


def staged_entry(shop: Shop, source: str) -> dict | None:
    """A target by its ``resourceUrl`` or its key."""
    parts = urlsplit(source)
    return shop.store.get(shop.domain, "staged", parts.path.lstrip("/") if parts.hostname == HOST else source)


def staged(shop: Shop, source: str) -> bytes | None:
    """What was sent to a target; None = nothing, or it is no target's."""
    entry = staged_entry(shop, source)
    return shop.store.blob(entry["digest"]) if entry and entry["digest"] else None


MUTATION = {"stagedUploadsCreate": create}
