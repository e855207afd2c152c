"""Products into Odoo and out of it: products per second against plain batched creates, calls, memory.

    python -m tests.bench.products [--json FILE] [--products N] [--page N] [--step N] [--floor N] [--profile in|out]

Products have three variants with SKU, barcode, price, weight and cost, and two tags. The platform lives in memory.

- in: N products read page by page by the jobs themselves, in steps. After each step the floor brings some of the same
  kind into the same database: templates with their attribute lines in batches, then what differs by variant, mail
  context off, in the batch size that is best for it. Then nothing is pushed, and all are read again: nothing changes.
- out: another sales channel is told about all of them: created, then with all prices changed in one write, then once
  more with nothing changed.

Memory is that of this process; `growth` compares the last tenth with the first: the time per product as the tables
grow. `ratios` are those of the steps: what a busy machine does to the time hits both sides.
"""

import cProfile
import logging
import pstats
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo import sql_db
from odoo.fields import Command

from . import _jobs, _shop
from .memory import resident, slope
from .report import median, parser, report, show

SIZES = ("S", "M", "L")
VARIANTS = len(SIZES)
FLOOR_BATCHES = (20, 50, 100)
PRICE = Decimal("99.50")
BEGIN = datetime(2026, 3, 1, tzinfo=timezone.utc)


class Platform:
    """A shop in memory: `products` are read from it, `told` is what it was told: {external id: Product}."""

    def __init__(self, page):
        self.page = page
        self.products, self.told = [], {}
        self.calls, self.parts = 0, set()

    def _capabilities(self):
        return frozenset({"products_in", "products_out"})

    def _credential_keys(self):
        return {}

    def _record_url(self, backend, resource, external_id, **_details):
        return ""

    def _product_mirror_values(self, document):
        return {}

    def _count_products(self, backend, since):
        return len(self.products)

    def _fetch_products(self, backend, since, page=None):
        from odoo.addons.connector_base.transport import Page  # noqa: PLC0415

        start = int(page or 0)
        end = start + self.page
        found = tuple(make_document(row) for row in self.products[start:end])
        return Page(documents=found, next_page=str(end) if end < len(self.products) else None)

    def _product_parts(self):
        from odoo.addons.connector_base.canonical import PRODUCT_PARTS  # noqa: PLC0415

        return frozenset(PRODUCT_PARTS)

    def _push_products(self, backend, pushes, read_image):
        """One call per product, as platforms take them; what was created under a key is found again."""
        from odoo.addons.connector_base.canonical import ProductPushResult  # noqa: PLC0415

        for push in pushes:
            self.calls += 1
            self.parts.add(push.parts)
            external_id = push.document.external_id or f"P{push.key}"
            variants = tuple(
                replace(variant, external_id=variant.external_id or f"{external_id}-{number}")
                for number, variant in enumerate(push.document.variants)
            )
            document = replace(push.document, external_id=external_id, variants=variants)
            self.told[external_id] = tuple((variant.external_id, variant.price) for variant in variants)
            yield ProductPushResult(key=push.key, document=document)

    def reset(self):
        self.calls, self.parts = 0, set()


def rows(start, count, prefix):
    """Return plain descriptions of `count` products, the same for both sides."""
    return [{"number": number, "prefix": prefix} for number in range(start, start + count)]


def variant_rows(row):
    """Return (size, SKU, barcode, weight, cost) of the variants of `row`."""
    number, prefix = row["number"], row["prefix"]
    return [
        (size, f"{prefix}-{number}-{size}", f"{prefix}{number:08}{at}", 0.25 + at / 10, 4.0 + number % 7)
        for at, size in enumerate(SIZES)
    ]


