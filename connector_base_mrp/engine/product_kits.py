from odoo import Command, api, models


class IntegrationProductBinder(models.AbstractModel):
    """Products that the platform puts together from others become kits."""

    _inherit = "integration.product.binder"

    @api.model
    def _bind(self, backend, entries, lookups):
        """Override of `connector_base`: give kits their bills of materials, now that their components are bound."""
        super()._bind(backend, entries, lookups)
        kits = [
            (entry, product, variant.components)
            for entry in entries
            for variant, product in zip(entry.document.variants, entry.variants, strict=True)
            if variant.components
        ]
        if kits:
            self._make_kits(backend, kits)

    @api.model
    def _make_kits(self, backend, kits):
        """Make the bills of materials of [(entry, product, components)] be the platform's; people's own are left alone.

        A kit of which a component is not in Odoo gets none: it is told, and looked at again when it is read next.
        """
        wanted = {part.variant_external_id for _entry, _product, parts in kits for part in parts}
        bindings = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(wanted))], ["external_id", "odoo_id"]
        )
        components = {binding.external_id: binding.odoo_id for binding in bindings}
        products = self.env["product.product"].union(*(product for _entry, product, _parts in kits))
        boms = self.env["mrp.bom"].search([("product_tmpl_id", "in", products.product_tmpl_id.ids)])
        new = []
        for entry, product, parts in kits:
            missing = [part.variant_external_id for part in parts if part.variant_external_id not in components]
            if missing:
                entry.binding.digest_in = False
                entry.notes.append(
                    self.env._("It is a kit of products that are not in Odoo yet: %s", ", ".join(sorted(missing)))
                )
                continue
            lines = {components[part.variant_external_id]: float(part.quantity) for part in parts}
            own = boms.filtered(lambda bom, product=product: bom.product_tmpl_id == product.product_tmpl_id)
            if not own:
                new.append(self._kit_values(backend, product, lines))
            elif own.integration_backend_id == backend and len(own) == 1:
                self._change_kit(own, lines)
        self.env["mrp.bom"].create(new)

    @api.model
    def _kit_values(self, backend, product, lines):
        return {
            "product_tmpl_id": product.product_tmpl_id.id,
            "product_id": product.id,
            "type": "phantom",
            "company_id": backend.company_id.id,
            "integration_backend_id": backend.id,
            "bom_line_ids": self._line_commands(lines),
        }

    @api.model
    def _line_commands(self, lines):
        return [
            Command.create({"product_id": product.id, "product_qty": quantity, "product_uom_id": product.uom_id.id})
            for product, quantity in lines.items()
        ]

    @api.model
    def _change_kit(self, bom, lines):
        known = {line.product_id: line.product_qty for line in bom.bom_line_ids}
        if known != lines:
            bom.bom_line_ids = [Command.clear(), *self._line_commands(lines)]
