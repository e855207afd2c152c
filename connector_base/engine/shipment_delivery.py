from odoo import api, models


class Unbookable(Exception):
    """A shipment can't be booked: (problem, what to do). What was done for it is taken back."""


class IntegrationShipmentDelivery(models.AbstractModel):
    """Validates quantities of open moves, on their whole way to the customer; refuses to guess."""

    _name = "integration.shipment.delivery"
    _description = "Delivery of Shipments Sent Elsewhere"

    @api.model
    def _deliver(self, backend, quantities, lots):
        """Validate `quantities`, {move: quantity}, with the steps before and after them; return the deliveries."""
        moves = self._validate(backend, quantities, lots)
        deliveries = moves.filtered(lambda move: move.location_dest_id._is_outgoing()).picking_id
        if following := self._following({move: quantities[move] for move in moves - deliveries.move_ids}):
            deliveries |= self._deliver(backend, following, lots)
        return deliveries

    @api.model
    def _validate(self, backend, quantities, lots):
        """Validate `quantities`, {move: quantity}, what brings the goods there first; return the moves.

        What is left of them goes to backorders, whatever the operation type says: nobody is there to answer.
        """
        moves = self.env["stock.move"].union(*quantities)
        self._check_picked(moves)
        if origins := self._origins(quantities):
            self._validate(backend, origins, lots)
        unreserved = moves.filtered(lambda move: move.state in ("waiting", "confirmed", "partially_available"))
        unreserved._action_assign()
        left = {line: dict(of_line) for line, of_line in lots.items()}
        for move, quantity in quantities.items():
            line = move.sale_line_id
            self._set_quantity(backend, move, quantity, left.get(line) if move.product_id == line.product_id else None)
        # as in a workflow: no carrier makes a label, and who is mailed says the sales channel
        context = {"integration_in_workflow": True, "skip_sms": True, "cancel_backorder": False}
        moves.picking_id.with_context(**context)._action_done()
        return moves

    @api.model
    def _following(self, quantities):
        """Return {move: quantity} of the next steps of `quantities`, {done move: quantity}, to the customer."""
        following = {}
        for move, quantity in quantities.items():
            left = quantity
            for step in move.move_dest_ids.filtered(lambda item: item.state not in ("done", "cancel")):
                there = step.product_uom._compute_quantity(step.product_uom_qty, move.product_uom)
                taken = min(left, there)
                final = step.location_final_id or step.location_dest_id
                if final._is_outgoing() and move.product_uom.compare(taken, 0.0) > 0:
                    following[step] = following.get(step, 0.0) + move.product_uom._compute_quantity(
                        taken, step.product_uom
                    )
                    left -= taken
        return following

    @api.model
    def _check_picked(self, moves):
        begun = moves.picking_id.move_ids.filtered(lambda move: move.picked and move.state not in ("done", "cancel"))
        if begun:
            raise Unbookable(
                self.env._("Somebody has begun to pick %s.", begun.picking_id[0].name),
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
            self._set_lots(move, quantity, lots)
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
    def _set_lots(self, move, quantity, lots):
        """Take the lots the platform names from where they lie, as far as the move goes; `lots` keeps the others."""
        move.move_line_ids.unlink()
        quants = self.env["stock.quant"]._gather(move.product_id, move.location_id)
        values = []
        for name in list(lots):
            taken = min(lots[name], quantity)
            if move.product_uom.compare(taken, 0.0) <= 0:
                continue
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
            values.append({**move._prepare_move_line_vals(reserved_quant=quant), "quantity": taken})
            lots[name] -= taken
            quantity -= taken
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
