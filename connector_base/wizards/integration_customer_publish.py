from odoo import fields, models
from odoo.exceptions import UserError


class IntegrationCustomerPublish(models.TransientModel):
    """Creates contacts as customers on a sales channel."""

    _name = "integration.customer.publish"
    _description = "Create Customers on a Sales Channel"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        default=lambda self: self.env["res.partner"].browse(self.env.context.get("active_ids", ())),
    )
    backend_id = fields.Many2one(
        "integration.backend",
        string="Sales Channel",
        required=True,
        domain="[('export_customers', '=', True), ('state', '=', 'connected')]",
    )

    def action_publish(self):
        """Have the contacts created on the channel that aren't there yet.

        :raise UserError: none of them can be
        """
        self.ensure_one()
        self.backend_id.check_access("read")
        Binding = self.env["integration.binding.partner"].sudo()
        known = Binding.search([("backend_id", "=", self.backend_id.id), ("odoo_id", "in", self.partner_ids.ids)])
        new = self.partner_ids - known.odoo_id
        without = new.filtered(lambda partner: not partner.email_normalized)
        if new == without:
            raise UserError(
                self.env._(
                    "Nothing to create: these contacts are on %(channel)s already, or have no e-mail address, by which "
                    "a channel knows its customers. Enter it on the contact.",
                    channel=self.backend_id.name,
                )
            )
        values = [{"backend_id": self.backend_id.id, "odoo_id": partner.id} for partner in new - without]
        created = Binding.create(values)
        self.env["integration.change"].sudo()._note_ids(self.backend_id, "customer", created.ids)
        message = self.env._("To be created: %s.", len(created))
        if without:
            message += " " + self.env._("Without e-mail address: %s.", ", ".join(without.mapped("display_name")))
        return self.backend_id._notification("info", self.env._("Customers are on their way"), message)
