from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .geography import find_geography
from .partner_keys import address_key, first_email, guest_key, vat_key, vat_spellings
from .partner_page import PartnerPage, Party

OWN_FIELDS = (
    "active",
    "commercial_partner_id",
    "company_id",
    "company_name",
    "country_id",
    "city",
    "email",
    "email_normalized",
    "is_company",
    "lang",
    "name",
    "parent_id",
    "partner_share",
    "phone",
    "state_id",
    "street",
    "street2",
    "user_id",
    "vat",
    "zip",
)


class IntegrationPartnerResolver(models.AbstractModel):
    """Finds or creates the customers and addresses of a page of orders.

    A customer is found by binding, else by normalised e-mail within the company, else by VAT; never by name. Who buys
    for a company (stated with its VAT or the platform's id of it) is a contact of it; the same person's private orders
    belong to a customer of its own, as they are none of the company's. Addresses are children, one per content. What a
    user has entered is never overwritten.

    This file looks up and locks; partner_writer.py writes.
    """

    _name = "integration.partner.resolver"
    _description = "Partner Resolver"

    # === WHO IS MEANT === #

    @api.model
    def _plan(self, backend, documents):
        """Look up the customers of `documents` and their known addresses; return a `PartnerPage`."""
        page = PartnerPage(self._parties(documents), find_geography(self.env, documents))
        self._find_bound(backend, page)
        self._find_by_key(backend, page)
        self._find_addresses(page)
        for document in documents:
            self._find_places(page, document)
        return page

    @api.model
    def _parties(self, documents):
        """Group `documents` by customer, and customers by the company they buy for; return {external id: Party}."""
        known, parties = {}, {}
        for document in documents:
            firm, firm_key = None, ""
            if identity := self._firm_identity(document):
                firm = self._group(known, document, identity, kind="firm")
                firm_key = next(iter((*identity["external"], *identity["vats"])))
            party = self._group(known, document, self._identity(document, firm_key), firm=firm)
            if firm and party not in firm.members:
                firm.members.append(party)
            parties[document.external_id] = party
        return parties

    @api.model
    def _group(self, known, document, identity, *, kind="customer", firm=None):
        """Return the party of `identity`: the one in `known` that shares an id, e-mail or VAT, else a new one."""
        keys = [(kind, firm, name, key) for name, found in identity.items() for key in found]
        party = next((known[key] for key in keys if key in known), None) or Party(firm=firm)
        for key in keys:
            known.setdefault(key, party)
        for name, found in identity.items():
            for key, text in found.items():
                getattr(party, name).setdefault(key, text)
        party.documents.append(document)
        return party

    @api.model
    def _firm_identity(self, document):
        """Return {external, vats} of the company that the document's customer buys for; {} for none.

        A company is stated by its name and the platform's id of it or its VAT: a name alone is text on an address.
        """
        customer = document.customer or None
        if not (customer and customer.company and (customer.company_external_id or customer.vat)):
            return {}
        external = {f"company:{customer.company_external_id}": True} if customer.company_external_id else {}
        return {"external": external, "vats": self._vat(document)}

    @api.model
    def _identity(self, document, firm_key):
        """Return {external, emails, vats} of the document's customer: what it may be found by, never all empty."""
        customer = document.customer or None
        email, text = first_email(customer and customer.email, document.email or "")
        vats = {} if firm_key or not customer else self._vat(document)
        external = customer.external_id if customer else ""
        if not (external or email or vats):
            address = document.billing_address or document.shipping_address or None
            external = guest_key(customer.name if customer else "", address)
        if external and firm_key:
            external = f"contact:{external}|{firm_key}"
        return {
            "external": {external: True} if external else {},
            "emails": {email: text} if email else {},
            "vats": vats,
        }

    @api.model
    def _vat(self, document):
        address = document.billing_address or document.shipping_address or None
        vat = "".join(document.customer.vat.split()).upper()
        key = vat_key(vat, address.country_code if address else "")
        return {key: vat} if key else {}

    # === LOOK-UPS === #

    @api.model
    def _find_bound(self, backend, page):
        everyone = page.everyone()
        external_ids = {external_id for party in everyone for external_id in party.external}
        if not external_ids:
            return
        bindings = self.env["integration.binding.partner"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))], ["external_id", "odoo_id"]
        )
        bindings.odoo_id.fetch(OWN_FIELDS)
        bound = {binding.external_id: binding for binding in bindings}
        page.unbound = external_ids - bound.keys()
        usable = bindings.odoo_id.filtered_domain(self._customer_domain(backend)).filtered("active")
        for party in everyone:
            mine = [bound[key] for key in party.external if key in bound]
            party.partner = next((binding.odoo_id for binding in mine if binding.odoo_id in usable), None)
            if not party.partner:  # archived, or another company's now
                page.stale.update((binding.external_id, binding) for binding in mine)
        page.unbound |= page.stale.keys()

    @api.model
    def _find_by_key(self, backend, page):
        """Find the partners of unbound customers: active ones first, archived ones rather than none."""
        missing = [party for party in page.everyone() if not party.partner]
        candidates = self._candidates(backend, missing)
        by_email, by_vat = defaultdict(list), defaultdict(list)
        for partner in candidates:
            by_email[partner.email_normalized].append(partner)
            by_vat[vat_key(partner.vat, partner.country_id.code or "")].append(partner)
        taken = self._taken(candidates)
        domain = self._customer_domain(backend)
        for party in missing:  # companies come before who buys for them
            if party.is_firm:
                found = self._firms_by_key(party, by_email, by_vat, taken)
            else:
                found = self._people_by_key(party, by_email, by_vat, taken)
            stale = [page.stale[key].odoo_id for key in party.external if key in page.stale]
            found = [
                *(partner for partner in found if partner.active),
                *(partner for partner in stale if partner.filtered_domain(domain)),
                *found,
            ]
            party.partner = next(iter(found), None)
            if not party.partner and party.firm and not party.buys_in_person:
                party.partner = party.firm.partner

    @api.model
    def _people_by_key(self, party, by_email, by_vat, taken):
        """Return who has the party's e-mail, then who has its VAT; of a company's people those of that company."""
        found = [partner for key in party.emails for partner in by_email[key]]
        if party.firm:
            return [partner for partner in found if partner.commercial_partner_id == party.firm.partner]
        found += [partner for key in party.vats for partner in by_vat[key]]
        return [partner for partner in found if not (partner.parent_id and partner in taken)]

    @api.model
    def _firms_by_key(self, firm, by_email, by_vat, taken):
        """Return the companies of this VAT, then those without VAT that are known by the e-mail of who buys."""
        found = [partner.commercial_partner_id for key in firm.vats for partner in by_vat[key]]
        for party in firm.members:
            for partner in (partner for key in party.emails for partner in by_email[key]):
                home = partner.commercial_partner_id
                if home.is_company and not home.vat and partner not in taken and home not in taken:
                    found.append(home)
        return found

    @api.model
    def _candidates(self, backend, parties):
        emails = [email for party in parties for one in (party, *party.members) for email in one.emails]
        vats = [spelling for party in parties for key in party.vats for spelling in vat_spellings(key)]
        Partner = self.env["res.partner"].with_context(active_test=False)
        if not emails and not vats:
            return Partner
        keys = Domain("email_normalized", "in", emails)
        if vats:
            keys |= Domain.custom(to_sql=lambda model, alias, query: _vat_condition(model, alias, query, vats))
        partners = Partner.search_fetch(keys & self._customer_domain(backend), OWN_FIELDS)
        # a customer before a contact of one and before a user, the company's own before shared ones
        return partners.with_context(active_test=True).sorted(
            lambda partner: (
                not partner.active,
                bool(partner.parent_id),
                not partner.partner_share,
                not partner.company_id,
                partner.id,
            )
        )

    @api.model
    def _customer_domain(self, backend):
        own = self.env["res.partner"]._check_company_domain(backend.company_id)
        return Domain(own) & Domain("type", "=", "contact")

    @api.model
    def _taken(self, candidates):
        """Return those of `candidates` that are a platform's companies and people who bought for one.

        Their e-mail finds them when they buy for that company only.
        """
        partners = candidates.filtered("parent_id") | candidates.commercial_partner_id.filtered("is_company")
        if not partners:
            return partners
        domain = Domain("external_id", "=like", "contact:%") | Domain("external_id", "=like", "company:%")
        return self.env["integration.binding.partner"].search(Domain("odoo_id", "in", partners.ids) & domain).odoo_id

    @api.model
    def _find_addresses(self, page):
        """Fill `addresses` of known customers and companies: {content key: partner}."""
        roots = [root for root in dict.fromkeys(party.root for party in page.distinct()) if root.partner]
        partners = self.env["res.partner"].union(*(root.partner for root in roots))
        if not partners:
            return
        partners.fetch(OWN_FIELDS)
        children = self.env["res.partner"].search_fetch([("parent_id", "in", partners.ids)], OWN_FIELDS)
        by_parent = children.grouped("parent_id")
        for root in roots:
            for partner in root.partner + by_parent.get(root.partner, children.browse()):
                root.addresses.setdefault(root.partner_key(partner), partner)

    @api.model
    def _find_places(self, page, document):
        """Note the keys and values of the document's addresses in `places`."""
        root = page.parties[document.external_id].root
        buyer = document.customer.name if document.customer else None
        for role, address in (("invoice", document.billing_address), ("delivery", document.shipping_address)):
            if address:
                values = self._address_values(address, page.geography)
                title = root.title(address.name, address.company, buyer=buyer if role == "invoice" else None)
                page.places[document.external_id, role] = address_key(title, values), {**values, "name": title or False}

    @api.model
    def _address_values(self, address, geography):
        place = geography.find(address)
        return {
            "street": address.street or False,
            # what Odoo has no state or country for still stands on the label
            "street2": ", ".join(filter(None, (address.street2, place.rest))) or False,
            "city": address.city or False,
            "zip": address.zip or False,
            "country_id": place.country_id,
            "state_id": place.state_id,
            "phone": address.phone or False,
        }

    # === WHAT IS MISSING === #

    @api.model
    def _lock_keys(self, backend, page):
        """Return {advisory lock key: external ids} of the customers and addresses that `_complete` will create."""
        keys, company = defaultdict(set), backend.company_id.id

        def watch(party, kind, value, scope=0):
            ids = {document.external_id for document in party.documents}
            page.watched.setdefault(f"{kind}:{value}", set()).update(ids)
            keys[f"{kind}:{scope}:{value}"].update(ids)

        for party in page.everyone():
            for external_id in party.external:
                if external_id in page.unbound:
                    watch(party, "customer", external_id, backend.id)
            if party.partner:
                continue
            for email in party.emails:
                watch(party, "email", email, company)
            for key in party.vats:
                for spelling in vat_spellings(key):
                    watch(party, "vat", spelling, company)
            if party.firm and party.firm.partner:
                watch(party, "child", party.firm.partner.id)
        for (external_id, _role), (key, _values) in page.places.items():
            root = page.parties[external_id].root
            if root.partner and key not in root.addresses:
                watch(root, "child", root.partner.id)
        return keys

    @api.model
    def _appeared_query(self, backend, page):
        """Return SQL of (key of `watched`, row id) of what others may have created since the look-up."""

        def watched(kind):
            return [name.removeprefix(kind) for name in page.watched if name.startswith(kind)]

        return SQL(
            """SELECT 'customer:' || external_id, id FROM integration_binding_partner
                WHERE backend_id = %s AND external_id = ANY(%s)
               UNION ALL SELECT 'email:' || email_normalized, id FROM res_partner WHERE email_normalized = ANY(%s)
               UNION ALL SELECT 'vat:' || %s, id FROM res_partner WHERE vat IS NOT NULL AND %s = ANY(%s)
               UNION ALL SELECT 'child:' || parent_id, id FROM res_partner WHERE parent_id = ANY(%s)""",
            backend.id,
            watched("customer:"),
            watched("email:"),
            _bare_vat(SQL.identifier("vat")),
            _bare_vat(SQL.identifier("vat")),
            watched("vat:"),
            [int(parent_id) for parent_id in watched("child:")],
        )

    @api.model
    def _documents_of(self, page, keys):
        """Return the external ids of the documents that want to create what has one of `keys` of `watched`."""
        return {external_id for key in keys for external_id in page.watched[key]}


def _bare_vat(column):
    """Return SQL of what `bare_vat` does, as the index on res_partner has it."""
    return SQL("upper(regexp_replace(%s, '[^a-zA-Z0-9]', '', 'g'))", column)


def _vat_condition(model, alias, query, vats):
    column = model._field_to_sql(alias, "vat", query)
    return SQL("(%s IS NOT NULL AND %s = ANY(%s))", column, _bare_vat(column), vats)
