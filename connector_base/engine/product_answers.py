from odoo import api, models


class IntegrationProductAnswers(models.AbstractModel):
    """Keeps the ids a platform gave to variants and pictures that were pushed: a page with a few queries."""

    _name = "integration.product.answers"
    _description = "Answers to Product Pushes"

    @api.model
    def _keep(self, backend, answered):
        """Keep the ids of [(Planned, ProductPushResult)] that went well."""
        if answered:
            self._keep_variants(backend, answered)
            self._keep_images(answered)

    # === VARIANTS === #

    @api.model
    def _keep_variants(self, backend, answered):
        """Bind the variants, which are in the order of those pushed; forget those that were taken out."""
        wanted = {}
        taken_out = {}
        for planned, result in answered:
            parent = result.document.external_id
            for variant_id, variant in zip(planned.variant_ids, result.document.variants, strict=False):
                if not variant.external_id:
                    continue
                wanted[variant.external_id] = {
                    "odoo_id": variant_id,
                    "external_parent_id": parent,
                    "inventory_external_id": variant.inventory_external_id or variant.external_id,
                }
            if "variants" in planned.parts:
                taken_out[parent] = set(planned.variant_ids)
        bindings = self.env["integration.binding.variant"]
        known = bindings.search(
            [
                ("backend_id", "=", backend.id),
                "|",
                ("external_id", "in", list(wanted)),
                ("external_parent_id", "in", list(taken_out)),
            ]
        )
        for binding in known:
            values = wanted.pop(binding.external_id, None)
            if values:
                changed = {name: value for name, value in values.items() if self._differs(binding, name, value)}
                if changed:
                    binding.write(changed)
        known.filtered(
            lambda binding: binding.odoo_id.id not in taken_out.get(binding.external_parent_id, {binding.odoo_id.id})
        ).unlink()
        bindings.create(
            [{"backend_id": backend.id, "external_id": external_id, **values} for external_id, values in wanted.items()]
        )

    @api.model
    def _differs(self, binding, name, value):
        now = binding[name]
        return (now.id if isinstance(now, models.BaseModel) else now or "") != value

    # === PICTURES === #

    @api.model
    def _keep_images(self, answered):
        """Remember which content is there as which picture; forget those that were taken out."""
        images = self.env["integration.binding.image"]
        products = self.env["integration.binding.product"].union(*(planned.binding for planned, _result in answered))
        known = images.search([("product_binding_id", "in", products.ids)]).grouped("product_binding_id")
        fresh, stale = [], images
        for planned, result in answered:
            here = known.get(planned.binding, images)
            by_external_id = {image.external_id: image for image in here}
            urls = {image.external_id: image.url for image in result.document.images or ()}
            alts = {image.checksum: image.alt for image in planned.document.images or ()}
            for checksum, external_id in result.image_ids:
                image = by_external_id.pop(external_id, images)
                if not image:
                    fresh.append(
                        {
                            "product_binding_id": planned.binding.id,
                            "external_id": external_id,
                            "checksum": checksum,
                            "alt": alts.get(checksum) or False,
                            "url": urls.get(external_id) or False,
                        }
                    )
                    continue
                values = {"checksum": checksum, "alt": alts.get(checksum) or False}
                if differing := {name: value for name, value in values.items() if image[name] != value}:
                    image.write(differing)
            if "images" in planned.parts:
                stale = stale.union(*by_external_id.values())
        stale.unlink()
        images.create(fresh)
