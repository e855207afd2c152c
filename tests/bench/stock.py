"""Stock sent to a platform: calls, and time against what its rate limit allows; what marking costs stock moves.

    python -m tests.bench.stock [--json FILE] [--articles N] [--moves N] [--runs N] [--batch N] [--rate N] [--burst N]

- push: N articles at 3 places whose stock has changed, sent by the jobs themselves to a platform in memory that grants
  `rate` calls a second after a burst. Calls = ceil(levels / batch); the bound is the time these calls take when nothing
  else does. Then everything is marked again: nothing is sent.
- moves: N receipts done in one transaction that is committed, with and without a sales channel that is told of stock,
  in turn; `moves_ratio` is the median of the pairs. `hooks_ratio` says the same by the clock of the marking itself,
  which a busy machine does not disturb.
"""

import logging
import math
import time
from unittest.mock import patch

from odoo.fields import Command

from . import _jobs, _shop
from .report import in_turn, median, parser, report, show

PLACES = 3


class Platform:
    """Counts stock in memory; grants `burst` calls at once and then `rate` a second."""

    def __init__(self, batch, rate, burst):
        self.batch, self.rate, self.burst = batch, rate, burst
        self.stock = {}
        self.calls = 0
        self.reset()

    def reset(self):
        self.calls, self.tokens, self.at = 0, float(self.burst), time.monotonic()

    def _capabilities(self):
        return frozenset({"stock_out"})

    def _credential_keys(self):
        return {}

    def _record_url(self, backend, resource, external_id, **_details):
        return ""

    def _stock_batch(self):
        return self.batch

    def _stocked(self, backend, bindings):
        return bindings

    def _fetch_stock(self, backend, item_external_ids, location_external_ids):
        from odoo.addons.connector_base.canonical import StockLevel  # noqa: PLC0415

        return [
            StockLevel(item_external_id=item, location_external_id=place, quantity=self.stock.get((item, place)))
            for item in item_external_ids
            for place in location_external_ids
        ]

    def _push_stock(self, backend, levels, key):
        from odoo.addons.connector_base.canonical import StockResult  # noqa: PLC0415
        from odoo.addons.connector_base.transport import RateLimited  # noqa: PLC0415

        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            raise RateLimited("Spent", retry_after=(1 - self.tokens) / self.rate)
        self.tokens -= 1
        self.calls += 1
        for level in levels:
            place = level.item_external_id, level.location_external_id
            known = self.stock.get(place)
            if level.expected is not None and known != level.expected:
                yield StockResult(level=level, stale=True)
            else:
                self.stock[place] = level.quantity
                yield StockResult(level=level)


class Stage:
    """A sales channel with articles at three places."""

    def __init__(self, bench, platform, articles):
        self.bench, self.platform = bench, platform
        with bench.environment() as env:
            self.backend_id = bench.backend_id
            env["integration.backend"].browse(self.backend_id).state = "connected"
            warehouse = env["stock.warehouse"].browse(bench.warehouse_id)
            self.location_ids = (
                env["stock.location"]
                .create(
                    [
                        {"name": f"Place {number}", "location_id": warehouse.view_location_id.id, "usage": "internal"}
                        for number in range(PLACES)
                    ]
                )
                .ids
            )
            env["integration.location"].create(
                [
                    {
                        "backend_id": self.backend_id,
                        "external_id": str(number),
                        "name": str(number),
                        "location_ids": [Command.set([location_id])],
                    }
                    for number, location_id in enumerate(self.location_ids)
                ]
            )
            values = [{"name": f"Article {n}", "type": "consu", "is_storable": True} for n in range(articles)]
            self.product_ids = env["product.product"].create(values).ids
            env["integration.binding.variant"].create(
                [
                    {"backend_id": self.backend_id, "external_id": f"v{product_id}", "odoo_id": product_id}
                    for product_id in self.product_ids
                ]
            )
            self.fill(env, 5)
            cr = env.cr
            cr.execute("UPDATE integration_backend SET export_stock = TRUE WHERE id = %s", [self.backend_id])
            env.registry.clear_cache()
            cr.execute("ANALYZE")

    def fill(self, env, quantity):
        """Let so many more lie at each place. By SQL: this is no part of what is measured."""
        env.flush_all()
        env.cr.execute(
            """
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            SELECT p, l.id, l.company_id, %s, 0, now() AT TIME ZONE 'utc'
              FROM unnest(%s::int[]) p CROSS JOIN stock_location l WHERE l.id = ANY(%s)
            """,
            [quantity, self.product_ids, self.location_ids],
        )

    def mark(self):
        """Mark all articles as changed."""
        with self.bench.environment() as env:
            env["integration.backend"].browse(self.backend_id)._note_all_stock()

    def push(self):
        """Run the push jobs to their end; return (seconds since the first began, jobs run)."""
        return _jobs.run(self.bench, self.backend_id, "push_stock", self.platform.reset)

    def receive(self, count, *, told):
        """Receive goods by `count` moves in one transaction; return the seconds until it is committed."""
        with self.bench.environment() as env:
            env["integration.backend"].browse(self.backend_id).export_stock = told
        with self.bench.environment() as env:
            env["integration.backend"]._any_sends_stock()
            source = env.ref("stock.stock_location_suppliers").id
            values = [
                {
                    "product_id": self.product_ids[number % len(self.product_ids)],
                    "product_uom_qty": 1,
                    "location_id": source,
                    "location_dest_id": self.location_ids[0],
                }
                for number in range(count)
            ]
            started = time.perf_counter()
            moves = env["stock.move"].create(values)
            moves._action_confirm(merge=False)
            moves._action_assign()
            moves.picked = True
            moves._action_done()
            env.cr.commit()
            return time.perf_counter() - started

    def in_hooks(self, count):
        """Receive goods, told; return the seconds spent in looking at what was touched and marking it, and all."""
        spent = [0.0]
        products, changes = self.bench.registry["product.product"], self.bench.registry["integration.change"]
        with (
            patch.object(products, "_integration_stock_touched", timed(products._integration_stock_touched, spent)),
            patch.object(changes, "_note_articles", timed(changes._note_articles, spent)),
            patch.object(changes, "_wake", timed(changes._wake, spent)),
        ):
            seconds = self.receive(count, told=True)
            return spent[0], seconds


