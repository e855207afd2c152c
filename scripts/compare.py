"""Every order of a shop's own books against what Odoo shows of it. Knows nothing of how the addons work.

Amounts are compared exactly, in the currency the customer paid, at that currency's smallest unit. The books state of an
order: id, name, currency, total, tax_total, shipping_total, taxes_included (whether other amounts are), cancelled,
test, lines, shipping, shipments and refunds; some shops' books state tax_by_rate, discount_total and tip too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from .rpc import Rpc

ORDER_FIELDS = [
    "name",
    "state",
    "currency_id",
    "amount_total",
    "amount_tax",
    "tax_totals",
    "integration_external_id",
    "integration_hold_reason",
]
LINE_FIELDS = [
    "order_id",
    "integration_external_id",
    "integration_kind",
    "product_uom_qty",
    "price_unit",
    "price_subtotal",
    "price_total",
    "price_tax",
]
SHOP_KINDS = ("product", "gift_card")


@dataclass
class Result:
    """What a comparison found; `problems` has a readable text per order that is not right."""

    in_shop: int = 0
    in_odoo: int = 0
    held: int = 0
    missing: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """How many orders are there and disagree, are there twice, or should not be there."""
        return len(self.problems) + len(self.duplicates) + len(self.unexpected)

    @property
    def green(self) -> bool:
        """Whether each order is there once, and agrees."""
        return not (self.wrong or self.missing)

    def lines(self) -> list[str]:
        """Return what is wrong, one line per finding."""
        return [
            *(f"{name}: not in Odoo" for name in self.missing),
            *(f"{name}: in Odoo more than once" for name in self.duplicates),
            *(f"{name}: in Odoo, but not in the shop" for name in self.unexpected),
            *(f"{name}: {'; '.join(texts)}" for name, texts in self.problems.items()),
        ]


class Differences:
    """Collects what differs in one order."""

    def __init__(self, places: int):
        self.unit = Decimal(1).scaleb(-places)
        self.found: list[str] = []

    def money(self, value: object) -> Decimal:
        """Return an amount at the currency's smallest unit; a float is taken as the decimal number it shows."""
        return Decimal(str(value)).quantize(self.unit, ROUND_HALF_UP)

    def amount(self, label: str, shop: object, odoo: object) -> None:
        """Note two amounts that are not the same."""
        if self.money(shop) != self.money(odoo):
            self.found.append(f"{label} {self.money(shop)} in the shop, {self.money(odoo)} in Odoo")

    def same(self, label: str, shop: object, odoo: object) -> None:
        """Note two values that are not the same."""
        if shop != odoo:
            self.found.append(f"{label} {shop} in the shop, {odoo} in Odoo")


def total_of(amounts: Iterable[object]) -> Decimal:
    """Add decimal texts or floats up exactly."""
    return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))


def compare_line(
    note: Differences, label: str, entry: dict, line: dict, *, quantity: object, taxes_included: bool
) -> None:
    """Compare one line with what the shop states of it: unit_price, gross, discount, net and taxes."""
    net = line["price_total"] if taxes_included else line["price_subtotal"]
    quantity_in_odoo = Decimal(str(line["product_uom_qty"]))
    note.same(f"{label}: quantity", Decimal(str(quantity)).normalize() + 0, quantity_in_odoo.normalize() + 0)
    gross = quantity_in_odoo * Decimal(str(line["price_unit"]))
    in_odoo = {
        "unit price": line["price_unit"],
        "gross": gross,
        "discount": note.money(gross) - note.money(net),
        "net": net,
    }
    for what, amount in in_odoo.items():
        if (key := what.replace(" ", "_")) in entry:
            note.amount(f"{label}: {what}", entry[key], amount)
    note.amount(f"{label}: tax", total_of(tax["amount"] for tax in entry["taxes"]), line["price_tax"])


def compare_lines(note: Differences, entry: dict, lines: list[dict]) -> None:
    """Compare what was bought and what was shipped, line by line."""
    by_id = {(line["integration_kind"], line["integration_external_id"]): line for line in lines}
    expected = {bought["id"]: (bought["quantity"], bought, SHOP_KINDS) for bought in entry["lines"]}
    expected |= {shipped["id"]: (1, shipped, ("shipping",)) for shipped in entry["shipping"]}
    seen = set()
    for external_id, (quantity, amounts, kinds) in expected.items():
        key = next(((kind, external_id) for kind in kinds if (kind, external_id) in by_id), None)
        label = amounts.get("sku") or amounts["title"]
        if key is None:
            note.found.append(f"{label}: no such line in Odoo")
            continue
        seen.add(key)
        compare_line(note, label, amounts, by_id[key], quantity=quantity, taxes_included=entry["taxes_included"])
    for key in by_id.keys() - seen:
        # what is sent for nothing is a line in Odoo, and need not be one in the books
        if key[0] in SHOP_KINDS or (key[0] == "shipping" and by_id[key]["price_total"]):
            note.found.append(f"line {key[1]} ({key[0]}) is in Odoo, but not in the shop")


