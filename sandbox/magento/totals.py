"""What an order costs, as Magento adds it up: prices with or without tax, discounts, taxes, fixed taxes, shipping.

Everything is reckoned twice, in the base currency and in the customer's, each from its own rounded prices:
``Magento\\Quote\\Model\\Quote\\Address\\Total``, ``Magento\\Tax\\Model\\Calculation\\AbstractCalculator`` and its three
algorithms. Settings: https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/site-store/taxes/tax-settings
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from .money import ZERO, Rounder, cents, dec

HUNDRED = Decimal(100)
#: Deltas of tax start with it, so that half a cent is always rounded up.
TINY = Decimal("0.000001")


@dataclass(frozen=True)
class Tax:
    """Rates of one priority: they are added, and the priorities before them are part of what they tax."""

    key: str
    #: Of the price: what a compound rate comes to.
    percent: Decimal
    #: (code, title, percent) each.
    rates: tuple[tuple[str, str, Decimal], ...]


@dataclass(frozen=True)
class Rules:
    """A shop's settings that matter."""

    algorithm: str
    prices_include: bool
    shipping_includes: bool
    discount_includes: bool
    after_discount: bool

    @classmethod
    def of(cls, config: dict) -> "Rules":
        include = config["prices_include_tax"]

        def own(name: str) -> bool:
            return include if config[name] is None else bool(config[name])

        return cls(
            config["tax_algorithm"],
            include,
            own("shipping_includes_tax"),
            own("discount_tax"),
            config["tax_after_discount"],
        )


@dataclass(frozen=True)
class Row:
    """What is charged: a unit price in one currency, how many, its taxes, and the discounts on it."""

    price: Decimal
    quantity: Decimal
    taxes: tuple[Tax, ...] = ()
    #: Of this row alone.
    percent: Decimal = ZERO
    amount: Decimal = ZERO
    #: Fixed product taxes: (title, amount of a unit without tax, whether it is taxed).
    fixed: tuple[tuple[str, Decimal, bool], ...] = ()


