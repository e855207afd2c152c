"""Which of an order's items are sold, and what units of the others are of them. Pure.

Magento lists a configurable product, a bundle and what they consist of as items of their own, linked by
`parent_item_id`:

- configurable: the parent carries the amounts, the child is the article: one line with the parent's id and amounts and
  the child's SKU;
- bundle with a dynamic price: the children carry the amounts, the parent repeats their sum: the children are lines;
- bundle with a fixed price: the parent carries the amounts: it is the line (a kit);
- grouped: plain items without a parent.

https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/order-create-invoice
"""

from dataclasses import dataclass
from decimal import Decimal

from . import tables
from .parser_reader import ZERO, Reader


@dataclass(frozen=True, slots=True)
class Sold:
    """One item that is sold.

    :param Reader node: the item that carries the amounts; its id names the line
    :param Reader article: the item that is sent: the child of a configurable one, else the same
    """

    node: Reader
    article: Reader

    @property
    def line_id(self):
        return self.node.required_identifier("item_id")


class OrderItems:
    """The items of an order.

    :param Reader order: the order
    :raise DataError: there are none, or one names a parent that is not there
    """

    def __init__(self, order):
        nodes = order.children("items")
        if not nodes:
            raise order.error("is missing", "items")
        self._by_id = {node.required_identifier("item_id"): node for node in nodes}
        self._children, self._parents = {}, {}
        for item_id, node in self._by_id.items():
            parent_id = node.identifier("parent_item_id")
            if not parent_id:
                continue
            if parent_id not in self._by_id:
                raise node.error("names an item that is missing", "parent_item_id")
            self._children.setdefault(parent_id, []).append(item_id)
            self._parents[item_id] = parent_id
        self.sold = [sold for item_id in self._by_id if item_id not in self._parents for sold in self._sold(item_id)]
        self._lines = {sold.line_id for sold in self.sold}

    def _sold(self, item_id):
        node = self._by_id[item_id]
        children = [self._by_id[child] for child in self._children.get(item_id, ())]
        if not children:
            return [Sold(node, node)]
        if node.text("product_type") == tables.CONFIGURABLE:
            return [Sold(node, children[0])]
        if any(child.amount("row_total") for child in children):
            return [Sold(child, child) for child in children]
        return [Sold(node, node)]

    def node(self, item_id):
        """Return the Reader of an item, None for an unknown one."""
        return self._by_id.get(item_id)

    def is_line(self, item_id):
        """Whether the item is sold: a line of the order."""
        return item_id in self._lines

    def units(self, rows):
        """Return {line id: quantity} of what is stated per item.

        A bundle that is sent as one counts for its children where these are the lines. One that is the line but is
        sent child by child is counted with its first child, so that the units of all shipments are those ordered.

        :param rows: (item id, Decimal quantity) pairs; of unknown items none counts
        """
        stated = {}
        for item_id, quantity in rows:
            stated[item_id] = stated.get(item_id, ZERO) + quantity
        units = {}
        for item_id, quantity in stated.items():
            children, parent = self._children.get(item_id, ()), self._parents.get(item_id)
            if item_id in self._lines:
                units[item_id] = units.get(item_id, ZERO) + quantity
            elif any(child in self._lines for child in children):
                if not any(stated.get(child) for child in children):
                    units.update((child, quantity * self._ratio(child, item_id)) for child in children)
            elif parent and not stated.get(parent) and self._children[parent][0] == item_id:
                units[parent] = quantity * self._ratio(parent, item_id)
        return {line_id: quantity for line_id, quantity in units.items() if quantity}

    def units_of_items(self, key):
        """Return {line id: quantity} of what the items themselves state at `key`, for instance `qty_shipped`."""
        return self.units((item_id, node.number(key)) for item_id, node in self._by_id.items())

    def parts(self, item_id):
        """Return the ids of what an item that is no configurable one consists of."""
        if self._by_id[item_id].text("product_type") == tables.CONFIGURABLE:
            return []
        return self._children.get(item_id, [])

    def package(self, item_id):
        """Return (id of the bundle that the item is a part of, how many of it one bundle has), None for no part."""
        parent = self._parents.get(item_id)
        return (parent, self._ratio(item_id, parent)) if parent else None

    def _ratio(self, item_id, of_item_id):
        """Units of one item per unit of the other."""
        ordered = self._by_id[of_item_id].number("qty_ordered")
        return self._by_id[item_id].number("qty_ordered") / ordered if ordered else ZERO


def prices_include_tax(items):
    """Return whether the prices of an order's items are set with tax.

    No field says so. The price that is set is the one that times quantity gives its row exactly; the other one is
    rounded. Where both do, a discount that was taken off prices with tax, or the catalogue's price, tells.

    :param items: `Sold` items
    """
    taxed = [sold.node for sold in items if sold.node.amount("tax_amount")]
    with_tax = all(_is_exact(node, "price_incl_tax", "row_total_incl_tax") for node in taxed)
    without = all(_is_exact(node, "price", "row_total") for node in taxed)
    if with_tax != without:
        return with_tax
    if any(node.amount("discount_tax_compensation_amount") for node in taxed):
        return True
    catalogue = [(node.amount("original_price"), node) for node in taxed]
    return any(price and price == node.amount("price_incl_tax") != node.amount("price") for price, node in catalogue)


def _is_exact(node, price, row):
    return node.has(price) and node.amount(price) * node.number("qty_ordered") == node.amount(row)


def unit_price(node, price, gross):
    """Return the unit price of an item whose row is `gross`: the stated one, or where that is rounded a finer one."""
    quantity = node.number("qty_ordered")
    if not quantity or node.amount(price) * quantity == gross:
        return node.amount(price)
    return (gross / quantity).quantize(Decimal("0.000001"))


def amounts(node, *, invoiced=False):
    """Return (amount without tax, tax) of an item of an order, an invoice or a credit memo, after its discount.

    :param bool invoiced: of an order's item, what of it is invoiced
    """
    if invoiced:
        compensation = node.amount("discount_tax_compensation_invoiced")
        return node.amount("row_invoiced") - node.amount("discount_invoiced") + compensation, node.amount(
            "tax_invoiced"
        )
    compensation = node.amount("discount_tax_compensation_amount")
    net = node.amount("row_total") - node.amount("discount_amount") + compensation
    return net, node.amount("tax_amount")


def fixed_tax_id(line_id, index):
    """Return the id of the line that charges the fixed product tax number `index` of a line."""
    return f"fpt-{line_id}-{index}"


def fixed_tax_amounts(entry):
    """Return (amount without tax, tax) of the row of a fixed product tax (Reader of an entry of `weee_tax_applied`)."""
    net = entry.amount("row_amount")
    return net, entry.amount("row_amount_incl_tax", net) - net
