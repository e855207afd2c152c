from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .order_values import ResolvedTax, TaxLeaf


@dataclass(frozen=True, slots=True)
class TaxKey:
    """What tells one platform tax from another: title, rate as a fraction, in the price or not, country of delivery."""

    title: str
    rate: Decimal
    included: bool
    country: str

    @property
    def mapping_value(self):
        """The text under which users map this tax, the same for all countries: `VAT|0.2|included`."""
        return f"{self.title}|{self.rate.normalize():f}|{'included' if self.included else 'excluded'}"

    @property
    def percent(self):
        return round(float(self.rate * 100), 4)


@dataclass(slots=True)
class TaxPage:
    """Taxes of one page: `found` per key, `missing` per key the documents' external ids that wait for it.

    `untaxed` is the company's tax of 0 % that carries the amounts of discounted lines without taxes, None when there
    is none yet; `discounted` are the external ids of the documents that may need it. `registrations` are the fiscal
    positions with a tax number of the company abroad, by country code: there the taxes of that country are due.
    """

    found: dict = field(default_factory=dict)
    missing: dict = field(default_factory=lambda: defaultdict(set))
    untaxed: ResolvedTax | None = None
    discounted: set = field(default_factory=set)
    registrations: dict = field(default_factory=dict)


class IntegrationTaxResolver(models.AbstractModel):
    """Finds the Odoo taxes of a page of orders: by the users' mapping, else by rate, inclusion, company and country."""

    _name = "integration.tax.resolver"
    _description = "Tax Resolver"

    @api.model
    def _keys(self, document):
        """Return per line of `document` (lines, then shipping lines) its list of `TaxKey`."""
        country = self._destination(document)
        return [
            [TaxKey(tax.title, tax.rate, document.includes(tax), country) for tax in part.taxes]
            for part in (*document.lines, *document.shipping_lines)
        ]

    @api.model
    def _destination(self, document):
        """Return the code of the country where the order is taxed: that of the delivery, else of the bill."""
        address = document.shipping_address or document.billing_address
        return address.country_code if address else ""

    @api.model
    def _plan(self, backend, documents):
        """Look up the taxes of all `documents`; return a `TaxPage`. Taxes without an amount need none in Odoo."""
        page = TaxPage(registrations=self._registrations(backend.company_id))
        needed, amounts, together = self._needed(page, documents)
        if page.discounted:
            page.untaxed = self._find_untaxed(backend.company_id)
        if not needed:
            return page
        values = {key.mapping_value for key in needed}
        mappings = self.env["integration.mapping"]._find(backend, "tax", values)
        candidates = self._candidates(backend.company_id)
        certain = set()
        for key in needed:
            mapping = mappings.get(key.mapping_value)
            country = self._tax_country(backend.company_id, key, page)
            if mapping and mapping.tax_id.country_id == country:
                tax = mapping.tax_id
                certain.add(key)
            else:
                tax = self._match(key, country, candidates, amounts[key])
            if tax:
                page.found[key] = self._resolved(tax)
                if self._is_titled(tax, key):
                    certain.add(key)
            elif amounts[key]:
                page.missing[key] = amounts[key]
        for keys in together:
            self._part_twins(page, keys, certain, amounts)
        return page

    @api.model
    def _needed(self, page, documents):
        """Return ({key: external ids}, {key: those with an amount}, the keys of each line with several amounts)."""
        needed, amounts, together = defaultdict(set), defaultdict(set), set()
        for document in documents:
            parts = (*document.lines, *document.shipping_lines)
            for keys, part in zip(self._keys(document), parts, strict=True):
                if part.discount and not any(tax.amount for tax in part.taxes):
                    page.discounted.add(document.external_id)
                for key, tax in zip(keys, part.taxes, strict=True):
                    needed[key].add(document.external_id)
                    if tax.amount:
                        amounts[key].add(document.external_id)
                if len(keys) > 1:
                    together.add(frozenset(key for key, tax in zip(keys, part.taxes, strict=True) if tax.amount))
        return needed, amounts, together

    @api.model
    def _registrations(self, company):
        """Return {country code: fiscal position} where `company` has a tax number of its own, outside its country."""
        positions = self.env["account.fiscal.position"].search(
            [
                *self.env["account.fiscal.position"]._check_company_domain(company),
                ("foreign_vat", "!=", False),
                ("country_id", "!=", company.account_fiscal_country_id.id),
            ]
        )
        return {position.country_id.code: position for position in reversed(positions)}

    @api.model
    def _tax_country(self, company, key, page):
        """Return the country whose taxes an order may bear: Odoo refuses an invoice with those of any other."""
        registration = page.registrations.get(key.country)
        return registration.country_id if registration else company.account_fiscal_country_id

    @api.model
    def _part_twins(self, page, keys, certain, amounts):
        """Find no tax for platform taxes of one rate on one line that would be one in Odoo.

        A line has each tax once: Odoo would compute one of them after a change of the quantity. Those that are mapped,
        or named like their Odoo tax, stay.
        """
        same = defaultdict(list)
        for key in keys:
            if key in page.found:
                same[page.found[key].id].append(key)
        for twins in same.values():
            for key in twins if len(twins) > 1 else ():
                if key not in certain:
                    del page.found[key]
                    page.missing[key] = amounts[key]

    @api.model
    def _candidates(self, company):
        """Return the active sales taxes in percent of `company`, by (rate in percent, in the price or not)."""
        taxes = self.env["account.tax"].search(
            Domain(self.env["account.tax"]._check_company_domain(company))
            & Domain("type_tax_use", "=", "sale")
            & Domain("amount_type", "=", "percent")
        )
        candidates = defaultdict(self.env["account.tax"].browse)
        for tax in taxes:
            candidates[round(tax.amount, 4), tax.price_include] += tax
        return candidates

    @api.model
    def _match(self, key, country, candidates, documents):
        """Return the tax of `candidates` for `key`, empty when there is none. A rate of 0 with amounts is no rate.

        Taxes of `country` only. Those of a fiscal position of the country of delivery (as for the EU's one-stop shop)
        go before others, and are for no other country.
        """
        ranks = {}
        for tax in candidates.get((key.percent, key.included), ()):
            if tax.country_id == country and (rank := self._destination_rank(tax, key)) is not None:
                ranks[tax] = (rank, not self._is_titled(tax, key), tax.sequence, tax.id)
        if not ranks or (not key.rate and documents):
            return self.env["account.tax"]
        return min(ranks, key=ranks.get)

    @api.model
    def _destination_rank(self, tax, key):
        """Return 0 for a tax made for the country of delivery, 1 for a tax of any country, None for one of others."""
        abroad = tax.fiscal_position_ids.filtered(
            lambda position: not position.is_domestic and (position.country_id or position.country_group_id)
        )
        countries = (
            abroad.country_id | abroad.filtered(lambda position: not position.country_id).country_group_id.country_ids
        )
        if key.country and key.country in countries.mapped("code"):
            return 0
        return 1 if abroad != tax.fiscal_position_ids or not abroad else None

    @api.model
    def _is_titled(self, tax, key):
        return key.title.casefold() in ((tax.name or "").casefold(), (tax.invoice_label or "").casefold())

    @api.model
    def _resolved(self, tax):
        leaves = tax.flatten_taxes_hierarchy()
        return ResolvedTax(
            tax.id,
            tuple(
                TaxLeaf(leaf.id, Decimal(str(leaf.amount)), leaf.include_base_amount, leaf.is_base_affected)
                for leaf in leaves
            ),
        )

    # === MISSING TAXES === #

    @api.model
    def _lock_keys(self, backend, page):
        """Return {advisory lock key: external ids} of the taxes that `_complete` will create."""
        locks = {}
        if page.discounted and not page.untaxed:
            locks[f"tax:{backend.company_id.id}:untaxed"] = page.discounted
        if backend.tax_policy != "create":
            return locks
        return locks | {
            f"tax:{backend.company_id.id}:{key.title}:{key.percent}:{key.included}": ids
            for key, ids in page.missing.items()
            if key.rate
        }

    @api.model
    def _appeared_query(self, backend, page):
        """Return SQL of (lock key part, id) of taxes that may have been created by others since the look-up."""
        return SQL(
            "SELECT amount::float8, id FROM account_tax WHERE company_id = %s AND amount = ANY(%s)",
            backend.company_id.id,
            [*(key.percent for key in page.missing), *([] if page.untaxed else [0.0])],
        )

    @api.model
    def _complete(self, backend, page, external_ids):
        """Create what some documents miss if the backend says so, else note it for the users' mapping."""
        if not page.untaxed and page.discounted & external_ids:
            page.untaxed = self._resolved(self._create_untaxed(backend.company_id))
        if backend.tax_policy == "create":
            created = {}
            for key in [key for key, ids in page.missing.items() if key.rate and ids & external_ids]:
                country = self._tax_country(backend.company_id, key, page)
                identity = (key.title, key.percent, key.included, country)
                if identity not in created:
                    created[identity] = self._resolved(self._create_tax(backend.company_id, key, country))
                page.found[key] = created[identity]
                del page.missing[key]
        if page.missing:
            labels = {key.mapping_value: self._label(key) for key in page.missing}
            self.env["integration.mapping"]._note_missing(backend, "tax", labels)

    @api.model
    def _label(self, key):
        if key.included:
            return self.env._("%(title)s %(percent)g %%, included in prices", title=key.title, percent=key.percent)
        return self.env._("%(title)s %(percent)g %%, added to prices", title=key.title, percent=key.percent)

    @api.model
    def _create_tax(self, company, key, country):
        """Create the sales tax of `key`, a tax of `country`."""
        percent = f"{key.percent:g}%"
        title = key.title if percent in key.title.replace(" ", "") else f"{key.title} {percent}"
        name = self.env._("%s incl.", title) if key.included else title
        price_include = "tax_included" if key.included else "tax_excluded"
        names = {"title": title, "name": name, "label": key.title}
        return self._create(company, country, **names, percent=key.percent, price_include=price_include)

    @api.model
    def _create(self, company, country, *, title, name, label, percent, price_include):
        """Create a sales tax, booked where the company's default sales tax is booked.

        Its tax group is one per title and rate: Odoo shows tax totals by group, under the group's name.
        """
        template = company.account_sale_tax_id
        account = template.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax").account_id
        refund = template.refund_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax").account_id
        return self.env["account.tax"].create(
            {
                "name": self._free_name(company, country, name),
                "invoice_label": label,
                "company_id": company.id,
                "country_id": country.id,
                "type_tax_use": "sale",
                "amount_type": "percent",
                "amount": percent,
                "price_include_override": price_include,
                "tax_group_id": self._tax_group(company, country, title).id,
                "invoice_repartition_line_ids": self._repartition(account[:1]),
                "refund_repartition_line_ids": self._repartition(refund[:1]),
            }
        )

    # === NO TAX === #

    @api.model
    def _find_untaxed(self, company):
        """Return the `ResolvedTax` of 0 % that `_create_untaxed` made for `company`, None when there is none."""
        tax = self.env.ref(f"connector_base.untaxed_{company.id}", raise_if_not_found=False)
        return self._resolved(tax) if tax and tax.active else None

    @api.model
    def _create_untaxed(self, company):
        """Create the tax of 0 % for discounted lines without taxes.

        Odoo keeps discounts in percent with two digits and ignores given amounts on lines without taxes: this tax lets
        such a line show the price and the discount that the customer saw.
        """
        label = self.env._("No tax")
        names = {"title": label, "name": label, "label": label}
        country = company.account_fiscal_country_id
        tax = self._create(company, country, **names, percent=0.0, price_include="tax_excluded")
        xmlid = {"xml_id": f"connector_base.untaxed_{company.id}", "record": tax, "noupdate": True}
        self.env["ir.model.data"]._update_xmlids([xmlid])
        return tax

    @api.model
    def _repartition(self, account):
        return [
            Command.create({"repartition_type": "base", "factor_percent": 100.0}),
            Command.create({"repartition_type": "tax", "factor_percent": 100.0, "account_id": account.id}),
        ]

    @api.model
    def _free_name(self, company, country, name):
        taken = set(
            self.env["account.tax"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "child_of", company.root_id.id),
                    ("type_tax_use", "=", "sale"),
                    ("country_id", "=", country.id),
                    ("name", "=like", f"{name}%"),
                ]
            )
            .mapped("name")
        )
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name} ({number})", number + 1
        return candidate

    @api.model
    def _tax_group(self, company, country, name):
        values = {"name": name, "company_id": company.id, "country_id": country.id}
        domain = [(field_name, "=", value) for field_name, value in values.items()]
        return self.env["account.tax.group"].search(domain, limit=1) or self.env["account.tax.group"].create(values)
