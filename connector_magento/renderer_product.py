"""Canonical products -> what Magento's calls take. Pure. What a document leaves UNSET is not sent.

https://developer.adobe.com/commerce/webapi/rest/modules/catalog-products/: saving a product changes what is sent and
leaves the rest, but lists replace those that the product has.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError

from . import const, tables
from .parser_product import TRANSLATED, attribute_values, permanent_special
from .parser_reader import STORED, Reader, read

STATUSES = {
    "active": const.ENABLED,
    "unlisted": const.ENABLED,
    "draft": const.DISABLED,
    "archived": const.DISABLED,
}


@dataclass(slots=True)
class Fields:
    """What is to be sent of one of Magento's products: its own fields, its attributes by code, what belongs to it."""

    own: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    extension: dict = field(default_factory=dict)

    def __post_init__(self):
        for name in self.__slots__:
            setattr(self, name, {key: value for key, value in getattr(self, name).items() if value is not UNSET})

    def __or__(self, other):
        return Fields(*({**getattr(self, name), **getattr(other, name)} for name in self.__slots__))

    def __bool__(self):
        return bool(self.own or self.attributes or self.extension)

    def differing(self, present):
        """Return those that are not as Magento has them."""
        values = attribute_values(read(present, "product", "id"))
        extension = present.get("extension_attributes") or {}
        return Fields(
            {key: value for key, value in self.own.items() if _differs(value, present.get(key))},
            {code: value for code, value in self.attributes.items() if _differs(value, values.get(code, ""))},
            {key: value for key, value in self.extension.items() if _listed(value) != _listed(extension.get(key))},
        )

    def body(self, **more):
        """Return the product as the API takes it."""
        product = {**more, **self.own}
        if self.attributes:
            product["custom_attributes"] = [
                {"attribute_code": code, "value": _text(value)} for code, value in sorted(self.attributes.items())
            ]
        if self.extension:
            product["extension_attributes"] = self.extension
        return {"product": product}


def render_product(document, parts, terms, present=None):
    """Return the fields of Magento's product for `parts` of a product, but for those of its variants.

    :param dict present: the product as Magento has it, None for a new one
    """
    own, values, extension = {}, {}, {}
    if "basics" in parts:
        own["name"] = document.title
        values = {code: getattr(document, name) for name, code in TRANSLATED.items() if code != "name"}
        values["url_key"] = document.handle or UNSET  # empty: Magento's own choice
        if document.product_type:
            own["attribute_set_id"] = _set_id(document.product_type, terms)
    if "status" in parts and document.status is not UNSET:
        own.update(_status(document.status, present))
    if "categories" in parts and document.category_ids is not UNSET:
        extension["category_links"] = _category_links(document.category_ids, present)
    if "channels" in parts and document.channel_ids is not UNSET:
        extension["website_ids"] = [int(external_id) for external_id in document.channel_ids]
    if "attributes" in parts:
        values.update(render_attributes(document.attributes, terms))
    return Fields(own, values, extension)


def render_variant(variant, parts, terms, present=None):
    """Return the fields of Magento's product for `parts` of a variant, the one it is chosen by left out."""
    own, values = {}, {}
    if "variants" in parts:
        if variant.sku:
            own["sku"] = variant.sku
        if variant.weight is not UNSET:
            own["weight"] = float((variant.weight / terms().weight_unit).quantize(STORED, ROUND_HALF_UP))
        values["country_of_manufacture"] = variant.origin_country_code
        if (barcode := terms().barcode) and variant.barcode is not UNSET:
            values[barcode] = variant.barcode
    if "prices" in parts:
        price, special = prices_to_set(variant, present)
        own["price"] = price if price is UNSET else float(price)
        values["special_price"] = special
        if special not in (None, UNSET):
            values["special_to_date"] = None  # it would end the reduction some day
        values["cost"] = variant.cost
    if "attributes" in parts:
        values.update(render_attributes(variant.attributes, terms))
    return Fields(own, values)


