"""Invoices: what of an order is charged for.

https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/order-create-invoice
"""

from decimal import Decimal

from . import criteria, stock
from .documents import COMMENT, INVOICE, Rows, add_comment, column, header, listed, refuse, shown, use_others
from .errors import invalid, missing
from .inputs import ANY
from .money import ZERO, dec, num
from .routes import Call, route
from .sales import COMPLETE, HOLDED, PROCESSING, SIDES, STOPPED, Sale, add, side

RESOURCE, CAPTURE = "Magento_Sales::invoice", "Magento_Sales::capture"
OPEN, PAID, CANCELED = 1, 2, 3
ITEM = {"order_item_id": int, "qty": float, "extension_attributes": ANY}
SHIPPING = ("amount", "incl_tax", "tax_amount", "discount_amount", "discount_tax_compensation_amount")


def create(sale: Sale, given: list[dict] | None = None, *, paid: bool = True) -> dict:
    """An invoice of some units, by default of all that are left; counted as paid unless it stays open.

    Raises ApiError. The sale is not saved.
    """
    order, shop = sale.order, sale.shop
    quantities = _quantities(sale, given)
    number = shop.id("invoice")
    rows = Rows(sale, INVOICE, number, quantities)
    document = {
        "entity_id": number, "increment_id": shop.increment_id("invoice", order["store_id"]), **header(order),
        "created_at": sale.at, "updated_at": sale.at, "state": OPEN, "can_void_flag": 0, "email_sent": 1,
        "total_qty": num(sum(quantities.values(), ZERO)), "items": rows.entries, "comments": [],
    }  # fmt: skip
    _sums(sale, document, rows)
    _take_virtual(sale, quantities)
    if paid:
        pay(sale, document)
    sale.settle()
    return shop.put("invoice", number, document)


def _quantities(sale: Sale, given: list[dict] | None) -> dict[int, Decimal]:
    order = sale.order
    if sale.state in (*STOPPED, COMPLETE):
        raise refuse("Invoice", f"An invoice cannot be created when an order has a status of {order['status']}")
    if not sale.can_invoice:
        raise refuse("Invoice", "The order does not allow an invoice to be created.")
    if not given:
        return {item["item_id"]: left for item in sale.counted() if (left := sale.to_invoice(item))}
    try:
        asked = sale.asked(given)
    except KeyError:
        text = "The invoice contains one or more items that are not part of the original order."
        raise refuse("Invoice", text) from None
    problems = [
        "The quantity to invoice must not be greater than the uninvoiced quantity for product SKU "
        f'"{sale.items[item_id]["sku"]}".'
        for item_id, quantity in asked.items()
        if quantity > sale.to_invoice(sale.items[item_id]) or quantity < 0
    ]
    if problems:
        raise refuse("Invoice", *problems)
    asked = {item_id: quantity for item_id, quantity in asked.items() if quantity}
    if not asked:
        raise refuse("Invoice", "The invoice can't be created without products. Add products and try again.")
    return asked


def _sums(sale: Sale, document: dict, rows: Rows):
    """Add an invoice up; the first one has the order's shipping."""
    order, totals, first = sale.order, {}, not sale.documents("invoice")
    for prefix in SIDES:
        shipping = {name: dec(order[side(f"shipping_{name}", prefix)]) if first else ZERO for name in SHIPPING}
        fixed, fixed_tax = rows.fixed[prefix]
        discount = shipping.pop("discount_amount") + rows.sum("discount_amount", prefix)
        amounts = {
            "subtotal": rows.sum("row_total", prefix), "subtotal_incl_tax": rows.sum("row_total_incl_tax", prefix),
            "tax_amount": rows.sum("tax_amount", prefix) + shipping["tax_amount"] + fixed_tax,
            "discount_amount": -discount,
            # Unlike an order's, it has the part of shipping in it.
            "discount_tax_compensation_amount": rows.sum("discount_tax_compensation_amount", prefix)
            + shipping["discount_tax_compensation_amount"],
        }  # fmt: skip
        total = sum(amounts.values(), ZERO) - amounts["subtotal_incl_tax"] + fixed
        totals[prefix] = total + shipping["amount"]
        amounts.update({f"shipping_{name}": amount for name, amount in shipping.items()})
        document.update({side(name, prefix): num(amount) for name, amount in amounts.items()})
        for name in ("subtotal", "tax_amount", "discount_amount", "discount_tax_compensation_amount"):
            add(order, f"{prefix}{name.removesuffix('_amount')}_invoiced", amounts[name])
        add(order, f"{prefix}shipping_invoiced", shipping["amount"])
    use_others(sale, document, totals, INVOICE)
    for prefix in SIDES:
        document[f"{prefix}grand_total"] = num(totals[prefix])
        add(order, f"{prefix}total_invoiced", totals[prefix])


