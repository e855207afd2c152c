"""A product on its way to Shopify, and what became of it. No Odoo import."""

from dataclasses import dataclass, replace

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, Product, ProductPushResult
from odoo.addons.connector_base.transport import DataError

from .errors import Refused
from .parser_product import parse_changed
from .product_errors import explained, gone, says_gone


@dataclass(slots=True)
class Work:
    """A push on its way.

    :param Product wanted: the document, with the external ids known so far
    :param dict product: what Shopify last said of the product
    :param str operation: of the change that Shopify makes in the background
    :param bool listed: the variants were sent, so the answer states them
    :param tuple files: global id of each picture; None before it has one
    :param tuple uploaded: global ids of the new pictures that Shopify has not looked at yet
    :param tuple untold: the translations that Shopify has not been told yet
    :param DataError refusal: of one of them
    """

    push: object
    wanted: Product
    parts: frozenset
    product: dict = None
    operation: str = ""
    listed: bool = False
    files: tuple = ()
    uploaded: tuple = ()
    untold: tuple = ()
    refusal: DataError | None = None


def parts_to_send(push):
    """Return the parts to send: all of a new product; the variants as a whole as soon as one is new."""
    document = push.document
    if not document.external_id:
        return frozenset(PRODUCT_PARTS)
    if all(variant.external_id for variant in document.variants):
        return push.parts
    return push.parts | {"variants"}


def success(work):
    """Return the result of a push that went well, but for translations that wait."""
    return ProductPushResult(
        key=work.push.key, document=_answered(work), image_ids=_image_ids(work), untold=work.untold
    )


def failure(work, error):
    """Return the result of a push that failed, with what is there already: the rest is sent another time."""
    known = bool(work.push.document.external_id)
    missing = known and says_gone(error)
    if missing:
        error = gone()
    elif isinstance(error, Refused):
        error = explained(error, work.push.document)
    error.external_id = work.wanted.external_id
    result = ProductPushResult(key=work.push.key, error=error, missing=missing)
    if known or not work.wanted.external_id:
        return result
    return replace(result, document=_answered(work), image_ids=_image_ids(work))


def _answered(work):
    """Return the document with what Shopify said last: it writes some texts in its own way."""
    return replace(work.wanted, **parse_changed(work.product)) if work.product else work.wanted


def _image_ids(work):
    images = work.wanted.images or ()
    pairs = zip(images, work.files, strict=False)
    return tuple((image.checksum, media.rpartition("/")[2]) for image, media in pairs if media)
