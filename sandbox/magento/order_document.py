"""A placed order as the database keeps it and the API tells it.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (OrderInterface). Keys that start with ``_`` are the
sandbox's own. What belongs to delivery is kept once, in ``_shipping``; ``shown`` puts it where the API repeats it.
"""

import hashlib
import json
from decimal import Decimal

from .goods import Good
from .money import ZERO, cents, dec, num
from .payment_methods import METHODS
from .people import order_address
from .totals import Charge, Sum

#: Amounts of the base currency have ``base_`` before their name, but for these.
BASE_NAMES = {
    "shipping_discount_tax_compensation_amount": "base_shipping_discount_tax_compensation_amnt",
    "weee_tax_applied_row_amount": "base_weee_tax_applied_row_amnt",
}
ITEM_COUNTS = ("qty_canceled", "qty_invoiced", "qty_refunded", "qty_shipped")
ITEM_SUMS = ("amount_refunded", "discount_invoiced", "row_invoiced", "tax_invoiced")


def named(amounts: dict, base: bool) -> dict:
    """Amounts under the names that they have in one of the currencies, as numbers."""
    return {base_name(name) if base else name: num(amount) for name, amount in amounts.items()}


def base_name(name: str) -> str:
    return BASE_NAMES.get(name, f"base_{name}")


def build(quote, at: str) -> dict:
    """The document of a new order, not yet kept."""
    shop, spec, view = quote.shop, quote.spec, quote.view
    number, edited = shop.id("order"), spec.get("edited")
    order = {
        "entity_id": number, "increment_id": _number(shop, view, edited), "state": "new",
        "status": spec.get("status", "pending"), "created_at": at, "updated_at": at, "store_id": view["id"],
        "store_name": _store_name(quote), "quote_id": shop.id("quote"), "remote_ip": "198.51.100.7",
        "protect_code": hashlib.md5(f"{shop.domain}:{number}".encode(), usedforsecurity=False).hexdigest(),
        "is_virtual": int(quote.virtual),
        "base_currency_code": quote.base_currency, "global_currency_code": quote.base_currency,
        "store_currency_code": quote.base_currency, "order_currency_code": quote.currency,
        "base_to_global_rate": 1, "base_to_order_rate": num(quote.rate), "store_to_base_rate": 0,
        "store_to_order_rate": 0, "email_sent": 1, "customer_note_notify": 1,
        "customer_note": spec.get("note"), "coupon_code": spec.get("coupon"),
        "discount_description": spec.get("coupon"), **_buyer(quote), **_relation(edited),
    }  # fmt: skip
    items = _items(quote, number, at)
    order.update(_sums(quote, items))
    order["items"] = items
    billing = order_address(shop, quote.billing, "billing", number, order["customer_email"])
    delivery = order_address(shop, quote.delivery, "shipping", number, order["customer_email"])
    order["billing_address"] = billing
    order["billing_address_id"] = billing and billing["entity_id"]
    order["shipping_description"] = None if quote.virtual else (spec.get("shipping") or {}).get("title")
    order["_shipping"] = {"address": delivery, "method": _method(quote)}
    order["payment"] = _payment(quote, order, number)
    order["status_histories"] = []
    order["extension_attributes"] = _extension(quote, order, items)
    order["_books"] = _books(quote, items)
    return order


def _number(shop, view: dict, edited: dict | None) -> str:
    if not edited:
        return shop.increment_id("order", view["id"])
    original = edited.get("original_increment_id") or edited["increment_id"]
    return f"{original}-{int(edited.get('edit_increment') or 0) + 1}"


def _relation(edited: dict | None) -> dict:
    """What an edited order says of the one it replaces."""
    if not edited:
        return {}
    return {
        "edit_increment": int(edited.get("edit_increment") or 0) + 1,
        "original_increment_id": edited.get("original_increment_id") or edited["increment_id"],
        "relation_parent_id": str(edited["entity_id"]), "relation_parent_real_id": edited["increment_id"],
    }  # fmt: skip


