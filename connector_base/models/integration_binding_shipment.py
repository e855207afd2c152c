from decimal import Decimal

from odoo import api, fields, models

from ..notification import notification

SHIPMENT_ACTIVITY = "connector_base.mail_activity_type_shipment"


class IntegrationBindingShipment(models.Model):
    """Says that a transfer was told to a platform, or was done because the platform told of it.

    What the platform tells is kept here before its transfer is found: see `integration.shipment.importer`.
    """

    _name = "integration.binding.shipment"
    _description = "Shipment Binding"
    _inherit = "integration.binding"

    _resource = "shipment"

    odoo_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Empty until it is booked. If it left in several transfers, the first one.",
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index="btree_not_null", check_company=True
    )
    order_external_id = fields.Char(readonly=True, help="The platform's order it belongs to.")
    direction = fields.Selection(
        [("in", "Sent outside of Odoo"), ("out", "Sent by Odoo")], string="Origin", required=True, readonly=True
    )
    remote_status = fields.Selection(
        [("done", "Sent"), ("cancelled", "Cancelled")], string="On the Platform", readonly=True, default="done"
    )
    lines = fields.Json(
        readonly=True, help="[[platform's line id, quantity, lot], ...]; quantities as text, lots may be empty."
    )
    content = fields.Char(compute="_compute_content", compute_sudo=True)
    # people of the warehouse see shipments, but not what sales channels are made of
    external_url = fields.Char(compute_sudo=True)
    shipped_at = fields.Datetime("Sent On", readonly=True)
    tracking = fields.Char("Tracking Numbers", readonly=True, help="As the platform has them.")
    carrier = fields.Char(readonly=True, help="As the platform has it.")
    location_external_id = fields.Char("Location ID", readonly=True, help="The platform's place it left.")
    state = fields.Selection(
        [("waiting", "To Be Booked"), ("problem", "Needs Attention"), ("done", "Done")],
        string="In Odoo",
        required=True,
        readonly=True,
        default="done",
        index=True,
    )
    problem = fields.Text(readonly=True)
    remedy = fields.Text("What To Do", readonly=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This shipment is bound already on this sales channel."
    )

    @api.depends("lines", "order_id.order_line.integration_external_id")
    def _compute_content(self):
        for binding in self:
            names = {line.integration_external_id: line.product_id.name for line in binding.order_id.order_line}
            binding.content = ", ".join(
                f"{Decimal(quantity):f} x {names.get(line, line)}" for line, quantity, _lot in binding.lines or ()
            )

    def _url_target(self):
        """Shipments are shown on the page of their order."""
        return "order", self.order_external_id or self.external_id

    def _quantities(self):
        """Return {platform's line id: Decimal quantity} of these shipments together."""
        totals = {}
        for binding in self:
            for line, quantity, _lot in binding.lines or ():
                totals[line] = totals.get(line, Decimal(0)) + Decimal(quantity)
        return totals

    def _tracking_numbers(self):
        """Return the tracking numbers of these shipments, each once, separated by commas."""
        numbers = [number.strip() for binding in self for number in (binding.tracking or "").split(",")]
        return ", ".join(filter(None, dict.fromkeys(numbers)))

    # === WHAT STAFF HEAR === #

    def _set_problem(self, problem, remedy):
        """Say why a shipment can't be booked, and ask the responsible user to act; once for the same reason."""
        self.ensure_one()
        if (self.problem, self.remedy, self.state) != (problem, remedy, "problem"):
            self._forget_problem()
            self.write({"state": "problem", "problem": problem, "remedy": remedy})
        self.order_id._integration_tell_about_shipment(problem, remedy)

    def _forget_problem(self):
        """What these shipments waited for is over."""
        for binding in self.filtered("problem"):
            binding.order_id._integration_shipment_settled(binding.problem)
        self.write({"state": "done", "problem": False, "remedy": False})

    def _tell_cancelled(self):
        """The platform took back shipments that Odoo has as sent."""
        for binding in self.filtered("odoo_id"):
            transfer = binding.odoo_id.name
            binding.order_id._integration_tell_about_shipment(
                self.env._(
                    "The platform cancelled the shipment of %(transfer)s (%(content)s).",
                    transfer=transfer,
                    content=binding.tracking or binding.content,
                ),
                self.env._(
                    "If the goods are still here, return %(transfer)s. If they are on their way, press Send Again on "
                    "the transfer.",
                    transfer=transfer,
                ),
            )

    # === ACTION METHODS === #

    def _check_may_book(self):
        """Whoever may validate transfers may, and who looks after the sales channels.

        :raise AccessError: others
        """
        self.check_access("read")
        if not self.env.user.has_group("connector_base.group_integration_manager"):
            self.env["stock.picking"].check_access("write")

    def action_book(self):
        """Queue the booking of these shipments again."""
        self._check_may_book()
        self.sudo().order_id._integration_queue_shipments()
        return notification(self.env._("The shipments are being booked. Reload the page in a few seconds."))

    def action_settle(self):
        """Note that staff booked these shipments themselves."""
        self._check_may_book()
        self.sudo().filtered(lambda binding: binding.state != "done")._forget_problem()
        return True

    def action_open_record(self):
        """Open the transfer; the order where there is none yet."""
        self.ensure_one()
        return (self.odoo_id or self.order_id)._get_records_action()
