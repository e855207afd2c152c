from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

from ..engine.job_errors import Busy

# What of a backend decides about the quantities it is told
STOCK_SETTINGS = frozenset({"export_stock", "stock_basis", "stock_percent", "stock_buffer", "stock_minimum"})
# First key of the advisory lock of all work on a backend's stock levels; the second is the backend's id.
STOCK_LOCK = 773


class IntegrationBackend(models.Model):
    """Which quantities the platform is told."""

    _inherit = "integration.backend"

    stock_basis = fields.Selection(
        [
            ("on_hand", "On hand"),
            ("free", "Free: on hand less what is reserved"),
            ("forecast", "Forecast: with what is about to come and go"),
        ],
        string="Quantity",
        required=True,
        default="free",
        tracking=True,
        help="Free and forecast leave out what imported orders hold that are not confirmed yet, of any sales channel.",
    )
    stock_percent = fields.Integer(
        "Share (%)", default=100, tracking=True, help="How much of the stock is offered here, rounded down."
    )
    stock_buffer = fields.Integer(
        "Kept Back",
        tracking=True,
        help="Units that are never offered, at each place. A product may say otherwise on its page.",
    )
    stock_minimum = fields.Integer(
        "Offered From", tracking=True, help="With fewer units than this left, the article is shown as sold out."
    )
    location_ids = fields.One2many("integration.location", "backend_id", "Places", copy=False)
    stock_level_count = fields.Integer("Stock Levels", compute="_compute_stock_counts")
    stock_drift_count = fields.Integer("Differences", compute="_compute_stock_counts")
    stock_waiting_count = fields.Integer("Articles Waiting", compute="_compute_stock_counts")
    stock_checked_at = fields.Datetime("Stock Compared", readonly=True, copy=False)
    stock_check_result = fields.Char(readonly=True, copy=False)

    _stock_percent_range = models.Constraint(
        "CHECK(stock_percent BETWEEN 0 AND 100)", "The share of the stock is between 0 and 100 %."
    )
    _stock_buffer_positive = models.Constraint(
        "CHECK(stock_buffer >= 0 AND stock_minimum >= 0)",
        "What is kept back, and from how many on something is offered, can't be negative.",
    )

    def _compute_stock_counts(self):
        groups = self.env["integration.stock.level"]._read_group(
            [("backend_id", "in", self.ids)], ["backend_id"], ["__count"]
        )
        drifts = self.env["integration.stock.level"]._read_group(
            [("backend_id", "in", self.ids), ("drift", "!=", 0)], ["backend_id"], ["__count"]
        )
        counts, drifts = dict(groups), dict(drifts)
        for backend in self:
            backend.stock_level_count = counts.get(backend, 0)
            backend.stock_drift_count = drifts.get(backend, 0)
            backend.stock_waiting_count = self.env["integration.change"]._count(backend, "stock") if backend.id else 0

    # === WHO IS TOLD === #

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        if any(backends.mapped("export_stock")):
            self.env.registry.clear_cache()
        return backends

    def write(self, vals):
        before = {backend: backend._sends_stock() for backend in self}
        result = super().write(vals)
        if "export_stock" in vals:
            self.env.registry.clear_cache()
        now = self.filtered(lambda backend: backend._sends_stock())
        if not STOCK_SETTINGS.isdisjoint(vals):
            now._note_all_stock()
        else:
            now.filtered(lambda backend: not before[backend])._note_all_stock()
        if vals.get("export_stock"):
            now.filtered(lambda backend: not backend.location_ids)._read_locations_soon()
        return result

    @api.model
    @ormcache()
    def _any_sends_stock(self):
        """Whether any sales channel is told of stock: without one, changes of stock are not looked at."""
        return bool(self.sudo().with_context(active_test=False).search_count([("export_stock", "=", True)], limit=1))

    def _sends_stock(self):
        """Whether the platform is told of stock, or will be as soon as its connection works again."""
        return self.export_stock and self.active and self.state in ("connected", "error")

    def _hears_of_stock(self):
        """Whether the platform tells what its orders left it; what it takes off only when it sends them, none tells."""
        return self._is_told() and not self._stock_places().filtered("holds_orders")

    def _stock_places(self):
        """Return the places whose stock is sent: wanted, in use on the platform, and mapped."""
        return self.location_ids.filtered(lambda place: place.push and place.active and place.location_ids)

    def _note_all_stock(self):
        """Mark all variants on these sales channels: other quantities may have to be offered."""
        if self:
            self.env["integration.binding.variant"].flush_model(["backend_id"])
            self.env["integration.change"].sudo()._note(
                "stock",
                SQL("SELECT backend_id, id FROM integration_binding_variant WHERE backend_id = ANY(%s)", self.ids),
            )

    def _lock_stock(self):
        """Let one transaction work on this backend's stock levels.

        :raise Busy: another one does
        """
        if not self._try_lock_stock():
            raise Busy("Other work on this sales channel's stock is under way.")

    def _try_lock_stock(self):
        """As `_lock_stock`, but say whether it worked."""
        self.ensure_one()
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [STOCK_LOCK, self.id])
        return self.env.cr.fetchone()[0]

    def _read_locations_soon(self):
        for backend in self:
            backend._enqueue("import_locations", identity_key=f"import_locations:{backend.id}")

    # === ACTION METHODS === #

    def _check_stock_sent(self):
        """
        :raise UserError: the platform is not told of stock
        """
        if self.state != "connected":
            raise UserError(
                self.env._("“%s” is not connected. Connect it first, or solve what its page says.", self.name)
            )
        if not self._syncs("stock_out"):
            raise UserError(self.env._("Stock is not sent to “%s”. Switch it on on its page, under Stock.", self.name))

    def action_read_locations(self):
        """Ask the platform for its places."""
        for backend in self:
            backend.check_access("write")
        self._read_locations_soon()
        return self._notification(
            "info", self.env._("The places are being read"), self.env._("Reload the page in a few seconds.")
        )

    def action_send_stock(self):
        """Send all quantities that differ from what the platform is known to have."""
        for backend in self:
            backend.check_access("read")
            backend._check_stock_sent()
        self._note_all_stock()
        return self._notification(
            "info",
            self.env._("The stock is being sent"),
            self.env._("Only quantities that differ from what was sent last. A sync job shows how far it is."),
        )

    def action_check_stock(self):
        """Compare with what the platform has now, and repair."""
        for backend in self:
            backend.check_access("read")
            backend._check_stock_sent()
            backend._enqueue("check_stock", identity_key=f"check_stock:{backend.id}")
        return self._notification(
            "info",
            self.env._("The stock is being compared"),
            self.env._("Differences are sent again. What was found stands here: reload the page in a while."),
        )

    @api.model
    def _cron_check_stock(self):
        """Once a day: what somebody changed on the platform is found and repaired."""
        for backend in self.search([("state", "=", "connected"), ("export_stock", "=", True)]):
            if backend._syncs("stock_out"):
                backend._enqueue("check_stock", identity_key=f"check_stock:{backend.id}")

    def action_open_stock_levels(self):
        return self._open("connector_base.integration_stock_level_action", [])

    def action_open_stock_drift(self):
        return self._open("connector_base.integration_stock_level_action", [("drift", "!=", 0)])
