"""An order while something happens to it: which of its items count, what is left to do of them, and where it stands.

The rules are those of ``Magento\\Sales\\Model\\Order`` and its items; quantities of an item that only stands for others
(``is_dummy``) follow from theirs.
"""

from decimal import Decimal

from ..framework.store import Store
from .errors import missing
from .money import ZERO, dec, num
from .order_document import base_name
from .payment_methods import METHODS
from .shop import Shop

NEW, PROCESSING, COMPLETE, CLOSED, CANCELED, HOLDED = "new", "processing", "complete", "closed", "canceled", "holded"
#: Waiting for the provider: for the customer's payment, or for somebody to look at it.
PENDING_PAYMENT, PAYMENT_REVIEW = "pending_payment", "payment_review"
#: States in which no document can be made of an order.
STOPPED = (HOLDED, CANCELED, CLOSED, PAYMENT_REVIEW)
STATUSES = {NEW: "pending"}
SIDES = ("", "base_")
#: What else an order was paid by, in the order in which invoices and credit memos use it up.
OTHER_MEANS = ("gift_cards", "customer_balance", "reward_currency")


def index(store: Store):
    for kind in ("invoice", "shipment", "creditmemo"):
        store.index(kind, "order", lambda record: (record["order_id"],))
    store.index("transaction", "order", lambda record: (record["order_id"],))


def side(name: str, prefix: str) -> str:
    return base_name(name) if prefix else name


def add(record: dict, name: str, amount):
    record[name] = num(dec(record.get(name)) + amount)


def _copy(order: dict) -> dict:
    """A copy as deep as an order is changed."""
    nested = ("payment", "extension_attributes", "_others", "_shipping_refunded")
    parts = {name: dict(order[name]) for name in nested if name in order}
    return {**order, **parts, "items": [dict(item) for item in order["items"]]}


