import hashlib
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from .geography import find_geography

OWN_FIELDS = ("name", "company_name", "street", "street2", "city", "zip", "state_id", "country_id", "parent_id")

ORDER_FIELDS = (
    "commercial_partner_id",
    "company_id",
    "country_id",
    "name",
    "state_id",
    "user_id",
    "vat",
    "zip",
    "property_account_position_id",
    "property_inbound_payment_method_line_id",
    "property_payment_term_id",
)


@dataclass(slots=True, eq=False, repr=False)
class Party:
    """One customer of a page: how the documents name it, and its partner once found or created.

    `external` are the platform's customer ids, or `guest:` and a digest of the address for guests without e-mail.
    """

    external: dict = field(default_factory=dict)
    emails: dict = field(default_factory=dict)
    vats: dict = field(default_factory=dict)
    documents: list = field(default_factory=list)
    partner: object = None
    addresses: dict = field(default_factory=dict)


@dataclass(slots=True)
class PartnerPage:
    """Customers of one page. `parties` by the document's external id; `unbound` customer ids without a binding."""

    parties: dict
    unbound: set
    geography: object

    def distinct(self, external_ids=None):
        """Return the parties, of some documents only if given, each once and in order."""
        ids = self.parties if external_ids is None else external_ids
        return list(dict.fromkeys(self.parties[external_id] for external_id in ids))


