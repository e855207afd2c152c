from odoo import Command, api, models

from .product_page import name_key


class IntegrationVariantTree(models.AbstractModel):
    """Gives templates just the variants that the platform has, whatever combinations of values these are.

    Odoo's own way makes all combinations of attribute values, one template at a time, and refuses more than 1,000;
    here lines, values and variants of a whole page are each created at once, and none that nobody sells.
    """

    _name = "integration.variant.tree"
    _description = "Variant Tree"

    @api.model
    def _grow(self, entries, page, values_of):
        """Create attribute lines, their values and the missing variants of `entries`, whose templates are there.

        Entries that follow the platform get its options and values; the others only what their missing variants need.

        :param AttributePage page: has all attributes and values
        :param values_of: a function (entry, index) -> values of the variant to be created
        """
        due = [entry for entry in entries if entry.is_new or entry.follows or entry.incomplete]
        if not due:
            return
        self = self.with_context(create_product_product=False, update_product_template_attribute_values=False)  # noqa: PLW0642
        lines = self._lines(due, page)
        chosen = self._template_values(due, page, lines)
        self._arrange(due, chosen)
        self._create_variants(due, chosen, values_of)
        self._prune([entry for entry in due if entry.follows], chosen)

    @api.model
    def _options(self, entry, page):
        """Return [(option name, attribute, values)] of an entry, as records."""
        attributes = self.env["integration.attribute.resolver"]._attributes(entry, page)
        return [
            (name, attribute, [page.values[attribute.id, name_key(value)] for value in values])
            for (name, values), attribute in zip(entry.options, attributes, strict=True)
        ]

    @api.model
    def _lines(self, entries, page):
        """Make the attribute lines have the values wanted; return {(template id, attribute id): line}."""
        Line = self.env["product.template.attribute.line"]
        lines, new, to_add = {}, {}, []
        for entry in entries:
            for line in () if entry.is_new else entry.template.attribute_line_ids:
                lines[entry.template.id, line.attribute_id.id] = line
            for sequence, (_name, attribute, values) in enumerate(self._options(entry, page), start=1):
                key, ids = (entry.template.id, attribute.id), [value.id for value in values]
                if key not in lines:
                    new[key] = {
                        "product_tmpl_id": entry.template.id,
                        "attribute_id": attribute.id,
                        "sequence": sequence,
                        "value_ids": [Command.set(ids)],
                    }
                elif missing := set(ids) - set(lines[key].value_ids.ids):
                    to_add.append((lines[key], sorted(missing)))
        for line, ids in to_add:
            line.with_env(self.env).write({"value_ids": [Command.link(value_id) for value_id in ids]})
        for line in Line.create(list(new.values())):
            lines[line.product_tmpl_id.id, line.attribute_id.id] = line
        return lines

    @api.model
    def _template_values(self, entries, page, lines):
        """Return {(template id, attribute value id): product.template.attribute.value}, creating what is missing."""
        TemplateValue = self.env["product.template.attribute.value"]
        old = [entry.template.id for entry in entries if not entry.is_new]
        known = TemplateValue.search([("product_tmpl_id", "in", old)]) if old else TemplateValue
        found = {(value.product_tmpl_id.id, value.product_attribute_value_id.id): value for value in known}
        new = {}
        for entry in entries:
            for _name, attribute, values in self._options(entry, page):
                line = lines[entry.template.id, attribute.id]
                for value in values:
                    key = (entry.template.id, value.id)
                    if key not in found:
                        new[key] = {"product_attribute_value_id": value.id, "attribute_line_id": line.id}
                    elif not found[key].ptav_active or found[key].attribute_line_id != line:
                        found[key].write({"ptav_active": True, "attribute_line_id": line.id})
        found.update(zip(new, TemplateValue.create(list(new.values())), strict=True))
        chosen = {}
        for entry in entries:
            for name, _attribute, values in self._options(entry, page):
                for value in values:
                    chosen[entry.template.id, name_key(name), name_key(value.name)] = found[entry.template.id, value.id]
        return chosen

    @api.model
    def _wanted(self, entry, variant, chosen):
        """Return the ids of the template's values that make up `variant`, sorted."""
        return sorted(chosen[entry.template.id, name_key(name), name_key(value)].id for name, value in variant.options)

    @api.model
    def _arrange(self, entries, chosen):
        """Give the variants that are there the values the platform has for them, of entries that follow it."""
        changed = []
        for entry in entries:
            for variant, product in zip(entry.document.variants, entry.variants, strict=True):
                if product and entry.follows:
                    wanted = self._wanted(entry, variant, chosen)
                    if sorted(product.product_template_attribute_value_ids.ids) != wanted:
                        changed.append((product.with_env(self.env), wanted))
        if not changed:
            return
        # Two may change places, and no two active ones may have the same values: out of the way first.
        products = self.env["product.product"].union(*(product for product, _wanted in changed)).filtered("active")
        products.write({"active": False})
        self.env.flush_all()
        for product, wanted in changed:
            product.product_template_attribute_value_ids = [Command.set(wanted)]
        self.env.flush_all()
        products.write({"active": True})

    @api.model
    def _create_variants(self, entries, chosen, values_of):
        missing = [(entry, index) for entry in entries for index, product in enumerate(entry.variants) if not product]
        Product = self.env["product.product"].with_context(integration_new_variants=True)
        products = Product.create(
            [
                {
                    "product_tmpl_id": entry.template.id,
                    "product_template_attribute_value_ids": [
                        Command.set(self._wanted(entry, entry.document.variants[index], chosen))
                    ],
                    **values_of(entry, index),
                }
                for entry, index in missing
            ]
        )
        for (entry, index), product in zip(missing, products, strict=True):
            entry.variants[index] = product.with_env(entry.template.env)

    @api.model
    def _prune(self, entries, chosen):
        """Take values and options away that no variant has any more. What was sold with them keeps them, archived."""
        for entry in entries:
            wanted = {value.id for key, value in chosen.items() if key[0] == entry.template.id}
            kept = entry.template.product_variant_ids.product_template_attribute_value_ids
            lines = entry.template.attribute_line_ids._without_no_variant_attributes()
            gone = lines.product_template_value_ids.filtered(
                lambda value, wanted=wanted, kept=kept: (
                    value.ptav_active and value.id not in wanted and value not in kept
                )
            )
            for line, values in gone.grouped("attribute_line_id").items():
                line = line.with_env(self.env)  # noqa: PLW2901
                if values == line.product_template_value_ids.filtered("ptav_active"):
                    line.write({"active": False})
                else:
                    line.write({"value_ids": [Command.unlink(v.product_attribute_value_id.id) for v in values]})
                values.with_env(self.env).write({"ptav_active": False})
