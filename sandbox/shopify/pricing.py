"""What an order costs: discounts shared over lines, taxes per line and rate, totals. Integers in minor units.

Works in the currency the customer pays. The input is an order document with ``lines``, ``shipping``, ``discounts``
and tax ``rates``; every call computes all figures anew, so that an edited order is priced like a new one.

Rules: a tax is rounded half up per line and per rate; a price that includes taxes holds
``net * rate / (1 + sum of rates)`` of each; a discount on the whole order is shared over the lines in proportion to
what earlier discounts left of them, by largest remainder.
"""

from fractions import Fraction

from .money import half_up, share_out, to_minor


def price(order: dict) -> None:
    """Write ``allocations``, ``taxes`` into lines and shipping lines of ``order`` and ``totals`` into it."""
    lines, shipping = order["lines"], order["shipping"]
    for line in (*lines, *shipping):
        line["allocations"] = []
    for index, discount in enumerate(order["discounts"]):
        if discount["target_type"] == "shipping_line":
            _allocate(index, discount, shipping, order["currency"])
        elif discount["target_selection"] == "all":
            _allocate(index, discount, [line for line in lines if not line["tip"]], order["currency"])
        else:
            _allocate(index, discount, [line for line in lines if line["id"] in discount["lines"]], order["currency"])
    rates = [] if order["tax_exempt"] else order["rates"]
    for line in lines:
        line["taxes"] = _taxes(net(line), rates if line["taxable"] else [], order["taxes_included"])
    for line in shipping:
        line["taxes"] = _taxes(net(line), rates if order["tax_shipping"] else [], order["taxes_included"])
    order["totals"] = totals(order)


def gross(line: dict) -> int:
    """Price before discounts: of an order line all its units, of a shipping line its price."""
    return line["unit"] * line["quantity"] if "unit" in line else line["price"]


def discount_of(line: dict) -> int:
    return sum(allocation["amount"] for allocation in line["allocations"])


def net(line: dict) -> int:
    """Price after every discount; holds the taxes if the order's prices include them."""
    return gross(line) - discount_of(line)


def tax_of(line: dict) -> int:
    return sum(tax["amount"] for tax in line["taxes"])


def _allocate(index: int, discount: dict, targets: list[dict], currency: str) -> None:
    """Add one discount's allocations to its targets."""
    bases = [net(line) for line in targets]
    if discount["value_type"] == "percentage":
        if discount["target_selection"] == "all" and discount["target_type"] == "line_item":
            amounts = share_out(half_up(Fraction(discount["value"]) * sum(bases) / 100), bases)
        else:
            amounts = [half_up(Fraction(discount["value"]) * base / 100) for base in bases]
    else:
        amounts = share_out(min(to_minor(discount["value"], currency), sum(bases)), bases)
    for line, amount in zip(targets, amounts, strict=True):
        if amount:
            line["allocations"].append({"discount": index, "amount": amount})


def _taxes(base: int, rates: list[dict], included: bool) -> list[dict]:
    """One entry per rate, also when it comes to nothing. ``rates``: ``[{"title", "rate" as decimal text}]``."""
    divisor = 1 + sum(Fraction(rate["rate"]) for rate in rates) if included else 1
    return [{**rate, "amount": half_up(base * Fraction(rate["rate"]) / divisor)} for rate in rates]


def tax_lines(lines) -> list[dict]:
    """Taxes of several lines, summed by title and rate."""
    summed: dict[tuple[str, str], dict] = {}
    for line in lines:
        for tax in line["taxes"]:
            entry = summed.setdefault((tax["title"], tax["rate"]), {**tax, "amount": 0})
            entry["amount"] += tax["amount"]
    return list(summed.values())


def totals(order: dict) -> dict:
    """All totals before refunds, in minor units; ``shipping`` is before, ``shipping_net`` after its discounts."""
    goods = [line for line in order["lines"] if not line["tip"]]
    tip = sum(gross(line) for line in order["lines"] if line["tip"])
    shipping = [line for line in order["shipping"] if not line["removed"]]
    subtotal, tax = sum(map(net, goods)), sum(map(tax_of, (*goods, *shipping)))
    shipping_net = sum(map(net, shipping))
    return {
        "gross": sum(map(gross, goods)),
        "subtotal": subtotal,
        "discount": sum(map(discount_of, (*goods, *shipping))),
        "shipping": sum(map(gross, shipping)),
        "shipping_net": shipping_net,
        "tax": tax,
        "tip": tip,
        "total": subtotal + shipping_net + tip + (0 if order["taxes_included"] else tax),
    }


def part_of(line: dict, before: int, quantity: int) -> tuple[int, list[int]]:
    """Price and taxes of ``quantity`` units when ``before`` units were given back already; parts sum to the whole."""

    def slice_of(amount: int) -> int:
        whole = line["quantity"]
        return half_up(Fraction(amount * (before + quantity), whole)) - half_up(Fraction(amount * before, whole))

    return slice_of(net(line)), [slice_of(tax["amount"]) for tax in line["taxes"]]
