"""Mutations of collections: of chosen products, and by rules."""

import uuid

from . import catalogue, catalogue_events, file_edit, graph_catalogue, graph_shop, metafields
from .access import require
from .shop import Shop, parse_gid
from .user_errors import UserErrors, problem, refuse, shown

MAX_PRODUCTS = 250


def create(_root, info, *, collection=None, input=None):
    require(info, "write_products", "collectionCreate")
    context, shop, wanted = info.context, info.context.shop, collection or input or {}
    place = "collection" if collection else "input"
    try:
        with shop.store.transaction():
            title = (wanted.get("title") or "").strip()
            if not title:
                refuse("Title can't be blank", "BLANK", place, "title")
            inputs = wanted.get("sources") or [{"source": {"inclusion": {}}}]
            chosen = list(wanted.get("products") or ())
            for entry in inputs:
                selections = ((entry.get("source") or {}).get("inclusion") or {}).get("selections") or ()
                chosen += [selection["productId"] for selection in selections]
            entry = catalogue.collection(shop, {"title": title, "products": _products(shop, chosen, place)})
            _set_plain(shop, context, entry, {**wanted, "title": title}, place)
            entry = catalogue_events.save_collection(shop, context.deliveries, None, entry)
    except UserErrors as error:
        return {"collection": None, "userErrors": shown(info, error.errors)}
    return {"collection": graph_catalogue.collection_node(shop, entry), "userErrors": []}


def update(_root, info, *, collection=None, input=None):
    require(info, "write_products", "collectionUpdate")
    context, shop, wanted = info.context, info.context.shop, collection or input or {}
    place = "collection" if collection else "input"
    try:
        with shop.store.transaction():
            before = _one(shop, wanted.get("id"))
            after = dict(before)
            _set_plain(shop, context, after, wanted, place)
            for position, entry in enumerate(wanted.get("sourcesToUpdate") or ()):
                _update_source(shop, after, entry["condition"], (place, "sourcesToUpdate", position))
            after = catalogue_events.save_collection(shop, context.deliveries, before, after)
    except UserErrors as error:
        return {"collection": None, "job": None, "userErrors": shown(info, error.errors)}
    return {"collection": graph_catalogue.collection_node(shop, after), "job": None, "userErrors": []}


def _one(shop: Shop, text: str | None) -> dict:
    found = catalogue.get(shop, "collection", "Collection", text)
    if found is None:
        refuse("Collection does not exist", "COLLECTION_DOES_NOT_EXIST", "id")
    return found


def _products(shop: Shop, texts: list[str], *place) -> list[int]:
    """Ids of products that must be there, each once."""
    numbers = []
    for text in texts:
        product = catalogue.get_product(shop, text)
        if product is None:
            refuse(f"Product {text} does not exist", "NOT_FOUND", *place)
        if product["id"] not in numbers:
            numbers.append(product["id"])
    return numbers


def _set_plain(shop: Shop, context, entry: dict, wanted: dict, place: str):
    """Put an input's own fields into a collection that may be changed."""
    for theirs, ours in (("title", "title"), ("descriptionHtml", "description_html"), ("sortOrder", "sort"),
                         ("templateSuffix", "template_suffix")):  # fmt: skip
        if wanted.get(theirs) is not None:
            entry[ours] = wanted[theirs]
    handle = catalogue.handle_of(wanted["handle"]) if wanted.get("handle") else None
    if handle and handle != entry["handle"]:
        if catalogue.free_handle(shop, "collection", handle, entry["id"]) != handle:
            refuse("Handle has already been taken", "TAKEN", place, "handle")
        entry["handle"] = handle
    if wanted.get("seo") is not None:
        entry["seo"] = {**entry["seo"], **wanted["seo"]}
    if wanted.get("ruleSet") is not None:
        entry["rules"] = _rules(wanted["ruleSet"], (place, "ruleSet", "rules"))
    if wanted.get("metafields") is not None:
        path = (place, "metafields")
        entry["metafields"] = metafields.edited(shop, "Collection", entry, wanted["metafields"], path, replace=False)
    if (wanted.get("image") or {}).get("src"):
        image = wanted["image"]
        named = {"originalSource": image["src"], "alt": image.get("altText"), "contentType": "IMAGE"}
        file = file_edit.new_file(shop, named, (place, "image"))
        file_edit.store(shop, context.deliveries, context.later, [file])
        entry["image"] = file["id"]


