"""Both order parsers on one rich order and its variations."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import (
    UNSET,
    Address,
    Campaign,
    Customer,
    Discount,
    Payment,
    RefundAdjustment,
    RefundShipping,
    TaxLine,
    digest,
)
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import parser, parser_webhook

from . import samples
from .comparing import differences

D = Decimal


def both(graphql, webhook, currency="presentment"):
    """Parse both shapes; they must agree. Returns the document of the GraphQL shape."""
    document = parser.parse_order(graphql, currency=currency)
    assert differences(document, parser_webhook.parse_order(webhook, currency=currency)) == []
    return document


def test_everything_that_an_order_states():
    order = both(samples.graphql_order(), samples.webhook_order())
    assert (order.external_id, order.name, order.confirmation_number) == ("1001", "#1001", "XPR0JKL42")
    assert order.created_at == datetime(2026, 11, 1, 10, tzinfo=timezone.utc)
    assert order.updated_at == datetime(2026, 11, 2, 11, 30, tzinfo=timezone.utc)
    assert (order.currency, order.shop_currency, order.taxes_included) == ("EUR", "USD", True)
    assert (order.total, order.difference) == (D("163"), 0)
    assert (order.subtotal, order.discount_total, order.shipping_total, order.tax_total) == (
        D("153"),
        D("16"),
        D("9"),
        D("22.17"),
    )
    assert order.tax_by_rate == {D("0.2"): D("22.17")}
    assert order.customer == Customer(
        external_id="501",
        email="zoe@example.com",
        name="Zoé Martin",
        company="Martin SARL",
        language="fr-FR",
        tags=("newsletter",),
        note="",
    )
    assert order.billing_address == Address(
        name="Zoé Martin",
        company="Martin SARL",
        street="1 rue du Bac",
        street2="3e étage",
        city="Paris",
        zip="75007",
        country_code="FR",
        country_name="France",
        phone="+33 1 23 45 67 89",
    )
    assert order.discounts == (
        Discount(title="TENOFF", code="TENOFF", kind="percentage", value=D("10"), target="line"),
        Discount(title="Cheap shipping", kind="fixed", value=D("4"), target="shipping"),
    )
    assert (order.financial_status, order.fulfillment_status) == ("paid", "unfulfilled")
    assert (order.tags, order.note, order.attributes) == (("b2c", "vip"), "Ring twice", (("gift", "yes"),))
    assert order.utm == Campaign(source="news", medium="email", campaign="Spring 1")
    assert order.landing_url == "/products/mug?utm_source=news&utm_medium=email&utm_campaign=Spring+1"
    assert order.referrer_url == "https://mail.example/inbox"
    assert (order.source, order.gateways, order.test) == ("web", ("shopify_payments",), False)
    assert (order.cancelled_at, order.cancel_reason, order.closed_at) == (None, "", None)


def test_the_first_visit_may_name_the_campaign():
    payload = samples.graphql_order()
    first, last = (payload["customerJourneySummary"][key] for key in ("firstVisit", "lastVisit"))
    first["utmParameters"], last["utmParameters"] = last["utmParameters"], {"source": None, "medium": ""}
    assert parser.parse_order(payload).utm.source == "news"


def test_no_visit_led_to_the_order():
    payload, webhook = samples.graphql_order(), samples.webhook_order()
    for journey in (None, {"firstVisit": None, "lastVisit": None}):
        payload["customerJourneySummary"] = journey
        order = parser.parse_order(payload)
        assert (order.utm, order.landing_url, order.referrer_url) == (UNSET, UNSET, UNSET)
    for landing in (None, "", "http://[broken"):
        webhook["landing_site"] = landing
        order = parser_webhook.parse_order(webhook)
        assert (order.utm, order.landing_url) == (UNSET, UNSET)
    webhook["landing_site"] = "http://www.example.com?source=abc"
    order = parser_webhook.parse_order(webhook)
    assert (order.utm, order.landing_url) == (UNSET, "/?source=abc")


def test_lines():
    mug, repair, card, tip = both(samples.graphql_order(), samples.webhook_order()).lines
    assert (mug.external_id, mug.title, mug.sku, mug.vendor) == ("11", "Mug - Blue", "SKU-11", "Acme")
    assert (mug.product_external_id, mug.variant_external_id) == ("711", "811")
    assert (mug.quantity, mug.unit_price, mug.discount, mug.amount) == (2, D("60"), D("12"), D("108"))
    assert mug.properties == (("Engraving", "Z"),)
    assert mug.taxes == (TaxLine(title="FR TVA", rate=D("0.2"), amount=D("18")),), "0 % of nothing is left out"
    assert (repair.kind, repair.product_external_id, repair.variant_external_id) == ("product", "", "")
    assert (card.kind, tip.kind, tip.amount) == ("gift_card", "tip", D("5"))


def test_shipping():
    (shipping,) = both(samples.graphql_order(), samples.webhook_order()).shipping_lines
    assert (shipping.external_id, shipping.title, shipping.code, shipping.carrier) == (
        "21",
        "Colissimo",
        "COL",
        "shopify",
    )
    assert (shipping.price, shipping.discount, shipping.amount) == (D("9"), D("4"), D("5"))


def test_removed_shipping_is_left_out():
    graphql, webhook = samples.graphql_order(), samples.webhook_order()
    graphql["shippingLines"]["nodes"][0]["isRemoved"] = True
    webhook["shipping_lines"][0]["is_removed"] = True
    assert both(graphql, webhook).shipping_lines == ()


def test_what_only_the_api_states():
    order = parser.parse_order(samples.graphql_order())
    assert order.risk == "medium"
    assert order.payments == (
        Payment(
            external_id="31",
            kind="sale",
            status="success",
            gateway="shopify_payments",
            amount=D("163"),
            currency="EUR",
            processed_at=datetime(2026, 11, 1, 10, 0, 5, tzinfo=timezone.utc),
        ),
    )
    webhook = parser_webhook.parse_order(samples.webhook_order())
    assert (webhook.risk, webhook.payments) == (UNSET, UNSET)


def test_shop_currency():
    order = both(samples.graphql_order(), samples.webhook_order(), currency="shop")
    assert (order.currency, order.total, order.lines[0].unit_price) == ("USD", D("176.04"), D("64.80"))


@pytest.mark.parametrize(
    ("level", "recommendation", "risk"),
    [("HIGH", "ACCEPT", "high"), ("NONE", "CANCEL", "high"), ("PENDING", "NONE", UNSET), ("LOW", "NONE", "low")],
)
def test_risk(level, recommendation, risk):
    payload = samples.graphql_order(risk={"recommendation": recommendation, "assessments": [{"riskLevel": level}]})
    assert parser.parse_order(payload).risk == risk


@pytest.mark.parametrize(
    ("graphql", "webhook", "status"),
    [
        ("FULFILLED", "fulfilled", "fulfilled"),
        ("PARTIALLY_FULFILLED", "partial", "partial"),
        ("RESTOCKED", "restocked", "unfulfilled"),
        ("IN_PROGRESS", None, "unfulfilled"),
    ],
)
def test_fulfillment_status(graphql, webhook, status):
    order = both(
        samples.graphql_order(displayFulfillmentStatus=graphql), samples.webhook_order(fulfillment_status=webhook)
    )
    assert order.fulfillment_status == status


def test_hold_is_told_by_the_api():
    order = parser.parse_order(samples.graphql_order(displayFulfillmentStatus="ON_HOLD"))
    assert order.fulfillment_status == "on_hold"


def test_unknown_statuses_overwrite_nothing():
    order = both(
        samples.graphql_order(displayFinancialStatus="MYSTERY", displayFulfillmentStatus="MYSTERY"),
        samples.webhook_order(financial_status="mystery", fulfillment_status="mystery"),
    )
    assert (order.financial_status, order.fulfillment_status) == (UNSET, UNSET)


def test_cancelled():
    order = both(
        samples.graphql_order(cancelledAt="2026-11-02T11:00:00Z", cancelReason="FRAUD"),
        samples.webhook_order(cancelled_at="2026-11-02T12:00:00+01:00", cancel_reason="fraud"),
    )
    assert order.cancelled_at == datetime(2026, 11, 2, 11, tzinfo=timezone.utc)
    assert order.cancel_reason == "fraud"


def test_guest():
    order = both(samples.graphql_order(customer=None), samples.webhook_order(customer=None))
    assert order.customer == Customer(external_id="", email="zoe@example.com", name="Zoé Martin")


def test_nobody():
    nobody = {"customer": None, "email": None, "phone": None}
    order = both(
        samples.graphql_order(**nobody, billingAddress=None, shippingAddress=None),
        samples.webhook_order(**nobody, contact_email=None, billing_address=None, shipping_address=None),
    )
    assert (order.customer, order.email, order.billing_address) == (None, "", None)


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


def test_whole_payload_is_taken():
    document = parser_webhook.parse_whole_order(samples.webhook_order())
    assert document == parser_webhook.parse_order(samples.webhook_order())


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


@pytest.mark.parametrize("key", ["line_items", "refunds", "total_price_set", "updated_at", "taxes_included"])
def test_cut_payload_is_read_again(key):
    payload = samples.webhook_order()
    del payload[key]
    assert parser_webhook.parse_whole_order(payload) is None


def test_payload_that_does_not_add_up_is_read_again():
    payload = samples.webhook_order()
    del payload["line_items"][2]
    assert parser_webhook.parse_whole_order(payload) is None


def test_customer_fields_left_out_are_unset():
    payload = samples.webhook_order()
    for key in ("tags", "note"):
        del payload["customer"][key]
    customer = parser_webhook.parse_order(payload).customer
    assert (customer.tags, customer.note) == (UNSET, UNSET)


def test_equal_content_has_an_equal_digest():
    one, other = samples.graphql_order(), samples.graphql_order()
    other["totalPriceSet"] = samples.bag("163.0", "176.04")
    other["tags"].reverse()
    assert digest(parser.parse_order(one)) == digest(parser.parse_order(other))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": None}, "order.id is missing"),
        ({"name": ""}, "order.name is missing"),
        ({"updatedAt": "yesterday"}, "order.updatedAt is not a time"),
        ({"totalPriceSet": None}, "order.totalPriceSet is missing"),
        ({"totalPriceSet": samples.bag("NaN", "1")}, "order.totalPriceSet.presentmentMoney.amount is not an amount"),
        ({"totalPriceSet": samples.bag("1E+40", "1")}, "is not a sensible number"),
        ({"lineItems": samples.connection([{"id": "gid://shopify/LineItem/1"}])}, "order.lineItems.nodes[0].quantity"),
        ({"lineItems": None}, "order.lineItems is missing"),
        ({"presentmentCurrencyCode": "GBP"}, "is not in GBP"),
    ],
)
def test_what_is_not_as_documented_names_the_place(change, place):
    with pytest.raises(DataError) as caught:
        parser.parse_order(samples.graphql_order(**change))
    assert place in caught.value.message
    assert caught.value.external_id == ("" if "id" in change else "1001")
    assert caught.value.remedy


@pytest.mark.parametrize("payload", [None, [], "x", 1, {}, {"id": None}, {"id": {}}])
def test_no_order_at_all(payload):
    for parse in (parser.parse_order, parser_webhook.parse_order, parser_webhook.parse_whole_order):
        with pytest.raises(DataError):
            parse(payload)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-02T11:30:00Z",
        "2026-11-02T11:30:00.123456789Z",
        "2026-11-02 11:30:00.000Z",
        "2026-11-02T12:30:00.5+01:00",
    ],
)
def test_times(written):
    order = parser.parse_order(samples.graphql_order(updatedAt=written))
    assert order.updated_at == datetime(2026, 11, 2, 11, 30, tzinfo=timezone.utc)


def test_text_is_cleaned():
    order = parser.parse_order(samples.graphql_order(note=" a\x00b\ud800 "))
    assert order.note == "ab?"


# === WHO BUYS FOR A COMPANY === #


def purchasing_company(**overrides):
    company = {"id": "gid://shopify/Company/77", "name": "Analytical Engines Ltd"}
    return {"company": company, "location": {"taxSettings": {"taxRegistrationId": "BE0477472701"}}, **overrides}


def test_purchasing_company():
    payload = samples.graphql_order(purchasingEntity=purchasing_company())
    customer = parser.parse_order(payload).customer
    assert (customer.company, customer.company_external_id, customer.vat) == (
        "Analytical Engines Ltd",
        "77",
        "BE0477472701",
    )
    assert customer.name == parser.parse_order(samples.graphql_order()).customer.name


def test_purchasing_company_without_tax_number_or_customer():
    entity = purchasing_company(location={"taxSettings": {"taxRegistrationId": None}})
    payload = samples.graphql_order(purchasingEntity=entity, customer=None)
    customer = parser.parse_order(payload).customer
    assert (customer.external_id, customer.company_external_id, customer.vat) == ("", "77", "")


def test_a_private_purchaser_is_no_company():
    customer = parser.parse_order(samples.graphql_order(purchasingEntity={})).customer
    assert (customer.company_external_id, customer.vat) == ("", "")


def test_a_webhook_states_only_the_id_of_a_company_so_the_order_is_read():
    payload = samples.webhook_order()
    payload["company"] = {"id": 77, "location_id": 78}
    assert parser_webhook.parse_order(payload).customer.company_external_id == "77"
    assert parser_webhook.parse_whole_order(samples.webhook_order()) is not None
    assert parser_webhook.parse_whole_order(payload) is None