def prices_to_set(variant, present=None):
    """Return (price, special price) that make a variant cost what it shall; None for no special price, UNSET to leave.

    Where the price before a reduction is not ours to say, Magento's regular price stays it as long as it is higher. A
    special price that ends some day is an action of the shop's own: it stays while there is no reduction of ours.
    """
    pay, before = variant.price, variant.compare_at_price
    if pay is UNSET or (present and present.get("type_id") in (tables.GROUPED, tables.CONFIGURABLE)):
        return UNSET, UNSET
    values = attribute_values(read(present, "product", "id")) if present else {}
    special = permanent_special(values)
    if before is not UNSET:
        return (before, pay) if before is not None else (pay, UNSET if special is None else None)
    if special is None:
        return pay, UNSET
    regular = Reader(present, "product").number("price")
    return (UNSET, pay) if pay < regular else (pay, None)


def render_attributes(attributes, terms):
    """Return {code: value} of custom fields; the options of choices must be there.

    :raise DataError: the shop has no such field or option
    """
    values = {}
    for item in attributes or ():
        attribute = terms().attributes.get(item.key)
        if not attribute:
            raise DataError(
                f"Magento has no product attribute {item.key}.",
                remedy="Correct the mapping of the field (Mappings): Magento shows the codes of its attributes under "
                "Stores > Attributes > Product.",
            )
        values[item.key] = _attribute_value(attribute, item.value)
    return values


def labels_of(attribute, text):
    """Return the labels of the options that a custom field's text names."""
    if attribute.kind == "boolean" or not text:
        return []
    return [label.strip() for label in text.split(",")] if attribute.kind == "multiselect" else [text]


def render_texts(document, translations, present):
    """Return the fields of Magento's product for a product's texts in one language; an empty one is the original."""
    originals = attribute_values(read(present, "product", "id"))
    own, values = {}, {}
    for translation in translations:
        code = TRANSLATED[translation.field]
        original = present.get("name") if code == "name" else originals.get(code, "")
        stated = getattr(document, translation.field)
        text = translation.value or (original if stated is UNSET else stated)
        if code == "name":
            own["name"] = text
        else:
            values[code] = text
    return Fields(own, values)


# === PARTS === #


def _set_id(name, terms):
    found = next((number for number, title in terms().sets.items() if title.casefold() == name.casefold()), None)
    return int(found) if found else UNSET


def _status(status, present):
    values = {"status": STATUSES[status]}
    visibility = str((present or {}).get("visibility") or "")
    if status == "unlisted":
        values["visibility"] = const.NOT_VISIBLE
    elif status == "active" and visibility in ("", str(const.NOT_VISIBLE)):
        values["visibility"] = const.VISIBLE_EVERYWHERE
    return values


def _category_links(external_ids, present):
    """Categories keep the place that the product has in them."""
    links = ((present or {}).get("extension_attributes") or {}).get("category_links") or ()
    places = {str(link["category_id"]): link.get("position") or 0 for link in links}
    return [{"position": places.get(external_id, 0), "category_id": external_id} for external_id in external_ids]


def _attribute_value(attribute, text):
    if attribute.kind == "boolean":
        return str(int(text == "true")) if text else ""
    if not attribute.is_choice:
        return text
    found = [(label, attribute.value_of(label)) for label in labels_of(attribute, text)]
    missing = [label for label, value in found if value is None]
    if missing:
        raise DataError(
            f"Magento's attribute {attribute.code} has no option “{missing[0]}”.",
            remedy="Add the option in Magento under Stores > Attributes > Product, then send the product again.",
        )
    return ",".join(value for _label, value in found)


def _text(value):
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else value


def _differs(value, there):
    """Magento writes amounts in texts too, with four decimals."""
    ours, theirs = _text(value), _text(there)
    try:
        return Decimal(str(ours)) != Decimal(str(theirs))
    except ArithmeticError:
        return str(ours) != str(theirs)


def _listed(value):
    """Return a list of links or ids in a form in which two can be compared."""
    if isinstance(value, list):
        return sorted(str(sorted(entry.items())) if isinstance(entry, dict) else str(entry) for entry in value)
    return value
