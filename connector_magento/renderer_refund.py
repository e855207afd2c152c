"""Refund requests -> what credit memos are asked for with. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (order/{id}/refund, invoice/{id}/refund)
"""

from odoo.addons.connector_base.canonical import mark

from .parser_reader import ZERO


def credit_memo(*, items=(), comment="", arguments=None, back=(), notify=False):
    """Return the body that asks for a credit memo.

    :param items: [(id of the item, quantity)]; none at all stands for all that is left
    :param dict arguments: amounts in the base currency
    :param back: ids of the items whose units go back into stock
    """
    body = {"items": [{"order_item_id": int(item), "qty": float(quantity)} for item, quantity in items]}
    arguments = dict(arguments or {})
    if back:
        arguments["extension_attributes"] = {"return_to_stock_items": [int(item) for item in back]}
    if arguments:
        body["arguments"] = arguments
    if comment:
        body["comment"] = {"comment": comment, "is_visible_on_front": 0}
    return {**body, "notify": notify, "appendComment": False}


def refund_body(request, reckoning):
    """Return the body of a `RefundRequest`.

    Shipping that goes back in part and is taxed goes back as an adjustment: whether Magento takes its amount with tax
    or without is a setting that its API doesn't show. So does what the amount differs by from what Magento reckons.
    """
    quantities = {line.line_external_id: line.quantity for line in request.lines}
    # no items at all would be all of them
    items = quantities or {sold.line_id: ZERO for sold in reckoning.order.items.sold}
    base = reckoning.in_base()
    whole = base.share == 1
    in_part = not whole and not base.shipping_left.tax
    arguments = {}
    if not whole:
        arguments["shipping_amount"] = float(base.shipping_gross if in_part else ZERO)
    reckoned = sum((part.gross for part in base.lines), ZERO)
    reckoned += base.shipping.gross if whole or in_part else ZERO
    if request.amount is None or request.amount == min(reckoning.amount, reckoning.maximum):
        wanted = min(base.amount, base.maximum)
    else:
        wanted = reckoning.amount_in_base(request.amount)
    if difference := wanted - reckoned:
        key = "adjustment_positive" if difference > 0 else "adjustment_negative"
        arguments[key] = float(abs(difference))
    return credit_memo(
        items=items.items(),
        comment=f"{request.note} {mark(request.key)}".strip(),
        arguments=arguments,
        back=[line.line_external_id for line in request.lines if line.restock or line.cancelled],
        notify=request.notify,
    )


def pays_online(invoice):
    """Whether Magento can pay an invoice (payload) back by itself: it knows the payment's transaction."""
    return bool(invoice.get("transaction_id"))
