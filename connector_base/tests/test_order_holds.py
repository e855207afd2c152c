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
    """Return the reasons, with … for what varies, that the functions hold for, or give to those that do."""
    sentences = set()
    for path in [*ADDON.glob("engine/*.py"), *ADDON.glob("models/*.py")]:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                sentences.update(as_documented(ast.literal_eval(reason.args[0])) for reason in reasons_of(function))
    return sentences


def reasons_of(function):
    """Yield the texts that are the first of a pair which is appended to `holds`, or called or returned as a reason."""
    nodes = list(ast.walk(function))
    calls = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    holds = function.name.endswith("_hold") or calls & {"_integration_hold", "_integration_hold_about"}
    for node in nodes:
        if isinstance(node, ast.Assign) and holds and getattr(node.targets[0], "id", "") == "reason":
            yield from texts(node.value)
        elif isinstance(node, ast.Return) and holds and isinstance(node.value, ast.Tuple):
            yield from texts(node.value.elts[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append":
            target = node.func.value
            if "holds" in (getattr(target, "attr", ""), getattr(target, "id", "")):
                yield from texts(getattr(node.args[0], "elts", [None])[0])


def texts(node):
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_":
        yield node


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

    def confirmed_then(self, external_id, edits="hold", *, meanwhile=None, **changes):
        """Return why an order is held that was changed on the platform after it was confirmed."""
        self.backend.confirmed_order_edits = edits
        document = make_order(external_id)
        order = self.import_order(document)
        order.action_confirm()
        if meanwhile:
            meanwhile(order)
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

    def changed_beside_an_own_line(self):
        def add_line(order):
            order.order_line.copy({"order_id": order.id, "integration_kind": False, "integration_external_id": False})

        lines = (make_line(price="12.00"),)
        return self.confirmed_then("9", "apply", meanwhile=add_line, lines=lines, total=Decimal("12.00"))

    def changed_though_adopted(self):
        def adopt(order):
            order.integration_adopted = True

        lines = (make_line(price="12.00"),)
        return self.confirmed_then("10", meanwhile=adopt, lines=lines, total=Decimal("12.00"))

    def deleted(self):
        order = self.import_order(make_order("11"))
        order.action_confirm()
        self.env["integration.order.updater"]._note_deleted(self.backend, ["11"])
        return order.integration_hold_reason

    def risky(self):
        return self.held(make_order("12", risk="high"))

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
            self.changed_beside_an_own_line,
            self.changed_though_adopted,
            self.deleted,
            self.risky,
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
