"""What the processes of test_workflow_race do. Not a test itself.

    python -m tests.integration.workflow_race setup         imports orders into a channel, prints its id
    python -m tests.integration.workflow_race run ID SEED   runs the workflow on all of them, prints what happened

The configuration comes from ODOO_RC.
"""

import random
import time

from odoo import SUPERUSER_ID, Command, api

from tests.integration.racing import main

ORDERS = 60
PAGE = 10
LONGEST = 120  # seconds


def set_up(env):
    """Import paid orders of a channel whose workflow confirms, invoices and posts them; return the channel's id."""
    from odoo.addons.connector_base.tests.order_common import PLATFORM, make_order  # noqa: PLC0415

    env["product.product"].create({"name": "Mug", "default_code": "MUG-BLUE", "type": "consu"})
    steps = {f"step_{step}": True for step in ("confirm", "invoice", "post")}
    backend = env["integration.backend"].create(
        {
            "name": "Race",
            "platform": PLATFORM,
            "workflow_active": True,
            "workflow_rule_ids": [Command.create({"name": "All", **steps})],
        }
    )
    documents = [make_order(str(number), financial_status="paid") for number in range(ORDERS)]
    result = env["integration.order.importer"]._import_page(backend, documents)
    assert len(result.created) == ORDERS, result
    return backend.id


def run_all(registry, backend_id, seed):
    """Run the workflow in an order of our own, with a snapshot that is old when it starts, as in a job."""
    from odoo.addons.connector_base.engine.job_errors import is_lost_race  # noqa: PLC0415

    rng = random.Random(seed)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        todo = env["sale.order"].search([("integration_backend_id", "=", backend_id)]).ids
    rng.shuffle(todo)
    happened = {"busy": 0, "lost": 0}
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
                time.sleep(rng.random() * 0.2)
                result = env["integration.order.workflow"]._run(backend, env["sale.order"].browse(page))
                busy = result.busy.ids
                assert not result.stopped, [str(error) for error in result.stopped.values()]
        except Exception as error:
            if not is_lost_race(error):
                raise
            happened["lost"] += 1
            rng.shuffle(todo)
            continue
        happened["busy"] += len(busy)
        todo = rest + busy
    return happened


if __name__ == "__main__":
    main(set_up, run_all, log_level="critical")
