"""The shop's own books: every order in the currency the customer paid, as placed, and what became of it.

Amounts come from the reckoning of the order, not from what the API tells of it: they are what an import must equal.
``total`` is what the goods are worth: also what was paid by gift card, store credit and points.
"""

from .money import dec, num
from .sales import CANCELED, Sale
from .shop import Shop


def of_order(shop: Shop, order: dict) -> dict:
    sale, books = Sale(shop, order["entity_id"]), order["_books"]
    return {
        "id": str(order["entity_id"]), "name": order["increment_id"], "currency": order["order_currency_code"],
        **books, "state": order["state"], "status": order["status"], "updated_at": order["updated_at"],
        "store_id": order["store_id"], "customer_email": order["customer_email"],
        "shipments": [
            {
                "id": str(record["entity_id"]), "numbers": [track["track_number"] for track in record["tracks"]],
                "lines": by_line(sale, record["items"]),
            }
            for record in sale.documents("shipment")
        ],
        "refunds": [
            {
                "id": str(record["entity_id"]), "amount": str(worth(record)),
                "units": by_line(sale, record["items"]),
            }
            for record in sale.documents("creditmemo")
        ] + canceled(sale),
    }  # fmt: skip


def canceled(sale: Sale) -> list[dict]:
    """What an order that goes on is worth less since the rest of it was cancelled: all that is not invoiced."""
    order = sale.order
    rows = [
        {"order_item_id": item["item_id"], "qty": item["qty_canceled"]}
        for item in order["items"]
        if dec(item["qty_canceled"])
    ]
    if order["state"] == CANCELED or not rows or any(sale.to_invoice(item) for item in sale.counted()):
        return []
    amount = dec(order["_books"]["total"]) - sum(map(worth, sale.documents("invoice")))
    return [{"id": f"canceled-{order['entity_id']}", "amount": str(amount), "units": by_line(sale, rows)}]


def by_line(sale: Sale, rows: list[dict]) -> dict[str, float]:
    """Units per line that was sold: a bundle that is sent as one counts for the parts that its price consists of."""
    lines = {str(line["item_id"]) for line in sale.order["_books"]["lines"]}
    stated = {str(row["order_item_id"]): dec(row["qty"]) for row in rows}
    units = {item_id: quantity for item_id, quantity in stated.items() if item_id in lines}
    ordered = {str(item["item_id"]): dec(item["qty_ordered"]) for item in sale.order["items"]}
    parts = [(str(item["item_id"]), str(item.get("parent_item_id"))) for item in sale.order["items"]]
    apart = {bundle for part, bundle in parts if stated.get(part)}
    for part, bundle in parts:
        if part in lines and bundle in stated and bundle not in apart:
            units[part] = stated[bundle] * ordered[part] / ordered[bundle]
    return {item_id: num(quantity) for item_id, quantity in units.items()}


def worth(document: dict):
    """What an invoice charges, or a credit memo gives back, by all means."""
    others = (amount for name, amount in document.get("_others", {}).items() if not name.startswith("base_"))
    return dec(document["grand_total"]) + sum(map(dec, others))


def of_shop(shop: Shop) -> dict:
    return {"orders": [of_order(shop, order) for order in shop.all("order")]}
