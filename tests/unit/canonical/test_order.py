"""Orders know whether their figures are consistent."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import Order, OrderLine, ShippingLine, TaxLine

MOMENT = datetime(2026, 3, 1, tzinfo=timezone.utc)
CENTS = st.decimals(min_value=0, max_value=10**6, places=2)
RATES = [Decimal("0.07"), Decimal("0.19"), Decimal("0.2")]
TAXES = st.lists(st.builds(TaxLine, title=st.just("VAT"), rate=st.sampled_from(RATES), amount=CENTS), max_size=3).map(
    tuple
)
LINES = st.lists(
    st.builds(
        OrderLine,
        external_id=st.text(max_size=5),
        title=st.just("Mug"),
        quantity=st.integers(0, 100).map(Decimal),
        unit_price=CENTS,
        discount=CENTS,
        taxes=TAXES,
    ),
    max_size=4,
).map(tuple)
SHIPPING = st.lists(
    st.builds(ShippingLine, external_id=st.just("S"), title=st.just("S"), price=CENTS, discount=CENTS, taxes=TAXES),
    max_size=2,
).map(tuple)


def order(lines, shipping, included, total):
    return Order(
        external_id="1",
        name="#1",
        created_at=MOMENT,
        updated_at=MOMENT,
        currency="EUR",
        taxes_included=included,
        lines=lines,
        shipping_lines=shipping,
        total=total,
    )


@given(LINES, SHIPPING, CENTS)
def test_difference(lines, shipping, total):
    goods = sum((line.unit_price * line.quantity - line.discount for line in lines), Decimal(0))
    carriage = sum((line.price - line.discount for line in shipping), Decimal(0))
    taxes = sum((tax.amount for part in (*lines, *shipping) for tax in part.taxes), Decimal(0))
    assert order(lines, shipping, True, total).difference == total - goods - carriage
    assert order(lines, shipping, False, total).difference == total - goods - carriage - taxes


@given(LINES, SHIPPING, st.booleans(), CENTS)
def test_difference_is_the_total_that_is_missing(lines, shipping, included, total):
    difference = order(lines, shipping, included, total).difference
    assert order(lines, shipping, included, total - difference).difference == 0


@given(LINES, SHIPPING)
def test_tax_by_rate(lines, shipping):
    found = order(lines, shipping, True, Decimal(0)).tax_by_rate
    for rate in RATES:
        amounts = [tax.amount for part in (*lines, *shipping) for tax in part.taxes if tax.rate == rate]
        assert found.get(rate, Decimal(0)) == sum(amounts, Decimal(0))


def test_documents_are_frozen():
    line = OrderLine(external_id="1", title="Mug", quantity=Decimal(1), unit_price=Decimal(1))
    with pytest.raises(AttributeError):
        line.quantity = Decimal(2)
