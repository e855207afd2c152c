import logging
from collections import defaultdict

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from .job_errors import is_lost_race
from .order_importer import QUIET

_logger = logging.getLogger(__name__)


class Unbookable(Exception):
    """A shipment can't be booked: (problem, what to do). What was done for it is taken back."""


class IntegrationShipmentBooker(models.AbstractModel):
    """Books what was sent outside of Odoo: validates the transfers of those goods, with tracking numbers and carrier.

    What Odoo has delivered already, and no other shipment stands for, is not delivered again: whoever sent an old order
    in Odoo or by the workflow, it counts once.
    """

    _name = "integration.shipment.booker"
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

    @api.model
    def _deliver(self, backend, quantities, lots):
        """Validate `quantities`, {move: quantity}, with the steps before and after them; return the deliveries.

        What is left of them goes to backorders, whatever the operation type says: nobody is there to answer.
        """
        moves = self.env["stock.move"].union(*quantities)
        self._check_picked(moves)
        if origins := self._origins(quantities):
            self._deliver(backend, origins, {})
        unreserved = moves.filtered(lambda move: move.state in ("waiting", "confirmed", "partially_available"))
        unreserved._action_assign()
        for move, quantity in quantities.items():
            of_line = lots.get(move.sale_line_id) if move.product_id == move.sale_line_id.product_id else None
            self._set_quantity(backend, move, quantity, of_line)
        # as in a workflow: no carrier makes a label, and who is mailed says the sales channel
        context = {"integration_in_workflow": True, "skip_sms": True, "cancel_backorder": False}
        moves.picking_id.with_context(**context)._action_done()
        deliveries = moves.filtered(lambda move: move.location_dest_id._is_outgoing()).picking_id
        if following := self._following({move: quantities[move] for move in moves - deliveries.move_ids}):
            deliveries |= self._deliver(backend, following, lots)
        return deliveries

    @api.model
    def _following(self, quantities):
        """Return {move: quantity} of the next steps of `quantities`, {done move: quantity}, to the customer."""
        following = {}
        for move, quantity in quantities.items():
            left = quantity
            for step in move.move_dest_ids.filtered(lambda item: item.state not in ("done", "cancel")):
                there = step.product_uom._compute_quantity(step.product_uom_qty, move.product_uom)
                taken = min(left, there)
                if step.location_final_id._is_outgoing() and move.product_uom.compare(taken, 0.0) > 0:
                    following[step] = following.get(step, 0.0) + move.product_uom._compute_quantity(
                        taken, step.product_uom
                    )
                    left -= taken
        return following

    @api.model
    def _check_picked(self, moves):
        begun = moves.picking_id.move_ids.filtered(lambda move: move.picked and move.state not in ("done", "cancel"))
        for move in begun:
            raise Unbookable(
                self.env._("Somebody has begun to pick %s.", move.picking_id.name),
                self.env._("Validate the transfer by hand, then mark the shipment as settled."),
            )

    @api.model
    def _origins(self, quantities):
        """Return {move: quantity} of the open moves that have to bring what is not there yet: picking, packing."""
        origins = {}
        for move, quantity in quantities.items():
            needed = quantity - move.quantity
            for origin in move.move_orig_ids.filtered(lambda item: item.state not in ("done", "cancel")):
                there = origin.product_uom._compute_quantity(origin.product_uom_qty, move.product_uom)
                taken = min(needed, there - origins.get(origin, 0.0))
                if move.product_uom.compare(taken, 0.0) > 0:
                    origins[origin] = origins.get(origin, 0.0) + move.product_uom._compute_quantity(
                        taken, origin.product_uom
                    )
                    needed -= taken
        return origins

    @api.model
    def _set_quantity(self, backend, move, quantity, lots):
        if lots:
            self._set_lots(move, lots)
        elif move.has_tracking != "none":
            self._check_lots(move, quantity)
        missing = quantity - move.quantity
        short = move.product_id.is_storable and move.product_uom.compare(missing, 0.0) > 0
        if short and backend.shipment_shortage == "hold":
            raise Unbookable(
                self.env._(
                    "%(product)s is not in stock for %(transfer)s, missing: %(missing)g.",
                    product=move.product_id.display_name,
                    transfer=move.picking_id.name,
                    missing=missing,
                ),
                self.env._(
                    "Receive it or correct the stock, then press Book Again on the shipment; or have the sales channel "
                    "deliver all the same (its page, tab Shipments)."
                ),
            )
        move.quantity = quantity
        move.picked = True

    @api.model
    def _set_lots(self, move, lots):
        """Take the lots the platform names from where they lie."""
        move.move_line_ids.unlink()
        values = []
        for name, quantity in lots.items():
            quants = self.env["stock.quant"]._gather(move.product_id, move.location_id)
            quant = quants.filtered(lambda item, name=name: item.lot_id.name == name and item.quantity > 0)[:1]
            if not quant:
                raise Unbookable(
                    self.env._(
                        "Lot or serial number %(lot)s of %(product)s is not in stock.",
                        lot=name,
                        product=move.product_id.display_name,
                    ),
                    self.env._("Correct the stock, then press Book Again on the shipment; or validate it by hand."),
                )
            values.append({**move._prepare_move_line_vals(reserved_quant=quant), "quantity": quantity})
        self.env["stock.move.line"].create(values)

    @api.model
    def _check_lots(self, move, quantity):
        """Refuse to guess: the lots are known when there is but one, or when all there are were sent."""
        quants = self.env["stock.quant"]._gather(move.product_id, move.location_id)
        present = quants.filtered(lambda quant: quant.lot_id and quant.quantity > 0)
        everything = move.product_id.uom_id._compute_quantity(sum(present.mapped("quantity")), move.product_uom)
        if len(present.lot_id) == 1 or (present and move.product_uom.compare(everything, quantity) == 0):
            return
        raise Unbookable(
            self.env._("The platform doesn't say which lots or serial numbers of %s were sent.", move.product_id.name),
            self.env._("Choose them on %s and validate it, then press Book Again.", move.picking_id.name),
        )

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
