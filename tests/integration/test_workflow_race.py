"""The workflow of the same orders in three processes at once: one delivery and one invoice for each."""

from tests.integration.workflow_race import ORDERS


def test_three_processes_invoice_and_deliver_once(race):
    processes = race("workflow_race")
    [backend] = processes.run(["setup"])
    happened = processes.run(*(["run", backend, number] for number in range(3)))
    count = processes.count
    ours = "integration_backend_id IS NOT NULL"
    assert count(f"SELECT count(*) FROM sale_order WHERE {ours} AND integration_workflow_state = 'done'") == ORDERS
    assert count("SELECT count(*) FROM account_move WHERE integration_by_workflow") == ORDERS
    assert count("SELECT count(*) FROM account_move WHERE integration_by_workflow AND state = 'posted'") == ORDERS
    assert count(f"SELECT count(*) FROM stock_picking JOIN sale_order o ON o.id = sale_id WHERE {ours}") == ORDERS
    assert sum(each["busy"] + each["lost"] for each in happened), "the processes never met: this test shows nothing"
