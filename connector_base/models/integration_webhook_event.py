import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..database import gc_batch, int_parameter
from ..engine.clock import naive

KEEP_DAYS = 30
STATES = [
    ("new", "Waiting"),
    ("done", "Processed"),
    ("superseded", "Superseded"),
    ("ignored", "Ignored"),
    ("failed", "Failed"),
]


class IntegrationWebhookEvent(models.Model):
    """One inbound notification, stored as received before anything is done with it."""

    _name = "integration.webhook.event"
    _description = "Webhook Event"
    _order = "id desc"
    _rec_name = "topic"

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    platform = fields.Selection(related="backend_id.platform")
    company_id = fields.Many2one(related="backend_id.company_id")
    event_id = fields.Char(
        "Delivery ID",
        required=True,
        readonly=True,
        help="The platform's id of the delivery; the same when it is sent again.",
    )
    topic = fields.Char(readonly=True)
    resource = fields.Char(readonly=True, help="What kind of record the event is about.")
    external_id = fields.Char("External ID", readonly=True, help="The record the event is about, on the platform.")
    updated_at = fields.Datetime(
        "Updated on Platform", readonly=True, help="Of the events of a record the newest counts."
    )
    correlation_id = fields.Char(readonly=True, help="The platform's mark of deliveries that have one origin.")
    body = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS, help="The raw bytes as received.")
    body_text = fields.Text("Content", compute="_compute_body_text", groups="connector_base.group_integration_manager")
    received_at = fields.Datetime(readonly=True, index=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="new")
    reason = fields.Char(readonly=True, help="Why the event failed or was not used.")
    sync_job_id = fields.Many2one(
        "sync.job", "Processed by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    attempts = fields.Integer(readonly=True, aggregator=False)

    _backend_event_uniq = models.Constraint("UNIQUE(backend_id, event_id)", "This delivery is stored already.")
    _waiting_idx = models.Index("(backend_id, id) WHERE state = 'new'")
    _record_idx = models.Index("(backend_id, external_id)")

    @api.depends("body")
    def _compute_body_text(self):
        bodies = self.sudo()._bodies()
        for event in self:
            text = bodies[event.id].decode("utf-8", "replace")
            try:
                event.body_text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
            except ValueError:
                event.body_text = text

    # === INBOX === #

    def _store(self, backend, envelope, body):
        """Insert an event unless this delivery is stored already. One statement: the request does nothing else.

        :param WebhookEnvelope envelope: what the verified request says of itself
        :raise psycopg2.errors.SerializationFailure: the same delivery is being stored by another request right now
        """
        used = bool(envelope.resource)
        # Raw SQL: the ORM knows no ON CONFLICT, and costs twice as much per request.
        self.env.cr.execute(
            """
            INSERT INTO integration_webhook_event
                   (backend_id, event_id, topic, resource, external_id, updated_at, correlation_id, body, received_at,
                    state, reason, attempts, create_uid, create_date, write_uid, write_date)
            VALUES (%(backend)s, %(event)s, %(topic)s, %(resource)s, %(record)s, %(updated)s, %(correlation)s, %(body)s,
                    now() AT TIME ZONE 'utc', %(state)s, %(reason)s, 0,
                    %(uid)s, now() AT TIME ZONE 'utc', %(uid)s, now() AT TIME ZONE 'utc')
            ON CONFLICT (backend_id, event_id) DO NOTHING
            """,
            {
                "backend": backend.id,
                "event": envelope.event_id,
                "topic": envelope.topic,
                "resource": envelope.resource,
                "record": envelope.external_id or None,
                "updated": naive(envelope.updated_at),
                "correlation": envelope.correlation_id or None,
                "body": body if used else None,
                "state": "new" if used else "ignored",
                "reason": None if used else self.env._("Nothing in Odoo follows this topic."),
                "uid": self.env.uid,
            },
            log_exceptions=False,
        )

    def _lock_page(self, backend, limit):
        """Return up to `limit` waiting events of `backend`, oldest first, locked for this transaction."""
        self.env.cr.execute(
            "SELECT id FROM integration_webhook_event WHERE backend_id = %s AND state = 'new'"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [backend.id, limit],
            log_exceptions=False,
        )
        return self.browse(event_id for (event_id,) in self.env.cr.fetchall())

    def _note_attempt(self, job):
        """Say on the events which job works on them."""
        self.env.execute_query(
            SQL(
                "UPDATE integration_webhook_event SET attempts = attempts + 1, sync_job_id = %s WHERE id IN %s"
                " RETURNING id",
                job.id,
                self._ids,
            )
        )
        self.invalidate_recordset(["attempts", "sync_job_id"])

    def _settle(self, state, reason=False):
        """End the events in `state`."""
        if self:
            self.write({"state": state, "reason": reason})

    def _supersede(self):
        """Keep the newest event of each record, by the platform's time, and end the others; return the kept ones."""
        newest = {}
        for event in self.sorted("id"):
            key = (event.resource, event.external_id) if event.external_id else event.id
            known = newest.get(key)
            if not known or not event.updated_at or not known.updated_at or event.updated_at >= known.updated_at:
                newest[key] = event
        kept = self.browse().concat(*newest.values())
        (self - kept)._settle("superseded", self.env._("A newer event of the same record was processed."))
        return kept

    def _ignore_older(self, binding_model):
        """End the events that are older than what was applied to their records already; return the others."""
        applied = {
            (binding.backend_id.id, binding.external_id): binding.remote_updated_at
            for binding in self.env[binding_model].search(
                [("backend_id", "in", self.backend_id.ids), ("external_id", "in", self.mapped("external_id"))]
            )
        }
        older = self.browse()
        for event in self:
            known = applied.get((event.backend_id.id, event.external_id))
            if known and event.updated_at and event.updated_at < known:
                older |= event
        older._settle("ignored", self.env._("Older than what was applied already."))
        return self - older

    def _bodies(self):
        """Return {event id: raw bytes}."""
        # Not through the ORM, which takes a Binary column for base64 text.
        self.flush_recordset(["body"])
        rows = self.env.execute_query(
            SQL("SELECT id, body FROM integration_webhook_event WHERE id IN %s", self._ids or (0,))
        )
        return {event_id: bytes(body or b"") for event_id, body in rows}

    # === PEOPLE === #

    def action_process_again(self):
        """Put ended events back into the inbox."""
        if not self.env.user.has_group("connector_base.group_integration_user"):
            raise AccessError(self.env._("Only users of the Integrations app can process events again."))
        self.check_access("read")
        events = self.sudo().filtered(lambda event: event.state != "new" and event.resource)
        if not events:
            raise UserError(self.env._("These events wait to be processed already, or nothing in Odoo follows them."))
        events._settle("new")
        for backend in events.backend_id:
            backend._ensure_drain()

    @api.autovacuum
    def _gc_events(self):
        """Delete what ended `connector_base.webhook_keep_days` (default 30) ago, 1,000 at a time."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("connector_base.webhook_keep_days") or KEEP_DAYS)
        events = self.search([("received_at", "<", f"-{days}d"), ("state", "!=", "new")], order="id", limit=1001)
        events[:1000].unlink()
        return len(events[:1000]), len(events) > 1000

    @api.autovacuum
    def _gc_bodies(self):
        """Forget the contents of what ended `connector_base.webhook_body_days` (default 30) ago."""
        return gc_batch(
            self,
            SQL("UPDATE integration_webhook_event SET body = NULL"),
            SQL(
                "received_at < (now() AT TIME ZONE 'UTC') - %s * interval '1 day'"
                " AND state != 'new' AND body IS NOT NULL",
                int_parameter(self.env, "connector_base.webhook_body_days", KEEP_DAYS),
            ),
        )

    @api.model
    def _cron_sweep(self):
        """Make sure that a drain waits wherever events lie longer than a minute: what a lost wake-up left behind."""
        backends = self._read_group(
            [("state", "=", "new"), ("received_at", "<", "-1M"), ("backend_id.state", "=", "connected")], ["backend_id"]
        )
        for (backend,) in backends:
            backend._ensure_drain()
