"""What is sold: the lines of an order to place, looked up in the catalogue and taken apart as Magento lists them."""

from dataclasses import dataclass, field
from decimal import Decimal

from .catalogue_view import Catalogue, attribute, chosen_options, final_price, tax_class
from .money import ZERO, dec
from .stock import COMPOSED, WITHOUT_DELIVERY

ONE = Decimal(1)


@dataclass
class Good:
    """An item of an order. ``children``: what a configurable product or a bundle consists of, with their quantity in
    one of it; ``by_children``: they carry the amounts; ``separately``: they are sent one by one."""

    sku: str
    name: str
    kind: str
    product_id: int
    quantity: Decimal
    #: In the base currency, as it is set: with or without tax.
    price: Decimal
    regular_price: Decimal
    tax_class: int
    weight: Decimal = ZERO
    #: The type of the product in the catalogue; None for what is none. A member of a group is sold as ``grouped``.
    product_type: str | None = None
    children: list[tuple["Good", Decimal]] = field(default_factory=list)
    by_children: bool = False
    separately: bool = False
    options: dict | None = None
    spec: dict = field(default_factory=dict)

    @property
    def virtual(self) -> bool:
        if self.children:
            return all(child.virtual for child, _ in self.children)
        return (self.product_type or self.kind) in WITHOUT_DELIVERY

    @property
    def stocked(self) -> bool:
        return self.product_type is not None and self.product_type not in COMPOSED


def goods(catalogue: Catalogue, lines: list[dict]) -> list[Good]:
    """The goods of lines: dicts of sku, or title and price, quantity, discount, discount_percent, tax_class, weee,
    type, children, and what placing.py takes besides. Raises ValueError."""
    if not lines:
        raise ValueError("an order needs lines")
    return [good for line in lines for good in _of_line(catalogue, line)]


def _of_line(catalogue: Catalogue, line: dict) -> list[Good]:
    product = catalogue.sku(line["sku"]) if line.get("sku") else None
    if product is None:
        return [_described(line)]
    if product["type_id"] == "grouped":
        quantity = dec(line.get("quantity", 1))
        return [
            _of_product(member, {**line, "quantity": quantity * each, "price": None, "title": None}, kind="grouped")
            for member, each in catalogue.members(product)
        ]
    parent = catalogue.parent(product)
    if product["type_id"] == "configurable":
        parent, product = product, catalogue.first_child(product)
        if product is None:
            raise ValueError(f"{line['sku']} has no variants")
    if parent:
        return [_configured(catalogue, parent, product, line)]
    if product["type_id"] == "bundle":
        return [_bundled(catalogue, product, line)]
    return [_of_product(product, line)]


def _of_product(product: dict, line: dict, kind: str | None = None) -> Good:
    price = final_price(product) if line.get("price") is None else dec(line["price"])
    return Good(
        sku=product["sku"], name=line.get("title") or product["name"], kind=kind or product["type_id"],
        product_id=product["id"], quantity=dec(line.get("quantity", 1)), price=price,
        regular_price=dec(product.get("price")), tax_class=int(line.get("tax_class", tax_class(product))),
        weight=dec(product.get("weight")), product_type=product["type_id"], spec=line,
    )  # fmt: skip


def _configured(catalogue: Catalogue, parent: dict, product: dict, line: dict) -> Good:
    """A variant: the configurable product carries the amounts under the variant's SKU, the variant is its child."""
    good, child = _of_product(product, {**line, "title": line.get("title") or parent["name"]}), _part(product)
    good.kind = good.product_type = "configurable"
    good.product_id = parent["id"]
    good.children = [(child, ONE)]
    good.options = {"configurable_item_options": chosen_options(catalogue.shop, parent, product)}
    return good


def _part(product: dict) -> Good:
    """An article that costs nothing by itself."""
    part = _of_product(product, {})
    part.price = part.regular_price = ZERO
    return part


def _bundled(catalogue: Catalogue, product: dict, line: dict) -> Good:
    dynamic = str(attribute(product, "price_type") or "0") == "0" and line.get("price") is None
    members = catalogue.members(product)
    if not members:
        raise ValueError(f"{product['sku']} is a bundle of nothing")
    good = _of_product(product, line)
    good.children = [(_of_product(member, {}) if dynamic else _part(member), each) for member, each in members]
    good.by_children = dynamic
    good.separately = str(attribute(product, "shipment_type") or "0") == "1"
    if dynamic:
        good.price = good.regular_price = sum((child.price * each for child, each in good.children), ZERO)
        good.sku = "-".join([product["sku"], *(child.sku for child, _ in good.children)])
    good.options = {"bundle_options": _bundle_options(product)}
    return good


def _bundle_options(product: dict) -> list[dict]:
    options = (product.get("extension_attributes") or {}).get("bundle_product_options") or ()
    found = []
    for option in options:
        links = option["product_links"]
        link = next((entry for entry in links if entry.get("is_default")), links[0] if links else None)
        if link:
            selection = {"option_id": option["option_id"], "option_qty": int(dec(link.get("qty")) or 1)}
            found.append({**selection, "option_selections": [int(link["id"])]})
    return found


def _described(line: dict) -> Good:
    """Something that is no product, or not any more: a line with a title and a price."""
    title = line.get("title") or line.get("sku")
    if not title:
        raise ValueError("a line needs a sku of the catalogue, or a title and a price")
    needs_delivery = line.get("requires_shipping", True)
    kind = line.get("type") or ("simple" if needs_delivery else "virtual")
    price = dec(line.get("price"))
    good = Good(
        sku=line.get("sku") or title.lower().replace(" ", "-"), name=title, kind=kind,
        product_id=int(line.get("product_id", 0)), quantity=dec(line.get("quantity", 1)), price=price,
        regular_price=price, tax_class=int(line.get("tax_class", 2 if line.get("taxable", True) else 0)),
        weight=dec(line.get("weight")), spec=line, separately=bool(line.get("separately")),
    )  # fmt: skip
    for part in line.get("children") or ():
        child = _described({**part, "quantity": 1, "price": part.get("price", 0)})
        child.tax_class = int(part.get("tax_class", good.tax_class))
        good.children.append((child, dec(part.get("quantity", 1))))
    if kind == "bundle" and any(child.price for child, _ in good.children):
        good.by_children = True
        good.price = good.regular_price = sum((child.price * each for child, each in good.children), ZERO)
    return good
