"""The same story with a shop that tells nobody of changes: Magento."""

from .conftest import wait_for

DOMAIN = "story-magento.test"
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


def test_from_connecting_a_store_to_an_order_in_odoo(stage, page):
    seed = {"products": 12, "orders": 20, "days": 20}
    shop = stage.sandbox.control("shops", {"domain": DOMAIN, "currency": "USD", "seed": seed})
    backend = connect(stage, page, shop)
    stage.wait_jobs(backend, 60)
    see_parts(page)
    name = place_order(stage, page)
    see_order(stage, page, backend, name)
    see_product(stage, page, backend)
    assert page.problems() == []


def connect(stage, page, shop):
    """Connect the store by the form, refused at first; return the backend's id."""
    page.open("/odoo")
    page.app("connector_base.menu_integration_root")
    page.press("Connect a Channel")
    page.click_text(".o_dialog [name='platform'] label", "Magento")
    page.fill("magento_base_url", f"https://{DOMAIN}", ".o_dialog")
    for key in KEYS:
        page.fill(f"magento_{key}", "wrong" if key == "access_token_secret" else shop[key], ".o_dialog")
    page.choose("unknown_product", "Create the product from the order line", ".o_dialog")
    page.choose("tax_policy", "Create the tax", ".o_dialog")
    page.press("Connect")
    page.wait_text("Magento", ".o_error_dialog")
    page.browser.click(".o_error_dialog footer button")
    page.fill("magento_access_token_secret", shop["access_token_secret"], ".o_dialog")
    page.press("Connect")
    page.wait_text("Sync Now")
    assert page.browser.evaluate("document.querySelector('.o_arrow_button_current').innerText.trim()") == "Connected"
    assert shop["access_token_secret"] not in page.browser.evaluate("document.documentElement.outerHTML")
    return stage.rpc.search_read("integration.backend", [("platform", "=", "magento")], ["id"])[0]["id"]


def see_parts(page):
    """The account's websites, stores and views are there without being asked for."""
    page.browser.evaluate("location.reload()")
    page.wait_text("Sync Now")
    page.settle()
    page.all_tabs()
    page.tab("Parts")
    page.wait_text("Main Website", ".tab-pane.active")
    page.tab("Synchronization")
    page.wait_text("Polling only", ".tab-pane.active")


def place_order(stage, page):
    """Order in the shop as a customer does; return the order's name there."""
    browser = page.browser
    browser.goto(f"{stage.sandbox.address}/shop/{DOMAIN}/orders")
    browser.click("form[method=post] button")
    browser.wait_for(r"/\/orders\/\d+$/.test(location.pathname)")
    return browser.evaluate("document.querySelector('h1').innerText").removeprefix("Order ")


def see_order(stage, page, backend, name):
    page.open(f"/odoo/integration.backend/{backend}")
    page.press("Sync Now")
    order = stage.order(backend, name)
    page.open(f"/odoo/sales/{order}")
    page.all_tabs()
    page.tab("Magento")
    assert page.field("magento_increment_id") == name
    page.wait_text("Main Website", ".tab-pane.active")


def see_product(stage, page, backend):
    domain = [("backend_id", "=", backend), ("odoo_id", "!=", False)]
    bindings = wait_for(lambda: stage.rpc.search_read("integration.binding.product", domain, ["odoo_id"], limit=1), 20)
    page.open(f"/odoo/products/{bindings[0]['odoo_id'][0]}")
    page.all_tabs()
    page.tab("Sales Channels")
    page.wait_text("On the channel", ".tab-pane.active")
