from odoo import fields, models


class IntegrationBindingOrder(models.Model):
    _name = "integration.binding.order"
    _description = "Order Binding"
    _inherit = "integration.binding"

    _resource = "order"

    odoo_id = fields.Many2one(
        "sale.order", string="Order", required=True, readonly=True, ondelete="cascade", index=True, check_company=True
    )
    remote_created_at = fields.Datetime(string="Placed", readonly=True, help="When it was created on the platform.")
    remote_state = fields.Selection(
        [("present", "Present"), ("deleted", "Deleted")],
        string="On the Platform",
        required=True,
        readonly=True,
        default="present",
    )

    _created_idx = models.Index("(backend_id, remote_created_at)")
    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform order is bound already on this sales channel."
    )
