from odoo import fields, models


class IntegrationBindingProduct(models.Model):
    """What imports know about a product."""

    _inherit = "integration.binding.product"

    follows_options = fields.Boolean(
        "Options as on the Platform",
        help="Its attributes and values are made to be the platform's. Set for products that an import has created; "
        "a product that was in Odoo before keeps its attributes.",
    )
    import_note = fields.Text(
        "Left Out by the Import", readonly=True, help="What the platform says that Odoo can't hold, and why."
    )
    images_due = fields.Boolean(readonly=True, help="The platform's pictures have not all been read yet.")
