"""The story a stranger plays: connect a store, watch the import, place an order in the shop, see it in Odoo."""

import re
import time

DOMAIN = "story-shop.myshopify.com"
ORDERS = 260  # three batches


def test_from_connecting_a_store_to_an_order_in_odoo(stage, page):
    shop = stage.shop(DOMAIN, orders=ORDERS)
    stage.fault("latency", seconds=4, match="orders")  # time to watch the import
    connect(page, shop)
    watch_first_import(page, shop["counts"])
    stage.heal()
    name, total = place_order(stage, page, shop)
    see_order(stage, page, name, total)
    see_what_happened(page, orders=ORDERS - shop["counts"]["test_orders"] + 1)
    assert page.problems() == []


def connect(page, shop):
    page.open("/odoo")
    page.app("connector_base.menu_integration_root")
    page.wait_text("Connect your first sales channel")
    page.press("Connect a Channel")
    page.wait_text("Connect a Sales Channel", ".o_dialog")
    page.click_text(".o_dialog [name='platform'] label", "Shopify")
    page.fill("shopify_domain", shop["domain"].partition(".")[0], ".o_dialog")
    page.fill("shopify_client_id", shop["client_id"], ".o_dialog")
    page.fill("shopify_client_secret", "not the secret", ".o_dialog")
    page.choose("unknown_product", "Create the product from the order line", ".o_dialog")
    page.choose("tax_policy", "Create the tax", ".o_dialog")
    page.press("Connect")
    # Refused, with what to do; what was entered is still there
    page.wait_text("secret", ".o_error_dialog")
    refusal = page.text(".o_error_dialog")
    assert "client id" in refusal.lower() or "client secret" in refusal.lower(), refusal
    page.browser.click(".o_error_dialog footer button")
    page.fill("shopify_client_secret", shop["client_secret"], ".o_dialog")
    page.press("Connect")
    page.wait_text(DOMAIN)
    assert page.browser.evaluate("document.querySelector('.o_arrow_button_current').innerText.trim()") == "Connected"
    assert page.field("name") == shop["name"]
    assert shop["client_secret"] not in page.browser.evaluate("document.documentElement.outerHTML")
    page.wait_text("read_orders")  # what the platform says about the app


OUTCOME = re.compile(
    r"(?P<created>\d+) created(, (?P<skipped>\d+) skipped)?(, \d+ held)?(, (?P<left>\d+) left to a job of their own)?"
)


def watch_first_import(page, counts):
    page.menu("Operations", "Sync Jobs")
    deadline = time.monotonic() + 120
    shares = set()
    while "Done" not in (row := page.row("Import the orders of a period")):
        assert time.monotonic() < deadline, row
        shares.update(re.findall(r"(\d+)\s*%", " ".join(row)))
        page.open("/odoo/sync-jobs")
    tests = counts["test_orders"]  # not imported, unless the channel says so
    told = next(match for cell in row if (match := OUTCOME.match(cell)))
    # products and customers come in at the same time: an order that meets them is tried again a moment later
    created, skipped, left = (int(told[name] or 0) for name in ("created", "skipped", "left"))
    assert str(ORDERS) in row and (created + left, skipped) == (ORDERS - tests, tests), row
    assert any(0 < int(share) < 100 for share in shares), f"no progress was seen: {shares}"


def place_order(stage, page, shop):
    """Order in the shop as a customer does; return the order's name and total there."""
    browser = page.browser
    browser.goto(f"{stage.sandbox.address}/shop/{shop['domain']}/")
    browser.evaluate("document.querySelector('input[name=quantity]').value = 3")
    browser.evaluate("document.querySelector('input[name=email]').value = 'ada@example.com'")
    browser.click("form[method=post] > section button")
    browser.wait_for("location.pathname.includes('/orders/')")
    name = browser.evaluate("document.querySelector('h1').innerText").removeprefix("Order ")
    totals = browser.evaluate("[...document.querySelectorAll('tr')].map((row) => row.innerText)")
    total = next(row for row in totals if row.startswith("Total"))
    return name, re.search(r"\d[\d,]*\.\d\d", total)[0]


def see_order(stage, page, name, total):
    started = time.monotonic()
    backend = stage.rpc.search_read("integration.backend", [("shopify_domain", "=", DOMAIN)], ["id"])[0]["id"]
    stage.order(backend, name)
    assert time.monotonic() - started < 10, "webhooks bring an order within seconds"
    page.open("/odoo")
    page.app("connector_base.menu_integration_root")
    page.menu("Records", "Sales Orders")
    row = page.row(name)
    assert {"Paid", "Unfulfilled"} <= set(row), row
    page.click_text(".o_data_row .o_data_cell", name)
    page.wait_text("Gwen Guest", ".o_form_view")  # the name the shop gives its guests
    assert total in page.text(".oe_subtotal_footer"), page.text(".oe_subtotal_footer")
    page.tab("Sales Channel")
    assert page.field("integration_financial_status") == "Paid"
    assert page.field("integration_fulfillment_status") == "Unfulfilled"
    assert page.field("client_order_ref") == name
    page.tab("Shopify")
    page.wait_text("Confirmation Number", ".o_form_view .tab-pane.active")
    assert page.field("shopify_order_name") == name


def see_what_happened(page, orders):
    page.menu("Operations", "Webhook Events")
    # The shop tells of a paid order twice; when both are there before the first is taken, the newer one counts
    assert page.rows("orders/create")
    assert any("Processed" in row for row in page.rows("orders/"))
    page.menu("Operations", "Sync Jobs")
    assert any("Done" in row and re.search(r"events: \d", " ".join(row)) for row in page.rows("Process webhook events"))
    page.menu("Monitoring", "API Calls")
    assert "200" in page.row("OrdersById")
    page.click_text(".o_data_row .o_data_cell", "OrdersById")
    page.wait_text(f"https://{DOMAIN}/admin/api/")
    page.menu("Sales Channels", "Channels")
    card = page.text(".o_kanban_record")
    assert f"{orders}\nOrders" in card and "Connected" in card, card
