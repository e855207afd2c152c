"""`./run demo`: stand-in shops of several platforms and Odoo, connected the way a user connects them, in step."""

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
from .one_stock import OneStock, share
from .round_trip import HEADINGS, RoundTrip, Step, names
from .rpc import Rpc, RpcError
from .servers import OdooServer, SandboxServer
from .shop import Shop
from .shop_magento import Magento
from .shop_shopify import Shopify
from .state import State
from .workshop import CHANNELS, Workshop, opened

# The first one has what the others sell too, and Odoo keeps its books in that one's currency.
SHOPS: tuple[type[Shop], ...] = (Shopify, Magento)
SHOWN = 50  # differences


@dataclass
class Channel:
    """A shop and its backend in Odoo; what it took to get in step."""

    shop: Shop
    backend_id: int
    seconds: float = 0.0
    calls: int = 0
    pushed: Counter = field(default_factory=Counter)  # what Odoo changed in the shop, by call


@dataclass
class Demo:
    """The running demo: both servers, an administrator's session, the connected channels."""

    odoo: OdooServer
    sandbox: SandboxServer
    rpc: Rpc
    channels: list[Channel]


def start(workshop: Workshop, stack: ExitStack) -> Demo:
    """Start the shops and Odoo, connect them, import; what was started ends with `stack`."""
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
    with progress("shops and Odoo: start"):
        stack.enter_context(sandbox)
        stack.enter_context(odoo)
    rpc = odoo.rpc()
    try:
        channels = in_step(rpc, sandbox)
    except RpcError as error:
        raise Failure(f"Connecting the shops failed: {error.message}", f"Odoo's log: {odoo.log}") from error
    return Demo(odoo, sandbox, rpc, channels)


def in_step(rpc: Rpc, sandbox: SandboxServer) -> list[Channel]:
    """Connect the shops, one after the other, and take over what they have; later, what changed since."""
    shops = [kind(sandbox) for kind in SHOPS]
    first, *others = shops
    for other in others:
        share(first, other)
    currencies = {entry["currency"] for shop in shops for entry in shop.orders()}
    merchant.prepare_company(rpc, first.ask()["currency"], {*currencies, *(shop.ask()["currency"] for shop in shops)})
    return [take_over(rpc, shop) for shop in shops]


def take_over(rpc: Rpc, shop: Shop) -> Channel:
    """Connect one shop and take over what it has; later, what changed since."""
    begun = time.monotonic()
    backend_id = merchant.connect(rpc, shop)
    if rpc.call("integration.backend", "read", [backend_id], ["export_stock"])[0]["export_stock"]:
        with progress(f"{shop.title}: what changed since the last time"):
            rpc.call("integration.backend", "action_sync_now", [backend_id])
            merchant.wait_until_done(rpc, backend_id)
    else:
        count = shop.ask()["counts"]
        label = f"{shop.title}: import of {count['products']} products, {count['orders']} orders, and what is in stock"
        with progress(label):
            merchant.import_everything(rpc, shop, backend_id)
    calls, pushed = shop.calls()
    return Channel(shop, backend_id, time.monotonic() - begun, calls, pushed)


def results(rpc: Rpc, channel: Channel) -> dict[str, compare.Result]:
    """Compare everything that a shop and Odoo both have; return {what: result}."""
    shop, backend_id = channel.shop, channel.backend_id
    ledger = shop.orders()
    places = {
        row["name"]: row["decimal_places"] for row in rpc.search_read("res.currency", [], ["name", "decimal_places"])
    }
    bindings = rpc.search_read("integration.binding.order", [("backend_id", "=", backend_id)], ["external_id"])
    orders = {row["external_id"] for row in bindings}
    currency = places[shop.ask()["currency"]]
    return {
        "products": compare_products(shop.products(), rpc, backend_id, currency),
        "stock levels": compare_stock(shop.stock(), rpc, backend_id),
        "orders": compare.compare(ledger, rpc, backend_id),
        "shipments": compare_shipments(ledger, rpc, backend_id, orders),
        "refunds": compare_refunds(ledger, rpc, backend_id, orders, places),
    }


def everything(demo: Demo) -> dict[tuple[str, str], compare.Result]:
    """Compare all shops with Odoo; return {(shop, what): result}."""
    return {
        (channel.shop.title, what): result
        for channel in demo.channels
        for what, result in results(demo.rpc, channel).items()
    }


def changes(demo: Demo) -> list[Step]:
    """Change something of each kind in each shop and in Odoo, and sell of the one stock in each shop."""
    channels = [(channel.shop, channel.backend_id) for channel in demo.channels]
    steps = [step for shop, backend_id in channels for step in RoundTrip(demo.rpc, shop, backend_id).run()]
    return steps + OneStock(demo.rpc, channels).run()


def check(demo: Demo) -> int:
    """Change something of each kind on all sides, compare all that they have; return the exit code."""
    with progress("changes on all sides"):
        steps = changes(demo)
    with progress("comparison of everything"):
        found = everything(demo)
    show(found)
    print(report(demo, found, steps))
    return 0 if all(result.green for result in found.values()) and all(step.green for step in steps) else 1


def show(found: dict[tuple[str, str], compare.Result]) -> None:
    """Print what differs."""
    lines = [f"{shop}, {what}: {line}" for (shop, what), result in found.items() for line in result.lines()]
    for line in lines[:SHOWN]:
        print(line)
    if len(lines) > SHOWN:
        print(f"... and {len(lines) - SHOWN} more", flush=True)


def report(demo: Demo, found: dict[tuple[str, str], compare.Result], steps: list[Step]) -> str:
    """Return the tables."""
    rows = [
        (shop, what, result.in_shop, result.in_odoo, len(result.missing), result.wrong, result.held)
        for (shop, what), result in found.items()
    ]
    parts = [
        "",
        compare.table(("shop", "", "in the shop", "in Odoo", "missing", "wrong", "for you to decide"), rows),
        "",
        compare.table(HEADINGS, [step.row() for step in steps]),
        "",
    ]
    for channel in demo.channels:
        parts += [
            f"{channel.shop.title}: in step after {channel.seconds:.1f} s and {channel.calls} API calls.",
            f"Calls that changed the shop: {names(channel.pushed)}.",
        ]
    return "\n".join(parts)


def summary(demo: Demo) -> str:
    """Return what a person needs to look around."""
    orders = demo.rpc.search_count("integration.binding.order", [])
    products = demo.rpc.search_count("integration.binding.product", [])
    shops = [(channel.shop.title, f"{demo.sandbox.address}/shop/{channel.shop.domain}/") for channel in demo.channels]
    addresses = "\n".join(f"  {title:<9} {address}" for title, address in shops)
    hints = "\n".join(
        f"\n  {channel.shop.title}\n{channel.shop.hints.strip(chr(10)).format(store=address)}"
        for channel, (_title, address) in zip(demo.channels, shops, strict=True)
    )
    return f"""
  {products} products and {orders} orders are in Odoo, and what is in stock at each place.

  Odoo      {demo.odoo.address}/odoo
            login admin, password {demo.odoo.password}
{addresses}
  Sandbox   {demo.sandbox.address}/ (faults, deliveries, API log)

  Try this; each is on the other side seconds later, unless it says otherwise:
{hints}

  The app Integrations lists each webhook, sync job and API call.

  Ctrl-C ends all. Everything stays: the next ./run demo goes on from here.
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
