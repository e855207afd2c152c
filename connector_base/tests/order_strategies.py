"""Orders as platforms place them, generated: amounts are computed here, by arithmetic of its own."""

from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import Discount, OrderLine, Payment, ShippingLine, TaxLine

from .order_common import PLACED, make_order

DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
RATES = [Decimal(rate) for rate in ("0.05", "0.07", "0.0825", "0.1", "0.19", "0.2")]
ZERO, ONE = Decimal(0), Decimal(1)

# What an order may have; each order has a few of them
FEATURES = (
    "exempt",
    "several_rates",
    "mixed_rates",
    "mixed_inclusion",
    "compound",
    "twin_rates",
    "line_discount",
    "percent_discount",
    "order_discount",
    "buy_one_get_one",
    "shipping",
    "taxed_shipping",
    "free_shipping",
    "gift_card_product",
    "gift_card_payment",
    "tip",
    "duty",
    "fee",
    "bundle",
    "custom_line",
    "zero_total",
    "edited_quantity",
    "removed_line",
    "credit_without_quantity",
    "shop_currency",
    "taxed_as_a_whole",
    "finer_than_the_currency",
    "fractional_quantity",
)


def rounded(amount, digits):
    return Decimal(amount).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def taxes_of(amount, taxes, digits, *, compound=False):
    """Return the tax lines of a line's `amount`, each rounded for itself.

    :param taxes: (title, rate, in the price or not) per tax
    :param bool compound: each tax is also on those before it
    """
    rates, factor = [], ONE
    for _title, rate, _included in taxes:
        rates.append(rate * factor if compound else rate)
        factor += rates[-1]
    inside = sum((rate for rate, (_title, _rate, included) in zip(rates, taxes, strict=True) if included), ZERO)
    base = amount / (1 + inside)
    return tuple(
        TaxLine(title=title, rate=nominal, amount=rounded(base * rate, digits), included=included)
        for rate, (title, nominal, included) in zip(rates, taxes, strict=True)
    )


def split(amount, weights, unit):
    """Return `amount` in whole units over `weights`: rounded down, the first ones get what is left."""
    whole = sum(weights, ZERO)
    parts = [(amount * weight / whole).quantize(unit, ROUND_DOWN) if whole else ZERO for weight in weights]
    for index in range(int((amount - sum(parts, ZERO)) / unit)):
        parts[index % len(parts)] += unit
    return parts