def _store_name(quote) -> str:
    group = next(entry for entry in quote.shop.config["groups"] if entry["id"] == quote.view["store_group_id"])
    return f"{quote.website['name']}\n{group['name']}\n{quote.view['name']}"


def _buyer(quote) -> dict:
    customer, billing = quote.customer, quote.billing or {}
    if customer is None:
        email = quote.spec.get("email") or billing.get("email")
        return {"customer_email": email, "customer_group_id": 0, "customer_is_guest": 1}
    return {
        "customer_id": customer["id"], "customer_email": customer["email"], "customer_is_guest": 0,
        "customer_group_id": customer["group_id"], "customer_firstname": customer["firstname"],
        "customer_lastname": customer["lastname"], "customer_taxvat": customer.get("taxvat"),
    }  # fmt: skip


def _method(quote) -> str | None:
    code = (quote.spec.get("shipping") or {}).get("code")
    return None if quote.virtual or not quote.spec.get("shipping") else code or "flatrate_flatrate"


# --- items -----------------------------------------------------------------------------------------------------------
def _items(quote, number: int, at: str) -> list[dict]:
    """The items in their order: a product that consists of others stands before them."""
    shown, base = iter(quote.shown.rows), iter(quote.base.rows)
    ids = iter(quote.shop.ids("order item", sum(1 + len(good.children) for good in quote.goods)))
    items = []
    for good in quote.goods:
        item = _item(quote, good, good.quantity, (next(ids), number), at)
        items.append(item)
        charges: list[tuple[Charge, Charge]] = []
        if not good.by_children:
            charges.append((next(shown), next(base)))
            _charge(item, *charges[0], quote.rate, good)
        for child, each in good.children:
            part = _item(quote, child, good.quantity * each, (next(ids), number), at)
            part.update(parent_item_id=item["item_id"], _each=num(each))
            if good.by_children:
                charges.append((next(shown), next(base)))
                _charge(part, *charges[-1], quote.rate, child)
            else:
                part.update(price=0, base_price=0, original_price=0, base_original_price=0)
            items.append(part)
        if good.by_children:
            _add_up(item, charges, good)
        item.update(_by_children=good.by_children, _separately=good.separately)
    return items


def _item(quote, good: Good, quantity, ids: tuple[int, int], at: str) -> dict:
    (number, order_id), line = ids, good.spec
    counts = dict.fromkeys(ITEM_COUNTS, 0)
    sums = {name: 0 for key in ITEM_SUMS for name in (key, f"base_{key}")}
    item = {
        "item_id": number, "order_id": order_id, "quote_item_id": number,
        "store_id": quote.view["id"], "created_at": at, "updated_at": at, "product_id": good.product_id or None,
        "product_type": good.kind, "sku": good.sku, "name": good.name, "is_virtual": int(good.virtual),
        "is_qty_decimal": int(quantity != int(quantity)), "free_shipping": 0, "no_discount": 0,
        "qty_ordered": num(quantity), "weight": num(good.weight), "row_weight": num(good.weight * quantity),
        **counts, **sums, "_stocked": good.stocked,
    }  # fmt: skip
    if good.options:
        item["product_option"] = {"extension_attributes": good.options}
    if line.get("custom_options"):
        chosen = [{"option_id": str(key), "option_value": value} for key, value in line["custom_options"].items()]
        item["product_option"] = {"extension_attributes": {**(good.options or {}), "custom_options": chosen}}
    if line.get("gift_message"):
        item["extension_attributes"] = {"gift_message": _gift_message(quote, line["gift_message"])}
    return item


