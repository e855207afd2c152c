from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..transport.errors import DataError

REFERENCE_FIELDS = ("client_order_ref", "origin", "name")


class IntegrationOrderAdopter(models.AbstractModel):
    """Takes over orders that came into Odoo by another way before, so that they aren't created a second time.

    The same order is the one of this company, of no sales channel, with the document's name as reference, source or
    name, of the same customer (e-mail address, or the partner bound to the platform's customer) and with the same
    total. It keeps its lines, state, deliveries and invoices; only what the platform says of it is filled in.
    """

    _name = "integration.order.adopter"
    _description = "Order Adopter"

    @api.model
    def _adopt(self, backend, entries):
        """Give the entries of documents without a binding the order they are, if Odoo has it.

        :return: {external id: DataError} of those that look like an order here but can't be taken for it for sure
        """
        entries = [entry for entry in entries if not entry.order]
        if not entries:
            return {}
        candidates = self._candidates(backend, [entry.document.name for entry in entries])
        if not candidates:
            return {}
        partners = self._bound_partners(backend, entries)
        errors, taken = {}, set()
        for entry in entries:
            found = self._of_customer(candidates.get(entry.document.name), entry.document, partners)
            found = found.filtered(lambda order: order.id not in taken)
            same = found.filtered(lambda order, document=entry.document: self._is_total(order, document))
            if len(same) == 1:
                taken.add(same.id)
                self._take(backend, entry, same)
            elif found:
                errors[entry.external_id] = self._error(entry.document, same or found, several=bool(same))
        return errors

    @api.model
    def _candidates(self, backend, names):
        """Return {name: orders of the company, of no channel, that refer to it}, in one query."""
        references = Domain.OR([Domain(field, "in", names) for field in REFERENCE_FIELDS])
        orders = self.env["sale.order"].search_fetch(
            Domain("integration_backend_id", "=", False)
            & Domain("company_id", "=", backend.company_id.id)
            & references,
            [*REFERENCE_FIELDS, "partner_id", "amount_total", "currency_id", "state"],
        )
        candidates = {}
        for order in orders:
            for name in {order[field] for field in REFERENCE_FIELDS}:
                candidates[name] = candidates.get(name, orders.browse()) + order
        return candidates

    @api.model
    def _bound_partners(self, backend, entries):
        """Return {the platform's customer id: partner} of the documents' customers, as far as they are bound."""
        ids = [entry.document.customer.external_id for entry in entries if entry.document.customer]
        bindings = self.env["integration.binding.partner"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [key for key in ids if key])],
            ["external_id", "odoo_id"],
        )
        return {binding.external_id: binding.odoo_id.commercial_partner_id for binding in bindings}

    @api.model
    def _of_customer(self, orders, document, partners):
        if not orders:
            return self.env["sale.order"]
        customer = document.customer or None
        emails = {email_normalize(email or "") for email in (customer and customer.email, document.email)} - {False}
        partner = partners.get(customer.external_id) if customer else None

        def is_same(order):
            commercial = order.partner_id.commercial_partner_id
            return commercial == partner or bool(
                emails & {order.partner_id.email_normalized, commercial.email_normalized}
            )

        return orders.filtered(is_same)

    @api.model
    def _is_total(self, order, document):
        return order.currency_id.name == document.currency and not order.currency_id.compare_amounts(
            order.amount_total, float(document.total)
        )

    @api.model
    def _take(self, backend, entry, order):
        """Make `order` the one of the entry: from here on the document updates it, but for its lines."""
        document = entry.document
        order.write(
            {
                "integration_backend_id": backend.id,
                "integration_external_id": document.external_id,
                "integration_url": backend._adapter()._order_url(backend, document.external_id),
                "integration_adopted": True,
            }
        )
        order.message_post(
            body=self.env._(
                "Adopted: this is order %(name)s of %(backend)s. Lines, deliveries and invoices stay as they are.",
                name=document.name,
                backend=backend.name,
            )
        )
        entry.order = order
        entry.lines_due = entry.parties_due = False

    @api.model
    def _error(self, document, orders, *, several):
        names = ", ".join(f"{order.name} ({order.amount_total} {order.currency_id.name})" for order in orders)
        total = f"{document.total} {document.currency}"
        if several:
            message = self.env._(
                "Several orders here could be %(name)s (%(total)s): %(orders)s.",
                name=document.name,
                total=total,
                orders=names,
            )
        else:
            message = self.env._(
                "An order here has the reference and customer of %(name)s but another total: %(total)s there, here "
                "%(orders)s.",
                name=document.name,
                total=total,
                orders=names,
            )
        return DataError(
            message,
            remedy=self.env._(
                "Let one order here have this reference and total, or take the reference off what is another order, "
                "then retry. Or switch off Adopt Earlier Orders on the sales channel: then the order is created anew."
            ),
            external_id=document.external_id,
        )
