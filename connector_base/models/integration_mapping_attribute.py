from datetime import date

from odoo import api, fields, models

from ..transport.errors import DataError

FIELD_TYPES = ("char", "text", "html", "integer", "float", "boolean", "date", "selection", "many2one")
# Fields products have everywhere that are imported and pushed as such, or mean nothing outside of Odoo
OTHER_WAYS = {
    "name", "active", "sale_ok", "purchase_ok", "type", "is_storable", "list_price", "standard_price", "default_code",
    "barcode", "weight", "hs_code", "country_of_origin", "company_id", "uom_id", "product_tmpl_id", "sequence",
    "create_uid", "write_uid",
}  # fmt: skip
# Keys that stand for texts every product has, not for fields the merchant made; most have no place of their own in Odoo
STANDARD_KEYS = frozenset({"handle", "vendor", "product_type", "seo_title", "seo_description"})
MODELS = {"product": "product.template", "variant": "product.product"}


class IntegrationMapping(models.Model):
    """Custom fields of products: the platform's key and the Odoo field that holds its value."""

    _inherit = "integration.mapping"

    kind = fields.Selection(selection_add=[("attribute", "Product field")], ondelete={"attribute": "cascade"})
    odoo_field = fields.Selection(
        "_selection_odoo_field",
        "Field in Odoo",
        help="Holds what the platform's custom field says. Both are kept in step, as the channel's rule on who decides "
        "about custom fields says. Beside the keys of custom fields, the words handle, vendor, product_type, seo_title "
        "and seo_description can be mapped: they stand for what every product of a platform has.",
    )
    external_type = fields.Char(
        "Platform's Type", help="Of a custom field, in the platform's words; empty to leave it to the platform."
    )

    @api.model
    def _selection_odoo_field(self):
        """Return the fields of products and variants that can hold a text, a number, a date or a choice."""
        choices = []
        for prefix, model_name in MODELS.items():
            model = self.env[model_name]
            label = self.env["ir.model"]._get(model_name).name
            choices += [
                (f"{prefix}.{name}", f"{label}: {field._description_string(self.env)} ({name})")
                for name, field in model._fields.items()
                if field.type in FIELD_TYPES
                and field.store
                and not (field.readonly or field.inherited or name in OTHER_WAYS)
                and not name.startswith(("activity_", "message_", "integration_"))
            ]
        return sorted(choices, key=lambda choice: choice[1])

    @api.model
    def _target_fields(self):
        return {**super()._target_fields(), "attribute": "odoo_field"}

    @api.depends("odoo_field")
    def _compute_is_mapped(self):
        return super()._compute_is_mapped()

    # === VALUES === #

    @api.model
    def _attributes(self, backend):
        """Return the mappings of product fields of `backend`, those without a field of this database left out."""
        mappings = self.sudo().search(
            [("backend_id", "=", backend.id), ("kind", "=", "attribute"), ("is_mapped", "=", True)]
        )
        return mappings.filtered(lambda mapping: mapping._attribute_field())

    def _attribute_target(self):
        """Return the (model name, field name) the value is kept in."""
        prefix, _dot, name = self.odoo_field.partition(".")
        return MODELS[prefix], name

    def _attribute_field(self):
        """Return the Odoo field object, or None when its addon was uninstalled."""
        model_name, name = self._attribute_target()
        return self.env[model_name]._fields.get(name)

    def _attribute_text(self, record):
        """Return what `record`, of the mapping's model, has in the mapped field, as platforms are told; "" for nothing.

        Choices and records are told by their names in the record's language, booleans as true or false, dates as in
        ISO 8601.
        """
        field = self._attribute_field()
        value = record[field.name]
        tell = {
            "boolean": lambda: "true" if value else "false",
            "integer": lambda: str(value),
            "float": lambda: f"{value:.6f}".rstrip("0").rstrip("."),
            "many2one": lambda: (value[value._rec_name] if value._rec_name else value.display_name) or "",
            "selection": lambda: dict(field._description_selection(record.env)).get(value, ""),
            "date": lambda: value.isoformat() if value else "",
        }
        return tell[field.type]() if field.type in tell else str(value or "")

    def _attribute_value(self, text):
        """Return the value to write to the mapped field for the platform's `text`: the inverse of `_attribute_text`.

        :raise DataError: the field can't hold it
        """
        field, text = self._attribute_field(), (text or "").strip()
        read = {
            "boolean": lambda: text.lower() in ("true", "1", "yes"),
            "integer": lambda: int(float(text or 0)),
            "float": lambda: float(text or 0),
            "many2one": lambda: text and self._attribute_record(field, text).id,
            "selection": lambda: (
                text
                and next(value for value, label in field._description_selection(self.env) if text in (value, label))
            ),
            "date": lambda: text and date.fromisoformat(text[:10]),
        }
        try:
            value = read[field.type]() if field.type in read else text
        except (ValueError, StopIteration):
            raise DataError(
                f"“{text}” of the platform's field {self.external_value} does not fit the field “{field.string}”.",
                remedy="Correct the value on the platform, or map the field to another one of Odoo (Mappings).",
            ) from None
        return False if value == "" else value

    def _attribute_record(self, field, text):
        """Return the one record that is called `text`; ValueError when there is none or there are several."""
        model = self.env[field.comodel_name]
        found = model.search([(model._rec_name, "=ilike", text.replace("%", r"\%").replace("_", r"\_"))], limit=2)
        if len(found) != 1:
            raise ValueError(text)
        return found
