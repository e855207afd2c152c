"""Refunds by the API: what one would come to, and making it."""

from . import actions, events, graph_order, graph_stock, pricing, status
from .access import require
from .idempotency import once
from .money import to_minor
from .shop import Shop, parse_gid
from .status import Invalid


def suggested(shop: Shop, order: dict):
    """The resolver of ``Order.suggestedRefund``: nothing is changed."""

    def resolve(_info, refundLineItems=None, refundShipping=False, shippingAmount=None, suggestFullRefund=False):
        if suggestFullRefund:
            left = {line["id"]: line["quantity"] - status.returned(order, line["id"]) for line in order["lines"]}
            units = [{"line_id": number, "quantity": quantity} for number, quantity in left.items() if quantity]
        else:
            try:
                units = _units(order, refundLineItems)
            except Invalid:
                return None
        whole = refundShipping or suggestFullRefund
        wanted = None if whole else to_minor(shippingAmount, order["currency"]) if shippingAmount else 0
        most = actions.returned_shipping(order)
        limit = sum(part["subtotal"] for part in most)
        carriage = actions.returned_shipping(order, None if whole else min(wanted, limit)) if whole or wanted else []
        return _suggestion(shop, order, units, (carriage, limit))

    return resolve


def _suggestion(shop: Shop, order: dict, units: list[dict], shipping: tuple) -> dict:
    bag, lines = graph_order.Bags(order), {line["id"]: line for line in order["lines"]}
    carriage, limit = shipping
    parts = []
    for unit in units:
        line = lines[unit["line_id"]]
        subtotal, taxes = pricing.part_of(line, status.returned(order, line["id"]), unit["quantity"])
        parts.append({**unit, "subtotal": subtotal, "taxes": taxes})
    available = status.captured(order) - status.refunded(order)
    amount = min(actions.worth_of(order, (*parts, *carriage)), available)
    carried = sum(part["subtotal"] for part in carriage), sum(sum(part["taxes"]) for part in carriage)
    subtotal, taxes = sum(part["subtotal"] for part in parts), sum(sum(part["taxes"]) for part in parts)
    return {
        "amountSet": bag(amount),
        "discountedSubtotalSet": bag(subtotal),
        "maximumRefundableSet": bag(available),
        "refundLineItems": [_line_node(shop, order, part, bag) for part in parts],
        "shipping": {"amountSet": bag(carried[0]), "maximumRefundableSet": bag(limit), "taxSet": bag(carried[1])},
        "subtotalSet": bag(subtotal),
        "suggestedTransactions": _payments(order, amount, bag),
        "totalCartDiscountAmountSet": bag(0),
        "totalDutiesSet": bag(0),
        "totalTaxSet": bag(taxes + carried[1]),
    }


def _line_node(shop: Shop, order: dict, part: dict, bag) -> dict:
    line = next(line for line in order["lines"] if line["id"] == part["line_id"])
    discounts = [graph_order.application(entry, index, order) for index, entry in enumerate(order["discounts"])]
    number = part.get("location_id") or actions.fulfilling.location_of(order, line["id"])
    place = shop.store.get(shop.domain, "location", number) if number else None
    restock = part.get("restock") or "RETURN"
    return {
        "id": None,
        "lineItem": lambda _info: graph_order.line_node(shop, order, line, bag, discounts),
        "quantity": part["quantity"],
        "restockType": restock,
        "restocked": restock != "NO_RESTOCK",
        "location": (lambda _info: graph_stock.location(shop, place)) if place else None,
        "priceSet": bag.lazy(pricing.half_up(pricing.Fraction(part["subtotal"], part["quantity"]))),
        "subtotalSet": bag.lazy(part["subtotal"]),
        "totalTaxSet": bag.lazy(sum(part["taxes"])),
    }


def left_of_payments(order: dict) -> list[tuple[dict, int]]:
    """(payment, minor units that were not given back of it yet)."""
    good, given = [entry for entry in order["transactions"] if entry["status"] == "SUCCESS"], {}
    for entry in good:
        if entry["kind"] == "REFUND":
            given[entry["parent_id"]] = given.get(entry["parent_id"], 0) + entry["amount"]
    return [(paid, paid["amount"] - given.get(paid["id"], 0)) for paid in good if paid["kind"] in ("SALE", "CAPTURE")]


def _payments(order: dict, amount: int, bag) -> list[dict]:
    found = []
    for paid, left in left_of_payments(order):
        part = min(left, amount)
        amount -= part
        if left:
            node = graph_order.transaction_node(order, paid, bag)
            found.append(
                {
                    "amountSet": bag(part), "maximumRefundableSet": bag(left), "kind": "SUGGESTED_REFUND",
                    "gateway": paid["gateway"], "formattedGateway": node["formattedGateway"], "parentTransaction": node,
                }
            )  # fmt: skip
    return found


