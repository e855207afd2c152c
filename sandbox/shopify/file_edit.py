"""What inputs of mutations make of files: new ones, changed ones, those of a product. Raises UserErrors."""

import uuid
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from . import catalogue_events, media
from .shop import Shop, parse_gid
from .user_errors import refuse

_KINDS = {"IMAGE": "IMAGE", "FILE": "FILE"}
_PICTURES = (".gif", ".heic", ".jpeg", ".jpg", ".png", ".svg", ".webp")


def get_file(shop: Shop, text: str | None) -> dict | None:
    """A file by its global id."""
    found = parse_gid(text) if text else None
    if found is None or found[0] not in ("MediaImage", "GenericFile"):
        return None
    file = shop.store.get(shop.domain, "file", found[1])
    return file if file and (file["kind"] == "IMAGE") == (found[0] == "MediaImage") else None


def new_file(shop: Shop, wanted: dict, place: tuple) -> dict:
    """A file as ``FileCreateInput`` or ``FileSetInput`` asks for it; not stored."""
    source, alt = wanted.get("originalSource") or "", wanted.get("alt")
    parts = urlsplit(source)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        refuse("Image URL is invalid", "INVALID_IMAGE_SOURCE_URL", *place, "originalSource")
    if alt and len(alt) > 512:
        refuse("The alt value exceeds the maximum limit of 512 characters.", "ALT_VALUE_LIMIT_EXCEEDED", *place, "alt")
    name = wanted.get("filename") or unquote(PurePosixPath(parts.path).name)
    kind = wanted.get("contentType")
    if kind and kind not in _KINDS:
        refuse(f"The sandbox takes images and files, not {kind}", "UNACCEPTABLE_ASSET", *place, "contentType")
    if not kind:
        suffix = PurePosixPath(name).suffix.lower()
        kind = "IMAGE" if suffix in _PICTURES or not suffix else "FILE"
    name, replaced = _free_name(shop, name, kind, wanted, place)
    if replaced:
        return {**replaced, "source": source, "status": "UPLOADED", "alt": alt if alt is not None else replaced["alt"]}
    return media.new_file(shop, kind=kind, name=name, alt=alt, source=source)


def _free_name(shop: Shop, name: str, kind: str, wanted: dict, place: tuple) -> tuple[str, dict | None]:
    """(name, file to replace): what is done when the name is taken."""
    mode = wanted.get("duplicateResolutionMode") or "APPEND_UUID"
    if mode == "REPLACE" and not wanted.get("filename"):
        refuse("Missing filename argument for REPLACE mode", "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE", *place)
    same = next((f for f in shop.store.find(shop.domain, "file", "name", name) if f["kind"] == kind), None)
    if same is None:
        return name, None
    if mode == "REPLACE":
        return name, same
    if mode == "RAISE_ERROR":
        refuse(f"A file with the filename '{name}' already exists", "FILENAME_ALREADY_EXISTS", *place, "filename")
    path = PurePosixPath(name)
    return f"{path.stem}_{uuid.uuid4()}{path.suffix}", None


def of_media(entry: dict) -> dict:
    """``CreateMediaInput`` as ``FileCreateInput``."""
    return {
        "originalSource": entry["originalSource"],
        "alt": entry.get("alt"),
        "contentType": entry["mediaContentType"],
    }


def product_files(shop: Shop, inputs: list[dict], path: tuple) -> tuple[list[int], list[dict], dict]:
    """(ids in order, files new or changed, {source or id: file id}) of a list of ``FileSetInput``."""
    numbers, changed, named = [], [], {}
    for position, wanted in enumerate(inputs):
        place = (*path, position)
        if wanted.get("id"):
            file = get_file(shop, wanted["id"])
            if file is None:
                refuse(f"File id {wanted['id']} does not exist", "NOT_FOUND", *place, "id")
            if "alt" in wanted and wanted["alt"] != file["alt"]:
                changed.append({**file, "alt": wanted["alt"], "updated_at": shop.clock.iso()})
            named[wanted["id"]] = file["id"]
        else:
            file = new_file(shop, wanted, place)
            changed.append(file)
        if wanted.get("originalSource"):
            named[wanted["originalSource"]] = file["id"]
        if file["id"] not in numbers:
            numbers.append(file["id"])
    return numbers, changed, named


def without_media(product: dict) -> dict:
    """The product whose variants show only what it has."""
    kept = set(product["media"])
    variants = [{**entry, "media": [n for n in entry["media"] if n in kept]} for entry in product["variants"]]
    return {**product, "variants": variants}


def store(shop: Shop, deliveries, later, files: list[dict]):
    """Keep files, and make those ready that are not; products that show them are told of then."""
    shop.store.put_many(shop.domain, "file", [(file["id"], file) for file in files])
    done = partial(catalogue_events.media_changed, shop, deliveries)
    media.process(shop, later, [file["id"] for file in files if file["status"] == "UPLOADED"], done)


def resume(shop: Shop, deliveries, later):
    """Ask again for what was not ready when the sandbox stopped."""
    waiting = [file for file in shop.store.all(shop.domain, "file") if file["status"] == "UPLOADED"]
    store(shop, deliveries, later, waiting)
