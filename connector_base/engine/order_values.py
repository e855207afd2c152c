"""Canonical order -> exact amounts -> values of `sale.order.line`. Pure arithmetic, nothing of the database.

Everything is Decimal up to `line_values`, where Decimals become the floats Odoo stores.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ..canonical import UNSET

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Precision:
    """Digits that Odoo keeps: of the order's and the company's currency, of discounts (%) and of quantities."""

    currency: int
    company: int
    discount: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Terms:
    """In what an order's amounts are: the id of its currency, its rate per unit of the company's, the precision."""

    currency_id: int
    rate: float
    precision: Precision


class Price(NamedTuple):
    """Quantity, unit price and discount in percent, as they are stored on a line."""

    quantity: Decimal
    unit: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class TaxLeaf:
    """One Odoo tax that isn't a group: its id, its rate (to share an amount within a group) and how it compounds."""

    id: int
    rate: Decimal
    include_base_amount: bool = False
    is_base_affected: bool = True


@dataclass(frozen=True, slots=True)
class ResolvedTax:
    """What one tax of a document is in Odoo: the tax for the line, and the leaves its amount is written on."""

    id: int
    leaves: tuple[TaxLeaf, ...]


@dataclass(slots=True)
class LineAmounts:
    """Amounts of one line, in the order's currency.

    `shown` is the price times quantity less discount as the customer saw it (tax-included or not), `net` is without
    taxes, `taxes` stand in the order of the document's taxes.
    """

    shown: Decimal
    net: Decimal
    taxes: list[Decimal]

    @property
    def total(self):
        return self.net + sum(self.taxes, ZERO)


@dataclass(slots=True)
class OrderAmounts:
    """Amounts of an order: `lines` are those of `document.lines`, then of `document.shipping_lines`.

    `rounding` is the amount of the rounding line that makes the total the platform's, 0 when none is needed;
    `unexplained` is what the document's total differs by beyond what rounding explains.
    """

    lines: list[LineAmounts]
    rounding: Decimal
    unexplained: Decimal


def plan_amounts(document, digits):
    """Return the `OrderAmounts` of `document` in a currency of `digits` decimals.

    Amounts that are finer than the currency are rounded so that their sum stays the rounded sum. Where the platform
    rounds its taxes over the whole order, the stated `tax_total` differs from the sum of the lines' taxes: the
    difference, at most one minor unit per tax, is spread over the largest ones. What is then left of the total's
    difference goes to a rounding line under the same limit, else it is unexplained.
    """
    quantum = Decimal(1).scaleb(-digits)
    parts = (*document.lines, *document.shipping_lines)
    taxes = _rounded_taxes(parts, quantum)
    lines = []
    for part, shown, amounts in zip(
        parts, rounded_together([part.amount for part in parts], quantum), taxes, strict=True
    ):
        inside = (amount for tax, amount in zip(part.taxes, amounts, strict=True) if document.includes(tax))
        lines.append(LineAmounts(shown, shown - sum(inside, ZERO), amounts))
    limit = quantum * sum(len(line.taxes) for line in lines)
    if document.tax_total is not UNSET:
        _spread_tax_difference(document, parts, lines, quantum, limit)
    rest = _rest(document, lines, quantum)
    if abs(rest) <= limit:
        return OrderAmounts(lines, rest, ZERO)
    return OrderAmounts(lines, ZERO, rest)


def _rest(document, lines, quantum):
    return document.total.quantize(quantum, ROUND_HALF_UP) - sum((line.total for line in lines), ZERO)


def rounded_together(amounts, quantum):
    """Return `amounts` in whole `quantum`; those that were nearest to the other side make up for the rounded sum."""
    rounded = [amount.quantize(quantum, ROUND_HALF_UP) for amount in amounts]
    rest = sum(amounts, ZERO).quantize(quantum, ROUND_HALF_UP) - sum(rounded, ZERO)
    if rest:
        step = quantum.copy_sign(rest)
        order = sorted(range(len(amounts)), key=lambda index: (rounded[index] - amounts[index]) * step)
        for index in order[: int(abs(rest) / quantum)]:
            rounded[index] += step
    return rounded


def _rounded_taxes(parts, quantum):
    """Return per part of `parts` the list of its tax amounts, rounded together with those of the same tax."""
    places = {}
    for number, part in enumerate(parts):
        for index, tax in enumerate(part.taxes):
            places.setdefault((tax.title, tax.rate, tax.included), []).append((number, index, tax.amount))
    amounts = [[ZERO] * len(part.taxes) for part in parts]
    for same in places.values():
        rounded = rounded_together([amount for _number, _index, amount in same], quantum)
        for (number, index, _amount), value in zip(same, rounded, strict=True):
            amounts[number][index] = value
    return amounts


