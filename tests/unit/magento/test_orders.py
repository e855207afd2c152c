"""Orders: every amount adds up to Magento's own, whatever its taxes; what else they state."""

import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento.parser import parse_order, parse_refund
from odoo.addons.connector_magento.parser_payment import parse_payments

from .sales_samples import amount_of, child, invoice, item, memo, order, shipment, with_base

CORPORA = next(
    (path for parent in Path(__file__).resolve().parents if (path := parent / "shared" / "corpora").is_dir()), None
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


# === AMOUNTS === #

prices = st.integers(1, 99_999).map(lambda cents: Decimal(cents) / 100)
rows = st.tuples(prices, st.integers(1, 9), st.sampled_from([0, 5, 7, 19, "8.25", 20]), st.integers(0, 100))


@st.composite
def orders(draw):
    included = draw(st.booleans())
    items = []
    for number, (price, quantity, percent, off) in enumerate(draw(st.lists(rows, min_size=1, max_size=5)), start=1):
        discount = (price * quantity * off / 100).quantize(Decimal("0.01"))
        items.append(item(number, price, quantity, percent=percent, discount=discount, included=included))
    return included, order(1, items, shipping=draw(prices), shipping_percent=draw(st.sampled_from([0, 19])))


@given(orders())
def test_lines_add_up_to_the_total(drawn):
    _included, payload = drawn
    document = parse_order(payload)
    assert document.difference == 0
    assert document.total == payload["grand_total"]
    stated = sum(tax.amount for part in (*document.lines, *document.shipping_lines) for tax in part.taxes)
    assert stated == document.tax_total == payload["tax_amount"]
    for line, entry in zip(document.lines, payload["items"], strict=True):
        taxes = sum(tax.amount for tax in line.taxes)
        assert line.amount + (0 if document.taxes_included else taxes) == amount_of(entry)


@settings(max_examples=50)
@given(orders())
def test_both_readings_of_taxes_add_up(drawn):
    """Whether prices were set with tax is a guess where nothing tells; the amounts are right either way."""
    _included, payload = drawn
    for taken in (False, True):
        assert parse_order(payload, taxes_included=taken).difference == 0


@pytest.mark.parametrize("included", [False, True])
def test_how_prices_were_set(included):
    document = parse_order(order(1, [item(1, "9.99", 3, percent=19, included=included)]))
    assert document.taxes_included is included
    [line] = document.lines
    assert line.unit_price == Decimal("9.99")
    assert (line.discount, line.taxes[0].rate) == (0, Decimal("0.19"))


def test_discount_off_prices_with_tax():
    document = parse_order(order(1, [item(1, "119", 1, percent=19, discount="11.90", included=True)]))
    [line] = document.lines
    assert (line.unit_price, line.discount, line.taxes[0].amount) == (119, Decimal("11.90"), Decimal("17.10"))


def test_base_currency():
    entry = with_base({**{k: v for k, v in item(1, "20", 2).items() if not k.startswith("base_")}}, rate=2)
    payload = order(1, [entry], order_currency_code="USD", base_to_order_rate=2)
    payload |= {"base_grand_total": Decimal(20), "base_subtotal": Decimal(20)}
    mine, shops = parse_order(payload), parse_order(payload, currency="base")
    assert (mine.currency, mine.total, mine.lines[0].unit_price) == ("USD", 40, 20)
    assert (shops.currency, shops.total, shops.lines[0].unit_price) == ("EUR", 20, 10)
    assert mine.shop_currency == shops.shop_currency == "EUR"
    assert shops.difference == 0


def test_several_taxes_on_a_line():
    applied = [
        {"code": "US-CA", "title": "CA", "percent": 7.25, "amount": 1.45},
        {"title": "LA", "percent": 2, "amount": 0.4},
    ]
    extension = {"item_applied_taxes": [{"type": "product", "item_id": 1, "applied_taxes": applied}]}
    [line] = parse_order(order(1, [item(1, "20", percent="9.25")], extension_attributes=_decimal(extension))).lines
    assert [(tax.title, tax.rate, tax.amount) for tax in line.taxes] == [
        ("CA", Decimal("0.0725"), Decimal("1.45")),
        ("LA", Decimal("0.02"), Decimal("0.4")),
    ]


def test_fixed_product_taxes_are_fees():
    weee = json.dumps([{"title": "Recycling", "row_amount": 1.5, "row_amount_incl_tax": 1.5}])
    entry = item(1, "20", 3, weee_tax_applied=weee)
    payload = order(1, [entry])
    payload["grand_total"] += Decimal("1.5")
    _line, fee = parse_order(payload).lines
    assert (fee.kind, fee.title, fee.quantity, fee.unit_price) == ("fee", "Recycling", 3, Decimal("0.5"))
    assert parse_order(payload).difference == 0


def test_gift_cards_and_store_credit_are_payments():
    extension = {"gift_cards_amount": 5, "customer_balance_amount": 3}
    payload = order(1, [item(1, "20")], extension_attributes=extension)
    payload["grand_total"] -= 8
    document = parse_order(payload, invoices=())
    assert (document.total, document.difference) == (20, 0)
    assert [(paid.gateway, paid.amount) for paid in document.payments] == [("gift_card", 5), ("store_credit", 3)]
    assert document.gateways == ("checkmo", "gift_card", "store_credit")


# === LINES === #


def test_a_configurable_product_is_one_line():
    parent = item(1, "58", 2, product_type="configurable", sku="WS03-XS-Blue")
    payload = order(1, [parent, child(2, 1, sku="WS03-XS-Blue", qty_ordered=2)])
    [line] = parse_order(payload).lines
    assert (line.external_id, line.sku, line.quantity) == ("1", "WS03-XS-Blue", 2)
    assert (line.product_external_id, line.variant_external_id) == ("71", "72")


def test_bundles():
    dynamic = [item(1, "30", product_type="bundle", repeats=True), item(2, "10", 2, parent_item_id=1), child(3, 1)]
    dynamic[2] |= {"row_total": Decimal(10), "price": Decimal(10), "row_total_incl_tax": Decimal(10)}
    fixed = [item(4, "25", product_type="bundle"), child(5, 4, qty_ordered=3)]
    document = parse_order(order(1, [*dynamic, *fixed]))
    assert [(line.external_id, line.amount) for line in document.lines] == [("2", 20), ("3", 10), ("4", 25)]
    assert document.difference == 0


def test_an_item_without_its_parent():
    with pytest.raises(DataError, match="parent_item_id"):
        parse_order(order(1, [child(2, 1)]))


# === STATES === #


@pytest.mark.parametrize(
    "changes, financial, fulfillment",
    [
        ({"state": "new"}, "pending", "unfulfilled"),
        ({"total_paid": 20}, "paid", "unfulfilled"),
        ({"total_paid": 5}, "partially_paid", "unfulfilled"),
        ({"state": "holded", "total_paid": 20}, "paid", "on_hold"),
        ({"state": "complete", "total_paid": 20}, "paid", "fulfilled"),
        ({"state": "canceled"}, "voided", "unfulfilled"),
        ({"state": "closed", "total_paid": 20, "total_refunded": 20}, "refunded", "unfulfilled"),
        ({"total_paid": 20, "total_refunded": 5}, "partially_refunded", "unfulfilled"),
        ({"payment": {"method": "x", "amount_authorized": 20}}, "authorized", "unfulfilled"),
    ],
)
def test_states(changes, financial, fulfillment):
    document = parse_order(order(1, **changes))
    assert (document.financial_status, document.fulfillment_status) == (financial, fulfillment)


def test_suspected_fraud():
    assert parse_order(order(1, state="payment_review", status="fraud")).risk == "high"
    assert parse_order(order(1)).risk is UNSET


def test_canceled_orders():
    assert parse_order(order(1)).cancelled_at is None
    history = [{"status": "canceled", "created_at": "2026-11-20 09:50:00", "comment": None}]
    assert parse_order(order(1, state="canceled", status="canceled", status_histories=history)).cancelled_at == at(
        "2026-11-20 09:50:00"
    )
    edited = parse_order(order(1, state="canceled", relation_child_id=2, relation_child_real_id="000000001-1"))
    assert (edited.cancel_reason, dict(edited.attributes)["relation_child_real_id"]) == ("staff", "000000001-1")


def test_given_back_as_a_whole_before_it_was_sent():
    """That is how Magento cancels an order that is paid."""
    closed = {"state": "closed", "status": "closed"}
    assert parse_order(order(1, [item(1)], **closed)).cancelled_at == at("2026-11-20 10:00:00")
    assert parse_order(order(1, [item(1, qty_shipped=1)], **closed)).cancelled_at is None
    assert parse_order(order(1, [item(1, is_virtual=1)], **closed)).cancelled_at is None


# === WHAT BELONGS TO IT === #


def test_what_is_not_read_is_unset():
    document = parse_order(order(1))
    assert (document.payments, document.refunds, document.shipments) == (UNSET, UNSET, UNSET)


def test_payments():
    placed = order(1, payment={"method": "braintree", "amount_authorized": 20})
    assert [(paid.kind, paid.amount) for paid in parse_payments([], placed)] == [("authorization", 20)]
    made = invoice(placed, transaction="t1")
    [paid] = parse_payments([made], placed)
    assert (paid.external_id, paid.kind, paid.status, paid.gateway) == ("invoice-101", "sale", "success", "braintree")
    assert parse_payments([{**made, "state": 1}], placed)[0].status == "pending"


def test_refunds():
    placed = order(1, [item(11, "20", 2, percent=10)], shipping="5")
    invoice(placed)
    back = memo(placed, [(placed["items"][0], 1, "20", "2")], shipping="5", adjustment_negative=3, adjustment=-3)
    back["grand_total"] -= 3
    placed["items"][0]["qty_refunded"] = 1
    [refund] = parse_order(placed, creditmemos=[back]).refunds
    assert refund == parse_refund(back, placed)
    [line], [charge], [held] = refund.lines, refund.shipping, refund.adjustments
    assert (line.line_external_id, line.quantity, line.subtotal, line.tax) == ("11", 1, 20, 2)
    assert line.cancelled is False or line.restock
    assert (charge.subtotal, held.subtotal) == (5, -3)
    assert [paid.amount for paid in refund.payments] == [24]
    assert parse_refund({**back, "state": 3}, placed) is None


@pytest.mark.parametrize("restock", [False, True])
def test_goods_that_come_back(restock):
    placed = order(1, [item(11, "20", 2, qty_shipped=2)], state="complete")
    refund = parse_refund(memo(placed, [(placed["items"][0], 1, "20", "0")]), placed, restock=restock)
    assert (refund.lines[0].cancelled, refund.lines[0].restock) == (False, restock)
    unsent = order(1, [item(11, "20", 2)], state="closed")
    refund = parse_refund(memo(unsent, [(unsent["items"][0], 2, "40", "0")]), unsent, restock=restock)
    assert (refund.lines[0].cancelled, refund.lines[0].restock) == (True, True)


def test_what_a_memo_does_not_list():
    placed = order(1, [item(11)])
    back = memo(placed, [(placed["items"][0], 1, "20", "0")], grand_total=Decimal("20.01"))
    [rest] = parse_refund(back, placed).adjustments
    assert rest.subtotal == Decimal("0.01")


def test_shipments():
    parent = item(1, "58", 2, product_type="configurable")
    placed = order(1, [parent, child(2, 1, qty_ordered=2), item(3)])
    sent = shipment(placed, [(placed["items"][0], 1), (placed["items"][1], 1)], tracks=["1Z1", "1Z2"])
    [read] = parse_order(placed, shipments=[sent]).shipments
    assert [(line.line_external_id, line.quantity) for line in read.lines] == [("1", 1)]
    assert (read.tracking, read.carrier, read.location_external_id) == (("1Z1", "1Z2"), "ups", "default")


def test_a_bundle_that_is_sent_as_one():
    items = [item(1, "30", product_type="bundle", repeats=True), item(2, "10", 2, parent_item_id=1)]
    placed = order(1, [*items, item(3, "10", parent_item_id=1)])
    [read] = parse_order(placed, shipments=[shipment(placed, [(items[0], 1)])]).shipments
    assert [(line.line_external_id, line.quantity) for line in read.lines] == [("2", 2), ("3", 1)]


# === WHO, WHERE, WHAT WAS SAID === #


def test_guests_and_groups():
    document = parse_order(order(1, customer_is_guest=1, customer_id=None), groups={"1": "General"})
    assert (document.customer.external_id, document.customer.email) == ("", "ann@example.com")
    assert document.customer.tags == ("General",)
    assert dict(document.attributes)["customer_group"] == "General"
    assert document.customer.group_external_id is UNSET
    assert parse_order(order(1)).customer.tags is UNSET
    customer = parse_order(order(1), groups={"1": "General"}).customer
    assert (customer.group_external_id, customer.group_name) == ("1", "General")


def test_where_it_was_placed():
    document = parse_order(order(1))
    assert (document.scope_external_id, document.source) == ("store_view:1", "Main Website / Main Store / Default")
    assert parse_order(order(1, store_id=None)).scope_external_id is UNSET


def test_addresses():
    place = {
        "firstname": "Ann",
        "lastname": "Lee",
        "street": ["Main St 1", "Flat 2"],
        "city": "Paris",
        "postcode": "75001",
    }
    place |= {"country_id": "FR", "region": "Paris", "region_code": "75", "telephone": "1", "vat_id": "FR40303265045"}
    extension = {"shipping_assignments": [{"shipping": {"address": place, "method": "flatrate_flatrate"}}]}
    document = parse_order(order(1, billing_address=place, extension_attributes=extension, shipping="5"))
    assert document.shipping_address == document.billing_address
    assert (document.billing_address.street, document.billing_address.street2) == ("Main St 1", "Flat 2")
    assert (document.customer.vat, document.phone) == ("FR40303265045", "1")
    [line] = document.shipping_lines
    assert (line.code, line.carrier) == ("flatrate_flatrate", "flatrate")


def test_virtual_orders_have_no_delivery():
    document = parse_order(order(1, [item(1, is_virtual=1)], is_virtual=1))
    assert (document.shipping_lines, document.lines[0].requires_shipping) == ((), False)


def test_notes_and_comments():
    message = {"sender": "Ann", "recipient": "Bob", "message": "Enjoy"}
    history = [{"entity_id": 1, "comment": "Called", "created_at": "2026-11-20 09:10:00", "status": "processing"}]
    document = parse_order(
        order(1, customer_note="Ring", extension_attributes={"gift_message": message}, status_histories=history)
    )
    assert document.note == "Ring\nGift message from Ann to Bob: Enjoy"
    assert ("comment 2026-11-20 09:10:00", "Called") in document.attributes


# === ODD PAYLOADS === #


@pytest.mark.parametrize(
    "changes",
    [
        {"entity_id": None},
        {"increment_id": ""},
        {"items": []},
        {"items": "x"},
        {"grand_total": None},
        {"grand_total": "NaN"},
        {"grand_total": "1e99"},
        {"created_at": "yesterday"},
        {"order_currency_code": None},
        {"customer_is_guest": "maybe"},
    ],
)
def test_what_is_wrong_is_named(changes):
    with pytest.raises(DataError, match="payload is not as Magento documents it"):
        parse_order({**order(1), **changes})


def test_texts_for_numbers_and_unknown_fields():
    payload = order(1, [item(1, "20", percent=10)], some_module={"x": [1]})
    texts = json.loads(json.dumps(payload, default=str))
    assert parse_order(texts) == parse_order(payload)


def test_texts_that_no_database_takes():
    document = parse_order(order(1, customer_note="a\x00b\ud800 "))
    assert document.note == "ab?"


# === REAL PAYLOADS === #


def expectations():
    if CORPORA is None:
        return []
    entries = map(json.loads, (CORPORA / "expected.jsonl").read_text().splitlines())
    return [
        pytest.param(entry, id=Path(entry["file"]).stem)
        for entry in entries
        if entry["platform"] == "magento" and entry["kind"] == "order" and entry["consistent"]
    ]


@pytest.mark.skipif(CORPORA is None, reason="no folder shared/corpora beside the repository")
@pytest.mark.parametrize("entry", expectations())
def test_real_orders(entry):
    payload = json.loads((CORPORA / entry["file"]).read_bytes(), parse_float=Decimal)
    document = parse_order(payload)
    assert document.difference == 0
    assert (document.external_id, document.name) == (str(entry["order_id"]), entry["name"])
    assert (document.currency, document.total) == (entry["currency"], Decimal(entry["grand_total"]))
    assert document.email == entry["customer_email"]
    assert len(document.lines) == entry["product_lines"]
    assert parse_order(payload, currency="base").total == Decimal(entry["base_grand_total"])


def test_the_collection_is_there():
    if CORPORA is None:
        pytest.skip("no folder shared/corpora beside the repository")
    assert len(expectations()) >= 10
    assert list((CORPORA / "magento" / "creditmemo").glob("*.json"))


def _decimal(data):
    return json.loads(json.dumps(data), parse_float=Decimal)


# === WHAT CREDIT MEMOS DON'T STATE === #


@pytest.mark.parametrize("included", [False, True])
def test_units_canceled_of_an_order_that_goes_on(included):
    """Of five, two are invoiced and the rest is canceled: nothing of that is sent or owed any more."""
    entry = item(11, "24", 5, percent=20, included=included)
    placed = order(1, [entry, item(12, "10", 1)])
    entry.update(
        qty_invoiced=2,
        qty_canceled=3,
        row_invoiced=entry["row_total"] * 2 / 5,
        tax_invoiced=entry["tax_amount"] * 2 / 5,
    )
    document = parse_order(placed, creditmemos=())
    [refund] = document.refunds
    [line] = refund.lines
    assert (refund.external_id, refund.payments) == ("canceled-1", ())
    assert (line.line_external_id, line.quantity, line.cancelled, line.restock) == ("11", 3, True, True)
    assert line.tax == entry["tax_amount"] * 3 / 5
    assert line.subtotal == (72 if included else entry["row_total"] * 3 / 5)
    assert document.cancelled_at is None
    assert parse_order({**placed, "state": "canceled"}, creditmemos=()).refunds == ()
    assert parse_order(placed).refunds is UNSET


def test_units_canceled_of_which_others_were_sent_unpaid():
    """Three of five were sent before anything was invoiced: they are still owed."""
    entry = item(11, "10", 5, qty_shipped=3, qty_canceled=2)
    [refund] = parse_order(order(1, [entry]), creditmemos=()).refunds
    assert [(line.quantity, line.subtotal) for line in refund.lines] == [(2, 20)]


def test_points_given_back():
    """Memos don't tell of reward points; what they don't pay back otherwise went back in points."""
    entry = item(11, "50", 2)
    points = {"reward_currency_amount": 30, "base_reward_currency_amount": 30}
    placed = order(1, [entry], grand_total=Decimal(70), extension_attributes=points)
    paid = invoice(placed)
    back = memo(placed, [(entry, 1, "50", "0")], grand_total=Decimal(20), base_grand_total=Decimal(20))
    document = parse_order(placed, invoices=[paid], creditmemos=[back])
    [refund] = document.refunds
    assert refund.adjustments == ()
    assert {payment.gateway: payment.amount for payment in refund.payments} == {"checkmo": 20, "reward_points": 30}
