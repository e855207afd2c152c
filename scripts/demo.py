"""`./run demo`: the stand-in shop and Odoo, connected the way a user connects them, in step both ways."""

import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field

from . import compare, databases, merchant
from .cli import present, refuse
from .compare_aftersale import compare_refunds, compare_shipments
from .compare_catalogue import compare_products, compare_stock
from .console import Failure, progress
from .merchant import SHOP, shop
from .round_trip import HEADINGS, RoundTrip, names
from .rpc import Rpc, RpcError
from .servers import OdooServer, SandboxServer
from .state import State
from .workshop import CHANNELS, Workshop, opened

SHOWN = 50  # differences


@dataclass
class Demo:
    """The running demo: both servers, an administrator's session, the connected channel."""

    odoo: OdooServer
    sandbox: SandboxServer
    rpc: Rpc
    backend_id: int
    seconds: float = 0.0
    calls: int = 0
    pushed: Counter = field(default_factory=Counter)  # what Odoo changed in the shop, by call


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
    try:
        backend_id = in_step(rpc, sandbox)
    except RpcError as error:
        raise Failure(f"Connecting the shop failed: {error.message}", f"Odoo's log: {odoo.log}") from error
    calls, pushed = merchant.calls_of(sandbox)
    return Demo(odoo, sandbox, rpc, backend_id, time.monotonic() - begun, calls, pushed)


def in_step(rpc: Rpc, sandbox: SandboxServer) -> int:
    """Connect the shop and take over what it has; later, what changed since. Return the channel's id."""
    ledger = shop(sandbox, "ledger")["orders"]
    account = shop(sandbox)
    merchant.prepare_company(rpc, account["currency"], {entry["currency"] for entry in ledger})
    backend_id = merchant.connect(rpc, sandbox)
    if rpc.call("integration.backend", "read", [backend_id], ["export_stock"])[0]["export_stock"]:
        with progress("what changed since the last time"):
            rpc.call("integration.backend", "action_sync_now", [backend_id])
            merchant.wait_until_done(rpc, backend_id)
    else:
        count = account["counts"]
        with progress(f"import of {count['products']} products, {count['orders']} orders, and what is in stock"):
            merchant.import_everything(rpc, backend_id)
    return backend_id


def results(sandbox: SandboxServer, rpc: Rpc, backend_id: int) -> dict[str, compare.Result]:
    """Compare everything that the shop and Odoo both have; return {what: result}."""
    ledger = shop(sandbox, "ledger")["orders"]
    places = {
        row["name"]: row["decimal_places"] for row in rpc.search_read("res.currency", [], ["name", "decimal_places"])
    }
    bindings = rpc.search_read("integration.binding.order", [("backend_id", "=", backend_id)], ["external_id"])
    orders = {row["external_id"] for row in bindings}
    currency = places[shop(sandbox)["currency"]]
    return {
        "products": compare_products(shop(sandbox, "products")["products"], rpc, backend_id, currency),
        "stock levels": compare_stock(shop(sandbox, "stock")["stock"], rpc, backend_id),
        "orders": compare.compare(ledger, rpc, backend_id),
        "shipments": compare_shipments(ledger, rpc, backend_id, orders),
        "refunds": compare_refunds(ledger, rpc, backend_id, orders, places),
    }


def check(demo: Demo) -> int:
    """Change something of each kind on either side, compare all that both have; return the exit code."""
    with progress("changes on both sides"):
        steps = RoundTrip(demo.rpc, demo.sandbox, demo.backend_id).run()
    with progress("comparison of everything"):
        found = results(demo.sandbox, demo.rpc, demo.backend_id)
    show(found)
    print(report(demo, found, steps))
    return 0 if all(result.green for result in found.values()) and all(step.green for step in steps) else 1


def show(found: dict[str, compare.Result]) -> None:
    """Print what differs."""
    lines = [f"{what}: {line}" for what, result in found.items() for line in result.lines()]
    for line in lines[:SHOWN]:
        print(line)
    if len(lines) > SHOWN:
        print(f"... and {len(lines) - SHOWN} more", flush=True)


def report(demo: Demo, found: dict[str, compare.Result], steps: list) -> str:
    """Return the tables."""
    rows = [
        (what, result.in_shop, result.in_odoo, len(result.missing), result.wrong, result.held)
        for what, result in found.items()
    ]
    parts = [
        "",
        compare.table(("", "in the shop", "in Odoo", "missing", "wrong", "for you to decide"), rows),
        "",
        compare.table(HEADINGS, [step.row() for step in steps]),
        "",
        f"In step after {demo.seconds:.1f} s and {demo.calls} API calls.",
        f"Calls that changed the shop: {names(demo.pushed)}.",
    ]
    return "\n".join(parts)


def summary(demo: Demo) -> str:
    """Return what a person needs to look around."""
    store = f"{demo.sandbox.address}/shop/{SHOP}/"
    orders = demo.rpc.search_count("sale.order", [("integration_backend_id", "=", demo.backend_id)])
    products = demo.rpc.search_count("integration.binding.product", [("backend_id", "=", demo.backend_id)])
    return f"""
  {products} products and {orders} orders are in Odoo, and what is in stock at each place.

  Odoo      {demo.odoo.address}/odoo
            login admin, password {demo.odoo.password}
  The shop  {store}
  Its admin {demo.sandbox.address}/ (faults, deliveries, API log)

  Try this; each is on the other side seconds later:

  in the shop: place an order; pay, edit, fulfill, refund or cancel it on its page; change a title, a price, a picture
      {store}products
      and see it in Odoo: Sales, its orders, their deliveries and refunds; the product's form
  in Odoo: change a product's sales price or picture; count it (Inventory, Physical Inventory); confirm an order of the
      shop, deliver it with a tracking number, press Refund on the Platform
      and see it in the shop: {store}products
      {store}stock and the order's page

  The app Integrations lists each webhook, sync job and API call.

  Ctrl-C ends both. Everything stays: the next ./run demo goes on from here.
"""


def main(args: list[str]) -> int:
    """Run the demo in the foreground, or once with comparisons and a round trip at its end."""
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
