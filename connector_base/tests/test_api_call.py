import http.server
import json
import threading
from ast import literal_eval
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from lxml import etree

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..engine import api_call_log
from ..engine.api_call_log import ApiCallLog
from ..transport import CallRecord, TransientError
from .common import BackendCase
from .forked import run_forked


def call(**values):
    """Return a `CallRecord` of an ordinary call."""
    return CallRecord(
        **{
            "at": datetime.now(timezone.utc),
            "operation": "orders",
            "method": "POST",
            "url": "https://shop.example/api",
            "status": 200,
            "duration_ms": 120.0,
            "bytes_sent": 100,
            "bytes_received": 2000,
            "cost": 7.5,
            **values,
        }
    )


class Platform(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"access_token": "answered-token", "ok": True}).encode()
        self.send_response(503 if self.path.endswith("/down") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", "req-42")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Override of http.server to say nothing."""


class ApiCallCase(BackendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Platform)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.url = f"http://127.0.0.1:{server.server_port}/api"

    def calls(self, env=None, backend=None):
        env = env or self.env
        return env["integration.api.call"].search([("backend_id", "=", (backend or self.backend).id)], order="id")

    def usage(self, env=None, backend=None):
        env = env or self.env
        return env["integration.api.usage"].search([("backend_id", "=", (backend or self.backend).id)], order="hour")


class TestApiCall(ApiCallCase):
    """What is recorded, inside the test's transaction: its end is called by hand."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())

    def end_transaction(self):
        self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def record(self, *records, **context):
        log = ApiCallLog(self.backend.with_context(**context))
        for record in records:
            log.record(record)
        self.end_transaction()

    def test_a_call_of_a_backend_is_recorded(self):
        backend = self.backend.with_context(integration_lane="orders", integration_in_job=True, integration_job_id=77)
        session = backend._session()
        self.assertEqual(session.patience, 0.0)
        response = session.request("POST", self.url, operation="orders", json={"a": 1}, cost=12.5)
        self.assertEqual(response.request_id, "req-42")
        self.assertFalse(self.calls(), "Nothing is written during the work.")
        self.end_transaction()
        row = self.calls()
        self.assertRecordValues(
            row,
            [
                {
                    "operation": "orders",
                    "method": "POST",
                    "url": self.url,
                    "status": 200,
                    "failed": False,
                    "throttled": False,
                    "cost": 12.5,
                    "bytes_sent": 8,
                    "bytes_received": len(response.content),
                    "request_id": "req-42",
                    "error": False,
                    "lane": "orders",
                    "platform": "fake",
                    "company_id": self.backend.company_id.id,
                    "request_body": False,
                    "response_body": False,
                }
            ],
        )
        self.assertEqual(row.sync_job_ref, 77)
        self.assertLess(abs((fields.Datetime.now() - row.at).total_seconds()), 10)
        self.assertGreater(row.duration_ms, 0)

    def test_failures_are_marked(self):
        session = self.backend._session()
        session.request("POST", self.url + "/down", operation="orders", json={})
        with self.assertRaises(TransientError):
            session.request("POST", "http://127.0.0.1:9/", operation="orders", json={})
        self.end_transaction()
        self.assertRecordValues(
            self.calls(),
            [
                {"status": 503, "failed": True},
                {"status": 0, "failed": True},
            ],
        )
        self.assertEqual(self.calls()[0].error, "HTTP 503 Service Unavailable")
        self.assertIn("refused", self.calls()[1].error)
        self.assertRecordValues(self.usage(), [{"calls": 2, "errors": 2, "throttled": 0}])

    def test_bodies_only_while_debugging_and_without_secrets(self):
        self.backend.debug_until = fields.Datetime.now() + timedelta(hours=1)
        self.backend._session().request(
            "POST", self.url, operation="x", json={"client_secret": "sent-secret"}, headers={"X-Token": "header-token"}
        )
        self.backend.debug_until = fields.Datetime.now() - timedelta(seconds=1)
        self.backend._session().request("POST", self.url, operation="x", json={})
        self.end_transaction()
        first, second = self.calls()
        self.assertEqual(first.request_body, '{"client_secret": "[redacted]"}')
        self.assertEqual(first.response_body, '{"access_token": "[redacted]", "ok": true}')
        self.assertFalse(second.request_body or second.response_body)

    def test_bodies_are_for_managers(self):
        self.record(call(request_body="{}"))
        with self.assertRaises(AccessError):
            self.calls(self.env(user=self.user)).read(["request_body"])
        self.assertEqual(self.calls(self.env(user=self.manager)).request_body, "{}")

    def test_companies_are_apart_and_rows_are_read_only(self):
        self.record(call())
        for rows in (self.calls(), self.usage()):
            self.assertEqual(len(rows), 1)
            self.assertEqual(len(rows.with_user(self.user).search([("id", "in", rows.ids)])), 1)
            self.assertFalse(rows.with_user(self.stranger).search([("id", "in", rows.ids)]))
            with self.assertRaises(AccessError):
                rows.with_user(self.salesman).check_access("read")
            for operation in ("write", "create", "unlink"):
                self.assertFalse(rows.with_user(self.manager).has_access(operation))

    def test_a_batch_is_one_round_trip(self):
        log = ApiCallLog(self.backend)
        for _ in range(20):
            log.record(call())
        queries = self.env.cr.sql_log_count
        self.env.cr.postcommit.run()
        self.assertEqual(self.env.cr.sql_log_count - queries, 1)
        self.assertEqual(len(self.calls()), 20)

    def test_many_calls_are_written_in_between(self):
        log = ApiCallLog(self.backend)
        for _ in range(api_call_log.BUFFER_SIZE + 1):
            log.record(call())
        self.assertEqual(len(self.calls()), api_call_log.BUFFER_SIZE)
        self.end_transaction()
        self.assertEqual(len(self.calls()), api_call_log.BUFFER_SIZE + 1)

    def test_the_next_transaction_of_a_cursor_is_recorded_too(self):
        self.record(call())
        self.record(call(), call())
        self.assertEqual(len(self.calls()), 3)

    def test_a_savepoint_rolled_back_loses_nothing(self):
        log = ApiCallLog(self.backend)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            log.record(call())
            raise ZeroDivisionError
        self.end_transaction()
        self.assertEqual(len(self.calls()), 1)

    def test_what_the_database_cannot_hold_is_left_out(self):
        self.record(call(error="half \ud800 and nul \x00.", url="https://x/\x00"))
        self.assertEqual(self.calls().error, "half ? and nul .")

    def test_hourly_sums(self):
        hour = datetime(2026, 11, 20, 10, tzinfo=timezone.utc)
        self.record(
            call(at=hour, duration_ms=100, cost=1),
            call(at=hour + timedelta(minutes=59, seconds=59), duration_ms=300, cost=2, status=500, error="HTTP 500"),
            call(at=hour + timedelta(minutes=60), throttled=True, status=429),
            call(at=hour, operation="products"),
        )
        self.record(call(at=hour + timedelta(minutes=5), duration_ms=50, cost=4))
        orders = self.usage().filtered(lambda usage: usage.operation == "orders")
        self.assertRecordValues(
            orders,
            [
                {
                    "hour": datetime(2026, 11, 20, 10),
                    "calls": 3,
                    "errors": 1,
                    "throttled": 0,
                    "cost": 7.0,
                    "bytes_sent": 300,
                    "bytes_received": 6000,
                    "duration_ms": 450.0,
                    "duration_max": 300.0,
                    "duration_avg": 150.0,
                    "platform": "fake",
                    "company_id": self.company.id,
                },
                {
                    "hour": datetime(2026, 11, 20, 11),
                    "calls": 1,
                    "errors": 1,
                    "throttled": 1,
                    "cost": 7.5,
                    "bytes_sent": 100,
                    "bytes_received": 2000,
                    "duration_ms": 120.0,
                    "duration_max": 120.0,
                    "duration_avg": 120.0,
                    "platform": "fake",
                    "company_id": self.company.id,
                },
            ],
        )
        self.assertEqual(self.usage().filtered(lambda usage: usage.operation == "products").calls, 1)

    def test_the_backend_counts_the_last_day(self):
        now = datetime.now(timezone.utc)
        self.record(call(), call(error="x"), call(at=now - timedelta(hours=2)), call(at=now - timedelta(hours=30)))
        self.assertEqual((self.backend.api_call_count, self.backend.api_error_count), (3, 1))

    def test_the_backends_buttons(self):
        self.record(call())
        for action in (self.backend.action_view_api_calls(), self.backend.action_view_api_usage()):
            self.assertEqual(len(self.env[action["res_model"]].search(action["domain"])), 1)

    def test_the_calls_of_a_backend_that_never_came_to_be(self):
        ghost = self.env["integration.backend"].create({"name": "Ghost", "platform": "fake"})
        ApiCallLog(ghost).record(call(request_id="ghost"))
        ghost.unlink()
        self.end_transaction()
        row = self.env["integration.api.call"].search([("request_id", "=", "ghost")])
        self.assertRecordValues(row, [{"backend_id": False, "platform": "fake", "company_id": self.company.id}])
        self.assertFalse(self.usage(backend=ghost))

    def test_a_deleted_backend_takes_its_calls_along(self):
        backend = self.env["integration.backend"].create({"name": "Gone", "platform": "fake"})
        ApiCallLog(backend).record(call())
        self.end_transaction()
        rows, usage = self.calls(backend=backend), self.usage(backend=backend)
        self.assertTrue(rows and usage)
        backend.unlink()
        self.assertFalse(rows.exists() or usage.exists())

    def test_a_row_shows_although_its_job_is_gone(self):
        self.record(call(), integration_job_id=2_000_000_000)
        row = self.calls().with_user(self.user)
        values = row.web_read({"sync_job_id": {"fields": {"display_name": {}}}, "operation": {}})
        self.assertEqual(values, [{"id": row.id, "sync_job_id": False, "operation": "orders"}])

    def test_a_job_shows_its_calls(self):
        job = self.env["sync.job"].create(
            {"backend_id": self.backend.id, "operation": "import_orders", "name": "Import"}
        )
        self.record(call(), call(error="x"), integration_job_id=job.id)
        self.record(call())
        self.assertEqual(job.api_call_count, 2)
        rows = self.env["integration.api.call"].search(job.action_view_api_calls()["domain"])
        self.assertEqual((len(rows), rows.sync_job_id), (2, job))
        named = self.env["integration.api.call"].search([("sync_job_id", "ilike", "import")])
        self.assertEqual(named & self.calls(), rows, "as typed into the search bar")
        self.assertEqual(len(self.calls().filtered_domain([("sync_job_id", "=", False)])), 1)
        self.assertEqual(
            self.env["integration.api.call"].search_count(
                [("backend_id", "=", self.backend.id), ("sync_job_id", "=", False)]
            ),
            1,
        )

    def test_old_rows_are_forgotten(self):
        now = datetime.now(timezone.utc)
        ages = (timedelta(days=1, hours=1), timedelta(days=15), timedelta(days=401))
        self.record(call(response_body="{}"), *(call(at=now - age, response_body="{}") for age in ages))
        calls, usage = self.env["integration.api.call"], self.env["integration.api.usage"]
        done, remaining = calls._gc_bodies()
        self.assertEqual((done >= 3, remaining), (True, 0))
        self.assertEqual([bool(row.response_body) for row in self.calls()], [False, False, False, True])
        calls._gc_api_calls()
        self.assertEqual(len(self.calls()), 2)
        usage._gc_api_usage()
        self.assertEqual(len(self.usage()), 3)
        self.env["ir.config_parameter"].set_param("connector_base.api_call_days", "1")
        self.env["ir.config_parameter"].set_param("connector_base.api_usage_days", "2")
        calls._gc_api_calls()
        usage._gc_api_usage()
        self.assertEqual((len(self.calls()), len(self.usage())), (1, 2))

    def test_forgetting_goes_on_while_there_is_more(self):
        old = datetime.now(timezone.utc) - timedelta(days=20)
        self.record(*(call(at=old) for _ in range(5)))
        with patch("odoo.addons.connector_base.database.GC_BATCH", 4):
            self.assertEqual(self.env["integration.api.call"]._gc_api_calls(), (4, 1))
            self.assertEqual(self.env["integration.api.call"]._gc_api_calls()[1], 0)
        self.assertFalse(self.calls())

    def test_the_screens_open(self):
        self.record(call(error="HTTP 500", status=500))
        with Form(self.calls().with_user(self.manager)) as form:
            self.assertEqual(form.operation, "orders")
        for model in ("integration.api.call", "integration.api.usage", "integration.rate.limit"):
            action = self.env["ir.actions.act_window"].search([("res_model", "=", model)])
            views = (
                self.env[model]
                .with_user(self.user)
                .get_views([(False, kind) for kind in (*action.view_mode.split(","), "search")])
            )
            self.assertIn("search", views["views"])

    def test_the_filters_find_what_they_say(self):
        now = datetime.now(timezone.utc)
        self.record(
            call(operation="ok"),
            call(operation="slow", duration_ms=2500.0),
            call(operation="failed", error="x"),
            call(operation="old", at=now - timedelta(days=8)),
        )
        today = {"ok", "slow", "failed"}
        for model, expected in {
            "integration.api.call": {"failed": {"failed"}, "slow": {"slow"}, "throttled": set(), "last_hour": today},
            "integration.api.usage": {"errors": {"failed"}, "throttled": set(), "week": today},
        }.items():
            arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
            for name, operations in expected.items():
                (domain,) = arch.xpath(f"//filter[@name='{name}']/@domain")
                rows = self.env[model].search([("backend_id", "=", self.backend.id), *literal_eval(domain)])
                self.assertEqual(set(rows.mapped("operation")), operations, (model, name))


@tagged("-at_install", "post_install")
class TestApiCallTransactions(ApiCallCase):
    """Real transactions on the database itself; what is committed is removed again."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.real_id = env["integration.backend"].create({"name": "Real", "platform": "fake"}).id
        self.addCleanup(self.forget)

    @contextmanager
    def transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def forget(self):
        with self.transaction() as env:
            env["integration.backend"].browse(self.real_id).unlink()

    def counts(self):
        with self.transaction() as env:
            backend = env["integration.backend"].browse(self.real_id)
            return len(self.calls(env, backend)), sum(self.usage(env, backend).mapped("calls"))

    def test_committed(self):
        with self.transaction() as env:
            env["integration.backend"].browse(self.real_id)._session().request("POST", self.url, operation="x", json={})
        self.assertEqual(self.counts(), (1, 1))

    def test_rolled_back(self):
        with self.assertRaises(ZeroDivisionError), self.transaction() as env:
            backend = env["integration.backend"].browse(self.real_id)
            backend.name = "Changed"
            env.flush_all()
            backend._session().request("POST", self.url, operation="x", json={})
            raise ZeroDivisionError
        self.assertEqual(self.counts(), (1, 1))
        with self.transaction() as env:
            self.assertEqual(env["integration.backend"].browse(self.real_id).name, "Real")

    def test_several_transactions_of_one_cursor(self):
        with self.transaction() as env:
            backend = env["integration.backend"].browse(self.real_id)
            for end in (env.cr.commit, env.cr.rollback, env.cr.commit):
                backend._session().request("POST", self.url, operation="x", json={})
                end()
            self.assertEqual(self.counts(), (3, 3))
        self.assertEqual(self.counts(), (3, 3))

    def test_failing_to_record_does_not_harm_the_work(self):
        with (
            mute_logger("odoo.addons.connector_base.engine.api_call_log"),
            patch.object(api_call_log, "_insert_calls", lambda rows: api_call_log.SQL("SELECT 1/0")),
            self.transaction() as env,
        ):
            backend = env["integration.backend"].browse(self.real_id)
            backend.name = "Changed"
            backend._session().request("POST", self.url, operation="x", json={})
        self.assertEqual(self.counts(), (0, 0))
        with self.transaction() as env:
            self.assertEqual(env["integration.backend"].browse(self.real_id).name, "Changed")

    def test_a_locked_log_is_not_waited_for(self):
        with (
            mute_logger("odoo.addons.connector_base.engine.api_call_log"),
            self.transaction() as blocker,
        ):
            blocker.cr.execute("LOCK TABLE integration_api_call IN ACCESS EXCLUSIVE MODE")
            with self.transaction() as env:
                ApiCallLog(env["integration.backend"].browse(self.real_id)).record(call())
        self.assertEqual(self.counts(), (0, 0))

    def test_eight_processes_sum_up(self):
        """Each flushes 25 times 20 calls of two operations, into the same two rows."""
        hour = datetime(2026, 11, 20, 10).isoformat()

        def work(registry, index):
            rows = [
                {
                    **dict.fromkeys(api_call_log._COLUMNS),
                    "at": datetime.fromisoformat(hour),
                    "backend_id": self.real_id,
                    "operation": "orders" if number % 2 == index % 2 else "products",
                    "failed": number == 0,
                    "throttled": False,
                    "duration_ms": float(index),
                    "bytes_sent": 1,
                    "bytes_received": 2,
                    "cost": 0.5,
                }
                for number in range(20)
            ]
            for _ in range(25):
                api_call_log._write(registry, list(rows))
            return 1

        run_forked(8, self.env.cr.dbname, work)
        self.assertEqual(self.counts(), (4000, 4000))
        with self.transaction() as env:
            usage = self.usage(env, env["integration.backend"].browse(self.real_id))
            self.assertEqual(len(usage), 2)
            self.assertEqual(sum(usage.mapped("errors")), 200)
            self.assertEqual(sum(usage.mapped("cost")), 2000)
            self.assertEqual(sum(usage.mapped("bytes_received")), 8000)
            self.assertEqual(usage.mapped("duration_max"), [7.0, 7.0])
