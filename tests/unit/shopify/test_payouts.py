"""Payouts of Shopify Payments: reading them to the end, and what they become."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from odoo.addons.connector_base.transport import DataError, PermissionMissing
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.listing import PayoutListing
from odoo.addons.connector_shopify.parser_payout import parse_payout

from .fakes import answer, client

PAYOUT = "gid://shopify/ShopifyPaymentsPayout/7"


def money(amount):
    return {"amount": amount, "currencyCode": "EUR"}


def transaction(number, kind="CHARGE", amount="10.00", net="9.41", **overrides):
    return {
        "id": f"gid://shopify/ShopifyPaymentsBalanceTransaction/{number}",
        "type": kind,
        "test": False,
        "transactionDate": "2026-03-01T10:00:00Z",
        "sourceOrderTransactionId": "55",
        "adjustmentReason": None,
        "amount": money(amount),
        "fee": money("0.59"),
        "net": money(net),
        "associatedOrder": {"id": "gid://shopify/Order/1001"},
        "associatedPayout": {"id": PAYOUT},
        **overrides,
    }


def payout(*transactions, **overrides):
    return {
        "id": PAYOUT,
        "issuedAt": "2026-03-05T00:00:00Z",
        "status": "PAID",
        "transactionType": "DEPOSIT",
        "externalTraceId": None,
        "net": money("9.41"),
        "transactions": transactions,
        **overrides,
    }


def account(key, nodes, cursor=None):
    info = {"hasNextPage": bool(cursor), "endCursor": cursor}
    return answer(data={"shopifyPaymentsAccount": {key: {"nodes": nodes, "pageInfo": info}}})


def test_payouts_are_read_with_all_their_transactions():
    node = payout()
    del node["transactions"]
    foreign = transaction(3, associatedPayout={"id": "gid://shopify/ShopifyPaymentsPayout/8"})
    shop, session = client(
        account("payouts", [node], "next"),
        account("balanceTransactions", [transaction(1), foreign], "more"),
        account("balanceTransactions", [transaction(2)]),
    )
    nodes, following = PayoutListing.begin(datetime(2026, 3, 1, tzinfo=timezone.utc)).read_page(shop)
    assert [entry["id"][-1] for entry in nodes[0]["transactions"]] == ["1", "2"]
    assert PayoutListing.resume(following.token).cursor == "next"
    sent = [call["json"]["variables"] for call in session.calls]
    assert sent[0] == {"query": "issued_at:>='2026-03-01T00:00:00Z'", "first": const.PAYOUTS_PAGE, "after": None}
    assert [variables["query"] for variables in sent[1:]] == ["payments_transfer_id:7"] * 2
    assert sent[2]["after"] == "more"


def test_a_payout_without_an_id_is_read_and_refused():
    node = payout(id=None)
    del node["transactions"]
    shop, session = client(account("payouts", [node]))
    nodes, _following = PayoutListing.begin(datetime(2026, 3, 1, tzinfo=timezone.utc)).read_page(shop)
    assert len(session.calls) == 1
    with pytest.raises(DataError, match=r"payout\.id is missing"):
        parse_payout(nodes[0])


def test_a_store_without_shopify_payments_has_no_payouts():
    shop, _session = client(answer(data={"shopifyPaymentsAccount": None}))
    assert PayoutListing.begin(None).read_page(shop) == ([], None)


def test_payouts_that_vanish_while_they_are_read():
    node = payout()
    del node["transactions"]
    shop, _session = client(account("payouts", [node]), answer(data={"shopifyPaymentsAccount": None}))
    with pytest.raises(PermissionMissing):
        PayoutListing.begin(None).read_page(shop)


def test_a_payout_adds_up():
    document = parse_payout(
        payout(
            transaction(1),
            transaction(2, "REFUND", "-4.00", "-4.00"),
            transaction(3, "RESERVED_FUNDS", "-1.00", "-1.00", associatedOrder=None, sourceOrderTransactionId=None),
            transaction(4, "CHARGEBACK_FEE", "-0.30", "-0.30"),
            transaction(5, "ADJUSTMENT", "1.00", "1.00", adjustmentReason="Goodwill"),
            transaction(6, test=True),
            net=money("5.11"),
            externalTraceId="TRACE-1",
        )
    )
    assert document.difference == 0
    assert (document.name, document.status, document.currency) == ("TRACE-1", "paid", "EUR")
    assert [entry.kind for entry in document.entries] == ["charge", "refund", "reserve", "fee", "adjustment"]
    first, *_rest, last = document.entries
    assert (first.fee, first.net) == (Decimal("0.59"), Decimal("9.41"))
    assert (first.order_external_id, first.payment_external_id) == ("1001", "55")
    assert document.entries[2].order_external_id == document.entries[2].payment_external_id == ""
    assert last.title == "Adjustment Goodwill"


def test_a_withdrawal_takes_money():
    document = parse_payout(
        payout(transaction(1, "REFUND", "-4.00", "-4.00"), net=money("4.00"), transactionType="WITHDRAWAL")
    )
    assert (document.amount, document.difference) == (Decimal("-4.00"), 0)


@pytest.mark.parametrize("broken", [{"status": "NEW"}, {"net": None}, {"issuedAt": "soon"}, {"id": ""}])
def test_what_is_not_documented_is_refused(broken):
    with pytest.raises(DataError):
        parse_payout(payout(transaction(1), **broken))


def test_every_kind_of_movement_is_placed():
    kinds = {
        "TRANSFER": "other",
        "DISPUTE_WITHDRAWAL": "dispute",
        "STRIPE_FEE": "fee",
        "TAX_ADJUSTMENT_DEBIT": "adjustment",
    }
    for kind, expected in kinds.items():
        [entry] = parse_payout(payout(transaction(1, kind))).entries
        assert entry.kind == expected
