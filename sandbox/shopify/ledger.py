"""The shop's own books: every order in the currency the customer paid, as placed or edited, before refunds, and beside
that what was sent and given back of it.

What an import is compared with. Amounts are exact decimal texts.
"""

from . import actions, fulfilling, payments, pricing, rest, status
from .money import text
from .shop import Shop, gid


def figure(minor: int, order: dict) -> str:
    return text(minor, order["currency"])


def _taxes(taxes: list[dict], order: dict) -> list[dict]:
    return [{"title": tax["title"], "rate": tax["rate"], "amount": figure(tax["amount"], order)} for tax in taxes]


def of_order(order: dict) -> dict:
    """One order. A tip is not among the lines although the platform lists it there too: see ``tip_line_id``."""
    by_rate: dict[str, int] = {}
    for tax in rest.order_taxes(order):
        by_rate[tax["rate"]] = by_rate.get(tax["rate"], 0) + tax["amount"]
    totals, tips = order["totals"], [line for line in order["lines"] if line["tip"]]
    return {
        "id": gid("Order", order["id"]),
        "name": order["name"],
        "currency": order["currency"],
        "taxes_included": order["taxes_included"],
        "test": order["test"],
        "cancelled": order["cancelled_at"] is not None,
        "lines": [
            {
                "id": gid("LineItem", line["id"]),
                "sku": line["sku"],
                "title": line["title"],
                "quantity": line["quantity"],
                "current_quantity": line["quantity"] - status.returned(order, line["id"]),
                "unit_price": figure(line["unit"], order),
                "gross": figure(pricing.gross(line), order),
                "discount": figure(pricing.discount_of(line), order),
                "net": figure(pricing.net(line), order),
                "taxes": _taxes(line["taxes"], order),
            }
            for line in order["lines"]
            if not line["tip"]
        ],
        "shipping": [
            {
                "id": gid("ShippingLine", line["id"]),
                "title": line["title"],
                "price": figure(line["price"], order),
                "discount": figure(pricing.discount_of(line), order),
                "taxes": _taxes(line["taxes"], order),
            }
            for line in order["shipping"]
            if not line["removed"]
        ],
        "tip": figure(totals["tip"], order),
        "tip_line_id": gid("LineItem", tips[0]["id"]) if tips else None,
        "tax_by_rate": {rate: figure(amount, order) for rate, amount in by_rate.items()},
        "discount_total": figure(totals["discount"], order),
        "shipping_total": figure(totals["shipping_net"], order),
        "tax_total": figure(totals["tax"], order),
        "subtotal": figure(totals["subtotal"], order),
        "total": figure(totals["total"], order),
        "current_total": figure(status.current(order)["total"], order),
        "financial_status": status.financial(order),
        "fulfillment_status": status.fulfillment(order),
        "customer_email": order["email"],
        "updated_at": order["updated_at"],
        "shipments": [_shipment(record) for record in order["fulfillments"]],
        "refunds": [_refund(record, order) for record in order["refunds"]],
    }


def _shipment(record: dict) -> dict:
    return {
        "id": gid("Fulfillment", record["id"]),
        "cancelled": record.get("status", "SUCCESS") == "CANCELLED",
        "numbers": [entry["number"] for entry in fulfilling.tracking_of(record) if entry["number"]],
        "lines": {gid("LineItem", entry["line_id"]): entry["quantity"] for entry in record["lines"]},
    }


def _refund(record: dict, order: dict) -> dict:
    """``amount``: what the order is worth less, or what was paid back if that is more; ``units`` come back by line."""
    kept = sum(entry["amount"] for entry in record["adjustments"])
    paid = sum(entry["amount"] for entry in order["transactions"] if entry["id"] in record["transactions"])
    worth = actions.worth_of(order, (*record["lines"], *record["shipping"])) - kept
    return {
        "id": gid("Refund", record["id"]),
        "amount": figure(max(worth, paid), order),
        "units": {gid("LineItem", entry["line_id"]): entry["quantity"] for entry in record["lines"]},
    }


def of_shop(shop: Shop) -> dict:
    orders = [of_order(order) for order in shop.store.all(shop.domain, "order")]
    return {"orders": orders, "payouts": [of_payout(shop, payout) for payout in payments.books(shop)[1]]}


def of_payout(shop: Shop, payout: dict) -> dict:
    """One payout in the shop's currency: what it consists of, and what arrives at the bank."""
    currency = shop.config["currency"]
    sums = {
        kind: {"gross": text(gross, currency), "fee": text(fee, currency)}
        for kind, (gross, fee) in payments.summary(payout).items()
    }
    return {
        "id": gid("ShopifyPaymentsPayout", payout["id"]), "day": payout["day"], "issued_at": payout["at"],
        "currency": currency, "net": text(payout["net"], currency), **sums,
    }  # fmt: skip