def _charge(item: dict, shown: Charge, base: Charge, rate, good: Good):
    """Write what an item costs."""
    for charge, is_base in ((shown, False), (base, True)):
        regular = good.regular_price if is_base else cents(good.regular_price * rate)
        amounts = {
            "price": charge.price, "price_incl_tax": charge.price_incl_tax, "original_price": regular,
            "row_total": charge.row, "row_total_incl_tax": charge.row_incl_tax, "tax_amount": charge.tax,
            "discount_amount": charge.discount, "discount_tax_compensation_amount": charge.compensation,
        }  # fmt: skip
        if charge.fixed:
            amounts["weee_tax_applied_amount"] = sum((entry[1] for entry in charge.fixed), ZERO)
            amounts["weee_tax_applied_row_amount"] = sum((entry[3] for entry in charge.fixed), ZERO)
        item.update(named(amounts, is_base))
    item["tax_percent"] = num(shown.percent)
    item["discount_percent"] = num(dec(good.spec.get("discount_percent")))
    if shown.fixed:
        item["_fixed"] = {
            f"{prefix}{name}": num(sum((entry[index] for entry in charge.fixed), ZERO) - less)
            for charge, prefix in ((shown, ""), (base, "base_"))
            for net in [sum((entry[3] for entry in charge.fixed), ZERO)]
            for name, index, less in (("net", 3, ZERO), ("tax", 4, net))
        }
        item["weee_tax_applied"] = json.dumps([_fixed(*pair) for pair in zip(shown.fixed, base.fixed, strict=True)])


def _fixed(shown: tuple, base: tuple) -> dict:
    """An entry of ``weee_tax_applied``."""
    return {
        "title": shown[0], "amount": num(shown[1]), "amount_incl_tax": num(shown[2]), "row_amount": num(shown[3]),
        "row_amount_incl_tax": num(shown[4]), "base_amount": num(base[1]), "base_amount_incl_tax": num(base[2]),
        "base_row_amount": num(base[3]), "base_row_amount_incl_tax": num(base[4]),
    }  # fmt: skip


def _add_up(item: dict, charges: list[tuple[Charge, Charge]], good: Good):
    """A bundle whose parts carry the amounts repeats their sum."""
    for index, is_base in ((0, False), (1, True)):
        rows = [pair[index] for pair in charges]
        row, gross = sum((charge.row for charge in rows), ZERO), sum((charge.row_incl_tax for charge in rows), ZERO)
        amounts = {
            "price": cents(row / good.quantity), "price_incl_tax": cents(gross / good.quantity),
            "original_price": cents(row / good.quantity), "row_total": row, "row_total_incl_tax": gross,
            "tax_amount": sum((charge.tax for charge in rows), ZERO), "discount_amount": ZERO,
        }  # fmt: skip
        item.update(named(amounts, is_base))


# --- the order -------------------------------------------------------------------------------------------------------
def _sums(quote, items: list[dict]) -> dict:
    result = {}
    for sums, is_base in ((quote.shown, False), (quote.base, True)):
        others = sum((pair[0 if is_base else 1] for pair in quote.others.values()), ZERO)
        result.update(named(_amounts(sums, others), is_base))
    visible = [item for item in items if not item.get("parent_item_id")]
    quantity = sum(item["qty_ordered"] for item in visible)
    weight = num(sum(item["row_weight"] for item in items))
    return {**result, "total_item_count": len(visible), "total_qty_ordered": num(quantity), "weight": weight}


def _amounts(sums: Sum, others) -> dict:
    shipping = sums.shipping
    return {
        "subtotal": sums.of("row"), "subtotal_incl_tax": sums.of("row_incl_tax"), "tax_amount": sums.tax,
        "discount_amount": -sums.discount, "discount_tax_compensation_amount": sums.of("compensation"),
        "shipping_amount": shipping.row, "shipping_incl_tax": shipping.row_incl_tax,
        "shipping_tax_amount": shipping.tax, "shipping_discount_amount": shipping.discount,
        "shipping_discount_tax_compensation_amount": shipping.compensation,
        "grand_total": sums.total - others, "total_due": sums.total - others,
    }  # fmt: skip


def _payment(quote, order: dict, number: int) -> dict:
    title = METHODS[quote.method][0]
    return {
        "entity_id": number, "parent_id": number, "account_status": None, "additional_information": [title],
        "cc_last4": None, "method": quote.method, "po_number": quote.spec.get("po_number"),
        "amount_ordered": order["grand_total"], "base_amount_ordered": order["base_grand_total"],
        "shipping_amount": order["shipping_amount"], "base_shipping_amount": order["base_shipping_amount"],
    }  # fmt: skip


