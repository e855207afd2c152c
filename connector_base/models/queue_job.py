from odoo import models


class QueueJob(models.Model):
    _inherit = "queue.job"

    def _message_failed_job(self):
        """Send no message per failed sync job: the error inbox gathers them by cause, and the backend's responsible
        user has an activity when something must be done."""
        self.ensure_one()
        if self.model_name == "sync.job":
            return ""
        return super()._message_failed_job()