@dataclass(frozen=True)
class Discount:
    """A discount on the whole order; ``shipping``: on what its delivery costs too."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    shipping: bool = False


@dataclass(frozen=True)
class Charge:
    """A row with its amounts."""

    price: Decimal
    price_incl_tax: Decimal
    row: Decimal
    row_incl_tax: Decimal
    tax: Decimal
    compensation: Decimal
    percent: Decimal
    applied: tuple[tuple[Tax, Decimal], ...]
    discount: Decimal = ZERO
    #: (title, unit, unit with tax, row, row with tax, what is taxed of it by which tax).
    fixed: tuple[tuple, ...] = ()

    @property
    def net(self) -> Decimal:
        """What is owed for the row without tax."""
        return self.row - self.discount + self.compensation


@dataclass(frozen=True)
class Sum:
    rows: list[Charge]
    shipping: Charge
    fixed: Decimal = field(init=False)
    fixed_tax: Decimal = field(init=False)

    def __post_init__(self):
        entries = [entry for row in self.rows for entry in row.fixed]
        object.__setattr__(self, "fixed", sum((entry[3] for entry in entries), ZERO))
        object.__setattr__(self, "fixed_tax", sum((entry[4] - entry[3] for entry in entries), ZERO))

    def of(self, name: str) -> Decimal:
        """The sum of all rows, without shipping."""
        return sum((getattr(row, name) for row in self.rows), ZERO)

    @property
    def tax(self) -> Decimal:
        return self.of("tax") + self.shipping.tax + self.fixed_tax

    @property
    def discount(self) -> Decimal:
        return self.of("discount") + self.shipping.discount

    @property
    def total(self) -> Decimal:
        return self.of("net") + self.shipping.net + self.fixed + self.tax


class Calculator:
    """One run over the rows of an order: it carries what rounding cuts off from row to row (algorithm ``total``)."""

    def __init__(self, rules: Rules):
        self._rules, self._rounder = rules, Rounder(TINY)

    def charge(self, row: Row, discount: Decimal, included: bool) -> Charge:
        price, quantity = cents(row.price), row.quantity
        if self._rules.algorithm == "unit":
            part = self._of_unit(price, quantity, row.taxes, discount, included)
        else:
            part = self._of_row(price, quantity, row.taxes, discount, included)
        return replace(part, percent=sum((tax.percent for tax in row.taxes), ZERO), discount=discount)

    def _of_unit(self, price, quantity, taxes, discount, included) -> Charge:
        before, after, parts = self._taxes(price, discount / quantity, taxes, included, cents)
        applied = tuple((tax, cents(amount * quantity)) for tax, amount in parts)
        net, gross = (price - before, price) if included else (price, price + before)
        tax, row, row_gross = (cents(amount * quantity) for amount in (after, net, gross))
        compensation = cents((before - after) * quantity) if included else ZERO
        return Charge(net, gross, row, row_gross, tax, compensation, ZERO, applied)

    def _of_row(self, price, quantity, taxes, discount, included) -> Charge:
        total = cents(price * quantity)
        rounded = self._rounder.round if self._rules.algorithm == "total" else cents
        before, after, applied = self._taxes(total, discount, taxes, included, rounded)
        if included:
            row = total - before
            return Charge(cents(row / quantity), price, row, total, after, before - after, ZERO, applied)
        return Charge(price, cents((total + before) / quantity), total, total + before, after, ZERO, ZERO, applied)

    def _taxes(self, amount, discount, taxes, included, rounded):
        """(tax before the discount, tax that is charged, the latter by its taxes) of an amount."""
        carries = rounded is not cents

        def one(part: Decimal, percent: Decimal, *kind) -> Decimal:
            tax = part * percent / (HUNDRED + percent) if included else part * percent / HUNDRED
            return rounded(tax, kind) if carries else cents(tax)

        taxable = max(amount - discount, ZERO) if self._rules.after_discount else amount
        early = "before" if self._rules.after_discount else "regular"
        if included:
            percent = sum((tax.percent for tax in taxes), ZERO)
            before = one(amount, percent, early, percent)
            after = one(taxable, percent, "regular", percent) if taxable != amount else before
            return before, after, tuple(_split(after, taxes, percent))
        parts = tuple((tax, one(amount, tax.percent, early, tax.key)) for tax in taxes)
        before = sum((part for _, part in parts), ZERO)
        if self._rules.after_discount:
            parts = tuple((tax, one(taxable, tax.percent, "regular", tax.key)) for tax in taxes)
        return before, sum((part for _, part in parts), ZERO), parts


def _split(amount: Decimal, taxes: tuple[Tax, ...], percent: Decimal):
    """A tax that is in the price, by its taxes; the last one gets what rounding leaves."""
    left = amount
    for number, tax in enumerate(taxes, 1):
        part = left if number == len(taxes) else cents(amount / percent * tax.percent)
        left -= part
        yield tax, part


def reckon(rules: Rules, rows: list[Row], discount: Discount, shipping: Row) -> Sum:
    """All amounts of an order in one currency."""
    plain = Calculator(rules)
    first = [plain.charge(row, ZERO, rules.prices_include) for row in rows]
    discounts = _discounts(rules, rows, first, discount)
    final = Calculator(rules)
    charges = [
        replace(final.charge(row, amount, rules.prices_include), fixed=tuple(_fixed(row)))
        for row, amount in zip(rows, discounts, strict=True)
    ]
    return Sum(charges, _shipping(rules, shipping, discount))


def _discounts(rules: Rules, rows: list[Row], first: list[Charge], discount: Discount) -> list[Decimal]:
    """The discount of each row: its own, then its share of the order's."""
    worth = [charge.row_incl_tax if rules.discount_includes else charge.row for charge in first]
    own = [
        min(cents(gross * row.percent / HUNDRED) + row.amount, gross) for row, gross in zip(rows, worth, strict=True)
    ]
    left = [gross - amount for gross, amount in zip(worth, own, strict=True)]
    whole, rounder = sum(left, ZERO), Rounder()
    percent = discount.percent / HUNDRED
    if discount.amount and whole:
        percent = min(discount.amount / whole, Decimal(1))
    shares = [min(rounder.round(amount * percent), amount) for amount in left]
    return [amount + share for amount, share in zip(own, shares, strict=True)]


def _shipping(rules: Rules, row: Row, discount: Discount) -> Charge:
    charge = Calculator(rules).charge(row, ZERO, rules.shipping_includes)
    if not (discount.shipping and discount.percent):
        return charge
    worth = charge.row_incl_tax if rules.discount_includes else charge.row
    return Calculator(rules).charge(row, cents(worth * discount.percent / HUNDRED), rules.shipping_includes)


def _fixed(row: Row):
    for title, amount, taxed in row.fixed:
        unit, total = cents(amount), cents(amount) * row.quantity
        parts = tuple((tax, cents(total * tax.percent / HUNDRED)) for tax in row.taxes) if taxed else ()
        tax = sum((part for _, part in parts), ZERO)
        yield title, unit, unit + cents(tax / row.quantity), total, total + tax, parts


def taxes_for(config: dict, tax_class: int, country: str | None, region: str | None) -> tuple[Tax, ...]:
    """The taxes on a class of products at a place, of the settings' ``taxes``: dicts of code, percent, country, and
    where they are not for all or do not come first, of title, region, classes and priority."""
    found: dict[int, list] = {}
    for entry in config["taxes"]:
        fits = entry.get("country") in (None, "*", country) and entry.get("region") in (None, "*", region)
        if fits and tax_class in entry.get("classes", (2,)):
            rate = (entry["code"], entry.get("title") or entry["code"], dec(entry["percent"]))
            found.setdefault(int(entry.get("priority", 0)), []).append(rate)
    return compound(found[priority] for priority in sorted(found))


def compound(groups) -> tuple[Tax, ...]:
    """Groups of rates, each taxing what the groups before it came to."""
    result, total = [], HUNDRED
    for rates in groups:
        percent = total * sum((rate[2] for rate in rates), ZERO) / HUNDRED
        result.append(Tax("".join(rate[0] for rate in rates), percent, tuple(rates)))
        total += percent
    return tuple(tax for tax in result if tax.percent)
