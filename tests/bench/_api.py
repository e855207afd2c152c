"""What reading costs: the CPU time of client and parser for pages of the Shopify sandbox, in a process of its own."""

import os
import statistics
import time
from contextlib import contextmanager
from unittest.mock import patch

from scripts.servers import SandboxServer
from scripts.workshop import Workshop

from ._shop import chunks

SHOP = "bench.myshopify.com"
ORDERS = 200


@contextmanager
def shop():
    """Yield (address, admin token) of a sandbox with a store of `ORDERS` orders."""
    workshop = Workshop.attach()
    data = workshop.state.folder / "bench-sandbox"
    with SandboxServer(workshop, data, name="bench-sandbox", arguments=["--no-seed"]) as sandbox:
        known = {entry["domain"] for entry in sandbox.control("shops")["shops"]}
        if SHOP not in known:
            sandbox.control("shops", {"domain": SHOP, "plan": "enterprise", "seed": {"products": 50}})
            for _part in chunks(range(ORDERS)):
                sandbox.control(f"shops/{SHOP}/orders/bulk", {"count": len(_part), "quiet": True})
        yield sandbox.address, sandbox.control(f"shops/{SHOP}")["admin_token"]


def pages(env, backend):
    """Read all orders as an import does, page by page; return how many there were."""
    adapter, page, count = env["integration.adapter.shopify"], None, 0
    while True:
        found = adapter._fetch_orders(backend, None, page)
        if found.failed:
            raise SystemExit(f"unreadable orders: {found.failed}")
        count += len(found.documents)
        page = found.next_page
        if not page:
            return count


@contextmanager
def connected(bench):
    """Yield (env, backend of the sandbox's store), spoken to by its real adapter."""
    backends = bench.registry["integration.backend"]
    with (
        shop() as (address, token),
        patch.object(backends, "_adapter", lambda backend: backend.env[f"integration.adapter.{backend.platform}"]),
        patch.dict(os.environ, ODOO_INTEGRATION_SANDBOX_URL=address),
        bench.environment() as env,
    ):
        backend = env["integration.backend"].create(
            {"name": "API", "platform": "shopify", "shopify_auth": "admin_token", "shopify_domain": SHOP}
        )
        backend._set_secret("access_token", token)
        backend.account_key = SHOP
        env.cr.commit()
        yield env, backend


def measure(bench, rounds, engine):
    """Return the figures: CPU and wall time per order, and the share of the engine's CPU time.

    :param engine: CPU ms per order of the engine, None when it was not measured
    """
    cpu, wall = [], []
    with connected(bench) as (env, backend):
        pages(env, backend)
        for _round in range(rounds):
            started = time.process_time(), time.perf_counter()
            count = pages(env, backend)
            cpu.append((time.process_time() - started[0]) / count)
            wall.append((time.perf_counter() - started[1]) / count)
    figures = {
        "orders": count,
        "cpu_ms_per_order": round(statistics.median(cpu) * 1000, 3),
        "wall_ms_per_order": round(statistics.median(wall) * 1000, 3),
    }
    if engine:
        figures["engine_cpu_ms_per_order"] = engine
        figures["share"] = round(figures["cpu_ms_per_order"] / engine, 3)
    return figures


def show(figures):
    """Print the table."""
    print(f"\n{'api: client and parser':32}{'ms/order':>10}")
    print(f"{'CPU':32}{figures['cpu_ms_per_order']:>10}")
    print(f"{'wall, waiting for the sandbox':32}{figures['wall_ms_per_order']:>10}")
    if "share" in figures:
        print(f"{'engine: CPU without the database':32}{figures['engine_cpu_ms_per_order']:>10}")
        print(f"client and parser / engine: {figures['share']:.1%}")
