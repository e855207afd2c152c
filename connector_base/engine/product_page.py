"""What passes from one step of a product import to the next, and what can be said of products without Odoo."""

from collections import Counter
from dataclasses import dataclass, field
from math import prod

from ..canonical import UNSET

# Odoo makes every combination of values of an attribute that is created instantly, and refuses more than this at once.
MAX_INSTANT = 1000

# The part of `PRODUCT_PARTS` that each field of field rules is told with.
FIELD_PARTS = {
    "title": "basics",
    "description": "basics",
    "handle": "basics",
    "vendor": "basics",
    "product_type": "basics",
    "tags": "basics",
    "seo": "basics",
    "status": "status",
    "sku": "variants",
    "barcode": "variants",
    "cost": "variants",
    "weight": "variants",
    "customs": "variants",
    "price": "prices",
    "compare_at_price": "prices",
    "images": "images",
    "categories": "categories",
    "attributes": "attributes",
    "translations": "translations",
    "channels": "channels",
}


def name_key(name):
    """Return what makes names equal: case and space around don't count."""
    return " ".join((name or "").split()).casefold()


@dataclass(slots=True, eq=False)
class ProductEntry:
    """One product of a page on its way.

    `binding` and `template` are empty recordsets while there are none; `variants` are the Odoo variants of the
    document's, in its order, empty ones where there is none yet, and `bound` their bindings by external id.

    :param is_new: the template is created by this import
    :param is_linked: the template was in Odoo and gets its binding by this import
    :param follows: the options and values of the template are made to be the platform's
    :param applied: the fields (of field rules) whose values are the platform's to say
    :param dynamic: its first option must not make combinations by itself
    :param notes: what staff should know about, for instance what was left out
    """

    document: object
    digest: str
    binding: object
    template: object
    variants: list = field(default_factory=list)
    bound: dict = field(default_factory=dict)
    is_new: bool = False
    is_linked: bool = False
    follows: bool = False
    applied: frozenset = frozenset()
    notes: list = field(default_factory=list)

    @property
    def external_id(self):
        return self.document.external_id

    @property
    def options(self):
        """(name, values in their order) of the options, no value but those that variants have."""
        return used_options(self.document)

    @property
    def is_sparse(self):
        """Whether Odoo would make other variants of the options than the platform has, or refuse to."""
        count = len(self.document.variants)
        return count > MAX_INSTANT or count != prod(len(values) for _name, values in self.options)

    @property
    def incomplete(self):
        """Whether some of its variants are not in Odoo yet."""
        return not all(self.variants)


def used_options(document):
    """Return the [(option name, [values])] of a product, those values that its variants have, in their order."""
    used = {}
    for variant in document.variants:
        for name, value in variant.options:
            used.setdefault(name, {})[value] = None
    order = {option.name: option.values for option in document.options}
    options = []
    for name in [*(name for name in order if name in used), *(name for name in used if name not in order)]:
        stated = [value for value in order.get(name, ()) if value in used[name]]
        options.append((name, [*stated, *(value for value in used[name] if value not in stated)]))
    return options


def combination(variant):
    """Return what tells a variant from the others of its product: {option key: value key}, as a frozenset of items."""
    return frozenset((name_key(name), name_key(value)) for name, value in variant.options)


def flaw(document):
    """Return why a product can't be told apart into variants: "no_variant", "options", "twins" or ""."""
    if not document.variants:
        return "no_variant"
    names = {tuple(name_key(name) for name, _value in variant.options) for variant in document.variants}
    if len(names) > 1 or any(len(set(keys)) < len(keys) for keys in names):
        return "options"
    return "twins" if len({combination(variant) for variant in document.variants}) < len(document.variants) else ""


def doubles(document, codes):
    """Return the sorted codes that several variants of `document` have.

    :param codes: a function (variant) -> (SKU, barcode), "" for none
    """
    for_kind = zip(*(codes(variant) for variant in document.variants), strict=True)
    return sorted({code for of_kind in for_kind for code, count in Counter(filter(None, of_kind)).items() if count > 1})


def split_prices(prices):
    """Return (price of the product, {(option, value): what it adds}) that together give each variant's price.

    None when the prices are no such sums.

    :param list prices: ({option: value}, price) of each variant
    """
    values, base = min(prices, key=lambda price: price[1])
    extras = {}
    for chosen, price in prices:
        differing = [option for option in chosen if chosen[option] != values.get(option)]
        if len(differing) == 1:
            extras[differing[0], chosen[differing[0]]] = price - base
    for chosen, price in prices:
        if base + sum(extras.get(item, 0) for item in chosen.items()) != price:
            return None
    return base, {item: extra for item, extra in extras.items() if extra}


def lowest_price(document):
    """Return the lowest price of the variants, None when none is stated."""
    return min((variant.price for variant in document.variants if variant.price is not UNSET), default=None)
