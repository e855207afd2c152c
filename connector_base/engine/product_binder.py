from odoo import Command, api, fields, models

from .clock import naive


class IntegrationProductBinder(models.AbstractModel):
    """Says on bindings which product and variants of the platform Odoo's are, and what the platform says of them."""

    _name = "integration.product.binder"
    _description = "Product Binder"

    @api.model
    def _bind(self, backend, entries, lookups):
        """Bind products and variants; note on the bindings what was imported."""
        new, values = [], {}
        adapter = backend._adapter()
        for entry in entries:
            mirrored = adapter._product_mirror_values(entry.document)
            values[entry] = {**self._binding_values(entry, lookups), **mirrored}
            if entry.binding:
                entry.binding.write(values[entry])
            else:
                new.append(entry)
        bindings = self.env["integration.binding.product"].create(
            [{**values[entry], "backend_id": backend.id, "follows_options": entry.is_new} for entry in new]
        )
        for entry, binding in zip(new, bindings, strict=True):
            entry.binding = binding
        self._bind_variants(backend, entries)

    @api.model
    def _binding_values(self, entry, lookups):
        document = entry.document
        stated = {
            "remote_status": document.status,
            "remote_handle": document.handle,
            "remote_url": document.url,
            "remote_vendor": document.vendor,
            "remote_type": document.product_type,
        }
        values = {name: value for name, value in stated.items() if value or value == ""}
        if document.tags or document.tags == ():
            values["remote_tags"] = ", ".join(document.tags)
        if "categories" in entry.applied and (document.category_ids or document.category_ids == ()):
            values["category_ids"] = [Command.set([lookups.categories[key].id for key in document.category_ids])]
        if "channels" in entry.applied and (document.channel_ids or document.channel_ids == ()):
            values["channel_ids"] = [Command.set([lookups.channels[key].id for key in document.channel_ids])]
        return {
            **values,
            "external_id": entry.external_id,
            "odoo_id": entry.template.id,
            "remote_updated_at": naive(document.updated_at),
            "digest_in": entry.digest,
            "pulled_at": fields.Datetime.now(),
        }

    @api.model
    def _bind_variants(self, backend, entries):
        new = []
        for entry in entries:
            for variant, product in zip(entry.document.variants, entry.variants, strict=True):
                values = {
                    "odoo_id": product.id,
                    "external_parent_id": entry.external_id,
                    "inventory_external_id": variant.inventory_external_id or variant.external_id,
                    "remote_updated_at": naive(variant.updated_at),
                }
                if binding := entry.bound.get(variant.external_id):
                    binding.write(values)
                else:
                    new.append({**values, "backend_id": backend.id, "external_id": variant.external_id})
                    if not product.active and entry.template.active:
                        product.active = True
        self.env["integration.binding.variant"].create(new)
