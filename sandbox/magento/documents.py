"""What invoices, shipments and credit memos have in common: rows, comments, how they are told and searched."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .errors import ApiError
from .money import ZERO, cents, dec, num
from .sales import OTHER_MEANS, SIDES, Sale, add, side
from .shop import Shop

#: Columns that may be empty: what is empty is not told, but may be searched.
NULLABLE = frozenset((
    "billing_address_id", "coupon_code", "customer_firstname", "customer_id", "customer_lastname", "customer_note",
    "customer_taxvat", "discount_description", "edit_increment", "ext_customer_id", "ext_order_id",
    "hold_before_state", "hold_before_status", "invoice_id", "original_increment_id", "parent_item_id",
    "relation_child_id", "relation_child_real_id", "relation_parent_id", "relation_parent_real_id",
    "shipping_address_id", "shipping_description", "total_canceled", "total_invoiced", "total_paid", "total_refunded",
    "transaction_id", "parent_txn_id",
))  # fmt: skip
#: Of what an invoice or a credit memo was paid by besides, the API tells these.
TOLD = ("gift_cards", "customer_balance")
COMMENT = {"comment": str, "is_visible_on_front": int, "extension_attributes": object}


def column(record: dict, field: str):
    """The value of a column of a document; an unknown one is an error of the database."""
    if field not in record and field not in NULLABLE:
        raise KeyError(field)
    return record.get(field)


def shown(record: dict, keep: tuple[str, ...] = ()) -> dict:
    """A document as the API tells it: without what is empty, and without the sandbox's own."""
    return {key: value for key, value in record.items() if key[0] != "_" and (value is not None or key in keep)}


def refuse(kind: str, *problems: str) -> ApiError:
    """HTTP 400: a document that cannot be made, with all that is wrong."""
    return ApiError(400, f"{kind} Document Validation Error(s):\n" + "\n".join(problems))


def header(order: dict) -> dict:
    """What every document repeats of its order."""
    names = (
        "base_currency_code", "global_currency_code", "order_currency_code", "store_currency_code",
        "base_to_global_rate", "base_to_order_rate", "store_to_base_rate", "store_to_order_rate", "store_id",
        "billing_address_id",
    )  # fmt: skip
    delivery = order["_shipping"]["address"]
    return {
        **{name: order[name] for name in names},
        "shipping_address_id": delivery and delivery["entity_id"],
        "order_id": order["entity_id"],
    }


def add_comment(shop: Shop, kind: str, document: dict, given: dict | None, *, at: str, notified=False) -> dict:
    """The comment put on a document, which is kept with it."""
    given = given or {}
    note = {
        "comment": given.get("comment", ""), "created_at": at, "entity_id": shop.id(f"{kind} comment"),
        "is_customer_notified": int(bool(notified)), "parent_id": document["entity_id"],
        "is_visible_on_front": int(given.get("is_visible_on_front") or 0),
    }  # fmt: skip
    shop.put(kind, document["entity_id"], {**document, "comments": [*document["comments"], note]})
    return note


def listed(entries: list[dict]) -> dict:
    """A search result of all there is."""
    return {"items": entries, "search_criteria": {"filter_groups": []}, "total_count": len(entries)}


@dataclass(frozen=True)
class Kind:
    """``done`` is how items and orders remember it; ``parts``: {amount of a row: what the item remembers of it}."""

    name: str
    done: str
    parts: dict
    #: What a document of it can still take of an item.
    left: Callable[[Sale, dict], Decimal]


INVOICE = Kind(
    "invoice",
    "invoiced",
    {
        "row_total": "row_invoiced",
        "tax_amount": "tax_invoiced",
        "discount_amount": "discount_invoiced",
        "discount_tax_compensation_amount": "discount_tax_compensation_invoiced",
    },
    Sale.to_invoice,
)
CREDITMEMO = Kind(
    "creditmemo",
    "refunded",
    {
        "row_total": "amount_refunded",
        "tax_amount": "tax_refunded",
        "discount_amount": "discount_refunded",
        "discount_tax_compensation_amount": "discount_tax_compensation_refunded",
    },
    Sale.to_refund,
)


def share(whole: Decimal, done: Decimal, quantity: Decimal, left: Decimal) -> Decimal:
    """What ``quantity`` of the ``left`` units has of an amount; the last units have what is left of it."""
    if not quantity:
        return ZERO
    rest = whole - done
    return rest if quantity == left else cents(rest * quantity / left)


