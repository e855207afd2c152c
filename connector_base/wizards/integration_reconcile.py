from datetime import timedelta

from odoo import fields, models


class IntegrationReconcile(models.TransientModel):
    """Asks for the period in which store and Odoo are compared."""

    _name = "integration.reconcile"
    _description = "Compare Store and Odoo"

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Datetime(
        "Orders Placed From",
        required=True,
        default=lambda self: self._default_date_from(),
        help="Comparing is cheap: the platform gives hundreds of ids in one call.",
    )
    date_to = fields.Datetime("Until", required=True, default=fields.Datetime.now)

    def _default_date_from(self):
        backend = self.env["integration.backend"].browse(self.env.context.get("default_backend_id") or ())
        return fields.Datetime.now() - timedelta(days=backend.reconcile_days or 7)

    def action_compare(self):
        """Queue the comparison and open it."""
        self.ensure_one()
        self.backend_id.check_access("read")
        return self.backend_id._reconcile(self.date_from, self.date_to)._get_records_action()
