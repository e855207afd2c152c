from odoo import api, models

from .partner_keys import address_key

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
ADDRESS_FIELDS = ("street", "street2", "city", "zip", "country_id", "state_id")


class IntegrationPartnerWriter(models.AbstractModel):
    """What the partner resolver writes: customers, then people of companies, then addresses, then bindings."""

    _inherit = "integration.partner.resolver"

    @api.model
    def _complete(self, backend, page, documents):
        """Create what is missing for `documents`, bind it, and mend what the look-up found broken.

        :return: {external id: (customer, invoice address, delivery address)}
        """
        # numbers of a platform may be wrong: that must not keep an order from being imported
        self = self.with_context(no_vat_validation=True)  # noqa: PLW0642
        external_ids = [document.external_id for document in documents]
        everyone = page.everyone(external_ids)
        known = [party for party in everyone if party.partner]
        self._reactivate(backend, known)
        fresh = self._create_roots(backend, page, [party for party in everyone if party.root is party])
        self._create_contacts(page, [party for party in everyone if party.firm], fresh)
        self._create_addresses(page, external_ids, fresh)
        self._fill(backend, known)
        self._bind(backend, page, everyone)
        return self._result(page, external_ids)

    # === CREATION === #

    @api.model
    def _create_roots(self, backend, page, roots):
        """Create new customers and companies; return the set of those that were new."""
        fresh = [root for root in roots if not root.partner]
        values = [self._root_values(backend, page, root) for root in fresh]
        # new customers have neither parent nor children: nothing to synchronise, and that costs a third of the creation
        created = self.env["res.partner"].with_context(_partners_skip_fields_sync=True).create(values)
        for root, partner, vals in zip(fresh, created, values, strict=True):
            root.partner = partner
            title = "" if root.is_firm else root.title(vals["name"], vals["company_name"])
            root.addresses[address_key(title, vals)] = partner
        return set(fresh)

    @api.model
    def _create_contacts(self, page, parties, fresh):
        """Create the people who buy for companies, each below its company and with its address."""
        missing = []
        for party in parties:
            if party.partner:
                continue
            if party.buys_in_person:
                missing.append(party)
            else:
                party.partner = party.firm.partner
        values = [self._contact_values(party) for party in missing]
        created = self._create_children([party.firm for party in missing], values, fresh)
        for party, partner, vals in zip(missing, created, values, strict=True):
            party.partner = partner
            party.firm.addresses.setdefault(address_key(vals["name"], vals), partner)

    @api.model
    def _create_addresses(self, page, external_ids, fresh):
        """Create the addresses that customers and companies don't have yet; give those without phone the stated one."""
        pending = {}
        for (external_id, role), (key, values) in page.places.items():
            if external_id not in external_ids:
                continue
            root = page.parties[external_id].root
            if key not in root.addresses:
                pending.setdefault((root, key), {**self._child_values(root), **self._phoned(values), "type": role})
            elif values["phone"] and (known := root.addresses[key]) != root.partner and not known.phone:
                known.phone = self._phoned(values)["phone"]
        created = self._create_children([root for root, _key in pending], list(pending.values()), fresh)
        for (root, key), child in zip(pending, created, strict=True):
            root.addresses[key] = child

    @api.model
    def _create_children(self, roots, values, fresh):
        """Create one child for each of `values`, in order; Odoo synchronises it with a parent that was known before."""
        Partner = self.env["res.partner"]
        created = [None] * len(values)
        for is_fresh in (True, False):
            places = [place for place, root in enumerate(roots) if (root in fresh) is is_fresh]
            creator = Partner.with_context(_partners_skip_fields_sync=True) if is_fresh else Partner
            for place, child in zip(places, creator.create([values[place] for place in places]), strict=True):
                created[place] = child
        return created

    # === VALUES === #

    @api.model
    def _root_values(self, backend, page, root):
        """Return the values of a new customer or company: the newest document's, billing address as its own."""
        document = root.newest
        customer = document.customer or None
        address = document.billing_address or document.shipping_address or None
        values = dict.fromkeys((*ADDRESS_FIELDS, "phone"), False)
        if address:
            role = "invoice" if document.billing_address else "delivery"
            values.update(page.places[document.external_id, role][1])
        values.update(
            vat=next(iter(root.vats.values()), False),
            company_id=backend.company_id.id,
            user_id=False,
            customer_rank=1,
            type="contact",
        )
        if customer and customer.language and (lang := self._installed_language(customer.language)):
            values["lang"] = lang
        itself = root
        if root.is_firm:
            values.update(name=customer.company, company_name=False, is_company=True)
            itself = next((party for party in root.members if not party.buys_in_person), None)
        else:
            company = (customer and customer.company) or (address and address.company) or False
            email = next(iter(root.emails.values()), "")
            name = (customer and customer.name) or (address and (address.name or address.company)) or company or email
            values.update(name=name or self.env._("Guest of %s", backend.name), company_name=company)
            if company == values["name"]:
                values.update(company_name=False, is_company=True)
        if itself:
            document = itself.newest
            customer = document.customer or None
            values["email"] = next(iter(itself.emails.values()), False) or (customer and customer.email) or False
            values["phone"] = (customer and customer.phone) or values["phone"] or document.phone or False
        return self._phoned(values)

    @api.model
    def _contact_values(self, party):
        document, firm = party.newest, party.firm.partner
        customer = document.customer
        values = {name: firm[name] for name in ADDRESS_FIELDS}
        values.update(
            self._child_values(party.firm),
            country_id=firm.country_id.id,
            state_id=firm.state_id.id,
            name=customer.name,
            email=next(iter(party.emails.values()), False) or customer.email or False,
            phone=customer.phone or document.phone or False,
            customer_rank=1,
            type="contact",
        )
        if customer.language and (lang := self._installed_language(customer.language)):
            values["lang"] = lang
        return self._phoned(values)

    @api.model
    def _child_values(self, root):
        parent = root.partner
        return {
            "company_name": False,
            "parent_id": parent.id,
            "company_id": parent.company_id.id,
            "lang": parent.lang,
            "user_id": parent.user_id.id,
            "vat": parent.vat,
        }

    @api.model
    def _phoned(self, values):
        country = self.env["res.country"].browse(values.get("country_id") or [])
        return {**values, "phone": self._phone(values.get("phone"), country)}

    @api.model
    def _phone(self, phone, country):
        """Return the number in international form; as it was given where that can't be done."""
        # a national number without a country could be anybody's
        if not phone or not (country or phone.startswith("+")):
            return phone or False
        formatted = self.env["res.partner"]._phone_format(number=phone, country=country, force_format="INTERNATIONAL")
        return formatted or phone

    @api.model
    def _installed_language(self, language):
        """Return the installed language for a platform's code (`fr`, `fr-CA`), None when there is none."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = language.replace("-", "_")
        return next((code for code in codes if code == wanted), None) or next(
            (code for code in codes if code.split("_")[0] == wanted.split("_")[0]), None
        )

    # === KNOWN CUSTOMERS === #

    @api.model
    def _reactivate(self, backend, parties):
        """Reactivate archived customers who buy again, and say so: there was nobody else of that e-mail or VAT."""
        partners = self.env["res.partner"].union(*(party.partner for party in parties))
        archived = partners.filtered(lambda partner: not partner.active)
        if archived:
            archived.write({"active": True})
            body = self.env._("This archived contact bought again on %s and was reactivated.", backend.name)
            archived._message_log_batch(bodies=dict.fromkeys(archived.ids, body))

    @api.model
    def _fill(self, backend, parties):
        """Fill what is empty and stated now. What is there stays: a user may have entered it. Users are left alone."""
        for party in parties:
            partner, customer = party.partner, party.newest.customer
            if not customer or not partner.partner_share or partner == backend.company_id.partner_id:
                continue
            values = {}
            if not partner.vat and party.vats and partner.commercial_partner_id == partner:
                values["vat"] = next(iter(party.vats.values()))
            if not party.is_firm:
                if not partner.phone and customer.phone:
                    values["phone"] = self._phone(customer.phone, partner.country_id)
                if not partner.email and party.emails:
                    values["email"] = next(iter(party.emails.values()))
            if values:
                partner.write(values)

    # === RESULT === #

    @api.model
    def _bind(self, backend, page, parties):
        """Bind what is unbound, and let bindings of what is gone point to who was found instead."""
        new = []
        for party in parties:
            for external_id in page.unbound.intersection(party.external):
                if binding := page.stale.get(external_id):
                    if binding.odoo_id != party.partner:
                        binding.odoo_id = party.partner
                else:
                    new.append({"backend_id": backend.id, "external_id": external_id, "odoo_id": party.partner.id})
        self.env["integration.binding.partner"].create(new)

    @api.model
    def _result(self, page, external_ids):
        result = {}
        for external_id in external_ids:
            party = page.parties[external_id]
            addresses = []
            for role, default in (("invoice", party.root.partner), ("delivery", party.partner)):
                place = page.places.get((external_id, role))
                addresses.append(party.root.addresses[place[0]] if place else default)
            result[external_id] = (party.partner, *addresses)
        # read together from here on, and no more than orders need
        everyone = self.env["res.partner"].browse({partner.id for partners in result.values() for partner in partners})
        everyone.fetch(ORDER_FIELDS)
        return {
            external_id: tuple(partner.with_prefetch(everyone._ids) for partner in partners)
            for external_id, partners in result.items()
        }
