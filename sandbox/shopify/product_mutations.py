"""Mutations of products, a part at a time, and of where they are published."""

from . import catalogue, catalogue_events, file_edit, graph_catalogue, graph_shop, metafields, product_set
from .access import require
from .shop import parse_gid
from .user_errors import UserErrors, problem, refuse, shown


def product_update(_root, info, *, product=None, identifier=None, media=None):
    require(info, "write_products", "productUpdate")
    context, shop, wanted = info.context, info.context.shop, dict(product or {})
    try:
        with shop.store.transaction():
            before = _one(shop, wanted, identifier)
            after = dict(before)
            product_set.set_plain(shop, after, wanted, ("product",))
            if wanted.get("metafields") is not None:
                path = ("product", "metafields")
                after["metafields"] = metafields.edited(
                    shop, "Product", after, wanted["metafields"], path, replace=False
                )
            files = [
                file_edit.new_file(shop, file_edit.of_media(entry), ("media", n)) for n, entry in enumerate(media or ())
            ]
            after["media"] = [*after["media"], *(file["id"] for file in files)]
            file_edit.store(shop, context.deliveries, context.later, files)
            saved = catalogue_events.save_product(shop, context.deliveries, before, after)
            for theirs, way in (("collectionsToJoin", "add"), ("collectionsToLeave", "remove")):
                if wanted.get(theirs):
                    product_set.join(shop, context.deliveries, saved, path=("product", theirs), **{way: wanted[theirs]})
            saved = shop.store.get(shop.domain, "product", saved["id"])
    except UserErrors as error:
        return {"product": None, "userErrors": shown(info, error.errors)}
    return {"product": graph_shop.product(shop, saved), "userErrors": []}


def _one(shop, wanted: dict, identifier: dict | None) -> dict:
    """The product that an update is about."""
    if identifier and wanted.get("id"):
        refuse("The id field is not allowed if identifier is provided.", "ID_NOT_ALLOWED", "product", "id")
    found = catalogue.by_identifier(shop, "product", "Product", identifier or {"id": wanted.get("id") or ""})
    if found is None:
        refuse("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "id")
    return found


def product_delete(_root, info, *, input, synchronous=True):
    require(info, "write_products", "productDelete")
    context, shop = info.context, info.context.shop
    payload = {"deletedProductId": None, "productDeleteOperation": None, "shop": graph_shop.shop_node(shop.config)}
    with shop.store.transaction():
        found = catalogue.get_product(shop, input["id"])
        if found is None:
            errors = [problem("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "id")]
            return {**payload, "userErrors": shown(info, errors)}
        catalogue_events.delete_product(shop, context.deliveries, found)
    if synchronous is not False:
        return {**payload, "deletedProductId": input["id"], "userErrors": []}
    operation = {
        "__typename": "ProductDeleteOperation", "id": input["id"].replace("/Product/", "/ProductDeleteOperation/"),
        "status": "CREATED", "deletedProductId": input["id"], "product": None, "userErrors": [],
    }  # fmt: skip
    return {**payload, "productDeleteOperation": operation, "userErrors": []}


def change_status(_root, info, *, productId, status):
    require(info, "write_products", "productChangeStatus")
    shop = info.context.shop
    with shop.store.transaction():
        before = catalogue.get_product(shop, productId)
        if before is None:
            errors = [problem("Product does not exist", "PRODUCT_NOT_FOUND", "productId")]
            return {"product": None, "userErrors": shown(info, errors, "ProductChangeStatusUserErrorCode")}
        after = catalogue_events.save_product(shop, info.context.deliveries, before, {**before, "status": status})
    return {"product": graph_shop.product(shop, after), "userErrors": []}


def reorder_media(_root, info, *, id, moves):
    require(info, "write_products", "productReorderMedia")
    shop = info.context.shop
    enum = "MediaUserErrorCode"
    with shop.store.transaction():
        before = catalogue.get_product(shop, id)
        if before is None:
            errors = [problem("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "id")]
            return {"job": None, "mediaUserErrors": shown(info, errors, enum)}
        order = list(before["media"])
        for position, move in enumerate(moves):
            found = parse_gid(move["id"], "MediaImage")
            if found is None or found[1] not in order:
                errors = [
                    problem("Media does not exist on the product", "MEDIA_DOES_NOT_EXIST", "moves", position, "id")
                ]
                return {"job": None, "mediaUserErrors": shown(info, errors, enum)}
            order.remove(found[1])
            order.insert(int(move["newPosition"]), found[1])
        catalogue_events.save_product(shop, info.context.deliveries, before, {**before, "media": order})
    return {"job": {"id": id.replace("/Product/", "/Job/"), "done": True}, "mediaUserErrors": []}


# --- publications --------------------------------------------------------------------------------------------
def _publishing(name: str, change):
    """A resolver that changes where a product or collection is published."""

    def resolve(_root, info, *, id, input):
        require(info, "write_publications", name)
        context, shop = info.context, info.context.shop
        payload = {"shop": graph_shop.shop_node(shop.config)}
        kind, _number = parse_gid(id) or ("", 0)
        if kind not in _PUBLISHABLE:
            errors = [problem("Publishable does not exist", "NOT_FOUND", "id")]
            return {**payload, "publishable": None, "userErrors": shown(info, errors)}
        where, save, show = _PUBLISHABLE[kind]
        with shop.store.transaction():
            before = catalogue.get(shop, where, kind, id)
            errors = [] if before else [problem("Publishable does not exist", "NOT_FOUND", "id")]
            published = dict(before["published"]) if before else {}
            for position, wanted in enumerate(input):
                publication = catalogue.get(shop, "publication", "Publication", wanted.get("publicationId"))
                if publication is None:
                    errors.append(
                        problem("Publication does not exist", "NOT_FOUND", "input", position, "publicationId")
                    )
                else:
                    change(published, str(publication["id"]), wanted.get("publishDate") or shop.clock.iso())
            if errors:
                return {**payload, "publishable": None, "userErrors": shown(info, errors)}
            after = save(shop, context.deliveries, before, {**before, "published": published})
        return {**payload, "publishable": show(shop, after), "userErrors": []}

    return resolve


_PUBLISHABLE = {
    "Product": ("product", catalogue_events.save_product, graph_shop.product),
    "Collection": ("collection", catalogue_events.save_collection, graph_catalogue.collection_node),
}


def _publish(published: dict, key: str, when: str):
    published.setdefault(key, when)


def _unpublish(published: dict, key: str, _when: str):
    published.pop(key, None)


MUTATION = {
    "productUpdate": product_update,
    "productDelete": product_delete,
    "productChangeStatus": change_status,
    "productReorderMedia": reorder_media,
    "publishablePublish": _publishing("publishablePublish", _publish),
    "publishableUnpublish": _publishing("publishableUnpublish", _unpublish),
}
