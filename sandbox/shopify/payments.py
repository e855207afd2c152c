"""What the platform's own payment service pays out: computed from the orders, so that books and payouts always agree.

Every captured card payment is a charge with a fee of 2.9 % and 0.30, every refund gives its amount back and no fee. The
transactions of one day (UTC) are one payout, scheduled when the day is over and paid two days after it. Now and then a
tenth of a day's charges is reserved for six days, and a chargeback costs its fee. All in the shop's currency.
"""

from datetime import date, timedelta
from fractions import Fraction

from ..framework.clock import parse_iso
from . import rest, stock
from .access import require
from .money import half_up, short_text, to_minor
from .paging import connection
from .search import Search
from .shop import Shop, gid

GATEWAY, SCOPE = "shopify_payments", "read_shopify_payments_payouts"
FEE_RATE, FEE_FIXED, CHARGEBACK_FEE, RESERVE_RATE = Fraction(29, 1000), "0.30", "15", Fraction(1, 10)
RESERVED_DAYS, PAID_AFTER_DAYS = 6, 2
#: What each type counts as in a payout's summary.
_SUMMARY = {
    "CHARGE": "charges", "REFUND": "refunds", "ADJUSTMENT": "adjustments", "CHARGEBACK_FEE": "adjustments",
    "RESERVED_FUNDS": "reservedFunds", "RESERVED_FUNDS_REVERSAL": "reservedFunds",
}  # fmt: skip
_SOURCE = {"CHARGE": "CHARGE", "REFUND": "REFUND", "TRANSFER": "TRANSFER"}

_books: dict[str, tuple] = {}


def books(shop: Shop) -> tuple[list[dict], list[dict]]:
    """(balance transactions, payouts), oldest first; those of a day that is not over have no payout yet."""
    today = shop.clock.iso()[:10]
    known = stock.cached(_books, shop, "order", dict)
    if today not in known:
        known[today] = _reckon(shop, today)
    return known[today]


def _entry(number: int, kind: str, moment: str, amounts: tuple[int, int], **more) -> dict:
    amount, fee = amounts
    return {
        "id": number, "type": kind, "at": moment, "amount": amount, "fee": fee, "net": amount - fee, "payout": None,
        "order": None, "transaction": None, "reason": None, **more,
    }  # fmt: skip


def _reckon(shop: Shop, today: str) -> tuple[list[dict], list[dict]]:
    config = shop.config
    own, currency = 10**15 + config["id"] % 10**8 * 10**7, config["currency"]
    days: dict[str, list[dict]] = {}
    for entry in _of_orders(shop, currency):
        days.setdefault(entry["at"][:10], []).append(entry)
    for day in sorted(days):
        ordinal = date.fromisoformat(day).toordinal()
        charged = sum(entry["amount"] for entry in days[day] if entry["type"] == "CHARGE")
        if charged and ordinal % 10 == 4:
            held, back = half_up(charged * RESERVE_RATE), date.fromordinal(ordinal + RESERVED_DAYS).isoformat()
            days[day].append(_entry(own + ordinal * 4, "RESERVED_FUNDS", f"{day}T23:59:00Z", (-held, 0)))
            if back <= today:
                entry = _entry(own + ordinal * 4 + 1, "RESERVED_FUNDS_REVERSAL", f"{back}T00:01:00Z", (held, 0))
                days.setdefault(back, []).append(entry)
        if charged and ordinal % 15 == 7:
            amounts = (0, to_minor(CHARGEBACK_FEE, currency))
            entry = _entry(
                own + ordinal * 4 + 2, "CHARGEBACK_FEE", f"{day}T22:00:00Z", amounts, reason="Chargeback fee"
            )
            days[day].append(entry)
    payouts = []
    for day in sorted(days):
        if day < today:
            payouts.append(_pay_out(own, day, today, days[day]))
    entries = sorted((entry for each in days.values() for entry in each), key=lambda entry: (entry["at"], entry["id"]))
    return entries, payouts


