"""Mirror fields: what a platform says of a product, shown on the product, from its bindings."""

from odoo import api, fields
from odoo.fields import Domain

GROUPS = "sales_team.group_sale_salesman,connector_base.group_integration_user"
PRODUCTS, VARIANTS = "integration_binding_ids", "integration_variant_binding_ids"


def mirror(platform, string, path, bindings=PRODUCTS, **options):
    """Return a text field that shows, and finds, what the bindings of a record on a platform have at `path`.

    Values of a selection are shown by their labels. Of several links one is shown: it can be opened then.
    """

    @api.depends(f"{bindings}.backend_id.platform", f"{bindings}.{path}")
    def compute(records):
        shown = records[bindings]._fields.get(path)
        labels = dict(shown._description_selection(records.env)) if shown and shown.type == "selection" else None
        for record in records:
            values = _here(record, platform, bindings).mapped(path)
            if labels:
                values = map(labels.get, values)
            link = path == "remote_url"
            record[field.name] = next(filter(None, values), False) if link else joined(values)

    field = fields.Char(
        string=string,
        compute=compute,
        search=lambda records, operator, value: search_mirror(platform, bindings, path, operator, value),
        groups=GROUPS,
        **options,
    )
    return field


def mirror_synced_at(platform, string, **options):
    """Return a field that shows, and finds, when a product was synced with a platform last, whichever way."""

    @api.depends(f"{PRODUCTS}.backend_id.platform", f"{PRODUCTS}.synced_at")
    def compute(templates):
        for template in templates:
            times = _here(template, platform, PRODUCTS).mapped("synced_at")
            template[field.name] = max(filter(None, times), default=False)

    field = fields.Datetime(
        string=string,
        compute=compute,
        search=lambda templates, operator, value: search_synced_at(platform, operator, value),
        groups=GROUPS,
        **options,
    )
    return field


def _here(record, platform, bindings):
    return record[bindings].filtered(lambda binding: binding.platform == platform)


def search_mirror(platform, bindings, path, operator, value):
    """Return the domain of records whose bindings have such a value; `in` with False: that have none."""
    if operator not in ("in", "like", "ilike", "=like", "=ilike"):
        return NotImplemented
    here = Domain("backend_id.platform", "=", platform)
    if operator != "in":
        return Domain(bindings, "any", here & Domain(path, operator, value))
    domain = Domain(bindings, "any", here & Domain(path, "in", [text for text in value if text]))
    if False in value:
        domain |= Domain(bindings, "not any", here & Domain(path, "!=", False))
    return domain


def search_synced_at(platform, operator, value):
    """Return the domain of templates that were synced with the platform at such a time, whichever way."""
    if operator not in (">", ">=", "<", "<="):
        return NotImplemented
    compared = Domain("pulled_at", operator, value) | Domain("pushed_at", operator, value)
    return Domain("integration_binding_ids", "any", Domain("backend_id.platform", "=", platform) & compared)


def joined(values):
    """Return the different values, sorted, as one text; False for none."""
    return ", ".join(sorted({value for value in values if value})) or False
