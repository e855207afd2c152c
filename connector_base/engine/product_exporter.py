import hashlib
import logging
from dataclasses import dataclass, replace

from odoo import api, models
from odoo.tools import SQL

from ..canonical import (
    PART_OF,
    PRODUCT_PARTS,
    Product,
    agreed_translations,
    differences,
    field_digests,
    owner_key,
    parts_of,
    restrict,
)

_logger = logging.getLogger(__name__)

# Whose value is sent: fields of which the platform decides are stated only when the product is new there
SENT_OWNERS = ("odoo", "newest")
# Where this transaction keeps how products stood before an import: see `_changed_parts`
BEFORE = "integration_product_digests"
KEY_PREFIX = "odoo-"


@dataclass(slots=True)
class Planned:
    """What is to be told about a product. `digests` are the fingerprints of the fields that are compared later."""

    binding: models.BaseModel
    document: Product
    variant_ids: tuple
    parts: frozenset
    digests: dict


class IntegrationProductExporter(models.AbstractModel):
    """Knows what platforms have to be told about products: what differs from what both sides last agreed on.

    They agree field by field: the binding keeps a fingerprint of each field as Odoo stated it when it was pushed, or
    after it was pulled. Fields are sent by the part (`canonical.PRODUCT_PARTS`).
    """

    _name = "integration.product.exporter"
    _description = "Product Exporter"

    # === WHAT DIFFERS === #

    @api.model
    def _plan(self, backend, bindings):
        """Return [`Planned`] of `bindings`, in their order; one with no parts has nothing to be told."""
        sendable = frozenset(backend._adapter()._product_parts())
        decided = self._decided(backend)
        planned = []
        for binding, stated in self.env["integration.product.documents"]._build(backend, bindings).items():
            document = restrict(stated.document, decided)
            digests = {name: value for name, value in field_digests(document).items() if PART_OF[name] in sendable}
            known = binding.digests_out or {}
            if binding.external_id:
                document = self._with_first_prices(document, stated.document)
                parts = parts_of(name for name, value in digests.items() if known.get(name) != value)
            else:
                document = replace(stated.document, **stated.beginnings)
                parts = parts_of(field_digests(document)) & sendable
            planned.append(Planned(binding, document, stated.variant_ids, parts, digests))
        return planned

    @api.model
    def _with_first_prices(self, document, whole):
        """Return `document` with the prices in Odoo of variants that are new there, whoever decides about prices."""
        variants = tuple(
            variant
            if variant.external_id
            else replace(variant, price=full.price, compare_at_price=full.compare_at_price)
            for variant, full in zip(document.variants, whole.variants, strict=True)
        )
        return replace(document, variants=variants)

    @api.model
    def _decided(self, backend):
        """Return the names of the fields (as rules on who decides call them) whose values in Odoo are sent."""
        return frozenset(name for name, owner in backend._field_owners().items() if owner in SENT_OWNERS)

    # === MEETING THE IMPORT === #

    @api.model
    def _changed_parts(self, backend, bindings):
        """Return {binding: frozenset of `PRODUCT_PARTS` changed in Odoo since both sides last agreed}.

        To be called before an import writes to the products. Where nothing was ever agreed on, as with products that
        were just linked, and where products aren't sent at all, all parts count as changed: times have to decide. Of
        what the platform alone decides nothing is said.
        """
        if not backend._syncs("products_out"):
            return dict.fromkeys(bindings, frozenset(PRODUCT_PARTS))
        before = self.env.cr.cache.setdefault(BEFORE, {})
        changed = {}
        for planned in self._plan(backend, bindings):
            before[planned.binding.id] = planned.digests
            agreed = planned.binding.external_id and planned.binding.digests_out
            changed[planned.binding] = planned.parts if agreed else frozenset(PRODUCT_PARTS)
        return changed

    @api.model
    def _note_pulled(self, backend, documents, ours=None):
        """Both sides agree on what an import has just written; what Odoo keeps against the platform is to be pushed.

        To be called once the import of a page has written. A field is pushed when the two differ in it, and either Odoo
        decides about it, or Odoo had changed it (`_changed_parts` saw it) and the import left it as it was. What else
        differs is what Odoo can't hold as exactly as the platform states it.

        :param dict documents: {product binding: canonical `Product` that was imported}; None instead of the product
            when only its pictures were read: they are agreed on then, but for those Odoo has added
        :param dict ours: {product binding: names of fields, as in rules on who decides, whose values Odoo keeps} of
            products that were just linked; what Odoo doesn't have is nothing to keep
        """
        if not (documents and backend._syncs("products_out")):
            return
        bindings = self.env["integration.binding.product"].union(*documents)
        before = self.env.cr.cache.get(BEFORE, {})
        owners, ours = backend._field_owners(), ours or {}
        automatic = self._automatic_categories(backend, documents.values())
        differing = self.env["integration.binding.product"]
        for planned in self._plan(backend, bindings):
            theirs = documents[planned.binding]
            if theirs is None:
                kept = self._new_images(planned)
                of_images = {name: value for name, value in planned.digests.items() if PART_OF[name] == "images"}
                agreed = {**(planned.binding.digests_out or {}), **of_images}
                values = {}
            else:
                was = before.pop(planned.binding.id, {})
                theirs = self._without(theirs, automatic)
                kept, seen = self._kept(planned, theirs, was, owners, ours.get(planned.binding, ()))
                agreed = planned.digests
                values = {"digests_seen": seen or False}
            values["digests_out"] = {name: value for name, value in agreed.items() if name not in kept}
            if "translations" in kept:
                known = (planned.binding.digests_out or {}).get("translations") or {}
                values["digests_out"]["translations"] = agreed_translations(planned.document, theirs, known)
            self._write_changed(planned.binding, values)
            if kept:
                differing |= planned.binding
        self._mark(differing)

    @api.model
    def _new_images(self, planned):
        """Return the fields to be pushed for pictures that the platform doesn't have."""
        return {"images"} if any(not image.external_id for image in planned.document.images or ()) else set()

    @api.model
    def _kept(self, planned, theirs, was, owners, ours):
        """Return the fields to be pushed, and {field: fingerprint of the platform's statement} where both differ.

        A field that was pushed and comes back in another form, as the platform writes it, is not pushed again.
        """
        known, said = planned.binding.digests_out or {}, field_digests(theirs)
        seen_before = planned.binding.digests_seen or {}
        kept, seen = set(), {}
        differing = differences(planned.document, theirs)
        valued = {name for name, _variant, value, _theirs in differing if value and owner_key(name) in ours}
        for name in {name for name, *_values in differing} & planned.digests.keys():
            value = planned.digests[name]
            own_change = name in valued or (known.get(name) != value and was.get(name) == value)
            if own_change or owners.get(owner_key(name)) == "odoo":
                seen[name] = said.get(name)
                if own_change or seen_before.get(name) != said.get(name):
                    kept.add(name)
        return kept, seen

    @api.model
    def _automatic_categories(self, backend, documents):
        """Return those external ids of categories whose products the platform chooses."""
        named = {
            external_id
            for document in documents
            if document
            for external_id in document.category_ids or ()
            if external_id
        }
        if not named:
            return frozenset()
        categories = self.env["integration.category"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(named)), ("automatic", "=", True)],
            ["external_id"],
        )
        return frozenset(categories.mapped("external_id"))

    @api.model
    def _without(self, document, category_ids):
        if not document.category_ids:
            return document
        return replace(document, category_ids=tuple(set(document.category_ids) - category_ids))

    @api.model
    def _write_changed(self, record, values):
        values = {name: value for name, value in values.items() if (record[name] or False) != (value or False)}
        if values:
            record.write(values)

    @api.model
    def _mark(self, bindings):
        """Have `bindings` looked at by the next push of their sales channels."""
        if bindings:
            self.env["integration.change"]._note(
                "product",
                SQL("SELECT backend_id, id FROM integration_binding_product WHERE id IN %s", tuple(bindings.ids)),
            )

    @api.model
    def _agree(self, backend, bindings, names=None):
        """Take `bindings` as they are as what both sides agree on; only in the fields `names` if given."""
        for planned in self._plan(backend, bindings):
            if names is None:
                planned.binding.digests_out = planned.digests
            else:
                agreed = {name: value for name, value in planned.digests.items() if name in names}
                planned.binding.digests_out = {**(planned.binding.digests_out or {}), **agreed}

    # === NAMES === #

    @api.model
    def _key(self, binding):
        """Return what names the product on its platform for good, also when its binding is made anew.

        A product can be bound to several of one channel, linked by hand: all but the first have a name of their own.
        """
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        key = f"{KEY_PREFIX}{hashlib.sha256(database.encode()).hexdigest()[:12]}-{binding.odoo_id.id}"
        siblings = binding.odoo_id.sudo().integration_binding_ids
        first = min(sibling.id for sibling in siblings if sibling.backend_id.id == binding.backend_id.id)
        return key if binding.id == first else f"{key}-{binding.id}"

    @api.model
    def _by_names(self, backend, names):
        """Return the bindings of products by their external ids there; of those that are new, by their keys."""
        bindings = self.env["integration.binding.product"]
        found = bindings.search([("backend_id", "=", backend.id), ("external_id", "in", list(names))])
        missing = set(names) - set(found.mapped("external_id"))
        template_ids = [int(name.split("-")[2]) for name in missing if name.startswith(KEY_PREFIX)]
        if template_ids:
            created = bindings.search([("backend_id", "=", backend.id), ("odoo_id", "in", template_ids)])
            found |= created.filtered(lambda binding: self._key(binding) in missing)
        return found
