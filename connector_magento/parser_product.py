"""Products as GET /V1/products states them -> canonical. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/catalog-products/. A product is one of Magento's with all of
the simple ones it is configured to: these are its variants, each with pictures, price and stock of its own. Variants
have the ids of Magento's products, their stock is counted by SKU. Prices are in the base currency, weights become kg.
"""

from dataclasses import dataclass, field
from datetime import timezone
from decimal import Decimal

from odoo.addons.connector_base.canonical import (
    UNSET,
    Category,
    CustomAttribute,
    Image,
    KitComponent,
    Option,
    Product,
    Translation,
    Variant,
)

from . import const, tables
from .parser_reader import ZERO, Reader, read

# Translated texts: field of `Translation` -> where a product has it: its name, or an attribute
TRANSLATED = {
    "title": "name",
    "description": "description",
    "seo_title": "meta_title",
    "seo_description": "meta_description",
}
GRAM = Decimal("0.000001")


@dataclass(slots=True)
class Family:
    """A product as it was read, with all that belongs to it.

    :param dict payload: the product
    :param list children: payloads of the simple products of a configurable one, in Magento's order
    :param dict parts: {SKU: id} of what a bundle or a grouped product is made of
    :param dict texts: {BCP 47 tag: its payload in a store view of that language}; None: they were not read
    :param DataError error: why not all of what belongs to it could be read
    :param latest: aware time; the family counts as written then at the latest. A page states nothing newer than itself.
    """

    payload: dict
    children: list = field(default_factory=list)
    parts: dict = field(default_factory=dict)
    texts: dict | None = None
    latest: object = None
    error: object = None


def parse_product(family, terms):
    """Return the canonical Product of a `Family`.

    :param Terms terms: of the shop
    :raise DataError: something needed is missing or not as documented; it names the place
    """
    node = read(family.payload, "product", "id")
    if family.error:
        raise family.error
    values, kind = attribute_values(node), node.required_text("type_id")
    axes = _axes(node, terms) if kind == tables.CONFIGURABLE else []
    children = [read(child, "product", "id") for child in family.children] if axes else [node]
    variants = [_variant(child, axes, terms, family) for child in children]
    own = _images(node, terms)
    further = [image for child in children if child is not node for image in _images(child, terms)]
    return Product(
        external_id=node.external_id,
        currency=terms.currency,
        title=node.required_text("name"),
        description=values.get("description", ""),
        handle=values.get("url_key", ""),
        product_type=terms.sets.get(node.text("attribute_set_id"), ""),
        seo_title=values.get("meta_title", ""),
        seo_description=values.get("meta_description", ""),
        status=status_of(node),
        options=tuple(_option(option, attribute) for option, attribute in axes),
        variants=tuple(variants),
        images=tuple({image.external_id: image for image in (*own, *further)}.values()),
        category_ids=_category_ids(node, values),
        attributes=_attributes(values, terms, ()),
        translations=UNSET if family.texts is None else _translations(node, values, family.texts),
        channel_ids=_website_ids(node),
        url=page_url(node, terms),
        details=details_of(node, terms),
        created_at=node.time("created_at"),
        updated_at=_updated_at([node, *children], family.latest),
    )


def parse_category(payload):
    """Return the canonical Category of GET /V1/categories/list; the tree's own root is nobody's parent."""
    node = read(payload, "category", "id")
    parent = node.identifier("parent_id")
    return Category(
        external_id=node.external_id,
        name=node.required_text("name"),
        parent_external_id="" if parent == const.ROOT_CATEGORY else parent,
        handle=attribute_values(node).get("url_key", ""),
        updated_at=node.time("updated_at"),
    )


def attribute_values(node):
    """Return {code: text} of the custom attributes of a product or category; lists are joined by commas."""
    values = {}
    for entry in node.children("custom_attributes"):
        value = entry.data.get("value")
        if isinstance(value, (list, dict)):
            values[entry.required_text("attribute_code")] = ",".join(str(one) for one in entry.items("value"))
        else:
            values[entry.required_text("attribute_code")] = entry.text("value")
    return values