def _of_orders(shop: Shop, currency: str):
    """Charges and refunds, in the shop's currency."""
    fixed = to_minor(FEE_FIXED, currency)
    for order in shop.store.all(shop.domain, "order"):
        if order["test"] or order["gateway"] != GATEWAY:
            continue
        money = rest.Money(order)
        for paid in order["transactions"]:
            if paid["status"] != "SUCCESS" or paid["kind"] not in ("SALE", "CAPTURE", "REFUND"):
                continue
            amount, kind = money.in_shop(paid["amount"]), "REFUND" if paid["kind"] == "REFUND" else "CHARGE"
            amounts = (-amount, 0) if kind == "REFUND" else (amount, half_up(amount * FEE_RATE) + fixed)
            yield _entry(paid["id"] + 10**12, kind, paid["created_at"], amounts, order=order, transaction=paid["id"])


def _pay_out(own: int, day: str, today: str, entries: list[dict]) -> dict:
    """The payout of a day, its transfer added to the entries."""
    paid_on = (date.fromisoformat(day) + timedelta(days=PAID_AFTER_DAYS)).isoformat()
    ordinal = date.fromisoformat(day).toordinal()
    payout = {
        "id": own + 10**6 * 5 + ordinal, "day": day, "at": f"{paid_on}T00:00:00Z", "entries": list(entries),
        "net": sum(entry["net"] for entry in entries), "status": "PAID" if paid_on <= today else "SCHEDULED",
    }  # fmt: skip
    if payout["net"]:
        entries.append(_entry(own + ordinal * 4 + 3, "TRANSFER", payout["at"], (-payout["net"], 0)))
    for entry in entries:
        entry["payout"] = payout
    return payout


def summary(payout: dict) -> dict[str, list[int]]:
    """Gross and fee by kind: charges, refunds, adjustments, reservedFunds."""
    sums = {kind: [0, 0] for kind in _SUMMARY.values()}
    for entry in payout["entries"]:
        pair = sums[_SUMMARY[entry["type"]]]
        pair[0] += entry["amount"]
        pair[1] += entry["fee"]
    return sums


# --- GraphQL -------------------------------------------------------------------------------------------------------
def _money(shop: Shop):
    currency = shop.config["currency"]
    return lambda minor: {"amount": short_text(minor, currency), "currencyCode": currency}


def _payout_node(shop: Shop, payout: dict) -> dict:
    money, sums = _money(shop), summary(payout)
    gross = {f"{kind}Gross": money(pair[0]) for kind, pair in sums.items() if kind != "refunds"}
    fees = {f"{kind}Fee": money(pair[1]) for kind, pair in sums.items()}
    nothing = ("advanceFees", "advanceGross", "retriedPayoutsFee", "retriedPayoutsGross")
    return {
        "__typename": "ShopifyPaymentsPayout",
        "id": gid("ShopifyPaymentsPayout", payout["id"]),
        "legacyResourceId": str(payout["id"]),
        "externalTraceId": f"TRACE{payout['id']}" if payout["status"] == "PAID" else None,
        "issuedAt": payout["at"],
        "gross": money(payout["net"]),
        "net": money(payout["net"]),
        "status": payout["status"],
        "summary": {
            **gross, **fees, "refundsFeeGross": money(sums["refunds"][0]), **dict.fromkeys(nothing, money(0)),
        },
        "transactionType": "WITHDRAWAL" if payout["net"] < 0 else "DEPOSIT",
    }  # fmt: skip


def _entry_node(shop: Shop, entry: dict) -> dict:
    money, order, payout = _money(shop), entry["order"], entry["payout"]
    return {
        "__typename": "ShopifyPaymentsBalanceTransaction",
        "id": gid("ShopifyPaymentsBalanceTransaction", entry["id"]),
        "type": entry["type"],
        "test": False,
        "amount": money(entry["amount"]),
        "fee": money(entry["fee"]),
        "net": money(entry["net"]),
        "adjustmentReason": entry["reason"],
        "adjustmentsOrders": [],
        "associatedOrder": {"id": gid("Order", order["id"]), "name": order["name"]} if order else None,
        "associatedPayout": {
            "id": gid("ShopifyPaymentsPayout", payout["id"]) if payout else None,
            "status": payout["status"] if payout else "PENDING",
        },
        "sourceId": str(entry["transaction"] or (payout["id"] if payout else entry["id"])),
        "sourceOrderTransactionId": str(entry["transaction"]) if entry["transaction"] else None,
        "sourceType": _SOURCE.get(entry["type"], "ADJUSTMENT"),
        "transactionDate": entry["at"],
    }


