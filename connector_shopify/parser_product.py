"""Products as the GraphQL Admin API states them (graphql/fragments.graphql, ProductFields) -> canonical. Pure.

https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Product. Prices are in the shop's currency, weights are
converted to kilograms, a product's only variant without a choice has no options.
"""

from decimal import Decimal

from odoo.addons.connector_base.canonical import (
    UNSET,
    Category,
    Channel,
    CustomAttribute,
    Image,
    Option,
    Product,
    Variant,
)

from . import const
from .reader import Reader
from .translations import parse_translations

_APP_CATALOG = "AppCatalog"


def parse_product(payload, texts=None):
    """Return the canonical Product of a GraphQL product.

    :param dict payload: what ProductFields selects, its connections complete
    :param dict texts: its translations as of `parse_translations`; None where they were not read
    :raise DataError: something needed is missing or not as documented; it names the place
    """
    node = Reader(payload, "product")
    node.external_id = node.identifier("id")
    options = () if _is_plain(node) else tuple(_option(option) for option in node.children("options"))
    return Product(
        external_id=node.external_id,
        currency=node.required_child("priceRangeV2").required_child("minVariantPrice").required_text("currencyCode"),
        **_texts(node),
        options=options,
        variants=_distinct(_variant(variant, bool(options)) for variant in _nodes(node, "variants")),
        images=_distinct(_image(image) for image in _nodes(node, "media") if _is_image(image)),
        category_ids=_ids(_nodes(node, "collections")),
        attributes=_attributes(node),
        channel_ids=parse_channel_ids(node),
        translations=UNSET if texts is None else parse_translations(texts, node.external_id),
        created_at=node.required_time("createdAt"),
    )


def parse_changed(payload):
    """Return the fields of a canonical Product that a mutation's answer (ChangedProduct) states."""
    return _texts(Reader(payload, "product"))


def _texts(node):
    """Return what a product states outside of lists, as fields of the canonical Product."""
    seo = node.child("seo")
    return {
        "title": node.required_text("title"),
        "description": node.text("descriptionHtml"),
        "handle": node.text("handle"),
        "vendor": node.text("vendor"),
        "product_type": node.text("productType"),
        "tags": tuple(sorted(node.texts("tags"))),
        "seo_title": seo.text("title") if seo else "",
        "seo_description": seo.text("description") if seo else "",
        "status": const.PRODUCT_STATUSES.get(node.required_text("status"), UNSET),
        "url": node.text("onlineStoreUrl"),
        "updated_at": node.required_time("updatedAt"),
    }


def parse_channel_ids(node):
    """Return the ids of the sales channels that a product (`Reader`) is published on, sorted.

    Publications of markets and of companies' catalogs are none: they follow the market's own settings.
    """
    publications = [entry.required_child("publication") for entry in _nodes(node, "resourcePublicationsV2")]
    return _ids(publication for publication in publications if _is_channel(publication))


def parse_category(payload):
    """Return the canonical Category of a GraphQL collection; smart ones choose their products by conditions."""
    node = Reader(payload, "collection")
    node.external_id = node.identifier("id")
    inclusions = [source.child("inclusion") for source in node.children("sources")]
    return Category(
        external_id=node.external_id,
        name=node.required_text("title"),
        handle=node.text("handle"),
        automatic=any(inclusion.items("conditions") for inclusion in inclusions if inclusion),
        updated_at=node.time("updatedAt"),
    )


def parse_channel(payload):
    """Return the canonical Channel of a GraphQL publication; None for that of a market or of a company's catalog."""
    node = Reader(payload, "publication")
    if not _is_channel(node):
        return None
    external_id, catalog = node.identifier("id"), node.child("catalog")
    return Channel(external_id=external_id, name=(catalog.text("title") if catalog else "") or external_id)


def _nodes(node, key):
    return node.required_child(key).children("nodes")


def _ids(nodes):
    return tuple(sorted({node.identifier("id") for node in nodes}))


def _distinct(documents):
    """Each once: pages of a connection overlap when it changes while being read."""
    return tuple({document.external_id: document for document in documents}.values())


def _is_plain(node):
    """Whether the product has but one variant, and nothing to choose."""
    return [(option.text("name"), option.texts("values")) for option in node.children("options")] == [
        (const.DEFAULT_OPTION, [const.DEFAULT_VALUE])
    ]


def _is_image(node):
    return node.text("__typename") == "MediaImage"


def _is_channel(publication):
    catalog = publication.child("catalog")
    return catalog is None or catalog.text("__typename") in ("", _APP_CATALOG)


def _option(node):
    return Option(
        name=node.required_text("name"), values=tuple(node.texts("values")), external_id=node.identifier("id", "")
    )


def _image(node):
    """A picture; without an address while Shopify is still working on it."""
    image = node.child("image")
    return Image(external_id=node.identifier("id"), url=image.text("url") if image else "", alt=node.text("alt"))


def _attributes(node):
    """The custom fields, but not the one that is our own."""
    return tuple(
        sorted(
            (
                CustomAttribute(
                    key=f"{field.required_text('namespace')}.{field.required_text('key')}",
                    value=field.text("value"),
                    kind=field.text("type"),
                )
                for field in _nodes(node, "metafields")
                if not _is_our_key(field)
            ),
            key=lambda attribute: attribute.key,
        )
    )


def _is_our_key(field):
    return field.text("key") == const.PRODUCT_KEY and field.text("namespace").startswith(const.APP_NAMESPACE)


def _variant(node, has_options):
    item, images = node.required_child("inventoryItem"), _nodes(node, "media")
    cost = item.child("unitCost")
    choices = ((choice.required_text("name"), choice.text("value")) for choice in node.children("selectedOptions"))
    return Variant(
        external_id=node.identifier("id"),
        inventory_external_id=item.identifier("id"),
        options=tuple(choices) if has_options else (),
        sku=node.text("sku"),
        barcode=node.text("barcode"),
        price=node.amount("price"),
        compare_at_price=node.amount("compareAtPrice") if node.has("compareAtPrice") else None,
        cost=cost.amount("amount") if cost else None,
        weight=_weight(item),
        requires_shipping=item.flag("requiresShipping", True),
        taxable=node.flag("taxable", True),
        tracked=item.flag("tracked", False),
        hs_code=item.text("harmonizedSystemCode"),
        origin_country_code=item.text("countryCodeOfOrigin"),
        image=images[0].identifier("id") if images else "",
        attributes=_attributes(node),
        updated_at=node.time("updatedAt"),
    )


def _weight(item):
    measurement = item.child("measurement")
    weight = measurement.child("weight") if measurement else None
    if weight is None:
        return Decimal(0)
    unit = weight.required_text("unit")
    if unit not in const.WEIGHT_UNITS:
        raise weight.error("is not a known unit of weight", "unit")
    return (weight.number("value") * const.WEIGHT_UNITS[unit]).quantize(Decimal("0.000001")).normalize() + 0
