"""What products refer to by number: attributes and their options, attribute sets, units, addresses. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/plan-product
"""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo.addons.connector_base.transport import DataError

from . import const
from .criteria import search_criteria
from .parser_reader import Reader

_ATTRIBUTE_FIELDS = (
    "attribute_id",
    "attribute_code",
    "default_frontend_label",
    "frontend_input",
    "scope",
    "is_user_defined",
    "options[label,value]",
)


@dataclass(slots=True)
class Attribute:
    """A field of products. `options` are {value: label}, in their order; `label` is what staff call it."""

    attribute_id: str
    code: str
    label: str
    kind: str
    scope: str
    is_custom: bool
    options: dict = field(default_factory=dict)

    @property
    def is_choice(self):
        return self.kind in const.CHOICES

    @property
    def can_tell_variants_apart(self):
        """Whether variants of a product may differ in it."""
        return self.kind == "select" and self.scope == const.GLOBAL_SCOPE

    def value_of(self, label):
        """Return the value of the option called `label`, case and spaces aside; None when there is none."""
        wanted = name_key(label)
        return next((value for value, text in self.options.items() if name_key(text) == wanted), None)


@dataclass(slots=True)
class Terms:
    """A shop's terms. `currency` is that of prices for all stores, `weight_unit` is in kilograms; addresses end with a
    slash."""

    attributes: dict  # {code: Attribute}
    sets: dict  # {id: name}
    currency: str = ""
    weight_unit: Decimal = Decimal(1)
    media_url: str = ""
    page_url: str = ""
    languages: dict = field(default_factory=dict)  # {BCP 47 tag: codes of the store views in it}
    barcode: str = ""  # code of the attribute that holds barcodes

    def attribute_by_id(self, attribute_id):
        return next((one for one in self.attributes.values() if one.attribute_id == attribute_id), None)

    def find_axis(self, name):
        """Return the attribute called `name` that variants may differ in; None when there is none."""
        fitting = [one for one in self.attributes.values() if one.can_tell_variants_apart]
        wanted = name_key(name)
        return next(
            (one for one in fitting if name_key(one.label) == wanted),
            next((one for one in fitting if name_key(one.code) == wanted), None),
        )

    def label(self, code, value):
        """Return what people call a value of an attribute; options they don't know by the value itself."""
        attribute = self.attributes.get(code)
        if not attribute or not attribute.is_choice:
            return value
        labels = (attribute.options.get(one.strip(), one.strip()) for one in value.split(","))
        return ", ".join(filter(None, labels))


def read_terms(client, *, barcode="", currency=""):
    """Read the terms of a shop.

    :param str barcode: code of the attribute that holds barcodes, "" for none
    :param str currency: of the prices for all stores, for who reads prices
    """
    configs = [Reader(config, "storeConfig") for config in client.store_configs()]
    first = configs[0] if configs else Reader({}, "storeConfig")
    languages = {}
    for config in configs:
        if locale := config.text("locale"):
            languages.setdefault(locale.replace("_", "-"), []).append(config.required_text("code"))
    attributes = map(parse_attribute, read_all(client, "products/attributes", "attribute_id", fields=_ATTRIBUTE_FIELDS))
    sets = read_all(client, "products/attribute-sets/sets/list", "attribute_set_id")
    return Terms(
        attributes={one.code: one for one in attributes},
        sets={str(one.get("attribute_set_id")): str(one.get("attribute_set_name") or "") for one in sets},
        currency=currency,
        weight_unit=const.WEIGHT_UNITS.get(first.text("weight_unit"), Decimal(1)),
        media_url=first.text("secure_base_media_url") or first.text("base_media_url"),
        page_url=first.text("secure_base_link_url") or first.text("base_link_url"),
        languages=languages,
        barcode=barcode,
    )


def parse_attribute(payload):
    """Return the `Attribute` of a product attribute as the API states it."""
    node = Reader(payload, "attribute")
    code = node.required_text("attribute_code")
    options = ((option.text("value"), option.text("label")) for option in node.children("options"))
    return Attribute(
        attribute_id=node.required_identifier("attribute_id"),
        code=code,
        label=node.text("default_frontend_label") or code,
        kind=node.text("frontend_input"),
        scope=node.text("scope"),
        is_custom=node.flag("is_user_defined"),
        options={value: label for value, label in options if value},
    )


def read_all(client, path, key, *groups, id_key="", fields=(), page_size=const.PAGE_SIZE):
    """Return all entries of a listing, by their ascending `key`: what comes and goes meanwhile hides no other.

    :param groups: of filters, as of `search_criteria`
    :param str id_key: where an entry has its `key`, if it is called otherwise there
    """
    found, last = [], None
    while True:
        after = [(key, "gt", last)] if last is not None else []
        entries, total = client.search(
            path, search_criteria(*groups, *after, sort=(key,), page_size=page_size), fields=fields
        )
        found += entries
        if total <= len(entries) or not entries:
            return found
        following = next((stated for one in reversed(entries) if (stated := one.get(id_key or key)) is not None), None)
        if following is None or following == last:
            raise DataError(
                f"Magento's listing of {path} does not go on: its entries have no {id_key or key}.",
                remedy="An extension of the shop may take it away: report it with the names of the shop's modules.",
            )
        last = following


def name_key(name):
    """Return what makes names equal: case and space around don't count."""
    return " ".join((name or "").split()).casefold()
