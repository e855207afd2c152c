"""The T-shirt of `product_samples`, pushed to a store that has it."""

from odoo.addons.connector_base.canonical import Image, Option, ProductPush
from odoo.addons.connector_shopify.product_pusher import ProductPusher

from .product_samples import document, variant
from .product_shop import Shop

PRODUCT = "gid://shopify/Product/41"
MEDIUM, LARGE = "gid://shopify/ProductVariant/501", "gid://shopify/ProductVariant/502"
PICTURES = {"aa": (b"A", "image/png", "a.png"), "bb": (b"B", "image/jpeg", "b.jpg")}


def shop(**changes):
    """A store that has the T-shirt, with one picture of the two and a film."""
    found = Shop(**changes)
    found.add(
        PRODUCT,
        variants=[(MEDIUM, ""), (LARGE, "gid://shopify/MediaImage/91")],
        media=[("gid://shopify/MediaImage/91", "MediaImage"), ("gid://shopify/Video/95", "Video")],
        publications=["gid://shopify/Publication/2", "gid://shopify/Publication/7"],
    )
    return found


def push(store, *parts, key="7:41", sleeps=None, **changes):
    """Push the T-shirt with what changed; return the one result."""
    pushes = [ProductPush(key=key, document=document(**changes), parts=frozenset(parts))]
    pusher = ProductPusher(store, "one", PICTURES.__getitem__, (sleeps if sleeps is not None else []).append)
    (result,) = list(pusher.push(pushes))
    assert result.key == key
    return result


def new(**changes):
    """The T-shirt before Shopify knows it."""
    values = {
        "external_id": "",
        "options": (Option(name="Size", values=("M", "L")),),
        "variants": (variant("M"), variant("L", image="bb")),
        "images": (Image(alt="Front", checksum="aa"), Image(alt="Back", checksum="bb")),
    }
    return values | changes
