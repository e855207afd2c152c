"""The customers of one page of documents."""

from dataclasses import dataclass, field

from .partner_keys import address_key, label, plain


@dataclass(slots=True, eq=False, repr=False)
class Party:
    """One customer, or the company that some customers buy for; its partner once found or created.

    `external` are ids to bind: the platform's customer id, `guest:` and a digest of name and address, `company:` and
    the platform's company id, `contact:` and a customer's id within a company. `emails` and `vats` hold what was given
    by what it is compared by. `addresses` are those of the partner and its children, by `address_key`; people who buy
    for a company have none of their own.
    """

    firm: object = None
    external: dict = field(default_factory=dict)
    emails: dict = field(default_factory=dict)
    vats: dict = field(default_factory=dict)
    documents: list = field(default_factory=list)
    partner: object = None
    addresses: dict = field(default_factory=dict)
    members: list = field(default_factory=list)

    @property
    def root(self):
        """Whose children the addresses are: the company, else the customer."""
        return self.firm or self

    @property
    def newest(self):
        """The document that was changed last."""
        return max(self.documents, key=lambda document: (document.updated_at, document.external_id))

    @property
    def is_firm(self):
        return bool(self.members)

    @property
    def firm_name(self):
        """The name of the company: Odoo's if it is known there."""
        return self.partner.name if self.partner else self.newest.customer.company

    @property
    def buys_in_person(self):
        """Whether a person buys for the company, so that it gets a contact; else the company itself is the customer."""
        name = self.newest.customer.name
        return bool(name) and plain(name) != plain(self.newest.customer.company)

    def title(self, name, company, *, buyer=None):
        """Return what stands above the street of an address: below a company its name isn't repeated.

        :param str buyer: a name that may be left out as well: bills go to the company, whoever ordered
        """
        if not self.is_firm:
            return label(name, company)
        firm = plain(self.firm_name)
        if plain(company) == firm:
            company = ""
        if plain(name) == firm or (buyer and plain(name) == plain(buyer)):
            name = ""
        return label(name, company)

    def partner_key(self, partner):
        """Return the `address_key` of the party's partner or one of its children."""
        title = "" if self.is_firm and partner == self.partner else self.title(partner.name, partner.company_name)
        values = {name: partner[name] for name in ("street", "street2", "city", "zip")}
        return address_key(title, {**values, "state_id": partner.state_id.id, "country_id": partner.country_id.id})


@dataclass(slots=True)
class PartnerPage:
    """Customers of one page.

    `parties` by the document's external id; `unbound` external ids without binding or with a `stale` one (id: binding);
    `places` {(external id, role): (address key, values)}; `watched` {what others may create as well: external ids}.
    """

    parties: dict
    geography: object
    unbound: set = field(default_factory=set)
    stale: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    watched: dict = field(default_factory=dict)

    def distinct(self, external_ids=None):
        """Return the parties, of some documents only if given, each once and in order."""
        ids = self.parties if external_ids is None else external_ids
        return list(dict.fromkeys(self.parties[external_id] for external_id in ids))

    def everyone(self, external_ids=None):
        """Return the companies and the parties, each once and in order."""
        parties = self.distinct(external_ids)
        return list(dict.fromkeys([*(party.root for party in parties), *parties]))
