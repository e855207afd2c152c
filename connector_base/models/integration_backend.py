from odoo import api, fields, models
from odoo.exceptions import UserError


class IntegrationBackend(models.Model):
    """One connected account of one platform, of one company.

    What happens to the connection stands in integration_backend_connection.py, credentials in
    integration_backend_secret.py.
    """

    _name = "integration.backend"
    _description = "Sales Channel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    # === WHO === #

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    platform = fields.Selection([], required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Told when the connection needs attention.",
    )

    # === ORDERS === #

    import_from = fields.Datetime(
        string="Orders Since",
        copy=False,
        tracking=True,
        help="Orders created before this are not imported. Set when the channel is connected, unless you choose it.",
    )
    unknown_product = fields.Selection(
        [
            ("placeholder", "Use a placeholder product"),
            ("create", "Create the product from the order line"),
            ("fail", "Don't import the order"),
        ],
        string="Unknown Products",
        required=True,
        default="placeholder",
        tracking=True,
        help="What happens to an order line whose product is found neither by its id on the platform nor by SKU or "
        "barcode.",
    )
    tax_policy = fields.Selection(
        [("match", "Hold the order until it is mapped"), ("create", "Create the tax")],
        string="Unknown Taxes",
        required=True,
        default="match",
        tracking=True,
        help="What happens to an order with a tax that is neither mapped nor found by its rate.",
    )
    order_currency = fields.Selection(
        [("presentment", "The customer's"), ("shop", "The shop's")],
        required=True,
        default="presentment",
        tracking=True,
        help="The currency of imported orders: the one the customer paid in, or the shop's own.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", check_company=True, help="Ships the channel's orders; empty: the company's first one."
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    salesperson_id = fields.Many2one("res.users", domain="[('share', '=', False), ('company_ids', 'in', company_id)]")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Given to orders in its currency, whose prices are always the platform's. Prices of products come from it "
        "and go into it. Empty: orders get one per currency, which is found or made; products have their sales price, "
        "or in a shop with another currency than the company's a pricelist that is made.",
    )
    send_order_mails = fields.Boolean(
        string="Odoo Sends Order Mails",
        tracking=True,
        help="Customers get Odoo's confirmation mails too. Platforms send their own, so this is off by default.",
    )
    skip_test_orders = fields.Boolean(default=True, help="Test orders of the platform are not imported.")

    order_count = fields.Integer(string="Orders", compute="_compute_order_count")
    last_import = fields.Datetime(compute="_compute_last_import", help="When the platform was last asked for changes.")

    # === COMPUTE METHODS === #

    def _compute_order_count(self):
        counts = dict(
            self.env["integration.binding.order"]._read_group(
                [("backend_id", "in", self.ids)], ["backend_id"], ["__count"]
            )
        )
        for backend in self:
            backend.order_count = counts.get(backend, 0)

    def _compute_last_import(self):
        runs = dict(
            self.env["integration.cursor"]
            .sudo()
            ._read_group([("backend_id", "in", self.ids)], ["backend_id"], ["last_run:max"])
        )
        for backend in self:
            backend.last_import = runs.get(backend)

    # === CRUD METHODS === #

    def write(self, vals):
        for name in {"platform", "company_id"} & vals.keys():
            for backend in self:
                now = backend._fields[name].convert_to_write(backend[name], backend)
                if backend.account_key and vals[name] != now:
                    raise UserError(
                        self.env._(
                            "%(backend)s has been connected and can't change its platform or company any more: its "
                            "orders, customers and products belong to them. Connect another channel instead.",
                            backend=backend.name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_connected(self):
        for backend in self:
            if backend.account_key:
                raise UserError(
                    self.env._(
                        "%(backend)s has been connected: deleting it would forget which orders, customers and products "
                        "have been imported. Disconnect and archive it instead.",
                        backend=backend.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" in (default or {}):
            return vals_list
        return [
            dict(vals, name=self.env._("%(name)s (copy)", name=backend.name))
            for backend, vals in zip(self, vals_list, strict=True)
        ]

    # === ACTION METHODS === #

    def action_view_orders(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order",
            "view_mode": "list,kanban,form",
            "domain": [("integration_backend_id", "=", self.id)],
            "context": {"create": False},
        }

    # === BUSINESS METHODS === #

    def _adapter(self):
        """Return the adapter that speaks this backend's platform."""
        self.ensure_one()
        return self.env[f"integration.adapter.{self.platform}"]