_ENTRY_SEARCH = {
    "id": ("id", lambda e: e["id"]),
    "payments_transfer_id": ("id", lambda e: e["payout"] and e["payout"]["id"]),
    "payout_date": ("time", lambda e: e["payout"] and e["payout"]["at"]),
    "payout_status": ("exact", lambda e: e["payout"]["status"] if e["payout"] else "pending"),
    "processed_at": ("time", lambda e: e["at"]),
    "transaction_type": ("exact", lambda e: e["type"]),
}
_PAYOUT_SEARCH = {
    "id": ("id", lambda p: p["id"]),
    "issued_at": ("time", lambda p: p["at"]),
    "status": ("exact", lambda p: p["status"]),
}
_ENTRY_SORT = {"AMOUNT": "amount", "FEE": "fee", "ID": "id", "NET": "net"}
_PAYOUT_SORT = {"AMOUNT": "net", "ID": "id", "STATUS": "status"}


def _list(known: dict, sorters: dict, pick, show):
    """A resolver of payouts or balance transactions; without a sort key by time."""

    def resolve(info, query=None, sortKey=None, **page):
        shop = info.context.shop
        search = Search(query, known, [], shop.config["utc_offset"], shop.clock.iso())
        if search.warnings:
            info.context.searches.append({"path": info.path.as_list(), "query": query, "warnings": search.warnings})
        key, found = sorters.get(sortKey, "at"), pick(shop, page)
        rows = sorted(((e[key], e["id"], e) for e in found if search.matches(e)), key=lambda row: row[:2])
        return connection(rows, lambda entry: show(shop, entry), **page)

    return resolve


def _entries(shop: Shop, page: dict) -> list[dict]:
    hidden = page.pop("hideTransfers", False)
    return [entry for entry in books(shop)[0] if not (hidden and entry["type"] == "TRANSFER")]


def _payouts(shop: Shop, page: dict) -> list[dict]:
    kind = page.pop("transactionType", None)
    return [p for p in books(shop)[1] if kind is None or (p["net"] < 0) == (kind == "WITHDRAWAL")]


def account(_root, info):
    require(info, SCOPE, "shopifyPaymentsAccount")
    shop, money = info.context.shop, _money(info.context.shop)
    now = shop.clock.now()
    waiting = [e for e in books(shop)[0] if e["type"] != "TRANSFER" and not _is_paid(e, now)]
    return {
        "__typename": "ShopifyPaymentsAccount",
        "id": gid("ShopifyPaymentsAccount", shop.config["id"]),
        "activated": True,
        "balance": [money(sum(entry["net"] for entry in waiting))],
        "country": shop.config["country"],
        "defaultCurrency": shop.config["currency"],
        "onboardable": False,
        "balanceTransactions": _list(_ENTRY_SEARCH, _ENTRY_SORT, _entries, _entry_node),
        "payouts": _list(_PAYOUT_SEARCH, _PAYOUT_SORT, _payouts, _payout_node),
    }


def _is_paid(entry: dict, now: float) -> bool:
    return entry["payout"] is not None and parse_iso(entry["payout"]["at"]) <= now


def node(_root, info, *, id):
    """A payout or balance transaction by its global id."""
    require(info, SCOPE, info.field_name)
    shop, number = info.context.shop, int(id.rpartition("/")[2])
    found, show = (1, _payout_node) if "/ShopifyPaymentsPayout/" in id else (0, _entry_node)
    return next((show(shop, entry) for entry in books(shop)[found] if entry["id"] == number), None)


#: Global ids that ``node`` may ask for.
NODES = {"ShopifyPaymentsPayout": node, "ShopifyPaymentsBalanceTransaction": node}
QUERY = {"shopifyPaymentsAccount": account}