def _rules(wanted: dict, place: tuple) -> dict | None:
    rules = [{key: rule[key] for key in ("column", "relation", "condition")} for rule in wanted.get("rules") or ()]
    for position, rule in enumerate(rules):
        wrong = catalogue.rule_problem(rule)
        if wrong:
            refuse(wrong, "INVALID", *place, position)
    return {"any": wanted["appliedDisjunctively"], "rules": rules} if rules else None


def _update_source(shop: Shop, entry: dict, wanted: dict, place: tuple):
    """Add and remove chosen products, as ``sourcesToUpdate`` says it."""
    found = parse_gid(wanted["id"], "CollectionConditionsSource")
    if found is None or found[1] != entry["source_id"]:
        refuse("Source does not exist", "NOT_FOUND", *place, "condition", "id")
    inclusion = wanted.get("inclusion") or {}
    add = [selection["productId"] for selection in inclusion.get("selectionsToAdd") or ()]
    gone = [selection["productId"] for selection in inclusion.get("selectionsToRemove") or ()]
    if (add or gone) and entry["rules"]:
        refuse("Products of a collection by rules can't be chosen", "INVALID", *place)
    removed = _products(shop, gone, *place)
    kept = [number for number in entry["products"] if number not in removed]
    entry["products"] = list(dict.fromkeys([*kept, *_products(shop, add, *place)]))


def delete(_root, info, *, input):
    require(info, "write_products", "collectionDelete")
    shop = info.context.shop
    payload = {"deletedCollectionId": None, "shop": graph_shop.shop_node(shop.config), "userErrors": []}
    with shop.store.transaction():
        found = catalogue.get(shop, "collection", "Collection", input["id"])
        if found is None:
            errors = [problem("Collection does not exist", "NOT_FOUND", "id")]
            return {**payload, "userErrors": shown(info, errors)}
        catalogue_events.delete_collection(shop, info.context.deliveries, found)
    return {**payload, "deletedCollectionId": input["id"]}


def _membership(name: str, enum: str | None, *, add: bool):
    """A resolver that adds products to a collection or takes them out."""

    def resolve(_root, info, *, id, productIds):
        require(info, "write_products", name)
        shop = info.context.shop
        try:
            with shop.store.transaction():
                before = _one(shop, id)
                if before["rules"]:
                    refuse("Can't add products to a smart collection", "CANT_ADD_TO_SMART_COLLECTION", "id")
                if len(productIds) > MAX_PRODUCTS:
                    refuse(f"At most {MAX_PRODUCTS} products at once", "INVALID", "productIds")
                named = _products(shop, productIds, "productIds")
                kept = [number for number in before["products"] if add or number not in named]
                products = list(dict.fromkeys([*kept, *named])) if add else kept
                after = catalogue_events.save_collection(
                    shop, info.context.deliveries, before, {**before, "products": products}
                )
        except UserErrors as error:
            return {
                "collection": None,
                "job": None,
                "userErrors": shown(info, error.errors, enum, "COLLECTION_DOES_NOT_EXIST"),
            }
        job = {"id": f"gid://shopify/Job/{uuid.uuid4()}", "done": False}
        return {"collection": graph_catalogue.collection_node(shop, after), "job": job, "userErrors": []}

    return resolve


MUTATION = {
    "collectionCreate": create,
    "collectionUpdate": update,
    "collectionDelete": delete,
    "collectionAddProducts": _membership("collectionAddProducts", None, add=True),
    "collectionAddProductsV2": _membership("collectionAddProductsV2", "CollectionAddProductsV2UserErrorCode", add=True),
    "collectionRemoveProducts": _membership("collectionRemoveProducts", None, add=False),
}
