from odoo import fields, models


class IntegrationChannel(models.Model):
    """A place where a platform shows products: its online store, a point of sale, a marketplace."""

    _name = "integration.channel"
    _description = "Publication"
    _inherit = "integration.binding"
    _rec_name = "name"
    _order = "backend_id, name, id"

    _resource = "channel"

    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True)
    publish = fields.Boolean(
        "Publish New Products", help="Products published from Odoo are shown here unless their own page says otherwise."
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This publication is known already on this sales channel."
    )
