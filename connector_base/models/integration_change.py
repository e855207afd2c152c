from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

# What drains the changes of a kind: a value of sync.job.operation
PUSH_OPERATIONS = {
    "product": "push_products",
    "stock": "push_stock",
    "shipment": "push_shipments",
    "customer": "push_customers",
    "price": "push_prices",
}


class IntegrationChange(models.Model):
    """A mark that a record changed in Odoo, for a sales channel that has to hear of it.

    Marks are only ever added and taken away, never changed: noting one waits for nobody and can't fail because a push
    is at work, and a push takes just those it can see. Several marks of a record are one push.
    """

    _name = "integration.change"
    _description = "Change to be Pushed"
    _order = "id"
    _log_access = False

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("product", "Product"),
            ("stock", "Stock"),
            ("shipment", "Shipment"),
            ("customer", "Customer"),
            ("price", "Price in a List"),
        ],
        required=True,
        readonly=True,
    )
    res_id = fields.Integer(
        "Record ID",
        required=True,
        readonly=True,
        aggregator=False,
        help="product: the product binding; stock, price: the variant binding; shipment: the transfer; customer: its "
        "binding.",
    )
    noted_at = fields.Datetime(required=True, readonly=True)

    _kind_idx = models.Index("(backend_id, kind, id)")

    @api.model
    def _note(self, kind, rows):
        """Mark what `rows` gives; a push job is woken up once this transaction is committed. One statement.

        :param SQL rows: gives (backend id, record id); what it reads is flushed
        """
        # Raw SQL: what has to be marked is found and marked without reading it, however much it is.
        found = self.env.execute_query(
            SQL(
                "INSERT INTO integration_change (backend_id, kind, res_id, noted_at)"
                " SELECT DISTINCT backend_id, %s, res_id, now() AT TIME ZONE 'utc' FROM (%s) rows (backend_id, res_id)"
                " RETURNING backend_id",
                kind,
                rows,
            )
        )
        for (backend_id,) in set(found):
            self._wake_later(backend_id, kind)

    @api.model
    def _note_ids(self, backend, kind, ids):
        """Mark records of one channel again that a push has taken and could not deal with."""
        self._note(kind, SQL("SELECT %s, id FROM unnest(%s::int[]) id", backend.id, list(ids)))

    @api.model
    def _wake_later(self, backend_id, kind):
        """Look for a waiting push job after the commit: only a look in a new snapshot is free of races."""
        hooks = self.env.cr.postcommit
        if "integration_changes" not in hooks.data:
            noted = hooks.data["integration_changes"] = set()
            registry, context = self.env.registry, {"lang": self.env.lang}

            def wake():
                with registry.cursor() as cr:
                    api.Environment(cr, SUPERUSER_ID, context)["integration.change"]._wake(noted)

            hooks.add(wake)
        hooks.data["integration_changes"].add((backend_id, kind))

    @api.model
    def _wake(self, noted):
        """Make sure that a push waits for each (backend id, kind) of `noted`."""
        for backend_id, kind in sorted(noted):
            backend = self.env["integration.backend"].browse(backend_id)
            if backend.state == "connected":
                backend._ensure_waiting(PUSH_OPERATIONS[kind], eta=backend._push_delay(kind))

    @api.model
    def _take(self, backend, kind, limit):
        """Remove the marks of up to `limit` records, those marked first, and return the records' ids.

        What is marked while the push works is marked by rows of their own, and pushed again.
        """
        # Raw SQL: one statement that removes just what this snapshot sees.
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH first AS (
                    SELECT res_id FROM integration_change WHERE backend_id = %(backend)s AND kind = %(kind)s
                     GROUP BY res_id ORDER BY min(id) LIMIT %(limit)s
                )
                DELETE FROM integration_change c USING first
                 WHERE c.backend_id = %(backend)s AND c.kind = %(kind)s AND c.res_id = first.res_id
                RETURNING c.res_id, c.id
                """,
                backend=backend.id,
                kind=kind,
                limit=limit,
            )
        )
        self.invalidate_model()
        return list(dict.fromkeys(res_id for res_id, _mark in sorted(rows, key=lambda row: row[1])))

    @api.model
    def _count(self, backend, kind):
        """Return how many records wait to be pushed."""
        # Raw SQL: the ORM counts rows, not different records.
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT count(DISTINCT res_id) FROM integration_change WHERE backend_id = %s AND kind = %s",
                backend.id,
                kind,
            )
        )
        return count

    @api.model
    def _cron_sweep(self):
        """Wake up the pushes whose changes lie longer than a minute: what a lost wake-up left behind."""
        groups = self._read_group([("noted_at", "<", "-1M")], ["backend_id", "kind"])
        self._wake({(backend.id, kind) for backend, kind in groups})
