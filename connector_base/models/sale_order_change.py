from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import UNSET, OrderChange
from ..notification import notification


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    export_order_tags = fields.Boolean(
        "Send Tags Back",
        tracking=True,
        help="Tags that staff put on an order in Odoo, or take off it, are put on or taken off it on the platform.",
    )

    def _sends_order_tags(self):
        """Whether tags of orders go to the platform; no channel sends none."""
        return bool(self) and self._syncs("order_tags_out")


class SaleOrder(models.Model):
    """What staff note on an order for its platform: tags and a note. Kept here until the platform has it."""

    _inherit = "sale.order"

    integration_tags_to_send = fields.Json(
        readonly=True, copy=False, help="{tag: true to put it on the order, false to take it off}"
    )
    integration_note_to_send = fields.Text(
        "Note for the Platform", copy=False, help="Becomes the order's note or a comment there when you send it."
    )
    integration_can_change = fields.Boolean(compute="_compute_integration_can_change")

    @api.depends("integration_backend_id", "integration_external_id", "integration_deleted_at")
    def _compute_integration_can_change(self):
        for order in self:
            order.integration_can_change = order._integration_can("orders_update")

    # === CRUD METHODS === #

    def write(self, vals):
        """Have tags sent back that staff put on orders or take off; what an import brings is there already."""
        sending = self.browse()
        if "tag_ids" in vals:
            sending = self.filtered(lambda order: order.sudo().integration_backend_id._sends_order_tags())
        before = {order: set(order.tag_ids.mapped("name")) for order in sending}
        result = super().write(vals)
        for order in sending:
            order._integration_note_tags(before[order], set(order.tag_ids.mapped("name")))
        return result

    # === BUSINESS METHODS === #

    def _integration_platform_tags(self):
        """Return {tag in lower case: tag} of what the platform has: tags differ by more than their case there."""
        tags = [tag.strip() for tag in (self.integration_tags or "").split(",")]
        return {tag.lower(): tag for tag in tags if tag}

    def _integration_note_tags(self, before, after):
        """Note what changed from tags `before` to `after` and isn't so on the platform, and have it sent."""
        there = self._integration_platform_tags()
        pending = {
            **(self.integration_tags_to_send or {}),
            **dict.fromkeys(after - before, True),
            **dict.fromkeys(before - after, False),
        }
        pending = {tag: wanted for tag, wanted in pending.items() if wanted != (tag.lower() in there)}
        if pending != (self.integration_tags_to_send or {}):
            self.sudo().integration_tags_to_send = pending or False
        if pending and self._integration_can("order_tags_out"):
            self._integration_queue_change()

    def _integration_queue_change(self):
        backend = self.integration_backend_id.sudo()
        backend._enqueue(
            "update_order",
            arguments={"external_ids": [self.integration_external_id]},
            external_id=self.integration_external_id,
            record=self,
            identity_key=f"update_order:{backend.id}:{self.integration_external_id}",
        )

    def _integration_change(self):
        """Return the `OrderChange` of what waits to be sent, None if nothing does."""
        tags, note = self.integration_tags_to_send or {}, self.integration_note_to_send
        if not tags and not note:
            return None
        return OrderChange(
            order_external_id=self.integration_external_id,
            note=note or UNSET,
            tags_added=tuple(sorted(tag for tag, wanted in tags.items() if wanted)),
            tags_removed=tuple(sorted(tag for tag, wanted in tags.items() if not wanted)),
        )

    def _integration_changed(self, change, owns_note):
        """Note that the platform has `change` now; its own news of it then find nothing new.

        :param bool owns_note: the note has become the order's own there
        """
        tags = self._integration_platform_tags()
        for tag in change.tags_removed:
            tags.pop(tag.lower(), None)
        tags.update({tag.lower(): tag for tag in change.tags_added})
        values = {
            "integration_tags": ", ".join(tags.values()) or False,
            "integration_tags_to_send": False,
            "integration_note_to_send": False,
        }
        if owns_note and change.note is not UNSET:
            values["integration_note"] = change.note
        self.write(values)

    # === ACTION METHODS === #

    def action_integration_send_note(self):
        """Queue what waits to be sent to the platform."""
        self.ensure_one()
        self.check_access("write")
        if not self._integration_can("orders_update"):
            raise UserError(self.env._("The platform of %s can't be told notes now.", self.display_name))
        if not self._integration_change():
            raise UserError(self.env._("Write the note first."))
        self._integration_queue_change()
        return notification(self.env._("The note is being sent. Reload the page in a few seconds."))
