from odoo import api, fields, models

WISHES = {"category_ids", "channel_ids", "wanted"}


class IntegrationBindingProduct(models.Model):
    """What staff want of a product on a sales channel, and how its pushes went."""

    _inherit = "integration.binding.product"

    wanted = fields.Selection(
        [
            ("published", "As in Odoo"),
            ("draft", "Not shown yet"),
            ("removed", "Taken off"),
        ],
        required=True,
        default="published",
        readonly=True,
        help="As in Odoo: on sale while it is active and can be sold here. Not shown yet: a draft on the platform. "
        "Taken off: archived or deleted there, as the sales channel says.",
    )
    digests_seen = fields.Json(
        readonly=True,
        help="{field: fingerprint} of what the platform makes of fields that it writes in its own way: not sent again.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        bindings.filtered(lambda binding: not binding.external_id)._note_wishes()
        return bindings

    def write(self, vals):
        result = super().write(vals)
        if not WISHES.isdisjoint(vals):
            self._note_wishes()
        return result

    def _note_wishes(self):
        """Have the platforms told what is wanted there, but for the one that it was read from."""
        listeners = self.env["integration.product.exporter"]._listeners()
        self.env["integration.product.exporter"]._mark(
            self.filtered(lambda binding: binding.backend_id.id in listeners)
        )
