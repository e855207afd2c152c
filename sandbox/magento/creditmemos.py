"""Credit memos: what of an order is given back, in money and in goods.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (order refund, invoice refund). Amounts that are asked
for - shipping and adjustments - are in the base currency. No items asked for are all items: to give back money alone,
ask for a quantity of 0.
"""

from dataclasses import dataclass
from decimal import Decimal

from . import criteria, stock
from .documents import COMMENT, CREDITMEMO, Rows, add_comment, column, header, listed, refuse, shown, use_others
from .errors import invalid, missing
from .inputs import ANY
from .money import ZERO, cents, dec, num
from .routes import Call, route
from .sales import SIDES, STOPPED, Sale, add, side
from .shipments import shipped_from

RESOURCE = "Magento_Sales::creditmemo"
OPEN, REFUNDED, CANCELED = 1, 2, 3
ITEM = {"order_item_id": int, "qty": float, "extension_attributes": ANY}
ARGUMENTS = {
    "shipping_amount": float, "adjustment_positive": float, "adjustment_negative": float,
    "extension_attributes": {"return_to_stock_items": [int]},
}  # fmt: skip
#: What an order says of its shipping, and what a credit memo has of it.
SHIPPING = ("amount", "incl_tax", "tax_amount", "discount_amount", "discount_tax_compensation_amount")


@dataclass(frozen=True)
class Wanted:
    """What shall be given back. ``shipping``: None for all that is left; amounts in the base currency."""

    items: list[dict] | None = None
    shipping: Decimal | None = None
    positive: Decimal = ZERO
    negative: Decimal = ZERO
    to_stock: tuple[int, ...] = ()
    invoice: dict | None = None
    online: bool = False

    @classmethod
    def of(cls, body: dict, invoice: dict | None = None) -> "Wanted":
        given = body.get("arguments") or {}
        shipping = given.get("shipping_amount")
        return cls(
            body.get("items"),
            None if shipping is None else dec(shipping),
            dec(given.get("adjustment_positive")),
            dec(given.get("adjustment_negative")),
            tuple((given.get("extension_attributes") or {}).get("return_to_stock_items") or ()),
            invoice,
            bool(body.get("isOnline")),
        )


def create(sale: Sale, wanted: Wanted) -> dict:
    """A credit memo. Raises ApiError. The sale is not saved."""
    order, shop = sale.order, sale.shop
    quantities = _quantities(sale, wanted)
    shipped_before = {item["item_id"]: dec(item["qty_shipped"]) for item in order["items"]}
    refunded_before = {item["item_id"]: dec(item["qty_refunded"]) for item in order["items"]}
    number, invoice = shop.id("creditmemo"), wanted.invoice
    rows = Rows(sale, CREDITMEMO, number, quantities)
    document = {
        "entity_id": number, "increment_id": shop.increment_id("creditmemo", order["store_id"]), **header(order),
        "created_at": sale.at, "updated_at": sale.at, "state": REFUNDED, "email_sent": 1,
        "invoice_id": invoice and invoice["entity_id"], "items": [], "comments": [],
    }  # fmt: skip
    totals = _sums(sale, document, rows, wanted)
    _check_worth(sale, totals, document)
    document["items"] = [{"base_cost": None, **entry} for entry in rows.entries]
    online = wanted.online and sale.online and bool(invoice and invoice.get("transaction_id"))
    _pay_back(sale, document, online=online)
    if invoice:
        refunded = num(dec(invoice.get("base_total_refunded")) + dec(document["base_grand_total"]))
        shop.put("invoice", invoice["entity_id"], {**invoice, "is_used_for_refund": 1, "base_total_refunded": refunded})
    _goods(sale, quantities, wanted.to_stock, shipped_before, refunded_before)
    sale.settle()
    return shop.put("creditmemo", number, document)


