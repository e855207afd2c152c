from odoo import fields, models


class IntegrationBackend(models.Model):
    _name = "integration.backend"
    _description = "Sales Channel Backend"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    platform = fields.Selection([], required=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    user_id = fields.Many2one("res.users", string="Responsible", tracking=True, default=lambda self: self.env.user)
    account_key = fields.Char(copy=False, readonly=True)
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("error", "Needs attention"),
            ("disconnected", "Disconnected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_message = fields.Char(copy=False, readonly=True)

    def _adapter(self):
        """Return the adapter that speaks this backend's platform."""
        self.ensure_one()
        return self.env[f"integration.adapter.{self.platform}"]
