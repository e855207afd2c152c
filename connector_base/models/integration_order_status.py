from odoo import fields, models


class IntegrationOrderStatus(models.Model):
    """A status that an order can have on a platform, to choose from in import filters and workflow rules."""

    _name = "integration.order.status"
    _description = "Platform Order Status"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The canonical value, as on sales orders.")
    kind = fields.Selection([("financial", "Payment"), ("fulfillment", "Fulfillment")], required=True)
    sequence = fields.Integer(default=10)

    _kind_code_uniq = models.Constraint("UNIQUE(kind, code)", "This status exists already.")
