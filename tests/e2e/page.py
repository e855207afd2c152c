"""Odoo's web client as a person uses it: menus, forms, lists, what they show."""

import json
import time

from tests.browser import Browser

SECONDS = 20

# Counts what the page asks the server for, and waits until nothing is under way any more.
WATCH = """
if (!window.e2e) {
    const { rpcBus } = odoo.loader.modules.get("@web/core/network/rpc");
    const pending = new Set();
    rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => pending.add(detail.data.id));
    rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => pending.delete(detail.data.id));
    const calm = async () => {
        for (let quiet = 0; quiet < 3; ) {
            // what is shown changes in animation frames, which a busy machine has seldom; that may ask for more
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
            quiet = pending.size ? 0 : quiet + 1;
        }
    };
    const controlPanelEnv = () => {
        const find = (node) => node.component.env.searchModel && node.component.env.config?.viewType
            ? node.component.env
            : Object.values(node.children).map(find).find(Boolean);
        return find(odoo.__WOWL_DEBUG__.root.__owl__);
    };
    window.e2e = { calm, controlPanelEnv, services: odoo.__WOWL_DEBUG__.root.env.services };
}
true
"""
READY = "window.odoo?.__WOWL_DEBUG__?.root && document.querySelector('.o_main_navbar')"

# The dark style sheet in the place of the light one. Odoo Community never sends it by itself.
DARKEN = """(async () => {
    const light = document.querySelector("link[rel=stylesheet][href*='/web.assets_web.']");
    const dark = document.createElement("link");
    dark.rel = "stylesheet";
    dark.href = "/web/assets/any/web.assets_web_dark.min.css";
    await new Promise((resolve, reject) => { dark.onload = resolve; dark.onerror = reject; light.after(dark); });
    light.remove();
})()"""

# Each page of the form's notebook, one after the other.
ALL_TABS = """(async () => {
    for (const tab of document.querySelectorAll(".o_notebook .nav-link")) {
        tab.click();
        await e2e.calm();
    }
})()"""

# Each search field, filter and grouping that the present view offers, applied by itself.
SEARCH_EACH = """(async () => {
    const { searchModel } = e2e.controlPanelEnv();
    const tried = [];
    const apply = async (change) => {
        searchModel.blockNotification = true;
        searchModel.query = [];
        searchModel.blockNotification = false;
        change();
        await e2e.calm();
    };
    for (const item of searchModel.getSearchItems(() => true)) {
        if (["filter", "groupBy"].includes(item.type)) {
            await apply(() => searchModel.toggleSearchItem(item.id));
        } else if (item.type === "dateFilter") {
            await apply(() => searchModel.toggleDateFilter(item.id));
        } else if (item.type === "dateGroupBy") {
            await apply(() => searchModel.toggleDateGroupBy(item.id));
        } else if (item.type === "field") {
            const { type, selection } = searchModel.searchViewFields[item.fieldName];
            const exact = { integer: 1, float: 1, monetary: 1, boolean: true, selection: selection?.[0][0] };
            const value = type in exact ? exact[type] : "a";
            const operator = item.operator || (type in exact ? "=" : "ilike");
            await apply(() => searchModel.addAutoCompletionValues(item.id, { label: String(value), value, operator }));
        } else {
            continue;
        }
        tried.push(item.description);
        if (document.querySelector(".o_error_dialog")) break;
    }
    return tried;
})()"""