class Sale:
    """A copy of an order that is changed and then kept: ``save``."""

    def __init__(self, shop: Shop, number: int, at: str | None = None):
        stored = shop.get("order", number)
        if stored is None:
            raise missing()
        self.shop, self.order, self.at = shop, _copy(stored), at or shop.now()
        self.items = {item["item_id"]: item for item in self.order["items"]}

    @property
    def state(self) -> str:
        return self.order["state"]

    @property
    def website(self) -> str:
        return self.shop.website_of(self.order["store_id"])["code"]

    @property
    def online(self) -> bool:
        """Whether money is taken and given back through the shop."""
        return METHODS[self.order["payment"]["method"]][1]

    def save(self) -> dict:
        self.order["updated_at"] = self.at
        return self.shop.put("order", self.order["entity_id"], self.order)

    def documents(self, kind: str) -> list[dict]:
        return self.shop.find(kind, "order", self.order["entity_id"])

    # --- items -----------------------------------------------------------------------------------------------------
    def parent(self, item: dict) -> dict | None:
        return self.items.get(item.get("parent_item_id"))

    def children(self, item: dict) -> list[dict]:
        return [part for part in self.items.values() if part.get("parent_item_id") == item["item_id"]]

    def is_dummy(self, item: dict, shipment: bool = False) -> bool:
        """Whether an item only stands for others: for its parts, or for the whole it is a part of."""
        name, parent = "_separately" if shipment else "_by_children", self.parent(item)
        return not parent[name] if parent else bool(item[name] and self.children(item))

    def counted(self, shipment: bool = False) -> list[dict]:
        return [item for item in self.items.values() if not self.is_dummy(item, shipment)]

    def follow(self, quantities: dict[int, Decimal], shipment: bool = False) -> dict[int, Decimal]:
        """Quantities of all items, dummies too, by those of the items that count."""
        result = dict(quantities)
        for item in self.items.values():
            if item["item_id"] in result or not self.is_dummy(item, shipment):
                continue
            parent = self.parent(item)
            if parent:
                if quantities.get(parent["item_id"]):
                    result[item["item_id"]] = quantities[parent["item_id"]] * dec(item["_each"])
            else:
                parts = [
                    quantities[c["item_id"]] / dec(c["_each"])
                    for c in self.children(item)
                    if c["item_id"] in quantities
                ]
                if parts:
                    result[item["item_id"]] = max(parts)
        return result

    def asked(self, given: list[dict], *, shipment: bool = False) -> dict[int, Decimal]:
        """What is asked for, by item that counts: a bundle stands for its parts, a variant for the whole.

        Raises KeyError with the id of an item that the order does not have.
        """
        result: dict[int, Decimal] = {}
        for entry in given:
            number, quantity = entry.get("order_item_id"), dec(entry.get("qty"))
            if number not in self.items:
                raise KeyError(number)
            item = self.items[number]
            if not self.is_dummy(item, shipment):
                result[number] = result.get(number, ZERO) + quantity
            elif not self.parent(item):
                for part in self.children(item):
                    result.setdefault(part["item_id"], quantity * dec(part["_each"]))
        return result

    def units(self, quantities: dict[int, Decimal], *, virtual: bool, shipment: bool = False) -> dict[str, Decimal]:
        """{SKU: units} of the products in stock that quantities of the items that count consist of."""
        found: dict[str, Decimal] = {}
        for number, quantity in self.follow(quantities, shipment).items():
            item = self.items[number]
            if item["_stocked"] and bool(item["is_virtual"]) == virtual:
                found[item["sku"]] = found.get(item["sku"], ZERO) + quantity
        return found

    # --- what is left ----------------------------------------------------------------------------------------------
    def to_invoice(self, item: dict) -> Decimal:
        return max(dec(item["qty_ordered"]) - dec(item["qty_invoiced"]) - dec(item["qty_canceled"]), ZERO)

    def to_ship(self, item: dict) -> Decimal:
        if item["is_virtual"]:
            return ZERO
        gone = max(dec(item["qty_shipped"]), dec(item["qty_refunded"]))
        return max(dec(item["qty_ordered"]) - gone - dec(item["qty_canceled"]), ZERO)

    def to_cancel(self, item: dict) -> Decimal:
        """What is neither charged for nor sent."""
        gone = max(dec(item["qty_shipped"]), dec(item["qty_refunded"]))
        unsent = max(dec(item["qty_ordered"]) - gone - dec(item["qty_canceled"]), ZERO)
        return min(self.to_invoice(item), unsent)

    def to_refund(self, item: dict) -> Decimal:
        return max(dec(item["qty_invoiced"]) - dec(item["qty_refunded"]), ZERO)

    @property
    def can_invoice(self) -> bool:
        return self.state not in (*STOPPED, COMPLETE) and any(self.to_invoice(item) for item in self.counted())

    @property
    def can_ship(self) -> bool:
        return self.state not in STOPPED and any(self.to_ship(item) for item in self.counted(True))

    def other_left(self, name: str, prefix: str) -> Decimal:
        """What of a gift card and the like was invoiced and not given back."""
        used = self.order.get("_others") or {}
        return dec(used.get(f"{prefix}{name}_invoiced")) - dec(used.get(f"{prefix}{name}_refunded"))

    @property
    def can_refund(self) -> bool:
        if self.state in STOPPED:
            return False
        paid = dec(self.order.get("total_paid"))
        if not dec(self.order["grand_total"]) and not self.can_invoice and not self.documents("creditmemo"):
            # An order that cost nothing is not closed at once.
            return True
        left = paid - dec(self.order.get("total_refunded"))
        return left > 0 or any(self.other_left(name, "") > 0 for name in OTHER_MEANS)

    @property
    def can_cancel(self) -> bool:
        if self.state in (*STOPPED, COMPLETE):
            return False
        return any(self.to_invoice(item) for item in self.counted())

    # --- where it stands -------------------------------------------------------------------------------------------
    def move(self, state: str, status: str | None = None):
        self.order["state"], self.order["status"] = state, status or STATUSES.get(state, state)

    def settle(self):
        """Find the state after a document was made: ``Magento\\Sales\\Model\\ResourceModel\\Order\\Handler\\State``."""
        if self.state in (NEW, PENDING_PAYMENT):
            self.move(PROCESSING)
        if self.state in (CANCELED, HOLDED) or self.can_invoice:
            return
        if self.state in (PROCESSING, COMPLETE) and not self.can_refund and not self.can_ship:
            self.move(CLOSED)
        elif self.state == PROCESSING and not self.can_ship:
            self.move(COMPLETE)

    def comment(self, text: str | None, *, notified: bool = False, visible: bool = False, entity: str = "order"):
        """An entry of the order's history."""
        entry = {
            "comment": text, "created_at": self.at, "entity_id": self.shop.id("order comment"), "entity_name": entity,
            "is_customer_notified": int(notified), "is_visible_on_front": int(visible),
            "parent_id": self.order["entity_id"], "status": self.order["status"],
        }  # fmt: skip
        self.order["status_histories"] = [entry, *self.order["status_histories"]]

    def transact(self, kind: str, transaction: str, parent: str | None = None, closed: bool = False):
        """What the payment's provider was asked to do."""
        number = self.shop.id("transaction")
        record = {
            "transaction_id": number, "order_id": self.order["entity_id"],
            "payment_id": self.order["payment"]["entity_id"], "txn_id": transaction,
            "parent_txn_id": parent, "txn_type": kind, "is_closed": int(closed),
            "additional_information": [], "created_at": self.at, "child_transactions": [],
        }  # fmt: skip
        self.shop.put("transaction", number, record)
        self.order["payment"]["last_trans_id"] = transaction
