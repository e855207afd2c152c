"""Webhooks in number, with duplicates, out of order, and while workers and servers die: none lost, newest wins."""

import itertools
import random
import threading
import time

import pytest

from scripts.rpc import RpcError

ORDERS = 120
EVENTS = 1200
CLIENTS = 8


def deliveries(shop, seed, events=EVENTS, orders=ORDERS):
    """Return deliveries of so many updates: some thin, some sent twice, and out of order."""
    rng = random.Random(seed)
    payloads = [
        shop.update(str(rng.randrange(orders)), **({"thin": True} if rng.random() < 0.05 else {}))
        for _number in range(events)
    ]
    found = [shop.delivery(payload) for payload in payloads]
    found += rng.sample(found, events // 20)
    for start in range(0, len(found), 50):
        block = found[start : start + 50]
        rng.shuffle(block)
        found[start : start + 50] = block
    return found


def killer(chaos, seconds, ended):
    """Kill -9 a worker that drains, another so many seconds later, and so on; return the thread and whom it killed."""
    killed = []

    def run():
        while not ended.wait(0.02):
            rows = chaos.sql(
                "SELECT worker_pid FROM queue_job"
                " WHERE state = 'started' AND channel = 'root.integration_webhooks' LIMIT 1"
            )
            if rows and chaos.is_worker(int(rows[0])):
                chaos.kill_worker(int(rows[0]))
                killed.append(int(rows[0]))
                ended.wait(seconds)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, killed


def check_events(chaos, count):
    rows = chaos.sql("SELECT state, count(*) FROM integration_webhook_event GROUP BY 1")
    states = dict(row.split("|") for row in rows)
    print("events:", states)
    assert sum(map(int, states.values())) == count, states
    assert set(states) <= {"done", "superseded", "ignored"}, states
    assert chaos.sql("SELECT count(*) FROM queue_job WHERE state = 'failed'") == ["0"]


def test_flood_with_workers_killed_in_mid_drain(chaos):
    chaos.serve()
    found = deliveries(chaos.shop, 1)
    ended = threading.Event()
    thread, killed = killer(chaos, 0.7, ended)
    sender = chaos.sender()
    seconds = sender.send_by(CLIENTS, found)
    print(f"{len(found)} deliveries in {seconds:.1f} s, {sender.repeats} sent again")
    time.sleep(3)
    ended.set()
    thread.join()
    chaos.wait(chaos.quiet, 120, "events or jobs were left behind")
    print(f"{len(killed)} workers killed in mid-drain")
    assert killed, "nobody was killed: the test says nothing"
    check_events(chaos, EVENTS)
    chaos.check_orders()


def test_poison_among_many_fails_alone(chaos):
    chaos.serve()
    payloads = [chaos.shop.update(str(number)) for number in range(300)]
    for number in (7, 77, 177):
        payloads[number]["poison"] = True
    chaos.sender().send_by(CLIENTS, [chaos.shop.delivery(payload) for payload in payloads])
    chaos.wait(chaos.quiet, 90, "events or jobs were left behind")
    failed = chaos.sql("SELECT external_id FROM integration_webhook_event WHERE state = 'failed' ORDER BY 1")
    assert sorted(failed) == ["177", "7", "77"]
    rpc = chaos.servers[0].rpc()
    causes = rpc.search_read("sync.job.cause", [], ["job_count", "error_type"])
    assert [(cause["error_type"], cause["job_count"]) for cause in causes] == [("data", 3)]
    rpc.call("sync.job.cause", "action_retry_all", [causes[0]["id"]])
    chaos.wait(chaos.quiet, 60, "the retried jobs did not end")
    assert rpc.search_count("sync.job.cause", []) == 0
    chaos.check_orders()


def test_two_servers_with_webhooks_and_polling_at_once(chaos):
    """Two Odoo processes take webhooks and poll, over and over, while orders change: no duplicate, none lost."""
    for number in range(150):
        chaos.shop.update(str(number))
    chaos.serve()
    chaos.serve()
    ended = threading.Event()
    polls, refused = [], []

    def poll(server):
        rpc = server.rpc()
        while not ended.is_set():
            try:
                polls.append(rpc.call("integration.backend", "chaos_import", [chaos.backend["id"]]))
            except RpcError as error:
                refused.append(error)
            time.sleep(0.3)

    pollers = [threading.Thread(target=poll, args=(server,), daemon=True) for server in chaos.servers]
    for thread in pollers:
        thread.start()
    # Half of the changes reach Odoo by polling only. However fast webhooks are, several imports run among them.
    for number in itertools.count():
        if number >= 400 and len(set(polls)) > 2:
            break
        assert number < 20_000, "imports don't end"
        payload = chaos.shop.update(str(number % 200))
        if number % 2:
            chaos.sender().send([chaos.shop.delivery(payload)])
    ended.set()
    for thread in pollers:
        thread.join()
    chaos.wait(chaos.quiet, 120, "events or jobs were left behind")
    chaos.servers[0].rpc().call("integration.backend", "chaos_import", [chaos.backend["id"]])
    chaos.wait(chaos.quiet, 60, "the last poll did not end")
    print(f"{len(set(polls))} imports, {len(polls)} asked for")
    assert not refused, refused
    assert chaos.sql("SELECT count(*) FROM queue_job WHERE state = 'failed'") == ["0"]
    chaos.check_orders()


@pytest.mark.parametrize(("start", "path"), [("chaos_import", "/orders"), ("chaos_import_period", "/by_id")])
def test_initial_import_survives_kills(chaos, start, path):
    """A chain of pages whose workers are killed imports each order once, and its progress is exact."""
    for number in range(400):
        chaos.shop.update(str(number))
    server = chaos.serve()
    reached = chaos.shop.hold(path)
    job = server.rpc().call("integration.backend", start, [chaos.backend["id"]])
    for seconds in (0, 0.05, 0.15):
        chaos.wait(reached.is_set, what="the import did not go on")
        chaos.kill_in(job, path, seconds)
        reached = chaos.shop.hold(path)
    chaos.wait(reached.is_set, what="the import did not go on")
    chaos.shop.release(path)
    chaos.wait_state(job, "done")
    assert max(chaos.shop.asked.values()) > 1, "no page was read again: nobody was killed in the middle of one"
    counts = server.rpc().call("sync.job", "read", [job], ["state", "items_total", "items_done", "items_failed"])[0]
    counts.pop("id")
    assert counts == {"state": "done", "items_total": 400, "items_done": 400, "items_failed": 0}
    chaos.check_orders()
