"""Payouts: made of the orders' payments and refunds, with fees, reserves and adjustments; nothing gets lost."""

from decimal import Decimal

PAYOUT = """id issuedAt status transactionType net { amount currencyCode } summary { chargesGross { amount }
  chargesFee { amount } refundsFeeGross { amount } refundsFee { amount } adjustmentsGross { amount }
  adjustmentsFee { amount } reservedFundsGross { amount } reservedFundsFee { amount } }"""
ENTRY = """id type amount { amount } fee { amount } net { amount } transactionDate associatedOrder { id name }
  associatedPayout { id status } sourceType sourceOrderTransactionId"""


def every(lab, field, body, arguments="") -> list:
    found, after = [], None
    query = f"""query($after: String) {{ shopifyPaymentsAccount {{ {field}(first: 100, after: $after{arguments}) {{
      nodes {{ {body} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    while True:
        page = lab.gql(query, {"after": after})["data"]["shopifyPaymentsAccount"][field]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def money(node) -> Decimal:
    return Decimal(node["amount"])


def test_payouts_of_the_seeded_shop_add_up(demo):
    payouts = every(demo, "payouts", PAYOUT)
    entries = every(demo, "balanceTransactions", ENTRY, ", hideTransfers: true")
    assert len(payouts) > 100 and len({p["id"] for p in payouts}) == len(payouts)
    assert [p["issuedAt"] for p in payouts] == sorted(p["issuedAt"] for p in payouts)
    by_payout: dict = {}
    for entry in entries:
        assert money(entry["net"]) == money(entry["amount"]) - money(entry["fee"])
        by_payout.setdefault(entry["associatedPayout"]["id"], []).append(entry)
    for payout in payouts:
        parts = by_payout.pop(payout["id"])
        assert sum(money(entry["net"]) for entry in parts) == money(payout["net"])
        summary = payout["summary"]
        gross = sum(money(value) for key, value in summary.items() if key.endswith("Gross"))
        fees = sum(money(value) for key, value in summary.items() if key.endswith("Fee"))
        assert gross - fees == money(payout["net"])
        assert (payout["transactionType"] == "WITHDRAWAL") == (money(payout["net"]) < 0)
    assert set(by_payout) <= {None}  # what happened today
    kinds = {entry["type"] for entry in entries}
    assert kinds == {"CHARGE", "REFUND", "RESERVED_FUNDS", "RESERVED_FUNDS_REVERSAL", "CHARGEBACK_FEE"}
    assert demo.control("GET", "/ledger")["payouts"][0]["net"] == f"{money(payouts[0]['net']):.2f}"
    one = payouts[3]["id"]
    query = f', query: "payments_transfer_id:{one.rpartition("/")[2]}"'
    within = every(demo, "balanceTransactions", ENTRY, query)
    (transfer,) = [entry for entry in within if entry["type"] == "TRANSFER"]
    assert money(transfer["net"]) == -money(payouts[3]["net"])
    assert demo.gql(f'{{ node(id: "{one}") {{ id }} }}')["data"]["node"] == {"id": one}


def test_a_charge_and_its_refund(lab):
    order = lab.place(financial="paid", rates=[])
    lab.place(financial="paid", gateway="cash_on_delivery")
    lab.place(financial="paid", test=True)
    (charge,) = every(lab, "balanceTransactions", ENTRY)
    assert (charge["type"], charge["associatedOrder"]) == ("CHARGE", {"id": order["gid"], "name": order["name"]})
    assert (charge["amount"], charge["fee"], charge["net"]) == (
        {"amount": "10.0"},
        {"amount": "0.59"},
        {"amount": "9.41"},
    )
    assert charge["associatedPayout"] == {"id": None, "status": "PENDING"}
    assert every(lab, "payouts", PAYOUT) == []
    lab.act(order, "refund", full=True)
    lab.sandbox.services.clock.change(advance=86400)
    (payout,) = every(lab, "payouts", PAYOUT)
    assert (payout["status"], payout["net"], payout["transactionType"]) == (
        "SCHEDULED",
        {"amount": "-0.59", "currencyCode": "USD"},
        "WITHDRAWAL",
    )
    lab.sandbox.services.clock.change(advance=86400)
    assert every(lab, "payouts", "status", ", query: \"status:paid issued_at:>'2026-11-20'\"") == [{"status": "PAID"}]


def test_scope(lab):
    lab.control("PATCH", "", {"scopes": ["read_orders"]})
    (error,) = lab.raw("{ shopifyPaymentsAccount { id } }").json["errors"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