def _spread_tax_difference(document, parts, lines, quantum, limit):
    taxes_sum = sum((amount for line in lines for amount in line.taxes), ZERO)
    difference = document.tax_total.quantize(quantum, ROUND_HALF_UP) - taxes_sum
    if not difference or abs(difference) > limit:
        return
    places = [
        (line, index, document.includes(tax))
        for part, line in zip(parts, lines, strict=True)
        for index, tax in enumerate(part.taxes)
        if line.taxes[index]
    ]
    places.sort(key=lambda place: abs(place[0].taxes[place[1]]), reverse=True)
    count = int(abs(difference) / quantum)
    if count > len(places):
        return
    places, step = places[:count], quantum.copy_sign(difference)
    added = step * sum(not included for _line, _index, included in places)
    if added and added != _rest(document, lines, quantum):
        return  # the stated tax disagrees with the stated total too: no reason to believe it more than the lines
    for line, index, included in places:
        line.taxes[index] += step
        if included:
            line.net -= step


def line_values(part, amounts, taxes, *, untaxed, quantity, unit_price, terms, key):
    """Return (values of price, tax and amounts for `sale.order.line`, (subtotal, total) Odoo will show).

    :param part: the canonical line; its `discount` is shown in percent
    :param LineAmounts amounts: its amounts
    :param taxes: per tax of the document its `ResolvedTax`, or None when it has none (left off)
    :param untaxed: the `ResolvedTax` of 0 % for a line without taxes whose discount no percentage gives, or None
    :param Decimal quantity: as stored on the line
    :param Decimal unit_price: as shown to the customer
    :param key: a text that is unique in the order
    """
    if not quantity and amounts.shown:  # Odoo multiplies and invoices quantities: one piece of what is left
        price = Price(Decimal(1), amounts.shown, ZERO)
    else:
        gross = unit_price * quantity
        quantum = Decimal(1).scaleb(-terms.precision.discount)
        price = Price(quantity, unit_price, (part.discount / gross * HUNDRED).quantize(quantum) if gross else ZERO)
    known = [(tax, amount) for tax, amount in zip(taxes, amounts.taxes, strict=True) if tax]
    if not known and untaxed and part.discount and _rounded(price, terms) != amounts.shown:
        known = [(untaxed, ZERO)]
    if not known:
        price, data = _untaxed(price, amounts.shown, terms, key)
        shown = (amounts.shown, amounts.shown)
    else:
        data = _manual_amounts(known, amounts.net, price, terms, key)
        shown = (amounts.net, amounts.net + sum((amount for _tax, amount in known), ZERO))
    values = {
        "product_uom_qty": float(price.quantity),
        "price_unit": float(price.unit),
        "discount": float(price.discount),
        "tax_ids": [(6, 0, list(dict.fromkeys(tax.id for tax, _amount in known)))],
        "extra_tax_data": data,
    }
    return values, shown


def _exact(price):
    return price.unit * price.quantity * (HUNDRED - price.discount) / HUNDRED


def _rounded(price, terms):
    return _exact(price).quantize(Decimal(1).scaleb(-terms.precision.currency), ROUND_HALF_UP)


def _untaxed(price, amount, terms, key):
    """Return the price that gives `amount`, and `extra_tax_data`: Odoo ignores given amounts on lines without taxes."""
    if _rounded(price, terms) != amount and price.quantity:
        price = Price(price.quantity, amount / price.quantity, ZERO)
    return price, own_rounding(key) if _exact(price) != amount else False


def own_rounding(key):
    """Return `extra_tax_data` of a line that is rounded for itself.

    Rounding over all lines of the order would move a cent to or from its neighbours.
    """
    return {"computation_key": f"line,{key}"}


def _manual_amounts(known, net, price, terms, key):
    """Return `extra_tax_data` with all four amounts per tax.

    The company's amounts must be there too: derived ones are wrong with several price-included taxes in Odoo 19.0.
    """
    amounts = {}
    for tax, amount in known:
        for leaf, share in _share(tax, amount, terms.precision.currency):
            before = amounts.get(leaf.id)
            amounts[leaf.id] = (leaf, share + before[1] if before else share)
    return {
        **own_rounding(key),  # for the time when its quantity is changed and Odoo computes it
        "currency_id": terms.currency_id,
        # the same values as on the line: Odoo ignores the amounts when they differ
        "price_unit": float(price.unit),
        "discount": float(price.discount),
        "quantity": float(price.quantity),
        **given_amounts(amounts.values(), net, rate=terms.rate, company_digits=terms.precision.company),
    }


