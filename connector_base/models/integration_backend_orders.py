from odoo import api, fields, models
from odoo.exceptions import ValidationError

RISK_POLICIES = [("hold", "Hold the order"), ("ignore", "Nothing")]


class IntegrationBackend(models.Model):
    """Which orders are imported, and what they get in Odoo beside what the platform states."""

    _name = "integration.backend"
    _inherit = ["integration.backend", "analytic.mixin"]

    # === WHICH ORDERS ARE IMPORTED: see engine/order_filter.py === #

    import_financial_status_ids = fields.Many2many(
        "integration.order.status",
        "integration_backend_financial_status_rel",
        string="Payment Status",
        domain="[('kind', '=', 'financial')]",
        help="Orders are imported once their payment has one of these statuses. Empty: all orders.",
    )
    import_fulfillment_status_ids = fields.Many2many(
        "integration.order.status",
        "integration_backend_fulfillment_status_rel",
        string="Fulfillment Status",
        domain="[('kind', '=', 'fulfillment')]",
        help="Orders are imported while or once their fulfillment has one of these statuses, e.g. all but Fulfilled to "
        "leave out what was shipped already. Empty: all orders.",
    )
    # what imports look at: read with the backend, without a query of their own
    import_financial_codes = fields.Char(compute="_compute_import_codes", store=True)
    import_fulfillment_codes = fields.Char(compute="_compute_import_codes", store=True)
    import_tags = fields.Char(
        string="Only With Tags",
        help="Tags separated by commas: an order needs at least one of them. Upper and lower case are the same.",
    )
    import_tags_excluded = fields.Char(
        string="Not With Tags", help="Tags separated by commas: an order with one of them is left out."
    )
    import_sources = fields.Char(
        string="Only From",
        help="Sources separated by commas, as the field Order Source of orders shows them, e.g. web, pos: others are "
        "left out.",
    )
    import_sources_excluded = fields.Char(
        string="Not From", help="Sources separated by commas: orders from there are left out."
    )
    import_minimum = fields.Float(
        string="Minimum Total",
        digits=(16, 2),
        help="Orders with a smaller total are left out. In the currency of the order. 0: all orders.",
    )

    # === WHAT THEY GET === #

    use_score = fields.Boolean(
        string="Score Orders",
        tracking=True,
        help="Every imported order gets a delivery score, a probability and a recommended carrier. "
        "What counts stands under Integrations > Configuration > Delivery Score.",
    )
    high_risk_policy = fields.Selection(
        RISK_POLICIES,
        string="High Fraud Risk",
        required=True,
        default="hold",
        tracking=True,
        help="What happens to an order that the platform sees a high risk of fraud in. A held order can't be confirmed "
        "before somebody has released it.",
    )
    medium_risk_policy = fields.Selection(
        RISK_POLICIES, string="Medium Fraud Risk", required=True, default="ignore", tracking=True
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        help="Given to all orders of the channel. It never changes the taxes of an order: these are the platform's. "
        "Empty: what Odoo finds for the customer.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="Given to all orders of the channel. Empty: the customer's.",
    )
    order_naming = fields.Selection(
        [("odoo", "Odoo's next number"), ("platform", "The platform's number")],
        string="Order Number",
        required=True,
        default="odoo",
        help="The platform's number is always kept as the customer's reference too.",
    )
    order_prefix = fields.Char(
        string="Prefix", help="Stands before the platform's number, e.g. WEB- makes WEB-#1001 of #1001."
    )
    import_utm = fields.Boolean(
        string="Campaigns",
        default=True,
        help="Source, medium and campaign that led to an order are found or created in Odoo.",
    )
    utm_source_id = fields.Many2one(
        "utm.source", string="Default Source", ondelete="set null", help="For orders that state no source."
    )
    utm_medium_id = fields.Many2one(
        "utm.medium", string="Default Medium", ondelete="set null", help="For orders that state no medium."
    )
    import_order_tags = fields.Boolean(
        string="Order Tags", help="The platform's tags of an order become tags of the order in Odoo."
    )
    import_customer_tags = fields.Boolean(
        string="Customer Tags",
        help="The platform's tags of a customer are added to those in Odoo; none is taken away.",
    )
    note_on_delivery = fields.Boolean(
        string="Note on Deliveries", help="The customer's note is copied to the deliveries of the order."
    )
    note_on_invoice = fields.Boolean(
        string="Note on Invoices", help="The customer's note is printed on the invoices of the order."
    )

    orders_attention_count = fields.Integer(string="Orders to Look At", compute="_compute_orders_attention_count")

    # === COMPUTE METHODS === #

    @api.depends("import_financial_status_ids.code", "import_fulfillment_status_ids.code")
    def _compute_import_codes(self):
        for backend in self:
            backend.import_financial_codes = ",".join(backend.import_financial_status_ids.mapped("code"))
            backend.import_fulfillment_codes = ",".join(backend.import_fulfillment_status_ids.mapped("code"))

    def _compute_orders_attention_count(self):
        counts = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("integration_backend_id", "in", self.ids), ("integration_state", "in", ("held", "attention"))],
                ["integration_backend_id"],
                ["__count"],
            )
        )
        for backend in self:
            backend.orders_attention_count = counts.get(backend, 0)

    @api.constrains("import_minimum")
    def _check_import_minimum(self):
        if any(backend.import_minimum < 0 for backend in self):
            raise ValidationError(self.env._("The minimum total of imported orders can't be negative."))

    # === ACTION METHODS === #

    def action_open_orders_to_look_at(self):
        """Show the orders of these channels that are held or have unknown products."""
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.sale_order_attention_action")
        return {
            **action,
            "domain": [
                ("integration_backend_id", "in", self.ids),
                ("integration_state", "in", ("held", "attention")),
            ],
        }