def _units(order: dict, wanted: list[dict] | None) -> list[dict]:
    """Lines as ``actions.refund`` takes them; raises Invalid with (text, where) if they cannot be given back."""
    units, asked, lines = [], {}, {line["id"]: line for line in order["lines"]}
    for index, entry in enumerate(wanted or ()):
        found, place = parse_gid(entry["lineItemId"], "LineItem"), parse_gid(entry.get("locationId") or "", "Location")
        where = ("refundLineItems", str(index))
        line = lines.get(found[1]) if found else None
        if line is None:
            raise Invalid("Line item does not exist", *where, "lineItemId")
        restock, quantity = entry.get("restockType") or "NO_RESTOCK", entry["quantity"]
        asked[line["id"]] = asked.get(line["id"], 0) + quantity
        if quantity < 1 or asked[line["id"]] > line["quantity"] - status.returned(order, line["id"]):
            raise Invalid("Quantity cannot refund more items than were purchased", *where, "quantity")
        if restock == "CANCEL" and quantity > status.to_fulfill(order, line):
            raise Invalid("Quantity cannot be cancelled: not that many are left to fulfill", *where, "quantity")
        number = place[1] if place else None
        units.append({"line_id": line["id"], "quantity": quantity, "restock": restock, "location_id": number})
    return units


def create(_root, info, *, input):
    """Give back units, shipping and money as they are stated; without transactions nothing is paid back."""
    require(info, "write_orders", "refundCreate")
    context, shop = info.context, info.context.shop

    def payload(note=None, problem: str | None = None, *field: str):
        order = find(info, input["orderId"])
        body = {"order": None, "refund": None, "userErrors": []}
        if order is not None:
            body["order"] = graph_order.order_node(shop, order)
        if problem:
            body["userErrors"] = [{"field": list(field) or None, "message": problem}]
        if note:
            record = next(entry for entry in order["refunds"] if entry["id"] == note)
            body["refund"] = graph_order.refund_node(shop, order, record, graph_order.Bags(order))
        return body

    def run():
        before = find(info, input["orderId"])
        if before is None:
            return payload(None, "Order does not exist", "orderId"), None
        try:
            after = _refunded(shop, before, input)
        except Invalid as error:
            text, *field = error.args
            return payload(None, text, *field), None
        events.save(shop, context.deliveries, before, after)
        number = after["refunds"][-1]["id"]
        return payload(number), number

    return once(info, input, run, payload, lambda _code, text: payload(None, text))


def find(info, text: str) -> dict | None:
    """The order of a global id, if it is to be seen."""
    shop, found = info.context.shop, parse_gid(text, "Order")
    order = shop.store.get(shop.domain, "order", found[1]) if found else None
    return order if order is not None and info.context.sees(order) else None


def _refunded(shop: Shop, order: dict, given: dict) -> dict:
    """The order with one refund more; raises Invalid with (text, where)."""
    currency = order["currency"]
    if given.get("currency", order["shop_currency"]) != currency:
        raise Invalid(f"Currency must be the currency of the customer: {currency}", "currency")
    units = _units(order, given.get("refundLineItems"))
    shipping = given.get("shipping") or {}
    wanted = True if shipping.get("fullRefund") else shipping.get("amount") or False
    known, payments = {paid["id"]: left for paid, left in left_of_payments(order)}, []
    total = sum(to_minor(entry["amount"], currency) for entry in given.get("transactions") or ())
    if total > status.captured(order) - status.refunded(order):
        net = events.money_text(status.captured(order) - status.refunded(order), order)
        text = f"Refund amount {events.money_text(total, order)} is greater than net payment received {net}"
        raise Invalid(text)
    for index, entry in enumerate(given.get("transactions") or ()):
        parent, minor = parse_gid(entry.get("parentId") or "", "OrderTransaction"), to_minor(entry["amount"], currency)
        where = ("transactions", str(index))
        if entry["kind"] != "REFUND" or not parent or parent[1] not in known:
            raise Invalid("The parent transaction does not exist or is no payment", *where, "parentId")
        if minor > known[parent[1]]:
            raise Invalid("Amount is more than is left of the payment", *where, "amount")
        known[parent[1]] -= minor
        payments.append((parent[1], minor))
    return actions.refund(
        shop, order, shop.clock.iso(), lines=units, shipping=wanted, note=given.get("note"), payments=payments,
        restock="RETURN" if any(unit["restock"] != "NO_RESTOCK" for unit in units) else "NO_RESTOCK",
    )  # fmt: skip


MUTATION = {"refundCreate": create}
