from collections import Counter

from odoo import fields, models

from ..engine.job_errors import backoff
from ..transport.errors import DataError
from .sync_job import Operation


class SyncJob(models.Model):
    """Sending stock: page by page what was marked, or single articles; and what platforms say about theirs."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[
            ("push_stock", "Send stock"),
            ("push_stock_items", "Send the stock of single articles"),
            ("import_locations", "Read places"),
        ],
        ondelete={"push_stock": "cascade", "push_stock_items": "cascade", "import_locations": "cascade"},
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return {
            **super()._operation_settings(),
            "push_stock": Operation("stock", 55),
            "push_stock_items": Operation("stock", 58),
            "import_locations": Operation("interactive", 50),
        }

    # === SEND === #

    def _run_push_stock(self):
        """Send what differs of a page of marked articles, and go on while there are any.

        When the platform asks to wait in the middle, what was sent stays noted and the rest is marked again.
        """
        backend, changes = self.backend_id, self.env["integration.change"]
        waiting = changes._count(backend, "stock")
        if not backend._syncs("stock_out"):
            changes._take(backend, "stock", waiting)
            return self.env._("Nothing sent: stock is not sent to this sales channel.")
        backend._lock_stock()
        exporter, places = self.env["integration.stock.exporter"], backend._stock_places()
        taken = changes._take(backend, "stock", exporter._page_size(backend, places))
        if not taken:
            return self._stock_summary()
        bindings = self.env["integration.binding.variant"].browse(taken).exists()
        outcome = exporter._push(backend, bindings.filtered("external_id"), self)
        if outcome.left:
            changes._note_bindings(backend, outcome.left)
        self._count_stock(outcome, len(taken), total=self.items_done + self.items_failed + waiting)
        if outcome.error:
            self._push_on(eta=backoff(0, getattr(outcome.error, "retry_after", None)))
        elif waiting > len(taken):
            self._push_on()
        if not places:
            return self.env._("Nothing sent: no place of this sales channel has a stock location. Choose them there.")
        return self._stock_summary()

    def _run_push_stock_items(self, external_ids):
        """Send the stock of these variants now.

        :param list external_ids: of variants, on the platform
        """
        backend = self.backend_id
        if not backend._syncs("stock_out"):
            return self.env._("Nothing sent: stock is not sent to this sales channel.")
        backend._lock_stock()
        bindings = self.env["integration.binding.variant"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", external_ids)]
        )
        outcome = self.env["integration.stock.exporter"]._push(backend, bindings, self)
        if outcome.left:
            self.env["integration.change"]._note_bindings(backend, outcome.left)
        self._count_stock(outcome, len(bindings), total=len(bindings))
        return self._stock_summary()

    def _count_stock(self, outcome, taken, *, total):
        if outcome.waiting:
            self.backend_id._look_for_orders()
        failed = len(outcome.failed)
        self._progress(done=max(0, taken - failed - len(outcome.left)), failed=failed, total=total)
        self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(
            sent=outcome.sent, waiting=outcome.waiting, failed=failed
        )

    def _push_on(self, eta=None):
        """Go on in a new queue job, unless another push waits already: that one takes what is left."""
        key = f"push_stock:{self.backend_id.id}"
        if self._waiting(key):
            return
        if not self.chain_started:
            self.chain_started = self.queue_job_id.date_started or fields.Datetime.now()
        self._delay(eta=eta, identity_key=key)
        if self.stop_requested:
            self.stop_requested = False
            self.queue_job_id.button_cancelled()

    def _stock_summary(self):
        """Return one line on what became of the quantities, over all of the job's pages."""
        counts = self.outcome_counts or {}
        texts = (
            (self.env._("Quantities sent: %s", counts.get("sent")), counts.get("sent")),
            (self.env._("waiting for an order: %s", counts.get("waiting")), counts.get("waiting")),
            (self.env._("articles failed: %s", counts.get("failed")), counts.get("failed")),
        )
        return ", ".join(text for text, count in texts if count) or self.env._("Nothing to send: all is as it was.")

    # === PLACES === #

    def _run_import_locations(self):
        """Read the platform's places."""
        documents = self.backend_id._adapter()._fetch_locations(self.backend_id)
        places = self.env["integration.location"]
        new, changed, gone = places._take_over(self.backend_id, documents)
        return self.env._(
            "Places: %(all)s, new: %(new)s, changed: %(changed)s, archived: %(gone)s.",
            all=len(documents),
            new=len(new),
            changed=changed,
            gone=len(gone),
        )

    # === WEBHOOKS === #

    def _drain_location(self, events):
        """Something happened to a place: read them all, there are few."""
        self.backend_id._read_locations_soon()
        events._settle("done")

    def _drain_stock_level(self, events):
        """Note what the platform has now, and let differences be looked at: those that may come from an order later.

        While a push is at work, the events wait: they may well tell what it has just sent.
        """
        backend = self.backend_id
        if not backend._syncs("stock_out"):
            events._settle("ignored", self.env._("Stock is not sent to this sales channel."))
            return
        if not backend._try_lock_stock():
            return
        documents = self._parse_stock_events(events)
        levels = [level for stated in documents.values() for level in stated]
        noted = self.env["integration.stock.level"].sudo()._note_seen(backend, levels)
        for event, stated in documents.items():
            if any(level in noted for level in stated):
                event._settle("done")
            else:
                event._settle("ignored", self.env._("Older than what is known, or no article that Odoo knows here."))

    def _parse_stock_events(self, events):
        """Return {event: the canonical levels it is about}; those that can't be read are ended.

        What events said whose contents were forgotten meanwhile is found by a comparison of all stock.
        """
        backend = self.backend_id
        adapter, bodies, documents = backend._adapter(), events._bodies(), {}
        forgotten = events.filtered(lambda event: not bodies[event.id])
        if forgotten:
            backend._enqueue("check_stock", identity_key=f"check_stock:{backend.id}")
            forgotten._settle("ignored", self.env._("Its content was forgotten; all stock is compared instead."))
        for event in events - forgotten:
            try:
                document = adapter._parse_stock_event(backend, event.topic, bodies[event.id])
            except (DataError, LookupError, TypeError, ValueError) as error:
                event._settle("failed", str(error))
                continue
            documents[event] = (document,) if document else ()
        thin = events.filtered(lambda event: documents.get(event) == ())
        documents.update(self._fetch_thin_levels(thin))
        return documents

    def _fetch_thin_levels(self, events):
        """Read the levels of the variants that these events are about; return {event: canonical levels}."""
        backend = self.backend_id
        bindings = self.env["integration.binding.variant"].search(
            [("backend_id", "=", backend.id), ("external_id", "in", events.mapped("external_id"))]
        )
        if not bindings:
            return {}
        levels = {}
        places = backend._stock_places().mapped("external_id")
        stock_ids = {binding.external_id: binding._stock_external_id() for binding in bindings}
        for level in backend._adapter()._fetch_stock(backend, sorted(set(stock_ids.values())), places):
            levels.setdefault(level.item_external_id, []).append(level)
        return {event: tuple(levels.get(stock_ids.get(event.external_id), ())) for event in events}
