from odoo import fields, models


class IntegrationOrderStatus(models.Model):
    """A payment or fulfillment status of orders, to be chosen several at once in rules.

    The codes are those of `sale.order.integration_financial_status` and `integration_fulfillment_status`.
    """

    _name = "integration.order.status"
    _description = "Platform Order Status"
    _order = "kind, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    kind = fields.Selection([("financial", "Payment"), ("fulfillment", "Fulfillment")], required=True)

    _kind_code_uniq = models.Constraint("UNIQUE(kind, code)", "This status exists already.")
