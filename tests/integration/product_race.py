"""What the processes of test_product_race do. Not a test itself.

    python -m tests.integration.product_race setup           creates two channels of one company, prints their ids
    python -m tests.integration.product_race import ID SEED  imports all products into one of them, prints what happened

The configuration comes from ODOO_RC.
"""

import random
import time

from odoo import SUPERUSER_ID, api

from tests.integration.racing import main

PRODUCTS = 60
PAGE = 10
SIZES = ("S", "M", "L", "XL")
LONGEST = 120  # seconds


def documents():
    """Return products that share a few attributes, values and tags, none of which Odoo has."""
    from odoo.addons.connector_base.tests.product_in_common import make_product, make_variant  # noqa: PLC0415

    return [
        make_product(
            str(number),
            tags=(f"Tag {number % 5}",),
            variants=[
                make_variant(f"{number}-{size}", options=((f"Option {number % 4}", size),), sku=f"R{number}-{size}")
                for size in SIZES[number % 3 :]
            ],
        )
        for number in range(PRODUCTS)
    ]


def import_all(registry, backend_id, seed):
    """Import all products in an order of our own, with a snapshot that is old when the import starts, as in a job."""
    from odoo.addons.connector_base.engine.job_errors import is_lost_race  # noqa: PLC0415

    rng = random.Random(seed)
    todo = documents()
    rng.shuffle(todo)
    happened = {"created": 0, "busy": 0, "lost": 0}
    deadline = time.monotonic() + LONGEST
    while todo:
        if time.monotonic() > deadline:
            raise SystemExit(f"not done after {LONGEST} s: {happened}")
        page, rest = todo[:PAGE], todo[PAGE:]
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                backend = env["integration.backend"].browse(backend_id)
                assert backend.name  # takes the snapshot
                time.sleep(rng.random() * 0.1)
                result = env["integration.product.importer"]._import_page(backend, page)
        except Exception as error:
            if not is_lost_race(error):
                raise
            happened["lost"] += 1
            continue
        assert not result.failed, result.failed
        assert not result.held, result.held
        happened["created"] += len(result.created)
        happened["busy"] += len(result.busy)
        busy = set(result.busy)
        todo = rest + [document for document in page if document.external_id in busy]
    return happened


def set_up(env):
    """Make two channels of one company; return their ids."""
    from odoo.addons.connector_base.tests.order_common import PLATFORM  # noqa: PLC0415

    values = [{"name": f"Race {number}", "platform": PLATFORM, "import_products": True} for number in range(2)]
    return env["integration.backend"].create(values).ids


if __name__ == "__main__":
    main(set_up, import_all, log_level="warn")
