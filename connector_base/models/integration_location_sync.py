from odoo import Command, api, models

# What of a place decides about the quantities that are sent for it
PLACE_SETTINGS = frozenset({"location_ids", "push", "active"})


class IntegrationLocation(models.Model):
    """Places come from the platform; what stands for them is chosen in Odoo, or clear where there is one of each."""

    _inherit = "integration.location"

    @api.model_create_multi
    def create(self, vals_list):
        places = super().create(vals_list)
        places._note_stock()
        return places

    def write(self, vals):
        result = super().write(vals)
        if not PLACE_SETTINGS.isdisjoint(vals):
            self._note_stock()
        return result

    def _note_stock(self):
        """Let the stock of these places be looked at."""
        backends = self.filtered("location_ids").backend_id
        backends.filtered(lambda backend: backend._sends_stock())._note_all_stock()

    def _stock_location(self):
        """Return the stock location that goods counted on the platform are put into."""
        self.ensure_one()
        stores = self.warehouse_id.lot_stock_id & self.location_ids
        return stores or self.location_ids[:1]

    @api.model
    def _take_over(self, backend, documents):
        """Bring canonical `Location`s into Odoo; those that are gone are archived. Return (new, changed, gone).

        A platform with one place in use and a company with one warehouse need nobody to say which is which.
        """
        known = self.with_context(active_test=False).search([("backend_id", "=", backend.id)])
        by_id = {place.external_id: place for place in known}
        changed = 0
        for document in documents:
            place = by_id.get(document.external_id)
            values = self._document_values(document)
            if place and any(place[field] != value for field, value in values.items()):
                place.write(values)
                changed += 1
        stated = {document.external_id for document in documents}
        gone = known.filtered(lambda place: place.active and place.external_id not in stated)
        gone.active = False
        new = self.create(
            [
                {**self._document_values(document), "backend_id": backend.id, "external_id": document.external_id}
                for document in documents
                if document.external_id not in by_id
            ]
        )
        self._map_the_only_one(backend)
        return new, changed, gone

    @api.model
    def _document_values(self, document):
        return {
            "name": document.name or document.external_id,
            "active": document.active,
            "country_code": document.country_code or False,
            "holds_orders": document.holds_orders,
        }

    @api.model
    def _map_the_only_one(self, backend):
        places = self.search([("backend_id", "=", backend.id)])
        if len(places) != 1 or places.location_ids:
            return
        warehouse = backend.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", backend.company_id.id)], limit=2
        )
        if len(warehouse) == 1:
            places.write({"location_ids": [Command.link(warehouse.lot_stock_id.id)]})
            places.warehouse_id = places.warehouse_id or warehouse


class IntegrationBindingVariant(models.Model):
    _inherit = "integration.binding.variant"

    @api.model_create_multi
    def create(self, vals_list):
        """What is sold on a sales channel from now on gets its stock there; what came from there has some."""
        bindings = super().create(vals_list)
        bindings._note_stock()
        return bindings

    def write(self, vals):
        result = super().write(vals)
        if "inventory_external_id" in vals:
            self._note_stock()
        return result

    @api.model
    def _by_stock_id(self, backend, external_ids):
        """Return {what the platform counts stock by: binding}, of those that are known."""
        external_ids = list(external_ids)
        bindings = self.search_fetch(
            [
                ("backend_id", "=", backend.id),
                "|",
                ("inventory_external_id", "in", external_ids),
                ("external_id", "in", external_ids),
            ],
            ["inventory_external_id", "external_id", "odoo_id"],
        )
        by_id = {binding._stock_external_id(): binding for binding in bindings}
        return {external_id: by_id[external_id] for external_id in external_ids if external_id in by_id}

    def _stock_external_id(self):
        """Return what the platform counts the variant's stock by."""
        return self.inventory_external_id or self.external_id

    def _note_stock(self):
        self.filtered("external_id").odoo_id._integration_stock_touched()
