from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from ..canonical import UNSET

MAX_NAME = 100  # of a tag or a campaign: what comes from an address may be any length
UTM_MODELS = {"source": "utm.source", "medium": "utm.medium", "campaign": "utm.campaign"}


class IntegrationOrderSettings(models.AbstractModel):
    """Gives new orders what their backend says: number, campaign, tags. One query per kind and page."""

    _name = "integration.order.settings"
    _description = "Order Settings"

    @api.model
    def _heads(self, backend, documents):
        """Return {external id: values of `sale.order`} of new orders."""
        heads = {document.external_id: {} for document in documents}
        if not heads:
            return heads
        self._add_names(backend, documents, heads)
        self._add_utm(backend, documents, heads)
        self._add_tags(backend, documents, heads)
        return heads

    # === NUMBER === #

    @api.model
    def _add_names(self, backend, documents, heads):
        """Name orders as the platform does; one that is taken gets a number behind it."""
        if backend.order_naming != "platform":
            return
        wanted = {document.external_id: f"{backend.order_prefix or ''}{document.name}" for document in documents}
        # a name that was numbered before is taken too, hence the pattern
        domain = Domain.OR(Domain("name", "=like", f"{escape_psql(name)}%") for name in set(wanted.values()))
        orders = self.env["sale.order"].search_fetch([("company_id", "=", backend.company_id.id), *domain], ["name"])
        taken = set(orders.mapped("name"))
        for external_id, name in wanted.items():
            number, free = 2, name
            while free in taken:
                free = f"{name} ({number})"
                number += 1
            taken.add(free)
            heads[external_id]["name"] = free

    # === UTM === #

    @api.model
    def _add_utm(self, backend, documents, heads):
        """Find or create source, medium and campaign, upper and lower case alike, as Odoo's `utm.mixin` does."""
        if not backend.import_utm:
            return
        stated = {document.external_id: document.utm for document in documents if document.utm}
        found = {
            part: self._find_or_create(model, [getattr(utm, part) for utm in stated.values()])
            for part, model in UTM_MODELS.items()
        }
        for external_id, values in heads.items():
            utm = stated.get(external_id)
            for part in UTM_MODELS:
                name = self._clean(getattr(utm, part)) if utm else ""
                record = found[part].get(name.lower())
                if not record and part != "campaign":
                    record = backend[f"utm_{part}_id"]
                values[f"{part}_id"] = record.id if record else False

    # === TAGS === #

    @api.model
    def _add_tags(self, backend, documents, heads):
        if not backend.import_order_tags:
            return
        stated = {document.external_id: document.tags for document in documents if document.tags}
        found = self._find_or_create("crm.tag", [tag for tags in stated.values() for tag in tags])
        for external_id, tags in stated.items():
            ids = {found[key].id for tag in tags if (key := self._clean(tag).lower())}
            heads[external_id]["tag_ids"] = [(6, 0, sorted(ids))]

    @api.model
    def _tag_customers(self, backend, documents, parties):
        """Add the platform's tags of customers to those that they have.

        :param parties: {external id of an order: (customer, invoice address, delivery address)}
        """
        if not backend.import_customer_tags:
            return
        partners_of = {}
        for document in documents:
            customer = document.customer
            if customer and customer.tags is not UNSET and document.external_id in parties:
                for tag in customer.tags:
                    if key := self._clean(tag).lower():
                        partners_of.setdefault(key, (tag, set()))[1].add(parties[document.external_id][0].id)
        found = self._find_or_create("res.partner.category", [tag for tag, _ids in partners_of.values()])
        for key, (_tag, ids) in partners_of.items():
            partners = self.env["res.partner"].browse(sorted(ids))
            partners = partners.filtered(lambda partner, category=found[key]: category not in partner.category_id)
            partners.write({"category_id": [(4, found[key].id)]})

    # === FIND OR CREATE === #

    @api.model
    def _clean(self, name):
        return " ".join(name.split())[:MAX_NAME].strip()

    @api.model
    def _find_or_create(self, model, names):
        """Return {name in lower case: record} of `names`; empty ones are left out. One search, one create.

        :raise ConcurrencyError: another transaction creates the same name
        """
        wanted = {}
        for name in names:
            if cleaned := self._clean(name):
                wanted.setdefault(cleaned.lower(), cleaned)
        if not wanted:
            return {}
        Model = self.env[model].sudo().with_context(active_test=False)
        domain = Domain.OR(Domain("name", "=ilike", escape_psql(name)) for name in wanted)
        records = Model.search_fetch(domain, ["name"], order="id desc")
        found = {record.name.lower(): record for record in records}
        missing = [name for key, name in wanted.items() if key not in found]
        extra = {"is_auto_campaign": True} if "is_auto_campaign" in Model._fields else {}
        try:
            created = Model.create([{"name": name, **extra} for name in missing])
        except UniqueViolation as error:
            raise ConcurrencyError("another transaction creates the same name") from error
        found.update((name.lower(), record) for name, record in zip(missing, created, strict=True))
        return found