class IntegrationPartnerResolver(models.AbstractModel):
    """Finds or creates the customers and addresses of a page of orders.

    A customer is found by binding, else by normalised e-mail within the company, else by VAT; never by name. Addresses
    are children of the customer, one per content. What a user has entered is never overwritten.
    """

    _name = "integration.partner.resolver"
    _description = "Partner Resolver"

    # === LOOK-UPS === #

    @api.model
    def _plan(self, backend, documents):
        """Look up the customers of `documents` and their known addresses; return a `PartnerPage`."""
        page = PartnerPage(self._parties(documents), set(), find_geography(self.env, documents))
        parties = page.distinct()
        self._find_bound(backend, page, parties)
        self._find_by_key(backend, [party for party in parties if not party.partner])
        self._find_addresses([party for party in parties if party.partner])
        return page

    @api.model
    def _parties(self, documents):
        """Group `documents` by customer; return {external id: Party}."""
        known, parties = {}, {}
        for document in documents:
            external, email, vat = self._identity(document)
            keys = [("external", external), ("email", email), ("vat", vat)]
            keys = [key for key in keys if key[1]]
            party = next((known[key] for key in keys if key in known), None) or Party()
            for key in keys:
                known.setdefault(key, party)
            if external:
                party.external[external] = True
            if email:
                party.emails[email] = True
            if vat:
                party.vats[vat] = True
            party.documents.append(document)
            parties[document.external_id] = party
        return parties

    @api.model
    def _identity(self, document):
        """Return (customer id, normalised e-mail, VAT) of the document's customer; each may be empty, never all."""
        customer = document.customer or None
        email = email_normalize((customer and customer.email) or document.email or "") or ""
        vat = "".join(customer.vat.split()).upper() if customer else ""
        external = customer.external_id if customer else ""
        if not (external or email or vat):
            address = document.billing_address or document.shipping_address or None
            name = customer.name if customer else ""
            content = "|".join((name, *_content(address))) if address else name
            external = f"guest:{hashlib.sha256(content.encode()).hexdigest()[:32]}"
        return external, email, vat

    @api.model
    def _find_bound(self, backend, page, parties):
        external_ids = {external_id for party in parties for external_id in party.external}
        if not external_ids:
            return
        bindings = self.env["integration.binding.partner"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))], ["external_id", "odoo_id"]
        )
        partners = {binding.external_id: binding.odoo_id for binding in bindings}
        page.unbound = external_ids - partners.keys()
        for party in parties:
            party.partner = next((partners[key] for key in party.external if key in partners), None)

    @api.model
    def _find_by_key(self, backend, parties):
        emails = [email for party in parties for email in party.emails]
        vats = [vat for party in parties for vat in party.vats]
        if not emails and not vats:
            return
        keys = Domain("email_normalized", "in", emails)
        if vats:
            keys |= Domain("vat", "in", vats)
        partners = self.env["res.partner"].search_fetch(
            keys & self._customer_domain(backend), ["email_normalized", "vat", "parent_id", "company_id"]
        )
        # the first one wins: a customer before a contact of one, the company's own before shared ones
        partners = partners.sorted(lambda partner: (bool(partner.parent_id), not partner.company_id, partner.id))
        by_email, by_vat = {}, {}
        for partner in partners:
            by_email.setdefault(partner.email_normalized, partner)
            by_vat.setdefault(partner.vat, partner)
        for party in parties:
            party.partner = next((by_email[key] for key in party.emails if key in by_email), None) or next(
                (by_vat[key] for key in party.vats if key in by_vat), None
            )

    @api.model
    def _customer_domain(self, backend):
        return Domain("company_id", "in", (False, backend.company_id.id)) & Domain("type", "=", "contact")

    @api.model
    def _find_addresses(self, parties):
        """Fill `addresses` of known customers: {content key: partner}."""
        partners = self.env["res.partner"].union(*(party.partner for party in parties))
        if not partners:
            return
        partners.fetch(OWN_FIELDS)
        children = self.env["res.partner"].search_fetch([("parent_id", "in", partners.ids)], OWN_FIELDS)
        by_parent = children.grouped("parent_id")
        for party in parties:
            for partner in party.partner + by_parent.get(party.partner, children.browse()):
                party.addresses.setdefault(_partner_key(partner), partner)

    # === WHAT IS MISSING === #

    @api.model
    def _lock_keys(self, backend, page):
        """Return {advisory lock key: external ids} of the customers that `_complete` will create or bind."""
        keys = {}
        for party in page.distinct():
            names = [f"customer:{backend.id}:{key}" for key in party.external if key in page.unbound]
            if not party.partner:
                names += [f"email:{backend.company_id.id}:{key}" for key in party.emails]
                names += [f"vat:{backend.company_id.id}:{key}" for key in party.vats]
            for name in names:
                keys[name] = {document.external_id for document in party.documents}
        return keys

    @api.model
    def _appeared_query(self, backend, page):
        """Return SQL of (customer id, e-mail or VAT, row id) of what others may have created since the look-up."""
        new = [party for party in page.distinct() if not party.partner]
        return SQL(
            """SELECT external_id, id FROM integration_binding_partner WHERE backend_id = %s AND external_id = ANY(%s)
               UNION ALL SELECT email_normalized, id FROM res_partner WHERE email_normalized = ANY(%s)
               UNION ALL SELECT vat, id FROM res_partner WHERE vat = ANY(%s)""",
            backend.id,
            list(page.unbound),
            [email for party in new for email in party.emails],
            [vat for party in new for vat in party.vats],
        )

    @api.model
    def _documents_of(self, page, keys):
        """Return the external ids of the documents whose customer has one of `keys` (ids, e-mails, VAT)."""
        return {
            external_id
            for external_id, party in page.parties.items()
            if not keys.isdisjoint((*party.external, *party.emails, *party.vats))
        }

    # === CREATION === #

    @api.model
    def _complete(self, backend, page, documents):
        """Create missing customers, then missing addresses, then bindings, for `documents`.

        :return: {external id: (customer, invoice address, delivery address)}
        """
        parties = page.distinct([document.external_id for document in documents])
        Partner = self.env["res.partner"].with_context(no_vat_validation=True)
        # new customers have neither parent nor children: nothing to synchronise, and that costs a third of the creation
        fresh = [party for party in parties if not party.partner]
        values = [self._customer_values(backend, party, page.geography) for party in fresh]
        created = Partner.with_context(_partners_skip_fields_sync=True).create(values)
        for party, partner, vals in zip(fresh, created, values, strict=True):
            party.partner = partner
            party.addresses[_values_key(vals)] = partner
        result = self._complete_addresses(page, documents, set(fresh))
        self._bind(backend, page, parties)
        return result

    @api.model
    def _complete_addresses(self, page, documents, fresh):
        """Create the addresses that the customers don't have yet; return what `_complete` does."""
        pending, places = {}, {}
        for document in documents:
            party = page.parties[document.external_id]
            for role, address in (("invoice", document.billing_address), ("delivery", document.shipping_address)):
                if not address:
                    continue
                values = self._address_values(address, page.geography)
                key = places[document.external_id, role] = _values_key(values)
                if key not in party.addresses:
                    pending.setdefault((party, key), {**values, **self._child_values(party, values), "type": role})
        Partner = self.env["res.partner"].with_context(no_vat_validation=True)
        for skip_sync in (True, False):
            wanted = [place for place in pending if (place[0] in fresh) is skip_sync]
            creator = Partner.with_context(_partners_skip_fields_sync=True) if skip_sync else Partner
            children = creator.create([pending[place] for place in wanted])
            for (party, key), child in zip(wanted, children, strict=True):
                party.addresses[key] = child
        result = {}
        for document in documents:
            party = page.parties[document.external_id]
            invoice, delivery = (places.get((document.external_id, role)) for role in ("invoice", "delivery"))
            result[document.external_id] = (
                party.partner,
                party.addresses[invoice] if invoice else party.partner,
                party.addresses[delivery] if delivery else party.partner,
            )
        # read together from here on, and no more than orders need
        everyone = Partner.browse({partner.id for partners in result.values() for partner in partners})
        everyone.fetch(ORDER_FIELDS)
        return {
            external_id: tuple(partner.with_prefetch(everyone._ids) for partner in partners)
            for external_id, partners in result.items()
        }

    @api.model
    def _bind(self, backend, page, parties):
        self.env["integration.binding.partner"].create(
            [
                {"backend_id": backend.id, "external_id": external_id, "odoo_id": party.partner.id}
                for party in parties
                for external_id in party.external
                if external_id in page.unbound
            ]
        )

    @api.model
    def _customer_values(self, backend, party, geography):
        """Return the values of a new customer: the newest document's customer, with the billing address as its own."""
        document = max(party.documents, key=lambda document: document.updated_at)
        customer = document.customer or None
        address = document.billing_address or document.shipping_address or None
        email = next(iter(party.emails), "")
        values = self._address_values(address, geography) if address else {}
        name = (customer and customer.name) or values.get("name") or (customer and customer.company) or email
        values.update(
            name=name or self.env._("Guest of %s", backend.name),
            company_name=(customer and customer.company) or (address and address.company) or False,
            email=email or False,
            phone=(customer and customer.phone) or values.get("phone") or document.phone or False,
            vat=next(iter(party.vats), False),
            company_id=backend.company_id.id,
            user_id=False,
            customer_rank=1,
            type="contact",
        )
        if values["company_name"] == values["name"]:
            values.update(company_name=False, is_company=True)
        if customer and customer.language and (lang := self._installed_language(customer.language)):
            values["lang"] = lang
        return values

    @api.model
    def _child_values(self, party, values):
        parent = party.partner
        return {
            "name": _label(values["name"], values["company_name"]),
            "company_name": False,
            "parent_id": parent.id,
            "company_id": parent.company_id.id,
            "lang": parent.lang,
            "user_id": parent.user_id.id,
            "vat": parent.vat,
        }

    @api.model
    def _address_values(self, address, geography):
        country_id, state_id = geography.find(address)
        return {
            "name": address.name or address.company,
            "company_name": address.company if address.company != address.name else False,
            "street": address.street or False,
            "street2": address.street2 or False,
            "city": address.city or False,
            "zip": address.zip or False,
            "country_id": country_id,
            "state_id": state_id,
            "phone": address.phone or False,
        }

    @api.model
    def _installed_language(self, language):
        """Return the installed language for a platform's code (`fr`, `fr-CA`), None when there is none."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = language.replace("-", "_")
        return next((code for code in codes if code == wanted), None) or next(
            (code for code in codes if code.split("_")[0] == wanted.split("_")[0]), None
        )


def _content(address):
    return (
        address.name,
        address.company,
        address.street,
        address.street2,
        address.city,
        address.zip,
        address.state_code or address.state_name,
        address.country_code or address.country_name,
    )


def _label(name, company):
    return f"{company}, {name}" if company and company != name else name


def _key(name, company, texts, places):
    """What makes two addresses the same: all that is printed on a label, whatever case and spacing."""
    texts = (_label(name, company), *texts)
    return (*(" ".join((text or "").split()).casefold() for text in texts), *places)


def _values_key(values):
    texts = [values.get(name) for name in ("street", "street2", "city", "zip")]
    places = [values.get(name) or False for name in ("state_id", "country_id")]
    return _key(values["name"], values["company_name"], texts, places)


def _partner_key(partner):
    texts = (partner.street, partner.street2, partner.city, partner.zip)
    return _key(partner.name, partner.company_name, texts, (partner.state_id.id, partner.country_id.id))
