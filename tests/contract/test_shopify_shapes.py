"""The two shapes of an order give equal documents: the webhook's payload and what the GraphQL API answers.

Both come from the sandbox, which writes each shape by code of its own; its books (the ledger) say what is right.
"""

import json
import random
from collections import Counter
from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import Session
from odoo.addons.connector_shopify import parser, parser_webhook
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.listing import OrderListing

from sandbox.shopify import rest
from tests.acceptance.stand_in import StandIn
from tests.unit.shopify.comparing import differences

DOMAIN = "shapes.myshopify.com"
ORDERS = 600
CURRENCIES = ("presentment", "shop")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with many orders of all kinds, some edited, some with odd lines."""
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise", "seed": {"products": 40, "orders": ORDERS}})
        edit_some(stand_in)
        stand_in.control(
            f"shops/{DOMAIN}/orders",
            {
                "lines": [{"title": "Repair", "price": "30", "properties": {"Engraving": "Zoé", "_hidden": "1"}}],
                "tip": "4.20",
                "note": "Ring twice\n",
                "attributes": {"gift": "yes", "empty": ""},
                "tags": ["vip", "b2c"],
                "currency": "JPY",
            },
        )
        yield stand_in


def edit_some(stand_in):
    """Edit units out of orders that were not shipped, on every third of them."""
    chosen = random.Random(3)
    open_orders = [
        order
        for order in stand_in.control(f"shops/{DOMAIN}/orders")["orders"]
        if not order["cancelled"]
        and order["fulfillment_status"] == "UNFULFILLED"
        and order["financial_status"] in ("PAID", "PENDING")
    ]
    for order in open_orders[::3]:
        line = chosen.choice(order["lines"])
        left = chosen.randrange(line["current_quantity"])
        stand_in.control(f"shops/{DOMAIN}/orders/{order['id']}/edit", {"quantities": {line["id"]: left}})


@pytest.fixture(scope="module")
def client(store):
    auth = TokenAuth(store.shop(DOMAIN).config["admin_token"])
    return ShopifyClient(Session(auth=auth, redirect=store.url), DOMAIN, auth)


@pytest.fixture(scope="module", params=CURRENCIES)
def currency(request):
    return request.param


@pytest.fixture(scope="module")
def read(client, currency):
    """{id: document} of all orders, read page by page over HTTP."""
    documents, listing = {}, OrderListing.begin(None)
    while listing:
        nodes, listing = listing.read_page(client, presentment=currency == "presentment", shipments=True)
        for node in nodes:
            document = parser.parse_order(node, currency=currency)
            documents[document.external_id] = document
    return documents


@pytest.fixture(scope="module")
def payloads(store):
    """{id: payload}: what a webhook would carry at this moment."""
    shop = store.shop(DOMAIN)
    bodies = (json.dumps(rest.order(shop, order)) for order in shop.store.all(DOMAIN, "order"))
    parsed = (json.loads(body, parse_float=Decimal) for body in bodies)
    return {str(payload["id"]): payload for payload in parsed}


def test_all_orders_are_compared(read, payloads):
    assert set(read) == set(payloads)
    assert len(read) == ORDERS + 1
    kinds = Counter()
    for document in read.values():
        kinds["included" if document.taxes_included else "excluded"] += 1
        kinds["foreign"] += document.currency != "USD"
        kinds["cancelled"] += bool(document.cancelled_at)
        kinds["refunded"] += bool(document.refunds)
        kinds["long"] += len(document.lines) > 250
        kinds["guest"] += bool(document.customer and not document.customer.external_id)
        kinds["discounted"] += any(line.discount for line in document.lines)
        kinds["shipping discount"] += any(line.discount for line in document.shipping_lines)
        kinds["two rates"] += len(document.tax_by_rate) > 1
    few = {kind: count for kind, count in kinds.items() if count < (2 if kind == "long" else 10)}
    assert not few or set(few) == {"foreign"}, "of each kind there must be some, else nothing was compared"


def test_equal_in_everything_both_state(read, payloads, currency):
    found, again = {}, 0
    for external_id, payload in payloads.items():
        document = parser_webhook.parse_order(payload, currency=currency)
        places = differences(document, read[external_id])
        if parser_webhook.parse_whole_order(payload, currency=currency) is None:
            # A payload states transactions in the customer's currency only, so in the shop's it is read again.
            again += 1
            places = [place for place in places if ".payments[" not in place]
        if places:
            found[document.name] = places
    assert found == {}
    assert again < len(payloads) / 2


def test_what_the_webhook_leaves_unset(read, payloads):
    for external_id, payload in payloads.items():
        document = parser_webhook.parse_order(payload)
        assert (document.payments, document.risk) == (UNSET, UNSET)
        assert read[external_id].payments is not UNSET
        assert read[external_id].risk is not UNSET


def test_payloads_are_whole(payloads):
    """In the customer's currency nothing has to be read again: that is what keeps API calls few."""
    again = [payload["name"] for payload in payloads.values() if parser_webhook.parse_whole_order(payload) is None]
    assert again == []


def test_books(store, client):
    """Lines, discounts, taxes per rate, shipping and total are those of the store's own books."""
    booked = {entry["id"]: entry for entry in store.control(f"shops/{DOMAIN}/ledger")["orders"]}
    gids, wrong, seen = list(booked), {}, 0
    for start in range(0, len(gids), 100):
        for node in client.orders_by_id(gids[start : start + 100]):
            document = parser.parse_order(node)
            seen += 1
            mistakes = compare(booked[node["id"]], document)
            if document.difference:
                mistakes["difference"] = document.difference
            if mistakes:
                wrong[document.name] = mistakes
    assert wrong == {}
    assert seen == len(booked) == ORDERS + 1


def compare(entry, document):
    """Return what of a document differs from the books, by name."""
    edited = any(line["quantity"] != line["current_quantity"] for line in entry["lines"])
    if edited and not document.refunds:
        # Only units edited out: what is left is what the store now expects.
        return {} if document.total == Decimal(entry["current_total"]) else {"total": document.total}
    lines = {line.external_id: line for line in document.lines if line.kind != "tip"}
    booked = {line["id"].rpartition("/")[2]: line for line in entry["lines"]}
    checks = {
        "currency": (document.currency, entry["currency"]),
        "taxes included": (document.taxes_included, entry["taxes_included"]),
        "lines": (set(lines), set(booked)),
        "quantities": (
            {key: line.quantity for key, line in lines.items()},
            {key: line["quantity"] for key, line in booked.items()},
        ),
        "nets": (
            {key: line.amount for key, line in lines.items()},
            {key: Decimal(line["net"]) for key, line in booked.items()},
        ),
        "discounts": (
            {key: line.discount for key, line in lines.items()},
            {key: Decimal(line["discount"]) for key, line in booked.items()},
        ),
        "shipping": (
            sum(line.amount for line in document.shipping_lines),
            Decimal(entry["shipping_total"]),
        ),
        "taxes": (
            {rate: amount for rate, amount in document.tax_by_rate.items() if amount},
            {Decimal(rate): Decimal(amount) for rate, amount in entry["tax_by_rate"].items() if Decimal(amount)},
        ),
        "tip": (
            sum(line.amount for line in document.lines if line.kind == "tip"),
            Decimal(entry["tip"]),
        ),
        "total": (document.total, Decimal(entry["total"])),
        "e-mail": (document.email, entry["customer_email"] or ""),
        "payment": (document.financial_status, entry["financial_status"].lower()),
    }
    return {name: pair for name, pair in checks.items() if pair[0] != pair[1]}
