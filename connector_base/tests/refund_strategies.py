"""Orders that are given back in parts until nothing is left, as platforms refund them: taxes not proportional."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import ROUND_DOWN, Decimal

from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import UNSET, Payment, Refund, RefundAdjustment, RefundLine, RefundShipping

from .order_strategies import DIGITS, order_documents

ZERO = Decimal(0)
# What no platform gives back: a refund states one amount of taxes, which is in its lines or on top of them
WITHOUT = ("credit_without_quantity", "finer_than_the_currency", "mixed_inclusion")


def _payment(external_id, kind, amount, currency):
    return Payment(
        external_id=external_id,
        kind=kind,
        status="success",
        gateway="card",
        amount=amount,
        currency=currency,
        processed_at=datetime(2026, 3, 2, 12, tzinfo=timezone.utc),
    )


def _split(draw, amount, count, unit):
    """Return `count` parts of `amount`: about equal, some units moved between them, none negative."""
    part = (amount / count).quantize(unit, ROUND_DOWN)
    parts = [part] * (count - 1)
    if part and count > 1 and draw(st.booleans()):
        parts[0] += min(part, draw(st.integers(0, 3)) * unit)
    rest = amount - sum(parts, ZERO)
    if rest < 0:
        return [*[ZERO] * (count - 1), amount]
    return [*parts, rest]


@st.composite
def refunded_orders(draw):
    """Return a paid order whose refunds, two to four, give all of it back: by units, shipping and adjustments."""
    document = draw(order_documents(without=WITHOUT))
    # lines that add up exactly: a tax rounded over the whole order is given back on no line
    document = replace(document, tax_total=UNSET, total=document.total - document.difference)
    unit = Decimal(1).scaleb(-DIGITS[document.currency])
    count = draw(st.integers(2, 4))
    lines = [[] for _number in range(count)]
    for line in document.lines:
        if not line.quantity:
            continue
        steps = min(count, int(line.quantity))
        last = line.quantity - (steps - 1)
        tax = sum((entry.amount for entry in line.taxes), ZERO)
        amounts, taxes = _split(draw, line.amount, steps, unit), _split(draw, tax, steps, unit)
        for step in range(steps):
            lines[step].append(
                RefundLine(
                    line_external_id=line.external_id,
                    quantity=last if step == steps - 1 else Decimal(1),
                    subtotal=amounts[step],
                    tax=taxes[step],
                    restock=draw(st.booleans()),
                )
            )
    shipping_in = draw(st.integers(0, count - 1))
    refunds = []
    held_back = ZERO
    for number in range(count):
        shipping = ()
        if number == shipping_in:
            shipping = tuple(
                RefundShipping(
                    line_external_id=line.external_id,
                    subtotal=line.amount,
                    tax=sum((entry.amount for entry in line.taxes), ZERO),
                )
                for line in document.shipping_lines
            )
        parts = (*lines[number], *shipping)
        worth = sum((part.subtotal for part in parts), ZERO)
        if not document.taxes_included:
            worth += sum((part.tax for part in parts), ZERO)
        fee = ZERO
        if number == count - 1:
            fee = held_back  # what was held back before is given back now
        elif worth > 100 * unit and draw(st.booleans()):
            fee = -draw(st.integers(1, 100)) * unit
            held_back -= fee
        adjustments = (RefundAdjustment(external_id=f"A{number}", subtotal=fee, tax=ZERO),) if fee else ()
        paid = worth + fee
        if paid or parts:
            payments = (_payment(f"R{number}", "refund", paid, document.currency),) if paid else ()
            refunds.append(
                Refund(
                    external_id=f"R{number}",
                    created_at=document.created_at,
                    lines=tuple(lines[number]),
                    shipping=shipping,
                    adjustments=adjustments,
                    payments=payments,
                )
            )
    payments = (_payment("S", "sale", document.total, document.currency),) if document.total else ()
    return replace(document, payments=payments, refunds=tuple(refunds))
