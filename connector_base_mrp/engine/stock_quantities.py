import math
from collections import defaultdict

from odoo import api, models


class IntegrationStockQuantities(models.AbstractModel):
    """Of a kit as many are in stock as can be put together from its components."""

    _inherit = "integration.stock.quantities"

    @api.model
    def _kit_parts(self, products):
        """Return {kit: {component: units of it in one kit}} of those of `products` that are kits.

        Kits within kits are taken apart, one query per depth. Components whose stock nobody counts are left out.
        """
        parts, todo = {}, []
        for kit, bom in self._kit_boms(products).items():
            parts[kit] = defaultdict(float)
            todo.append((kit, kit, bom, 1.0))
        while todo:
            lines = []
            for kit, product, bom, quantity in todo:
                share = product.uom_id._compute_quantity(quantity, bom.product_uom_id, round=False) / bom.product_qty
                lines += [(kit, line, share) for line in bom.bom_line_ids if not line._skip_bom_line(product)]
            boms = self._kit_boms(self.env["product.product"].union(*(line.product_id for _kit, line, _share in lines)))
            todo = []
            for kit, line, share in lines:
                component = line.product_id
                units = line.product_uom_id._compute_quantity(line.product_qty * share, component.uom_id, round=False)
                if component in boms:
                    todo.append((kit, component, boms[component], units))
                elif component.is_storable and units:
                    parts[kit][component] += units
        return parts

    @api.model
    def _kit_boms(self, products):
        """Return {kit: its bill of materials} of those of `products` that are kits."""
        found = self.env["mrp.bom"]._bom_find(products, company_id=self.env.company.id, bom_type="phantom")
        return {product: found[product] for product in products if product in found}

    @api.model
    def _ever_counted(self, products):
        """Override of `connector_base`: a kit is counted when one of its components is."""
        parts = self._kit_parts(products)
        components = self.env["product.product"].union(*(part for kit in parts.values() for part in kit))
        counted = super()._ever_counted(products | components)
        return counted | products.filtered(lambda product: any(part in counted for part in parts.get(product, ())))

    @api.model
    def _counted(self, products):
        """Override of `connector_base`: kits with components that are counted."""
        parts = self._kit_parts(products)
        kits = products.filtered(lambda product: product in parts)
        return super()._counted(products - kits) | kits.filtered(lambda kit: parts[kit])

    @api.model
    def _available(self, backend, products, places):
        """Override of `connector_base`: as many kits as the scarcest component allows."""
        parts = self._kit_parts(products)
        kits = products.filtered(lambda product: product in parts)
        components = products.union(*(component for kit in kits for component in parts[kit]))
        stock = super()._available(backend, components - kits, places)
        for kit in kits:
            for place in places:
                stock[kit.id, place.id] = min(
                    (
                        math.floor(round(stock[component.id, place.id] / units, 6))
                        for component, units in parts[kit].items()
                    ),
                    default=0,
                )
        return stock

    @api.model
    def _held(self, backend, products, places):
        """Override of `connector_base`: quotations of kits hold their components."""
        held = super()._held(backend, products, places)
        kits = self.env["product.product"].browse(
            set(self.env["integration.change"]._kits_of(products.ids)) - set(products.ids)
        )
        if kits:
            parts = self._kit_parts(kits)
            by_id = {kit.id: components for kit, components in parts.items()}
            for (kit_id, place_id), quantity in super()._held(backend, kits, places).items():
                for component, units in by_id.get(kit_id, {}).items():
                    held[component.id, place_id] += quantity * units
        return held
