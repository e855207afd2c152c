import math
from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


def offered(quantity, *, percent=100, buffer=0, minimum=0):
    """Return how many whole units a platform may sell of `quantity`: a share of it, less a buffer.

    Rounded down, never negative; nothing at all when less than `minimum` is left.
    """
    # Six digits: what sums of floats are off by makes no unit more or less.
    left = math.floor(round(quantity * percent / 100.0, 6)) - buffer
    return left if left >= max(minimum, 1) else 0


class IntegrationStockQuantities(models.AbstractModel):
    """How much of which article can be sold from which place: a few queries, however many there are of both."""

    _name = "integration.stock.quantities"
    _description = "Quantities for Sales Channels"

    @api.model
    def _offered(self, backend, bindings, places):
        """Return {(binding id, place id): whole units to be offered}, of those whose stock Odoo counts and may tell.

        :param bindings: `integration.binding.variant` of `backend`
        :param places: `integration.location` of `backend`
        """
        # Archived locations may hold goods, archived articles may have some left.
        everything = {"active_test": False}
        bindings = bindings.with_prefetch().with_context(**everything)
        places = places.with_context(**everything)
        bindings = bindings.filtered(lambda binding: binding.odoo_id.integration_stock_policy != "excluded")
        bindings = backend._adapter()._stocked(backend, bindings)
        counted = self._counted(bindings.odoo_id)
        bindings = bindings.filtered(lambda binding: binding.odoo_id in counted)
        stock = self._available(backend, counted, places)
        waiting = self._waiting_there(backend, counted, places.filtered("holds_orders"))
        result = {}
        for binding in bindings:
            product = binding.odoo_id
            own = product.integration_stock_policy == "own"
            buffer = product.integration_stock_buffer if own else backend.stock_buffer
            for place in places:
                free = offered(
                    stock.get((product.id, place.id), 0.0),
                    percent=backend.stock_percent,
                    buffer=buffer,
                    minimum=backend.stock_minimum,
                )
                result[binding.id, place.id] = free + waiting.get((product.id, place.id), 0)
        return result

    @api.model
    def _ever_counted(self, products):
        """Return those of `products` of which Odoo has, or ever had, any stock in the present company."""
        company = [("company_id", "=", self.env.company.id), ("product_id", "in", products.ids)]
        moves = self.env["stock.move"]._read_group([*company, ("state", "=", "done")], ["product_id"])
        found = self.env["product.product"].union(*(product for (product,) in moves))
        quants = self.env["stock.quant"]._read_group(
            [*company, ("product_id", "not in", found.ids), ("location_id.usage", "in", ("internal", "transit"))],
            ["product_id"],
        )
        return found.union(*(product for (product,) in quants))

    @api.model
    def _counted(self, products):
        """Return those of `products` whose stock is known."""
        return products.filtered("is_storable")

    @api.model
    def _available(self, backend, products, places):
        """Return {(product id, place id): quantity in the product's unit} on the backend's basis; 0 is left out."""
        stock = defaultdict(float)
        zones = self._zones(places)
        if not zones or not products:
            return stock
        self._add_goods(stock, products, zones, reserved=backend.stock_basis == "free")
        if backend.stock_basis == "on_hand":
            return stock
        self._add_moves(stock, products, zones, forecast=backend.stock_basis == "forecast")
        for key, quantity in self._held(backend, products, places).items():
            stock[key] -= quantity
        return stock

    @api.model
    def _zones(self, places):
        """Return {stock location id: ids of the places it counts for}: the mapped locations and all below them."""
        chosen = defaultdict(set)
        for place in places:
            for location in place.location_ids:
                chosen[location.id].add(place.id)
        below = (
            self.env["stock.location"]
            .with_context(active_test=False)
            .search_fetch([("id", "child_of", list(chosen)), ("usage", "in", ("internal", "transit"))], ["parent_path"])
        )
        return {location.id: set().union(*(chosen.get(above, ()) for above in _path(location))) for location in below}

    @api.model
    def _add_goods(self, stock, products, zones, *, reserved):
        """Add what lies in `zones`, less what of it is reserved if that is asked for."""
        groups = self.env["stock.quant"]._read_group(
            [("product_id", "in", products.ids), ("location_id", "in", list(zones))],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for product, location, quantity, taken in groups:
            for place in zones[location.id]:
                stock[product.id, place] += quantity - (taken if reserved else 0.0)

    @api.model
    def _add_moves(self, stock, products, zones, *, forecast):
        """Count what is about to move: for the forecast all of it, as Odoo does. Else what orders of sales channels
        wait for without a reservation: the platform has sold it already."""
        inside = list(zones)
        domain = Domain("product_id", "in", products.ids) & Domain("state", "in", OPEN_STATES)
        if forecast:
            domain &= Domain.OR(
                Domain(field, "in", inside) for field in ("location_id", "location_dest_id", "location_final_id")
            )
        else:
            domain &= Domain("location_id", "in", inside)
            domain &= Domain("sale_line_id.order_id.integration_backend_id", "!=", False)
        groups = self.env["stock.move"]._read_group(
            domain,
            ["product_id", "location_id", "location_dest_id", "location_final_id", "product_uom"],
            ["product_qty:sum", "quantity:sum"],
        )
        nowhere = set()
        for product, source, target, final, uom, demand, reserved in groups:
            leaves = zones.get(source.id, nowhere)
            enters = zones.get((final or target).id, nowhere)
            covered = 0.0 if forecast else uom._compute_quantity(reserved, product.uom_id, round=False)
            for place in leaves - enters:
                stock[product.id, place] -= demand - covered
            if forecast:
                for place in enters - leaves:
                    stock[product.id, place] += demand

    @api.model
    def _held(self, backend, products, places):
        """Return {(product id, place id): quantity} that quotations of imported orders hold, of any sales channel.

        Those which the platform has sent count no more: what they took has left already.
        """
        held = defaultdict(float)
        near = self._places_of_warehouses(backend, places)
        groups = self.env["sale.order.line"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ("draft", "sent")),
                ("warehouse_id", "in", list(near)),
                ("order_id.integration_backend_id", "!=", False),
                ("order_id.integration_fulfillment_status", "!=", "fulfilled"),
                ("order_id.integration_cancelled_at", "=", False),
            ],
            ["product_id", "warehouse_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )
        for product, warehouse, uom, quantity in groups:
            units = uom._compute_quantity(quantity, product.uom_id, round=False)
            for place in near[warehouse.id]:
                held[product.id, place] += units
        return held

    @api.model
    def _places_of_warehouses(self, backend, places):
        """Return {warehouse id: ids of the places} whose goods are, at least in part, the warehouse's stock."""
        near = defaultdict(set)
        warehouses = self.env["stock.warehouse"].search_fetch(
            [("company_id", "=", backend.company_id.id)], ["lot_stock_id"]
        )
        for warehouse in warehouses:
            store = warehouse.lot_stock_id
            for place in places:
                if any(store.id in _path(item) or item.id in _path(store) for item in place.location_ids):
                    near[warehouse.id].add(place.id)
        return near


def _path(location):
    """Return the ids of a location and of all above it."""
    return {int(part) for part in location.parent_path.split("/") if part}
