from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.tools import html2plaintext

from ..canonical import PART_OF, UNSET, differences

TEXT_LIMIT = 300


@dataclass(slots=True)
class Foreseen:
    """What sending one product would do. `changes` are (what, there now, afterwards) texts."""

    template_id: int
    outcome: str
    changes: tuple = ()


class IntegrationProductRehearsal(models.AbstractModel):
    """Says what sending products would change on a platform, without sending anything."""

    _name = "integration.product.rehearsal"
    _description = "Product Push Rehearsal"

    @api.model
    def _rehearse(self, backend, templates, wishes, everything=False):
        """Return a `Foreseen` for each product of `templates`; nothing is kept or sent, but the platform is read.

        :param dict wishes: as of `integration.product.publisher._publish`; None to leave them as they are
        """
        # A rollback also drops what waits for the commit: no push is woken up.
        with self.env.registry.cursor() as cr:
            try:
                rehearsal = self.with_env(self.env(cr=cr))
                backend, templates = backend.with_env(rehearsal.env), templates.with_env(rehearsal.env)
                publisher = rehearsal.env["integration.product.publisher"]
                bindings = (
                    publisher._publish(backend, templates, wishes)
                    if wishes
                    else publisher._bindings(backend, templates)
                )
                if everything:
                    bindings.write({"digests_out": False})
                return rehearsal._foresee(backend, bindings)
            finally:
                cr.rollback()

    @api.model
    def _foresee(self, backend, bindings):
        known = [external_id for external_id in bindings.mapped("external_id") if external_id]
        there = {}
        if known and "products_in" in backend._adapter()._capabilities():
            there = {found.external_id: found for found in backend._adapter()._fetch_products_by_id(backend, known)}
        names = self._names(backend)
        foreseen = []
        for planned in self.env["integration.product.exporter"]._plan(backend, bindings):
            template_id, document = planned.binding.odoo_id.id, planned.document
            if not planned.parts:
                foreseen.append(Foreseen(template_id, "unchanged"))
            elif not document.external_id:
                foreseen.append(Foreseen(template_id, "created", self._statement(document, names)))
            elif document.external_id in there:
                found = differences(document, there[document.external_id])
                changes = [item for item in found if PART_OF[item[0]] in planned.parts]
                outcome = "updated" if changes else "unchanged"
                foreseen.append(Foreseen(template_id, outcome, self._changes(changes, names)))
            elif there:
                foreseen.append(Foreseen(template_id, "missing"))
            else:
                foreseen.append(Foreseen(template_id, "updated", self._parts(planned.parts)))
        return foreseen

    # === TEXTS === #

    @api.model
    def _names(self, backend):
        """Return {external id: name} of what products are put into and shown on."""
        names = {}
        for model in ("integration.category", "integration.channel"):
            records = self.env[model].with_context(active_test=False).search([("backend_id", "=", backend.id)])
            names.update({record.external_id: record.display_name for record in records})
        return names

    @api.model
    def _labels(self):
        fields = self.env["integration.field.rule"]._fields["field"]
        labels = dict(fields._description_selection(self.env))
        return {
            **labels,
            "seo_title": self.env._("Search Engine Title"),
            "seo_description": self.env._("Search Engine Description"),
            "hs_code": self.env._("Customs Code"),
            "origin_country_code": self.env._("Country of Origin"),
            "image": self.env._("Picture"),
            "category_ids": labels["categories"],
            "channel_ids": labels["channels"],
            "options": self.env._("Variant"),
            "requires_shipping": self.env._("Is Shipped"),
            "taxable": self.env._("Is Taxed"),
            "tracked": self.env._("Is Counted"),
        }

    @api.model
    def _changes(self, found, names):
        labels = self._labels()
        changes = []
        for name, variant, ours, theirs in found:
            label = labels[name.removeprefix("variants.")]
            if variant is not None and name != "variants.options" and variant.options:
                label = f"{label} ({self._text('options', variant.options, names)})"
            attribute = name.removeprefix("variants.")
            changes.append((label, self._text(attribute, theirs, names), self._text(attribute, ours, names)))
        return tuple(changes)

    @api.model
    def _statement(self, document, names):
        """Return the changes of a product that is new: what it will have there."""
        labels = self._labels()
        changes = []
        for name in PART_OF:
            if not name.startswith("variants.") and name != "options":
                text = self._text(name, getattr(document, name), names)
                if text:
                    changes.append((labels[name], "", text))
        for variant in document.variants:
            price = f"{variant.price} {document.currency}" if variant.price is not UNSET else self.env._("no price")
            texts = [self._text("options", variant.options, names), variant.sku or "", price]
            changes.append((labels["options"], "", ", ".join(filter(None, texts))))
        return tuple(changes)

    @api.model
    def _parts(self, parts):
        labels = {
            "basics": self.env._("Texts"),
            "status": self.env._("Status"),
            "variants": self.env._("Variants"),
            "prices": self.env._("Prices"),
            "images": self.env._("Pictures"),
            "categories": self.env._("Categories"),
            "attributes": self.env._("Custom Fields"),
            "translations": self.env._("Translations"),
            "channels": self.env._("Publications"),
        }
        return tuple((labels[part], "", self.env._("is sent")) for part in sorted(parts))

    @api.model
    def _text(self, name, value, names):
        """Return a value of a document as people read it."""
        if value is None or value is UNSET:
            return ""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, Decimal):
            return format(value.normalize(), "f")
        tell = {
            "description": html2plaintext,
            "images": lambda images: self.env._("Pictures: %s", len(images)) if images else "",
            "options": lambda options: " / ".join(chosen for _name, chosen in options),
            "attributes": lambda items: ", ".join(f"{item.key}: {item.value}" for item in items),
            "translations": lambda items: ", ".join(f"{item.language}: {item.value}" for item in items if item.value),
            "category_ids": lambda ids: ", ".join(names.get(external_id, external_id) for external_id in ids),
            "channel_ids": lambda ids: ", ".join(names.get(external_id, external_id) for external_id in ids),
            "tags": ", ".join,
        }
        text = tell.get(name, str)(value)
        return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}…"
