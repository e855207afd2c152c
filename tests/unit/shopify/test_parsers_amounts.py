"""Both order parsers on what changes an order's amounts: refunds, edits, duties, fees, tips, taxes, discounts."""

from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import (
    RefundAdjustment,
    RefundShipping,
    TaxLine,
)
from odoo.addons.connector_shopify import parser, parser_webhook

from . import samples
from .comparing import both

D = Decimal


def test_refund_with_money_stays_a_refund():
    parts = (7, [(11, 1, "return", "54.0", "9.0")])
    order = both(
        samples.graphql_order(refunds=[samples.refund(*parts, payments=[(32, "54.0")])]),
        samples.webhook_order(refunds=[samples.rest_refund(*parts, payments=[(32, "54.00")])]),
    )
    assert (order.total, order.lines[0].quantity) == (D("163"), 2)
    (refund,) = order.refunds
    (line,) = refund.lines
    assert (line.line_external_id, line.quantity, line.subtotal, line.tax, line.restock) == (
        "11",
        1,
        D("54"),
        D("9"),
        True,
    )
    (payment,) = refund.payments
    assert (payment.kind, payment.amount, payment.parent_external_id) == ("refund", D("54"), "31")


@pytest.mark.parametrize("restock", ["cancel", "no_restock"])
def test_edited_out_units_are_not_ordered(restock):
    parts = (7, [(11, 1, restock, "54.0", "9.0"), (12, 1, restock, "20.0", "3.33")])
    graphql = samples.graphql_order(refunds=[samples.refund(*parts)])
    webhook = samples.webhook_order(refunds=[samples.rest_refund(*parts)])
    for line, rest_line, current in zip(graphql["lineItems"]["nodes"], webhook["line_items"], (1, 0), strict=False):
        line.update(currentQuantity=current, unfulfilledQuantity=current)
        rest_line.update(current_quantity=current, fulfillable_quantity=current)
    order = both(graphql, webhook)
    assert [line.external_id for line in order.lines] == ["11", "13", "14"]
    mug = order.lines[0]
    assert (mug.quantity, mug.discount, mug.amount) == (1, D("6"), D("54"))
    assert mug.taxes == (TaxLine(title="FR TVA", rate=D("0.2"), amount=D("9")),)
    assert (order.total, order.subtotal, order.tax_total, order.difference) == (D("89"), D("79"), D("9.84"), 0)
    assert order.refunds == ()


def test_goods_sent_back_without_money_stay_ordered():
    parts = (7, [(11, 1, "return", "54.0", "9.0"), (12, 1, "no_restock", "20.0", "3.33")])
    graphql = samples.graphql_order(refunds=[samples.refund(*parts)])
    webhook = samples.webhook_order(refunds=[samples.rest_refund(*parts)])
    graphql["lineItems"]["nodes"][1].update(currentQuantity=1, unfulfilledQuantity=0)
    webhook["line_items"][1].update(current_quantity=1, fulfillable_quantity=0)
    order = both(graphql, webhook)
    assert (order.total, len(order.lines), len(order.refunds[0].lines)) == (D("163"), 4, 2)


def test_cancelled_order_keeps_its_lines():
    parts = (7, [(11, 2, "cancel", "108.0", "18.0")])
    order = both(
        samples.graphql_order(cancelledAt="2026-11-02T11:00:00Z", refunds=[samples.refund(*parts)]),
        samples.webhook_order(cancelled_at="2026-11-02T12:00:00+01:00", refunds=[samples.rest_refund(*parts)]),
    )
    assert (order.total, order.lines[0].quantity, len(order.refunds)) == (D("163"), 2, 1)


def test_lines_of_quantity_zero_are_left_out():
    graphql, webhook = samples.graphql_order(), samples.webhook_order()
    graphql["lineItems"]["nodes"][0]["quantity"] = webhook["line_items"][0]["quantity"] = 0
    assert [line.external_id for line in both(graphql, webhook).lines] == ["12", "13", "14"]


def test_lines_stated_twice_count_once():
    graphql, webhook = samples.graphql_order(), samples.webhook_order()
    graphql["lineItems"]["nodes"].append(graphql["lineItems"]["nodes"][0])
    webhook["line_items"].append(webhook["line_items"][0])
    graphql["shippingLines"]["nodes"] *= 2
    webhook["shipping_lines"] *= 2
    assert both(graphql, webhook).difference == 0


def duty(eur, usd):
    graphql = {"id": "gid://shopify/Duty/91", "price": samples.bag(eur, usd), "taxLines": []}
    webhook = {"id": "91", "harmonized_system_code": "6912", **samples.rest_bag(eur, usd), "tax_lines": []}
    return graphql, webhook


def test_duties_are_lines():
    graphql, webhook = samples.graphql_order(), samples.webhook_order()
    graphql["lineItems"]["nodes"][0]["duties"], webhook["line_items"][0]["duties"] = ([x] for x in duty("3.0", "3.24"))
    line = both(graphql, webhook).lines[1]
    assert (line.external_id, line.kind, line.amount) == ("duty-91", "duty", D("3"))


