"""Real-world payloads: what we read out of them equals the figures derived independently of us.

The collection stands beside the repository (../shared/corpora); without it the tests are skipped.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import parser, parser_webhook

CORPORA = next(
    (path for parent in Path(__file__).resolve().parents if (path := parent / "shared" / "corpora").is_dir()), None
)
pytestmark = pytest.mark.skipif(CORPORA is None, reason="no folder shared/corpora beside the repository")


def shipping_total(order):
    """The total stated, else (payloads of before 2018 state none) the sum of the lines."""
    if order.shipping_total is UNSET:
        return sum(line.price for line in order.shipping_lines)
    return order.shipping_total


def goods(order):
    return [line for line in order.lines if line.kind in ("product", "gift_card")]


# Figure -> what the document says
FIGURES = {
    "order_id": lambda order: int(order.external_id),
    "name": lambda order: order.name,
    "currency": lambda order: order.currency,
    "subtotal": lambda order: order.subtotal,
    "discount_total": lambda order: order.discount_total,
    "shipping_total": shipping_total,
    "tax_total": lambda order: order.tax_total,
    "taxes_included": lambda order: order.taxes_included,
    "grand_total": lambda order: order.total,
    "customer_email": lambda order: order.email or None,
    "financial_status": lambda order: order.financial_status,
    "cancelled": lambda order: order.cancelled_at is not None,
    "refunds": lambda order: len(order.refunds),
    "test": lambda order: order.test,
    "product_lines": lambda order: len(goods(order)),
    "lines_gross": lambda order: sum(line.gross for line in goods(order)),
    "tip": lambda order: sum(line.amount for line in order.lines if line.kind == "tip"),
}
TEXTS = {"name", "currency", "customer_email", "financial_status"}


def expectations(*kinds):
    if CORPORA is None:
        return []
    lines = map(json.loads, (CORPORA / "expected.jsonl").read_text().splitlines())
    return [
        pytest.param(entry, id=Path(entry["file"]).stem)
        for entry in lines
        if entry["platform"] == "shopify" and entry["kind"] in kinds
    ]


def payload(entry):
    data = json.loads((CORPORA / entry["file"]).read_bytes(), parse_float=Decimal)
    return data.get("order", data)


def complete(data):
    """Some captures ask for a few fields only; these two no figure depends on."""
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {**times, **{key: value for key, value in data.items() if value is not None or key not in times}}


def wrong(entry, order):
    """Return {figure: (expected, found)} of what differs; a figure that is null says nothing."""
    found = {}
    for name, read in FIGURES.items():
        expected = entry.get(name)
        if expected is None:
            continue
        if isinstance(expected, str) and name not in TEXTS:
            expected = Decimal(expected)
        if read(order) != expected:
            found[name] = (expected, read(order))
    return found


def test_the_collection_is_there():
    assert len(expectations("order")) >= 40
    assert sum(entry.values[0]["consistent"] is True for entry in expectations("order")) >= 30


@pytest.mark.parametrize("entry", expectations("order"))
def test_webhook_figures(entry):
    data = complete(payload(entry))
    if entry["consistent"] is None:
        try:
            order = parser_webhook.parse_order(data)
        except DataError as error:
            assert "is missing" in error.message or "is not a boolean" in error.message
            return
        assert wrong(entry, order) == {}
        return
    order = parser_webhook.parse_order(data)
    assert wrong(entry, order) == {}
    if entry["consistent"]:
        assert order.difference == 0
    else:
        assert order.difference != 0
        assert parser_webhook.parse_whole_order(data) is None, "what does not add up is read from the API"


@pytest.mark.parametrize("entry", expectations("graphql_order"))
def test_partial_graphql_captures_raise_nothing_else(entry):
    """These captures select few fields: a DataError must name what lacks, and what can be read must be right."""
    try:
        order = parser.parse_order(payload(entry))
    except DataError as error:
        assert " is missing" in error.message
    else:
        assert wrong(entry, order) == {}


@pytest.mark.parametrize(
    "path",
    sorted((CORPORA / "shopify" / "shape_only").glob("*orders*.json")) if CORPORA else [],
    ids=lambda path: path.stem,
)
def test_placeholders_are_refused(path):
    data = json.loads(path.read_bytes(), parse_float=Decimal)
    with pytest.raises(DataError):
        parser_webhook.parse_order(data)


def test_signature_vectors():
    from odoo.addons.connector_base.transport import SignatureError, verify_hmac  # noqa: PLC0415

    vectors = json.loads(
        (CORPORA / "shopify/signature_vectors/bold-commerce_go-shopify__webhook_hmac.json").read_text()
    )
    for case in vectors["cases"]:
        if case["valid"]:
            verify_hmac(case["body"].encode(), case["hmac"], [vectors["secret"]])
        else:
            with pytest.raises(SignatureError):
                verify_hmac(case["body"].encode(), case["hmac"], [vectors["secret"]])