class OrderGenerator:
    """Makes one order out of the decisions of `rnd`, which is a `random.Random`."""

    def __init__(self, rnd, features, without):
        self.rnd = rnd
        self.features = {*features, *(name for name in FEATURES if rnd.random() < 0.12)} - set(without)
        self.currency = rnd.choice(sorted(DIGITS))
        self.digits = DIGITS[self.currency]
        self.unit = Decimal(1).scaleb(-self.digits)
        self.included = rnd.random() < 0.5
        self.compound = "compound" in self.features
        self.taxes = self.some_taxes()

    def has(self, feature):
        return feature in self.features

    def some_taxes(self):
        if self.has("exempt"):
            return []
        count = 2 if self.has("several_rates") or self.compound else 1
        taxes = [[f"Tax {rate * 100:f}", rate, self.included] for rate in self.rnd.sample(RATES, count)]
        if self.has("twin_rates"):
            taxes += [["County", Decimal("0.01"), self.included], ["City", Decimal("0.01"), self.included]]
        if self.has("mixed_inclusion"):
            taxes.append(["Levy", Decimal("0.03"), not self.included])
        return taxes

    def line_taxes(self):
        if self.has("mixed_rates"):
            return self.taxes[: self.rnd.randint(0, len(self.taxes))]
        return self.taxes

    def line(self, number, price, quantity, *, discount=ZERO, taxes=(), **values):
        return OrderLine(
            external_id=f"L{number}",
            quantity=quantity,
            unit_price=price,
            discount=discount,
            taxes=taxes_of(price * quantity - discount, taxes, self.digits, compound=self.compound),
            **{"title": f"Line {number}", "sku": "SERVICE", **values},
        )

    def goods(self, number):
        rnd = self.rnd
        price = rnd.randint(0, 200_000) * self.unit
        quantity = Decimal(rnd.randint(1, 12))
        if self.has("fractional_quantity") and self.digits:
            quantity += Decimal(rnd.randint(1, 99)) / 100
            price = price.quantize(Decimal(1))  # so that the amount has no more digits than the currency
        if self.has("finer_than_the_currency"):
            price += rnd.randint(0, 99) * self.unit / 100
        gross = price * quantity
        discount = ZERO
        if self.has("line_discount"):
            discount = min(gross, rnd.randint(0, 500) * self.unit)
        if self.has("percent_discount"):
            discount = rounded(gross * rnd.choice([5, 10, 33, 50]) / 100, self.digits)
        if self.has("buy_one_get_one"):
            quantity = max(quantity, Decimal(2))
            discount = price
        if self.has("zero_total"):
            discount = price * quantity
        return self.line(number, price, quantity, discount=discount, taxes=self.line_taxes())

    def lines(self):
        rnd = self.rnd
        lines = [self.goods(number) for number in range(rnd.randint(1, 3))]
        if self.has("edited_quantity"):  # taken back to one piece; what was taken off stays in proportion
            line = lines[0]
            discount = rounded(line.discount / line.quantity, self.digits)
            lines[0] = self.line(0, line.unit_price, ONE, discount=discount, taxes=self.line_taxes())
        if self.has("order_discount") and not self.has("zero_total"):
            lines = self.discounted(lines)
        if self.has("removed_line"):
            lines.append(self.line(20, rnd.randint(1, 9999) * self.unit, ZERO, taxes=self.line_taxes()))
        if self.has("credit_without_quantity"):  # an adjustment of the amount alone
            lines.append(self.line(21, 5 * self.unit, ZERO, discount=self.unit, taxes=self.line_taxes()))
        if self.has("bundle"):
            lines += self.bundle()
        if self.has("custom_line"):
            price = rnd.randint(1, 99_999) * self.unit
            lines.append(self.line(30, price, Decimal(2), taxes=self.line_taxes(), sku="", title="Engraving"))
        for number, kind in enumerate(("gift_card", "tip", "duty", "fee"), start=40):
            if self.has(kind) or (kind == "gift_card" and self.has("gift_card_product")):
                taxes = self.line_taxes() if kind in ("duty", "fee") else ()
                price = rnd.randint(1, 9_999) * self.unit
                lines.append(self.line(number, price, ONE, taxes=taxes, kind=kind, requires_shipping=False))
        return lines

    def discounted(self, lines):
        """An amount off the whole order, shared over the lines as platforms do."""
        amounts = [line.amount for line in lines]
        shares = split(rounded(sum(amounts) * self.rnd.randint(1, 60) / 100, self.digits), amounts, self.unit)
        return [
            self.line(
                line.external_id[1:],
                line.unit_price,
                line.quantity,
                discount=line.discount + share,
                taxes=[(tax.title, tax.rate, tax.included) for tax in line.taxes],
            )
            for line, share in zip(lines, shares, strict=True)
        ]

    def bundle(self):
        """The components of a bundle at their shares of its price: some cost nothing."""
        shares = split(self.rnd.randint(1, 99_999) * self.unit, [Decimal(3), Decimal(2), ZERO], self.unit)
        taxes = self.line_taxes()
        return [
            self.line(50 + number, price, ONE, taxes=taxes, properties=(("Bundle", "Set of mugs"),))
            for number, price in enumerate(shares)
        ]

    def shipping(self):
        if not (self.has("shipping") or self.has("taxed_shipping") or self.has("free_shipping")):
            return ()
        price = self.rnd.randint(0, 5_000) * self.unit
        free = self.has("free_shipping") or self.has("zero_total")
        discount = price if free else self.rnd.choice([ZERO, rounded(price / 3, self.digits)])
        taxes = self.taxes if self.has("taxed_shipping") else ()
        taxes = taxes_of(price - discount, taxes, self.digits, compound=self.compound)
        return (ShippingLine(external_id="S", title="Standard", price=price, discount=discount, taxes=taxes),)

    def payments(self, total):
        share = rounded(total / 3, self.digits)
        values = {"kind": "sale", "status": "success", "currency": self.currency, "processed_at": PLACED}
        return (
            Payment(external_id="P1", gateway="gift_card", amount=share, **values),
            Payment(external_id="P2", gateway="card", amount=total - share, **values),
        )

    def order(self, external_id):
        lines = self.lines()
        order = make_order(
            external_id,
            currency=self.currency,
            taxes_included=self.included,
            lines=tuple(lines),
            shipping_lines=self.shipping(),
            discounts=(Discount(title="SALE", code="SALE"),) if any(line.discount for line in lines) else (),
        )
        if order.total < 0:  # no invoice, but a credit note
            self.features.remove("credit_without_quantity")
            return self.order(external_id)
        if self.has("finer_than_the_currency"):
            order = replace(order, total=rounded(order.total, self.digits))
        if self.has("shop_currency"):
            order = replace(order, shop_currency="GBP")
        if self.has("taxed_as_a_whole") and not self.has("finer_than_the_currency"):
            order = self.taxed_as_a_whole(order)
        if self.has("gift_card_payment"):
            order = replace(order, payments=self.payments(order.total))
        return order

    def taxed_as_a_whole(self, order):
        """The tax total differs from the sum of the lines' taxes: the platform rounds over the whole order."""
        taxes = [
            tax for part in (*order.lines, *order.shipping_lines) for tax in part.taxes if tax.included is self.included
        ]
        count = sum(bool(tax.amount) for tax in taxes)
        whole = sum(order.tax_by_rate.values(), ZERO)
        if self.has("mixed_inclusion") or whole <= self.unit * count:
            return order
        difference = self.rnd.randint(-count, count) * self.unit
        total = order.total if self.included else order.total + difference
        return replace(order, tax_total=whole + difference, total=total)


def generate(rnd, external_id="1", features=(), without=()):
    """Return one canonical order that has `features` and what `rnd` adds, but nothing of `without`.

    It is consistent to the minor unit.
    """
    return OrderGenerator(rnd, features, without).order(external_id)


def order_documents(without=()):
    """Return the strategy of canonical orders without some features."""
    return st.randoms(use_true_random=False).map(lambda rnd: generate(rnd, without=without))
