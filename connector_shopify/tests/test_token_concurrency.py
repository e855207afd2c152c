import threading
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import TransactionCase, tagged

from .common import StoreMixin


@tagged("post_install", "-at_install")
class TestTokenConcurrency(StoreMixin, TransactionCase):
    """Workers that need a new token at the same moment, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # Held by whoever loads the registry: Odoo replaces it so in its own tests with several threads.
        self.patch(Registry, "_lock", DummyRLock())
        with self.registry.cursor() as cr:
            self.env = api.Environment(cr, SUPERUSER_ID, {})
            self.backend_id = self.new_backend().id
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.addCleanup(self.remove)
        grant = self.store._grant

        def slow_grant(form):
            time.sleep(0.3)
            return grant(form)

        self.store._grant = slow_grant

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["integration.backend"].browse(self.backend_id).unlink()
            env["integration.rate.limit"].search([("account_key", "=", f"#{self.backend_id}")]).sudo().unlink()

    def run_workers(self, count, work):
        """Run `work(backend)` in `count` threads that start together; return their results."""
        results, barrier = [], threading.Barrier(count)

        def run():
            with self.registry.cursor() as cr:
                backend = api.Environment(cr, SUPERUSER_ID, {})["integration.backend"].browse(self.backend_id)
                # The snapshot is older than what the others do, as in a job.
                backend.name  # noqa: B018
                barrier.wait()
                results.append(work(backend))

        threads = [threading.Thread(target=run) for _worker in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(len(results), count, "a worker failed")
        return results

    def test_one_renews_the_others_take_it(self):
        tokens = self.run_workers(4, lambda backend: backend._shopify_token())
        self.assertEqual(len(set(tokens)), 1)
        self.assertEqual(self.store.count("AccessToken"), 1)

    def test_refused_token_is_renewed_by_one(self):
        (first,) = self.run_workers(1, lambda backend: backend._shopify_token())
        self.store.refused.add(first)
        tokens = self.run_workers(4, lambda backend: backend._shopify_token(refused=first))
        self.assertEqual(len(set(tokens)), 1)
        self.assertNotIn(first, tokens)
        self.assertEqual(self.store.count("AccessToken"), 2)

    def test_a_rolled_back_job_does_not_lose_the_token(self):
        with self.registry.cursor() as cr:
            backend = api.Environment(cr, SUPERUSER_ID, {})["integration.backend"].browse(self.backend_id)
            token = backend._shopify_token()
            cr.rollback()
        (again,) = self.run_workers(1, lambda backend: backend._shopify_token())
        self.assertEqual(again, token)
        self.assertEqual(self.store.count("AccessToken"), 1)
