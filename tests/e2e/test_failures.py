"""What people see when something goes wrong, and how they get out of it."""

import pytest

from .conftest import wait_for

DOMAIN = "failing-shop.myshopify.com"


@pytest.fixture(scope="module")
def channel(stage):
    """A connected channel with a few orders; taxes it does not know are not created."""
    backend = stage.connect(stage.shop(DOMAIN, orders=5), unknown_product="create")
    stage.rpc.call("integration.backend", "write", [backend], {"tax_policy": "match"})
    return backend


def test_refused_access_is_explained_and_retried(stage, page, channel):
    stage.fault("status", status=403, match="orders")
    page.open(f"/odoo/sales-channels/{channel}")
    page.press("Sync Now")
    stage.wait_jobs(channel)
    stage.heal()

    page.open(f"/odoo/sales-channels/{channel}")
    page.wait_text("Needs attention")
    page.wait_text("does not permit this", ".alert-danger")
    page.wait_text("test the connection again", ".alert-danger")
    page.open("/odoo/sync-errors")
    row = page.row("does not permit this")
    assert "Configuration" in row and "1" in row, row
    assert any("test the connection again" in cell for cell in row), row
    page.press("Open", ".o_data_row button")
    page.wait_text("Import orders")
    page.click_text(".o_data_row .o_data_cell", "Import orders")
    page.wait_text("does not permit this", ".alert-danger")

    page.open(f"/odoo/sales-channels/{channel}")
    page.press("Test Connection")
    page.wait_text("The connection works", ".o_notification_manager")
    page.wait_text("Sync Now")
    page.open("/odoo/sync-errors")
    page.press("Retry All", ".o_data_row button")
    page.wait_text("Waiting to run again", ".o_notification_manager")
    stage.wait_jobs(channel)
    page.open("/odoo/sync-errors")
    page.wait_text("No failures: everything is in step")
    assert page.problems() == []


def test_a_shaken_platform_postpones_and_says_so(stage, page, channel):
    stage.fault("status", status=503, match="orders")
    job = stage.rpc.call("integration.backend", "action_sync_now", [channel]) and newest_import(stage, channel)
    retried = [("id", "=", job), ("retry_count", ">", 0)]
    wait_for(lambda: stage.rpc.search_count("sync.job", retried), 15)
    page.open(f"/odoo/sync-jobs/{job}")
    page.wait_text("Postponed", ".alert-warning")
    page.wait_text("it goes on by itself", ".alert-warning")
    assert page.field("name") == "Import orders"
    page.press("Cancel")
    page.wait_text("Cancelled: 1.", ".o_notification_manager")
    stage.heal()
    assert page.problems() == []


def test_a_held_order_says_why_and_cannot_be_confirmed(stage, page, channel):
    placed = stage.place(
        DOMAIN,
        lines=[{"title": "Moon stone", "price": "100.00", "taxable": True}],
        rates=[{"title": "Moon tax", "rate": 0.123}],
        taxes_included=False,
        email="moon@example.com",
    )
    order = stage.order(channel, placed["name"])
    page.open(f"/odoo/channel-orders/{order}")
    page.wait_text("There is no Odoo tax for: Moon tax 12.3 %", ".alert-warning")
    page.wait_text("Configuration > Mappings", ".alert-warning")
    page.press("Confirm")
    page.wait_text("is held and can't be confirmed", ".o_dialog")
    page.wait_text("Moon tax 12.3 %", ".o_dialog")
    page.press("Close", ".o_dialog footer button")
    assert stage.rpc.search_read("sale.order", [("id", "=", order)], ["state"])[0]["state"] == "draft"

    stage.rpc.create("account.tax", {"name": "Moon", "amount": 12.3, "type_tax_use": "sale"})
    page.press("Check Again")
    page.wait_text("is being asked again", ".o_notification_manager")
    stage.wait_jobs(channel)
    page.open(f"/odoo/channel-orders/{order}")
    assert "Moon tax" not in page.text(".o_form_view .alert")
    assert "112.30" in page.text(".oe_subtotal_footer")
    page.press("Confirm")
    page.wait_text("Sales Order", ".o_arrow_button_current")
    assert stage.rpc.search_read("sale.order", [("id", "=", order)], ["state"])[0]["state"] == "sale"
    assert page.problems() == []


def newest_import(stage, backend):
    domain = [("backend_id", "=", backend), ("operation", "=", "import_orders")]
    return stage.rpc.search_read("sync.job", domain, ["id"], order="id desc", limit=1)[0]["id"]
