from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from ..transport.errors import DataError


@dataclass(slots=True)
class CurrencyPage:
    """Currencies of one page: per code the record; per (code, day) the rate, None if missing.

    `pricelists` holds the id, or False, per (code, the pricelists that are chosen for such orders).
    """

    currencies: dict = field(default_factory=dict)
    pricelists: dict = field(default_factory=dict)
    rates: dict = field(default_factory=dict)


class IntegrationCurrencyResolver(models.AbstractModel):
    """Currency, pricelist and rate of orders: Odoo takes an order's currency from its pricelist and nowhere else."""

    _name = "integration.currency.resolver"
    _description = "Currency Resolver"

    @api.model
    def _resolve(self, backend, documents, settings):
        """Return the `CurrencyPage` of `documents`; inactive currencies are activated, missing pricelists created.

        :param dict settings: {external id: `OrderSettings`}
        """
        page = CurrencyPage()
        codes = {document.currency for document in documents}
        company_currency = backend.company_id.currency_id
        if foreign := codes - {company_currency.name}:
            found = self.env["res.currency"].with_context(active_test=False).search([("name", "in", sorted(foreign))])
            found.filtered(lambda currency: not currency.active).active = True
            page.currencies = {currency.name: currency for currency in found}
        page.currencies[company_currency.name] = company_currency
        self._resolve_pricelists(backend, page, documents, settings)
        self._resolve_rates(backend, page, documents)
        return page

    @api.model
    def _error(self, page, document):
        """Return the DataError of a document in a currency Odoo doesn't know, else None."""
        if document.currency in page.currencies:
            return None
        return DataError(
            self.env._("Odoo doesn't know the currency %s.", document.currency),
            remedy=self.env._("Create the currency under Accounting > Configuration > Currencies, then retry."),
            external_id=document.external_id,
        )

    @api.model
    def _resolve_pricelists(self, backend, page, documents, settings):
        """The pricelist chosen where the currency fits; none is needed for the company's currency."""
        missing = []
        for document in documents:
            key = document.currency, settings[document.external_id].pricelists
            if document.currency not in page.currencies or key in page.pricelists:
                continue
            currency = page.currencies[document.currency]
            if chosen := settings[document.external_id].pricelist(currency):
                page.pricelists[key] = chosen.id
            else:
                page.pricelists[key] = False
                if currency != backend.company_id.currency_id:
                    missing.append((currency, key))
        if not missing:
            return
        pricelists = self.env["product.pricelist"].search(
            [
                ("currency_id", "in", [currency.id for currency, _key in missing]),
                ("company_id", "in", (False, backend.company_id.id)),
            ],
            order="company_id, sequence, id",
        )
        by_currency = {pricelist.currency_id: pricelist for pricelist in reversed(pricelists)}
        for currency, key in missing:
            if currency not in by_currency:
                by_currency[currency] = self._create_pricelist(backend, currency)
            page.pricelists[key] = by_currency[currency].id

    @api.model
    def _create_pricelist(self, backend, currency):
        # a high sequence: it must not become the default pricelist of customers
        return self.env["product.pricelist"].create(
            {
                "name": self.env._("Sales channels (%s)", currency.name),
                "currency_id": currency.id,
                "company_id": backend.company_id.id,
                "sequence": 999,
            }
        )

    @api.model
    def _resolve_rates(self, backend, page, documents):
        """One query for all (currency, day) pairs, with the rule of `res.currency._get_rates`."""
        company = backend.company_id
        pairs = {
            (document.currency, document.created_at.date())
            for document in documents
            if document.currency in page.currencies
        }
        page.rates = {pair: 1.0 for pair in pairs if page.currencies[pair[0]] == company.currency_id}
        foreign = sorted(pairs - page.rates.keys())
        if not foreign:
            return
        days = sorted({day for _code, day in foreign})
        wanted = [(page.currencies[code].id, day) for code, day in foreign]
        wanted += [(company.currency_id.id, day) for day in days]
        self.env["res.currency.rate"].flush_model()
        # the ORM has no lateral look-up: it would be one query per pair
        rows = self.env.execute_query(
            SQL(
                """SELECT wanted.currency, wanted.day, COALESCE(
                     (SELECT rate FROM res_currency_rate r WHERE r.currency_id = wanted.currency
                         AND r.name <= wanted.day AND (r.company_id IS NULL OR r.company_id = %(company)s)
                       ORDER BY r.company_id, r.name DESC LIMIT 1),
                     (SELECT rate FROM res_currency_rate r WHERE r.currency_id = wanted.currency
                         AND (r.company_id IS NULL OR r.company_id = %(company)s)
                       ORDER BY r.company_id, r.name LIMIT 1))
                   FROM unnest(%(currencies)s::int[], %(days)s::date[]) wanted(currency, day)""",
                company=company.root_id.id,
                currencies=[currency_id for currency_id, _day in wanted],
                days=[day for _currency_id, day in wanted],
            )
        )
        found = {(currency_id, day): float(rate) for currency_id, day, rate in rows if rate}
        for code, day in foreign:
            rate = found.get((page.currencies[code].id, day))
            home = found.get((company.currency_id.id, day), 1.0)
            # written as `res.currency` computes it, to be the same float
            page.rates[code, day] = 1 / (home / rate) if rate else None
