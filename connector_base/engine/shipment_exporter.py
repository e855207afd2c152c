import re
from dataclasses import dataclass, field
from decimal import Decimal

import psycopg2

from odoo import api, models

from ..canonical import Shipment, ShipmentLine, ShipmentResult
from ..transport.errors import ConfigurationError, DataError, TransientError
from .clock import aware
from .job_errors import describe
from .result import BugError

ZERO = Decimal(0)
# Deliveries of several packages have their numbers in one field: Odoo itself separates them by commas
TRACKING_SEPARATORS = re.compile(r"[,;\n]+")


@dataclass(slots=True, eq=False)
class Parcel:
    """What one transfer sent of one order. `bindings` are the platform's shipments it was told as, if it was."""

    picking: object
    order: object
    shipment: Shipment
    bindings: object
    error: Exception | None = None
    external_ids: tuple | None = None  # None: nothing was told


@dataclass(slots=True)
class Pushed:
    """What became of the transfers of a page. `left` were not reached, because of `error`."""

    parcels: list = field(default_factory=list)
    left: object = None
    error: Exception | None = None


class IntegrationShipmentExporter(models.AbstractModel):
    """Tells platforms what Odoo has sent: the lines of each done transfer, its carrier and tracking numbers.

    A transfer is told once; later only its carrier and tracking numbers are. What a killed or failed push told already
    is found by the adapter (`_push_shipments`), so telling again is safe.
    """

    _name = "integration.shipment.exporter"
    _description = "Shipment Exporter"

    @api.model
    def _push(self, backend, pickings):
        """Tell the platform of `backend` about done transfers, note on them what it said; return a `Pushed`.

        Documents are dropped that the platform has. When it can't be talked to any more after some were told, these are
        kept and the others are `left`.

        :raise TransientError, ConfigurationError: nothing was told
        """
        backend = backend.sudo().with_company(backend.company_id)
        self = self.with_env(backend.env)  # noqa: PLW0642
        parcels = self._parcels(backend, pickings.with_env(backend.env))
        due = [parcel for parcel in parcels if self._is_new(parcel)]
        changed = [parcel for parcel in parcels if self._has_new_tracking(parcel)]
        outcome = Pushed(left=pickings.browse())
        adapter, reached = backend._adapter(), set()
        try:
            for parcel in self._tell(adapter, backend, due, changed):
                reached.add(parcel)
        except (TransientError, ConfigurationError) as error:
            if not reached:
                raise
            outcome.error = error
        outcome.parcels = [
            parcel for parcel in parcels if parcel in reached or (parcel not in due and parcel not in changed)
        ]
        outcome.left = pickings.browse({parcel.picking.id for parcel in parcels if parcel not in outcome.parcels})
        self._store(backend, outcome.parcels)
        settled = pickings - outcome.left
        self._note_states(settled, outcome.parcels)
        settled.move_ids.sale_line_id.order_id._integration_queue_shipments()
        return outcome

    @api.model
    def _is_new(self, parcel):
        return not parcel.bindings and bool(parcel.shipment.lines)

    @api.model
    def _has_new_tracking(self, parcel):
        told = parcel.bindings[:1]
        stated = (told.carrier or "", tuple(self._numbers(told.tracking)))
        return bool(told) and stated != (parcel.shipment.carrier, parcel.shipment.tracking)

    # === DOCUMENTS === #

    @api.model
    def _parcels(self, backend, pickings):
        """Return a `Parcel` for each order of `backend` in each of `pickings`, the first sent first."""
        moves = pickings._integration_told_moves().filtered(
            lambda move: move.sale_line_id.order_id.integration_backend_id == backend
        )
        orders = moves.sale_line_id.order_id
        # one that isn't booked may be what a killed push told, come back before it was noted: the adapter finds it
        bindings = self.env["integration.binding.shipment"].search(
            [
                ("backend_id", "=", backend.id),
                ("order_id", "in", orders.ids),
                ("remote_status", "=", "done"),
                ("state", "=", "done"),
            ]
        )
        carriers = self.env["integration.carrier"]._names(backend)
        places = self._places(backend)
        told = {order: of_order._quantities() for order, of_order in bindings.grouped("order_id").items()}
        parcels = []
        grouped = moves.grouped(lambda move: (move.picking_id, move.sale_line_id.order_id))
        for picking, order in sorted(grouped, key=lambda pair: (pair[0].date_done, pair[0].id)):
            of_order = grouped[picking, order]
            mine = bindings.filtered(
                lambda binding, picking=picking, order=order: (
                    binding.odoo_id == picking and binding.order_id == order and binding.direction == "out"
                )
            )
            before = told.setdefault(order, {})
            lines = self._lines_of(mine) if mine else self._lines(of_order, before)
            if not mine:
                for line in lines:
                    before[line.line_external_id] = before.get(line.line_external_id, ZERO) + line.quantity
            carrier = picking.carrier_id
            shipment = Shipment(
                order_external_id=order.integration_external_id,
                key=self._key(picking, order),
                lines=lines,
                carrier=carriers.get(carrier, carrier.name) or "",
                tracking=tuple(self._numbers(picking.carrier_tracking_ref)),
                tracking_url=self._tracking_url(picking),
                location_external_id=places.get(picking.picking_type_id.warehouse_id, ""),
                shipped_at=aware(picking.date_done),
                notify=backend.notify_shipments,
                others=tuple(
                    (bindings - picking.integration_shipment_ids)
                    .filtered(lambda binding, order=order: binding.order_id == order)
                    .mapped("external_id")
                ),
            )
            parcels.append(Parcel(picking, order, shipment, mine))
        return parcels

    @api.model
    def _key(self, picking, order):
        """Return what names the shipment for good; told again after the platform cancelled it, it is another one."""
        cancelled = picking.integration_shipment_ids.filtered(lambda binding: binding.remote_status == "cancelled")
        return "-".join(
            filter(None, [str(picking.id), order.integration_external_id, str(len(cancelled)) if cancelled else ""])
        )

    @api.model
    def _places(self, backend):
        """Return {warehouse: external id of the platform's place it stands for}, one query."""
        places = self.env["integration.location"].search(
            [("backend_id", "=", backend.id), ("warehouse_id", "!=", False)], order="id desc"
        )
        return {place.warehouse_id: place.external_id for place in places}

    @api.model
    def _lines(self, moves, told):
        """Return the `ShipmentLine`s of what `moves` sent; `told` has what was told of the order, {line id: quantity}.

        Of a kit whole ones are told: what Odoo has as delivered of it by now, less what was told before.
        """
        found = []
        for line, of_line in moves.grouped("sale_line_id").items():
            if any(move.product_id != line.product_id for move in of_line):
                before = told.get(line.integration_external_id, ZERO)
                quantity = max(ZERO, self._decimal(line.product_uom_id, line.qty_delivered) - before)
            else:
                sent = sum(move.product_uom._compute_quantity(move.quantity, line.product_uom_id) for move in of_line)
                quantity = self._decimal(line.product_uom_id, sent)
            if quantity > 0:
                lots = of_line.move_line_ids.lot_id
                lot = lots.name if len(lots) == 1 else ""
                found.append(ShipmentLine(line_external_id=line.integration_external_id, quantity=quantity, lot=lot))
        return tuple(found)

    @api.model
    def _decimal(self, uom, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return Decimal(str(uom.round(quantity))).quantize(Decimal(1).scaleb(-digits)).normalize() + ZERO

    @api.model
    def _lines_of(self, bindings):
        return tuple(
            ShipmentLine(line_external_id=line, quantity=quantity) for line, quantity in bindings._quantities().items()
        )

    @api.model
    def _numbers(self, text):
        numbers = (number.strip() for number in TRACKING_SEPARATORS.split(text or ""))
        return list(filter(None, dict.fromkeys(numbers)))

    @api.model
    def _tracking_url(self, picking):
        """Return the address of the parcel's page; "" where Odoo has several or none."""
        url = picking.carrier_tracking_url or ""
        return url if url.startswith(("https://", "http://")) else ""

    # === TELL === #

    @api.model
    def _tell(self, adapter, backend, due, changed):
        """Tell the platform of new shipments and tracking numbers; yield each `Parcel` when its outcome is known."""
        yield from self._tell_shipments(adapter, backend, due)
        for parcel in changed:
            external_ids = parcel.bindings.mapped("external_id")
            try:
                adapter._push_tracking(backend, external_ids, parcel.shipment)
                parcel.external_ids = tuple(external_ids)
            except Exception as error:
                parcel.error = self._of_document(error)
            yield parcel

    @api.model
    def _tell_shipments(self, adapter, backend, parcels):
        """Tell them together; when the adapter stumbles over one, the others each alone."""
        if not parcels:
            return
        waiting = {parcel.shipment.key: parcel for parcel in parcels}
        try:
            for result in adapter._push_shipments(backend, [parcel.shipment for parcel in parcels]):
                parcel = waiting.pop(result.key)
                self._take(parcel, result)
                yield parcel
        except Exception as error:
            failure = self._of_document(error)
            if len(waiting) > 1:
                for parcel in waiting.values():
                    yield from self._tell_shipments(adapter, backend, [parcel])
                return
            result = ShipmentResult(key="", error=failure)
        else:
            silence = DataError(
                self.env._("The platform didn't say what became of the shipment."),
                remedy=self.env._("Look at the order on the platform, then press Send Again."),
            )
            result = ShipmentResult(key="", error=silence)
        for parcel in waiting.values():
            self._take(parcel, result)
            yield parcel

    @api.model
    def _take(self, parcel, result):
        parcel.error = result.error
        parcel.external_ids = None if result.error else tuple(result.external_ids)

    @api.model
    def _of_document(self, error):
        """Return `error` as that of one document; raise it again when it is about the platform or the transaction.

        The one place where an adapter's programming errors are caught: one shipment must not block the others.
        """
        if isinstance(error, (TransientError, ConfigurationError, psycopg2.Error)):
            raise error
        return error if isinstance(error, DataError) else BugError(error)

    # === WHAT IS KEPT === #

    @api.model
    def _store(self, backend, parcels):
        """Bind what was told; what came back with the order before it was noted here is ours, not sent outside."""
        told = [parcel for parcel in parcels if parcel.external_ids]
        Binding = self.env["integration.binding.shipment"]
        known = Binding.search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [external_id for parcel in told for external_id in parcel.external_ids]),
            ]
        )
        by_id = {binding.external_id: binding for binding in known}
        new = []
        for parcel in told:
            shipment = parcel.shipment
            values = {"tracking": ", ".join(shipment.tracking) or False, "carrier": shipment.carrier or False}
            ours = {"odoo_id": parcel.picking.id, "order_id": parcel.order.id, "direction": "out"}
            # what falls to which of several shipments, only the platform knows: the first one has it all
            lines = [[line.line_external_id, str(line.quantity), line.lot] for line in shipment.lines]
            for external_id in parcel.external_ids:
                binding = by_id.get(external_id)
                if not binding:
                    new.append(
                        {
                            **values,
                            **ours,
                            "backend_id": backend.id,
                            "external_id": external_id,
                            "order_external_id": shipment.order_external_id,
                            "lines": lines,
                            "shipped_at": parcel.picking.date_done,
                            "location_external_id": shipment.location_external_id or False,
                        }
                    )
                elif binding.state == "done":
                    binding.write(values)
                else:
                    binding._forget_problem()
                    binding.write({**values, **ours})
                lines = []
        Binding.create(new)
        if told and backend.location_ids.filtered("holds_orders"):
            # what was sent to it meanwhile still held these goods, or again
            goods = told[0].picking.union(*(parcel.picking for parcel in told)).move_ids.product_id
            goods._integration_stock_touched()

    @api.model
    def _note_states(self, pickings, parcels):
        """Say on the transfers whether their platforms know of them."""
        by_picking = {}
        for parcel in parcels:
            by_picking.setdefault(parcel.picking.id, []).append(parcel)
        groups = {}
        for picking in pickings:
            of_picking = by_picking.get(picking.id, [])
            error = next((parcel.error for parcel in of_picking if parcel.error), None)
            if error:
                failure = describe(error)
                picking._integration_shipment_failed(failure.message, failure.remedy)
                continue
            told = any(parcel.external_ids or parcel.bindings for parcel in of_picking)
            nothing = all(parcel.external_ids is None for parcel in of_picking)
            state = "sent" if told else False if nothing else "known"
            groups.setdefault(state, []).append(picking.id)
        for state, ids in groups.items():
            pickings.browse(ids).write(
                {
                    "integration_shipment_state": state,
                    "integration_shipment_error": False,
                    "integration_shipment_remedy": False,
                }
            )
