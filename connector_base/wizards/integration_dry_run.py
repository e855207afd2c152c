import re
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.clock import aware
from ..engine.rehearsal import OUTCOMES, Rehearsed
from ..notification import CLOSE, notification
from ..transport import iter_pages

LIMIT = 50
PAGES = 10


class IntegrationDryRun(models.TransientModel):
    """Shows what an import would do, by doing it in a transaction that is rolled back; and does it when told to."""

    _name = "integration.dry.run"
    _description = "What Would an Import Do?"

    backend_id = fields.Many2one("integration.backend", "Sales Channel", required=True, ondelete="cascade")
    mode = fields.Selection(
        [
            ("period", "Orders of a period"),
            ("ids", "Certain orders"),
            ("event", "A webhook event"),
        ],
        "Of What",
        required=True,
        default="period",
    )
    date_from = fields.Datetime("Placed From", default=lambda self: fields.Datetime.now() - timedelta(days=1))
    date_to = fields.Datetime("Until", default=fields.Datetime.now)
    external_ids = fields.Text(
        "Orders", help="The platform's ids of the orders, or the names of orders that Odoo has, one per line."
    )
    event_id = fields.Many2one("integration.webhook.event", ondelete="cascade", readonly=True)
    source = fields.Selection(
        [("platform", "As the platform has it now"), ("event", "As the event says")],
        "State",
        required=True,
        default="platform",
        help="What the platform has now is newer than or equal to what any event says: it is the safe choice.",
    )
    replay = fields.Boolean(
        "Overwrite Changes Made in Odoo",
        help="Also quotations that are up to date are written again as the platform has them. Without this, what was "
        "applied before is left alone. Confirmed orders are never rewritten.",
    )
    note = fields.Text(readonly=True)
    line_ids = fields.One2many("integration.dry.run.line", "run_id", "Result", readonly=True)
    has_run = fields.Boolean(readonly=True)
    can_apply = fields.Boolean(compute="_compute_can_apply")

    @api.depends("line_ids.outcome")
    @api.depends_context("uid")
    def _compute_can_apply(self):
        manager = self.env.user.has_group("connector_base.group_integration_manager")
        for run in self:
            run.can_apply = manager and bool(run._lines_to_apply())

    def _lines_to_apply(self):
        return self.line_ids.filtered(lambda line: line.outcome in ("created", "updated", "held"))

    # === OPEN === #

    @api.model
    def _of_ids(self, backend, external_ids):
        """Return the action that shows what importing these orders would do."""
        run = self.create({"backend_id": backend.id, "mode": "ids", "external_ids": "\n".join(external_ids)})
        return run.action_run()

    @api.model
    def _of_event(self, event):
        """Return the action that shows what a stored webhook event would do."""
        run = self.create({"backend_id": event.backend_id.id, "mode": "event", "event_id": event.id})
        return run.action_run()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Would an Import Do?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === RUN === #

    def action_run(self):
        """Rehearse the import and show the result."""
        self.ensure_one()
        self._check_user()
        with self.backend_id._user_errors():
            documents, others, note = self._documents()
        rehearsed = self.env["integration.order.rehearsal"]._rehearse(self.backend_id, documents, replay=self.replay)
        self.line_ids.unlink()
        self.write(
            {
                "has_run": True,
                "note": note,
                "line_ids": [fields.Command.create(self._line_values(found)) for found in [*rehearsed, *others]],
            }
        )
        return self._open()

    def _check_user(self):
        if not self.env.user.has_group("connector_base.group_integration_user"):
            raise AccessError(self.env._("Only users of the Integrations app can look at what an import would do."))
        self.backend_id.check_access("read")
        if self.backend_id.state != "connected":
            raise UserError(
                self.env._(
                    "“%s” is not connected. Connect it first, or solve what its page says.", self.backend_id.name
                )
            )

    def _line_values(self, found):
        return {
            "external_id": found.external_id,
            "name": found.name,
            "outcome": found.outcome,
            "reason": found.reason,
            "order_id": found.order_id,
            "changes": self.env["ir.qweb"]._render("connector_base.dry_run_changes", {"changes": found.changes})
            if found.changes
            else False,
        }

    def _documents(self):
        """Return (canonical orders, `Rehearsed`s of those that can't be read, what to say about limits)."""
        if self.mode == "event" and self.source == "event":
            return self._event_documents()
        ids, note = self._wanted()
        if not ids:
            raise UserError(self.env._("There is no order to look at. Choose another period, or enter orders."))
        documents, errors = self.backend_id._read_orders(ids)
        others = [
            Rehearsed(external_id, "", "failed", "\n".join(filter(None, (error.message, error.remedy))))
            for external_id, error in errors.items()
        ]
        present = {document.external_id for document in documents} | {other.external_id for other in others}
        others += [Rehearsed(external_id, "", "absent") for external_id in ids if external_id not in present]
        position = {external_id: number for number, external_id in enumerate(ids)}
        return sorted(documents, key=lambda document: position.get(document.external_id, 0)), others, note

    def _wanted(self):
        """Return the ids of the orders to look at, at most `LIMIT`, and what to say of the others."""
        if self.mode == "event":
            return [self.event_id.external_id], False
        if self.mode == "ids":
            ids = self._ids_of(re.split(r"[\s,;]+", (self.external_ids or "").strip()))
            more = len(ids) > LIMIT
        else:
            ids, more = self._listed_ids()
        note = self.env._("Only the first %s orders are looked at: choose a shorter period, or fewer.", LIMIT)
        return ids[:LIMIT], note if more else False

    def _listed_ids(self):
        """Return ids of the orders of the period that are of parts the channel is for, and whether there are more.

        Somebody waits: where the first pages hold too few of the channel's own, what follows is not looked at.
        """
        backend, period, ids = self.backend_id, (aware(self.date_from), aware(self.date_to)), []
        adapter, comparer = backend._adapter(), self.env["integration.order.comparer"]
        pages = iter_pages(lambda token: adapter._list_order_ids(backend, *period, token))
        for page in islice(pages, PAGES):
            elsewhere = {stub.external_id for stub, _reason in comparer._compare(backend, page.documents).elsewhere}
            ids += [stub.external_id for stub in page.documents if stub.external_id not in elsewhere]
            if len(ids) > LIMIT:
                break
        return ids, len(ids) > LIMIT or page.next_page is not None

    def _ids_of(self, words):
        """Return platform ids; a word that is the name of an order in Odoo stands for that order's."""
        words = list(dict.fromkeys(filter(None, words)))
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("integration_backend_id", "=", self.backend_id.id),
                    "|",
                    ("client_order_ref", "in", words),
                    ("name", "in", words),
                ]
            )
        )
        known = {}
        for order in orders:
            known.update(dict.fromkeys((order.client_order_ref, order.name), order.integration_external_id))
        return [known.get(word, word) for word in words]

    def _event_documents(self):
        event = self.event_id.sudo()
        document = self.backend_id._adapter()._parse_event(self.backend_id, event.topic, event._bodies()[event.id])
        if document is None:
            raise UserError(self.env._("The event doesn't state the whole order: choose “As the platform has it now”."))
        return [document], [], False

    # === APPLY === #

    def action_apply(self):
        """Import what was shown: the platform's present state, or the event once more."""
        self.ensure_one()
        self._check_user()
        if not self.env.user.has_group("connector_base.group_integration_manager"):
            raise AccessError(self.env._("Only managers of the Integrations app can apply a dry run."))
        lines = self._lines_to_apply()
        if not lines:
            raise UserError(self.env._("There is nothing to apply: look at the result again."))
        if self.mode == "event" and self.source == "event":
            self.event_id.action_process_again()
        else:
            self.backend_id._enqueue(
                "import_order_ids",
                arguments={"external_ids": lines.mapped("external_id"), "replay": self.replay},
                external_id=lines.external_id if len(lines) == 1 else "",
                name=self.env._("Apply a dry run"),
            )
        message = self.env._(
            "Queued: %s. The platform is asked for the newest state; look at Sync Jobs for the result.", len(lines)
        )
        return notification(message, kind="success", following=CLOSE)


