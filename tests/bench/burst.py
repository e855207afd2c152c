"""A burst of webhook events against a real server: how long until all are applied, and whether none is lost or double.

    python -m tests.bench.burst [--json FILE] [--events N] [--clients N]

Of the events a fifth are sent twice and a fifth arrive after a newer one of the same order. Keep-alive clients in a
process of their own send them to one server with two workers, whose drains import the orders meanwhile. Afterwards each
order must stand once in Odoo, as its newest event says. The acknowledgements are compared with those of a controller
that does one INSERT, on the same server without jobs. Needs the environment that `./run` prepares.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from scripts.servers import OdooServer
from scripts.state import ROOT
from scripts.workshop import Workshop
from tests.chaos.shop import Sender, Shop

from ._stage import webhook_stage
from .report import median, percentile, report

BODY_BYTES = 5400
SHARE = 5  # one event in so many is sent twice, one comes too late
PATIENCE = 240
SEED = 19


def events(shop, count):
    """Return `count` deliveries in the order they are sent: a fifth sent twice, a fifth older than one before.

    An order has one event, or two of which the newer one is sent first.
    """
    twice = late = count // SHARE
    single = count - twice - 2 * late
    rng = random.Random(SEED)
    pad = "x" * (BODY_BYTES - 110)
    slots = []
    for number in range(single + late):
        versions = [shop.delivery(shop.update(str(number), pad=pad)) for _version in range(2 if number < late else 1)]
        at = rng.random()
        slots += [(at + position * 0.01, delivery) for position, delivery in enumerate(reversed(versions))]
    slots += [(at + 0.005, delivery) for at, delivery in rng.sample(slots, twice)]
    return [delivery for _at, delivery in sorted(slots, key=lambda slot: slot[0])]


class TimedSender(Sender):
    """A sender that notes how long each acknowledgement takes."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.times = []
        self._lock = threading.Lock()

    def _post(self, connections, address, headers, body):
        started = time.monotonic()
        taken = super()._post(connections, address, headers, body)
        with self._lock:
            self.times.append(time.monotonic() - started)
        return taken


def client(address, path, count, clients):
    """Send the burst; return what became of it."""
    shop = Shop()
    deliveries = events(shop, count)
    sender = TimedSender([address], path)
    sender.send(deliveries[:1])  # connects, warms
    sender.times.clear()
    began = time.time()
    seconds = sender.send_by(clients, deliveries)
    times = [taken * 1000 for taken in sender.times]
    return {
        "began": began,
        "sent_seconds": seconds,
        "p50_ms": median(times),
        "p99_ms": percentile(times, 0.99),
        "sent_again": sender.repeats,
        "deliveries": len({headers["X-Delivery"] for headers, _body in deliveries}),
        "orders": {order_id: order["version"] for order_id, order in shop.orders.items()},
    }


def send(server, path, options, count):
    """Run the clients in a process of their own; return their figures."""
    host = urlsplit(server.address).netloc
    command = [sys.executable, "-m", "tests.bench.burst", "--client", f"http://{host}", "--path", path]
    command += ["--clients", str(options.clients), "--events", str(count)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def wait_applied(rpc, sent):
    """Wait until no event waits; return the seconds since the burst began."""
    deadline = time.monotonic() + PATIENCE
    while rpc.call("integration.webhook.event", "search_count", [("state", "=", "new")]):
        if time.monotonic() > deadline:
            raise SystemExit("the burst is not applied within its time")
        time.sleep(0.25)
    return time.time() - sent["began"]


def wrongs(rpc, backend_id, sent):
    """Return (orders lost, orders double, orders that are not as their newest event says, events lost or double)."""
    domain = [("integration_backend_id", "=", backend_id)]
    orders = rpc.search_read("sale.order", domain, ["integration_external_id", "amount_untaxed"])
    found = {order["integration_external_id"]: order["amount_untaxed"] for order in orders}
    stored = rpc.call("integration.webhook.event", "search_count", [("backend_id", "=", backend_id)])
    return {
        "lost": len(sent["orders"].keys() - found.keys()),
        "double": len(orders) - len(found),
        "stale": sum(found[key] != version for key, version in sent["orders"].items() if key in found),
        "events_off": abs(stored - sent["deliveries"]),
        "events_failed": rpc.call("integration.webhook.event", "search_count", [("state", "=", "failed")]),
    }


def run(workshop, options):
    """Set up a database and servers, send the burst; return (idle figures, burst figures, what is wrong)."""
    with webhook_stage(workshop, "burst") as (database, settings):
        with OdooServer(workshop, database, name="bench-burst-idle", channels="root:0", **settings) as server:
            idle = send(server, "/bench/insert", options, min(options.events, 2000))
        with OdooServer(workshop, database, name="bench-burst", channels="root:1", **settings) as server:
            rpc = server.rpc()
            connected = rpc.call("integration.backend", "chaos_connect")
            time.sleep(6)  # the runner starts 5 s after the server
            burst = send(server, connected["path"], options, options.events)
            burst["applied_seconds"] = wait_applied(rpc, burst)
            return idle, burst, wrongs(rpc, connected["id"], burst)


def main():
    """Measure, or be the clients."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--events", type=int, default=5000, help="distinct events and repetitions together")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        json.dump(client(options.client, options.path, options.events, options.clients), sys.stdout)
        return 0
    idle, burst, wrong = run(Workshop.attach(), options)
    orders, seconds = len(burst["orders"]), burst["applied_seconds"]
    rows = [
        {"route": name, "p50 ms": round(figures["p50_ms"], 1), "p99 ms": round(figures["p99_ms"], 1)}
        for name, figures in (("one INSERT, idle", idle), ("webhook, during the burst", burst))
    ]
    report(
        f"burst of {options.events} events for {orders} orders, {options.clients} clients, 2 workers",
        rows,
        target=options.json,
        sent_in_seconds=round(burst["sent_seconds"], 1),
        applied_in_seconds=round(seconds, 1),
        orders_per_second=round(orders / seconds, 1),
        events_per_second=round(options.events / seconds, 1),
        p99_ratio=round(burst["p99_ms"] / idle["p99_ms"], 2),
        sent_again=burst["sent_again"],
        **wrong,
    )
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
