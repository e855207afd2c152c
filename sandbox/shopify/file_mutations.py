"""Mutations of files: create, change, delete; metafields."""

from . import catalogue, catalogue_events, file_edit, graph_catalogue, graph_media, metafields, staging
from .access import require
from .shop import Shop, parse_gid
from .user_errors import UserErrors, problem, refuse, shown

FILE_ERRORS = "FilesErrorCode"


def file_create(_root, info, *, files):
    require(info, "write_files", "fileCreate")
    context, shop = info.context, info.context.shop
    try:
        with shop.store.transaction():
            made = [file_edit.new_file(shop, wanted, ("files", n)) for n, wanted in enumerate(files)]
            file_edit.store(shop, context.deliveries, context.later, made)
    except UserErrors as error:
        return {"files": None, "userErrors": shown(info, error.errors, FILE_ERRORS)}
    return {"files": [graph_media.file_node(shop, file) for file in made], "userErrors": []}


def file_update(_root, info, *, files):
    require(info, "write_files", "fileUpdate")
    context, shop = info.context, info.context.shop
    try:
        with shop.store.transaction():
            changed = [_updated(shop, wanted, ("files", n)) for n, wanted in enumerate(files)]
            file_edit.store(shop, context.deliveries, context.later, changed)
            for file, wanted in zip(changed, files, strict=True):
                _refer(shop, context.deliveries, file, wanted)
                catalogue_events.media_changed(shop, context.deliveries, file)
    except UserErrors as error:
        return {"files": None, "userErrors": shown(info, error.errors, FILE_ERRORS)}
    return {"files": [graph_media.file_node(shop, file) for file in changed], "userErrors": []}


def _updated(shop: Shop, wanted: dict, place: tuple) -> dict:
    file = file_edit.get_file(shop, wanted["id"])
    if file is None:
        refuse(f"File id {wanted['id']} does not exist.", "FILE_DOES_NOT_EXIST", *place, "id")
    source = wanted.get("originalSource") or wanted.get("previewImageSource")
    if file["status"] != "READY" and not source:
        refuse("Non-ready files cannot be updated.", "NON_READY_STATE", *place, "id")
    file = {**file, "updated_at": max(shop.clock.iso(), file["updated_at"])}
    if "alt" in wanted:
        file["alt"] = wanted["alt"]
    if wanted.get("filename"):
        file["name"] = wanted["filename"]
    if source:
        file.update(source=source, status="UPLOADED", error=None)
    return file


def _refer(shop: Shop, deliveries, file: dict, wanted: dict):
    """Put a file on products and take it off others."""
    for key, there in (("referencesToAdd", True), ("referencesToRemove", False)):
        for text in wanted.get(key) or ():
            before = catalogue.get_product(shop, text)
            if before is None:
                refuse("The reference target does not exist.", "REFERENCE_TARGET_DOES_NOT_EXIST", "files", key)
            left = [number for number in before["media"] if number != file["id"]]
            after = {**before, "media": [*left, file["id"]] if there else left}
            catalogue_events.save_product(
                shop, deliveries, before, file_edit.without_media(after) if not there else after
            )


def file_delete(_root, info, *, fileIds):
    require(info, "write_files", "fileDelete")
    context, shop = info.context, info.context.shop
    found = {text: file_edit.get_file(shop, text) for text in fileIds}
    missing = [text for text, file in found.items() if file is None]
    if missing:
        text = f"File ids [{', '.join(missing)}] do not exist."
        errors = [problem(text, "FILE_DOES_NOT_EXIST", "fileIds")]
        return {"deletedFileIds": None, "userErrors": shown(info, errors, FILE_ERRORS)}
    numbers = {file["id"] for file in found.values()}
    with shop.store.transaction():
        for number in numbers:
            shop.store.delete(shop.domain, "file", number)
        affected = {p["id"]: p for n in numbers for p in shop.store.find(shop.domain, "product", "media", n)}
        for product in affected.values():
            left = [number for number in product["media"] if number not in numbers]
            after = file_edit.without_media({**product, "media": left})
            catalogue_events.save_product(shop, context.deliveries, product, after)
    return {"deletedFileIds": list(fileIds), "userErrors": []}


# --- metafields ----------------------------------------------------------------------------------------------------
def metafields_set(_root, info, *, metafields):
    """All or nothing, at most 25; ``compareDigest`` null = must not be there yet."""
    shop, enum = info.context.shop, "MetafieldsSetUserErrorCode"
    if len(metafields) > 25:
        text = "Exceeded the maximum metafields input limit of 25."
        errors = [problem(text, "LESS_THAN_OR_EQUAL_TO", "metafields")]
        return {"metafields": None, "userErrors": shown(info, errors, enum)}
    made, problems = [], []
    try:
        with shop.store.transaction():
            for position, wanted in enumerate(metafields):
                problems += _set_one(info, wanted, position, made)
            if problems:
                raise UserErrors(problems)
    except UserErrors as error:
        index = [int(e["field"][1]) if e["field"] and len(e["field"]) > 1 else None for e in error.errors]
        listed = [{**e, "elementIndex": n} for e, n in zip(shown(info, error.errors, enum), index, strict=True)]
        return {"metafields": None, "userErrors": listed}
    nodes = [graph_catalogue.metafield_node(shop, kind, _owner(shop, text)[2], full) for kind, text, full in made]
    return {"metafields": nodes, "userErrors": []}


