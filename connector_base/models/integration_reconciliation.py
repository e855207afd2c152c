from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine.clock import naive

KEEP_DAYS = 60
# What changed on the platform this recently may still be on its way: polling has ten minutes, and an overlap of five.
RECENT_MINUTES = 15
# Orders per job that heals
HEAL_BATCH = 50
KINDS = [
    ("missing", "Missing in Odoo"),
    ("outdated", "Changed on the platform"),
    ("gone", "Gone from the platform"),
    ("skipped", "Skipped by rules"),
]


class IntegrationReconciliation(models.Model):
    """One comparison of a platform's orders of a period with those in Odoo, by ids. Written by sync jobs."""

    _name = "integration.reconciliation"
    _description = "Reconciliation"
    _order = "id desc"
    _rec_name = "summary"
    _rec_names_search = ["backend_id"]

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    platform = fields.Selection(related="backend_id.platform")
    company_id = fields.Many2one(related="backend_id.company_id")
    date_from = fields.Datetime("Placed From", required=True, readonly=True)
    date_to = fields.Datetime(
        "Until", required=True, readonly=True, help="Orders placed before this time are compared."
    )
    date_done = fields.Datetime("Finished", readonly=True)
    sync_job_id = fields.Many2one("sync.job", readonly=True, ondelete="set null", index="btree_not_null")
    sync_job_state = fields.Selection(related="sync_job_id.state", string="Job")
    sync_job_progress = fields.Float(related="sync_job_id.progress", string="Progress")
    platform_count = fields.Integer("Found on the Platform", readonly=True)
    elsewhere_count = fields.Integer(
        "Of Other Parts",
        readonly=True,
        help="Orders of the period in parts of the account that the channel is not for. They count nowhere else.",
    )
    matched_count = fields.Integer(readonly=True)
    line_ids = fields.One2many("integration.reconciliation.line", "reconciliation_id", "Differences", readonly=True)

    store_count = fields.Integer(
        "In the Store",
        compute="_compute_result",
        help="Orders of the period on the platform, without those that rules skip.",
    )
    odoo_count = fields.Integer("In Odoo", compute="_compute_result", help="Orders of the period that Odoo has by now.")
    missing_count = fields.Integer("Missing in Odoo", compute="_compute_result")
    outdated_count = fields.Integer("Changed on the Platform", compute="_compute_result")
    gone_count = fields.Integer("Gone from the Platform", compute="_compute_result")
    skipped_count = fields.Integer("Skipped by Rules", compute="_compute_result")
    healed_count = fields.Integer("Healed", compute="_compute_result", help="Differences that are none any more.")
    balanced = fields.Boolean(compute="_compute_result", help="Store and Odoo hold the same orders in the same state.")
    summary = fields.Char("Result", compute="_compute_result")

    @api.depends("platform_count", "matched_count", "elsewhere_count", "date_done", "line_ids")
    def _compute_result(self):
        counts = {}
        for line in self.line_ids:
            key = (line.reconciliation_id.id, "healed" if line.healed else line.kind)
            counts[key] = counts.get(key, 0) + 1
        for run in self:
            for kind, _label in KINDS:
                run[f"{kind}_count"] = counts.get((run.id, kind), 0)
            run.healed_count = counts.get((run.id, "healed"), 0)
            brought = len(run.line_ids.filtered(lambda line: line.kind == "missing" and line.healed))
            run.store_count = run.platform_count - run.skipped_count
            run.odoo_count = run.matched_count + run.gone_count + brought
            differences = run.missing_count + run.outdated_count + run.gone_count
            run.balanced = bool(run.date_done) and not differences and run.store_count == run.odoo_count
            run.summary = run._summary()

    def _summary(self):
        self.ensure_one()
        if not self.date_done:
            return self.env._("Not finished")
        sign = "=" if self.store_count == self.odoo_count else "≠"
        parts = [
            self.env._(
                "Store %(store)s %(sign)s Odoo %(odoo)s",
                store=formatLang(self.env, self.store_count, digits=0),
                sign=sign,
                odoo=formatLang(self.env, self.odoo_count, digits=0),
            )
        ]
        for text, count in (
            (self.env._("missing: %s"), self.missing_count),
            (self.env._("changed on the platform: %s"), self.outdated_count),
            (self.env._("gone from the platform: %s"), self.gone_count),
            (self.env._("healed: %s"), self.healed_count),
            (self.env._("skipped by rules: %s"), self.skipped_count),
            (self.env._("of other parts: %s"), self.elsewhere_count),
        ):
            if count:
                parts.append(text % formatLang(self.env, count, digits=0))
        return "; ".join(parts)

    # === COMPARE === #

    def _compare_page(self, stubs, border, border_ids, *, last):
        """Compare one page of `OrderStub`s, oldest first; return the border of the next page.

        What Odoo has and the platform doesn't is looked for between the borders: a border is the creation time of the
        page's last order, with the ids of all orders listed so far that were created in that very second.

        :param datetime border: naive UTC, where the page begins
        :param border_ids: ids listed before that were created at `border`
        :param bool last: no page follows
        :return: (border, ids) for the next page
        """
        self.ensure_one()
        backend = self.backend_id
        compared = self.env["integration.order.comparer"]._compare(backend, stubs)
        for stub in stubs:
            binding = compared.bindings.get(stub.external_id)
            if binding and binding.remote_created_at != naive(stub.created_at):
                binding.remote_created_at = naive(stub.created_at)
        lately = self.create_date - timedelta(minutes=RECENT_MINUTES)
        outdated = [stub for stub in compared.outdated if naive(stub.updated_at) < lately]
        missing, skipped, deleted = self._explain(compared.unknown)
        end = self.date_to if last or not stubs else naive(stubs[-1].created_at)
        next_ids = [stub.external_id for stub in stubs if naive(stub.created_at) == end]
        if end == border:
            next_ids = [*border_ids, *next_ids]
        seen = {*border_ids, *(stub.external_id for stub in stubs)}
        gone, found_again = self._gone(border, end, seen)
        self.env["integration.order.updater"]._note_missing(self.backend_id, gone.mapped("external_id"))
        self.write(
            {
                "platform_count": self.platform_count + len(stubs) - len(compared.elsewhere) - deleted + found_again,
                "elsewhere_count": self.elsewhere_count + len(compared.elsewhere),
                "matched_count": self.matched_count + len(compared.bindings) + found_again,
            }
        )
        self.env["integration.reconciliation.line"].create(
            [
                *(self._line("missing", stub, reason) for stub, reason in missing),
                *(self._line("outdated", stub, False, compared.bindings[stub.external_id]) for stub in outdated),
                *(self._line("skipped", stub, reason) for stub, reason in skipped),
                *(self._gone_line(binding) for binding in gone),
            ]
        )
        self._heal([stub.external_id for stub, _reason in missing] + [stub.external_id for stub in outdated])
        return end, next_ids

    def _explain(self, stubs):
        """Find out why Odoo hasn't the orders of `stubs`.

        :return: [(stub, reason or False)] that are missing, [(stub, reason)] that a rule skips, how many are deleted
        """
        backend, importer = self.backend_id, self.env["integration.order.importer"]
        missing, skipped, deleted, to_read = [], [], 0, {}
        for stub in stubs:
            if backend.import_from and naive(stub.created_at) < backend.import_from:
                skipped.append((stub, self.env._("placed before %s, the start of the import", backend.import_from)))
            else:
                to_read[stub.external_id] = stub
        ids = list(to_read)
        for start in range(0, len(ids), HEAL_BATCH):
            batch = ids[start : start + HEAL_BATCH]
            documents, errors = self.backend_id._read_orders(batch)
            elsewhere = self.env["integration.order.comparer"]._unreadable_elsewhere(backend, errors)
            skipped += [(to_read[external_id], reason) for external_id, reason in elsewhere.items()]
            missing += [(to_read[key], str(error)) for key, error in errors.items() if key not in elsewhere]
            for document in documents:
                stub = to_read[document.external_id]
                if reason := importer._skip_reason(backend, document, None):
                    skipped.append((stub, reason))
                else:
                    missing.append((stub, False))
            deleted += len(batch) - len(documents) - len(errors)
        return missing, skipped, deleted

    def _gone(self, start, end, seen):
        """Return the bindings of orders placed from `start` to before `end` that the platform doesn't list, nor has.

        It is asked for each by its id: listings come from a search index, which may lag.

        :return: bindings, and how many that it has after all
        """
        bindings = self.env["integration.binding.order"].search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("remote_created_at", ">=", start),
                ("remote_created_at", "<", end),
                ("external_id", "not in", list(seen)),
            ]
        )
        by_id, again = {binding.external_id: binding for binding in bindings}, 0
        ids, gone = list(by_id), bindings
        for position in range(0, len(ids), HEAL_BATCH):
            documents, errors = self.backend_id._read_orders(ids[position : position + HEAL_BATCH])
            for external_id in errors:
                gone -= by_id[external_id]
                again += 1
            for document in documents:
                binding, placed = by_id[document.external_id], naive(document.created_at)
                gone -= binding
                if start <= placed < end:
                    again += 1
                else:  # the platform lists it elsewhere
                    binding.remote_created_at = placed
        return gone, again

    def _line(self, kind, stub, reason, binding=None):
        return {
            "reconciliation_id": self.id,
            "kind": kind,
            "external_id": stub.external_id,
            "name": stub.name,
            "remote_created_at": naive(stub.created_at),
            "remote_updated_at": naive(stub.updated_at),
            "order_id": binding.odoo_id.id if binding else False,
            "reason": reason,
        }

    def _gone_line(self, binding):
        return {
            "reconciliation_id": self.id,
            "kind": "gone",
            "external_id": binding.external_id,
            "name": binding.odoo_id.client_order_ref or binding.odoo_id.name,
            "remote_created_at": binding.remote_created_at,
            "remote_updated_at": binding.remote_updated_at,
            "order_id": binding.odoo_id.id,
            "reason": self.env._("Deleted on the platform, or not shown to us any more. Nothing was changed in Odoo."),
        }

    def _heal(self, external_ids):
        for start in range(0, len(external_ids), HEAL_BATCH):
            self.backend_id._enqueue(
                "import_order_ids",
                arguments={"external_ids": external_ids[start : start + HEAL_BATCH]},
                name=self.env._("Import what the reconciliation found"),
            )

    # === WHAT THE NUMBERS COUNT === #

    def _open_lines(self, kind):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_integration_reconciliation_line")
        domain = [("reconciliation_id", "=", self.id), *([("kind", "=", kind)] if kind else [])]
        return {**action, "domain": domain, "context": {"create": False}}

    def action_open_missing(self):
        return self._open_lines("missing")

    def action_open_outdated(self):
        return self._open_lines("outdated")

    def action_open_gone(self):
        return self._open_lines("gone")

    def action_open_skipped(self):
        return self._open_lines("skipped")

    def action_open_differences(self):
        return self._open_lines(None)

    def action_open_orders(self):
        """Open the period's orders in Odoo."""
        self.ensure_one()
        bindings = self.env["integration.binding.order"].search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("remote_created_at", ">=", self.date_from),
                ("remote_created_at", "<", self.date_to),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of the Period"),
            "res_model": "sale.order",
            "view_mode": "list,kanban,form",
            "domain": [("id", "in", bindings.odoo_id.ids)],
            "context": {"create": False},
        }

    def action_open_job(self):
        self.ensure_one()
        return self.sync_job_id._get_records_action()

    def action_again(self):
        """Compare the same period again."""
        self.ensure_one()
        return self.backend_id._reconcile(self.date_from, self.date_to)._get_records_action()

    @api.autovacuum
    def _gc_reconciliations(self):
        """Forget what is older than two months, 100 at a time."""
        old = self.search([("create_date", "<", f"-{KEEP_DAYS}d")], order="id", limit=101)
        old[:100].unlink()
        return len(old[:100]), len(old) > 100