def status_of(node):
    """Return the canonical status: a product that has no page of its own is unlisted."""
    if node.text("status", str(const.ENABLED)) != str(const.ENABLED):
        return "draft"
    return "unlisted" if node.text("visibility") == str(const.NOT_VISIBLE) else "active"


def details_of(node, terms):
    """Return what only Magento knows of a product, for its mirror fields."""
    return (
        ("sku", node.required_text("sku")),
        ("type", node.required_text("type_id")),
        ("attribute_set", terms.sets.get(node.text("attribute_set_id"), "")),
        ("visibility", node.text("visibility")),
    )


def page_url(node, terms):
    """Return the address of a product's page, "" where it has none."""
    return f"{terms.page_url}{const.PAGE_PATH}{node.external_id}" if status_of(node) == "active" else ""


def prices_of(node):
    """Return (price, price before reduction, None for none) of a product; (UNSET, UNSET) where its parts decide.

    A special price that ends some day is an action of the shop's own: it is none of the product's prices.
    """
    values = attribute_values(node)
    if not node.has("price") or (node.text("type_id") == tables.BUNDLE and values.get("price_type") == "0"):
        return UNSET, UNSET
    price, special = node.number("price"), permanent_special(values)
    return (special, price) if special is not None and special < price else (price, None)


def permanent_special(values):
    """Return the special price without an end among attribute `values`, None for none."""
    if not values.get("special_price") or values.get("special_to_date"):
        return None
    return Reader(values, "product.custom_attributes").number("special_price")


def is_family(payload):
    """Whether the payload is that of a configurable product."""
    return payload.get("type_id") == tables.CONFIGURABLE


def child_ids(payload):
    """Return the ids (int) of the simple products of a configurable one."""
    extension = Reader(payload, "product", str(payload.get("id") or "")).extension
    try:
        return [int(one) for one in extension.items("configurable_product_links")]
    except (TypeError, ValueError):
        raise extension.error("is not a list of ids", "configurable_product_links") from None


def part_skus(payload):
    """Return the SKUs that a bundle or a grouped product always consists of, with quantities.

    :return: {SKU: Decimal}; empty where customers choose between several
    """
    node = read(payload, "product", "id")
    found = {}
    if node.text("type_id") == tables.GROUPED:
        for link in node.children("product_links"):
            if link.text("link_type") == const.GROUPED_LINK:
                found[link.required_text("linked_product_sku")] = link.extension.number("qty")
    elif node.text("type_id") == tables.BUNDLE:
        for option in node.extension.children("bundle_product_options"):
            links = option.children("product_links")
            if len(links) != 1 or not option.flag("required", True):
                return {}
            sku = links[0].required_text("sku")
            found[sku] = found.get(sku, ZERO) + links[0].number("qty")
    return {sku: quantity for sku, quantity in found.items() if quantity}


# === PARTS === #


def _axes(node, terms):
    """Return [(Reader of the option, its Attribute)] of a configurable product, in their order."""
    options = sorted(node.extension.children("configurable_product_options"), key=lambda one: one.number("position"))
    found = []
    for option in options:
        attribute = terms.attribute_by_id(option.required_identifier("attribute_id"))
        if not attribute:
            raise option.error("names an attribute that the shop does not list", "attribute_id")
        found.append((option, attribute))
    return found


def _option(option, attribute):
    indexes = [value.text("value_index") for value in option.children("values")]
    return Option(
        name=attribute.label,
        values=tuple(dict.fromkeys(attribute.options.get(index, index) for index in indexes)),
        external_id=attribute.attribute_id,
    )


