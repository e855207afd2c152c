"""What both shapes of an order have in common once their fields are read: tips, edited-out units, discounts that
stand only in the order's total, guests."""

import dataclasses
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from urllib.parse import parse_qsl, urlsplit

from odoo.addons.connector_base.canonical import (
    FINANCIAL_STATUSES,
    UNSET,
    Address,
    Campaign,
    Customer,
    Order,
    OrderLine,
    Refund,
    RefundLine,
    minor_units,
)

from . import const

ZERO = Decimal(0)
UTM_NAMES = ("source", "medium", "campaign", "content", "term")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """An order line and what only the rules below need to know of it.

    :param is_tip: the payload says that the line is a tip
    :param unshipped: nothing of the line was fulfilled yet
    """

    line: OrderLine
    is_tip: bool = False
    unshipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """A refund and the restock type of each of its lines (`cancel`, `return`, `no_restock`, `legacy_restock`)."""

    refund: Refund
    restock_types: tuple[str, ...]


def build_order(*, lines, refunds, tip, **values):
    """Return the canonical Order.

    :param list[LineFacts] lines: goods, tips, duties and fees as ordered, without those of quantity 0
    :param list[RefundFacts] refunds:
    :param Decimal tip: all tips of the order
    :param values: the other fields of `Order`
    """
    # Pages of a connection overlap when it changes while being read.
    lines = list({facts.line.external_id: facts for facts in lines}.values())
    values["shipping_lines"] = _distinct(values["shipping_lines"])
    lines = _with_tips(lines, tip)
    lines = _with_unallocated_discount(lines, values)
    if not values["cancelled_at"]:
        lines, refunds, values = _without_removed_units(lines, refunds, values)
    return Order(lines=tuple(facts.line for facts in lines), refunds=tuple(facts.refund for facts in refunds), **values)


def _distinct(shipping_lines):
    """Return the lines without those whose id is stated twice; a line may have no id."""
    known, result = set(), []
    for line in shipping_lines:
        if not line.external_id or line.external_id not in known:
            known.add(line.external_id)
            result.append(line)
    return tuple(result)


# === TIPS === #


def _with_tips(lines, tip):
    """Mark the lines that are tips, and add what no line stands for.

    Tips are lines of the order since 2020; REST marks them, GraphQL does not: there it is a line without product,
    taxes and shipping whose amount is the order's tip.
    """
    left = tip - sum((facts.line.amount for facts in lines if facts.is_tip), ZERO)
    result = []
    for facts in lines:
        is_tip = facts.is_tip
        if not is_tip and left > 0 and facts.line.amount == left and _looks_like_tip(facts.line):
            is_tip, left = True, ZERO
        line = dataclasses.replace(facts.line, kind="tip") if is_tip else facts.line
        result.append(dataclasses.replace(facts, line=line))
    if left > 0:
        added = OrderLine(
            external_id="tip", title="Tip", quantity=Decimal(1), unit_price=left, kind="tip", requires_shipping=False
        )
        result.append(LineFacts(line=added, is_tip=True))
    return result


def _looks_like_tip(line):
    return (
        line.kind == "product"
        and not line.product_external_id
        and not line.requires_shipping
        and not line.taxes
        and line.title.lower().startswith("tip")
    )


# === DISCOUNTS === #


def _with_unallocated_discount(lines, values):
    """Share a discount that stands only in the order's total (payloads of before 2019) over the goods, by amount."""
    total = values["discount_total"]
    if not total or any(part.discount for part in (*(facts.line for facts in lines), *values["shipping_lines"])):
        return lines
    goods = {facts.line.external_id: facts.line.gross for facts in lines if facts.line.kind in ("product", "gift_card")}
    shares = dict(zip(goods, share(total, list(goods.values()), values["currency"]), strict=True))
    return [
        dataclasses.replace(
            facts, line=dataclasses.replace(facts.line, discount=shares.get(facts.line.external_id, ZERO))
        )
        for facts in lines
    ]