class Rows:
    """The rows of a document of some units: ``entries``, and what they come to.

    What the items remember is brought up to date.
    """

    def __init__(self, sale: Sale, kind: Kind, number: int, quantities: dict[int, Decimal]):
        self._sale, self._kind = sale, kind
        #: {side: (fixed product taxes, taxes on them)}
        self.fixed = dict.fromkeys(SIDES, (ZERO, ZERO))
        followed = sorted(sale.follow(quantities).items())
        ids = sale.shop.ids(f"{kind.name} item", len(followed))
        self.entries = [
            {"entity_id": row_id, "parent_id": number, **self._entry(sale.items[item_id], quantity)}
            for row_id, (item_id, quantity) in zip(ids, followed, strict=True)
        ]

    def sum(self, name: str, prefix: str) -> Decimal:
        """The sum of an amount, in one of the currencies."""
        return sum((dec(entry.get(side(name, prefix))) for entry in self.entries), ZERO)

    def _entry(self, item: dict, quantity: Decimal) -> dict:
        left = self._kind.left(self._sale, item)
        entry = {
            "order_item_id": item["item_id"],
            "product_id": item["product_id"], "sku": item["sku"], "name": item["name"], "qty": num(quantity),
        }  # fmt: skip
        for prefix in SIDES:
            for name in ("price", "price_incl_tax"):
                if item.get(prefix + name) is not None:
                    entry[prefix + name] = item[prefix + name]
            if not self._sale.is_dummy(item):
                self._amounts(entry, item, quantity, left, prefix)
        add(item, f"qty_{self._kind.done}", quantity)
        return {key: value for key, value in entry.items() if value is not None}

    def _amounts(self, entry: dict, item: dict, *units_of: Decimal | str):
        quantity, left, prefix = units_of
        for name, remembered in self._kind.parts.items():
            amount = share(self._whole(item, name, prefix), dec(item.get(prefix + remembered)), quantity, left)
            entry[side(name, prefix)] = num(amount)
            add(item, prefix + remembered, amount)
        gross, ordered = dec(item[f"{prefix}row_total_incl_tax"]), dec(item["qty_ordered"])
        entry[f"{prefix}row_total_incl_tax"] = num(gross if quantity == ordered else cents(gross * quantity / ordered))
        if "_fixed" in item:
            parts = []
            for name in ("net", "tax"):
                remembered = f"_fixed_{name}_{prefix}{self._kind.done}"
                whole = dec(item["_fixed"][prefix + name])
                if self._kind is CREDITMEMO:
                    whole = dec(item.get(f"_fixed_{name}_{prefix}{INVOICE.done}"))
                amount = share(whole, dec(item.get(remembered)), quantity, left)
                add(item, remembered, amount)
                parts.append(amount)
            if self._kind is CREDITMEMO:
                _tell_fixed(entry, item, quantity, prefix, parts)
            self.fixed[prefix] = tuple(old + new for old, new in zip(self.fixed[prefix], parts, strict=True))

    def _whole(self, item: dict, name: str, prefix: str) -> Decimal:
        """What all units come to: what is given back at most is what was invoiced."""
        if self._kind is INVOICE:
            return dec(item[side(name, prefix)])
        return dec(item.get(prefix + INVOICE.parts[name]))


def _tell_fixed(entry: dict, item: dict, quantity: Decimal, *of: str | list[Decimal]):
    """The fixed product taxes of a credit memo's row: they are told with it, as those of the order's item are."""
    prefix, (net, tax) = of
    for name, amount in (("amount", cents(net / quantity)), ("row_amount", net)):
        entry[side(f"weee_tax_applied_{name}", prefix)] = num(amount)
    whole = dec(item["_fixed"][f"{prefix}net"])
    told = json.loads(entry.get("weee_tax_applied") or item["weee_tax_applied"])
    left = {"row_amount": net, "row_amount_incl_tax": net + tax}
    for number, fixed in enumerate(told, 1):
        for name, rest in list(left.items()):
            part = rest if number == len(told) else cents(dec(fixed[prefix + name]) * net / whole)
            left[name] -= part
            fixed[prefix + name] = num(part)
    entry["weee_tax_applied"] = json.dumps(told)


def use_others(sale: Sale, document: dict, totals: dict[str, Decimal], kind: Kind):
    """Take gift cards, store credit and points off what a document comes to, as far as they go."""
    extension, used = sale.order["extension_attributes"], sale.order.setdefault("_others", {})
    for name in OTHER_MEANS:
        for prefix in SIDES:
            left = (
                dec(extension.get(f"{prefix}{name}_amount")) - dec(used.get(f"{prefix}{name}_invoiced"))
                if kind is INVOICE
                else sale.other_left(name, prefix)
            )
            amount = min(left, totals[prefix])
            if amount > 0:
                totals[prefix] -= amount
                document.setdefault("_others", {})[f"{prefix}{name}"] = num(amount)
                if name in TOLD:
                    document.setdefault("extension_attributes", {})[f"{prefix}{name}_amount"] = num(amount)
                    add(extension, f"{prefix}{name}_{kind.done}", amount)
                add(used, f"{prefix}{name}_{kind.done}", amount)
