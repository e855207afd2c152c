from odoo import api, models

from ..canonical import UNSET

LEVELS = ("low", "medium", "high")


class IntegrationOrderRisk(models.AbstractModel):
    """Holds orders that the platform sees a risk of fraud in, as the backend says per level."""

    _name = "integration.order.risk"
    _description = "Order Risk"

    @api.model
    def _hold(self, backend, entry):
        """Return (reason, remedy) when the document of `entry` has to be held for its risk, else None.

        A document that doesn't state the risk says nothing new. A level that was released once, or a lower one, does
        not hold the order again.
        """
        document, order = entry.document, entry.order
        level = document.risk if document.risk is not UNSET else (order and order.integration_risk)
        if not level or document.cancelled_at or not self._is_held(backend, level):
            return None
        accepted = order and order.integration_risk_accepted
        if accepted and LEVELS.index(level) <= LEVELS.index(accepted):
            return None
        label = dict(self.env["sale.order"]._fields["integration_risk"]._description_selection(self.env))[level]
        return (
            self.env._("The platform sees a risk of fraud in this order: %s.", label.lower()),
            self.env._(
                "Look at the platform's analysis, the payment and the customer. Then release the order, or cancel it "
                "on the platform."
            ),
        )

    @api.model
    def _judge(self, backend, draft):
        """Note in `draft` whether to hold it for its risk; before it is written: the order has the former one."""
        order, risk = draft.order, draft.entry.document.risk
        draft.risk_hold = self._hold(backend, draft.entry)
        draft.risk_changed = bool(order) and risk is not UNSET and risk != order.integration_risk
        if draft.risk_hold:
            draft.holds.append(draft.risk_hold)

    @api.model
    def _hold_updated(self, drafts, rewritten):
        """Hold those updated orders that have become riskier and whose holds were not written with their lines."""
        for draft in drafts:
            if draft.risk_hold and draft.risk_changed and draft not in rewritten:
                draft.order._integration_hold(*draft.risk_hold)

    @api.model
    def _is_held(self, backend, level):
        return {"high": backend.high_risk_policy, "medium": backend.medium_risk_policy}.get(level) == "hold"
