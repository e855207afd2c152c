from odoo import api, models


class IntegrationDeliveryLauncher(models.AbstractModel):
    """Confirms quotations of a page together, and makes their deliveries together."""

    _name = "integration.delivery.launcher"
    _description = "Delivery Launcher"

    @api.model
    def _confirm(self, orders):
        """Confirm quotations in one batch, as `action_confirm` does, without their deliveries."""
        orders.with_context(skip_procurement=True).action_confirm()

    @api.model
    def _launch(self, orders):
        """Make the deliveries of confirmed orders in one batch; lines that have theirs are left alone."""
        # Odoo makes none for locked orders, and locks at confirmation where the company wants that.
        locked = orders.filtered("locked")
        locked.action_unlock()
        orders.order_line._action_launch_stock_rule()
        locked.action_lock()
