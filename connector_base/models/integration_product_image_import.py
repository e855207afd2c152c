from odoo import fields, models


class IntegrationBindingImage(models.Model):
    """Where a picture of the platform belongs; the checksum says whether it was read."""

    _inherit = "integration.binding.image"

    sequence = fields.Integer(readonly=True)
    alt = fields.Char("Description", readonly=True)
    variant_external_ids = fields.Json(readonly=True, help="The platform's ids of the variants shown with it.")
    is_due = fields.Boolean(readonly=True, help="The platform may have another content for it by now.")
