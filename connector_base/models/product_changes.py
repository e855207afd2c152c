"""What changes of a product in Odoo is marked for the sales channels that are told about it.

Each change is one statement that finds the bindings concerned; nothing is done where no channel is told about products.
What turns out to be equal to what the platform has is dropped by the push.
"""

from odoo import api, models, tools
from odoo.tools import SQL

# Fields that `integration.product.documents` reads, beside those that are mapped
TEMPLATE_FIELDS = frozenset(
    {
        "name",
        "active",
        "sale_ok",
        "type",
        "is_storable",
        "list_price",
        "categ_id",
        "uom_id",
        "hs_code",
        "country_of_origin",
        "image_1920",
        "product_tag_ids",
        "attribute_line_ids",
        "description_ecommerce",
        "website_meta_title",
        "website_meta_description",
    }
)
VARIANT_FIELDS = frozenset(
    {
        "active",
        "default_code",
        "barcode",
        "weight",
        "standard_price",
        "image_variant_1920",
        "product_template_attribute_value_ids",
    }
)
REMOVAL_BATCH = 250
# Where a transaction collects {backend ids: (template ids, variant ids)} until it is committed
NOTED = "integration_product_changes"


class IntegrationProductExporter(models.AbstractModel):
    _inherit = "integration.product.exporter"

    @api.model
    def _note_products(self, templates=(), variants=()):
        """Mark products on the channels that are told about them, once this transaction is about to be committed.

        However many products are written one by one, it is one statement.

        :param templates: ids of templates
        :param variants: ids of variants, standing for their templates
        """
        backend_ids = frozenset(self._listeners())
        if not (backend_ids and (templates or variants)):
            return
        hooks = self.env.cr.precommit
        noted = hooks.data.setdefault(NOTED, {})
        if not noted:
            hooks.add(self.sudo()._flush_noted)
        known = noted.setdefault(backend_ids, (set(), set()))
        known[0].update(templates)
        known[1].update(variants)

    @api.model
    def _flush_noted(self):
        told = self.env["integration.backend"]._product_exporters()
        for backend_ids, (templates, variants) in self.env.cr.precommit.data.pop(NOTED, {}).items():
            if not backend_ids & told:
                continue
            self._note_templates(
                SQL(
                    "SELECT unnest(%s::int[]) UNION SELECT product_tmpl_id FROM product_product WHERE id = ANY(%s)",
                    list(templates),
                    list(variants),
                ),
                backend_ids & told,
            )

    @api.model
    def _note_templates(self, template_ids, backend_ids=None):
        """Mark products, given by SQL of their templates' ids, on the channels that are told about them."""
        backend_ids = backend_ids or self._listeners()
        if backend_ids:
            self.env["integration.change"]._note(
                "product",
                SQL(
                    "SELECT backend_id, id FROM integration_binding_product WHERE backend_id IN %s AND odoo_id IN (%s)",
                    tuple(backend_ids),
                    template_ids,
                ),
            )

    @api.model
    def _note_backend(self, backends):
        """Mark all products of sales channels: what they are told has to be looked at anew."""
        backend_ids = self._listeners() & set(backends.ids)
        if backend_ids:
            self.env["integration.change"]._note(
                "product",
                SQL(
                    "SELECT backend_id, id FROM integration_binding_product WHERE backend_id IN %s", tuple(backend_ids)
                ),
            )

    @api.model
    def _listeners(self):
        """Return the ids of the backends that hear of a change: all that are told, but not where it came from."""
        return self.env["integration.backend"]._product_exporters() - {self.env.context.get("integration_from_backend")}

    @api.model
    @tools.ormcache()
    def _watched(self):
        """Return ({fields of templates}, {fields of variants}) that documents are built from."""
        mapped = {
            mapping._attribute_target()
            for mapping in self.env["integration.mapping"]
            .sudo()
            .search([("kind", "=", "attribute"), ("is_mapped", "=", True)])
        }
        of_templates = {name for model_name, name in mapped if model_name == "product.template"}
        of_variants = {name for model_name, name in mapped if model_name == "product.product"}
        return TEMPLATE_FIELDS | of_templates, VARIANT_FIELDS | of_variants


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        exporter = self.env["integration.product.exporter"]
        if exporter._listeners() and not exporter._watched()[0].isdisjoint(vals):
            exporter._note_products(templates=self.ids)
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        exporter = self.env["integration.product.exporter"]
        if exporter._listeners() and field_name in exporter._watched()[0]:
            exporter._note_products(templates=self.ids)
        return result

    def unlink(self):
        """Take the products off the shops too, as the channels say; their bindings go with them."""
        removals = self._integration_removals()
        result = super().unlink()
        for backend, external_ids in removals.items():
            for start in range(0, len(external_ids), REMOVAL_BATCH):
                job = backend._enqueue(
                    "remove_products",
                    arguments={"external_ids": external_ids[start : start + REMOVAL_BATCH]},
                )
                if backend.state == "disconnected":
                    job._interrupt()
        return result

    def _integration_removals(self):
        """Return {backend: external ids} of what is on sales channels that want to be told of removals.

        Disconnected ones are told when they are connected again: nothing here will remember the products.
        """
        backends = self.env["integration.backend"].sudo().browse(self.env["integration.product.exporter"]._listeners())
        backends |= backends.search([("export_products", "=", True), ("state", "=", "disconnected")])
        backends = backends.filtered(lambda backend: backend.product_removal != "nothing")
        if not backends:
            return {}
        groups = (
            self.env["integration.binding.product"]
            .sudo()
            ._read_group(
                [
                    ("backend_id", "in", backends.ids),
                    ("odoo_id", "in", self.ids),
                    ("external_id", "!=", False),
                    ("remote_status", "!=", "deleted"),
                ],
                ["backend_id"],
                ["external_id:array_agg"],
            )
        )
        return dict(groups)


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        self.env["integration.product.exporter"]._note_products(variants=products.ids)
        return products

    def write(self, vals):
        result = super().write(vals)
        exporter = self.env["integration.product.exporter"]
        if exporter._listeners() and not exporter._watched()[1].isdisjoint(vals):
            exporter._note_products(variants=self.ids)
        return result

    def unlink(self):
        exporter = self.env["integration.product.exporter"]
        if exporter._listeners():
            exporter._note_products(templates=self.product_tmpl_id.ids)
        return super().unlink()


