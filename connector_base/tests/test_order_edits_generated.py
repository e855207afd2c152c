import itertools
import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .order_common import PLACED, make_address, make_line, make_order, make_shipping
from .order_strategies import rounded, taxes_of
from .test_order_edits import EditCase

EXAMPLES = int(os.environ.get("ORDER_EXAMPLES", "4")) * 5
STREETS = ("12 St James's Square", "1 New Road", "2 Newer Road")
CENT = Decimal("0.01")


@st.composite
def histories(draw):
    """Return the documents of one order, oldest first: as placed, then after each edit."""
    included = draw(st.booleans())
    rates = draw(st.sampled_from([[], [Decimal("0.2")], [Decimal("0.05"), Decimal("0.07")]]))
    taxes = [(f"Tax {rate}", rate, included) for rate in rates]
    numbers = itertools.count(1)

    def new_line():
        line = make_line(
            f"L{next(numbers)}",
            price=str(draw(st.integers(1, 9_999)) * CENT),
            quantity=str(draw(st.integers(1, 6))),
            sku=draw(st.sampled_from(["MUG-BLUE", "PLATE", "SERVICE"])),
        )
        return edited(line)

    def edited(line, **changes):
        line = replace(line, **changes)
        discount = min(line.discount, line.gross)
        return replace(line, discount=discount, taxes=taxes_of(line.gross - discount, taxes, 2))

    def edit(lines):
        kind = draw(st.sampled_from(["add", "remove", "quantity", "quantity", "price", "discount"]))
        index = draw(st.integers(0, len(lines) - 1))
        if kind == "add" or (kind == "remove" and len(lines) == 1):
            return [*lines, new_line()]
        if kind == "remove":
            return lines[:index] + lines[index + 1 :]
        changes = {
            "quantity": lambda: {"quantity": Decimal(draw(st.integers(1, 8)))},
            "price": lambda: {"unit_price": draw(st.integers(1, 9_999)) * CENT},
            "discount": lambda: {"discount": rounded(lines[index].gross * draw(st.integers(0, 50)) / 100, 2)},
        }[kind]()
        return [*lines[:index], edited(lines[index], **changes), *lines[index + 1 :]]

    lines = [new_line() for _number in range(draw(st.integers(1, 3)))]
    values = {"shipping_address": make_address(), "cancelled_at": None, "financial_status": "pending"}
    documents = []
    for minute in range(draw(st.integers(2, 5))):
        if documents:
            change = draw(st.sampled_from(["lines", "lines", "lines", "address", "status", "cancel"]))
            if change == "lines":
                lines = edit(lines)
            elif change == "address":
                values["shipping_address"] = make_address(street=draw(st.sampled_from(STREETS)))
            elif change == "status":
                values["financial_status"] = "paid"
            else:
                values["cancelled_at"] = PLACED
        documents.append(
            make_order(
                lines=tuple(lines),
                shipping_lines=(make_shipping(taxes=taxes_of(Decimal(5), taxes, 2)),),
                taxes_included=included,
                updated_at=PLACED + timedelta(minutes=minute),
                **values,
            )
        )
    return documents


@tagged("post_install", "-at_install")
class TestGeneratedEdits(EditCase):
    """However edits arrive, an order ends with the newest figures, or held for what differs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].create(
            {"name": "Service", "default_code": "SERVICE", "type": "service", "invoice_policy": "order"}
        )
        cls.numbers = itertools.count(1)

    def happen(self, order, event):
        """Let users do something with the order between two deliveries, where Odoo allows it."""
        if event == "confirm" and order.state == "draft" and not order.integration_hold_reason:
            order.action_confirm()
        elif event == "deliver" and order.state == "sale" and self.demand(order):
            self.deliver(order, MUG_BLUE=1, PLATE=1)
        elif event == "invoice" and order.state == "sale" and order.invoice_status == "to invoice":
            order._create_invoices().action_post()
        elif event == "lock" and order.state == "sale":
            order.action_lock()

    def check(self, order, newest):
        label = f"{order.state} {order.integration_hold_reason} {newest}"
        cancelled = bool(newest.cancelled_at)
        if cancelled and order.state == "cancel":
            return
        self.assertNotEqual(order.state, "cancel", label)
        if cancelled:
            self.assertIn("cancelled", order.integration_hold_reason, label)
            return
        held = order.integration_hold_reason or ""
        currency = order.currency_id
        if currency.compare_amounts(order.amount_total, float(newest.total)):
            self.assertIn(f"{newest.total} USD", held, label)
        tax = sum(newest.tax_by_rate.values(), Decimal(0))
        if currency.compare_amounts(order.amount_tax, float(tax)):
            self.assertTrue(held, label)
        if order.partner_shipping_id.street != newest.shipping_address.street:
            self.assertIn(newest.shipping_address.street, held, label)
        self.assertEqual(order.integration_financial_status, newest.financial_status)
        if not held:
            wanted = {line.external_id: float(line.quantity) for line in newest.lines}
            lines = order.order_line.filtered(lambda line: line.integration_kind == "product" and line.product_uom_qty)
            found = {line.integration_external_id: line.product_uom_qty for line in lines}
            self.assertEqual(found, wanted, label)
            if order.state == "sale":
                self.assert_deliveries(order, label)
            if order.state == "sale" and order.invoice_status == "to invoice":
                order._create_invoices().action_post()
            invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
            if order.state == "sale" and order.invoice_status == "invoiced":
                self.assertAlmostEqual(sum(invoices.mapped("amount_total")), order.amount_total, 2, label)

    def assert_deliveries(self, order, label):
        """What has left and what is still to leave make the quantities ordered."""
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        ordered, moved = {}, {}
        for line in order.order_line.filtered(lambda line: line.product_id.type == "consu"):
            ordered[line.product_id] = ordered.get(line.product_id, 0) + line.product_uom_qty
        for move in moves:
            moved[move.product_id] = moved.get(move.product_id, 0) + (
                move.quantity if move.state == "done" else move.product_uom_qty
            )
        nothing = {product: quantity for product, quantity in ordered.items() if not quantity}
        self.assertEqual({**nothing, **{key: value for key, value in moved.items() if value}}, ordered, label)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(
        histories(),
        st.data(),
        st.sampled_from(["apply", "apply", "apply", "hold"]),
    )
    def test_any_order_of_edits(self, documents, data, policy):
        number = str(next(self.numbers))
        documents = [replace(document, external_id=number, name=f"#{number}") for document in documents]
        self.backend.confirmed_order_edits = policy
        repeated = documents + data.draw(st.lists(st.sampled_from(documents), max_size=3))
        arriving = data.draw(st.permutations(repeated))
        for document in arriving:
            result = self.import_orders(document)
            self.assertFalse(result.failed, [getattr(error, "traceback", error) for _id, _name, error in result.failed])
            event = data.draw(st.sampled_from(["confirm", "confirm", "confirm", "deliver", "invoice", "lock", "wait"]))
            self.happen(self.order_of(number), event)
        self.check(self.order_of(number), documents[-1])
