from odoo import models
from odoo.exceptions import AccessError, UserError

from ..notification import SOFT_RELOAD, notification


class SyncJob(models.Model):
    """What people do with jobs. All take a selection of any size."""

    _inherit = "sync.job"

    def _check_may_manage(self):
        """Buttons act with sudo: let only the connector's users do so, on jobs they may see."""
        if not self.env.user.has_group("connector_base.group_integration_user"):
            raise AccessError(self.env._("Only users of the Integrations app can retry or cancel sync jobs."))
        self.check_access("read")

    def action_retry(self):
        """Run failed and cancelled jobs again, as soon as a worker is free. A chain goes on at the page it stood at."""
        self._check_may_manage()
        jobs = self.sudo().filtered(lambda job: job.state in ("failed", "cancelled"))
        if not jobs:
            raise UserError(self.env._("Only failed or cancelled jobs can be retried; none of these is."))
        jobs._run_again()
        return self._notify(self.env._("Waiting to run again: %(count)s.", count=len(jobs)))

    def _run_again(self):
        """Let these failed or cancelled jobs run again."""
        # The series of temporary errors begins anew, else the job would give up at the first one.
        self.write({"postponed_since": False, "retry_count": 0, "stop_requested": False})
        self.queue_job_id.requeue()
        for job in self.filtered(lambda job: not job.queue_job_id):
            job._delay()

    def action_cancel(self):
        """Cancel what waits or failed; what is running stops after the page it is working on."""
        self._check_may_manage()
        jobs = self.sudo().filtered(lambda job: job.state in ("pending", "failed", "processing"))
        if not jobs:
            raise UserError(self.env._("These jobs are done or cancelled already."))
        running = jobs.filtered(lambda job: job.state == "processing")
        waiting = jobs - running
        jobs._cancel()
        if running:
            return self._notify(
                self.env._(
                    "Cancelled: %(cancelled)s. Running, and stopping after the present page: %(running)s.",
                    cancelled=len(waiting),
                    running=len(running),
                )
            )
        return self._notify(self.env._("Cancelled: %(count)s.", count=len(waiting)))

    def _cancel(self):
        """Cancel these jobs; those that are running stop after the page they are working on."""
        running = self.filtered(lambda job: job.state == "processing")
        running.stop_requested = True
        waiting = self - running
        waiting.queue_job_id.button_cancelled()
        waiting.filtered(lambda job: not job.queue_job_id).outcome = "cancelled"

    def _notify(self, message):
        return notification(message, kind="success", following=SOFT_RELOAD)

    def action_open_record(self):
        """Open the Odoo record the job is about."""
        self.ensure_one()
        if not self.res_model or not self.env[self.res_model].browse(self.record_id).exists():
            raise UserError(self.env._("This job has no Odoo record (any more)."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.record_id,
            "views": [(False, "form")],
        }

    def action_open_queue_job(self):
        """Open the queue job that runs this job."""
        self.ensure_one()
        if not self.queue_job_id:
            raise UserError(self.env._("A failed document has no queue job until it is retried."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "queue.job",
            "res_id": self.queue_job_id.id,
            "views": [(False, "form")],
        }

    def action_open_children(self):
        """List the documents that failed within this job."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed Documents"),
            "res_model": "sync.job",
            "domain": [("parent_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }
