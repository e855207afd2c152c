"""What was paid for an order -> canonical. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (InvoiceInterface, OrderPaymentInterface). Magento
counts as paid what is invoiced: each invoice is a payment, by the order's one method. Gift cards, store credit and
reward points are taken off the order's total before.
"""

from odoo.addons.connector_base.canonical import Payment

from . import tables
from .parser_reader import ZERO, read


def parse_payments(invoices, order, *, currency="order"):
    """Return the Payments of an order: its authorization while nothing is invoiced, and its invoices.

    :param invoices: its invoices (GET /V1/invoices), as lists of the API state them
    :param dict order: GET /V1/orders/{id}
    :param str currency: `order` or `base`
    :raise DataError: they are not as documented
    """
    node = read(order, "order", base=currency == "base")
    code = node.required_text("base_currency_code" if node.base else "order_currency_code")
    return (*other_payments(node, code), *payments(invoices, node, code))


def payments(invoices, order, currency):
    """Return the Payments of `invoices` of an order (Reader), or its authorization while there are none."""
    payment = order.child_or_empty("payment")
    gateway = payment.text("method")
    found = [_payment(invoice, order, currency, gateway) for invoice in invoices]
    authorized = payment.amount("amount_authorized")
    if not found and authorized > 0:
        status = "failure" if order.text("state") == tables.CANCELED else "success"
        found = [
            Payment(
                external_id=f"authorization-{order.external_id}",
                kind="authorization",
                status=status,
                gateway=gateway,
                amount=authorized,
                currency=currency,
                processed_at=order.required_time("created_at"),
            )
        ]
    return tuple(entry for entry in found if entry.amount)


def _payment(invoice, order, currency, gateway):
    node = read(invoice, "invoice", base=order.base)
    return Payment(
        external_id=invoice_payment_id(node.external_id),
        kind="sale",
        # an invoice without a state was made by an extension: it is invoiced all the same
        status=tables.INVOICE_STATUSES.get(node.text("state", "2"), "error"),
        gateway=gateway,
        amount=node.amount("grand_total", None),
        currency=currency,
        processed_at=node.required_time("created_at"),
    )


def invoice_payment_id(invoice_id):
    """Return the id of the Payment that an invoice is."""
    return f"invoice-{invoice_id}"


def other_payments(order, currency):
    """Return the Payments that the order's total lacks: gift cards, store credit, reward points (Adobe Commerce)."""
    status = "failure" if order.text("state") == tables.CANCELED else "success"
    return tuple(
        Payment(
            external_id=f"{gateway}-{order.external_id}",
            kind="sale",
            status=status,
            gateway=gateway,
            amount=amount,
            currency=currency,
            processed_at=order.required_time("created_at"),
        )
        for key, gateway in tables.OTHER_PAYMENTS.items()
        if (amount := order.extension.amount(key, order.amount(key))) > ZERO
    )


def method_title(order):
    """Return how the customer knows the order's method of payment, "" where it isn't stated."""
    for entry in order.extension.children("payment_additional_info"):
        if entry.text("key") == "method_title":
            return entry.text("value")
    payment = order.child("payment")
    stated = payment.data.get("additional_information") if payment else None
    if isinstance(stated, dict):
        stated = [stated.get("method_title")]
    # a list without keys: the title is its first entry
    first = stated[0] if isinstance(stated, list) and stated else None
    return first.strip() if isinstance(first, str) else ""
