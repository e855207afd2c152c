import psycopg2

from odoo import models

from ..transport.errors import ConfigurationError, DataError, TransportError

# First key of the advisory lock that lets one drain work per backend; the second is the backend's id.
DRAIN_LOCK = 772
DRAIN_PAGE = 200


class SyncJob(models.Model):
    """Processing stored webhook events, one page per job."""

    _inherit = "sync.job"

    def _run_drain_webhooks(self):
        """Take up to a page of waiting events, the newest per record, and import what they say.

        One page per job: in a longer transaction the snapshot grows old and `SKIP LOCKED` fails. Events that can't be
        processed fail alone; those of records that another transaction holds stay for the follow-up.
        """
        backend = self.backend_id
        if backend.state != "connected":
            return self.env._("Nothing done: events wait until the sales channel is connected and works again.")
        self._work_alone(DRAIN_LOCK, "Another drain of this sales channel is at work.")
        events = self.env["integration.webhook.event"]._lock_page(backend, DRAIN_PAGE)
        if not events:
            return self.env._("No event waits.")
        self._progress(total=len(events))
        events._note_attempt(self)
        newest = events._supersede()
        for resource, of_resource in newest.grouped("resource").items():
            drain = getattr(self, f"_drain_{resource}", None)
            if drain:
                drain(of_resource)
            else:
                of_resource._settle("ignored", self.env._("Nothing in Odoo follows this topic."))
        waiting = events.filtered(lambda event: event.state == "new")
        failed = events.filtered(lambda event: event.state == "failed")
        self._progress(done=len(events) - len(waiting) - len(failed), failed=len(failed))
        if waiting:
            backend._ensure_drain(eta=1)
        elif len(events) == DRAIN_PAGE:
            backend._ensure_drain()
        counts = (
            (self.env._("events: %s"), len(events)),
            (self.env._("superseded by newer ones: %s"), len(events) - len(newest)),
            (self.env._("failed: %s"), len(failed)),
            (self.env._("waiting: %s"), len(waiting)),
        )
        return ", ".join(text % count for text, count in counts if count)

    def _drain_order(self, events):
        """Import the orders of these events, one event per order."""
        nameless = events.filtered(lambda event: not event.external_id)
        nameless._settle("failed", self.env._("The event does not say which order it is about."))
        events = (events - nameless)._ignore_older("integration.binding.order")
        by_id = {event.external_id: event for event in events}
        documents = self._parse_events(events)
        thin = [external_id for external_id, document in documents.items() if document is None]
        documents.update(self._fetch_thin(by_id, thin))
        found = [document for document in documents.values() if document is not None]
        result = self._importer()._import_page(self.backend_id, found, job=self, source="webhook")
        for external_id, reason in result.skipped:
            by_id[external_id]._settle("ignored", reason)
        for external_id, _name, error in result.failed:
            by_id[external_id]._settle("failed", str(error))
        done = self.env["integration.webhook.event"]
        for external_id in (*result.created, *result.updated, *result.unchanged):
            done |= by_id[external_id]
        done._settle("done")

    def _parse_events(self, events, method="_parse_event", operation="import_order_ids"):
        """Return {external id: document, or None when it must be read from the platform}; bad events fail alone.

        :param str method: of the adapter, that reads an event's body
        :param str operation: what a retry of a bad event's document does
        """
        parse = getattr(self.backend_id._adapter(), method)
        bodies = events._bodies()
        documents = {}
        for event in events:
            if not bodies[event.id]:  # forgotten meanwhile: the platform has it
                documents[event.external_id] = None
                continue
            try:
                documents[event.external_id] = parse(self.backend_id, event.topic, bodies[event.id])
            except DataError as error:
                self._fail_event(event, error, operation)
            except (TransportError, psycopg2.Error):
                raise
            except Exception as error:  # a parser's bug must not hold up the other events of the page
                self._fail_event(event, error, operation)
        return documents

    def _fail_event(self, event, error, operation="import_order_ids"):
        """Keep an event that can't be read, and a failed job whose retry reads the document from the platform."""
        event._settle("failed", str(error))
        if event.external_id:
            self._fail_document(event.external_id, error, operation=operation)

    def _fetch_thin(self, by_id, external_ids):
        """Read the orders that their events don't state in full; return {external id: document}."""
        if not external_ids:
            return {}
        documents, errors = self.backend_id._read_orders(external_ids)
        found = {document.external_id: document for document in documents}
        elsewhere = self.env["integration.order.comparer"]._unreadable_elsewhere(self.backend_id, errors)
        for external_id, error in errors.items():
            if external_id in elsewhere:
                by_id[external_id]._settle("ignored", elsewhere[external_id])
            else:
                self._fail_event(by_id[external_id], error)
        self._settle_missing({key: by_id[key] for key in external_ids if key not in errors and key not in found})
        return found

    def _settle_missing(self, events):
        """End the events, {external id: event}, whose orders the platform doesn't have; note where one was deleted."""
        adapter, updater = self.backend_id._adapter(), self.env["integration.order.updater"]
        told = [key for key, event in events.items() if adapter._tells_deletion(event.topic)]
        noted = updater._note_deleted(self.backend_id, told)
        noted |= updater._note_missing(self.backend_id, events.keys() - set(told))
        ids = set(noted.mapped("integration_external_id"))
        for external_id, event in events.items():
            if external_id in ids:
                event._settle("done", self.env._("The platform has deleted the order."))
            else:
                event._settle("ignored", self.env._("It is not on the platform (any more)."))

    def _drain_account(self, events):
        """The platform says that our app was removed: ask it, for the news may be older than a new installation."""
        try:
            self.backend_id._adapter()._check_connection(self.backend_id)
        except ConfigurationError as error:
            self.backend_id._disconnected_by_platform(error)
            events._settle("done", self.env._("The platform refuses our access: disconnected."))
        else:
            events._settle("ignored", self.env._("The platform still accepts our access."))

    def _run_check_webhooks(self):
        """Make the platform's webhook subscriptions be the wanted ones, and say what was found on the backend."""
        backend = self.backend_id
        if not backend._takes_webhooks():
            return backend._polling_only_reason()
        report = backend._adapter()._ensure_webhooks(backend, backend.sudo().webhook_url)
        texts = (
            (self.env._("%s in place"), report.registered),
            (self.env._("%s created"), report.created),
            (self.env._("%s repaired"), report.repaired),
            (self.env._("%s removed"), report.removed),
        )
        message = ", ".join(text % len(topics) for text, topics in texts if topics)
        if report.failed:
            problems = "; ".join(f"{topic}: {reason}" for topic, reason in report.failed)
            message = "; ".join(filter(None, [message, self.env._("refused: %s", problems)]))
        backend._set_webhook_state("partial" if report.failed else "registered", message)
        return message
