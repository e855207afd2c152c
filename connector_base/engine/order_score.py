import math
import re
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

from .words import words

START = 100
# probability = 100 / (1 + e^((EVEN - score) / SPREAD)): at EVEN points it is 50 %
EVEN, SPREAD = 40, 15
ADDRESS = ("street", "city", "zip", "country_id")
UNPAID = ("pending", "authorized", "partially_paid", "expired", "voided")


@dataclass(frozen=True, slots=True)
class History:
    """How many earlier orders the customer has, by what became of them."""

    bought: int = 0
    cancelled: int = 0
    refunded: int = 0


class IntegrationOrderScore(models.AbstractModel):
    """Scores orders by the factors that managers edit. Nothing is learned or guessed: each factor and its points show.

    A factor's code is looked at by the method `_factor_<code>`, which returns None when the factor doesn't apply, else
    a text with details ("" for none).
    """

    _name = "integration.order.score"
    _description = "Order Score"

    @api.model
    def _score(self, orders):
        """Write score, probability, factors and recommended carrier of `orders`, in a fixed number of queries."""
        orders = orders.sudo().with_context(tracking_disable=True)
        factors = self.env["integration.score.factor"].sudo().search([("active", "=", True)])
        histories = self._histories(orders)
        carriers = self._carriers(orders)
        now = fields.Datetime.now()
        for order in orders:
            history = histories.get(order.id, History())
            score, lines = self._points(order, factors, history)
            carrier, reason = carriers[order]
            order.write(
                {
                    "integration_scored_on": now,
                    "integration_purchase_count": history.bought,
                    "integration_delivery_score": score,
                    "integration_delivery_probability": self._probability(score),
                    "integration_score_factors": "\n".join(lines),
                    "integration_recommended_carrier_id": carrier.id,
                    "integration_carrier_reason": reason,
                }
            )

    @api.model
    def _probability(self, score):
        """Return how likely an order of this score is to be delivered and kept, in percent."""
        return round(100 / (1 + math.exp((EVEN - score) / SPREAD)), 1)

    @api.model
    def _points(self, order, factors, history):
        """Return the score and a line for each factor that applies."""
        total, lines = START, [self.env._("%s points to start with", START)]
        for factor in factors:
            details = getattr(self, f"_factor_{factor.code}")(factor, order, history)
            if details is None:
                continue
            total += factor.points
            text = f"{factor.name}: {details}" if details else factor.name
            lines.append(f"{factor.points:+d}  {text}")
        return max(0, min(100, total)), lines

    @api.model
    def _histories(self, orders):
        """Return {order id: History} of the orders that the same customer placed before, in the same company."""
        self.env["sale.order"].flush_model(
            ["partner_id", "company_id", "date_order", "state", "integration_financial_status"]
        )
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        # Raw SQL: each order is compared with its own earlier ones, which the ORM can't say in one query
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id,
                          count(*) FILTER (WHERE e.state = 'sale'),
                          count(*) FILTER (WHERE e.state = 'cancel'),
                          count(*) FILTER (WHERE e.integration_financial_status IN ('refunded', 'partially_refunded'))
                     FROM sale_order o
                     JOIN res_partner p ON p.id = o.partner_id
                     JOIN res_partner same ON same.commercial_partner_id = p.commercial_partner_id
                     JOIN sale_order e ON e.partner_id = same.id AND e.company_id = o.company_id
                      AND (e.date_order, e.id) < (o.date_order, o.id)
                    WHERE o.id IN %s GROUP BY o.id""",
                orders._ids or (0,),
            )
        )
        return {order_id: History(*counts) for order_id, *counts in rows}

    # === FACTORS === #

    @api.model
    def _is_shipped(self, order):
        lines = order.order_line
        return any(line.product_id.type == "consu" or line.integration_unknown_product for line in lines)

    @api.model
    def _factor_address_incomplete(self, factor, order, history):
        partner = order.partner_shipping_id
        missing = [name for name in ADDRESS if not partner[name]]
        if not missing or not self._is_shipped(order):
            return None
        labels = [partner._fields[name]._description_string(self.env) for name in missing]
        return self.env._("missing: %s", ", ".join(labels))

    @api.model
    def _factor_no_house_number(self, factor, order, history):
        partner = order.partner_shipping_id
        street = f"{partner.street or ''} {partner.street2 or ''}".strip()
        if not street or any(letter.isdigit() for letter in street) or not self._is_shipped(order):
            return None
        return street

    @api.model
    def _factor_no_phone(self, factor, order, history):
        phone = order.partner_shipping_id.phone or order.partner_id.phone
        return None if phone or not self._is_shipped(order) else ""

    @api.model
    def _factor_other_country(self, factor, order, history):
        delivery, invoice = order.partner_shipping_id.country_id, order.partner_invoice_id.country_id
        if not delivery or not invoice or delivery == invoice:
            return None
        return f"{invoice.name}, {delivery.name}"

    @api.model
    def _factor_country(self, factor, order, history):
        country = order.partner_shipping_id.country_id
        return country.name if country in factor.country_ids else None

    @api.model
    def _factor_first_purchase(self, factor, order, history):
        return None if history.bought else ""

    @api.model
    def _factor_returning_customer(self, factor, order, history):
        return self._counted(factor, history.bought)

    @api.model
    def _factor_cancelled_before(self, factor, order, history):
        return self._counted(factor, history.cancelled)

    @api.model
    def _factor_refunded_before(self, factor, order, history):
        return self._counted(factor, history.refunded)

    @api.model
    def _counted(self, factor, count):
        return str(count) if count >= max(factor.amount, 1) else None

    @api.model
    def _factor_payment_on_delivery(self, factor, order, history):
        gateways = (order.integration_gateway or "").lower().replace("_", " ")
        found = any(re.search(rf"\b{re.escape(word)}\b", gateways) for word in words(factor.words))
        return order.integration_gateway if found else None

    @api.model
    def _factor_unpaid(self, factor, order, history):
        status = order.integration_financial_status
        if status not in UNPAID:
            return None
        return dict(order._fields["integration_financial_status"]._description_selection(self.env))[status]

    @api.model
    def _factor_amount(self, factor, order, history):
        total = order.amount_total / (order.currency_rate or 1.0)
        return order.company_id.currency_id.format(total) if total >= factor.amount else None

    @api.model
    def _factor_risk_high(self, factor, order, history):
        return "" if order.integration_risk == "high" else None

    @api.model
    def _factor_risk_medium(self, factor, order, history):
        return "" if order.integration_risk == "medium" else None

    # === CARRIER === #

    @api.model
    def _carriers(self, orders):
        """Return {order: (recommended carrier or none, why)}.

        The carrier that the platform's shipping method is mapped to, if it delivers there; else the first one that
        does, one that names the country before one for everywhere.
        """
        mapped, result = self._mapped_carriers(orders), {}
        Carrier = self.env["delivery.carrier"].sudo()
        available = {
            company: Carrier.search(Carrier._check_company_domain(company.id)) for company in orders.company_id
        }
        for order in orders:
            if not self._is_shipped(order):
                result[order] = Carrier, self.env._("Nothing of the order is shipped.")
                continue
            title = self._shipping_title(order)
            carrier = mapped.get((order.integration_backend_id, title), Carrier)
            if carrier and carrier._match(order.partner_shipping_id, order):
                reason = self.env._("The platform's shipping method “%s” is mapped to it.", title)
                result[order] = carrier, reason
            else:
                result[order] = self._best_carrier(order, available[order.company_id], refused=carrier)
        return result

    @api.model
    def _mapped_carriers(self, orders):
        """Return {(backend, shipping method): carrier}; methods met for the first time are noted for staff to map."""
        mappings, found = self.env["integration.mapping"], {}
        for backend, of_backend in orders.grouped("integration_backend_id").items():
            titles = {title for order in of_backend if (title := self._shipping_title(order))}
            if not titles:
                continue
            known = mappings._find(backend, "carrier", titles)
            found.update({(backend, title): mapping.carrier_id for title, mapping in known.items()})
            if missing := titles - known.keys():
                mappings._note_missing(backend, "carrier", {title: title for title in missing})
        return found

    @api.model
    def _shipping_title(self, order):
        line = order.order_line.filtered(lambda line: line.integration_kind == "shipping")[:1]
        return (line.name or "").partition("\n")[0]

    @api.model
    def _best_carrier(self, order, carriers, refused):
        partner = order.partner_shipping_id
        matching = carriers.available_carriers(partner, order)
        if not matching:
            return matching, self.env._("No carrier of the company delivers there.")
        named = matching.filtered(lambda carrier: partner.country_id in carrier.country_ids)
        reason = (
            self.env._("It delivers to %s.", partner.country_id.name)
            if named
            else self.env._("It delivers everywhere; no carrier names the country.")
        )
        if refused:
            reason = self.env._("%(carrier)s doesn't deliver there. %(reason)s", carrier=refused.name, reason=reason)
        return (named or matching)[:1], reason
