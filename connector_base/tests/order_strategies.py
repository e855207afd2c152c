"""Orders as platforms place them, generated: amounts are computed here, by arithmetic of its own."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import Discount, OrderLine, ShippingLine, TaxLine

from .order_common import make_order

DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
RATES = [Decimal(rate) for rate in ("0.05", "0.07", "0.0825", "0.1", "0.19", "0.2")]


def rounded(amount, digits):
    return Decimal(amount).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def taxes_of(amount, rates, included, digits):
    """Return the tax lines of a line's `amount`: parallel taxes, each rounded for itself."""
    base = amount / (1 + sum(rates)) if included else amount
    return tuple(TaxLine(title=f"Tax {rate * 100:f}", rate=rate, amount=rounded(base * rate, digits)) for rate in rates)


@st.composite
def order_documents(draw, external_id="1"):
    """Return one canonical order, consistent to the minor unit."""
    currency = draw(st.sampled_from(sorted(DIGITS)))
    digits = DIGITS[currency]
    included = draw(st.booleans())
    rates = draw(st.lists(st.sampled_from(RATES), min_size=0, max_size=2, unique=True))
    unit = Decimal(1).scaleb(-digits)
    lines = []
    for number in range(draw(st.integers(1, 4))):
        price = draw(st.integers(0, 200_000)) * unit
        quantity = Decimal(draw(st.integers(1, 12)))
        gross = price * quantity
        share = draw(st.sampled_from([0, 0, 0, 5, 10, 33, 50, 100]))
        discount = rounded(gross * share / 100, digits)
        if gross and draw(st.booleans()):  # its share of a discount on the whole order: any amount
            discount = min(gross, discount + draw(st.integers(0, 500)) * unit)
        line_rates = rates if draw(st.integers(0, 4)) else rates[:1] if draw(st.booleans()) else []
        lines.append(
            OrderLine(
                external_id=f"L{number}",
                title=f"Line {number}",
                sku="SERVICE",
                quantity=quantity,
                unit_price=price,
                discount=discount,
                taxes=taxes_of(gross - discount, line_rates, included, digits),
            )
        )
    shipping = ()
    if draw(st.booleans()):
        price = draw(st.integers(0, 5_000)) * unit
        discount = price if not draw(st.integers(0, 5)) else Decimal(0)
        taxes = taxes_of(price - discount, rates if draw(st.booleans()) else [], included, digits)
        shipping = (ShippingLine(external_id="S", title="Standard", price=price, discount=discount, taxes=taxes),)
    values = {
        "currency": currency,
        "taxes_included": included,
        "lines": tuple(lines),
        "shipping_lines": shipping,
        "discounts": (Discount(title="SALE", code="SALE"),) if any(line.discount for line in lines) else (),
    }
    if draw(st.integers(0, 3)):
        return make_order(external_id, **values)
    return _taxed_as_a_whole(draw, external_id, values, unit)


def _taxed_as_a_whole(draw, external_id, values, unit):
    """Return the order with a tax total that differs from the sum of its lines: rounded over the whole order."""
    document = make_order(external_id, **values)
    taxes = [tax.amount for part in (*document.lines, *document.shipping_lines) for tax in part.taxes]
    count = sum(bool(amount) for amount in taxes)
    difference = draw(st.integers(-count, count)) * unit if sum(taxes) > unit * count else Decimal(0)
    total = document.total if values["taxes_included"] else document.total + difference
    return make_order(external_id, **values, tax_total=sum(taxes, Decimal(0)) + difference, total=total)
