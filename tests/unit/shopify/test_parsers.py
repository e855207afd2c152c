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
    TaxLine,
    digest,
)
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import parser, parser_webhook

from . import samples
from .comparing import both

D = Decimal


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


def test_whole_payload_is_taken():
    document = parser_webhook.parse_whole_order(samples.webhook_order())
    assert document == parser_webhook.parse_order(samples.webhook_order())


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
