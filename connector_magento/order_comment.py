"""Comments on orders. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (OrderStatusHistoryInterface)
"""

from .parser_reader import read


def add_comment(client, order_id, comment, *, notify=False):
    """Write a comment into the history of an order that doesn't have it: told twice, it is there once.

    :param bool notify: whether the customer gets it by e-mail, and sees it
    :raise DataError: there is no such order
    """
    order = read(client.call("GET", "orders/{}", order_id), "order")
    if any(entry.text("comment") == comment.strip() for entry in order.children("status_histories")):
        return
    history = {
        "parent_id": int(order.external_id),
        "comment": comment,
        "is_customer_notified": int(notify),
        "is_visible_on_front": int(notify),
    }
    # without a status Magento writes an empty one into the history
    if status := order.text("status"):
        history["status"] = status
    client.call("POST", "orders/{}/comments", order_id, json={"statusHistory": history})
