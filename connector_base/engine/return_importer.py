from odoo import api, models


class IntegrationReturnImporter(models.AbstractModel):
    """Brings refunded goods back: what was not sent is taken off its delivery, what was sent gets a return."""

    _name = "integration.return.importer"
    _description = "Return Importer"

    @api.model
    def _return_goods(self, backend, refunds):
        """Deal with the goods of `refunds` that go back to stock, once; orders not confirmed yet are left for later."""
        due = refunds.filtered(lambda refund: not refund.goods_done and refund.order_id.state == "sale")
        self.env["integration.refund.importer"]._find_order_lines(due)
        for refund in due:
            delivered = {}
            for line in refund.line_ids.filtered(lambda line: line.restock and line.order_line_id):
                for move, quantity in self._take_back(line):
                    delivered[move] = delivered.get(move, 0.0) + quantity
            refund.picking_ids = self._create_returns(delivered, validate=backend.return_goods == "validate")
            refund.goods_done = True

    @api.model
    def _take_back(self, line):
        """Take what is not sent off the deliveries of refund line `line`; return [(done move, quantity to return)].

        What the platform had not sent is taken off open deliveries first, what it had sent comes from done ones first.
        """
        moves = line.order_line_id.move_ids
        done = moves.filtered(lambda move: move.state == "done" and move.location_dest_id._is_outgoing())
        pending = moves.filtered(self._is_pending)
        left = line.quantity
        returns = []
        for from_delivered in (not line.cancelled, line.cancelled):
            if from_delivered:
                for move in done:
                    taken = min(left, self._returnable(move))
                    if move.product_uom.compare(taken, 0.0) > 0:
                        returns.append((move, taken))
                        left -= taken
            else:
                for move in pending:
                    taken = min(left, move.product_uom_qty)
                    if move.product_uom.compare(taken, 0.0) > 0:
                        self._reduce(move, taken)
                        line.undelivered += taken
                        left -= taken
        return returns

    @api.model
    def _is_pending(self, move):
        """Whether `move` is on its way to the customer, as the last one there is: further steps may follow it."""
        return (
            move.state not in ("done", "cancel")
            and (move.location_final_id or move.location_dest_id)._is_outgoing()
            and not move.move_dest_ids.filtered(lambda item: item.state not in ("done", "cancel"))
        )

    @api.model
    def _returnable(self, move):
        """Return what of a done delivery has not been returned and is not about to be."""
        back = move.returned_move_ids.filtered(lambda item: item.state != "cancel")
        return move.quantity - sum(item.quantity if item.state == "done" else item.product_uom_qty for item in back)

    @api.model
    def _reduce(self, move, quantity):
        """Take `quantity` off an open move and off the open moves that bring it its goods."""
        origins = move.move_orig_ids.filtered(lambda item: item.state not in ("done", "cancel"))
        left = move.product_uom_qty - quantity
        if move.product_uom.compare(left, 0.0) > 0:
            reserved = bool(move.quantity)
            move.product_uom_qty = left
            if reserved:
                move._action_assign()
        else:
            move._action_cancel()
        for origin in origins:
            if origin.state != "cancel":
                self._reduce(origin, min(quantity, origin.product_uom_qty))

    @api.model
    def _create_returns(self, delivered, *, validate):
        """Create one return per delivery of what of `delivered` ({done move: quantity}) comes back; return them."""
        pickings = self.env["stock.picking"]
        by_picking = {}
        for move, quantity in delivered.items():
            by_picking.setdefault(move.picking_id, {})[move] = quantity
        for picking, quantities in by_picking.items():
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            for line in wizard.product_return_moves:
                line.quantity = quantities.get(line.move_id, 0.0)
            pickings += wizard._create_return()
        if validate:
            for move in pickings.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            pickings.with_context(integration_books_refunds=True)._action_done()
        return pickings