def _quantities(sale: Sale, wanted: Wanted) -> dict[int, Decimal]:
    order = sale.order
    if sale.state in STOPPED:
        raise refuse("Creditmemo", f"A creditmemo can not be created when an order has a status of {order['status']}")
    if not sale.can_refund:
        raise refuse("Creditmemo", "The order does not allow a creditmemo to be created.")
    limits = {item["item_id"]: sale.to_refund(item) for item in sale.counted()}
    if wanted.invoice:
        billed = {entry["order_item_id"]: dec(entry["qty"]) for entry in wanted.invoice["items"]}
        limits = {item_id: min(limit, billed.get(item_id, ZERO)) for item_id, limit in limits.items()}
    if not wanted.items:
        return {item_id: limit for item_id, limit in limits.items() if limit}
    try:
        asked = sale.asked(wanted.items)
    except KeyError as error:
        text = f'The creditmemo contains product item ID "{error.args[0]}" that is not part of the original order.'
        raise refuse("Creditmemo", text) from None
    problems = [
        "The quantity to creditmemo must not be greater than the unrefunded quantity for product SKU "
        f'"{sale.items[item_id]["sku"]}".'
        for item_id, quantity in asked.items()
        if quantity > limits[item_id] or quantity < 0
    ]
    if problems:
        raise refuse("Creditmemo", *problems)
    return {item_id: quantity for item_id, quantity in asked.items() if quantity}


def _shipping_share(sale: Sale, wanted: Wanted) -> Decimal | None:
    """Which part of the order's shipping is given back; None for all that is left."""
    order = sale.order
    whole, done = dec(order["base_shipping_amount"]), dec(order.get("base_shipping_refunded"))
    allowed = min(dec(order.get("base_shipping_invoiced")), whole) - done
    if wanted.invoice:
        allowed = min(allowed, dec(wanted.invoice["base_shipping_amount"]))
    asked = allowed if wanted.shipping is None else wanted.shipping
    if asked > allowed:
        amount = f"{allowed:.2f} {order['base_currency_code']}"
        raise invalid("Maximum shipping amount allowed to refund is: %1", amount)
    if asked == whole - done:
        return None
    return asked / whole if whole else ZERO


def _sums(sale: Sale, document: dict, rows: Rows, wanted: Wanted) -> dict[str, Decimal]:
    """Add a credit memo up; what it comes to before gift cards and the like, by currency."""
    order, totals, part = sale.order, {}, _shipping_share(sale, wanted)
    rate = dec(order["base_to_order_rate"])
    for prefix in SIDES:
        shipping = {name: _part(order, f"shipping_{name}", prefix, part) for name in SHIPPING}
        fixed, fixed_tax = rows.fixed[prefix]
        discount = shipping.pop("discount_amount") + rows.sum("discount_amount", prefix)
        positive, negative = (
            amount if prefix else cents(amount * rate) for amount in (wanted.positive, wanted.negative)
        )
        amounts = {
            "subtotal": rows.sum("row_total", prefix), "subtotal_incl_tax": rows.sum("row_total_incl_tax", prefix),
            "tax_amount": rows.sum("tax_amount", prefix) + shipping["tax_amount"] + fixed_tax,
            "discount_amount": -discount,
            # Unlike an order's, it has the part of shipping in it.
            "discount_tax_compensation_amount": rows.sum("discount_tax_compensation_amount", prefix)
            + shipping["discount_tax_compensation_amount"],
        }  # fmt: skip
        total = sum(amounts.values(), ZERO) - amounts["subtotal_incl_tax"] + fixed + positive - negative
        totals[prefix] = total + shipping["amount"]
        amounts.update({f"shipping_{name}": amount for name, amount in shipping.items()})
        amounts.update(adjustment=positive - negative, adjustment_positive=positive, adjustment_negative=negative)
        document.update({side(name, prefix): num(amount) for name, amount in amounts.items()})
        for name in ("subtotal", "tax_amount", "discount_amount", "discount_tax_compensation_amount"):
            add(order, f"{prefix}{name.removesuffix('_amount')}_refunded", amounts[name])
        add(order, f"{prefix}shipping_refunded", shipping["amount"])
        add(order, f"{prefix}shipping_tax_refunded", shipping["tax_amount"])
        add(order, f"{prefix}adjustment_positive", positive)
        add(order, f"{prefix}adjustment_negative", negative)
    return totals


def _part(order: dict, name: str, prefix: str, part: Decimal | None) -> Decimal:
    """A part of an amount of the order's shipping, which remembers it."""
    whole, done = dec(order[side(name, prefix)]), order.setdefault("_shipping_refunded", {})
    amount = whole - dec(done.get(prefix + name)) if part is None else cents(whole * part)
    add(done, prefix + name, amount)
    return amount


def _check_worth(sale: Sale, totals: dict[str, Decimal], document: dict):
    """Write the grand total, after what is given back by other means; refuse more than was paid."""
    use_others(sale, document, totals, CREDITMEMO)
    order = sale.order
    free = "_others" in document or not dec(order["base_grand_total"])
    if totals["base_"] < 0 or (totals["base_"] == 0 and not free):
        raise refuse("Creditmemo", "The credit memo's total must be positive.")
    left = dec(order.get("base_total_paid")) - dec(order.get("base_total_refunded"))
    if totals["base_"] > left:
        raise refuse("Creditmemo", f"The most money available to refund is {left:.2f}.")
    for prefix in SIDES:
        document[f"{prefix}grand_total"] = num(totals[prefix])


