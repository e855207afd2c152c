"""Real servers with the chaos addon on a database of their own; the shop runs in the test's process."""

import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts import databases
from scripts.state import ROOT
from tests.chaos.channel import Channel, CommerceChannel
from tests.chaos.shop import Sender, Shop
from tests.chaos.stage import CHANNELS, Stage

ADDONS = Path(__file__).parent / "addons"


def addons_path(workshop):
    """Return Odoo's addons path with the test addons."""
    return ",".join(str(path) for path in (*workshop.source.addons, ROOT, ADDONS))


@pytest.fixture(scope="session")
def chaos_template(workshop):
    """A database in which the chaos addon is installed."""
    name = workshop.database(f"test_{os.getpid()}_chaos")
    databases.copy(workshop, os.environ["CONNECTOR_TEMPLATE"], name)
    arguments = ("-i", "connector_chaos", f"--addons-path={addons_path(workshop)}")
    databases.odoo_task(workshop, name, *arguments, what="Installing the chaos addon")
    yield name
    databases.drop(workshop, name)


class Chaos(Stage):
    """A database with a connected backend of the chaos platform, and servers on it."""

    def __init__(self, yard, template, shop, shop_address):
        super().__init__(yard)
        self.shop = shop
        self.shop_address = shop_address
        self.addons_path = addons_path(yard.workshop)
        databases.copy(yard.workshop, template, self.database)
        self.backend = None

    def serve(self, **options):
        """Start one more server; the first one also connects the backend."""
        sections = {"options": {"addons_path": self.addons_path, "max_cron_threads": 0}}
        options = {"workers": 2, "channels": CHANNELS, **options}
        environment = {"CHAOS_SHOP": self.shop_address}
        server = self.yard.odoo(self.database, sections=sections, environment=environment, **options)
        self.servers.append(server)
        if not self.backend:
            self.backend = server.rpc().call("integration.backend", "chaos_connect")
            self.shop.currency = self.backend["currency"]
        return server

    def sender(self):
        """Return what sends webhooks to all servers in turn."""
        return Sender([server.address for server in self.servers], self.backend["path"])

    def enqueue(self, operation, **arguments):
        """Queue a job of `operation`; return its id."""
        rpc = self.servers[-1].rpc()
        return rpc.call("integration.backend", "chaos_enqueue", [self.backend["id"]], operation, arguments)

    def job(self, job_id):
        """Return what the sync job says."""
        fields = ["state", "last_error", "error_type", "remedy", "retry_count", "result", "queue_job_id", "eta"]
        return self.servers[-1].rpc().call("sync.job", "read", [job_id], fields)[0]

    def wait_state(self, job_id, state, seconds=60):
        """Wait until the sync job is in `state`; return the seconds it took."""
        return self.wait(lambda: self.job(job_id)["state"] == state, seconds, lambda: str(self.job(job_id)))

    def worker_of(self, job_id):
        """Return the process that runs the job, None when none does (a dead one's job is `started` for a while)."""
        rows = self.sql(
            "SELECT worker_pid FROM queue_job JOIN sync_job ON sync_job.queue_job_id = queue_job.id"
            f" WHERE sync_job.id = {int(job_id)} AND queue_job.state = 'started'"
        )
        pid = int(rows[0]) if rows else None
        return pid if self.is_worker(pid) else None

    def kill_in(self, job_id, key, seconds=0):
        """Kill -9 the worker that runs the job in the middle of it, however fast or slow it is.

        :param key: the path or mark at which `shop.hold` keeps the job; later callers go on
        :param seconds: how long the job has gone on when its worker dies
        """
        pid = self.worker_of(job_id)
        if seconds:
            self.shop.release(key)
            time.sleep(seconds)
            self.kill_worker(pid)
        else:  # a job that goes on may be at its end before the signal
            self.kill_worker(pid)
            self.shop.release(key)

    def check_orders(self):
        """Every order of the shop is in Odoo once, in its newest version."""
        rows = self.sql(
            "SELECT b.external_id, o.amount_total::int, b.remote_updated_at, o.client_order_ref"
            "  FROM integration_binding_order b JOIN sale_order o ON o.id = b.odoo_id ORDER BY 1"
        )
        found = {}
        for row in rows:
            external_id, version, updated_at, name = row.split("|")
            assert external_id not in found, f"bound twice: {external_id}"
            found[external_id] = (int(version), updated_at.replace(" ", "T") + "+00:00", name)
        wanted = {
            order["id"]: (order["version"], order["updated_at"], f"#{order['id']}")
            for order in self.shop.orders.values()
        }
        assert found.keys() == wanted.keys(), f"lost: {wanted.keys() - found.keys()}"
        wrong = {key: (found[key], wanted[key]) for key in wanted if found[key] != wanted[key]}
        assert not wrong, f"not the newest version: {wrong}"
        orders = self.sql("SELECT count(*) FROM sale_order WHERE integration_backend_id IS NOT NULL")
        assert orders == [str(len(wanted))]


@pytest.fixture
def chaos(yard, chaos_template):
    """A fresh database and shop for one test."""
    shop = Shop()
    with shop.serving() as address:
        chaos = Chaos(yard, chaos_template, shop, address)
        yield chaos
        for server in chaos.servers:
            server.stop()


@pytest.fixture
def channel(yard, tmp_path):
    """A fresh database with Shopify's connector, and a shop of the sandbox that runs in the test's process."""
    with _running(Channel(yard), tmp_path) as channel:
        yield channel


@pytest.fixture
def commerce(yard, tmp_path):
    """The same with a shop of Adobe Commerce."""
    with _running(CommerceChannel(yard), tmp_path) as channel:
        yield channel


@contextmanager
def _running(channel, folder):
    with channel.opened(folder / "shop"):
        yield channel
        for server in channel.servers:
            server.stop()
