from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models

from ..canonical import UNSET
from .accounting_dates import paid_at
from .clock import naive
from .order_values import Precision, Terms, line_values, plan_amounts
from .page import Draft
from .product_resolver import ProductKey


class IntegrationOrderDrafter(models.AbstractModel):
    """Turns canonical orders and what their names resolved to into values of `sale.order` and its lines."""

    _name = "integration.order.drafter"
    _description = "Order Drafter"

    @api.model
    def _drafts(self, backend, entries, lookups):
        """Return the `Draft` of every entry, in order.

        :param Lookups lookups: what the entries' names were resolved to
        """
        adapter = backend._adapter()
        precisions = self._precisions(backend, lookups.currencies)
        constants = self._constants(backend) if any(not entry.order for entry in entries) else {}
        positions = self._fiscal_positions(lookups.parties)
        risks = self.env["integration.order.risk"]
        settings = self.env["integration.order.settings"]
        new_heads = settings._heads(backend, [entry.document for entry in entries if not entry.order])
        settings._tag_customers(backend, [entry.document for entry in entries], lookups.parties)
        groups = self.env["integration.customer.groups"]
        groups._give_pricelists(backend, [entry.document for entry in entries], lookups.parties)
        missing_taxes = defaultdict(list)
        for key, ids in lookups.taxes.missing.items():
            for external_id in ids:
                missing_taxes[external_id].append(key)
        drafts = []
        for entry in entries:
            document, own = entry.document, lookups.settings[entry.external_id]
            draft = Draft(entry, self._mirror_values(adapter, entry), order=entry.order)
            if entry.parties_due:
                customer, invoice, delivery = lookups.parties[entry.external_id]
                position = self._tax_position(document, positions[customer, delivery], lookups.taxes)
                draft.parties = self._party_values(backend, own, customer, invoice, delivery, position_id=position)
            if not entry.order:
                draft.head = {
                    **constants,
                    **self._head_values(backend, adapter, document),
                    "integration_scope_id": own.scope.id,
                    "warehouse_id": own.warehouse.id or constants["warehouse_id"],
                    **new_heads[entry.external_id],
                }
            if entry.lines_due:
                currency = lookups.currencies.currencies[document.currency]
                rate = lookups.currencies.rates[document.currency, document.created_at.date()]
                draft.head["pricelist_id"] = lookups.currencies.pricelists[document.currency, own.pricelists]
                draft.terms = Terms(currency.id, rate or 1.0, precisions[document.currency])
                amounts = plan_amounts(document, currency.decimal_places)
                self._fill_lines(draft, amounts, lookups)
                if own.analytic_distribution:
                    for values in draft.lines:
                        values["analytic_distribution"] = own.analytic_distribution
                self._hold(draft, amounts, currency, missing_taxes[entry.external_id], has_rate=rate is not None)
            risks._judge(backend, draft)
            drafts.append(draft)
        return drafts

    @api.model
    def _precisions(self, backend, currency_page):
        digits = self.env["decimal.precision"]
        return {
            code: Precision(
                currency.decimal_places,
                backend.company_id.currency_id.decimal_places,
                digits.precision_get("Discount"),
                digits.precision_get("Product Unit"),
            )
            for code, currency in currency_page.currencies.items()
        }

    # === HEAD === #

    @api.model
    def _constants(self, backend):
        """Return the values that all new orders of a page share: given, they aren't computed for each."""
        Order = self.env["sale.order"]
        values = Order.default_get([name for name, field in Order._fields.items() if field.default])
        values.pop("name", None)
        values.pop("date_order", None)
        company = backend.company_id
        values.update(
            company_id=company.id,
            integration_backend_id=backend.id,
            origin=backend.name,
            # placed and paid on the platform: nothing to sign or pay in the portal, and it doesn't expire
            require_signature=False,
            require_payment=False,
            prepayment_percent=company.prepayment_percent,
            validity_date=False,
            journal_id=False,
            sale_order_template_id=False,
            warehouse_id=backend.warehouse_id.id or self._default_warehouse(company).id,
            campaign_id=False,
            medium_id=False,
            source_id=False,
        )
        if not self.env["ir.config_parameter"].sudo().get_param("account.use_invoice_terms"):
            values["note"] = False
        return values

    @api.model
    def _default_warehouse(self, company):
        default = self.env["ir.default"].with_company(company)._get_model_defaults("sale.order").get("warehouse_id")
        if default is not None:
            return self.env["stock.warehouse"].browse(default)
        return self.env["res.users"].with_company(company)._get_default_warehouse_id()

    @api.model
    def _head_values(self, backend, adapter, document):
        return {
            "integration_external_id": document.external_id,
            "integration_url": adapter._order_url(backend, document.external_id),
            "client_order_ref": document.name,
            "date_order": naive(document.created_at),
            "state": "cancel" if document.cancelled_at else "draft",
        }

    @api.model
    def _party_values(self, backend, own, customer, invoice, delivery, *, position_id):
        salesperson = backend.salesperson_id or customer.user_id or customer.commercial_partner_id.user_id
        return {
            "partner_id": customer.id,
            "partner_invoice_id": invoice.id,
            "partner_shipping_id": delivery.id,
            "fiscal_position_id": backend.fiscal_position_id.id or position_id,
            "payment_term_id": backend.payment_term_id.id or customer.property_payment_term_id.id,
            "preferred_payment_method_line_id": customer.property_inbound_payment_method_line_id.id,
            "user_id": salesperson.id,
            "team_id": own.team.id or self._default_team(backend.company_id, salesperson).id,
        }

    @api.model
    def _default_team(self, company, salesperson):
        teams = self.env.cr.cache.setdefault("integration_default_teams", {})
        key = company.id, salesperson.id
        if key not in teams:
            Team = self.env["crm.team"]
            domain = Team._check_company_domain(company.id)
            teams[key] = Team._get_default_team_id(user_id=salesperson.id, domain=domain).id
        return self.env["crm.team"].browse(teams[key])

    @api.model
    def _fiscal_positions(self, parties):
        """Return {(customer, delivery address): id of the fiscal position}, asking Odoo once per distinct address."""
        Position = self.env["account.fiscal.position"]
        automatic = Position.search_count(
            [*Position._check_company_domain(self.env.company), ("auto_apply", "=", True)], limit=1
        )
        positions, known = {}, {}
        for customer, _invoice, delivery in parties.values():
            manual = delivery.property_account_position_id or customer.property_account_position_id
            if not automatic:
                positions[customer, delivery] = manual.id
                continue
            key = (
                manual,
                customer.vat,
                customer.country_id,
                delivery.vat,
                delivery.country_id,
                delivery.state_id,
                delivery.zip,
            )
            if key not in known:
                known[key] = Position._get_fiscal_position(customer, delivery).id
            positions[customer, delivery] = known[key]
        return positions

    @api.model
    def _tax_position(self, document, position_id, tax_page):
        """Return the id of the fiscal position that goes with the taxes of `document`.

        One with a tax number abroad says which country's taxes an invoice may have: it is that of the taxes' country,
        or none such. All others stay as Odoo found them; they map no taxes of imported lines.
        """
        registration = tax_page.registrations.get(self.env["integration.tax.resolver"]._destination(document))
        if registration:
            return registration.id
        abroad = [position.id for position in tax_page.registrations.values()]
        return False if position_id in abroad else position_id

    @api.model
    def _mirror_values(self, adapter, entry):
        """Return the mirror fields that the document states; what it leaves UNSET is not overwritten."""
        document = entry.document
        values = {
            "integration_financial_status": document.financial_status,
            "integration_fulfillment_status": document.fulfillment_status,
            "integration_source": document.source,
            "integration_risk": document.risk,
            "integration_note": document.note,
            "integration_cancelled_at": document.cancelled_at and naive(document.cancelled_at),
            "integration_paid_at": document.payments and naive(paid_at(document.payments)),
            "integration_archived_at": document.closed_at and naive(document.closed_at),
            "integration_tags": document.tags and ", ".join(document.tags),
            "integration_gateway": document.gateways and ", ".join(document.gateways),
            "integration_attributes": document.attributes
            and "\n".join(f"{name}: {value}" for name, value in document.attributes),
            "integration_landing_url": document.landing_url,
            "integration_referrer_url": document.referrer_url,
            "integration_discounts": document.discounts
            and ", ".join(discount.code or discount.title for discount in document.discounts),
        }
        values = {name: value or False for name, value in values.items() if value is not UNSET}
        values.update(adapter._order_mirror_values(document))
        values["integration_lines_digest"] = entry.lines_digest
        if entry.parties_digest:
            values["integration_parties_digest"] = entry.parties_digest
        return values

    # === LINES === #

    @api.model
    def _fill_lines(self, draft, amounts, lookups):
        document = draft.entry.document
        taxes = self.env["integration.tax.resolver"]
        keys = taxes._keys(document)
        # it is a tax of the company's own country
        untaxed = None if taxes._destination(document) in lookups.taxes.registrations else lookups.taxes.untaxed
        quantum = Decimal(1).scaleb(-draft.terms.precision.quantity)
        parts = [(line, line.kind, line.quantity, line.unit_price) for line in document.lines]
        parts += [(line, "shipping", Decimal(1), line.price) for line in document.shipping_lines]
        for number, ((part, kind, quantity, price), part_amounts, part_keys) in enumerate(
            zip(parts, amounts.lines, keys, strict=True), start=1
        ):
            values, shown = line_values(
                part,
                part_amounts,
                [lookups.taxes.found.get(key) for key in part_keys],
                untaxed=untaxed,
                quantity=quantity.quantize(quantum, ROUND_HALF_UP),
                unit_price=price,
                terms=draft.terms,
                key=f"{document.external_id},{number}",
            )
            product, unknown = self._product(part, kind, lookups.products)
            values.update(self._line_constants(product, kind, number))
            values.update(
                name=self._line_name(part, unknown),
                integration_external_id=part.external_id,
                integration_unknown_product=bool(unknown),
            )
            draft.lines.append(values)
            draft.shown.append(shown)
            draft.types.append(product.type)
        if amounts.rounding:
            self._add_rounding_line(draft, amounts.rounding)

    @api.model
    def _product(self, part, kind, product_page):
        """Return (product of a line, why it is the placeholder or '')."""
        resolver = self.env["integration.product.resolver"]
        if kind not in ("product", "gift_card"):
            return resolver._special(kind), ""
        key = ProductKey.of(part)
        product = product_page.found.get(key)
        return (product, "") if product else (resolver._special("placeholder"), product_page.unknown[key])

    @api.model
    def _line_constants(self, product, kind, number):
        return {
            "sequence": number,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "customer_lead": product.sale_delay,
            # else a later change of the quantity replaces the price by that of the price list
            "technical_price_unit": -1.0,
            "is_delivery": kind == "shipping",
            "integration_kind": kind,
            "product_custom_attribute_value_ids": [],
            "product_no_variant_attribute_value_ids": [],
        }

    @api.model
    def _line_name(self, part, unknown):
        name = part.title
        if unknown:
            name = self.env._("%(title)s (SKU %(sku)s)", title=name, sku=part.sku or "-")
        properties = getattr(part, "properties", ())
        return "\n".join([name, *(f"{title}: {value}" for title, value in properties)]) or "-"

    @api.model
    def _add_rounding_line(self, draft, amount):
        product = self.env["integration.product.resolver"]._special("rounding")
        number = len(draft.lines) + 1
        draft.lines.append(
            {
                **self._line_constants(product, "rounding", number),
                "product_uom_qty": 1.0,
                "price_unit": float(amount),
                "discount": 0.0,
                "tax_ids": [(6, 0, [])],
                "extra_tax_data": False,
                "name": self.env._("Rounding difference: the platform's total is not the sum of its rounded lines"),
                "integration_external_id": False,
                "integration_unknown_product": False,
            }
        )
        draft.shown.append((amount, amount))
        draft.types.append(product.type)

    # === HOLD === #

    @api.model
    def _hold(self, draft, amounts, currency, missing_taxes, *, has_rate):
        """Note in `draft.holds` (reason, remedy) why the order must not be confirmed."""
        if missing_taxes:
            labels = dict.fromkeys(self.env["integration.tax.resolver"]._label(key) for key in missing_taxes)
            draft.holds.append(
                (
                    self.env._("There is no Odoo tax for: %s.", "; ".join(labels)),
                    self.env._(
                        "Choose the tax under Integrations > Configuration > Mappings, or create a sales tax with this "
                        "rate and this way of being included, or let the sales channel create taxes. Then check again."
                    ),
                )
            )
        if not has_rate:
            draft.holds.append(
                (
                    self.env._("There is no exchange rate for %s.", currency.name),
                    self.env._(
                        "Add a rate under Accounting > Configuration > Currencies > %s. Then check again.",
                        currency.name,
                    ),
                )
            )
        quantum = Decimal(1).scaleb(-draft.terms.precision.quantity)
        for line in draft.entry.document.lines:
            if line.quantity % quantum:
                draft.holds.append(
                    (
                        self.env._(
                            "The quantity %(quantity)s of “%(title)s” is finer than Odoo keeps quantities.",
                            quantity=line.quantity,
                            title=line.title,
                        ),
                        self.env._(
                            "Raise the digits of “Product Unit” under Settings > Technical > Decimal Accuracy. Then "
                            "check again."
                        ),
                    )
                )
        if amounts.unexplained:
            total = draft.entry.document.total
            draft.holds.append(
                (
                    self.env._(
                        "The platform's total %(total)s differs by %(difference)s %(currency)s from the sum of the "
                        "lines, shipping and taxes it states.",
                        total=total,
                        difference=amounts.unexplained,
                        currency=currency.name,
                    ),
                    self.env._(
                        "Compare the order with the platform. Correct it there, or correct it here and release it."
                    ),
                )
            )
