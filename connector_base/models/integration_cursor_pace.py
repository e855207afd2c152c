from datetime import timedelta

from odoo import fields, models

# What a job may have left to be looked at again, though nothing changes on the platform
UNSETTLED = ("failed", "held", "busy")
CHANGED = ("created", "updated")


class IntegrationCursor(models.Model):
    """How often a platform that tells us nothing is asked: often while things change, seldom while all is quiet.

    Where the platform has a cheap way to say whether anything changed (`integration.adapter._probe`), that is asked
    before anything is read.
    """

    _inherit = "integration.cursor"

    busy_minutes = fields.Integer(
        "While Busy (minutes)",
        required=True,
        default=1,
        help="How often the platform is asked while things change there, where no webhooks come. While nothing "
        "changes it is asked less and less often, down to the interval beside this.",
    )
    pace_minutes = fields.Integer("Pace (minutes)", readonly=True, copy=False)
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Of what the platform listed when the last import ended and nothing was left."
    )

    _busy_positive = models.Constraint("CHECK(busy_minutes > 0)", "The interval is at least one minute.")

    def _is_adaptive(self):
        """Whether the pace follows what happens: no webhooks tell of changes."""
        return not self.backend_id._is_told()

    def _minutes(self):
        """Return how many minutes pass until the platform is asked again."""
        if not (self.pace_minutes and self._is_adaptive()):
            return self.interval_minutes
        return min(self.pace_minutes, self.interval_minutes)

    def _fingerprint_of(self, since):
        """Return what the platform says of everything updated since `since` (aware UTC), "" when it can't cheaply."""
        if not since:
            return ""
        told = self.backend_id._adapter()._probe(self.backend_id, self.resource, since)
        return f"{since.isoformat()} {told}" if told is not None else ""

    def _is_unchanged(self, fingerprint):
        return bool(fingerprint) and fingerprint == self.fingerprint

    def _end_quietly(self):
        """Note that nothing has changed on the platform since the last import; return what the job says."""
        self._set_pace(changed=False)
        self.last_result = self.env._("Nothing has changed on the platform.")
        return self.last_result

    def _end(self, job, fingerprint):
        """Note that an import has read all there is.

        :param sync.job job: the import
        :param str fingerprint: what `_fingerprint_of` said before it began
        """
        counts = job.outcome_counts or {}
        settled = not any(counts.get(outcome) for outcome in UNSETTLED)
        self.fingerprint = fingerprint if settled else False
        self._set_pace(changed=any(counts.get(outcome) for outcome in CHANGED))

    def _set_pace(self, *, changed):
        """Ask soon again while things change, else after twice the time, within the bounds that people set."""
        if not self._is_adaptive():
            return
        fastest = min(self.busy_minutes, self.interval_minutes)
        pace = fastest if changed else min(2 * (self.pace_minutes or fastest), self.interval_minutes)
        self.write({"pace_minutes": pace, "next_run": fields.Datetime.now() + timedelta(minutes=max(pace, fastest))})
