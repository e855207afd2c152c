"""An order from its payment to its refund, as staff see it, and the forms that look before they do."""

import pytest

from .conftest import wait_for

DOMAIN = "life-shop.myshopify.com"
STEPS = ("step_confirm", "step_reserve", "step_invoice", "step_post", "step_register_payment")
SECONDS = 30


@pytest.fixture(scope="module")
def channel(stage):
    backend = stage.connect(stage.shop(DOMAIN, orders=5), unknown_product="create")
    [rule] = stage.rpc.search_read("integration.workflow.rule", [("backend_id", "=", backend)], ["id"])
    values = {**dict.fromkeys(STEPS, True), "invoice_basis": "ordered"}
    stage.rpc.call("integration.workflow.rule", "write", [rule["id"]], values)
    stage.rpc.call("integration.backend", "write", [backend], {"workflow_active": True, "refund_booking": "posted"})
    return backend


def test_a_paid_order_is_invoiced_and_its_refund_credited(stage, page, channel):
    rpc = stage.rpc
    line = {"title": "Blue mug", "price": "12.50", "quantity": 2, "taxable": False}
    placed = stage.place(DOMAIN, lines=[line], financial="paid")
    order = stage.order(channel, placed["name"])
    wait_for(lambda: state(stage, order) == "stopped", SECONDS)
    page.open(f"/odoo/channel-orders/{order}")
    page.wait_text("Workflow stopped at:", ".alert-warning")
    page.wait_text("No journal is chosen for the payment gateway", ".alert-warning")

    journal = rpc.create("account.journal", {"name": "Gateway", "type": "bank", "code": "GATE"})
    for mapping in rpc.search_read("integration.mapping", [("kind", "=", "payment_method")], ["id"]):
        rpc.call("integration.mapping", "write", [mapping["id"]], {"journal_id": journal})
    page.press("Continue Workflow")
    wait_for(lambda: state(stage, order) == "done", SECONDS)
    [invoice] = moves(stage, order)
    assert (invoice["move_type"], invoice["amount_total"]) == ("out_invoice", 25.0)
    assert invoice["payment_state"] in ("paid", "in_payment")

    number = placed["name"].lstrip("#")
    refund = {"lines": [{"line_id": placed["lines"][0]["id"], "quantity": 1}], "note": "Broken"}
    stage.sandbox.control(f"shops/{DOMAIN}/orders/{number}/refund", refund)
    booked = [("order_id", "=", order), ("state", "=", "done"), ("payment_ids.payment_id", "!=", False)]
    wait_for(lambda: rpc.search_count("integration.refund", booked), SECONDS)
    credit = next(move for move in moves(stage, order) if move["move_type"] == "out_refund")
    assert (credit["state"], credit["amount_total"]) == ("posted", 12.5)
    page.open(f"/odoo/channel-orders/{order}")
    page.tab("Platform Payments")
    page.wait_text("Broken", ".tab-pane.active")
    assert page.text(".tab-pane.active").count("Booked") >= 2
    assert page.problems() == []


def test_forms_that_look_first(page, channel):
    """The import of a period, the dry run and the preview say what would happen; the page has no errors."""
    page.open(f"/odoo/sales-channels/{channel}")
    page.press("Import Orders...")
    page.wait_text("on the platform", ".o_dialog")
    page.press("Close", ".o_dialog footer button")
    page.press("Dry Run...")
    page.press("Try", ".o_dialog footer button")
    page.wait_text("Nothing to do", ".o_dialog")
    page.press("Close", ".o_dialog footer button")
    page.tab("Workflow")
    page.press("Preview With the Latest Orders")
    page.wait_text("Nothing is changed by looking", ".o_dialog")
    page.wait_text("#", ".o_dialog .o_data_row")
    page.press("Close", ".o_dialog footer button")
    assert page.problems() == []


def state(stage, order):
    [found] = stage.rpc.search_read("sale.order", [("id", "=", order)], ["integration_workflow_state"])
    return found["integration_workflow_state"]


def moves(stage, order):
    [found] = stage.rpc.search_read("sale.order", [("id", "=", order)], ["invoice_ids"])
    fields = ["move_type", "state", "payment_state", "amount_total"]
    return stage.rpc.search_read("account.move", [("id", "in", found["invoice_ids"])], fields)
