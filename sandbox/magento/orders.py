"""Orders: telling them, holding them, cancelling them, writing something on them.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/
"""

from . import criteria, stock
from .documents import column, listed, shown
from .errors import invalid, missing
from .inputs import ANY
from .money import ZERO, dec, num
from .routes import Call, route
from .sales import CANCELED, COMPLETE, HOLDED, PROCESSING, SIDES, STOPPED, Sale, add, side

VIEW, ACTIONS = "Magento_Sales::actions_view", "Magento_Sales::actions_edit"
HISTORY = {
    "comment": str, "created_at": str, "entity_id": int, "entity_name": str, "is_customer_notified": int,
    "is_visible_on_front": int, "parent_id": int, "status": str, "extension_attributes": ANY,
}  # fmt: skip
SHIPPING = ("amount", "incl_tax", "tax_amount", "discount_amount", "discount_tax_compensation_amount")
SHIPPED = ("shipping_invoiced", "shipping_refunded", "shipping_tax_refunded", "shipping_canceled")
#: What the API lets a caller write into an order by ``POST orders``: the rest is the shop's to reckon.
WRITABLE = ("status", "state", "ext_order_id", "ext_customer_id", "customer_note", "customer_email", "email_sent")


def tell(order: dict) -> dict:
    """An order as the API shows it."""
    items = [_item(order, item) for item in order["items"]]
    payment = shown(order["payment"], ("account_status", "cc_last4"))
    body = {**shown(order, ("customer_email",)), "items": items, "payment": payment}
    extension = {"shipping_assignments": [_assignment(order, items)], **order["extension_attributes"]}
    return {**body, "extension_attributes": extension}


def _item(order: dict, item: dict) -> dict:
    """A part of another item repeats that one."""
    body = shown(item)
    whole = next((other for other in order["items"] if other["item_id"] == item.get("parent_item_id")), None)
    return {**body, "parent_item": shown(whole)} if whole else body


def _assignment(order: dict, items: list[dict]) -> dict:
    names = [side(f"shipping_{name}", prefix) for name in SHIPPING for prefix in SIDES]
    names += [prefix + name for name in SHIPPED for prefix in SIDES]
    total = {name: order[name] for name in names if order.get(name) is not None}
    return {"shipping": {**shown(order["_shipping"]), "total": total}, "items": items}


def one(call: Call, number: int) -> dict:
    order = call.shop.get("order", number)
    if order is None:
        raise missing()
    return order


@route("GET", "orders", VIEW)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("order"), asked, column, tell)


@route("GET", "orders/{id:int}", VIEW)
def order(call: Call, number: int):
    return tell(one(call, number))


@route("GET", "orders/items", VIEW)
def item_listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    items = [item for record in call.shop.all("order") for item in record["items"]]
    return criteria.answer(items, asked, column, shown)


@route("GET", "orders/items/{id:int}", VIEW)
def item(call: Call, number: int):
    for record in call.shop.all("order"):
        for entry in record["items"]:
            if entry["item_id"] == number:
                return _item(record, entry)
    raise missing()


@route("GET", "orders/{id:int}/statuses", VIEW)
def status(call: Call, number: int):
    return one(call, number)["status"]


@route("POST", "orders", "Magento_Sales::create", body={"entity": ANY})
def save(call: Call):
    """Write a few fields of an order; sums are not the caller's business. No orders are made here."""
    given = call.body["entity"]
    number = given.get("entity_id") if isinstance(given, dict) else None
    if not number:
        raise invalid("The sandbox makes orders by its control API only.")
    sale = Sale(call.shop, int(number))
    sale.order.update({name: given[name] for name in WRITABLE if name in given})
    return tell(sale.save())


# --- what is written on them -----------------------------------------------------------------------------------------
@route("GET", "orders/{id:int}/comments", VIEW)
def comments(call: Call, number: int):
    return listed(one(call, number)["status_histories"])


@route("POST", "orders/{id:int}/comments", "Magento_Sales::comment", statusHistory=HISTORY)
def comment(call: Call, number: int):
    """A comment; it may tell the order's status, not change it."""
    given, sale = call.body["statusHistory"], Sale(call.shop, number)
    if given.get("status") not in (None, "", sale.order["status"]):
        text = 'Unable to add comment: The status "%1" is not part of the order status history.'
        raise invalid(text, given["status"])
    flags = {"notified": given.get("is_customer_notified"), "visible": given.get("is_visible_on_front")}
    sale.comment(given.get("comment"), **flags, entity=given.get("entity_name") or "order")
    sale.save()
    return True


