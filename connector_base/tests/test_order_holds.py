import ast
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from odoo.tests import tagged

from .order_common import PLACED, EngineCase, make_address, make_line, make_order, make_tax

ADDON = Path(__file__).resolve().parents[1]


def as_documented(sentence):
    return re.sub(r"%\(\w+\)[a-z]|%s", "…", sentence)


def sentences_in_code():
    """Return the reasons, with … for what varies, that `_integration_hold` is called with or `holds` get."""
    sentences = set()
    for path in [*ADDON.glob("engine/*.py"), *ADDON.glob("models/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "_integration_hold":
                reason = node.args[0]
            elif node.func.attr == "append" and getattr(node.func.value, "attr", "") == "holds":
                reason = node.args[0].elts[0]
            else:
                continue
            sentences.add(as_documented(ast.literal_eval(reason.args[0])))
    return sentences


def sentences_in_docs():
    text = (ADDON / "readme" / "USAGE.md").read_text()
    section = text.split("## Why an order is held")[1].split("\n## ")[0]
    return {
        " ".join(sentence.split()) for sentence in re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE | re.DOTALL)
    }


@tagged("post_install", "-at_install")
class TestOrderHolds(EngineCase):
    """Every reason the code can hold an order for is produced here and documented; there is no other."""

    def held(self, *documents):
        """Import `documents` one after the other; return why the last one is held and what to do."""
        for document in documents:
            self.import_orders(document)
        order = self.order_of(documents[-1].external_id)
        self.assertTrue(order.integration_hold_remedy)
        return order.integration_hold_reason

    def confirmed_then(self, external_id, **changes):
        document = make_order(external_id)
        self.import_order(document).action_confirm()
        return self.held(replace(document, updated_at=PLACED + timedelta(hours=1), **changes))

    def no_tax(self):
        return self.held(make_order("1", lines=(make_line(taxes=[make_tax("3.70", "0.37")]),)))

    def no_rate(self):
        self.env["res.currency.rate"].search([("currency_id.name", "=", "KWD")]).unlink()
        return self.held(make_order("2", currency="KWD"))

    def fine_quantity(self):
        return self.held(make_order("3", lines=(make_line(quantity="1.2345"),)))

    def wrong_total(self):
        return self.held(make_order("4", total=Decimal("11.00")))

    def computed_otherwise(self):
        """A line that a user added to a quotation spoils its total."""
        document = make_order("5")
        order = self.import_order(document)
        order.order_line.copy({"order_id": order.id, "integration_kind": False})
        lines = (make_line(price="12.00"),)
        changed = make_order("5", updated_at=PLACED + timedelta(hours=1), lines=lines)
        return self.held(changed)

    def changed_lines(self):
        return self.confirmed_then("6", lines=(make_line(price="12.00"),), total=Decimal("12.00"))

    def changed_address(self):
        return self.confirmed_then("7", shipping_address=make_address(street="1 Other Street"))

    def cancelled(self):
        return self.confirmed_then("8", cancelled_at=PLACED + timedelta(minutes=30))

    def test_every_reason(self):
        producers = (
            self.no_tax,
            self.no_rate,
            self.fine_quantity,
            self.wrong_total,
            self.computed_otherwise,
            self.changed_lines,
            self.changed_address,
            self.cancelled,
        )
        documented = sentences_in_docs()
        patterns = {sentence: re.escape(sentence).replace("…", ".+") for sentence in documented}
        produced = set()
        for produce in producers:
            reason = produce()
            matches = {sentence for sentence, pattern in patterns.items() if re.fullmatch(pattern, reason)}
            self.assertEqual(len(matches), 1, f"{produce.__name__}: {reason}")
            produced |= matches
        self.assertEqual(documented, sentences_in_code(), "the documentation lists what the code can hold for")
        self.assertEqual(produced, documented)
