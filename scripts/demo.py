"""`./run demo`: the stand-in shop and Odoo, connected the way a user connects them, orders imported."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from . import compare, databases
from .cli import present, refuse
from .console import Failure, progress, say
from .rpc import Rpc, RpcError
from .servers import OdooServer, SandboxServer
from .state import State
from .workshop import CHANNELS, Workshop, opened

SHOP = "demo-store.myshopify.com"
# The seed goes back 120 days; the connect form's default is 90.
HISTORY_DAYS = 150
IMPORT_SECONDS = 1800
# Units per euro, for the currencies the shop sells in: a user enters rates, or lets Odoo fetch them.
RATES = {
    "EUR": 1.0,
    "USD": 1.08,
    "GBP": 0.85,
    "CAD": 1.47,
    "AUD": 1.64,
    "CHF": 0.95,
    "SEK": 11.3,
    "NOK": 11.6,
    "DKK": 7.46,
    "PLN": 4.3,
    "JPY": 162.0,
    "NZD": 1.78,
    "MXN": 18.5,
    "KWD": 0.33,
}


@dataclass
class Demo:
    """The running demo: both servers, an administrator's session, the connected channel."""

    odoo: OdooServer
    sandbox: SandboxServer
    rpc: Rpc
    backend_id: int
    seconds: float = 0.0
    calls: int = 0


def shop(sandbox: SandboxServer, what: str = ""):
    """Ask the sandbox about the demo store."""
    return sandbox.control(f"shops/{SHOP}{'/' + what if what else ''}")


def prepare_company(rpc: Rpc, currency: str, currencies: set[str]) -> None:
    """Let the company keep its books in the shop's currency and know a rate for each other one; once."""
    if rpc.search_count("integration.backend", [("active", "in", [True, False])]):
        return
    found = rpc.search_read(
        "res.currency", [("name", "in", [*currencies, currency]), ("active", "in", [True, False])], ["name", "active"]
    )
    ids = {entry["name"]: entry["id"] for entry in found}
    rpc.call("res.currency", "write", list(ids.values()), {"active": True})
    company = rpc.search_read("res.company", [], ["id"], limit=1)[0]["id"]
    rpc.call("res.company", "write", [company], {"name": "Demo Company", "currency_id": ids[currency]})
    unknown = sorted(set(ids) - set(RATES))
    if unknown:
        say(f"  no rate known for {', '.join(unknown)}: orders in them will be held until you enter one")
    day = (datetime.now(timezone.utc) - timedelta(days=2 * HISTORY_DAYS)).strftime("%Y-%m-%d")
    rates = rpc.search_read("res.currency.rate", [("company_id", "=", company)], ["currency_id"])
    rated = {entry["currency_id"][1] for entry in rates}
    for name in sorted((set(ids) & set(RATES)) - {currency} - rated):
        rate = RATES[name] / RATES[currency]
        rpc.create("res.currency.rate", {"currency_id": ids[name], "company_id": company, "name": day, "rate": rate})


def connect(rpc: Rpc, sandbox: SandboxServer) -> int:
    """Connect the demo store with the form a user fills in, unless it is connected; return the backend's id.

    Products and taxes that Odoo lacks are created. The default in the context is a setting of the new channel that the
    form does not ask for: the shop's test orders are imported too.
    """
    domain = [("platform", "=", "shopify"), ("state", "in", ("connected", "error"))]
    known = rpc.search_read("integration.backend", domain, ["state"], limit=1)
    if known:
        if known[0]["state"] == "error":  # somebody tried a fault: what its page says to do
            rpc.call("integration.backend", "action_test_connection", [known[0]["id"]])
        return known[0]["id"]
    account = shop(sandbox)
    since = datetime.now(timezone.utc) - timedelta(days=HISTORY_DAYS)
    wizard = rpc.create(
        "integration.connect",
        {
            "platform": "shopify",
            "name": "Demo store",
            "shopify_domain": SHOP,
            "shopify_auth": "client_credentials",
            "shopify_client_id": account["client_id"],
            "shopify_client_secret": account["client_secret"],
            "import_from": since.strftime("%Y-%m-%d %H:%M:%S"),
            "unknown_product": "create",
            "tax_policy": "create",
        },
    )
    rpc.call("integration.connect", "action_connect", [wizard], context={"default_skip_test_orders": False})
    return rpc.search_read("integration.backend", domain, ["id"], limit=1)[0]["id"]


def waiting(rpc: Rpc, backend_id: int) -> list[dict]:
    """Return the sync jobs of a backend that are not done yet."""
    domain = [("backend_id", "=", backend_id), ("state", "in", ["pending", "processing"])]
    return rpc.search_read(
        "sync.job", domain, ["name", "operation", "state", "items_done", "items_total", "items_failed"]
    )


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something that is looked at every half second.

    :raises Failure: it did not come true in time
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(0.5)


