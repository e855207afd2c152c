"""Webhook requests per second and their times, against a controller that does nothing but one INSERT.

    python -m tests.bench.webhooks [--json FILE] [--seconds N] [--rounds N] [--clients N]

Both routes are asked in turn, in one run, by keep-alive clients in a process of their own, on one server with two
workers; bodies are orders of 5.4 KB. The webhook route finds the backend, verifies the signature, stores the event and
makes sure that a drain waits. The third row is the same route while the drains run, importing real orders in the same
two workers. Needs the environment that `./run` prepares.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from scripts.servers import OdooServer
from scripts.state import ROOT
from scripts.workshop import Workshop
from tests.chaos.shop import Shop

from ._stage import webhook_stage

BODY_BYTES = 5400
ORDERS = 2000
WARM_UP_SECONDS = 1.0
ROUTES = ("one INSERT", "webhook", "webhook, drains running")


def client(address, path, clients, seconds):
    """Ask `path` by so many keep-alive clients; return {"rps", "p50_ms", "p99_ms", "errors"}."""
    shop, host = Shop(), urlsplit(address).netloc
    shop._deliveries = time.time_ns()
    times, errors, lock = [], [], threading.Lock()
    begin = time.monotonic() + WARM_UP_SECONDS
    end = begin + seconds

    def run(number):
        rng, mine = random.Random(number), []
        connection = http.client.HTTPConnection(host, timeout=30)
        while (started := time.monotonic()) < end:
            headers, body = shop.delivery(shop.update(str(rng.randrange(ORDERS)), pad="x" * (BODY_BYTES - 110)))
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                status = repr(error)
                connection.close()
            if status != 200:
                with lock:
                    errors.append(status)
            elif started >= begin:
                mine.append(time.monotonic() - started)
        with lock:
            times.extend(mine)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(times, n=100)
    return {
        "rps": len(times) / seconds,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
        "errors": len(errors),
    }


def measure(server, path, options):
    """Run the clients in a process of their own; return their figures."""
    command = [sys.executable, "-m", "tests.bench.webhooks", "--client", server.address, "--path", path]
    command += ["--clients", str(options.clients), "--seconds", str(options.seconds)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def medians(rounds):
    """Return the median of each figure."""
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}


def run(workshop, options):
    """Set up a database and a server, measure, and return {route: figures}."""
    with webhook_stage(workshop, "webhooks") as (database, settings):
        return serve_and_measure(workshop, database, settings, options)


def serve_and_measure(workshop, database, settings, options):
    rounds = {route: [] for route in ROUTES}
    with OdooServer(workshop, database, name="bench-webhooks", channels="root:0", **settings) as server:
        path = server.rpc().call("integration.backend", "chaos_connect")["path"]
        for _number in range(options.rounds):
            rounds[ROUTES[0]].append(measure(server, "/bench/insert", options))
            rounds[ROUTES[1]].append(measure(server, path, options))
    with OdooServer(workshop, database, name="bench-webhooks-drains", channels="root:1", **settings) as server:
        time.sleep(6)  # the runner starts 5 s after the server
        for _number in range(options.rounds):
            rounds[ROUTES[2]].append(measure(server, path, options))
    return {route: medians(found) for route, found in rounds.items()}


def report(figures, options):
    """Print the table."""
    floor = figures[ROUTES[0]]["rps"]
    print(f"\n{options.clients} keep-alive clients, 2 workers, {options.seconds:g} s each, median of {options.rounds}")
    print(f"{'route':<26}{'requests/s':>12}{'of floor':>10}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    for route, found in figures.items():
        print(
            f"{route:<26}{found['rps']:>12.0f}{found['rps'] / floor:>10.2f}"
            f"{found['p50_ms']:>9.1f}{found['p99_ms']:>9.1f}{found['errors']:>8.0f}"
        )


def main():
    """Measure both routes, or be their clients."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="write the figures to this file")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        json.dump(client(options.client, options.path, options.clients, options.seconds), sys.stdout)
        return
    figures = run(Workshop.attach(), options)
    report(figures, options)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
