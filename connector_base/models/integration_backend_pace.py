from odoo import api, fields, models

from ..engine.call_slots import PgSlots


class IntegrationBackend(models.Model):
    """How hard the platform is worked: calls at once."""

    _inherit = "integration.backend"

    calls_at_once = fields.Integer(
        compute="_compute_calls_at_once",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="How many calls the platform gets at the same moment, of all jobs and people together. Fewer spare a "
        "small server, more are faster. 0: no bound.",
    )

    _calls_at_once_positive = models.Constraint(
        "CHECK(calls_at_once >= 0)", "The number of calls at once can't be negative."
    )

    @api.depends("platform")
    def _compute_calls_at_once(self):
        for backend in self:
            # none while the base is updated: the platforms' addons are loaded after it
            adapter = self.env.get(f"integration.adapter.{backend.platform}")
            backend.calls_at_once = adapter._default_concurrency() if adapter is not None else 0

    def _call_slots(self):
        """Return the `transport.ports.Slots` of the account, None where calls have no bound."""
        if not self.calls_at_once:
            return None
        return PgSlots(self.env.registry, self.platform, self._budget_key(), self.calls_at_once)
