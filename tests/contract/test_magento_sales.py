"""The connector reads what Magento's sandbox sells, to the cent: the sandbox's books are reckoned apart from both."""

import json
from decimal import Decimal

import pytest

from odoo.addons.connector_magento.parser import parse_order

from sandbox.factory import build
from tests.sandbox.magento_lab import MagentoLab
from tests.sandbox.magento_sales import place, product

ORDERS = 250


@pytest.fixture(scope="module")
def sold(tmp_path_factory):
    """A shop that has sold products of every type, by all three algorithms, with and without tax in its prices."""
    sandbox = build(tmp_path_factory.mktemp("sold"))
    lab = MagentoLab(sandbox, "sold.magento.test")
    lab.client.post("/_control/shops", json={"domain": lab.domain, "edition": "Enterprise"})
    for number in range(6):
        product(lab, f"cup-{number}", price=3.5 + number)
    child = product(lab, "tee-s", price=12)
    links = {"configurable_product_links": [child["id"]]}
    product(lab, "tee", type_id="configurable", price=0, extension_attributes=links)
    for name, price, kind in (("set", 0, "0"), ("box", 17, "1")):
        options = [{"option_id": 1, "product_links": [{"id": "1", "sku": "cup-1", "qty": 2}]}]
        extension = {"bundle_product_options": options}
        attributes = [{"attribute_code": "price_type", "value": kind}]
        product(lab, name, type_id="bundle", price=price, extension_attributes=extension, custom_attributes=attributes)
    lab.control("POST", "/orders/bulk", {"orders": ORDERS})
    paid = {"rates": [{"title": "VAT", "rate": "0.2"}], "financial": "paid"}
    for means in ({"gift_card": "10"}, {"store_credit": "5", "reward_points": "3"}, {"gift_card": "1000"}):
        lab.control("POST", f"/orders/{place(lab, **paid, **means)}/refund", {})
    yield lab
    sandbox.close()


def listed(lab, path: str) -> list[dict]:
    """As the client decodes it: numbers exactly."""
    return json.loads(json.dumps(lab.search(path)["items"]), parse_float=Decimal)


@pytest.fixture(scope="module")
def read(sold):
    """[(canonical order, what the books say of it)]."""
    books = {entry["id"]: entry for entry in sold.control("GET", "/ledger")["orders"]}
    of_order: dict[str, dict[int, list]] = {}
    for kind in ("invoices", "creditmemos", "shipments"):
        found = of_order[kind] = {}
        for record in listed(sold, kind):
            found.setdefault(record["order_id"], []).append(record)
    return [
        (
            parse_order(payload, groups={}, **{kind: found.get(number, []) for kind, found in of_order.items()}),
            books[str(number)],
        )
        for payload in listed(sold, "orders")
        for number in [payload["entity_id"]]
    ]


def test_orders_add_up_to_the_books(read):
    assert len(read) > ORDERS
    for document, book in read:
        assert document.difference == 0, document.name
        assert (document.total, document.currency) == (Decimal(book["total"]), book["currency"]), document.name
        taxes = (tax.amount for line in (*document.lines, *document.shipping_lines) for tax in line.taxes)
        assert sum(taxes, Decimal(0)) == Decimal(book["tax_total"]), document.name


def test_payments_come_to_what_was_invoiced(read):
    for document, book in read:
        if book["state"] in ("complete", "closed"):
            paid = sum((entry.amount for entry in document.payments if entry.kind == "sale"), Decimal(0))
            assert paid == Decimal(book["total"]), document.name


def test_refunds_are_worth_what_the_books_say(read):
    refunded = 0
    for document, book in read:
        assert len(document.refunds) == len(book["refunds"])
        for refund, entry in zip(document.refunds, book["refunds"], strict=True):
            refunded += 1
            assert sum((paid.amount for paid in refund.payments), Decimal(0)) <= Decimal(entry["amount"])
            explained = [part for part in refund.adjustments if part.external_id.endswith("-rest")]
            assert not explained or book["paid_otherwise"], (document.name, explained)
    assert refunded > ORDERS / 20


def test_shipments_are_of_the_orders_lines(read):
    for document, book in read:
        lines = {line.external_id: line.quantity for line in document.lines}
        sent: dict[str, Decimal] = {}
        for shipment in document.shipments:
            for line in shipment.lines:
                sent[line.line_external_id] = sent.get(line.line_external_id, Decimal(0)) + line.quantity
        assert all(quantity <= lines[line_id] for line_id, quantity in sent.items()), document.name
        assert [list(shipment.tracking) for shipment in document.shipments] == [
            shipment["numbers"] for shipment in book["shipments"]
        ]
