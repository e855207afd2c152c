import logging

from odoo import api, models
from odoo.tools import str2bool

from .launch_page import LaunchPage
from .page_importer import QUIET

_logger = logging.getLogger(__name__)

FAST_PARAMETER = "connector_base.fast_deliveries"
SAMPLE = 50  # one order in so many is launched by Odoo's own way as well, and compared

# Whose ways of finding and making transfers the launch knows. Where any other module has a say, Odoo does it.
TRUSTED_MODULES = {"stock", "sale_stock", "stock_delivery", "stock_account", "stock_sms", "connector_base"}
LAUNCH_METHODS = {
    "stock.move": (
        "_action_confirm",
        "_assign_picking",
        "_key_assign_picking",
        "_search_picking_for_assignation",
        "_search_picking_for_assignation_domain",
        "_trigger_scheduler",
    ),
    "stock.picking": ("action_confirm",),
    "sale.order.line": ("_action_launch_stock_rule",),
}
# What a sample must agree in. Names and ids are given anew.
PICKING_FIELDS = (
    *("state", "origin", "partner_id", "picking_type_id", "location_id", "location_dest_id", "scheduled_date"),
    *("date_deadline", "sale_id", "company_id", "user_id", "move_type", "priority", "carrier_id"),
)
MOVE_FIELDS = (
    *("state", "product_id", "product_uom", "product_uom_qty", "quantity", "location_id", "location_dest_id"),
    *("location_final_id", "date", "date_deadline", "reservation_date", "partner_id", "origin", "procure_method"),
    *("rule_id", "warehouse_id", "picking_type_id", "sale_line_id", "company_id", "description_picking", "sequence"),
)


class SampleDiffers(Exception):
    """Odoo's own launch of a page's first order has another result."""


class IntegrationDeliveryLauncher(models.AbstractModel):
    """Confirms orders and launches their deliveries, page-wise, with the result Odoo's `action_confirm` has.

    What Odoo does order by order - making a transfer, searching one to join, noting where it came from, looking for
    reordering rules - is done once for the page (models/stock_launch.py). A sample is launched by Odoo as well, in a
    savepoint, and compared. Where another addon has a say, or the sample differs, or the system parameter
    `connector_base.fast_deliveries` is False, Odoo does it all.
    """

    _name = "integration.delivery.launcher"
    _description = "Delivery Launcher"

    @api.model
    def _confirm(self, orders):
        """Confirm quotations as `action_confirm` does, all in one batch; their deliveries are launched by `_launch`.

        :raise UserError: an order can't be confirmed; nothing was
        """
        orders.with_context(**QUIET, skip_procurement=True).action_confirm()

    @api.model
    def _launch(self, orders):
        """Launch the deliveries of confirmed orders in one batch; lines that have theirs are left alone.

        Goods are reserved as the operation type says. A line whose transfers were all cancelled has had its delivery.

        :raise UserError: a product can't be delivered (no rule); nothing was launched
        """
        orders = orders.with_context(**QUIET)
        lines = orders.filtered(lambda order: order.state == "sale").order_line.filtered(self._is_due)
        if not lines:
            return
        # locking an order is no reason not to deliver it, but Odoo launches before it locks
        locked = lines.order_id.filtered("locked")
        locked.locked = False
        if not self._is_fast() or not self._launch_checked(lines):
            lines._action_launch_stock_rule()
        locked.locked = True

    @api.model
    def _launch_checked(self, lines):
        """Launch the fast way; if the page's sample differs from Odoo's way, undo it, switch it off, return False."""
        order = lines[:1].order_id
        sampled = any(order_id % SAMPLE == 0 for order_id in lines.order_id.ids)
        expected = self._odoo_deliveries(lines.filtered(lambda line: line.order_id == order)) if sampled else None
        try:
            with self.env.cr.savepoint():
                self._launch_fast(lines)
                if sampled and self._deliveries(order) != expected:
                    raise SampleDiffers
        except SampleDiffers:
            _logger.warning(
                "Odoo launches the delivery of %s in another way than the import: fast deliveries are switched off "
                "(system parameter %s)",
                order.name,
                FAST_PARAMETER,
            )
            self.env["ir.config_parameter"].sudo().set_param(FAST_PARAMETER, "False")
            return False
        return True

    @api.model
    def _is_due(self, line):
        if line.product_id.type != "consu":
            return False
        moves = line.move_ids
        return not moves or any(move.state != "cancel" for move in moves)

    @api.model
    def _launch_fast(self, lines):
        page = LaunchPage()
        first = {}
        for line in lines:
            if line.product_uom_qty and not line.order_id.stock_reference_ids:
                first.setdefault(line.order_id, line)
        self.env["stock.reference"].create([line._prepare_reference_vals() for line in first.values()])
        lines.with_context(integration_launch=page)._action_launch_stock_rule()
        self._confirm_pickings(self.env["stock.picking"].browse(page.picking_ids).with_env(lines.env))

    @api.model
    def _confirm_pickings(self, pickings):
        """Do for all transfers together what Odoo does order by order after the launch."""
        products = pickings.move_ids.product_id
        rules = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .search_fetch([("trigger", "=", "auto"), ("product_id", "in", products.ids)], ["product_id"])
        )
        replenished = pickings.filtered(lambda picking: picking.move_ids.product_id & rules.product_id)
        for of_order in replenished.grouped("sale_id").values():
            of_order.action_confirm()
        (pickings - replenished).with_context(integration_no_reordering=True).action_confirm()

    # === WHETHER FAST IS WHAT ODOO DOES === #

    @api.model
    def _is_fast(self):
        parameter = self.env["ir.config_parameter"].sudo().get_param(FAST_PARAMETER, "True")
        return str2bool(parameter, False) and all(
            {cls._module for cls in type(self.env[model]).mro() if method in vars(cls)} <= TRUSTED_MODULES
            for model, methods in LAUNCH_METHODS.items()
            for method in methods
        )

    @api.model
    def _odoo_deliveries(self, lines):
        """Return the deliveries of one order that Odoo makes by itself, and undo them."""
        savepoint = self.env.cr.savepoint()
        try:
            lines._action_launch_stock_rule()
            return self._deliveries(lines.order_id)
        finally:
            savepoint.close(rollback=True)

    @api.model
    def _deliveries(self, orders):
        """Return the transfers, moves and reservations of orders, without ids and names."""
        pickings = orders.stock_reference_ids.move_ids.picking_id.sorted("id")
        found = []
        for picking in pickings:
            moves = picking.move_ids.sorted("id")
            found.append(
                (
                    picking.read(PICKING_FIELDS, load=False)[0] | {"id": 0},
                    [values | {"id": 0} for values in moves.read(MOVE_FIELDS, load=False)],
                    sorted(
                        (line.product_id.id, line.location_id.id, line.lot_id.id, line.quantity)
                        for line in moves.move_line_ids
                    ),
                )
            )
        return found
