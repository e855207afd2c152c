"""Canceling and holding orders. No Odoo import.

Magento cancels what is not invoiced; for what is, money must go back by credit memos. An order that is given back as a
whole is closed. https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/order-management/orders/order-processing
"""

from odoo.addons.connector_base.transport import DataError

from . import const, sales, tables
from .order_comment import add_comment
from .parser_reader import ZERO, read
from .renderer_refund import credit_memo, pays_online


def cancel_order(client, order_id, *, comment, restock, refund, notify):
    """Cancel an order of which nothing was sent: refund what is paid, cancel the rest.

    Done again after an unknown outcome, it does what is left to do.

    :param str comment: what the customer reads, where `notify` says that they are told
    :param bool restock: whether refunded units go back into stock; canceled ones always do
    :raise DataError: Magento refuses, or it may not be
    """
    order = read(client.call("GET", "orders/{}", order_id), "order")
    items = order.children("items")
    if order.text("state") in (tables.CANCELED, tables.CLOSED):
        raise _cannot("OVER", "The order is canceled or closed in Magento.")
    if any(item.number("qty_shipped") for item in items):
        raise _cannot("SHIPPED", "Goods of the order were sent.")
    paid = any(map(_is_paid, items))
    if paid and not refund:
        raise _cannot("PAID", "Magento cancels an order that is paid by giving the money back.")
    if order.text("state") == tables.HOLDED:
        client.call("POST", "orders/{}/unhold", order_id)
    if paid:
        _refund(client, order_id, restock=restock, notify=notify)
    if any(_left(item) for item in items) and client.call("POST", "orders/{}/cancel", order_id) is not True:
        raise _cannot("REFUSED", f"Magento doesn't cancel an order that is {order.text('status') or 'in this state'}.")
    if notify:
        add_comment(client, order_id, comment, notify=True)


def hold_order(client, order_id, *, hold):
    """Hold an order, or release it; one that is in that state stays so.

    :raise DataError: Magento refuses
    """
    order = read(client.call("GET", "orders/{}", order_id), "order")
    if (order.text("state") == tables.HOLDED) == hold:
        return
    action = "hold" if hold else "unhold"
    if client.call("POST", f"orders/{{}}/{action}", order_id) is not True:
        raise _cannot("NO_HOLD", f"Magento doesn't {action} an order that is {order.text('status')}.")


def _refund(client, order_id, *, restock, notify):
    """Make credit memos of all that the order's invoices have left.

    What Magento can pay back by itself, it does, invoice by invoice; of the rest it writes one memo.
    """
    invoices = list(sales.read_all(client, "invoices", ("order_id", "eq", order_id)))
    paid_back = {}
    for memo in sales.read_all(client, "creditmemos", ("order_id", "eq", order_id)):
        key = str(memo.get("invoice_id"))
        paid_back[key] = paid_back.get(key, ZERO) + read(memo, "creditmemo").number("grand_total")
    for invoice in filter(pays_online, invoices):
        node = read(invoice, "invoice")
        if node.number("grand_total") > paid_back.get(node.external_id, ZERO):
            back = [row.required_identifier("order_item_id") for row in node.children("items")] if restock else []
            body = {**credit_memo(back=back, notify=notify), "isOnline": True}
            client.call("POST", "invoice/{}/refund", node.external_id, json=body)
    if not all(map(pays_online, invoices)):
        items = read(client.call("GET", "orders/{}", order_id), "order").children("items")
        if any(map(_is_paid, items)):
            back = [item.required_identifier("item_id") for item in items] if restock else []
            client.call("POST", "order/{}/refund", order_id, json=credit_memo(back=back, notify=notify))


def _is_paid(item):
    return item.number("qty_invoiced") > item.number("qty_refunded")


def _left(item):
    gone = item.number("qty_canceled") + max(item.number("qty_invoiced"), item.number("qty_refunded"))
    return not item.identifier("parent_item_id") and item.number("qty_ordered") > gone


def _cannot(code, message):
    return DataError(message, code=code, remedy=const.CANCEL_REMEDIES[code])
