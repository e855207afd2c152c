from odoo import fields, models


class IntegrationLocation(models.Model):
    """A place from which the platform sends orders, and what in Odoo stands for it: many to many."""

    _name = "integration.location"
    _description = "Sales Channel Location"
    _inherit = "integration.binding"
    _rec_name = "name"
    _order = "backend_id, name, id"

    _resource = "location"

    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True)
    country_code = fields.Char(readonly=True)
    holds_orders = fields.Boolean(
        "Orders Count Until Sent",
        readonly=True,
        help="The platform's quantity holds what its customers have ordered until it is sent: it sets that aside by "
        "itself. So what its own orders still wait for is part of the quantity that it is told.",
    )
    location_ids = fields.Many2many(
        "stock.location",
        "integration_location_stock_rel",
        string="Stock Locations",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="What lies here and below is in stock at this place. A stock location may count for several places.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="Transfers of this warehouse are told to the platform as sent from this place.",
    )
    push = fields.Boolean("Send Stock", default=True, help="The platform is told what is in stock here.")

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This location is known already on this sales channel."
    )