def _take_virtual(sale: Sale, quantities: dict[int, Decimal]):
    """What is not sent leaves the stock when it is invoiced."""
    units = sale.units(quantities, virtual=True)
    if units:
        stock.take(sale.shop, sale.website, stock.source_for(sale.shop, sale.website, None), units)


def pay(sale: Sale, document: dict):
    """The money of an invoice arrived."""
    order, payment = sale.order, sale.order["payment"]
    document["state"] = PAID
    if sale.online and dec(document["grand_total"]):
        document["transaction_id"] = f"txn-{document['increment_id']}"
        sale.transact("capture", document["transaction_id"])
        add(payment, "base_amount_paid_online", dec(document["base_grand_total"]))
    for prefix in SIDES:
        amount = dec(document[f"{prefix}grand_total"])
        add(order, f"{prefix}total_paid", amount)
        order[f"{prefix}total_due"] = num(dec(order[f"{prefix}grand_total"]) - dec(order[f"{prefix}total_paid"]))
        add(payment, f"{prefix}amount_paid", amount)
        add(payment, f"{prefix}shipping_captured", dec(document[f"{prefix}shipping_amount"]))


def first_payment(sale: Sale, financial: str):
    """How a new order was paid: ``pending``, ``authorized`` or ``paid``. Raises ValueError."""
    if financial not in ("pending", "authorized", "paid"):
        raise ValueError(f"unknown financial state {financial}")
    if financial == "pending":
        return
    order = sale.order
    if financial == "paid":
        create(sale)
    else:
        for prefix in SIDES:
            order["payment"][f"{prefix}amount_authorized"] = order[f"{prefix}grand_total"]
        sale.transact("authorization", f"txn-{order['increment_id']}-auth")
        sale.move(PROCESSING)
    sale.save()


# --- addresses -------------------------------------------------------------------------------------------------------
def _one(call: Call, number: int) -> dict:
    record = call.shop.get("invoice", number)
    if record is None:
        raise missing()
    return record


@route("GET", "invoices", RESOURCE)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("invoice"), asked, column, shown)


@route("GET", "invoices/{id:int}", RESOURCE)
def one(call: Call, number: int):
    return shown(_one(call, number))


@route(
    "POST", "order/{orderId:int}/invoice", RESOURCE,
    capture__=bool, items__=[ITEM], notify__=bool, appendComment__=bool, comment__=COMMENT, arguments__=ANY,
)  # fmt: skip
def invoice(call: Call, number: int):
    """Such an invoice is paid at once: ``capture`` only says whether the provider is asked for the money."""
    sale = Sale(call.shop, number)
    document = create(sale, call.body.get("items"))
    if call.body.get("comment"):
        notified = call.body.get("notify")
        add_comment(call.shop, "invoice", document, call.body["comment"], at=sale.at, notified=notified)
    sale.save()
    return document["entity_id"]


@route("POST", "invoices/{id:int}/capture", CAPTURE)
def capture(call: Call, number: int):
    document = dict(_one(call, number))
    sale = Sale(call.shop, document["order_id"])
    if document["state"] != OPEN or sale.state == HOLDED:
        raise invalid("Cannot capture the invoice.")
    pay(sale, document)
    call.shop.put("invoice", number, {**document, "updated_at": sale.at})
    sale.settle()
    sale.save()
    # A text, the schema says.
    return "1"


@route("POST", "invoices/comments", RESOURCE, body={"entity": ANY})
def comment(call: Call):
    given = call.body["entity"]
    document = _one(call, int(given.get("parent_id") or 0))
    return add_comment(call.shop, "invoice", document, given, at=call.shop.now())


@route("GET", "invoices/{id:int}/comments", RESOURCE)
def comments(call: Call, number: int):
    return listed(_one(call, number)["comments"])