def make_document(row):
    """Return the canonical product of `row`."""
    from odoo.addons.connector_base.canonical import UNSET, Option, Product, Variant  # noqa: PLC0415

    number, prefix = row["number"], row["prefix"]
    return Product(
        external_id=f"{prefix}{number}",
        title=f"Product {prefix} {number}",
        handle=f"product-{prefix}-{number}",
        vendor="Bench",
        status="active",
        tags=("summer", f"theme {number % 20}"),
        options=(Option(name="Size", values=SIZES),),
        images=UNSET,
        updated_at=BEGIN + timedelta(minutes=number),
        variants=tuple(
            Variant(
                external_id=f"v-{sku}",
                inventory_external_id=f"i-{sku}",
                options=(("Size", size),),
                sku=sku,
                barcode=barcode,
                price=Decimal(10 + number % 50),
                weight=Decimal(str(weight)),
                cost=Decimal(str(cost)),
                tracked=True,
            )
            for size, sku, barcode, weight, cost in variant_rows(row)
        ),
    )


class Stage:
    """Two sales channels: products come in from the first and go out to the second."""

    def __init__(self, bench, options):
        self.bench, self.options = bench, options
        self.shop, self.other = Platform(options.page), Platform(options.page)
        self.source_id = bench.backend_id
        self.floor_done = 0
        with bench.environment() as env:
            self.other_id = env["integration.backend"].create({"name": "Bench outlet", "platform": "test"}).id
            self._prepare_floor(env)
        self.platforms = {self.source_id: self.shop, self.other_id: self.other}

    def connect(self):
        """Switch the first channel on, both ways; the second is told about products."""
        with self.bench.environment() as env:
            source = env["integration.backend"].browse(self.source_id)
            source.write({"state": "connected", "import_products": True, "export_products": True})
            env["integration.backend"].browse(self.other_id).write({"state": "connected", "export_products": True})

    # === FLOOR === #

    def _prepare_floor(self, env):
        sizes = [Command.create({"name": size}) for size in SIZES]
        attribute = env["product.attribute"].create({"name": "Floor size", "value_ids": sizes})
        self.attribute_id, self.value_ids = attribute.id, attribute.value_ids.ids
        names = ["bench summer", *(f"bench theme {number}" for number in range(20))]
        self.tag_ids = env["product.tag"].create([{"name": name} for name in names]).ids

    def create_plainly(self, env, batch):
        """Create the products of `batch` as one would by hand: templates, then what differs by variant."""
        line = {"attribute_id": self.attribute_id, "value_ids": [Command.set(self.value_ids)]}
        templates = (
            env["product.template"]
            .with_context(**_shop.QUIET)
            .create(
                [
                    {
                        "name": f"Product {row['prefix']} {row['number']}",
                        "type": "consu",
                        "is_storable": True,
                        "list_price": 10.0 + row["number"] % 50,
                        "product_tag_ids": [Command.set([self.tag_ids[0], self.tag_ids[1 + row["number"] % 20]])],
                        "attribute_line_ids": [Command.create(line)],
                    }
                    for row in batch
                ]
            )
        )
        for template, row in zip(templates, batch, strict=True):
            for product, (_size, sku, barcode, weight, cost) in zip(
                template.product_variant_ids, variant_rows(row), strict=True
            ):
                product.write({"default_code": sku, "barcode": barcode, "weight": weight, "standard_price": cost})
        env.flush_all()

    def floor(self, size, count):
        """Return the products per second of plain creates in batches of `size`, with no channel to be told."""
        batches = _shop.chunks(rows(self.floor_done, count, "F"), size)
        self.floor_done += count
        listeners = self.bench.registry["integration.backend"]
        with patch.object(listeners, "_product_exporters", lambda backend: frozenset()):
            seconds, _cpu, queries = self.bench.measure(self.create_plainly, batches)
        return count / seconds, queries / count

    # === IN === #

    def bring_in(self, after_page=None):
        """Import what the shop has by its jobs; return (seconds, SQL queries)."""
        before = sql_db.sql_counter
        seconds, _pages = _jobs.run(self.bench, self.source_id, "import_products", after_page=after_page)
        return seconds, sql_db.sql_counter - before

    # === OUT === #

    def publish(self):
        """Put all imported products on the second channel."""
        with self.bench.environment() as env:
            source = env["integration.binding.product"].search(
                [("backend_id", "=", self.source_id), ("external_id", "=like", "P%")]
            )
            for part in _shop.chunks(source.odoo_id.ids, 1000):
                bindings = env["integration.binding.product"].create(
                    [{"backend_id": self.other_id, "odoo_id": template_id} for template_id in part]
                )
                env["integration.product.exporter"]._mark(bindings)

    def change_prices(self):
        """Raise the price of all products in one write, as staff do; return the seconds it takes."""
        with self.bench.environment() as env:
            templates = env["integration.binding.product"].search([("backend_id", "=", self.other_id)]).odoo_id
            started = time.perf_counter()
            templates.write({"list_price": float(PRICE)})
            env.cr.commit()
            return time.perf_counter() - started

    def mark(self):
        """Have all products of the second channel looked at."""
        with self.bench.environment() as env:
            bindings = env["integration.binding.product"].search([("backend_id", "=", self.other_id)])
            env["integration.product.exporter"]._mark(bindings)

    def push(self, backend_id, after_page=None):
        """Tell a channel what is marked; return (seconds, SQL queries)."""
        platform, before = (self.other if backend_id == self.other_id else self.shop), sql_db.sql_counter
        seconds, _pages = _jobs.run(self.bench, backend_id, "push_products", platform.reset, after_page)
        return seconds, sql_db.sql_counter - before

    def settle(self):
        """Check that all is where it belongs: in Odoo, and on the second channel with its variants and prices."""
        with self.bench.environment() as env:
            bindings = env["integration.binding.product"].search([("backend_id", "=", self.other_id)])
            variants = env["integration.binding.variant"].search_count([("backend_id", "=", self.other_id)])
            failed = env["sync.job"].search_count([("state", "=", "failed")])
        if len(bindings) != self.options.products or variants != VARIANTS * len(bindings) or failed:
            raise SystemExit(f"products: {len(bindings)}, variants: {variants}, failed jobs: {failed}")
        wrong = {name for name, told in self.other.told.items() if [price for _id, price in told] != [PRICE] * VARIANTS}
        if len(self.other.told) != len(bindings) or wrong:
            raise SystemExit(f"told: {len(self.other.told)}, with a wrong price: {sorted(wrong)[:3]}")