class Page:
    """A browser's page that is logged in to an Odoo server."""

    def __init__(self, browser: Browser, server, *, login: str = "admin", password: str = "admin", dark: bool = False):
        self.browser = browser
        self.server = server
        self.rpc = server.rpc(login, password)
        self.dark = dark
        browser.login(self.rpc, dark=dark)

    # === GOING SOMEWHERE === #

    def open(self, path: str) -> None:
        """Open a path of the web client and wait until it shows everything."""
        self.browser.goto(self.server.address + path)
        self.browser.wait_for(f"{READY} && document.querySelector('.o_action_manager > *, .o_dialog')")
        if self.dark:
            self.browser.evaluate(DARKEN)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is loading any more."""
        self.browser.wait_for(READY)
        self.browser.evaluate(WATCH)
        self.browser.evaluate("e2e.calm()")

    def app(self, xmlid: str) -> None:
        """Choose an app."""
        self.browser.click(".o_navbar_apps_menu button")
        self.browser.click(f"[data-menu-xmlid='{xmlid}']")
        self.settle()

    def menu(self, section: str, entry: str) -> None:
        """Choose an entry of the app's menu bar."""
        self.click_text(".o_menu_sections button, .o_menu_sections a", section)
        self.click_text(".o-dropdown--menu .dropdown-item", entry)
        self.settle()

    # === LOOKING === #

    def text(self, selector: str = ".o_action_manager, .o_dialog") -> str:
        """Return the visible text of all elements that match, values of inputs included."""
        return self.browser.evaluate(
            f"""[...document.querySelectorAll({json.dumps(selector)})].map((element) =>
                [element.innerText, ...[...element.querySelectorAll("input")].map((input) => input.value)].join("\\n")
            ).join("\\n")"""
        )

    def wait_text(self, wanted: str, selector: str = ".o_action_manager, .o_dialog", seconds: float = SECONDS) -> None:
        """Wait until a text is shown; the error says what is shown instead."""
        deadline = time.monotonic() + seconds
        while wanted not in (shown := self.text(selector)):
            assert time.monotonic() < deadline, f"not shown: {wanted!r}; shown: {shown[:2000]}"
            time.sleep(0.1)

    def field(self, name: str) -> str:
        """Return what a field of the form shows."""
        return self.text(f".o_form_view .o_field_widget[name='{name}']").strip()

    def rows(self, text: str) -> list[list[str]]:
        """Return the cells of the list's rows that hold `text`."""
        rows = self.browser.evaluate(
            """[...document.querySelectorAll(".o_list_view .o_data_row")].map((row) =>
                [...row.querySelectorAll(".o_data_cell")].map((cell) => cell.innerText.trim()))"""
        )
        return [cells for cells in rows if any(text in cell for cell in cells)]

    def row(self, text: str) -> list[str]:
        """Return the cells of the list's first row that holds `text`, once there is one."""
        deadline = time.monotonic() + SECONDS
        while not (rows := self.rows(text)):
            assert time.monotonic() < deadline, f"no row with {text!r}: {self.text()[:2000]}"
            time.sleep(0.1)
        return rows[0]

    def problems(self) -> list[str]:
        """Return errors of the page: on the console, and as dialogs."""
        blocked = "beforeunload"  # Chromium's remark on leaving a form that no real mouse has touched
        dialogs = self.browser.evaluate(
            "[...document.querySelectorAll('.o_error_dialog')].map((dialog) => dialog.innerText)"
        )
        return [*(line for line in self.browser.console if blocked not in line), *dialogs]

    # === DOING === #

    def click(self, selector: str) -> None:
        """Click an element and wait for what follows."""
        self.browser.click(selector)
        self.settle()

    def click_text(self, selector: str, text: str) -> None:
        """Click the element among those that match whose text is exactly `text`."""
        quoted = f"[...document.querySelectorAll({json.dumps(selector)})]"
        found = f"{quoted}.find((element) => element.offsetParent && element.innerText.trim() === {json.dumps(text)})"
        self.browser.wait_for(found)
        self.browser.evaluate(f"{found}.click()")

    def press(self, label: str, selector: str = ".o_dialog button, .o_control_panel button, .o_form_view button"):
        """Press the button that is called `label` and wait for what follows."""
        self.click_text(selector, label)
        self.settle()

    def tab(self, label: str) -> None:
        """Turn to a page of the form's notebook, and wait until it is shown."""
        self.click_text(".o_notebook .nav-link", label)
        self.wait_text(label, ".o_notebook .nav-link.active")

    def all_tabs(self) -> None:
        """Turn to each page of the form's notebook."""
        self.browser.evaluate(ALL_TABS)

    def fill(self, field: str, value: str, scope: str = ".o_form_view") -> None:
        """Type into a field of the form, in place of what it holds."""
        selector = f"{scope} .o_field_widget[name='{field}'] :is(input, textarea)"
        self.browser.wait_for(f"document.querySelector({json.dumps(selector)})")
        self.browser.evaluate(f"(e => {{ e.focus(); e.select(); }})(document.querySelector({json.dumps(selector)}))")
        self.browser.send("Input.insertText", text=value)
        self.browser.evaluate("document.activeElement.blur()")

    def choose(self, field: str, label: str, scope: str = ".o_form_view") -> None:
        """Choose an option of a selection field that is shown as a drop-down."""
        selector = f"{scope} .o_field_widget[name='{field}']"
        self.browser.click(f"{selector} :is(input, select)")
        self.click_text(".o_select_menu_menu .o_select_menu_item", label)

    def first_record(self) -> bool:
        """Open the first record of the list or kanban; say whether there is one that opens."""
        selector = ".o_data_row .o_data_cell.cursor-pointer, .o_kanban_record:not(.o_kanban_ghost)"
        if not self.browser.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
            return False
        self.click(selector)
        return True

    def search_each(self) -> list[str]:
        """Apply each search field, filter and grouping of the view by itself; return their names."""
        return self.browser.evaluate(SEARCH_EACH)
