from odoo import fields, models


class SyncJob(models.Model):
    _inherit = "sync.job"

    api_call_count = fields.Integer(compute="_compute_api_call_count", string="API Calls")

    def _compute_api_call_count(self):
        counts = dict(
            self.env["integration.api.call"]._read_group(
                [("sync_job_ref", "in", self.ids)], ["sync_job_ref"], ["__count"]
            )
        )
        for job in self:
            job.api_call_count = counts.get(job.id, 0)

    def action_view_api_calls(self):
        """Open the calls to the platform made in this job."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_integration_api_call")
        return {**action, "domain": [("sync_job_id", "=", self.id)], "context": {}}