def _variant(node, axes, terms, family):
    values, kind = attribute_values(node), node.required_text("type_id")
    price, before = prices_of(node)
    images = _images(node, terms)
    goods = kind not in tables.WITHOUT_DELIVERY and kind != tables.GIFT_CARD
    return Variant(
        external_id=node.external_id,
        inventory_external_id=node.required_text("sku"),
        options=tuple(
            (attribute.label, attribute.options.get(values[attribute.code], values[attribute.code]))
            for _option, attribute in axes
            if values.get(attribute.code)
        ),
        sku=node.required_text("sku"),
        barcode=values.get(terms.barcode, "") if terms.barcode else UNSET,
        price=price,
        compare_at_price=before,
        cost=Reader(values, "product.custom_attributes", node.external_id).number("cost")
        if values.get("cost")
        else None,
        weight=(node.number("weight") * terms.weight_unit).quantize(GRAM).normalize() + 0,
        requires_shipping=goods,
        taxable=values.get("tax_class_id", "") != "0",
        tracked=goods and kind in const.PLAIN_TYPES and _is_managed(node),
        origin_country_code=values.get("country_of_manufacture", ""),
        # a product without variants shows its own pictures: none of them is its variant's
        image=(images[0].external_id if images else "") if axes else UNSET,
        attributes=_attributes(values, terms, {attribute.code for _option, attribute in axes}),
        components=_components(node, family),
        updated_at=node.time("updated_at"),
    )


def _is_managed(node):
    """Whether Magento counts the product's stock; listings don't say, and by itself it does."""
    item = node.extension.child_or_empty("stock_item")
    return item.flag("use_config_manage_stock", True) or item.flag("manage_stock", True)


def _components(node, family):
    wanted = part_skus(node.data)
    if not wanted or not wanted.keys() <= family.parts.keys():
        return UNSET
    return tuple(
        KitComponent(variant_external_id=str(family.parts[sku]), quantity=quantity)
        for sku, quantity in sorted(wanted.items())
    )


def _attributes(values, terms, axes):
    """Return the attributes that the merchant made, and those texts of Magento's own that have no other place."""
    found = []
    for code, value in sorted(values.items()):
        attribute = terms.attributes.get(code)
        if not attribute or code in axes or code in const.PLACED_ATTRIBUTES or code == terms.barcode:
            continue
        if attribute.kind not in const.NO_TEXTS and (attribute.is_custom or code in const.OFFERED_ATTRIBUTES):
            found.append(CustomAttribute(key=code, value=_attribute_text(attribute, value, terms), kind=attribute.kind))
    return tuple(found)


def _attribute_text(attribute, value, terms):
    if attribute.kind == "boolean":
        return {"1": "true", "0": "false"}.get(value, value)
    return terms.label(attribute.code, value)


def _images(node, terms):
    """Return the pictures of one of Magento's products, the one it is shown with first."""
    entries = [
        entry
        for entry in node.children("media_gallery_entries")
        if entry.text("media_type", "image") == "image" and not entry.flag("disabled") and entry.has("file")
    ]
    entries.sort(key=lambda entry: ("image" not in entry.items("types"), entry.number("position")))
    return tuple(
        Image(
            external_id=entry.required_identifier("id"),
            url=f"{terms.media_url}{const.PICTURES_PATH}/{entry.text('file').lstrip('/')}",
            alt=entry.text("label"),
        )
        for entry in entries
    )


def _category_ids(node, values):
    if node.extension.has("category_links"):
        ids = {link.required_text("category_id") for link in node.extension.children("category_links")}
    else:
        ids = {one for one in values.get("category_ids", "").split(",") if one}
    return tuple(sorted(ids))


def _website_ids(node):
    if not node.extension.has("website_ids"):
        return UNSET
    return tuple(sorted({str(one) for one in node.extension.items("website_ids")}))


def _translations(node, values, texts):
    """Return the texts that differ in a language, and empty ones for those that are as in all stores."""
    found = []
    for language, payload in sorted(texts.items()):
        translated = read(payload, "product", "id")
        there = attribute_values(translated)
        for name, key in TRANSLATED.items():
            text = translated.text("name") if key == "name" else there.get(key, "")
            original = node.text("name") if key == "name" else values.get(key, "")
            found.append(Translation(language=language, field=name, value="" if text == original else text))
    return tuple(found)


def _updated_at(nodes, latest):
    newest = max(node.required_time("updated_at") for node in nodes)
    return min(newest, latest.astimezone(timezone.utc)) if latest else newest
