from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..notification import notification

TOLD_FIELDS = {"carrier_id", "carrier_tracking_ref"}


class StockPicking(models.Model):
    """What a platform knows of a transfer of one of its orders."""

    _inherit = "stock.picking"

    integration_backend_id = fields.Many2one(
        related="sale_id.integration_backend_id", string="Sales Channel", related_sudo=True
    )
    integration_shipment_state = fields.Selection(
        [
            ("waiting", "To Be Told"),
            ("failed", "Not Told"),
            ("sent", "Told"),
            ("known", "Known There"),
            ("outside", "Sent Outside of Odoo"),
        ],
        string="On the Sales Channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whether the platform of the order knows that this left.",
    )
    integration_shipment_error = fields.Text("Not Told Because", readonly=True, copy=False)
    integration_shipment_remedy = fields.Text("What To Do", readonly=True, copy=False)
    integration_shipment_ids = fields.One2many(
        "integration.binding.shipment", "odoo_id", string="Shipments on Sales Channels", readonly=True
    )
    integration_shipment_count = fields.Integer(compute="_compute_integration_shipment_count")
    integration_push_job_count = fields.Integer(compute="_compute_integration_push_job_count")
    integration_can_tell = fields.Boolean(compute="_compute_integration_can_tell")

    # === COMPUTE METHODS === #

    @api.depends("integration_shipment_ids")
    def _compute_integration_shipment_count(self):
        for picking in self:
            picking.integration_shipment_count = len(picking.sudo().integration_shipment_ids)

    def _integration_jobs_domain(self):
        return [("res_model", "=", "stock.picking"), ("record_id", "in", self.ids)]

    def _compute_integration_push_job_count(self):
        counts = dict(
            self.env["sync.job"].sudo()._read_group(self._integration_jobs_domain(), ["record_id"], ["__count"])
        )
        for picking in self:
            picking.integration_push_job_count = counts.get(picking.id, 0)

    @api.depends("state", "integration_shipment_state", "sale_id")
    def _compute_integration_can_tell(self):
        for picking in self:
            untold = picking.integration_shipment_state not in ("waiting", "sent", "outside")
            picking.integration_can_tell = (
                picking.state == "done"
                and (untold or picking._integration_is_cancelled_there())
                and bool(picking.sudo()._integration_told_orders())
            )

    def _integration_is_cancelled_there(self):
        shipments = self.sudo().integration_shipment_ids
        return bool(shipments) and set(shipments.mapped("remote_status")) == {"cancelled"}

    # === WHAT HAPPENS TO A TRANSFER === #

    def _action_done(self):
        """Have the platforms of these transfers' orders told; say what came back that they don't know of."""
        result = super()._action_done()
        pickings = self.sudo()
        pickings._integration_note_shipped()
        pickings._integration_note_returned()
        return result

    def write(self, vals):
        """Have the platform told of another carrier or tracking number."""
        result = super().write(vals)
        if TOLD_FIELDS & vals.keys():
            self.sudo().filtered(
                lambda picking: picking.integration_shipment_state in ("sent", "failed")
            )._integration_note_shipped()
        return result

    def _integration_told_moves(self):
        """Return the moves of these transfers that took goods of platform orders to their customers.

        What was returned and goes out again is left out: to the platform, these goods are sent already.
        """
        return self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and not move.origin_returned_move_id
                and move.sale_line_id.integration_external_id
                and move.location_dest_id._is_outgoing()
            )
        )

    def _integration_told_orders(self):
        """Return the orders of these transfers whose platforms are told of shipments."""
        orders = self.sale_id | self.move_ids.sale_line_id.order_id
        backends = orders.integration_backend_id.filtered("export_shipments")
        told = backends.filtered(lambda backend: backend._syncs("shipments_out"))
        return orders.filtered(lambda order: order.integration_backend_id in told)

    def _integration_note_shipped(self):
        """Mark the transfers whose platforms have to be told; one statement, nothing where none has.

        A platform that calls the whole order fulfilled already knows, and so does one that the news came from.
        """
        orders = self._integration_told_orders()
        if not orders:
            return
        source = self.env.context.get("integration_from_backend")
        known, rows = self.browse(), set()
        for move in self._integration_told_moves():
            order, picking = move.sale_line_id.order_id, move.picking_id
            if order not in orders or order.integration_backend_id.id == source:
                continue
            if order.integration_fulfillment_status == "fulfilled" and not picking.integration_shipment_state:
                known |= picking
            else:
                rows.add((order.integration_backend_id.id, picking.id))
        if known:
            known.integration_shipment_state = "known"
        if rows:
            self._integration_mark_shipped(rows)

    def _integration_mark_shipped(self, rows):
        """Mark `rows`, (backend id, transfer id), to be told."""
        backend_ids, picking_ids = zip(*sorted(rows), strict=True)
        self.browse(set(picking_ids)).write(
            {
                "integration_shipment_state": "waiting",
                "integration_shipment_error": False,
                "integration_shipment_remedy": False,
            }
        )
        self.env["integration.change"]._note(
            "shipment", SQL("SELECT * FROM unnest(%s::int[], %s::int[])", list(backend_ids), list(picking_ids))
        )

    def _integration_shipment_failed(self, message, remedy):
        """Say why the platform could not be told."""
        self.write(
            {
                "integration_shipment_state": "failed",
                "integration_shipment_error": message,
                "integration_shipment_remedy": remedy,
            }
        )

    def _integration_note_returned(self):
        """Ask for what has to be done on the platform about goods that it was told were sent and that came back.

        What comes back because the platform refunded it is known there.
        """
        if self.env.context.get("integration_books_refunds"):
            return
        returns = self.filtered(
            lambda picking: any(
                move.state == "done" and move.origin_returned_move_id.picking_id.integration_shipment_state == "sent"
                for move in picking.move_ids
            )
        )
        if not returns:
            return
        refunds = self.env["integration.refund"].search([("picking_ids", "in", returns.ids)])
        for picking in returns - refunds.picking_ids:
            sent = picking.move_ids.origin_returned_move_id.picking_id
            for order in sent.sale_id:
                order._integration_tell_about_shipment(
                    self.env._(
                        "%(returned)s brought back goods of %(sent)s, which the platform has as sent.",
                        returned=picking.name,
                        sent=", ".join(sent.mapped("name")),
                    ),
                    self.env._("Refund them on the platform, or cancel the shipment there if it never arrived."),
                )

    # === ACTION METHODS === #

    def action_integration_send_shipment(self):
        """Tell the platforms of these transfers (again)."""
        self.check_access("write")
        pickings = self.sudo().filtered(lambda picking: picking.state == "done")
        orders = pickings._integration_told_orders()
        rows = {
            (move.sale_line_id.order_id.integration_backend_id.id, move.picking_id.id)
            for move in pickings._integration_told_moves()
            if move.sale_line_id.order_id in orders
        }
        if not rows:
            raise UserError(
                self.env._(
                    "There is nothing to tell: only done deliveries of orders of a sales channel that is told of "
                    "shipments (its page, tab Shipments) can be sent to it."
                )
            )
        pickings._integration_mark_shipped(rows)
        return notification(self.env._("The sales channel is being told. Reload the page in a few seconds."))

    def action_integration_jobs(self):
        """Show the sync jobs of this transfer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync Jobs"),
            "res_model": "sync.job",
            "view_mode": "list,form",
            "domain": self._integration_jobs_domain(),
        }

    def action_integration_shipments(self):
        """Show what the platform has of this transfer."""
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.integration_binding_shipment_action")
        return {**action, "domain": [("odoo_id", "in", self.ids)], "context": {}}
