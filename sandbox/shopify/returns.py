"""Returns: what a customer is to send back of what was sent. Money and stock move with the refund, not with these."""

from . import actions, events, graph_fulfillment, graph_order
from .access import require
from .paging import nested
from .refunds import find
from .shop import Shop, gid, parse_gid


def status_of(order: dict) -> str:
    """The order's ``returnStatus``."""
    states = {record["status"] for record in order.get("returns") or ()}
    return "IN_PROGRESS" if "OPEN" in states else "RETURNED" if states else "NO_RETURN"


def of_order(shop: Shop, order: dict):
    """The resolver of ``Order.returns``."""

    def resolve(info, query=None, **page):
        require(info, "read_returns", "returns")
        return nested(order.get("returns") or [], lambda record: node(shop, order, record))(info, **page)

    return resolve


def node(shop: Shop, order: dict, record: dict) -> dict:
    bag = graph_order.Bags(order)
    back = {}
    for refund in order["refunds"]:
        for entry in refund["lines"]:
            back[entry["line_id"]] = back.get(entry["line_id"], 0) + entry["quantity"] - entry.get("removed", 0)

    def line(entry: dict) -> dict:
        refunded = min(back.get(entry["line_id"], 0), entry["quantity"])
        return {
            "__typename": "ReturnLineItem",
            "id": gid("ReturnLineItem", entry["id"]),
            "quantity": entry["quantity"],
            "refundableQuantity": entry["quantity"] - refunded,
            "refundedQuantity": refunded,
            "returnReason": entry["reason"],
            "returnReasonNote": entry["note"],
            "customerNote": None,
            "fulfillmentLineItem": lambda _info: graph_fulfillment.line_node(
                shop, order, _sent(order)[entry["sent_id"]], bag
            ),
        }

    return {
        "__typename": "Return",
        "id": gid("Return", record["id"]),
        "name": record["name"],
        "status": record["status"],
        "totalQuantity": sum(entry["quantity"] for entry in record["lines"]),
        "createdAt": record["created_at"],
        "closedAt": record["closed_at"],
        "order": lambda _info: graph_order.order_node(shop, order),
        "returnLineItems": nested(record["lines"], line),
    }


def _sent(order: dict) -> dict[int, dict]:
    """Fulfillment lines by id, of what was not taken back."""
    kept = (record for record in order["fulfillments"] if record.get("status") != "CANCELLED")
    return {entry["id"]: entry for record in kept for entry in record["lines"]}


def _refused(code: str, message: str, *field: str) -> dict:
    return {"return": None, "userErrors": [{"code": code, "field": list(field), "message": message}]}


def create(_root, info, *, returnInput):
    require(info, "write_returns", "returnCreate")
    shop = info.context.shop
    with shop.store.transaction():
        before = find(info, returnInput["orderId"])
        if before is None:
            return _refused("NOT_FOUND", "Order not found.", "returnInput", "orderId")
        sent, coming = _sent(before), {}
        for record in before.get("returns") or ():
            for entry in record["lines"]:
                coming[entry["sent_id"]] = coming.get(entry["sent_id"], 0) + entry["quantity"]
        lines = []
        for index, wanted in enumerate(returnInput["returnLineItems"]):
            where = ("returnInput", "returnLineItems", str(index))
            found = parse_gid(wanted["fulfillmentLineItemId"], "FulfillmentLineItem")
            entry = sent.get(found[1]) if found else None
            if entry is None:
                return _refused("NOT_FOUND", "Fulfillment line item not found.", *where, "fulfillmentLineItemId")
            coming[entry["id"]] = coming.get(entry["id"], 0) + wanted["quantity"]
            if wanted["quantity"] < 1 or coming[entry["id"]] > entry["quantity"]:
                return _refused("INVALID", "Return line item has an invalid quantity.", *where, "quantity")
            lines.append(
                {
                    "id": shop.id("ReturnLineItem"), "sent_id": entry["id"], "line_id": entry["line_id"],
                    "quantity": wanted["quantity"], "reason": wanted.get("returnReason") or "UNKNOWN",
                    "note": wanted.get("returnReasonNote") or "",
                }
            )  # fmt: skip
        if not lines:
            return _refused("BLANK", "Return line items can't be blank.", "returnInput", "returnLineItems")
        after = actions.changed(before, shop.clock.iso())
        known = after.setdefault("returns", [])
        record = {
            "id": shop.id("Return"), "name": f"{after['name']}-R{len(known) + 1}", "status": "OPEN", "closed_at": None,
            "created_at": shop.clock.iso(), "lines": lines,
        }  # fmt: skip
        known.append(record)
        events.save(shop, info.context.deliveries, before, after)
    return {"return": node(shop, after, record), "userErrors": []}


def _locate(info, text: str) -> tuple[dict | None, dict | None]:
    shop, found = info.context.shop, parse_gid(text, "Return")
    for order in shop.store.all(shop.domain, "order") if found else ():
        for record in order.get("returns") or ():
            if record["id"] == found[1] and info.context.sees(order):
                return order, record
    return None, None


def close(_root, info, *, id):
    require(info, "write_returns", "returnClose")
    shop = info.context.shop
    with shop.store.transaction():
        before, known = _locate(info, id)
        if known is None:
            return _refused("NOT_FOUND", "Return not found.", "id")
        if known["status"] != "OPEN":
            return _refused("INVALID_STATE", "Return is not open.", "id")
        after = actions.changed(before, shop.clock.iso())
        record = next(entry for entry in after["returns"] if entry["id"] == known["id"])
        record.update(status="CLOSED", closed_at=shop.clock.iso())
        events.save(shop, info.context.deliveries, before, after)
    return {"return": node(shop, after, record), "userErrors": []}


def single(_root, info, *, id):
    require(info, "read_returns", info.field_name)
    order, record = _locate(info, id)
    return node(info.context.shop, order, record) if record else None


#: Global ids that ``node`` may ask for.
NODES = {"Return": single}
QUERY = {"return": single}
MUTATION = {"returnCreate": create, "returnClose": close}
