import time

from odoo import api, fields, models

EXPECTED = {
    "wait_dependencies": "pending",
    "pending": "pending",
    "enqueued": "pending",
    "started": "processing",
}


class SyncJob(models.Model):
    _inherit = "sync.job"

    operation = fields.Selection(selection_add=[("chaos", "Chaos")], ondelete={"chaos": "cascade"})

    def _operation_settings(self):
        settings = super()._operation_settings()
        return {**settings, "chaos": settings["import_orders"]}

    def _run_chaos(self, mark, seconds=0, path="", note="", bug=False):
        """Tell the shop that `mark` started, write `note`, sleep, ask for `path`, stumble if told so."""
        adapter = self.backend_id._adapter()
        adapter._get(self.backend_id, "/mark", mark=mark)
        if note:
            self.backend_id.chaos_note = note
            self.env.flush_all()
        time.sleep(seconds)
        if path:
            adapter._get(self.backend_id, path)
        if bug:
            raise KeyError(mark)
        return f"{mark} done"

    @api.model
    def chaos_disagreements(self):
        """Compare, in one snapshot, what sync jobs say with what the queue's table holds; return the differences.

        The state is looked at as a field, as a search, as a group and as a sort key.
        """
        self.env.cr.execute(
            "SELECT sync_job.id, queue_job.state FROM sync_job JOIN queue_job ON queue_job.id = sync_job.queue_job_id"
        )
        truth = {job_id: EXPECTED.get(state, state) for job_id, state in self.env.cr.fetchall()}
        jobs = self.search([("queue_job_id", "!=", False)], order="state, id")
        wrong = [(job.id, "field", job.state, truth[job.id]) for job in jobs if job.state != truth[job.id]]
        if jobs.mapped("state") != sorted(jobs.mapped("state")):
            wrong.append((0, "sort", jobs.mapped("state"), ""))
        groups = dict(self._read_group([("queue_job_id", "!=", False)], ["state"], ["id:array_agg"]))
        for state in sorted({*truth.values(), *groups}):
            ids = {job_id for job_id, expected in truth.items() if expected == state}
            found = set(self.search([("state", "=", state), ("queue_job_id", "!=", False)]).ids)
            if not ids == found == set(groups.get(state) or []):
                wrong.append((0, state, sorted(found), sorted(ids)))
        return wrong