def _extension(quote, order: dict, items: list[dict]) -> dict:
    shop, spec = quote.shop, quote.spec
    title = METHODS[quote.method][0]
    extension: dict = {
        "payment_additional_info": [{"key": "method_title", "value": title}],
        **_taxes(quote, items), "converting_from_quote": True,
    }  # fmt: skip
    if spec.get("gift_message"):
        extension["gift_message"] = _gift_message(quote, spec["gift_message"])
    for name, (base, shown) in quote.others.items():
        extension[f"{name}_amount"], extension[f"base_{name}_amount"] = num(shown), num(base)
    if "gift_cards" in quote.others:
        base, shown = quote.others["gift_cards"]
        card = {"id": shop.id("gift card"), "code": "GIFT00000001", "amount": num(shown), "base_amount": num(base)}
        extension["gift_cards"] = [card]
    if "reward_currency" in quote.others:
        extension["reward_points_balance"] = int(quote.others["reward_currency"][0] * 100)
    return extension


def _gift_message(quote, given) -> dict:
    given = given if isinstance(given, dict) else {"message": given}
    person = (quote.customer or {}).get("id", 0)
    return {
        "gift_message_id": quote.shop.id("gift message"), "customer_id": person, "sender": given.get("sender", ""),
        "recipient": given.get("recipient", ""), "message": given.get("message", ""),
    }  # fmt: skip


def _taxes(quote, items: list[dict]) -> dict:
    """``item_applied_taxes``, and ``applied_taxes`` that sums them up: a tax of several rates is told by rate."""
    carrying = [item for item in items if not item.get("_by_children") and (item.get("row_total") is not None)]
    entries = []
    for item, shown, base in zip(carrying, quote.shown.rows, quote.base.rows, strict=True):
        if applied := _by_rate(shown.applied, base.applied):
            entries.append({"type": "product", "item_id": item["item_id"], "applied_taxes": applied})
        for one, other in zip(shown.fixed, base.fixed, strict=True):
            if applied := _by_rate(one[5], other[5]):
                entries.append({"type": "weee", "associated_item_id": item["item_id"], "applied_taxes": applied})
    if quote.shown.shipping.row and (applied := _by_rate(quote.shown.shipping.applied, quote.base.shipping.applied)):
        entries.append({"type": "shipping", "applied_taxes": applied})
    sums: dict[str, dict] = {}
    for entry in entries:
        for tax in entry["applied_taxes"]:
            known = sums.setdefault(tax["code"], {**tax, "amount": 0, "base_amount": 0})
            for name in ("amount", "base_amount"):
                known[name] = num(dec(known[name]) + dec(tax[name]))
    return {"applied_taxes": list(sums.values()), "item_applied_taxes": entries}


def _by_rate(shown, base) -> list[dict]:
    return [
        {
            "code": code, "title": title, "percent": num(percent),
            "amount": num(amount * percent / _whole(tax)), "base_amount": num(base_amount * percent / _whole(tax)),
        }
        for (tax, amount), (_, base_amount) in zip(shown, base, strict=True)
        for code, title, percent in tax.rates
    ]  # fmt: skip


def _whole(tax) -> Decimal:
    return sum((rate[2] for rate in tax.rates), ZERO)


def _books(quote, items: list[dict]) -> dict:
    """What the order is worth, straight from the reckoning: what imports are compared with (ledger.py)."""
    carrying = [item for item in items if not item.get("_by_children") and item.get("row_total") is not None]
    sums = quote.shown
    lines = [
        {"item_id": item["item_id"], "sku": item["sku"], "quantity": str(item["qty_ordered"]),
         "net": str(charge.net), "tax": str(charge.tax), "discount": str(charge.discount)}
        for item, charge in zip(carrying, sums.rows, strict=True)
    ]  # fmt: skip
    return {
        "total": str(sums.total), "tax_total": str(sums.tax), "shipping": str(sums.shipping.net),
        "shipping_tax": str(sums.shipping.tax), "fixed_taxes": str(sums.fixed), "discount": str(sums.discount),
        "lines": lines, "paid_otherwise": {name: str(shown) for name, (_, shown) in quote.others.items()},
    }  # fmt: skip
