from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

FINANCIAL_STATUSES = [
    ("pending", "Pending"),
    ("authorized", "Authorized"),
    ("partially_paid", "Partially paid"),
    ("paid", "Paid"),
    ("partially_refunded", "Partially refunded"),
    ("refunded", "Refunded"),
    ("voided", "Voided"),
    ("expired", "Expired"),
]
FULFILLMENT_STATUSES = [
    ("unfulfilled", "Unfulfilled"),
    ("partial", "Partially fulfilled"),
    ("fulfilled", "Fulfilled"),
    ("on_hold", "On hold"),
]
RISKS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # What the platform says; written by imports only
    integration_backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", readonly=True, copy=False, index="btree_not_null"
    )
    integration_platform = fields.Selection(
        related="integration_backend_id.platform", string="Platform", store=True, precompute=True
    )
    integration_external_id = fields.Char(string="Platform Order ID", readonly=True, copy=False, index="btree_not_null")
    integration_url = fields.Char(string="Platform Link", readonly=True, copy=False)
    integration_financial_status = fields.Selection(
        FINANCIAL_STATUSES, string="Platform Payment", readonly=True, copy=False
    )
    integration_fulfillment_status = fields.Selection(
        FULFILLMENT_STATUSES, string="Platform Fulfillment", readonly=True, copy=False
    )
    integration_source = fields.Char(string="Order Source", readonly=True, copy=False)
    integration_tags = fields.Char(string="Platform Tags", readonly=True, copy=False)
    integration_gateway = fields.Char(string="Payment Gateways", readonly=True, copy=False)
    integration_risk = fields.Selection(RISKS, string="Fraud Risk", readonly=True, copy=False)
    integration_discounts = fields.Char(string="Discount Codes", readonly=True, copy=False)
    integration_note = fields.Text(string="Customer's Note", readonly=True, copy=False)
    integration_attributes = fields.Text(string="Platform Attributes", readonly=True, copy=False)
    integration_landing_url = fields.Char(
        string="Landing Page", readonly=True, copy=False, help="Path and query of the first page of the buyer's visit."
    )
    integration_referrer_url = fields.Char(string="Referrer", readonly=True, copy=False)
    integration_cancelled_at = fields.Datetime(string="Cancelled on the Platform", readonly=True, copy=False)
    integration_lines_digest = fields.Char(readonly=True, copy=False)
    integration_parties_digest = fields.Char(readonly=True, copy=False)

    integration_unknown_products = fields.Boolean(
        string="Unknown Products", compute="_compute_integration_unknown_products", search="_search_unknown_products"
    )
    integration_job_count = fields.Integer(string="Sync Jobs", compute="_compute_integration_job_count")
    integration_min_total = fields.Float(
        string="Minimum Total",
        compute="_compute_integration_min_total",
        search="_search_integration_min_total",
        help="Typing an amount finds the orders of at least this total.",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_line.integration_unknown_product")
    def _compute_integration_unknown_products(self):
        for order in self:
            order.integration_unknown_products = any(order.order_line.mapped("integration_unknown_product"))

    def _search_unknown_products(self, operator, value):
        if operator != "in":
            return NotImplemented
        unknown, known = True in value, False in value
        if unknown and known:
            return Domain.TRUE
        return Domain("order_line", "any" if unknown else "not any", [("integration_unknown_product", "=", True)])

    def _compute_integration_job_count(self):
        ids = self.filtered("integration_external_id").mapped("integration_external_id")
        counts = {
            (backend, external_id): count
            for backend, external_id, count in self.env["sync.job"]._read_group(
                [("backend_id", "in", self.integration_backend_id.ids), ("external_id", "in", ids)],
                ["backend_id", "external_id"],
                ["__count"],
            )
        }
        for order in self:
            order.integration_job_count = counts.get((order.integration_backend_id, order.integration_external_id), 0)

    @api.depends("amount_total")
    def _compute_integration_min_total(self):
        for order in self:
            order.integration_min_total = order.amount_total

    def _search_integration_min_total(self, operator, value):
        """A typed amount arrives as `=` or `in`: it is a lower limit; other comparisons are taken as they are."""
        if operator == "in":
            return Domain("amount_total", ">=", min(value))
        if operator in (">", ">=", "<", "<="):
            return Domain("amount_total", operator, value)
        return NotImplemented

    # === CRUD METHODS === #

    def _add_precomputed_values(self, vals_list):
        """Fill in what an import knows, so that it isn't computed; see `integration.order.writer`."""
        if known := self.env.context.get("integration_known_orders"):
            known.fill(vals_list)
        return super()._add_precomputed_values(vals_list)

    # === BUSINESS METHODS === #

    def _get_update_prices_lines(self):
        """Leave out lines whose prices are a platform's."""
        return super()._get_update_prices_lines()._not_imported()

    # === ACTION METHODS === #

    def action_confirm(self):
        """Confirm imported orders apart from others: they keep their date, and their channel decides on mails."""
        kinds = self.grouped(
            lambda order: (bool(order.integration_backend_id), order.sudo().integration_backend_id.send_order_mails)
        )
        if len(kinds) > 1:
            for orders in kinds.values():
                orders.action_confirm()
            return True
        orders = self
        for imported, send_mails in kinds:
            if imported:
                orders = self.with_context(send_email=send_mails)
        return super(SaleOrder, orders).action_confirm()

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self and all(order.integration_backend_id for order in self):
            values.pop("date_order", None)
        return values

    def action_integration_open_platform(self):
        """Open the order in the platform's own back office."""
        self.ensure_one()
        if not self.integration_url:
            raise UserError(self.env._("%s has no page on its platform.", self.display_name))
        return {"type": "ir.actions.act_url", "url": self.integration_url, "target": "new"}

    def action_integration_jobs(self):
        """Show the sync jobs of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync Jobs"),
            "res_model": "sync.job",
            "view_mode": "list,form",
            "domain": [
                ("backend_id", "=", self.integration_backend_id.id),
                ("external_id", "=", self.integration_external_id),
            ],
        }
