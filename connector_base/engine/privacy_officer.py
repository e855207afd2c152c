from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import SQL, email_normalize

# What is erased of a contact; of one that the books name, only what they don't need
_REACH = dict.fromkeys(("email", "phone", "website", "comment", "function", "image_1920"), False)
_ADDRESS = dict.fromkeys(("street", "street2", "city", "zip", "state_id"), False)
_ORDER = dict.fromkeys(
    ("integration_note", "integration_attributes", "integration_landing_url", "integration_referrer_url"), False
)


class IntegrationPrivacyOfficer(models.AbstractModel):
    """Does what privacy law asks: tells what is known of a customer, erases one, or the data of an account.

    Each `_do_<kind>` returns (whether it is done, what was done or why not). A customer is erased when nothing is open
    any more: orders, transfers, invoices. What posted entries say stays in the books, as tax law wants: name, address
    and tax number of who they name.
    """

    _name = "integration.privacy.officer"
    _description = "Privacy Officer"

    # === ERASE A CUSTOMER === #

    @api.model
    def _do_erase_customer(self, request):
        orders = self._orders(request)
        partners = self._partners(request, orders)
        request.partner_ids = [Command.set(partners.ids)]
        payloads = self._erase_payloads(request)
        if not partners:
            return True, "\n".join([self.env._("No contact of this customer is kept."), payloads])
        reasons = self._why_not(request, partners)
        if reasons:
            return False, "\n".join(
                [self.env._("The customer can't be erased yet; it is tried again each day."), *reasons]
            )
        named = self._named_in_books(partners)
        for partner in partners:
            partner.write({**_REACH, **({} if partner in named else self._anonymous(partner))})
        partners.message_ids.unlink()
        self._bindings(request).unlink()
        orders.write(_ORDER)
        self._forget_requests(request)
        partners.action_archive()
        texts = [self.env._("Contacts erased and archived: %s.", len(partners - named))]
        if named:
            texts.append(
                self.env._(
                    "Contacts that posted entries name: %s. Their name, address and tax number stay in the books; how "
                    "to reach them was erased.",
                    len(named),
                )
            )
        return True, "\n".join([*texts, payloads])

    def _forget_requests(self, request):
        """Forget what was written down for the customer before."""
        customer = request.customer_external_id
        if customer:
            earlier = request.search(
                [("backend_id", "=", request.backend_id.id), ("customer_external_id", "=", customer)]
            )
            earlier.attachment_id.unlink()
            earlier.write({"email": False})

    def _anonymous(self, partner):
        """Return the values that make a contact nobody; what it shares with its company is the company's."""
        values = {"name": self.env._("Erased customer %s", partner.id), "company_name": False, "ref": False}
        if not (partner.parent_id and partner.type == "contact"):
            values.update(_ADDRESS)
        if partner == partner.commercial_partner_id:
            values.update(vat=False, barcode=False)
        return values

    def _why_not(self, request, partners):
        """Return the sentences that say what keeps these contacts from being erased."""
        found = []
        if users := partners.user_ids:
            found.append(self.env._("These are users of Odoo: %s. Archive them first.", self._names(users)))
        if others := self._shared_with(request, partners):
            found.append(self.env._("They are customers of other sales channels too: %s.", self._names(others)))
        if firms := partners.filtered("is_company"):
            found.append(self.env._("These are companies: %s. Erase by hand what is personal.", self._names(firms)))
        concerned = Domain("partner_id", "in", partners.ids)
        shipped_to = Domain("partner_shipping_id", "in", partners.ids)
        unfinished = Domain("invoice_status", "=", "to invoice") | Domain(
            "delivery_status", "in", ("pending", "started", "partial")
        )
        orders = self.env["sale.order"].search(
            (concerned | shipped_to)
            & (Domain("state", "in", ("draft", "sent")) | (Domain("state", "=", "sale") & unfinished))
        )
        if orders:
            found.append(self.env._("Orders that are not finished: %s.", self._names(orders)))
        pickings = self.env["stock.picking"].search(concerned & Domain("state", "not in", ("done", "cancel")))
        if pickings:
            found.append(self.env._("Transfers that are not done: %s.", self._names(pickings)))
        moves = self.env["account.move"].search(
            concerned
            & (
                Domain("state", "=", "draft")
                | Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial", "in_payment"))
            )
            & Domain("move_type", "!=", "entry")
        )
        if moves:
            found.append(self.env._("Invoices that are not paid: %s.", self._names(moves)))
        return found

    def _shared_with(self, request, partners):
        """Return the other sales channels that know these contacts."""
        bindings = self.env["integration.binding.partner"].search(
            [("odoo_id", "in", partners.ids), ("backend_id", "!=", request.backend_id.id)]
        )
        return bindings.backend_id

    def _named_in_books(self, partners):
        """Return those of `partners` that posted entries name."""
        groups = self.env["account.move.line"]._read_group(
            [("parent_state", "=", "posted"), ("partner_id", "in", partners.ids)], ["partner_id"]
        )
        invoiced = self.env["account.move"]._read_group(
            [("state", "=", "posted"), ("partner_id", "in", partners.ids)], ["partner_id"]
        )
        return self.env["res.partner"].union(*(partner for (partner,) in (*groups, *invoiced)))

    def _names(self, records):
        return ", ".join(records.mapped("display_name"))

    # === WHOSE DATA === #

    def _bindings(self, request):
        """Return the bindings of the customer, as a person and within companies."""
        bindings, customer = self.env["integration.binding.partner"], request.customer_external_id
        if not customer or not request.backend_id:
            return bindings
        return bindings.search(
            Domain("backend_id", "=", request.backend_id.id)
            & (Domain("external_id", "=", customer) | Domain("external_id", "=like", f"contact:{customer}|%"))
        )

    def _orders(self, request):
        """Return the orders the platform names, in Odoo."""
        if not request.backend_id or not request.order_external_ids:
            return self.env["sale.order"]
        return self.env["sale.order"].search(
            [
                ("integration_backend_id", "=", request.backend_id.id),
                ("integration_external_id", "in", request.order_external_ids),
            ]
        )

    def _partners(self, request, orders):
        """Return the contacts of the customer: those bound, and those of the orders with the same e-mail, with the
        addresses below them and those that the orders were sent or billed to. Those of its company are not its own."""
        known = self._bindings(request).odoo_id
        email = email_normalize(request.email or "")
        buyers = orders.partner_id.filtered(lambda partner: email and partner.email_normalized == email)
        of_customer = orders.filtered(lambda order: order.partner_id in known | buyers)
        addresses = (of_customer.partner_invoice_id | of_customer.partner_shipping_id).filtered(
            lambda partner: not partner.commercial_partner_id.is_company
        )
        found = known | buyers | addresses
        return found | found.filtered(lambda partner: not partner.is_company).with_context(active_test=False).child_ids

    # === TELL WHAT IS KNOWN === #

    @api.model
    def _do_export(self, request):
        orders = self._orders(request)
        partners = self._partners(request, orders)
        orders |= self.env["sale.order"].search([("partner_id", "in", partners.ids)])
        invoices = self.env["account.move"].search(
            [("partner_id", "in", partners.ids), ("move_type", "!=", "entry"), ("state", "=", "posted")]
        )
        values = {"asked": request, "partners": partners, "orders": orders, "invoices": invoices}
        content = self.env["ir.qweb"]._render("connector_base.privacy_export", values)
        request.write(
            {
                "partner_ids": [Command.set(partners.ids)],
                "attachment_id": request.attachment_id.id or self._new_attachment(request).id,
            }
        )
        request.attachment_id.raw = str(content).encode()
        return False, self.env._(
            "The file with what is known is ready: contacts %(contacts)s, orders %(orders)s, invoices %(invoices)s. "
            "Look at it, send it to the customer or the store's owner, then press “Done by Hand”.",
            contacts=len(partners),
            orders=len(orders),
            invoices=len(invoices),
        )

    def _new_attachment(self, request):
        return self.env["ir.attachment"].create(
            {
                "name": f"customer-{request.customer_external_id or request.id}.html",
                "mimetype": "text/html",
                "res_model": request._name,
                "res_id": request.id,
            }
        )

    # === ERASE AN ACCOUNT === #

    @api.model
    def _do_erase_account(self, request):
        backend = request.backend_id
        if not backend:
            return True, self.env._("Nothing is kept of this account.")
        if backend.state in ("connected", "error"):
            return True, self.env._("Nothing done: the account is connected again, so its data are in use.")
        backend.credential_ids.unlink()
        self.env["integration.webhook.event"].search([("backend_id", "=", backend.id)]).unlink()
        self.env["integration.api.call"].search([("backend_id", "=", backend.id)]).unlink()
        backend.write({"connection_report": False})
        return True, self.env._(
            "Erased: credentials, what the platform sent, and the record of calls. Orders, contacts and entries are "
            "the company's own books and stay."
        )

    # === STORED PAYLOADS === #

    def _erase_payloads(self, request):
        """Forget what the platform sent of the customer and its orders, and all recorded bodies of calls; say so."""
        ids = [request.customer_external_id or "", *(request.order_external_ids or ())]
        # SQL: bodies are written and read as raw bytes, see integration_webhook_event.py; logs may hold any order
        self.env.cr.execute(
            SQL(
                "UPDATE integration_webhook_event SET body = NULL"
                " WHERE backend_id = %s AND external_id = ANY(%s) AND state != 'new' AND body IS NOT NULL",
                request.backend_id.id or None,
                ids,
            )
        )
        events = self.env.cr.rowcount
        self.env.cr.execute(
            SQL(
                "UPDATE integration_api_call SET request_body = NULL, response_body = NULL WHERE backend_id = %s"
                " AND (request_body IS NOT NULL OR response_body IS NOT NULL)",
                request.backend_id.id or None,
            )
        )
        calls = self.env.cr.rowcount
        self.env["integration.webhook.event"].invalidate_model(["body"])
        self.env["integration.api.call"].invalidate_model(["request_body", "response_body"])
        return self.env._("Stored contents erased: events %(events)s, calls %(calls)s.", events=events, calls=calls)
