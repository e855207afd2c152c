import logging
from dataclasses import dataclass, replace
from datetime import datetime

from odoo import api, models

from ..canonical import UNSET, Address, Customer, CustomerAccount, digest
from .clock import naive
from .page_importer import QUIET
from .page_locks import appeared_meanwhile, try_lock
from .partner_keys import first_email
from .result import ImportResult

_logger = logging.getLogger(__name__)
ADDRESS = ("street", "street2", "city", "zip", "state_id", "country_id")


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One customer of a page on its way."""

    document: CustomerAccount


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer with one of its addresses, shaped as the partner resolver looks at orders."""

    external_id: str
    updated_at: datetime
    customer: Customer
    billing_address: Address | None = None
    shipping_address: Address | None = None
    email: str = ""
    phone: str = ""


def _place(address):
    """Return where an address is, whoever lives there."""
    parts = (address.street, address.street2, address.zip, address.city, address.country_code)
    return [" ".join(part.casefold().split()) for part in parts]


class IntegrationCustomerImporter(models.AbstractModel):
    """Brings pages of a platform's customers into Odoo: found and created as those of orders are.

    What the platform has changed since the last import is changed in Odoo too, where nobody has changed it meanwhile:
    what a user has entered is never overwritten.
    """

    _name = "integration.customer.importer"
    _inherit = "integration.page.importer"
    _description = "Customer Importer"

    @api.model
    def _import_page(self, backend, documents, *, job=None):
        """Import `CustomerAccount`s (at most 500) of one backend in the current transaction; return an `ImportResult`.

        :param sync.job job: where failures are noted and earlier ones of now good documents are resolved
        :raise psycopg2.Error: concurrency errors: the caller runs its transaction again
        """
        backend = (
            backend.sudo().with_company(backend.company_id).with_context(**QUIET, integration_from_backend=backend.id)
        )
        self = self.with_env(backend.env)  # noqa: PLW0642
        result = ImportResult()
        newest = self._newest(documents, result)
        keys = {f"account:{backend.id}:{external_id}": external_id for external_id in newest}
        mine = {keys[key] for key in try_lock(self.env.cr, keys)}
        result.busy.extend(external_id for external_id in newest if external_id not in mine)
        due = self._triage(backend, [document for key, document in newest.items() if key in mine], result)
        if due:
            self._import_entries(backend, [AccountEntry(document) for document in due], result)
        self._report(job, result, "import_customer_ids")
        _logger.info("%s: customers: %s", backend.name, result.summary)
        return result

    @api.model
    def _triage(self, backend, documents, result):
        """Return the documents that say something new; the rest goes to `result`."""
        bindings = self._bindings(backend, documents)
        due = []
        for document in documents:
            binding = bindings.get(document.external_id)
            if not binding or not binding.remote_updated_at:
                due.append(document)
            elif naive(document.updated_at) < binding.remote_updated_at:
                result.skipped.append((document.external_id, self.env._("older than what was imported")))
            elif binding.digest_in == self._digest(document):
                result.unchanged.append(document.external_id)
            else:
                due.append(document)
        return due

    @api.model
    def _bindings(self, backend, documents):
        found = self.env["integration.binding.partner"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [document.external_id for document in documents])],
            ["external_id", "odoo_id", "remote_updated_at", "digest_in", "agreed_values"],
        )
        return {binding.external_id: binding for binding in found}

    @api.model
    def _digest(self, document):
        return digest((document.customer, document.addresses))

    @api.model
    def _import_together(self, backend, entries, result):
        documents = [entry.document for entry in entries]
        partners = self.env["integration.partner.resolver"]
        before = self._bindings(backend, documents)
        standings = {
            document.external_id: self._standings(self._at_home(before.get(document.external_id), document))
            for document in documents
        }
        page = partners._plan(backend, [one for several in standings.values() for one in several])
        busy = self._lock_creations(backend, page)
        result.busy.extend(key for key, several in standings.items() if any(one.external_id in busy for one in several))
        documents = [document for document in documents if document.external_id not in set(result.busy)]
        partners._complete(backend, page, [one for document in documents for one in standings[document.external_id]])
        bindings = self._bindings(backend, documents)
        for document in documents:
            binding = bindings[document.external_id]
            self._agree(backend, binding, page.places.get((document.external_id, "invoice")), document)
            known = document.external_id in before
            (result.updated if known else result.created).append(document.external_id)
        self._tag(backend, documents, bindings)

    @api.model
    def _at_home(self, binding, document):
        """Return the document with the customer's name at the default address if that is where Odoo has the customer.

        Platforms write the name beside each address too, and leave it there when the customer's own one is changed.
        """
        home = self.env["integration.customer.exporter"]._addresses(binding.odoo_id) if binding else ()
        first = document.addresses[:1]
        if not (home and first and _place(home[0]) == _place(first[0])):
            return document
        named = replace(first[0], name=document.customer.name)
        return replace(document, addresses=(named, *document.addresses[1:]))

    @api.model
    def _standings(self, document):
        """Return the customer with its default address, then one for each other address.

        Of equally new ones the resolver takes the last by id: that is the first one.
        """
        first, *others = document.addresses or (None,)
        common = {"updated_at": document.updated_at, "customer": document.customer}
        standing = Standing(document.external_id, billing_address=first, phone=document.customer.phone or "", **common)
        return [
            standing,
            *(
                Standing(f"#{number}:{document.external_id}", shipping_address=address, **common)
                for number, address in enumerate(others, 2)
            ),
        ]

    @api.model
    def _lock_creations(self, backend, page):
        """Take the locks of what will be created; return the ids of the standings that have to wait for others."""
        partners = self.env["integration.partner.resolver"]
        keys = partners._lock_keys(backend, page)
        held = try_lock(self.env.cr, keys)
        busy = {external_id for key, ids in keys.items() if key not in held for external_id in ids}
        if keys:
            appeared = appeared_meanwhile(self.env, partners._appeared_query(backend, page))
            busy |= partners._documents_of(page, appeared)
        return busy

    # === CHANGES === #

    @api.model
    def _agree(self, backend, binding, place, document):
        """Take over what the platform has changed and nobody in Odoo has; remember what both now agree on.

        :param place: (key, values) of the default address, None without one
        """
        partner, agreed = binding.odoo_id, binding.agreed_values or {}
        stated = self._stated(partner, place, document)
        if agreed and partner.partner_share and partner != backend.company_id.partner_id:
            values = {}
            for name, value in stated.items():
                if value != agreed.get(name) and self._present(partner, name) == agreed.get(name):
                    values.update(value if name == "address" else {name: value})
            if values:
                partner.write(values)
        binding.write(
            {
                "agreed_values": stated,
                "digest_in": self._digest(document),
                "remote_updated_at": naive(document.updated_at),
            }
        )
        if all(self._present(partner, name) == value for name, value in stated.items()):
            self.env["integration.customer.exporter"]._note_agreed(binding)

    @api.model
    def _stated(self, partner, place, document):
        """Return {name: value} of what the document states, as Odoo writes it; "address" holds a dict."""
        customer = document.customer
        email, text = first_email(customer.email)
        stated = {"name": customer.name, "email": text if email else "", "phone": customer.phone}
        stated = {name: value for name, value in stated.items() if value}
        if phone := stated.get("phone"):
            stated["phone"] = self.env["integration.partner.resolver"]._phone(phone, partner.country_id)
        if place:
            stated["address"] = {name: place[1][name] for name in ADDRESS}
        return stated

    @api.model
    def _present(self, partner, name):
        """Return what Odoo has now, shaped as `_stated`."""
        if name == "address":
            return {part: partner._fields[part].convert_to_write(partner[part], partner) for part in ADDRESS}
        return partner[name]

    @api.model
    def _tag(self, backend, documents, bindings):
        parties = {document.external_id: (bindings[document.external_id].odoo_id,) for document in documents}
        tagged = [document for document in documents if document.customer.tags is not UNSET]
        self.env["integration.order.settings"]._tag_customers(backend, tagged, parties)
        self.env["integration.customer.groups"]._give_pricelists(backend, documents, parties)