class Course:
    """How the time per page and the memory go on as the tables grow."""

    def __init__(self):
        self.begin, self.marks, self.seconds = resident(), [], []
        self.at, self.before = time.monotonic(), 0

    def step(self, done):
        """Note that so many products are done since the work began."""
        now = time.monotonic()
        if done > self.before:
            self.seconds.append((now - self.at) / (done - self.before))
            self.marks.append((done, resident()))
        self.at, self.before = now, done

    def growth(self):
        """Return the time per product in the last tenth of the pages, as a multiple of that in the first."""
        tenth = max(1, len(self.seconds) // 10)
        return median(self.seconds[-tenth:]) / median(self.seconds[:tenth])

    def memory(self):
        """Return {MB since the start, MB per 10,000 products in the second half}."""
        half = self.marks[len(self.marks) // 2 :]
        grown = {"rss_mb": self.marks[-1][1], "since_start_mb": self.marks[-1][1] - self.begin}
        return {**grown, "mb_per_10000": slope(half)} if len(half) > 2 else grown


def figures(stage, count, seconds, queries, **more):
    return {"stage": stage, "products": count, "products_per_second": count / seconds, "queries": queries / count} | {
        name: round(value, 2) if isinstance(value, float) else value for name, value in more.items()
    }


def measure_in(stage, options):
    """Import all products in steps, the floor after each; return (rows of the table, facts)."""
    size = best_floor(stage, options)
    course, done, engine, plain = Course(), 0, [], []
    for start in range(0, options.products, options.step):
        count = min(options.step, options.products - start)
        stage.shop.products = rows(start, count, "P")
        course.at = time.monotonic()
        seconds, queries = stage.bring_in(lambda of_step, start=start: course.step(start + of_step))
        engine.append((count / seconds, queries / count, seconds))
        plain.append(stage.floor(size, min(options.floor, count)))
        done += count
    seconds = sum(of_step for _speed, _queries, of_step in engine)
    queries = median([asked for _speed, asked, _seconds in engine]) * done
    stage.push(stage.source_id)
    pushed = stage.shop.calls
    stage.shop.products = rows(0, options.products, "P")
    again, asked = stage.bring_in()
    speed = median([of_floor for of_floor, _queries in plain])
    ratios = [round(of_engine[0] / of_floor[0], 2) for of_engine, of_floor in zip(engine, plain, strict=True)]
    found = [
        figures(f"floor: plain creates by {size}", 1, 1 / speed, median([asked for _speed, asked in plain])),
        figures("in", done, seconds, queries, growth=course.growth(), **course.memory()),
        figures("in again, unchanged", done, again, asked),
    ]
    found[0]["products"] = options.floor
    return found, {"in_speed_ratio": median(ratios), "ratios": str(ratios), "pushed_after_import": pushed}


def best_floor(stage, options):
    """Return the batch size in which plain creates are fastest; that warms too, as does one page of the engine."""
    stage.floor(FLOOR_BATCHES[0], FLOOR_BATCHES[0])
    stage.shop.products = rows(0, min(options.page, options.products), "W")
    stage.bring_in()
    count = min(options.floor, FLOOR_BATCHES[-1])
    speeds = {size: median([stage.floor(size, count)[0] for _run in range(2)]) for size in FLOOR_BATCHES}
    return max(speeds, key=speeds.get)


def measure_out(stage, options):
    """Tell the second channel about all products, of new prices, of nothing; return the rows of the table."""
    stage.publish()
    course = Course()
    seconds, queries = stage.push(stage.other_id, course.step)
    course_figures = {"growth": course.growth(), **course.memory(), "calls": stage.other.calls}
    found = [figures("out: create", options.products, seconds, queries, **course_figures)]
    written = stage.change_prices()
    seconds, queries = stage.push(stage.other_id)
    if stage.other.parts != {frozenset({"prices"})}:
        raise SystemExit(f"told of a new price: {stage.other.parts}")
    found.append(figures("out: new prices", options.products, seconds, queries, calls=stage.other.calls))
    stage.mark()
    seconds, queries = stage.push(stage.other_id)
    found.append(figures("out: nothing changed", options.products, seconds, queries, calls=stage.other.calls))
    stage.settle()
    return found, {"write_prices_seconds": round(written, 2)}


def profile(stage, options):
    """Print where the time of importing or creating goes."""
    profiler = cProfile.Profile()
    stage.shop.products = rows(0, options.page, "W")
    stage.bring_in()
    stage.shop.products = rows(0, options.products, "P")
    if options.profile == "in":
        profiler.runcall(stage.bring_in)
    else:
        stage.bring_in()
        stage.publish()
        profiler.runcall(stage.push, stage.other_id)
    stats = pstats.Stats(profiler)
    stats.sort_stats("cumulative").print_stats(110)
    stats.sort_stats("tottime").print_stats(40)


def main():
    arguments = parser(__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--products", type=int, default=10_000)
    arguments.add_argument("--page", type=int, default=50, help="products the platform gives at a time")
    arguments.add_argument("--step", type=int, default=1_000, help="products imported between two runs of the floor")
    arguments.add_argument("--floor", type=int, default=100, help="products the floor creates after each step")
    arguments.add_argument("--profile", choices=("in", "out"), help="print where the engine spends its time")
    options = arguments.parse_args()
    logging.getLogger("odoo").setLevel(logging.ERROR)
    with _shop.opened(orders=False) as bench:
        stage = Stage(bench, options)
        with patch.object(
            bench.registry["integration.backend"], "_adapter", lambda backend: stage.platforms[backend.id]
        ):
            stage.connect()
            if options.profile:
                profile(stage, options)
                return
            brought, facts = measure_in(stage, options)
            print(show("products, in", brought), flush=True)
            told, more = measure_out(stage, options)
    report("products", brought + told, target=options.json, **facts, **more)


if __name__ == "__main__":
    main()