@route("POST", "orders/{id:int}/emails", "Magento_Sales::email")
def email(call: Call, number: int):
    one(call, number)
    return True


# --- held, cancelled -------------------------------------------------------------------------------------------------
def hold_back(sale: Sale):
    if sale.state in (*STOPPED, COMPLETE):
        raise invalid("A hold action is not available.")
    sale.order.update(hold_before_state=sale.state, hold_before_status=sale.order["status"])
    sale.move(HOLDED)
    sale.save()


def let_go(sale: Sale):
    if sale.state != HOLDED:
        raise invalid("You cannot remove the hold.")
    sale.move(sale.order["hold_before_state"], sale.order["hold_before_status"])
    sale.order.update(hold_before_state=None, hold_before_status=None)
    sale.save()


@route("POST", "orders/{id:int}/hold", "Magento_Sales::hold")
def hold(call: Call, number: int):
    hold_back(Sale(call.shop, number))
    return True


@route("POST", "orders/{id:int}/unhold", "Magento_Sales::unhold")
def unhold(call: Call, number: int):
    let_go(Sale(call.shop, number))
    return True


def cancel_rest(sale: Sale) -> bool:
    """Cancel what is not invoiced; whether there was anything that could be."""
    if not sale.can_cancel:
        return False
    order, quantities = sale.order, {}
    state = CANCELED
    for item in sale.counted():
        if dec(item["qty_invoiced"]) > dec(item["qty_refunded"]):
            open_still = state == PROCESSING or sale.to_ship(item) > sale.to_cancel(item)
            state = PROCESSING if open_still else COMPLETE
        if left := sale.to_cancel(item):
            quantities[item["item_id"]] = left
    for item_id, quantity in sale.follow(quantities).items():
        entry = sale.items[item_id]
        add(entry, "qty_canceled", quantity)
        rest = dec(entry.get("tax_amount")) - dec(entry.get("tax_invoiced"))
        entry["tax_canceled"] = num(rest)
    for prefix in SIDES:
        for name, whole in (
            ("subtotal", "subtotal"), ("tax", "tax_amount"), ("shipping", "shipping_amount"),
            ("discount", "discount_amount"), ("total", "grand_total"),
        ):  # fmt: skip
            done = dec(order.get(f"{prefix}total_paid" if name == "total" else f"{prefix}{name}_invoiced"))
            rest = dec(order[f"{prefix}{whole}"]) - done
            order[f"{prefix}{name}_canceled"] = num(abs(rest) if name == "discount" else rest)
    stock.release(sale.shop, sale.website, _unsent(sale, quantities))
    sale.move(state)
    sale.comment(None)
    sale.save()
    return True


def _unsent(sale: Sale, quantities: dict) -> dict:
    """{SKU: units} of what is cancelled and was not sent before."""
    found: dict = {}
    for item_id, quantity in sale.follow(quantities).items():
        entry = sale.items[item_id]
        if entry["_stocked"]:
            unsent = min(quantity, dec(entry["qty_ordered"]) - dec(entry["qty_shipped"]))
            found[entry["sku"]] = found.get(entry["sku"], ZERO) + max(unsent, ZERO)
    return {sku: quantity for sku, quantity in found.items() if quantity}


@route("POST", "orders/{id:int}/cancel", "Magento_Sales::cancel")
def cancel(call: Call, number: int):
    return cancel_rest(Sale(call.shop, number))


# --- transactions ----------------------------------------------------------------------------------------------------
@route("GET", "transactions", "Magento_Sales::transactions_fetch")
def transactions(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("transaction"), asked, column, shown_transaction)


@route("GET", "transactions/{id:int}", "Magento_Sales::transactions_fetch")
def transaction(call: Call, number: int):
    record = call.shop.get("transaction", number)
    if record is None:
        raise missing()
    return shown_transaction(record)


def shown_transaction(record: dict) -> dict:
    return shown(record, ("parent_txn_id",))