def wait_until_imported(rpc: Rpc, backend_id: int, seconds: float = IMPORT_SECONDS, *, quiet: bool = False) -> None:
    """Wait until no sync job waits and no webhook event is unprocessed; show how far it is.

    :raises Failure: it takes too long, or the connection failed
    """
    deadline, shown = time.monotonic() + seconds, ""
    while time.monotonic() < deadline:
        jobs = waiting(rpc, backend_id)
        events = rpc.search_count("integration.webhook.event", [("backend_id", "=", backend_id), ("state", "=", "new")])
        if not jobs and not events:
            return
        backend = rpc.call("integration.backend", "read", [backend_id], ["state", "state_message"])[0]
        if backend["state"] == "error":
            raise Failure(f"The connection to the shop failed: {backend['state_message']}")
        imports = [job for job in jobs if job["operation"] == "import_order_period"] or jobs
        text = "; ".join(f"{job['name']}: {job['items_done']} of {job['items_total'] or '?'}" for job in imports[:2])
        if text and text != shown and not quiet:
            say(f"    {text}")
            shown = text
        time.sleep(1)
    raise Failure(f"The import is not done after {seconds:.0f} s: {waiting(rpc, backend_id)}")


def api_calls(rpc: Rpc, backend_id: int) -> int:
    """Return how many calls to the platform Odoo has recorded for a backend."""
    return sum(
        row["calls"] for row in rpc.search_read("integration.api.usage", [("backend_id", "=", backend_id)], ["calls"])
    )


def start(workshop: Workshop, stack: ExitStack) -> Demo:
    """Start shop and Odoo, connect them, import; what was started ends with `stack`."""
    state = workshop.state
    database = databases.prepare_own(workshop, "demo")
    port = state.port("demo", 8069)
    sandbox = SandboxServer(
        workshop,
        state.folder / "sandbox",
        name="demo-shop",
        port=state.port("demo-shop", 8070),
        arguments=["--odoo", f"http://127.0.0.1:{port}"],
    )
    odoo = OdooServer(
        workshop,
        database,
        name="demo-odoo",
        port=port,
        gevent_port=state.port("demo-live", 8072),
        workers=2,
        channels=CHANNELS,
        password=state.secret("admin_password"),
        sections={"integration": {"sandbox_url": sandbox.address}},
    )
    with progress("shop and Odoo: start"):
        stack.enter_context(sandbox)
        stack.enter_context(odoo)
    rpc = odoo.rpc()
    begun = time.monotonic()
    ledger = shop(sandbox, "ledger")["orders"]
    prepare_company(rpc, shop(sandbox)["currency"], {entry["currency"] for entry in ledger})
    with progress(f"import of {len(ledger)} orders"):
        try:
            known = rpc.search_read("integration.backend", [("platform", "=", "shopify")], ["id"], limit=1)
            before = api_calls(rpc, known[0]["id"]) if known else 0
            backend_id = connect(rpc, sandbox)
            if known:
                rpc.call("integration.backend", "action_sync_now", [backend_id])
        except RpcError as error:
            raise Failure(f"Connecting the shop failed: {error.message}", f"Odoo's log: {odoo.log}") from error
        wait_until_imported(rpc, backend_id)
    return Demo(odoo, sandbox, rpc, backend_id, time.monotonic() - begun, api_calls(rpc, backend_id) - before)


def check(demo: Demo) -> int:
    """Compare all orders with the shop's books, print the table; return the exit code."""
    with progress("comparison of every order"):
        result = compare.compare(shop(demo.sandbox, "ledger")["orders"], demo.rpc, demo.backend_id)
    for line in result.lines()[:50]:
        print(line)
    if len(result.lines()) > 50:
        print(f"... and {len(result.lines()) - 50} more")
    rows = [
        ("orders in shop", result.in_shop),
        ("in Odoo", result.in_odoo),
        ("wrong", result.wrong),
        ("held", result.held),
        ("seconds", f"{demo.seconds:.1f}"),
        ("API calls", demo.calls),
    ]
    print(compare.table(rows))
    return 0 if result.green else 1


def summary(demo: Demo) -> str:
    """Return what a person needs to look around."""
    store = f"{demo.sandbox.address}/shop/{SHOP}/"
    orders = demo.rpc.search_count("sale.order", [("integration_backend_id", "=", demo.backend_id)])
    return f"""
  {orders} orders are in Odoo.

  Odoo      {demo.odoo.address}/odoo
            login admin, password {demo.odoo.password}
  The shop  {store}
  Its admin {demo.sandbox.address}/ (faults, deliveries, API log)

  Try this: place an order in the shop, and see it in Odoo seconds later: Sales, or the app Integrations, where the
  webhook, the sync job and the API calls are listed. Pay, edit, cancel or refund it in the shop and look again.

  Ctrl-C ends both. Orders stay: the next ./run demo goes on from here.
"""


def main(args: list[str]) -> int:
    """Run the demo in the foreground, or once with a comparison at its end."""
    once = args == ["--once"]
    if not once:
        refuse(args)
    state = State()
    with present(state, "demo"), opened(state) as workshop, ExitStack() as stack:
        demo = start(workshop, stack)
        if once:
            return check(demo)
        print(summary(demo), flush=True)
        while demo.odoo.alive and demo.sandbox.alive:
            time.sleep(0.5)
        ended = demo.sandbox if demo.odoo.alive else demo.odoo
        sys.stdout.flush()
        raise Failure(f"{ended.name} ended by itself.", f"Its log: {ended.log}")
