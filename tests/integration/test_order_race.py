"""The same orders, in two channels of one company at once, in four processes: nothing twice, nothing lost."""

import json
import subprocess
import sys

from scripts.state import ROOT, free_port
from tests.integration.order_race import ADDRESSES, GUESTS, KNOWN, ORDERS, PEOPLE


def test_four_processes_make_each_order_and_customer_once(yard, workshop):
    database = yard.database()
    config = workshop.write_config(f"race-{database}", database, port=free_port())

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.order_race", *map(str, arguments)],
            cwd=ROOT,
            env=workshop.environment(ODOO_RC=str(config)),
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(process):
        output, _errors = process.communicate(timeout=240)
        assert process.returncode == 0
        return json.loads(output)

    backends = finish(start("setup"))
    processes = [start("import", backends[number % 2], number) for number in range(4)]
    happened = [finish(process) for process in processes]

    def count(query):
        return int(workshop.server.psql(query, database))

    assert sum(each["created"] for each in happened) == 2 * ORDERS
    assert count("SELECT count(*) FROM integration_binding_order") == 2 * ORDERS
    assert count("SELECT count(*) FROM sale_order WHERE integration_backend_id IS NOT NULL") == 2 * ORDERS
    guests = "FROM res_partner WHERE email_normalized LIKE 'guest%@example.com'"
    assert count(f"SELECT count(*) {guests}") == GUESTS
    assert count(f"SELECT count(*) FROM res_partner WHERE parent_id IN (SELECT id {guests})") == GUESTS
    known = f"SELECT id FROM res_partner WHERE email_normalized = '{KNOWN}'"
    assert count(f"SELECT count(*) FROM ({known}) k") == 1
    assert count(f"SELECT count(*) FROM res_partner WHERE parent_id IN ({known})") == ADDRESSES
    assert count("SELECT count(*) FROM res_partner WHERE name = 'New Firm'") == 1
    assert count("SELECT count(*) FROM res_partner WHERE email_normalized LIKE 'person%@example.com'") == PEOPLE
    assert sum(each["busy"] for each in happened), "the processes never met: this test shows nothing"
