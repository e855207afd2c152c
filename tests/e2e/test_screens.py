"""Every screen of the app, for a manager and for a user, in light and in dark: nothing breaks, every filter works.

Odoo Community has no dark theme: it always sends the light style sheet, and its dark bundle recolors three widgets.
Enterprise replaces the colors' definitions; our screens follow as long as they name no color of their own.
"""

import re

import pytest

from scripts.state import ROOT

from .conftest import wait_for
from .page import Page

APP = "connector_base.menu_integration_root"
PASSWORD = "a-password-for-tests"
GROUPS = ["connector_base.group_integration_user", "sales_team.group_sale_salesman_all_leads"]

# Entries of the app: {id, name, xmlid, is it an action}
ENTRIES = f"""(() => {{
    const {{ menu }} = e2e.services;
    const walk = (node) => [node, ...node.childrenTree.flatMap(walk)];
    const app = menu.getApps().find((app) => app.xmlid === "{APP}");
    const leaves = walk(menu.getMenuAsTree(app.id)).filter((node) => !node.childrenTree.length);
    return leaves.map((node) => [node.id, node.name]);
}})()"""
NO_TAX = [("integration_hold_reason", "like", "There is no Odoo tax")]
MANAGERS_ONLY = {"Connect a Channel", "Mappings", "Credentials", "Encryption Keys"}
BUTTONS = "[...document.querySelectorAll('.o_switch_view')].map((button) => button.dataset.tooltip)"


@pytest.fixture(scope="module")
def channel(stage):
    """A connected channel with something on every screen: orders, a held one, failures, refused calls, a mapping."""
    shop = stage.shop("screens-shop.myshopify.com", orders=20)
    backend = stage.connect(shop, unknown_product="create")
    domain, rpc = shop["domain"], stage.rpc
    rpc.call("integration.backend", "write", [backend], {"tax_policy": "match", "unknown_product": "fail"})
    stage.fault("webhook_bad_signature", count=1)
    stage.place(domain, random=1)
    wait_for(lambda: rpc.search_count("integration.webhook.refusal", []), 15)
    stage.place(domain, lines=[{"title": "B", "price": "10.00", "sku": "NOBODY-KNOWS"}])
    wait_for(lambda: rpc.search_count("sync.job.cause", []), 15)
    rpc.call("integration.backend", "write", [backend], {"unknown_product": "placeholder"})
    stage.place(domain, lines=[{"title": "A", "price": "10.00"}], rates=[{"title": "Moon tax", "rate": 0.123}])
    wait_for(lambda: rpc.search_count("sale.order", NO_TAX), 15)
    assert rpc.search_count("integration.mapping", [])
    return backend


@pytest.fixture(scope="module")
def user(stage):
    """The login of somebody who uses the app without managing it, and sells."""
    return login(stage, "uma", GROUPS)


def login(stage, name, groups):
    """Make a user of these groups; return the login."""
    found = [stage.rpc.call("ir.model.data", "check_object_reference", *group.split("."))[1] for group in groups]
    values = {"name": name, "login": name, "password": PASSWORD, "group_ids": [(4, group) for group in found]}
    stage.rpc.create("res.users", values)
    return name


# Filters and records look the same to everybody in all colours: each is tried once by each user.
@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(("dark", "whole"), [(False, False), (True, True)], ids=["light", "dark"])
def test_manager(stage, browser, dark, whole):
    names = walk_through(Page(browser, stage.odoo, dark=dark), whole=whole)
    assert set(names) >= MANAGERS_ONLY


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize(("dark", "whole"), [(False, True), (True, False)], ids=["light", "dark"])
def test_user(stage, browser, user, dark, whole):
    names = walk_through(Page(browser, stage.odoo, login=user, password=PASSWORD, dark=dark), whole=whole)
    assert not set(names) & MANAGERS_ONLY


@pytest.mark.usefixtures("channel")
def test_salesperson(stage, browser):
    """Who only sells sees on orders and products what concerns them, and may follow its links."""
    login(stage, "sam", ["sales_team.group_sale_salesman_all_leads"])
    page = Page(browser, stage.odoo, login="sam", password=PASSWORD)
    held = stage.rpc.search_read("sale.order", NO_TAX, ["id"])[0]["id"]
    page.open(f"/odoo/sales/{held}")
    page.wait_text("There is no Odoo tax", ".alert-warning")
    page.all_tabs()
    page.tab("Sales Channel")
    page.click(".o_form_view .o_field_widget[name='integration_backend_id'] a")
    page.wait_text("Screens-Shop")
    page.all_tabs()
    variant = stage.rpc.search_read("integration.binding.variant", [], ["odoo_id"], limit=1)[0]["odoo_id"][0]
    product = stage.rpc.search_read("product.product", [("id", "=", variant)], ["product_tmpl_id"])[0]
    page.open(f"/odoo/sales/{held}/product.template/{product['product_tmpl_id'][0]}")
    page.tab("Sales Channels")
    page.wait_text("Screens-Shop", ".tab-pane.active")
    assert page.problems() == []


def test_no_color_of_our_own():
    """Colors come from the theme's classes that follow it."""
    fixed = re.compile(
        r"style\s*=|(?<![\w-])(?:(?:bg|text)-(?:white|black|light|dark)|btn-(?:light|dark))(?![\w-])|#[0-9a-fA-F]{6}\b"
    )
    files = [
        path
        for addon in ROOT.glob("connector_*")
        for path in addon.rglob("*")
        if path.suffix in (".xml", ".scss", ".css", ".js") and "tests" not in path.parts
    ]
    assert len(files) > 15
    assert [f"{path.name}: {found[0]}" for path in files for found in fixed.finditer(path.read_text())] == []


def walk_through(page, *, whole):
    """Open each entry of the app's menu in each of its views; return the entries' names.

    :param whole: apply every filter too, and open a record and all pages of its form
    """
    page.open("/odoo/sales-channels")
    entries = page.browser.evaluate(ENTRIES)
    records = 0
    for number, name in entries:
        page.browser.evaluate(f"e2e.services.menu.selectMenu({number})")
        page.settle()
        assert page.problems() == [], name
        if close_dialog(page):
            continue
        if whole:
            tried = page.search_each()
            assert tried or name in ("Polling", "Settings"), f"{name}: no search"
            assert page.problems() == [], f"{name}: {tried[-1:]}"
        for view in page.browser.evaluate(BUTTONS):
            page.click(f".o_switch_view[data-tooltip='{view}']")
            assert page.problems() == [], (name, view)
        if whole:
            page.browser.evaluate(f"e2e.services.menu.selectMenu({number})")
            page.settle()
            if page.first_record():
                records += 1
                page.all_tabs()
                close_dialog(page)
                assert page.problems() == [], f"{name}: record"
    assert records >= 7 or not whole
    return [name for _number, name in entries]


def close_dialog(page):
    """Close the dialog that covers the page, as nobody could reach its menus otherwise; say whether there is one."""
    if not page.browser.evaluate("!!document.querySelector('.o_dialog')"):
        return False
    page.press("Cancel" if "Cancel" in page.text(".o_dialog footer") else "Close")
    return True