def odoo_tax_by_rate(tax_totals: dict, rates: dict[int, float]) -> dict[Decimal, Decimal]:
    """Add up Odoo's own tax totals per rate (a fraction: 0.2 for 20 %; -1 for what mixes several rates).

    :param rates: percentage of each tax
    """
    totals: dict[Decimal, Decimal] = defaultdict(Decimal)
    for subtotal in tax_totals["subtotals"]:
        for group in subtotal["tax_groups"]:
            of_group = {Decimal(str(rates[tax])) / 100 for tax in group["involved_tax_ids"]}
            rate = of_group.pop().normalize() if len(of_group) == 1 else Decimal(-1)
            totals[rate] += Decimal(str(group["tax_amount_currency"]))
    return totals


def compare_sums(note: Differences, entry: dict, order: dict, lines: list[dict], rates: dict[int, float]) -> None:
    """Compare what the lines of an order add up to, as far as the books state it: taxes by rate, shipping ..."""
    if "tax_by_rate" in entry:
        in_odoo = odoo_tax_by_rate(order["tax_totals"], rates) if order["tax_totals"] else {}
        in_shop = {Decimal(rate).normalize(): amount for rate, amount in entry["tax_by_rate"].items()}
        for rate in sorted(in_odoo.keys() | in_shop.keys()):
            note.amount(f"tax at {(rate * 100).normalize():f} %", in_shop.get(rate, 0), in_odoo.get(rate, 0))
    net = "price_total" if entry["taxes_included"] else "price_subtotal"
    shipping = [line for line in lines if line["integration_kind"] == "shipping"]
    note.amount("shipping", entry["shipping_total"], total_of(line[net] for line in shipping))
    if "discount_total" in entry:
        discounts = total_of(
            note.money(Decimal(str(line["product_uom_qty"])) * Decimal(str(line["price_unit"]))) - note.money(line[net])
            for line in lines
            if line["integration_kind"] in (*SHOP_KINDS, "shipping")
        )
        note.amount("discounts", entry["discount_total"], discounts)
    tips = total_of(line["price_total"] for line in lines if line["integration_kind"] == "tip")
    note.amount("tip", entry.get("tip", "0"), tips)


def compare_order(entry: dict, order: dict, lines: list[dict], rates: dict[int, float], places: int) -> list[str]:
    """Return what differs between an order of the ledger and the same order in Odoo."""
    note = Differences(places)
    note.same("currency", entry["currency"], order["currency_id"][1])
    compare_lines(note, entry, lines)
    compare_sums(note, entry, order, lines, rates)
    note.amount("tax", entry["tax_total"], order["amount_tax"])
    note.amount("total", entry["total"], order["amount_total"])
    note.same("cancelled", entry["cancelled"], order["state"] == "cancel")
    return note.found


def compare(ledger: list[dict], rpc: Rpc, backend_id: int) -> Result:
    """Compare all orders of a shop (but test orders, where the channel skips them) with what Odoo says over RPC."""
    skips_tests = rpc.call("integration.backend", "read", [backend_id], ["skip_test_orders"])[0]["skip_test_orders"]
    expected = {entry["id"]: entry for entry in ledger if not (skips_tests and entry["test"])}
    bindings = rpc.search_read(
        "integration.binding.order", [("backend_id", "=", backend_id)], ["external_id", "odoo_id"]
    )
    order_ids = [binding["odoo_id"][0] for binding in bindings if binding["odoo_id"]]
    orders = {}
    for start in range(0, len(order_ids), 200):
        for order in rpc.call("sale.order", "read", order_ids[start : start + 200], ORDER_FIELDS):
            orders[order["id"]] = order
    lines = defaultdict(list)
    domain = [("order_id.integration_backend_id", "=", backend_id), ("display_type", "=", False)]
    for line in rpc.search_read("sale.order.line", domain, LINE_FIELDS):
        lines[line["order_id"][0]].append(line)
    rates = {
        tax["id"]: tax["amount"]
        for tax in rpc.search_read("account.tax", [("active", "in", [True, False])], ["amount"])
    }
    places = {
        currency["name"]: currency["decimal_places"]
        for currency in rpc.search_read("res.currency", [], ["name", "decimal_places"])
    }
    # Orders are counted by the order's own field too: two orders behind one binding would be a duplicate as well.
    copies = Counter(
        row["integration_external_id"]
        for row in rpc.search_read(
            "sale.order", [("integration_backend_id", "=", backend_id)], ["integration_external_id"]
        )
    )
    result = Result(in_shop=len(expected), in_odoo=sum(copies.values()))
    by_id = {binding["external_id"]: orders[binding["odoo_id"][0]] for binding in bindings if binding["odoo_id"]}
    for external_id, entry in expected.items():
        order = by_id.get(external_id)
        if order is None:
            result.missing.append(entry["name"])
            continue
        if copies[external_id] > 1:
            result.duplicates.append(entry["name"])
        if order["integration_hold_reason"]:
            result.held += 1
        found = compare_order(entry, order, lines[order["id"]], rates, places.get(entry["currency"], 2))
        if found:
            result.problems[entry["name"]] = found
    result.unexpected = [f"order {external_id}" for external_id in copies.keys() - expected.keys()]
    return result


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table: texts to the left, numbers to the right."""
    widths = [max(len(str(row[column])) for row in (headings, *rows)) for column in range(len(headings))]

    def line(row: Sequence[object]) -> str:
        cells = zip(row, widths, strict=True)
        texts = (
            str(value).ljust(width) if isinstance(value, str) else str(value).rjust(width) for value, width in cells
        )
        return " | ".join(texts).rstrip()

    return "\n".join([line(headings), "-+-".join("-" * width for width in widths), *map(line, rows)])
