"""Real orders, from payload to sales order: Odoo shows the figures derived independently of us.

The collection stands beside the repository (../shared/corpora); without it the tests are skipped.
"""

import json
import logging
import unittest
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import parser, parser_webhook

from .common import ShopifyCase

_logger = logging.getLogger(__name__)

CORPORA = next(
    (path for parent in Path(__file__).resolve().parents if (path := parent / "shared" / "corpora").is_dir()), None
)
KINDS = ("order", "graphql_order")
TIMES = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
GOODS = ("product", "gift_card")
CONSISTENCY = {True: "consistent", False: "inconsistent", None: "partial"}


def expectations():
    lines = map(json.loads, (CORPORA / "expected.jsonl").read_text().splitlines())
    return [entry for entry in lines if entry["platform"] == "shopify" and entry["kind"] in KINDS]


def complete(data):
    """Some captures ask for a few fields only; these two no figure depends on."""
    return {**TIMES, **{key: value for key, value in data.items() if value is not None or key not in TIMES}}


def complete_graphql(data, entry):
    """What our own query asks for besides amounts, for captures whose figures are all there."""
    if not entry["consistent"]:
        return data
    nodes = {"discountApplications": {"nodes": []}, "taxesIncluded": False}
    currencies = dict.fromkeys(("presentmentCurrencyCode", "currencyCode"), entry["currency"])
    times = dict.fromkeys(("createdAt", "updatedAt", "processedAt"), TIMES["created_at"])
    data = {**nodes, **currencies, **times, **data}
    for connection in ("lineItems", "shippingLines"):
        for number, node in enumerate(data[connection]["nodes"], start=1):
            node.setdefault("id", f"gid://shopify/Line/{number}")
    return data


def document_of(entry):
    data = json.loads((CORPORA / entry["file"]).read_bytes(), parse_float=Decimal)
    data = data.get("order", data)
    if entry["kind"] == "order":
        document = parser_webhook.parse_order(complete(data))
    else:
        document = parser.parse_order(complete_graphql(data, entry))
    # the same order stands in several captures: each is an order of its own here
    return replace(document, external_id=entry["file"], test=False)


def stated_subtotal(entry):
    """The subtotal, less what it contradicts the payload's own lines and discounts by (`subtotal_check`).

    Payloads of before 2019 state it before the discount of the order; some count a discount on shipping to the lines.
    """
    if entry["subtotal"] is None:
        return None
    return str(Decimal(entry["subtotal"]) - Decimal(entry.get("subtotal_check") or 0))


@unittest.skipUnless(CORPORA, "no folder shared/corpora beside the repository")
@tagged("post_install", "-at_install")
class TestCorporaOrders(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.backend.write({"tax_policy": "create", "unknown_product": "placeholder", "import_from": False})
        self.env["res.currency"].with_context(active_test=False).search([]).active = True
        currencies = self.env["res.currency"].search([("id", "!=", self.env.company.currency_id.id)])
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            [{"currency_id": currency.id, "name": "2000-01-01", "rate": 1.3} for currency in currencies]
        )

    def figures(self, order):
        """Return {name in expected.jsonl: what the sales order shows}."""
        lines = order.order_line.filtered(lambda line: line.integration_kind != "rounding")
        shipping = lines.filtered("is_delivery")
        kinds = lines.grouped("integration_kind")
        goods = lines.filtered(lambda line: line.integration_kind in GOODS)
        shown = "price_total" if any(lines.tax_ids.mapped("price_include")) else "price_subtotal"
        duties = kinds.get("duty", lines.browse())
        return {
            "name": order.client_order_ref,
            "currency": order.currency_id.name,
            "product_lines": len(goods),
            "lines_gross": gross(goods),
            "subtotal": sum((lines - shipping - duties).mapped(shown), 0.0),
            "discount_total": gross(lines) - sum(lines.mapped(shown), 0.0),
            "shipping_total": gross(shipping),
            "tax_total": order.amount_tax,
            "tip": gross(kinds.get("tip", lines.browse())),
            "duties": gross(duties),
            "grand_total": order.amount_total,
            "financial_status": order.integration_financial_status or None,
            "cancelled": bool(order.integration_cancelled_at),
        }

    def wrong(self, entry, order):
        """Return {figure: (expected, found)} of what differs; a figure that is null says nothing."""
        expected = {**entry, "subtotal": stated_subtotal(entry)}
        if expected["financial_status"]:
            expected["financial_status"] = expected["financial_status"].lower()
        differences = {}
        for name, found in self.figures(order).items():
            if expected.get(name) is None:
                continue
            same = abs(found - float(expected[name])) < 1e-6 if isinstance(found, float) else found == expected[name]
            if not same:
                differences[name] = (expected[name], found)
        return differences

    def test_all(self):
        """Consistent orders show every expected figure and aren't held; the others are held or refused."""
        counts, problems, documents, entries = Counter(), {}, [], {}
        for entry in expectations():
            try:
                document = document_of(entry)
            except DataError as error:
                counts[CONSISTENCY[entry["consistent"]], "refused"] += 1
                if entry["consistent"] is not None:
                    problems[entry["file"]] = error.message
                continue
            documents.append(document)
            entries[document.external_id] = entry
        result = self.env["integration.order.importer"]._import_page(self.backend, documents)
        self.assertEqual(result.failed, [])
        bindings = self.env["integration.binding.order"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(set(bindings.mapped("external_id")), entries.keys())
        for binding in bindings:
            entry, order = entries[binding.external_id], binding.odoo_id
            reason = order.integration_hold_reason or ""
            counts[CONSISTENCY[entry["consistent"]], "held" if reason else "imported"] += 1
            if entry["consistent"] is False:
                if f"The platform's total {entry['grand_total']}" not in reason:
                    problems[entry["file"]] = reason
            elif reason or self.wrong(entry, order):
                problems[entry["file"]] = (self.wrong(entry, order), reason)
        _logger.info("corpora: %s", dict(counts))
        self.assertFalse(problems, problems)
        self.assertFalse(counts["consistent", "held"] or counts["consistent", "refused"])
        self.assertFalse(counts["inconsistent", "imported"])
        self.assertGreaterEqual(counts["consistent", "imported"], 38)
        self.assertGreaterEqual(counts["inconsistent", "held"], 2)
        self.assertGreaterEqual(counts["partial", "imported"], 3)


def gross(lines):
    return sum((line.price_unit * line.product_uom_qty for line in lines), 0.0)
