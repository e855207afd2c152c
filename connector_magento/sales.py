"""Reading orders and what belongs to them, by the fewest calls. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/
"""

from dataclasses import dataclass, field

from odoo.addons.connector_base.canonical import OrderStub
from odoo.addons.connector_base.transport import DataError

from . import const
from .criteria import search_criteria, time_text
from .listing import Listing
from .parser_reader import ZERO, Reader, read
from .parser_scope import order_scope_id

CHANGED = Listing()
PLACED = Listing(time_field="created_at", page_size=const.STUBS_PAGE_SIZE)
STUB_FIELDS = ("entity_id", "increment_id", "created_at", "updated_at", "store_id")
# Invoices, credit memos and shipments stay; they are read in the order in which they were made
DOCUMENTS = Listing(time_field="created_at")
GROUPS = Listing(time_field="id", id_field="id", id_key="id")
INVOICE_FIELDS = ("entity_id", "order_id", "state", "grand_total", "base_grand_total", "created_at")


def read_page(client, path, listing, *, since=None, until=None, page=None, fields=()):
    """Return (entries, token of the page after it or None) of a listing.

    :param datetime since: aware; None for all
    :param datetime until: aware; entries before it
    """
    criteria = listing.criteria(since=since and time_text(since), until=until and time_text(until), after=page)
    items, total = client.search(path, criteria, fields=fields)
    return items, listing.next_page(items, total)


def count(client, path, time_field, *, since=None, until=None):
    """Return how many entries `read_page` will give in all."""
    groups = [(time_field, "gteq", time_text(since))] if since else []
    if until:
        groups.append((time_field, "lt", time_text(until)))
    return client.count(path, *groups)


def read_all(client, path, *groups, listing=DOCUMENTS, fields=()):
    """Yield all entries that the filters `groups` find: of invoices, credit memos and shipments the oldest first."""
    token = None
    while True:
        items, total = client.search(path, listing.criteria(after=token, also=groups), fields=fields)
        yield from items
        token = listing.next_page(items, total)
        if token is None:
            return


def read_by_id(client, path, ids, id_field="entity_id"):
    """Return the entries with `ids`, in as few calls as possible; those that aren't there are left out."""
    ids, found = list(ids), []
    for start in range(0, len(ids), const.PAGE_SIZE):
        criteria = search_criteria((id_field, "in", ids[start : start + const.PAGE_SIZE]))
        found += client.search(path, criteria)[0]
    return found


def parse_stub(payload):
    """Return the `OrderStub` of an entry with `STUB_FIELDS`."""
    node = read(payload, "order")
    return OrderStub(
        external_id=node.external_id,
        name=node.required_text("increment_id"),
        created_at=node.required_time("created_at"),
        updated_at=node.required_time("updated_at"),
        scope_external_id=order_scope_id(node),
    )


@dataclass(slots=True)
class Belongings:
    """What belongs to orders: {order id: [payload]} per kind. `shipments` is None when they are not wanted."""

    invoices: dict = field(default_factory=dict)
    creditmemos: dict = field(default_factory=dict)
    shipments: dict | None = None

    def of(self, payload):
        """Return the arguments of `parser.parse_order` for the order."""
        key = str(payload.get("entity_id")) if isinstance(payload, dict) else ""
        kinds = {"invoices": self.invoices, "creditmemos": self.creditmemos, "shipments": self.shipments}
        return {name: None if kind is None else kind.get(key, ()) for name, kind in kinds.items()}


def read_belongings(client, payloads, *, shipments):
    """Return the `Belongings` of orders: one listing per kind, of the orders that state to have some.

    :param bool shipments: whether shipments are wanted
    """
    return Belongings(
        invoices=_of_orders(client, "invoices", payloads, _is_invoiced, INVOICE_FIELDS),
        creditmemos=_of_orders(client, "creditmemos", payloads, _is_refunded),
        shipments=_of_orders(client, "shipments", payloads, _is_shipped) if shipments else None,
    )


def _of_orders(client, path, payloads, has_some, fields=()):
    ids = [str(payload["entity_id"]) for payload in payloads if _states(payload, has_some)]
    found = {}
    if ids:
        for entry in read_all(client, path, ("order_id", "in", ids), fields=fields):
            found.setdefault(str(entry.get("order_id")), []).append(entry)
    return found


def _states(payload, has_some):
    try:
        return has_some(read(payload, "order"))
    except DataError:  # what is wrong with the order is said when it is parsed
        return False


def _is_invoiced(order):
    return bool(order.number("total_invoiced") or _any_units(order, "qty_invoiced"))


def _is_refunded(order):
    # what goes back to a gift card or in points alone is none of the total refunded
    return any(map(order.number, const.REFUNDED)) or _any_units(order, "qty_refunded")


def _is_shipped(order):
    return _any_units(order, "qty_shipped")


def _any_units(order: Reader, key):
    return any(item.number(key) > ZERO for item in order.children("items"))
