from odoo import fields, models
from odoo.exceptions import AccessError

from ..notification import SOFT_RELOAD, notification

# Products per job
BATCH = 100


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

    # === ACTION METHODS === #

    def action_import_again(self):
        """Read these products again and write them anew: for what was changed in Odoo's settings meanwhile."""
        if not self.env.user.has_group("connector_base.group_integration_user"):
            raise AccessError(self.env._("Only users of the Integrations app can import products."))
        self.check_access("read")
        self.sudo()._import_again()
        return notification(
            self.env._("What comes of it stands here in a few seconds: reload the page."),
            kind="info",
            title=self.env._("The products are being imported"),
            following=SOFT_RELOAD,
        )

    def _import_again(self):
        """Queue reading these products from their platforms, and write what they state though it is known."""
        bindings = self.filtered("external_id")
        bindings.digest_in = False
        for backend, of_backend in bindings.grouped("backend_id").items():
            external_ids = of_backend.mapped("external_id")
            for start in range(0, len(external_ids), BATCH):
                backend._enqueue(
                    "import_product_ids", arguments={"external_ids": external_ids[start : start + BATCH]}, priority=60
                )

    def action_follow_options(self):
        """Let the platform's options replace the products' attributes, now and from now on."""
        action = self.action_import_again()
        self.sudo().follows_options = True
        return action
