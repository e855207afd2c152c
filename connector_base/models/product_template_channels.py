from odoo import api, fields, models
from odoo.exceptions import UserError

from .integration_binding_product_push import SYNC_STATES
from .product_template import SEEN_BY


class ProductTemplate(models.Model):
    """Where the product is sold, for people."""

    _inherit = "product.template"

    integration_sync_state = fields.Selection(
        SYNC_STATES,
        string="On Channels",
        compute="_compute_integration_sync_state",
        help="Of the channel that needs most attention.",
        groups=SEEN_BY,
    )
    integration_channel_names = fields.Char("Sales Channels", compute="_compute_integration_sync_state", groups=SEEN_BY)
    integration_job_count = fields.Integer("Sync Jobs", compute="_compute_integration_job_count", groups=SEEN_BY)

    @api.depends("integration_binding_ids.sync_state", "integration_binding_ids.backend_id.name")
    def _compute_integration_sync_state(self):
        worst = ["failed", "deleted", "waiting", "live", "draft", "removed"]
        for template in self:
            bindings = template.integration_binding_ids
            states = set(bindings.mapped("sync_state"))
            template.integration_sync_state = next((state for state in worst if state in states), False)
            template.integration_channel_names = ", ".join(bindings.backend_id.mapped("name")) or False

    @api.depends("integration_binding_ids")
    def _compute_integration_job_count(self):
        counts = dict(
            self.env["sync.job"]._read_group(
                [("res_model", "=", self._name), ("record_id", "in", self.ids)], ["record_id"], ["__count"]
            )
        )
        for template in self:
            template.integration_job_count = counts.get(template.id, 0)

    # === ACTION METHODS === #

    def action_integration_publish(self):
        return self._integration_open_publish("publish")

    def action_integration_update(self):
        return self._integration_open_publish("update")

    def action_integration_take_off(self):
        return self._integration_open_publish("remove")

    def _integration_open_publish(self, purpose):
        if not self:
            raise UserError(self.env._("Choose products first."))
        return self.env["integration.product.publish"]._open_for(self, purpose)

    def action_integration_jobs(self):
        """Open the sync jobs about this product."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_sync_job")
        domain = [("res_model", "=", self._name), ("record_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}
