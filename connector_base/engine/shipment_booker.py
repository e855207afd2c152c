import logging
from collections import defaultdict

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from .job_errors import is_lost_race
from .order_importer import QUIET
from .shipment_delivery import Unbookable

_logger = logging.getLogger(__name__)


class IntegrationShipmentBooker(models.AbstractModel):
    """Books what was sent outside of Odoo: validates the transfers of those goods, with tracking numbers and carrier.

    What Odoo has delivered already, and no other shipment stands for, is not delivered again: whoever sent an old order
    in Odoo or by the workflow, it counts once.
    """

    _name = "integration.shipment.booker"
    _inherit = "integration.shipment.delivery"
    _description = "Shipment Booker"

    @api.model
    def _book(self, backend, orders):
        """Book the shipments of `orders` that wait for it, each alone; call again at will.

        Quotations wait for their confirmation, and orders for what Odoo is about to tell: it may be the same shipment.

        :return: {order: why a shipment of it is not booked}
        """
        backend = backend.sudo().with_company(backend.company_id)
        context = {**QUIET, "integration_from_backend": backend.id}
        self = self.with_env(backend.env).with_context(**context)  # noqa: PLW0642
        due = self.env["integration.binding.shipment"].search(
            [
                ("backend_id", "=", backend.id),
                ("order_id", "in", orders.ids),
                ("order_id.state", "=", "sale"),
                ("state", "!=", "done"),
                ("remote_status", "=", "done"),
            ],
            order="shipped_at, id",
        )
        reasons = {}
        for order, of_order in due.try_lock_for_update().grouped("order_id").items():
            if backend.export_shipments and "waiting" in order.picking_ids.mapped("integration_shipment_state"):
                reasons[order] = self.env._("What Odoo has sent is told first.")
                continue
            for binding in of_order:
                if problem := self._attempt(backend, binding):
                    reasons[order] = problem
        waiting = due.order_id.filtered(lambda order: order.integration_workflow_state == "waiting")
        waiting._integration_queue_workflow()
        return reasons

    @api.model
    def _attempt(self, backend, binding):
        """Book one shipment or nothing of it; return what keeps it from being booked, "" if nothing does."""
        try:
            with self.env.cr.savepoint():
                self._book_shipment(backend, binding)
            return ""
        except Unbookable as error:
            problem, remedy = error.args
        except UserError as error:
            problem = str(error.args[0])
            remedy = self.env._("Correct what Odoo objects to, then press Book Again on the shipment.")
        except Exception as error:
            # A programming error is caught too: a shipment must not keep the others of its page from being booked.
            if is_lost_race(error) or isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)):
                raise
            _logger.exception("booking shipment %s failed", binding.external_id)
            problem = f"{type(error).__name__}: {error}"
            remedy = self.env._("Report it with the server's log. Deliver by hand, then mark the shipment as settled.")
        binding._set_problem(problem, remedy)
        return problem

    @api.model
    def _book_shipment(self, backend, binding):
        order = binding.order_id
        wanted, lots = self._wanted(binding)
        delivered = self._delivered(order, wanted)
        rest = {line: quantity - delivered.get(line, 0.0) for line, quantity in wanted.items()}
        rest = {line: quantity for line, quantity in rest.items() if line.product_uom_id.compare(quantity, 0.0) > 0}
        pickings = self._delivered_by(order, delivered)
        if rest:
            moves = self._open_moves(backend, binding, rest)
            pickings |= self._deliver(backend, moves, lots)
        self._note(backend, binding, pickings)

    # === WHAT WAS SENT === #

    @api.model
    def _wanted(self, binding):
        """Return ({order line: quantity sent}, {order line: {lot name: quantity}}): goods only."""
        if not binding.lines:
            raise Unbookable(
                self.env._("The platform doesn't say what was sent."),
                self.env._("Validate what left by hand, then mark the shipment as settled."),
            )
        by_id = {line.integration_external_id: line for line in binding.order_id.order_line}
        wanted, lots = defaultdict(float), defaultdict(dict)
        for external_id, quantity, lot in binding.lines:
            line = by_id.get(external_id)
            if not line:
                raise Unbookable(
                    self.env._("Odoo doesn't have line %s of the shipment on the order.", external_id),
                    self.env._("Validate what left by hand, then mark the shipment as settled."),
                )
            if line.product_id.type == "consu":
                wanted[line] += float(quantity)
                if lot:
                    lots[line][lot] = lots[line].get(lot, 0.0) + float(quantity)
        return dict(wanted), dict(lots)

    @api.model
    def _delivered(self, order, wanted):
        """Return {order line: what of `wanted` Odoo has delivered and no shipment stands for}."""
        told = order.integration_shipment_ids.filtered(
            lambda binding: binding.state == "done" and binding.remote_status == "done" and binding.odoo_id
        )._quantities()
        result = {}
        for line, quantity in wanted.items():
            free = self._delivered_quantity(line) - float(told.get(line.integration_external_id, 0))
            taken = min(quantity, free)
            if line.product_uom_id.compare(taken, 0.0) > 0:
                result[line] = taken
        return result

    @api.model
    def _is_kit(self, line):
        return any(move.product_id != line.product_id for move in line.move_ids)

    @api.model
    def _delivered_quantity(self, line):
        if self._is_kit(line):
            return line.qty_delivered
        return sum(
            move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in self._sent_moves(line)
        )

    @api.model
    def _sent_moves(self, lines):
        return lines.move_ids.picking_id._integration_told_moves() & lines.move_ids

    @api.model
    def _delivered_by(self, order, delivered):
        """Return the done transfers that sent `delivered`: those that no shipment stands for, else the last one."""
        lines = self.env["sale.order.line"].union(*delivered)
        pickings = self._sent_moves(lines).picking_id.sorted("date_done")
        return pickings.filtered(lambda picking: not picking.integration_shipment_ids) or pickings[-1:]

    # === WHAT IS STILL OPEN === #

    @api.model
    def _open_moves(self, backend, binding, rest):
        """Return {open delivery move: quantity} that makes up `rest`, {order line: quantity}."""
        place = self.env["integration.location"].search(
            [("backend_id", "=", backend.id), ("external_id", "=", binding.location_external_id or "")], limit=1
        )
        is_pending, found = self.env["integration.return.importer"]._is_pending, {}
        for line, quantity in rest.items():
            moves = line.move_ids.filtered(is_pending).sorted(
                lambda move: (move.location_id.warehouse_id != place.warehouse_id, move.date, move.id)
            )
            if self._is_kit(line):
                left = line.product_uom_qty - line.qty_delivered
                share = quantity / left if line.product_uom_id.compare(quantity, left) < 0 else 1.0
                found.update({move: move.product_uom.round(move.product_uom_qty * share) for move in moves})
                missing = quantity - left
            else:
                missing = self._share(line, quantity, moves, found)
            if line.product_uom_id.compare(missing, 0.0) > 0 or not moves:
                raise Unbookable(
                    self.env._(
                        "The platform sent %(sent)g of %(product)s more than Odoo has to deliver.",
                        sent=min(missing, quantity) if moves else quantity,
                        product=line.product_id.display_name,
                    ),
                    self.env._(
                        "Compare the order with the platform. Deliver what is missing by hand, then mark the shipment "
                        "as settled."
                    ),
                )
        return found

    @api.model
    def _share(self, line, quantity, moves, found):
        """Put `quantity` of `line` on `moves` in their order; return what is left."""
        for move in moves:
            open_quantity = move.product_uom._compute_quantity(move.product_uom_qty, line.product_uom_id)
            taken = min(quantity, open_quantity)
            if line.product_uom_id.compare(taken, 0.0) > 0:
                found[move] = line.product_uom_id._compute_quantity(taken, move.product_uom)
                quantity -= taken
        return quantity

    # === WHAT IS KEPT === #

    @api.model
    def _note(self, backend, binding, pickings):
        """Say on the shipment and its transfers that they are the same."""
        method = self.env["integration.carrier"]._methods(backend).get((binding.carrier or "").strip().lower())
        for picking in pickings:
            shipments, values = picking.integration_shipment_ids | binding, {}
            if self._is_known(picking, shipments):
                values = {
                    "integration_shipment_state": "outside",
                    "integration_shipment_error": False,
                    "integration_shipment_remedy": False,
                }
            if not picking.carrier_tracking_ref or picking.integration_shipment_ids:
                values["carrier_tracking_ref"] = shipments._tracking_numbers() or picking.carrier_tracking_ref
            if method and not picking.integration_shipment_ids:
                values["carrier_id"] = method.id
            picking.write(values)
        binding.write({"odoo_id": pickings[:1].id, "direction": "in"})
        binding._forget_problem()

    @api.model
    def _is_known(self, picking, shipments):
        """Whether nothing has to be told of a transfer any more: of one that could not be told, all must be known."""
        if picking.integration_shipment_state != "failed":
            return picking.integration_shipment_state != "sent"
        known = shipments._quantities()
        sent = self.env["integration.shipment.exporter"]._lines(picking._integration_told_moves(), {})
        return all(line.quantity <= known.get(line.line_external_id, 0) for line in sent)