class IntegrationDryRunLine(models.TransientModel):
    """What an import would do with one order."""

    _name = "integration.dry.run.line"
    _description = "What an Import Would Do with an Order"

    run_id = fields.Many2one("integration.dry.run", required=True, ondelete="cascade", index=True)
    external_id = fields.Char("External ID", readonly=True)
    name = fields.Char("Order on the Platform", readonly=True)
    order_id = fields.Many2one("sale.order", "Order in Odoo", readonly=True, ondelete="set null")
    outcome = fields.Selection(OUTCOMES, "Result", readonly=True)
    reason = fields.Text("Why", readonly=True)
    changes = fields.Html("Before and After", readonly=True, sanitize=False)


class IntegrationWebhookEvent(models.Model):
    _inherit = "integration.webhook.event"

    def action_replay(self):
        """Show what the event would do, to be applied by a button."""
        self.ensure_one()
        if not self.env.user.has_group("connector_base.group_integration_manager"):
            raise AccessError(self.env._("Only managers of the Integrations app can replay events."))
        self.check_access("read")
        if self.resource != "order" or not self.external_id:
            raise UserError(self.env._("Only events about an order can be replayed; this one is about something else."))
        return self.env["integration.dry.run"]._of_event(self)


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    def action_dry_run(self):
        """Open an empty dry run."""
        self.ensure_one()
        return self.env["integration.dry.run"].create({"backend_id": self.id})._open()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_integration_what_would_change(self):
        """Read the order from its platform and show what importing it would change."""
        self.ensure_one()
        if not self.integration_external_id:
            raise UserError(self.env._("%s comes from no sales channel.", self.display_name))
        return self.env["integration.dry.run"]._of_ids(self.integration_backend_id, [self.integration_external_id])