def _set_one(info, wanted: dict, position: int, made: list) -> list[dict]:
    """Set one metafield of its owner; problems. What was set is added to ``made``."""
    shop, place = info.context.shop, ("metafields", position)
    kind, before, owner = _owner(shop, wanted["ownerId"])
    if kind:
        require(info, "write_products", "metafieldsSet")
    if owner is None:
        return [problem("Owner does not exist.", "INVALID", *place, "ownerId")]
    old = catalogue.find_metafield(owner, catalogue.namespace_of(shop, wanted.get("namespace")), wanted["key"])
    if "compareDigest" in wanted and wanted["compareDigest"] != (catalogue.digest_of(old) if old else None):
        return [problem("The resource has been updated since it was loaded.", "STALE_OBJECT", *place)]
    full, wrong = metafields.check(shop, kind, owner, wanted, old)
    if wrong:
        return [{**entry, "field": [*map(str, place), *entry["field"]]} for entry in wrong]
    same = old and all(old[key] == full[key] for key in full)
    entry = old if same else catalogue.metafield(shop, full, shop.clock.iso(), old)
    kept = [other for other in owner["metafields"] if other["id"] != entry["id"]]
    _save_owner(info, kind, before, owner, [*kept, entry] if not same else owner["metafields"])
    made.append((kind, wanted["ownerId"], entry))
    return []


def _owner(shop: Shop, text: str) -> tuple[str | None, dict | None, dict | None]:
    """(type, stored document, owner) of a global id; owner is the document, or the variant in it."""
    found = parse_gid(text)
    if found is None or found[0] not in catalogue.OWNERS:
        return None, None, None
    kind, number = found
    if kind != "ProductVariant":
        record = shop.store.get(shop.domain, catalogue.OWNERS[kind][0], number)
        return kind, record, record
    pair = shop.variants().get(number)
    if pair is None:
        return kind, None, None
    product = shop.store.get(shop.domain, "product", pair[0]["id"])
    return kind, product, next((entry for entry in product["variants"] if entry["id"] == number), None)


def _save_owner(info, kind: str, before: dict, owner: dict, entries: list[dict]):
    shop, deliveries, changed = info.context.shop, info.context.deliveries, {**owner, "metafields": entries}
    if kind == "Collection":
        catalogue_events.save_collection(shop, deliveries, before, changed)
        return
    if kind == "ProductVariant":
        variants = [changed if entry["id"] == owner["id"] else entry for entry in before["variants"]]
        changed = {**before, "variants": variants}
    catalogue_events.save_product(shop, deliveries, before, changed)


def metafields_delete(_root, info, *, metafields):
    require(info, "write_products", "metafieldsDelete")
    shop, deleted = info.context.shop, []
    with shop.store.transaction():
        for wanted in metafields:
            kind, before, owner = _owner(shop, wanted["ownerId"])
            old = (
                catalogue.find_metafield(owner, catalogue.namespace_of(shop, wanted["namespace"]), wanted["key"])
                if owner
                else None
            )
            if old:
                _save_owner(info, kind, before, owner, [other for other in owner["metafields"] if other is not old])
            deleted.append({key: wanted[key] for key in ("ownerId", "namespace", "key")} if old else None)
    return {"deletedMetafields": deleted, "userErrors": []}


def definition_create(_root, info, *, definition):
    require(info, "write_products", "metafieldDefinitionCreate")
    shop, enum = info.context.shop, "MetafieldDefinitionCreateUserErrorCode"
    namespace, kind = catalogue.namespace_of(shop, definition.get("namespace")), definition["type"]

    def refused(message: str, code: str, field: str) -> dict:
        return {
            "createdDefinition": None,
            "userErrors": shown(info, [problem(message, code, "definition", field)], enum),
        }

    if definition["ownerType"] not in {word for _, word in catalogue.OWNERS.values()}:
        return refused("The sandbox has no metafields of that owner type", "INVALID", "ownerType")
    if kind != "id" and metafields.type_problem(kind, "1") == f"Type must be one of the known types, not {kind}.":
        return refused(f"Type name {kind} is not a valid type.", "INCLUSION", "type")
    if not 2 <= len(definition["key"]) <= 64:
        return refused("Key is too short (minimum is 2 characters)", "TOO_SHORT", "key")
    unique = bool(((definition.get("capabilities") or {}).get("uniqueValues") or {}).get("enabled")) or kind == "id"
    with shop.store.transaction():
        if catalogue.definition(shop, definition["ownerType"], namespace, definition["key"]):
            return refused("Key is in use for Product metafields on the namespace.", "TAKEN", "key")
        entry = {
            "id": shop.id("MetafieldDefinition"), "name": definition["name"], "namespace": namespace,
            "key": definition["key"], "description": definition.get("description"), "unique": unique, "type": kind,
            "owner_type": definition["ownerType"],
        }  # fmt: skip
        shop.store.put(shop.domain, "metafield_definition", entry["id"], entry)
    return {"createdDefinition": graph_catalogue.definition_node(shop, entry), "userErrors": []}


MUTATION = {
    **staging.MUTATION,
    "fileCreate": file_create,
    "fileUpdate": file_update,
    "fileDelete": file_delete,
    "metafieldsSet": metafields_set,
    "metafieldsDelete": metafields_delete,
    "metafieldDefinitionCreate": definition_create,
}