def _pay_back(sale: Sale, document: dict, *, online: bool):
    order, payment = sale.order, sale.order["payment"]
    way = "online" if online else "offline"
    for prefix in SIDES:
        amount = dec(document[f"{prefix}grand_total"])
        add(order, f"{prefix}total_refunded", amount)
        add(order, f"{prefix}total_{way}_refunded", amount)
        add(payment, f"{prefix}amount_refunded", amount)
        add(payment, f"{prefix}shipping_refunded", dec(document[f"{prefix}shipping_amount"]))
    if online:
        transaction = f"txn-{document['increment_id']}-refund"
        document["transaction_id"] = transaction
        add(payment, "base_amount_refunded_online", dec(document["base_grand_total"]))
        sale.transact("refund", transaction, parent=payment.get("last_trans_id"), closed=True)


def _goods(sale: Sale, quantities: dict, to_stock: tuple[int, ...], shipped: dict, refunded: dict):
    """Units that were not sent are free again; those that were go back to a source if that is asked for."""
    free, back = {}, {}
    for item_id, quantity in sale.follow(quantities).items():
        item = sale.items[item_id]
        if not item["_stocked"]:
            continue
        parent = item.get("parent_item_id")
        gone = dec(item["qty_invoiced"]) if item["is_virtual"] else shipped[item_id]
        unsent = dec(item["qty_ordered"]) - gone - refunded[item_id]
        freed = min(max(unsent, ZERO), quantity)
        if freed:
            free[item["sku"]] = free.get(item["sku"], ZERO) + freed
        if quantity > freed and {item_id, parent} & set(to_stock):
            back[item["sku"]] = back.get(item["sku"], ZERO) + quantity - freed
    if free:
        stock.release(sale.shop, sale.website, free)
    for sku, quantity in back.items():
        code = shipped_from(sale, sku) or stock.source_for(sale.shop, sale.website, None)
        stock.give_back(sale.shop, code, {sku: quantity})


# --- addresses -------------------------------------------------------------------------------------------------------
def _one(call: Call, number: int) -> dict:
    record = call.shop.get("creditmemo", number)
    if record is None:
        raise missing()
    return record


def tell(record: dict) -> dict:
    items = [shown(item, ("base_cost",)) for item in record["items"]]
    return {**shown(record), "items": items}


@route("GET", "creditmemos", RESOURCE)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("creditmemo"), asked, column, tell)


@route("GET", "creditmemo/{id:int}", RESOURCE)
def one(call: Call, number: int):
    return tell(_one(call, number))


def _refund(call: Call, sale: Sale, wanted: Wanted) -> int:
    document = create(sale, wanted)
    if call.body.get("comment"):
        notified = call.body.get("notify")
        add_comment(call.shop, "creditmemo", document, call.body["comment"], at=sale.at, notified=notified)
    sale.save()
    return document["entity_id"]


@route(
    "POST", "order/{orderId:int}/refund", RESOURCE,
    items__=[ITEM], notify__=bool, appendComment__=bool, comment__=COMMENT, arguments__=ARGUMENTS,
)  # fmt: skip
def refund_order(call: Call, number: int):
    return _refund(call, Sale(call.shop, number), Wanted.of(call.body))


@route(
    "POST", "invoice/{invoiceId:int}/refund", RESOURCE,
    items__=[ITEM], isOnline__=bool, notify__=bool, appendComment__=bool, comment__=COMMENT, arguments__=ARGUMENTS,
)  # fmt: skip
def refund_invoice(call: Call, number: int):
    """``isOnline`` asks the provider for it, where the invoice was paid through one; else it is offline."""
    document = call.shop.get("invoice", number)
    if document is None:
        raise missing()
    return _refund(call, Sale(call.shop, document["order_id"]), Wanted.of(call.body, document))


@route("POST", "creditmemo/{id:int}/comments", RESOURCE, body={"entity": ANY})
def comment(call: Call, number: int):
    return add_comment(call.shop, "creditmemo", _one(call, number), call.body["entity"], at=call.shop.now())


@route("GET", "creditmemo/{id:int}/comments", RESOURCE)
def comments(call: Call, number: int):
    return listed(_one(call, number)["comments"])
