"""Mirror fields: what a platform says of a product, shown on the product, from its bindings."""

from odoo import fields
from odoo.fields import Domain

GROUPS = "sales_team.group_sale_salesman,connector_base.group_integration_user"


def mirror(platform, string, path, bindings="integration_binding_ids", **options):
    """Return a text field that shows, and finds, what the bindings of a record on a platform have at `path`.

    It is computed by `_compute_<platform>_mirror`.
    """
    return fields.Char(
        string=string,
        compute=f"_compute_{platform}_mirror",
        search=lambda records, operator, value: search_mirror(platform, bindings, path, operator, value),
        groups=GROUPS,
        **options,
    )


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