def timed(method, spent):
    """Return `method` adding the seconds it takes to `spent`."""

    def run(self, *args):
        started = time.perf_counter()
        try:
            return method(self, *args)
        finally:
            spent[0] += time.perf_counter() - started

    return run


def push_rows(stage, options):
    stage.mark()
    stage.push()  # now the platform has all
    with stage.bench.environment() as env:
        stage.fill(env, 2)
    levels = options.articles * PLACES
    calls = math.ceil(levels / options.batch)
    stage.mark()
    seconds, jobs = stage.push()
    bound = max(0.0, (calls - options.burst) / options.rate)
    row = {"stage": "push", "levels": levels, "calls": stage.platform.calls, "ceil": calls, "jobs": jobs}
    yield {**row, "seconds": seconds, "bound": bound, "ratio": seconds / bound if bound else 0.0}
    stage.mark()
    seconds, jobs = stage.push()
    row = {"stage": "nothing changed", "levels": levels, "calls": stage.platform.calls, "ceil": 0, "jobs": jobs}
    yield {**row, "seconds": seconds, "bound": 0.0, "ratio": 0.0}


def main():
    arguments = parser(__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--articles", type=int, default=10_000)
    arguments.add_argument("--moves", type=int, default=5_000)
    arguments.add_argument("--batch", type=int, default=250)
    arguments.add_argument("--rate", type=float, default=5.0, help="calls a second; Shopify: 50 points, 10 a call")
    arguments.add_argument("--burst", type=int, default=20, help="calls granted at once")
    arguments.set_defaults(runs=3)
    options = arguments.parse_args()
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with _shop.opened(orders=False) as bench:
        platform = Platform(options.batch, options.rate, options.burst)
        with patch.object(bench.registry["integration.backend"], "_adapter", lambda backend: platform):
            stage = Stage(bench, platform, options.articles)
            rows = list(push_rows(stage, options))
            print(show("stock, sent", rows), flush=True)
            stage.receive(min(200, options.moves), told=True)  # warms
            found = in_turn(
                options.runs,
                alone=lambda: stage.receive(options.moves, told=False),
                marking=lambda: stage.receive(options.moves, told=True),
            )
            spent, seconds = stage.in_hooks(options.moves)
    pairs = zip(found["marking"], found["alone"], strict=True)
    rows += [{"stage": f"moves, {side}", "levels": options.moves, "seconds": median(found[side])} for side in found]
    facts = {
        "moves_ratio": median([marking / alone for marking, alone in pairs]),
        "hooks_ratio": seconds / (seconds - spent),
    }
    report("stock", rows, target=options.json, **facts, rounds=str(found))


if __name__ == "__main__":
    main()
