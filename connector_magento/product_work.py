"""A product on its way to Magento, what became of it, and what can't be done. No Odoo import."""

from dataclasses import dataclass, field, replace

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, Product, ProductPushResult
from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_product import attribute_values, details_of, page_url, status_of
from .parser_reader import read


@dataclass(slots=True)
class Work:
    """A push on its way.

    :param Product wanted: the document, with the external ids known so far
    :param dict present: the product as Magento has it
    :param dict image_ids: {checksum: external id} of its pictures
    :param tuple untold: the translations that wait
    """

    push: object
    wanted: Product
    parts: frozenset
    present: dict = field(default_factory=dict)
    image_ids: dict = field(default_factory=dict)
    untold: tuple = ()


def parts_to_send(push):
    """Return the parts to send: all of a new product; the variants as a whole as soon as one is new."""
    document = push.document
    if not document.external_id:
        return frozenset(PRODUCT_PARTS)
    if all(variant.external_id for variant in document.variants):
        return push.parts
    return push.parts | {"variants"}


def success(work, terms):
    return ProductPushResult(
        key=work.push.key, document=_answered(work, terms), image_ids=_pairs(work), untold=work.untold
    )


def failure(work, error):
    """Return the result of a push that failed, with what is there already: the rest is sent another time."""
    known = bool(work.push.document.external_id)
    error.external_id = work.wanted.external_id
    result = ProductPushResult(key=work.push.key, error=error, missing=known and error.code == const.GONE)
    if known or not work.wanted.external_id:
        return result
    return replace(result, document=work.wanted, image_ids=_pairs(work))


def _answered(work, terms):
    """Return the document with what Magento says of it in its own way."""
    node = read(work.present, "product", "id")
    values = {"updated_at": node.required_time("updated_at"), "handle": attribute_values(node).get("url_key", "")}
    if "status" in work.parts:
        values["status"] = status_of(node) if work.wanted.status in ("active", "unlisted") else work.wanted.status
    if terms:
        values.update(url=page_url(node, terms), details=details_of(node, terms))
    return replace(work.wanted, **values)


def _pairs(work):
    return tuple((checksum, key) for checksum, key in work.image_ids.items() if checksum)


def gone():
    return DataError(
        "The product was deleted in Magento.",
        code=const.GONE,
        status=404,
        remedy="Publish the product again, or unlink it from the shop.",
    )


def gone_variant(variant):
    return DataError(
        f"The variant {variant.sku or variant.external_id} was deleted in Magento.",
        remedy="Import the product from Magento, or archive the variant in Odoo.",
    )


def other_structure(document):
    return DataError(
        "Magento can't turn a product without variants into one with variants, or back."
        if document.options
        else "The product has no options in Odoo, and is a configurable one in Magento.",
        remedy="Give it the same options in Odoo as in Magento; or unlink it from the shop and publish it anew.",
    )


def no_sku(document, variant=None):
    name = " / ".join(value for _name, value in variant.options) if variant else document.title
    return DataError(
        f"“{name}” has no SKU, and Magento knows products by nothing else.",
        remedy="Enter an internal reference on the product in Odoo; it is sent then.",
    )
