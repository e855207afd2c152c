"""Orders per second through the engine, against Odoo's own batched calls on equal orders.

    python -m tests.bench.orders [--json FILE] [--orders N] [--rounds N] [--stages NAME ...] [--profile STAGE]

Both sides bring the same kind of orders into the database named by BENCH_DATABASE (configuration: ODOO_RC), in turn,
in transactions of 50, warm. Orders have 3 lines on average and 2 taxes; 30 % have a new customer.

- create: the floor is given everything it needs (ids of partners, products, taxes) and does a plain `create` of new
  customers and their delivery addresses, then of orders with nested lines, mail context off. The engine gets canonical
  documents: it finds customers, products and taxes itself, writes bindings, digests and the platform's tax amounts,
  checks the totals and moves the cursor.
- deliver: imported orders confirmed and their deliveries launched, goods reserved: Odoo's `action_confirm` of the page,
  mail context off, against `integration.delivery.launcher`.
- invoice: confirmed orders invoiced, posted and paid: one by one with the payment wizard, against Odoo's batched calls.
- api: the CPU time of client and parser for pages of the Shopify sandbox, which runs in a process of its own, as a
  share of the engine's time per order.
"""

import argparse
import cProfile
import json
import pstats
import statistics

from . import _api, _shop
from ._shop import BATCH, chunks

STAGES = ("create", "deliver", "invoice", "api")
LABELS = {
    "create": ("Odoo create, batches of 50", "engine, pages of 50"),
    "deliver": ("Odoo action_confirm, batches", "engine confirm + launch"),
    "invoice": ("invoice, post, pay one by one", "the same in batches"),
}


class Orders:
    """The stages: each makes `count` orders ready and returns (work, batches) of a side."""

    def __init__(self, bench, count):
        self.bench = bench
        self.count = count

    def create(self, side):
        orders = self.bench.orders(self.count)
        if side == "floor":
            return self.bench.run_floor, chunks(orders)
        return self.bench.run_engine, chunks(self.bench.documents(orders))

    def deliver(self, side):
        ids = self.imported()
        return (self.bench.run_confirm if side == "floor" else self.bench.run_launch), chunks(ids)

    def invoice(self, side):
        ids = self.imported(min(self.count, BATCH))
        self.bench.measure(self.bench.run_launch, chunks(ids))
        return (self.bench.run_bill_singly if side == "floor" else self.bench.run_bill), chunks(ids)

    def imported(self, count=None):
        """Import orders and return their ids."""
        documents = self.bench.documents(self.bench.orders(count or self.count))
        self.bench.measure(self.bench.run_engine, chunks(documents))
        return self.bench.order_ids(documents)


def measure(bench, stage, options):
    """Measure both sides of `stage` in turn; return its figures."""
    orders = Orders(bench, options.orders)
    prepare = getattr(orders, stage)
    rounds, wrong = {"floor": [], "engine": []}, 0
    for number in range(options.rounds + 1):
        for side, found in rounds.items():
            run, batches = prepare(side)
            count = sum(map(len, batches))
            if not number:  # the first round only warms
                batches = batches[:1]
            seconds, cpu, queries = bench.measure(run, batches)
            if number:
                found.append((count / seconds, queries / count, cpu / count))
            if number and stage == "create" and side == "engine":
                wrong += bench.check([document for batch in batches for document in batch])
    figures = {
        side: {
            "orders_per_second": round(statistics.median(row[0] for row in found), 1),
            "queries_per_order": round(statistics.median(row[1] for row in found), 2),
            "cpu_ms_per_order": round(statistics.median(row[2] for row in found) * 1000, 2),
            "rounds": [round(row[0], 1) for row in found],
        }
        for side, found in rounds.items()
    }
    ratio = statistics.median(e[0] / f[0] for f, e in zip(rounds["floor"], rounds["engine"], strict=True))
    figures["speed_ratio"] = round(ratio, 2)
    figures["time_ratio"] = round(1 / ratio, 2)
    if stage == "create":
        figures["wrong_totals"] = wrong
    return figures


def profile(bench, stage, options):
    """Print where the engine's side of `stage` spends its time."""
    prepare = getattr(Orders(bench, options.orders), stage)
    run, batches = prepare("engine")
    bench.measure(run, batches[:1])
    run, batches = prepare("engine")
    profiler = cProfile.Profile()
    profiler.runcall(bench.measure, run, batches)
    stats = pstats.Stats(profiler)
    stats.sort_stats("cumulative").print_stats(110)
    stats.sort_stats("tottime").print_stats(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", help="write the figures to this file")
    parser.add_argument("--orders", type=int, default=300, help="orders per side and round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--profile", choices=STAGES[:3], help="print where the engine spends its time")
    options = parser.parse_args()
    figures = {}
    with _shop.opened() as bench:
        if options.profile:
            profile(bench, options.profile, options)
            return
        for stage in options.stages:
            if stage != "api":
                figures[stage] = measure(bench, stage, options)
                show(stage, figures[stage])
        if "api" in options.stages:
            engine = figures["create"]["engine"]["cpu_ms_per_order"] if "create" in figures else None
            figures["api"] = _api.measure(bench, options.rounds, engine)
            _api.show(figures["api"])
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)


def show(stage, figures):
    """Print the table of a stage."""
    print(f"\n{stage:32}{'orders/s':>10}{'queries/order':>16}   rounds")
    for side, label in zip(("floor", "engine"), LABELS[stage], strict=True):
        row = figures[side]
        print(f"{label:32}{row['orders_per_second']:>10}{row['queries_per_order']:>16}   {row['rounds']}")
    print(f"ratio: {figures['speed_ratio']} x the speed, {figures['time_ratio']} of the time")
    if "wrong_totals" in figures:
        print(f"orders with a wrong total: {figures['wrong_totals']}")


if __name__ == "__main__":
    main()