def given_amounts(amounts, net, *, rate, company_digits):
    """Return the part of `extra_tax_data` that gives a line's amounts, in its currency and in the company's.

    :param amounts: (leaf, its amount) per tax, in the order in which they compound
    :param Decimal net: the line without taxes
    :param float rate: units of the currency per unit of the company's
    """

    def company_amount(amount):
        return amount if rate == 1.0 else round(amount / rate, company_digits)

    manual, preceding = {}, ZERO
    for leaf, amount in amounts:
        base = net + preceding if leaf.is_base_affected else net
        if leaf.include_base_amount:
            preceding += amount
        tax_amount, base_amount = float(amount), float(base)
        manual[str(leaf.id)] = {
            "tax_amount_currency": tax_amount,
            "tax_amount": company_amount(tax_amount),
            "base_amount_currency": base_amount,
            "base_amount": company_amount(base_amount),
        }
    net = float(net)
    return {
        "rate": rate,
        "manual_total_excluded_currency": net,
        "manual_total_excluded": company_amount(net),
        "manual_tax_amounts": manual,
    }


def _share(tax, amount, digits):
    """Return (leaf, its part of `amount`) pairs: in proportion to the rates."""
    return zip(tax.leaves, split(amount, [leaf.rate for leaf in tax.leaves], digits), strict=True)


def split(amount, weights, digits):
    """Split `amount` over `weights`, rounded half up; the last of weight (of all, if none has) takes what is left."""
    if len(weights) == 1:
        return [amount]
    quantum = Decimal(1).scaleb(-digits)
    whole = sum(weights, ZERO)
    last = max((index for index, weight in enumerate(weights) if weight), default=len(weights) - 1)
    parts, rest = [], amount
    for index, weight in enumerate(weights):
        part = rest if index == last else (amount * weight / whole).quantize(quantum, ROUND_HALF_UP) if weight else ZERO
        parts.append(part)
        rest -= part
    return parts


def share_of(amount, done, quantity, total, *, digits, given=None):
    """Return what `quantity` of `total` has of float `amount`, `done` having got theirs already.

    It is what is due up to `done + quantity` less what is due up to `done`, both rounded: whatever the steps, they add
    up to the whole. `given` is what `done` have really got, where credit notes make that another sum.
    """
    due = round(amount * (done + quantity) / total, digits)
    before = round(amount * done / total, digits) if given is None else given
    return round(due - before, digits)


def scaled_tax_data(data, done, quantity, total, *, currency_digits, company_digits, given=None):
    """Return `extra_tax_data` of an invoice line for `quantity` of `total`, `done` being invoiced already.

    :param dict given: the sums of the amounts invoiced and credited already (see `sum_of_tax_data`), if known
    """
    given = given or {}

    def scaled(amounts, taken, names):
        return {
            name: share_of(
                amounts[name],
                done,
                quantity,
                total,
                digits=currency_digits if name.endswith("_currency") else company_digits,
                given=taken.get(name),
            )
            for name in names
        }

    taken = given.get("manual_tax_amounts", {})
    return {
        **data,
        "quantity": quantity,
        **scaled(data, given, ("manual_total_excluded_currency", "manual_total_excluded")),
        "manual_tax_amounts": {
            tax_id: scaled(amounts, taken.get(tax_id, {}), amounts)
            for tax_id, amounts in data["manual_tax_amounts"].items()
        },
    }


def sum_of_tax_data(signed):
    """Return the sum of the amounts in `signed`, pairs of (1 or -1, `extra_tax_data` with given amounts)."""
    totals = {"manual_total_excluded_currency": 0.0, "manual_total_excluded": 0.0, "manual_tax_amounts": {}}
    for sign, data in signed:
        for name in ("manual_total_excluded_currency", "manual_total_excluded"):
            totals[name] += sign * data[name]
        for tax_id, amounts in data["manual_tax_amounts"].items():
            taken = totals["manual_tax_amounts"].setdefault(tax_id, {})
            for name, amount in amounts.items():
                taken[name] = taken.get(name, 0.0) + sign * amount
    return totals