class IntegrationReconciliationLine(models.Model):
    """One order that the store and Odoo don't share, or not in the same state."""

    _name = "integration.reconciliation.line"
    _description = "Reconciliation Difference"
    _order = "reconciliation_id desc, kind, remote_created_at, id"

    reconciliation_id = fields.Many2one(
        "integration.reconciliation", required=True, readonly=True, ondelete="cascade", index=True
    )
    backend_id = fields.Many2one(related="reconciliation_id.backend_id")
    kind = fields.Selection(KINDS, "Difference", required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    name = fields.Char("Order on the Platform", readonly=True)
    remote_created_at = fields.Datetime("Placed", readonly=True)
    remote_updated_at = fields.Datetime("Changed on the Platform", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    reason = fields.Char("Why", readonly=True)
    healed = fields.Boolean(
        compute="_compute_healed", help="The order has been imported since, in at least this state."
    )
    healed_order_id = fields.Many2one("sale.order", "Order in Odoo", compute="_compute_healed")

    def _compute_healed(self):
        open_lines = self.filtered(lambda line: line.kind in ("missing", "outdated"))
        bindings = (
            self.env["integration.binding.order"]
            .sudo()
            .search_fetch(
                [
                    ("backend_id", "in", open_lines.backend_id.ids),
                    ("external_id", "in", open_lines.mapped("external_id")),
                ],
                ["backend_id", "external_id", "remote_updated_at", "odoo_id"],
            )
        )
        known = {(binding.backend_id.id, binding.external_id): binding for binding in bindings}
        for line in self:
            binding = known.get((line.backend_id.id, line.external_id)) if line in open_lines else None
            applied = binding and binding.remote_updated_at
            line.healed = bool(applied and applied >= line.remote_updated_at)
            line.healed_order_id = binding.odoo_id if binding else line.order_id

    def action_open_order(self):
        """Open the order in Odoo, or on the platform when Odoo has none."""
        self.ensure_one()
        if self.healed_order_id:
            return self.healed_order_id._get_records_action()
        url = self.backend_id._adapter()._order_url(self.backend_id, self.external_id)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_what_would_happen(self):
        """Show what importing the order would do."""
        return self.env["integration.dry.run"]._of_ids(self.backend_id, self.mapped("external_id"))