def test_included_duties_are_no_lines():
    graphql, webhook = samples.graphql_order(dutiesIncluded=True), samples.webhook_order(duties_included=True)
    graphql["lineItems"]["nodes"][0]["duties"], webhook["line_items"][0]["duties"] = ([x] for x in duty("3.0", "3.24"))
    assert both(graphql, webhook).difference == 0


def test_fees_are_lines():
    fee = {"id": "gid://shopify/AdditionalFee/4", "name": "Eco", "price": samples.bag("1.5", "1.62"), "taxLines": []}
    graphql = samples.graphql_order(additionalFees=[fee], totalPriceSet=samples.bag("164.5", "177.66"))
    line = parser.parse_order(graphql).lines[-1]
    assert (line.external_id, line.kind, line.title, line.amount) == ("fee-4", "fee", "Eco", D("1.5"))
    webhook = samples.webhook_order(
        original_total_additional_fees_set=samples.rest_bag("1.50", "1.62"),
        total_price_set=samples.rest_bag("164.50", "177.66"),
    )
    assert parser_webhook.parse_order(webhook).difference == 0
    assert parser_webhook.parse_whole_order(webhook) is None, "the sum is stated, not each fee"


def test_tip_without_a_line():
    graphql, webhook = samples.graphql_order(), samples.webhook_order()
    del graphql["lineItems"]["nodes"][3], webhook["line_items"][3]
    order = parser.parse_order(graphql)
    assert (order.lines[-1].kind, order.lines[-1].amount, order.difference) == ("tip", D("5"), 0)
    assert parser_webhook.parse_whole_order(webhook) is None, "the tip is stated in the other currency only"
    assert both(graphql, webhook, currency="shop").lines[-1].amount == D("5.40")


def test_tip_paid_with_an_old_payload():
    webhook = samples.webhook_order()
    del webhook["line_items"][3]["tip"]
    assert parser_webhook.parse_whole_order(webhook) is None


def test_tax_excluded():
    graphql, webhook = samples.graphql_order(taxesIncluded=False), samples.webhook_order(taxes_included=False)
    graphql["totalPriceSet"] = samples.bag("185.17", "199.98")
    webhook.update(samples.rest_money("total_price", "185.17", "199.98"))
    order = both(graphql, webhook)
    assert (order.taxes_included, order.total, order.difference) == (False, D("185.17"), 0)


def test_discount_stated_in_total_only_is_shared():
    webhook = samples.webhook_order()
    webhook["line_items"][0]["discount_allocations"] = webhook["shipping_lines"][0]["discount_allocations"] = []
    webhook.update(samples.rest_money("total_discounts", "10.00", "10.80"))
    webhook.update(samples.rest_money("total_price", "169.00", "182.52"))
    order = parser_webhook.parse_order(webhook)
    assert [line.discount for line in order.lines] == [D("7.27"), D("1.21"), D("1.52"), 0]
    assert order.difference == 0
    assert parser_webhook.parse_whole_order(webhook) is None


def test_refunded_shipping_duties_and_adjustments():
    """Shopify's adjustments are what the order is worth more: negative for goodwill. Ours are what is given back."""
    parts = {
        "payments": [(32, "61.50")],
        "shipping": [(21, "5.0", "0.84")],
        "adjustments": [(41, "-2.50", "0.00")],
        "duties": [(51, "3.00")],
    }
    lines = [(11, 1, "cancel", "54.0", "9.0")]
    order = both(
        samples.graphql_order(refunds=[samples.refund(90, lines, **parts)]),
        samples.webhook_order(refunds=[samples.rest_refund(90, lines, **parts)]),
    )
    (refund,) = order.refunds
    assert refund.shipping == (RefundShipping(line_external_id="21", subtotal=D("5"), tax=D("0.84")),)
    assert refund.adjustments == (RefundAdjustment(external_id="41", subtotal=D("2.5"), tax=D("0")),)
    mug, duty = refund.lines
    assert (mug.restock, mug.cancelled) == (True, True)
    assert (duty.line_external_id, duty.quantity, duty.subtotal, duty.restock) == ("duty-51", 1, D("3"), False)


def test_refunded_shipping_lines_of_a_webhook():
    """Newer payloads say per shipping line what is given back; the adjustments repeat it."""
    refund = samples.rest_refund(90, [], payments=[(32, "5.00")], shipping=[(21, "5.0", "0.84")])
    refund["refund_shipping_lines"] = [
        {
            "shipping_line": {"id": 21},
            "subtotal_amount_set": samples.rest_bag("5.00", "5.40"),
            "tax_amount_set": samples.rest_bag("0.84", "0.90"),
        }
    ]
    (refund,) = parser_webhook.parse_order(samples.webhook_order(refunds=[refund])).refunds
    assert refund.shipping == (RefundShipping(line_external_id="21", subtotal=D("5"), tax=D("0.84")),)
    assert refund.adjustments == ()
