"""What the processes of test_order_race do. Not a test itself.

    python -m tests.integration.order_race setup          creates two channels of one company, prints their ids
    python -m tests.integration.order_race import ID SEED  imports all orders into one of them, prints what happened

The configuration comes from ODOO_RC.
"""

import random
import time

from odoo import SUPERUSER_ID, api

from tests.integration.racing import main

GUESTS = 50
GUEST_ORDERS = 160
ADDRESSES = 4
PEOPLE = 5
OTHER_ORDERS = 20
ORDERS = GUEST_ORDERS + 2 * OTHER_ORDERS
PAGE = 20
KNOWN = "known@example.com"
LONGEST = 120  # seconds


def documents():
    """Return the orders of guests who come back, known by their e-mail only, of a customer who was there before and has
    new addresses, and of several people of one new company."""
    from odoo.addons.connector_base.canonical import Customer  # noqa: PLC0415
    from odoo.addons.connector_base.tests.order_common import make_address, make_order  # noqa: PLC0415

    guests = [
        make_order(
            str(number),
            customer=None,
            email=f"guest{number % GUESTS}@example.com",
            billing_address=make_address(name=f"Guest {number % GUESTS}"),
            shipping_address=make_address(name=f"Guest {number % GUESTS}", street="At work"),
        )
        for number in range(GUEST_ORDERS)
    ]
    known = [
        make_order(
            f"K{number}",
            customer=Customer(external_id="K", email=KNOWN, name="Known"),
            email=KNOWN,
            billing_address=make_address(name="Known", street=f"{number % ADDRESSES} New Street"),
            shipping_address=None,
        )
        for number in range(OTHER_ORDERS)
    ]
    firm = {"company": "New Firm", "company_external_id": "1", "vat": "BE0477472701"}
    people = [
        make_order(
            f"F{number}",
            customer=Customer(
                external_id=f"P{number % PEOPLE}",
                email=f"person{number % PEOPLE}@example.com",
                name=f"Person {number % PEOPLE}",
                **firm,
            ),
        )
        for number in range(OTHER_ORDERS)
    ]
    return [*guests, *known, *people]


def import_all(registry, backend_id, seed):
    """Import all orders in an order of our own, with a snapshot that is old when the import starts, as in a job."""
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
                time.sleep(rng.random() * 0.2)
                result = env["integration.order.importer"]._import_page(backend, page)
        except Exception as error:
            if not is_lost_race(error):
                raise
            happened["lost"] += 1
            continue
        assert not result.failed, result.failed
        happened["created"] += len(result.created)
        happened["busy"] += len(result.busy)
        busy = set(result.busy)
        todo = rest + [document for document in page if document.external_id in busy]
    return happened


def set_up(env):
    """Make two channels of one company, and a customer who was there before; return the channels' ids."""
    from odoo.addons.connector_base.tests.order_common import PLATFORM  # noqa: PLC0415

    env["res.partner"].create({"name": "Known", "email": KNOWN, "street": "Old Street"})
    values = [{"name": f"Race {number}", "platform": PLATFORM} for number in range(2)]
    return env["integration.backend"].create(values).ids


if __name__ == "__main__":
    main(set_up, import_all, log_level="warn")