class ProductAttribute(models.Model):
    _inherit = "product.attribute"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals and self:
            self.env["integration.product.exporter"]._note_templates(
                SQL(
                    "SELECT product_tmpl_id FROM product_template_attribute_line WHERE attribute_id IN %s",
                    tuple(self.ids),
                )
            )
        return result


class ProductAttributeValue(models.Model):
    _inherit = "product.attribute.value"

    def write(self, vals):
        result = super().write(vals)
        if not {"name", "sequence"}.isdisjoint(vals) and self:
            self.env["integration.product.exporter"]._note_templates(
                SQL(
                    "SELECT product_tmpl_id FROM product_template_attribute_value"
                    " WHERE product_attribute_value_id IN %s",
                    tuple(self.ids),
                )
            )
        return result


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def write(self, vals):
        result = super().write(vals)
        if "price_extra" in vals and self:
            self.env["integration.product.exporter"]._note_products(templates=self.product_tmpl_id.ids)
        return result


class ProductTag(models.Model):
    _inherit = "product.tag"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals and self:
            self.env["integration.product.exporter"]._note_templates(
                SQL(
                    "SELECT product_template_id FROM product_tag_product_template_rel WHERE product_tag_id IN %s",
                    tuple(self.ids),
                )
            )
        return result


class IntegrationProductImage(models.Model):
    _inherit = "integration.product.image"

    @api.model_create_multi
    def create(self, vals_list):
        images = super().create(vals_list)
        self.env["integration.product.exporter"]._note_products(templates=images.product_tmpl_id.ids)
        return images

    def write(self, vals):
        templates = self.product_tmpl_id
        result = super().write(vals)
        templates |= self.product_tmpl_id
        self.env["integration.product.exporter"]._note_products(templates=templates.ids)
        return result

    def unlink(self):
        self.env["integration.product.exporter"]._note_products(templates=self.product_tmpl_id.ids)
        return super().unlink()


class IntegrationMapping(models.Model):
    _inherit = "integration.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._note_attributes()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        self._note_attributes()
        return result

    def unlink(self):
        attributes = self.filtered(lambda mapping: mapping.kind == "attribute")
        backends = attributes.backend_id
        result = super().unlink()
        if attributes:
            self.env.registry.clear_cache()
            self.env["integration.product.exporter"]._note_backend(backends)
        return result

    def _note_attributes(self):
        attributes = self.filtered(lambda mapping: mapping.kind == "attribute")
        if attributes:
            self.env.registry.clear_cache()
            mapped = attributes.filtered("is_mapped")
            self.env["integration.product.exporter"]._note_backend(mapped.backend_id)
