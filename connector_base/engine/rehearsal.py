"""Trying an import without doing it."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import format_amount, format_datetime

OUTCOMES = [
    ("created", "Would be created"),
    ("updated", "Would be changed"),
    ("unchanged", "Nothing to do"),
    ("held", "Would be held"),
    ("skipped", "Would be skipped"),
    ("failed", "Would fail"),
    ("busy", "Being imported right now"),
    ("absent", "Not on the platform"),
]
PARTY_FIELDS = ("partner_id", "partner_invoice_id", "partner_shipping_id")
# Said better elsewhere, or of no interest to people
LEFT_OUT = {
    "id", "create_uid", "create_date", "write_uid", "write_date", "access_token", "name", "display_name",
    "integration_lines_digest", "integration_parties_digest", "integration_hold_reason", "integration_hold_remedy",
    "amount_to_invoice", "amount_invoiced", "amount_unpaid", "currency_rate", "invoice_status", "origin", "reference",
    *PARTY_FIELDS,
}  # fmt: skip
LEFT_OUT_PREFIXES = ("message_", "activity_", "my_activity_", "website_message_", "rating_")
READABLE_TYPES = {
    "char",
    "text",
    "boolean",
    "integer",
    "float",
    "monetary",
    "date",
    "datetime",
    "selection",
    "many2one",
}


@dataclass(slots=True)
class Rehearsed:
    """What importing one document would do.

    :param str reason: why it would be held, skipped or fail; may have several lines
    :param changes: (what, before, after) texts; before is empty for what would be new, after for what would go
    """

    external_id: str
    name: str
    outcome: str
    reason: str = ""
    changes: tuple = ()
    order_id: int | bool = False


class IntegrationOrderRehearsal(models.AbstractModel):
    """Runs the real importer in a transaction of its own that is rolled back, and says what it did."""

    _name = "integration.order.rehearsal"
    _description = "Order Import Rehearsal"

    @api.model
    def _rehearse(self, backend, documents, *, replay=False):
        """Return a `Rehearsed` for each of `documents`, in order; nothing is kept, sent or numbered.

        :param bool replay: as `integration_replay` of the importer: write again what is applied already
        """
        # A rollback also drops what waits for the commit, mails for instance; one to a savepoint would not.
        with self.env.registry.cursor() as cr:
            try:
                context = dict(self.env.context, integration_dry_run=True, integration_replay=replay)
                rehearsal = self.with_env(self.env(cr=cr, context=context))
                return rehearsal._import_and_compare(backend.with_env(rehearsal.env), documents)
            finally:
                cr.rollback()

    @api.model
    def _import_and_compare(self, backend, documents):
        ids = [document.external_id for document in documents]
        before = {external_id: self._facts(order) for external_id, order in self._orders(backend, ids).items()}
        result = self.env["integration.order.importer"]._import_page(backend, documents, source="rehearsal")
        self.env.flush_all()
        self.env.invalidate_all()
        after = self._orders(backend, ids)
        outcomes = {external_id: (kind, "") for kind in ("created", "updated", "unchanged", "busy")
                    for external_id in getattr(result, kind)}  # fmt: skip
        outcomes.update({external_id: ("skipped", reason) for external_id, reason in result.skipped})
        outcomes.update(
            {
                external_id: ("failed", "\n".join(filter(None, (str(error), error.remedy))))
                for external_id, _name, error in result.failed
            }
        )
        held = dict(result.held)
        rehearsed = []
        for document in documents:
            external_id = document.external_id
            outcome, reason = outcomes[external_id]
            changes, known = (), before.get(external_id, {})
            if outcome in ("created", "updated"):
                order = after[external_id]
                changes = self._differences(known, self._facts(order))
                if external_id in held:
                    outcome = "held"
                    reason = "\n".join(filter(None, (held[external_id], order.integration_hold_remedy)))
                elif not changes:
                    outcome = "unchanged"
            order_id = known.get("id", ("", ""))[1]
            rehearsed.append(Rehearsed(external_id, document.name, outcome, reason, changes, order_id or False))
        return rehearsed

    @api.model
    def _orders(self, backend, external_ids):
        bindings = (
            self.env["integration.binding.order"]
            .sudo()
            .search([("backend_id", "=", backend.id), ("external_id", "in", external_ids)])
        )
        return {binding.external_id: binding.odoo_id for binding in bindings}

    # === BEFORE AND AFTER === #

    @api.model
    def _facts(self, order):
        """Return {key: (label, text)} of what people see of an order: its fields, parties and lines."""
        order = order.sudo()
        facts = {"id": ("", order.id)}
        for name, field in order._fields.items():
            shown = field.store and field.type in READABLE_TYPES and name not in LEFT_OUT
            if shown and not name.startswith(LEFT_OUT_PREFIXES):
                facts[name] = (field._description_string(self.env), self._text(order, field))
        for name in PARTY_FIELDS:
            facts[name] = (order._fields[name]._description_string(self.env), self._party(order[name]))
        for position, line in enumerate(order.order_line):
            key = ("line", line.integration_kind or "", line.integration_external_id or position)
            facts[key] = (self.env._("Line"), self._line(line))
        return facts

    @api.model
    def _text(self, record, field):
        value = record[field.name]
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "monetary":
            return format_amount(self.env, value, record.currency_id)
        if not value and field.type not in ("integer", "float"):
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return format_datetime(self.env, value) if field.type == "datetime" else str(value)

    @api.model
    def _party(self, partner):
        parts = (partner.name, partner.contact_address, partner.email, partner.phone, partner.vat)
        lines = [line.strip() for part in parts if part for line in part.splitlines() if line.strip()]
        return ", ".join(dict.fromkeys(lines))

    @api.model
    def _line(self, line):
        if line.display_type:
            return line.name
        text = f"{line.product_uom_qty:g} x {line.name} · {format_amount(self.env, line.price_unit, line.currency_id)}"
        if line.discount:
            text += f" · -{line.discount:g} %"
        if line.tax_ids:
            text += f" · {', '.join(line.tax_ids.mapped('name'))}"
        return f"{text} = {format_amount(self.env, line.price_total, line.currency_id)}"

    @api.model
    def _differences(self, before, after):
        """Return (label, before, after) of the facts that differ; of a new order, those that say something."""
        no_text, no = ("", ""), self.env._("No")
        changes = []
        for key in [*(key for key in before if key != "id"), *(key for key in after if key not in before)]:
            (label, old), (new_label, new) = before.get(key, no_text), after.get(key, no_text)
            if key != "id" and old != new and not (not before and new in (no, "0", "0.0")):
                changes.append((label or new_label, old, new))
        return tuple(changes)


class IntegrationOrderWriter(models.AbstractModel):
    _inherit = "integration.order.writer"

    @api.model
    def _next_names(self, count):
        """Override of `connector_base`: a rehearsal uses up no order numbers."""
        if self.env.context.get("integration_dry_run"):
            return [self.env._("Dry run")] * count
        return super()._next_names(count)
