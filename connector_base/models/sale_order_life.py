from odoo import api, fields, models


class SaleOrder(models.Model):
    """What became of the order on its platform after it was imported."""

    _inherit = "sale.order"

    integration_adopted = fields.Boolean(
        string="Adopted",
        readonly=True,
        copy=False,
        help="The order was in Odoo before its sales channel was connected: its lines are never changed by imports.",
    )
    integration_archived_at = fields.Datetime(string="Archived on the Platform", readonly=True, copy=False)
    integration_deleted_at = fields.Datetime(
        string="Deleted on the Platform", readonly=True, copy=False, help="When it was noticed."
    )
    integration_cancel_requested_at = fields.Datetime(
        string="Cancellation Requested",
        readonly=True,
        copy=False,
        help="When somebody asked here to have the order cancelled on its platform.",
    )
    integration_edit_holds = fields.Json(
        readonly=True,
        copy=False,
        help="{topic: [[reason, remedy], ...]} of what the platform changed and Odoo did not.",
    )

    integration_can_cancel = fields.Boolean(compute="_compute_integration_can_cancel")

    # Orders of no channel only: imports never write these indexes. The adoption of earlier orders searches them.
    _integration_adopt_reference_idx = models.Index("(client_order_ref) WHERE integration_backend_id IS NULL")
    _integration_adopt_origin_idx = models.Index("(origin) WHERE integration_backend_id IS NULL")
    _integration_adopt_name_idx = models.Index("(name) WHERE integration_backend_id IS NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        "integration_backend_id", "integration_external_id", "integration_cancelled_at", "integration_deleted_at"
    )
    def _compute_integration_can_cancel(self):
        for order in self:
            backend = order.integration_backend_id.sudo()
            order.integration_can_cancel = (
                order.integration_external_id
                and not order.integration_cancelled_at
                and not order.integration_deleted_at
                and backend.state == "connected"
                and "orders_cancel" in backend._adapter()._capabilities()
            )

    # === BUSINESS METHODS === #

    def _integration_hold_about(self, topic, holds):
        """Make `holds` the reasons why the order is held about `topic`; earlier ones of the topic no longer count.

        :param str topic: `lines`, `parties`, `cancel` or `deleted`
        :param list holds: (reason, remedy) pairs; empty: nothing about the topic holds the order any more
        """
        self.ensure_one()
        standing = dict(self.integration_edit_holds or {})
        reasons = {reason for reason, _remedy in holds}
        over = [(reason, remedy) for reason, remedy in standing.pop(topic, ()) if reason not in reasons]
        if holds:
            standing[topic] = [list(hold) for hold in holds]
        if standing != (self.integration_edit_holds or {}):
            self.integration_edit_holds = standing or False
        if over:
            self._integration_unhold(over)
        for reason, remedy in holds:
            self._integration_hold(reason, remedy)

    def _integration_unhold(self, holds):
        """Take some of the reasons off that hold the order, (reason, remedy) pairs."""
        self.ensure_one()
        over = {reason for reason, _remedy in holds}
        reasons = [reason for reason in (self.integration_hold_reason or "").splitlines() if reason not in over]
        needed = {remedy for pairs in (self.integration_edit_holds or {}).values() for _reason, remedy in pairs}
        useless = {remedy for _reason, remedy in holds} - needed
        remedies = [remedy for remedy in (self.integration_hold_remedy or "").splitlines() if remedy not in useless]
        self.write(
            {
                "integration_hold_reason": "\n".join(reasons) or False,
                "integration_hold_remedy": "\n".join(remedies) if reasons else False,
            }
        )
        self._integration_tell_holds()

    def _integration_is_held_about(self, topic):
        """Whether the order is held, among others, for a reason about `topic`."""
        return bool(self.integration_hold_reason) and topic in (self.integration_edit_holds or {})

    # === ACTION METHODS === #

    def action_integration_cancel(self):
        """Ask how the order is to be cancelled on its platform."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel on the Platform"),
            "res_model": "integration.order.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_integration_release(self):
        """Forget what the platform changed and Odoo did not: the user has decided."""
        self.filtered("integration_edit_holds").integration_edit_holds = False
        return super().action_integration_release()
