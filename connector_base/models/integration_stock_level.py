from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.clock import naive
from ..engine.stock_exporter import WAIT


class IntegrationStockLevel(models.Model):
    """What a sales channel has of one article at one place: what Odoo told it, and what it was last seen to have.

    Written by pushes, checks and the platform's notifications, each holding `integration.backend._lock_stock`.
    """

    _name = "integration.stock.level"
    _description = "Stock on a Sales Channel"
    _order = "backend_id, product_id, location_id, id"
    _rec_name = "product_id"

    binding_id = fields.Many2one(
        "integration.binding.variant", "Article", required=True, readonly=True, ondelete="cascade", index=True
    )
    location_id = fields.Many2one(
        "integration.location", "Place", required=True, readonly=True, ondelete="cascade", index=True
    )
    backend_id = fields.Many2one(related="binding_id.backend_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="backend_id.company_id")
    product_id = fields.Many2one(related="binding_id.odoo_id", store=True, index=True, precompute=True)
    external_url = fields.Char(related="binding_id.external_url")
    quantity = fields.Integer("To Be Offered", readonly=True, help="What Odoo offered when it looked last.")
    pushed_at = fields.Datetime("Sent", readonly=True, help="When a quantity was sent last.")
    known = fields.Boolean("Seen", readonly=True, help="The quantity on the platform is known.")
    remote_quantity = fields.Integer(
        "On the Platform",
        readonly=True,
        help="What the platform was last known to have, by whomever.",
    )
    known_at = fields.Datetime("Seen On", readonly=True, help="Seen, but no quantity: it is not stocked there.")
    drift = fields.Integer(
        "Difference",
        compute="_compute_drift",
        store=True,
        help="How much more the platform has than Odoo offers. Sent or explained by an order within a minute or two.",
    )
    wait_until = fields.Datetime(
        "Waits Until",
        readonly=True,
        help="The platform has less than expected: an order may be on its way here. Then Odoo's quantity is sent.",
    )
    last_error = fields.Text(readonly=True, help="Why it could not be sent.")
    remedy = fields.Text("What To Do", readonly=True)
    version = fields.Integer(readonly=True, aggregator=False, help="How often the platform's quantity was noted.")

    _binding_location_uniq = models.Constraint(
        "UNIQUE(binding_id, location_id)", "The stock of this article at this place is known already."
    )
    _waiting_idx = models.Index("(wait_until) WHERE wait_until IS NOT NULL")
    _drift_idx = models.Index("(backend_id) WHERE drift <> 0")

    @api.depends("known", "quantity", "remote_quantity")
    def _compute_drift(self):
        for level in self:
            level.drift = level.remote_quantity - level.quantity if level.known else 0

    @api.model
    def _keep(self, rows):
        """Write what was found out or sent; rows that are not there are made.

        :param list rows: of dicts with binding_id, location_id, quantity (offered by Odoo), remote_quantity (None:
            unknown) and, where they apply, seen_at (naive UTC; now), pushed (it was sent), wait (seconds), last_error,
            remedy
        """
        if not rows:
            return
        values = list(
            zip(
                *(
                    (
                        row["binding_id"],
                        row["location_id"],
                        row["quantity"],
                        row["remote_quantity"],
                        row.get("seen_at"),
                        bool(row.get("pushed")),
                        row.get("wait"),
                        row.get("last_error"),
                        row.get("remedy"),
                    )
                    for row in rows
                ),
                strict=True,
            )
        )
        # Raw SQL: thousands of rows of which some are new, in one statement; the ORM takes seconds for it.
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO integration_stock_level AS level
                       (binding_id, location_id, backend_id, product_id, quantity, remote_quantity, known, known_at,
                        drift, pushed_at, wait_until, last_error, remedy, version,
                        create_uid, create_date, write_uid, write_date)
                SELECT row.binding_id, row.location_id, b.backend_id, b.odoo_id, row.quantity,
                       COALESCE(row.remote, 0), row.remote IS NOT NULL,
                       COALESCE(row.seen_at, CASE WHEN row.remote IS NOT NULL THEN t.now END),
                       COALESCE(row.remote - row.quantity, 0), CASE WHEN row.pushed THEN t.now END,
                       t.now + row.wait * interval '1 second', row.last_error, row.remedy, 1,
                       %(uid)s, t.now, %(uid)s, t.now
                  FROM unnest(%(binding)s::int[], %(location)s::int[], %(quantity)s::int[], %(remote)s::int[],
                              %(seen)s::timestamp[], %(pushed)s::bool[], %(wait)s::int[], %(error)s::text[],
                              %(remedy)s::text[])
                       AS row(binding_id, location_id, quantity, remote, seen_at, pushed, wait, last_error, remedy)
                  JOIN integration_binding_variant b ON b.id = row.binding_id
                 CROSS JOIN (SELECT date_trunc('second', clock_timestamp() AT TIME ZONE 'utc') AS now) t
                ON CONFLICT (binding_id, location_id) DO UPDATE
                   SET quantity = EXCLUDED.quantity, remote_quantity = EXCLUDED.remote_quantity,
                       known = EXCLUDED.known, known_at = COALESCE(EXCLUDED.known_at, level.known_at),
                       drift = EXCLUDED.drift, pushed_at = COALESCE(EXCLUDED.pushed_at, level.pushed_at),
                       wait_until = EXCLUDED.wait_until, last_error = EXCLUDED.last_error, remedy = EXCLUDED.remedy,
                       product_id = EXCLUDED.product_id, version = level.version + 1,
                       write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                """,
                uid=self.env.uid,
                **dict(
                    zip(
                        ("binding", "location", "quantity", "remote", "seen", "pushed", "wait", "error", "remedy"),
                        map(list, values),
                        strict=True,
                    )
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _lock_levels(self, bindings, places):
        """Return {(binding id, place id): level} of those there are, locked until this transaction ends.

        :raise psycopg2.errors.SerializationFailure: one was written after this transaction began. Before anything was
            sent: the job is run again and sees it.
        """
        # Raw SQL: the ORM's lock skips or refuses rows that changed; here the transaction shall fail.
        self.flush_model()
        self.env.cr.execute(
            "SELECT id FROM integration_stock_level WHERE binding_id = ANY(%s) AND location_id = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [bindings.ids, places.ids],
            log_exceptions=False,
        )
        levels = self.browse(level_id for (level_id,) in self.env.cr.fetchall())
        return {(level.binding_id.id, level.location_id.id): level for level in levels}

    @api.model
    def _note_seen(self, backend, documents):
        """Note what the platform says it has, of articles and places that are known; return the documents used.

        A quantity that fell may come from an order on its way here: it is looked at after `WAIT` seconds. One that
        rose is looked at now. The caller holds the stock lock.

        :param list documents: canonical `StockLevel`s
        """
        by_id = self.env["integration.binding.variant"]._by_stock_id(
            backend, {document.item_external_id for document in documents}
        )
        places = {place.external_id: place for place in backend._stock_places()}
        levels = self._lock_levels(
            self.env["integration.binding.variant"].concat(*by_id.values()), backend.location_ids
        )
        used, rows, due = [], [], set()
        for document in documents:
            binding, place = by_id.get(document.item_external_id), places.get(document.location_external_id)
            level = levels.get((binding.id, place.id)) if binding and place else None
            if not binding or not place or (level and level._is_older(document)):
                continue
            used.append(document)
            if not level or not level.known or level.remote_quantity != document.quantity:
                row = self._seen_row(binding, place, level, document.quantity)
                rows.append(row)
                if level and not row.get("wait") and document.quantity not in (None, row["quantity"]):
                    due.add(binding.id)
        self._keep(rows)
        if due:
            self.env["integration.change"]._note_bindings(backend, due)
        return used

    @api.model
    def _note_compared(self, backend, bindings, documents, offered):
        """Note what the platform has now of `bindings`, and mark those that differ; return how many (compared, differ).

        What fell unexpectedly waits for its order, as in `_note_seen`.

        :param documents: canonical `StockLevel`s, read just now
        :param dict offered: {(binding id, place id): quantity}; others are not compared
        """
        by_id = {binding._stock_external_id(): binding for binding in bindings}
        places = {place.external_id: place for place in backend._stock_places()}
        levels = self._lock_levels(bindings, backend.location_ids)
        rows, due, compared = [], set(), 0
        for document in documents:
            binding, place = by_id.get(document.item_external_id), places.get(document.location_external_id)
            key = (binding.id, place.id) if binding and place else None
            if key not in offered:
                continue
            compared += 1
            level, quantity = levels.get(key), offered[key]
            same = level and level.known and level.remote_quantity == document.quantity
            if (document.quantity or 0) == quantity:
                if not same or level.quantity != quantity:
                    rows.append({**self._seen_row(binding, place, None, document.quantity), "quantity": quantity})
                continue
            row = {**self._seen_row(binding, place, level, document.quantity), "quantity": quantity}
            rows.append(row)
            if not row.get("wait"):
                due.add(binding.id)
        self._keep(rows)
        if due:
            self.env["integration.change"]._note_bindings(backend, due)
        return compared, sum(row["quantity"] != (row["remote_quantity"] or 0) for row in rows)

    @api.model
    def _baseline(self, backend, place, documents):
        """Note what the platform has at `place`, and what Odoo offers now: after an import there is nothing to send."""
        by_id = self.env["integration.binding.variant"]._by_stock_id(
            backend, {document.item_external_id for document in documents}
        )
        bindings = self.env["integration.binding.variant"].concat(*by_id.values())
        self._lock_levels(bindings, place)
        offered = self.env["integration.stock.quantities"]._offered(backend, bindings, place)
        rows = []
        for document in documents:
            binding = by_id.get(document.item_external_id)
            if binding and document.quantity is not None:
                quantity = offered.get((binding.id, place.id), document.quantity)
                rows.append({**self._seen_row(binding, place, None, document.quantity), "quantity": quantity})
        self._keep(rows)

    def _is_older(self, document):
        """Whether the canonical level `document` tells an older state than what is known."""
        return bool(self.known_at and document.updated_at and naive(document.updated_at) < self.known_at)

    @api.model
    def _seen_row(self, binding, place, level, quantity):
        """Return the row of `_keep` for a quantity (None: not stocked there) that was seen on the platform.

        Of what Odoo has never sent there is nothing to compare: the platform's quantity is as good as any.
        """
        row = {
            "binding_id": binding.id,
            "location_id": place.id,
            "quantity": level.quantity if level else quantity or 0,
            "remote_quantity": quantity,
            "seen_at": fields.Datetime.now(),
        }
        if level and level.known and quantity is not None and level.quantity != quantity < level.remote_quantity:
            row["wait"] = WAIT
        return row

    @api.model
    def _note_due(self):
        """Mark the articles whose wait for an unknown order is over."""
        due = self.search([("wait_until", "<=", fields.Datetime.now())]).try_lock_for_update()
        if due:
            due.wait_until = False
            for backend, levels in due.grouped("backend_id").items():
                self.env["integration.change"]._note_bindings(backend, levels.binding_id.ids)

    def action_send(self):
        """Send what differs now."""
        self.check_access("read")
        for backend, levels in self.grouped("backend_id").items():
            backend._check_stock_sent()
            backend._enqueue("push_stock_items", arguments={"external_ids": levels.binding_id.mapped("external_id")})
        return self.env["integration.backend"]._notification(
            "info", self.env._("The stock is being sent"), self.env._("Reload the list in a few seconds.")
        )


class IntegrationChange(models.Model):
    _inherit = "integration.change"

    @api.model
    def _note_bindings(self, backend, binding_ids):
        """Mark variants, by the ids of their bindings to `backend`."""
        self._note("stock", SQL("SELECT %s, unnest(%s::int[])", backend.id, sorted(binding_ids)))

    @api.model
    def _cron_sweep(self):
        """Override of `integration.change`: waits for orders end here."""
        self.env["integration.stock.level"]._note_due()
        return super()._cron_sweep()
