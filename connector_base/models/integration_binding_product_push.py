from odoo import fields, models


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
        help="{part: fingerprint} of what the platform makes of parts that it writes in its own way: not pushed again.",
    )
