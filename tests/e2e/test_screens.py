"""Every screen of the app, for a manager and for a user, in light and in dark: nothing breaks, every filter works."""

import pytest

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
MANAGERS_ONLY = {"Connect a Channel", "Mappings", "Credentials", "Encryption Keys"}
BUTTONS = "[...document.querySelectorAll('.o_switch_view')].map((button) => button.dataset.tooltip || button.innerText)"


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
    wait_for(lambda: rpc.search_count("sale.order", [("integration_held", "=", True)]), 15)
    assert rpc.search_count("integration.mapping", [])
    return backend


@pytest.fixture(scope="module")
def user(stage):
    """The login of somebody who uses the app without managing it, and sells."""
    groups = [stage.rpc.call("ir.model.data", "check_object_reference", *name.split("."))[1] for name in GROUPS]
    values = {"name": "Uma User", "login": "uma", "password": PASSWORD, "group_ids": [(4, group) for group in groups]}
    stage.rpc.create("res.users", values)
    return "uma"


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_manager(stage, browser, dark):
    names = walk_through(Page(browser, stage.odoo, dark=dark), search=dark)
    assert set(names) >= MANAGERS_ONLY


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_user(stage, browser, user, dark):
    names = walk_through(Page(browser, stage.odoo, login=user, password=PASSWORD, dark=dark), search=not dark)
    assert not set(names) & MANAGERS_ONLY


def walk_through(page, *, search):
    """Open each entry of the app's menu in each of its views, and a record; return the entries' names."""
    page.open("/odoo/sales-channels")
    entries = page.browser.evaluate(ENTRIES)
    opened = 0
    for number, name in entries:
        page.browser.evaluate(f"e2e.services.menu.selectMenu({number})")
        page.settle()
        assert page.problems() == [], name
        if page.browser.evaluate("!!document.querySelector('.modal.o_technical_modal, .o_dialog .o_form_view')"):
            page.press(close_label(page))
            continue
        views = page.browser.evaluate(BUTTONS)
        for view in views or [""]:
            if view:
                page.click(f".o_switch_view[data-tooltip='{view}']")
                assert page.problems() == [], (name, view)
            if search and view in ("", views[0] if views else ""):
                tried = page.search_each()
                assert tried or name == "Polling", f"{name}: no search"
                assert page.problems() == [], f"{name}: {tried[-1]}"
        page.browser.evaluate(f"e2e.services.menu.selectMenu({number})")
        page.settle()
        if page.first_record():
            opened += 1
            assert page.problems() == [], f"{name}: record"
            for tab in range(page.browser.evaluate("document.querySelectorAll('.o_notebook .nav-link').length")):
                page.browser.evaluate(f"document.querySelectorAll('.o_notebook .nav-link')[{tab}].click()")
                page.settle()
            assert page.problems() == [], f"{name}: pages of the record"
    assert opened > 5
    return [name for _number, name in entries]


def close_label(page):
    """Return the label of the dialog's button that leaves everything as it is."""
    shown = page.text(".o_dialog footer")
    return "Cancel" if "Cancel" in shown else "Close"