def share(amount, weights, currency):
    """Split `amount` over `weights` in whole minor units of `currency`; what rounding leaves goes to the largest
    remainders. Nothing to split over: zeros."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO] * len(weights)
    unit = Decimal(1).scaleb(-minor_units(currency))
    exact = [amount * weight / whole for weight in weights]
    parts = [part.quantize(unit, rounding=ROUND_DOWN) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    left = amount - sum(parts, ZERO)
    for index in order:
        if left < unit:
            break
        parts[index] += unit
        left -= unit
    if left and parts:
        parts[order[0]] += left
    return parts


# === EDITED ORDERS === #


def _without_removed_units(lines, refunds, values):
    """Take units that were edited out of the order from its lines and totals.

    Shopify leaves a removed unit in `quantity` and in all totals, and writes a refund that pays nothing back. So does a
    return without money, but of shipped goods: that stays a refund.
    """
    removed, kept = {}, []
    unshipped = {facts.line.external_id for facts in lines if facts.unshipped}
    for facts in refunds:
        returned, types = [], []
        for line, restock_type in zip(facts.refund.lines, facts.restock_types, strict=False):
            edited_out = restock_type == "cancel" or (
                restock_type == "no_restock" and line.line_external_id in unshipped
            )
            if edited_out and not facts.refund.payments:
                removed.setdefault(line.line_external_id, []).append(line)
            else:
                returned.append(line)
                types.append(restock_type)
        lines_left = tuple(returned) + facts.refund.lines[len(facts.restock_types) :]  # duties have no restock type
        if lines_left or facts.refund.payments or not facts.refund.lines:
            refund = dataclasses.replace(facts.refund, lines=lines_left)
            kept.append(RefundFacts(refund=refund, restock_types=tuple(types)))
    if not removed:
        return lines, refunds, values
    result, less = [], {"subtotal": ZERO, "discount_total": ZERO, "tax_total": ZERO}
    for facts in lines:
        taken = removed.get(facts.line.external_id)
        line = _less(facts.line, taken, values["currency"], less) if taken else facts.line
        if line.quantity > 0:
            result.append(dataclasses.replace(facts, line=line))
    values = dict(values)
    for key, amount in less.items():
        if values[key] is not UNSET:
            values[key] -= amount
    values["total"] -= less["subtotal"] + (ZERO if values["taxes_included"] else less["tax_total"])
    return result, kept, values


def _less(line, taken, currency, less):
    """Return `line` without the units in `taken` (RefundLines); add what they were worth to `less`."""
    quantity = min(sum((part.quantity for part in taken), ZERO), line.quantity)
    subtotal = sum((part.subtotal for part in taken), ZERO)
    tax = sum((part.tax for part in taken), ZERO)
    discount = line.unit_price * quantity - subtotal
    less["subtotal"] += subtotal
    less["tax_total"] += tax
    less["discount_total"] += discount
    shares = share(tax, [entry.amount for entry in line.taxes], currency)
    taxes = tuple(
        dataclasses.replace(entry, amount=entry.amount - part) for entry, part in zip(line.taxes, shares, strict=True)
    )
    return dataclasses.replace(line, quantity=line.quantity - quantity, discount=line.discount - discount, taxes=taxes)


# === WHERE BUYERS COME FROM === #


def landing_page(url):
    """Return path and query of the address of a page of the store: webhooks leave the host out, or state another."""
    parts = _split(url)
    if not parts:
        return ""
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return f"{path}?{parts.query}" if parts.query else path


def campaign(url):
    """Return the Campaign in the query of `url`, None when it names none."""
    parts = _split(url)
    query = dict(parse_qsl(parts.query)) if parts else {}
    found = {name: query[f"utm_{name}"].strip() for name in UTM_NAMES if f"utm_{name}" in query}
    return Campaign(**found) if any(found.values()) else None


def _split(url):
    """Return the parts of `url`, None for none and for what is no address: nothing of an order depends on it."""
    try:
        return urlsplit(url) if url else None
    except ValueError:
        return None


# === REFUNDS === #


def restocking(restock_type):
    """Return what a refund line's restock type says, as fields of `RefundLine`."""
    kind = restock_type.lower()
    return {"restock": kind != "no_restock", "cancelled": kind == "cancel"}


def refunded_duty(duty_id, amount):
    """Return the RefundLine that gives back `amount` of the line that the duty is on the order."""
    return RefundLine(line_external_id=f"duty-{duty_id}", quantity=Decimal(1), subtotal=amount, tax=ZERO, restock=False)


# === SMALL THINGS === #


def full_name(first, last):
    """Return first and last name as one."""
    return " ".join(part for part in (first, last) if part)


def address(reader, keys):
    """Return the Address in `reader` (None stays None).

    :param dict keys: field -> key, of what a MailingAddress has
    """
    if reader is None:
        return None
    value = {field: reader.text(key) for field, key in keys.items()}
    first, last = value.pop("first_name", ""), value.pop("last_name", "")
    return Address(**{**value, "name": value["name"] or full_name(first, last)})


def guest(email, phone, *addresses):
    """Return the Customer of an order without one; None when nothing is known of who bought."""
    known = [entry for entry in addresses if entry]
    if not (email or phone or known):
        return None
    named = next((entry for entry in known if entry.name), None)
    return Customer(email=email, phone=phone, name=named.name if named else "")


def financial_status(text):
    """Return the canonical status of Shopify's (either shape's); UNSET for none and for unknown ones."""
    status = text.lower()
    return status if status in FINANCIAL_STATUSES else UNSET


def fulfillment_status(text):
    """Return the canonical status of Shopify's (either shape's); UNSET for unknown ones."""
    return const.FULFILLMENT_STATUSES.get(text.lower(), UNSET)


def taxes(entries):
    """Return the TaxLines without those that are nothing at all (0 % and 0.00: a place without that tax)."""
    return tuple(entry for entry in entries if entry.rate or entry.amount)
