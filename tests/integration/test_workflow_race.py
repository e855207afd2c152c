"""The workflow of the same orders in three processes at once: one delivery and one invoice for each."""

import json
import subprocess
import sys

from scripts.state import ROOT, free_port
from tests.integration.workflow_race import ORDERS


def test_three_processes_invoice_and_deliver_once(yard, workshop):
    database = yard.database()
    config = workshop.write_config(f"workflow-{database}", database, port=free_port())

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.workflow_race", *map(str, arguments)],
            cwd=ROOT,
            env=workshop.environment(ODOO_RC=str(config)),
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(process):
        output, _errors = process.communicate(timeout=240)
        assert process.returncode == 0
        return json.loads(output)

    backend = finish(start("setup"))
    processes = [start("run", backend, number) for number in range(3)]
    happened = [finish(process) for process in processes]

    def count(query):
        return int(workshop.server.psql(query, database))

    ours = "integration_backend_id IS NOT NULL"
    assert count(f"SELECT count(*) FROM sale_order WHERE {ours} AND integration_workflow_state = 'done'") == ORDERS
    assert count("SELECT count(*) FROM account_move WHERE integration_by_workflow") == ORDERS
    assert count("SELECT count(*) FROM account_move WHERE integration_by_workflow AND state = 'posted'") == ORDERS
    assert count(f"SELECT count(*) FROM stock_picking JOIN sale_order o ON o.id = sale_id WHERE {ours}") == ORDERS
    assert sum(each["busy"] + each["lost"] for each in happened), "the processes never met: this test shows nothing"
