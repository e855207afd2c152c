"""Which media a product's variants show."""

from . import catalogue, catalogue_events, graph_shop
from .access import require
from .shop import parse_gid
from .user_errors import UserErrors, refuse, shown


def detach(_root, info, *, productId, variantMedia):
    require(info, "write_products", "productVariantDetachMedia")
    shop, deliveries = info.context.shop, info.context.deliveries
    try:
        with shop.store.transaction():
            before = catalogue.get_product(shop, productId)
            if before is None:
                refuse("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "productId")
            left = _left(before, variantMedia)
            variants = [
                {**entry, "media": left[entry["id"]]} if entry["id"] in left else entry for entry in before["variants"]
            ]
            product = catalogue_events.save_product(shop, deliveries, before, {**before, "variants": variants})
    except UserErrors as error:
        return {
            "product": None,
            "productVariants": None,
            "userErrors": shown(info, error.errors, "MediaUserErrorCode", "INVALID"),
        }
    changed = [entry for entry in product["variants"] if entry["id"] in left]
    return {
        "product": graph_shop.product(shop, product),
        "productVariants": [graph_shop.variant(shop, product, entry) for entry in changed],
        "userErrors": [],
    }


def _left(product: dict, inputs: list[dict]) -> dict[int, list[int]]:
    """Media that stay with each variant named; raises UserErrors for those that aren't there."""
    known, left = {entry["id"]: entry for entry in product["variants"]}, {}
    for position, wanted in enumerate(inputs):
        place = ("variantMedia", position)
        number = (parse_gid(wanted["variantId"], "ProductVariant") or ("", 0))[1]
        if number not in known:
            text = "Variant does not exist on the product"
            refuse(text, "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT", *place, "variantId")
        media = {int(text.rpartition("/")[2]) for text in wanted["mediaIds"]}
        if media - set(known[number]["media"]):
            refuse("Media is not attached to the variant", "MEDIA_IS_NOT_ATTACHED_TO_VARIANT", *place, "mediaIds")
        left[number] = [entry for entry in known[number]["media"] if entry not in media]
    return left


MUTATION = {"productVariantDetachMedia": detach}
