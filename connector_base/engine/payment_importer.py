from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Date, Domain

from ..canonical import UNSET
from .clock import naive

CAPTURES = ("sale", "capture")
CAPTURED = ("paid", "partially_paid", "partially_refunded", "refunded")
OUTGOING = ("refund", "change")
NO_GATEWAY = "unknown"  # what a transaction without a gateway is mapped as


class IntegrationPaymentImporter(models.AbstractModel):
    """Keeps the platform's transactions and books those that moved money.

    A transaction becomes one payment in the journal of its gateway, in its own currency and at its own date, and is
    reconciled with what the order has posted. What has no counterpart yet stays an open credit (or debit) of the
    customer until `_register_payments` is called again.
    """

    _name = "integration.payment.importer"
    _description = "Payment Importer"

    # === WHAT THE PLATFORM STATES === #

    @api.model
    def _store(self, backend, drafts):
        """Store the transactions that the documents of `drafts` state; nothing where they state none.

        Refunds are stored before. A few queries a page: what is known, refunds, currencies, one INSERT, one UPDATE per
        status that transactions changed to.
        """
        stated, refund_of = {}, {}
        for draft in drafts:
            document = draft.entry.document
            for refund in document.refunds or ():
                refund_of.update(
                    dict.fromkeys((payment.external_id for payment in refund.payments), refund.external_id)
                )
                stated.update({payment.external_id: (draft.order, payment) for payment in refund.payments})
            stated.update({payment.external_id: (draft.order, payment) for payment in document.payments or ()})
        if not stated:
            return
        Payment = self.env["integration.payment"]
        known = Payment.search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(stated))],
            ["external_id", "status", "amount", "currency_id", "payment_id"],
        )
        changes = defaultdict(Payment.browse)
        for record in known:
            _order, payment = stated.pop(record.external_id)
            if record.payment_id:  # what is in the books is changed in the books
                continue
            amount = float(payment.amount)
            if record.status != payment.status or record.currency_id.compare_amounts(record.amount, amount):
                changes[payment.status, amount] += record
        for (status, amount), records in changes.items():
            records.write({"status": status, "amount": amount})
        refunds = self._refunds(backend, set(refund_of.values()))
        currencies = self._currencies({payment.currency for _order, payment in stated.values()})
        Payment.create(
            [
                {
                    "backend_id": backend.id,
                    "order_id": order.id,
                    "external_id": payment.external_id,
                    "refund_id": refunds.get(refund_of.get(payment.external_id)),
                    "parent_external_id": payment.parent_external_id or False,
                    "kind": payment.kind,
                    "status": payment.status,
                    "gateway": payment.gateway or False,
                    "amount": float(payment.amount),
                    "currency_id": currencies[payment.currency].id,
                    "processed_at": payment.processed_at and naive(payment.processed_at),
                }
                for order, payment in stated.values()
            ]
        )

    @api.model
    def _ask(self, backend, drafts):
        """Have orders read that are paid by a message which doesn't say how, where the workflow books payments."""
        rules = backend.workflow_rule_ids.filtered(lambda rule: rule.active and rule.step_register_payment)
        if not (backend.workflow_active and rules):
            return
        orders = {
            draft.order: draft.entry.document
            for draft in drafts
            if draft.entry.document.payments is UNSET and draft.order.integration_financial_status in CAPTURED
        }
        known = dict(
            self.env["integration.payment"]._read_group(
                [
                    ("order_id", "in", [order.id for order in orders]),
                    ("kind", "in", CAPTURES),
                    ("status", "=", "success"),
                ],
                ["order_id"],
                ["amount:sum"],
            )
        )
        missing = [
            document.external_id
            for order, document in orders.items()
            if order.currency_id.compare_amounts(known.get(order, 0.0), float(document.total)) < 0
        ]
        if missing:
            backend._enqueue("import_order_ids", arguments={"external_ids": missing})

    @api.model
    def _refunds(self, backend, external_ids):
        if not external_ids:
            return {}
        found = self.env["integration.refund"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))], ["external_id"]
        )
        return {refund.external_id: refund.id for refund in found}

    @api.model
    def _currencies(self, codes):
        if not codes:
            return {}
        found = self.env["res.currency"].with_context(active_test=False).search_fetch([("name", "in", list(codes))])
        return {currency.name: currency for currency in found}

    # === THE BOOKS === #

    @api.model
    def _register_payments(self, orders):
        """Book the captured payments of `orders` that aren't booked yet and reconcile them with what is posted.

        Change given back is booked with them; refunds are booked by `integration.refund.importer`. An order's
        payments are booked all or none. Calling again is safe: it books what is new and reconciles what was posted
        since.

        :return: {order: why its payments could not be booked}
        """
        return self._book(orders, Domain("kind", "in", [*CAPTURES, "change"]))

    @api.model
    def _book(self, orders, domain):
        """Book the transactions of `orders` in `domain` that are due and reconcile the orders.

        Returns like `_register_payments`.
        """
        self, orders = self.sudo(), orders.sudo()  # noqa: PLW0642
        due = self.env["integration.payment"].search(
            Domain("order_id", "in", orders.ids)
            & Domain("status", "=", "success")
            & Domain("payment_id", "=", False)
            & Domain("amount", ">", 0)
            & domain
        )  # fmt: skip
        # Another transaction may be booking them: it is left to it, and a lost race runs this transaction again.
        due = due.try_lock_for_update()
        reasons = {}
        for backend, payments in due.grouped("backend_id").items():
            reasons.update(self._book_backend(backend, payments))
        self._reconcile(orders)
        return reasons

    @api.model
    def _book_backend(self, backend, payments):
        company = backend.company_id
        self = self.with_company(company)  # noqa: PLW0642
        payments = payments.with_company(company)
        mapped = self.env["integration.mapping"]._find(
            backend, "payment_method", {self._gateway(payment) for payment in payments}
        )
        missing = {gateway for payment in payments if (gateway := self._gateway(payment)) not in mapped}
        if missing:
            labels = {gateway: gateway.replace("_", " ").capitalize() for gateway in missing}
            self.env["integration.mapping"]._note_missing(backend, "payment_method", labels)
        reasons, ready = {}, self.env["integration.payment"]
        for order, of_order in payments.grouped("order_id").items():
            without = sorted({self._gateway(payment) for payment in of_order} & missing)
            if without:
                reasons[order] = self.env._(
                    "No journal is chosen for the payment gateway %s. Choose one under Integrations > Configuration > "
                    "Mappings.",
                    ", ".join(without),
                )
            else:
                ready += of_order
        journals = {gateway: mapping.journal_id for gateway, mapping in mapped.items()}
        reasons.update(self._post(ready, journals))
        return reasons

    @api.model
    def _post(self, payments, journals):
        """Create and post the Odoo payments of `payments` together; when Odoo objects, order by order."""
        if not payments:
            return {}
        try:
            with self.env.cr.savepoint():
                self._create_and_post(payments, journals)
            return {}
        except UserError as error:
            by_order = payments.grouped("order_id")
            if len(by_order) == 1:
                return dict.fromkeys(by_order, str(error.args[0]))
        reasons = {}
        for of_order in by_order.values():
            reasons.update(self._post(of_order, journals))
        return reasons

    @api.model
    def _create_and_post(self, payments, journals):
        booked = self.env["account.payment"].create(
            [self._payment_values(payment, journals[self._gateway(payment)]) for payment in payments]
        )
        for payment, booking in zip(payments, booked, strict=True):
            payment.payment_id = booking
            if not booking.outstanding_account_id:  # else there is no entry that could be reconciled
                booking.outstanding_account_id = booking._get_outstanding_account(booking.payment_type)
        booked.action_post()
        for payment, booking in zip(payments, booked, strict=True):
            wanted = self._date(payment)
            if booking.date != wanted:
                booking.message_post(
                    body=self.env._(
                        "The platform's transaction is of %s, in a period that is locked: booked on the first day that "
                        "is open.",
                        Date.to_string(wanted),
                    )
                )

    @api.model
    def _payment_values(self, payment, journal):
        order = payment.order_id
        inbound = payment.kind in CAPTURES
        customer = order.partner_invoice_id.commercial_partner_id or order.partner_id.commercial_partner_id
        invoices = order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == ("out_invoice" if inbound else "out_refund")
        )
        values = {
            "payment_type": "inbound" if inbound else "outbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            "journal_id": journal.id,
            "company_id": payment.company_id.id,
            "amount": payment.amount,
            "currency_id": payment.currency_id.id,
            "date": self._open_day(payment),
            "memo": " ".join(
                filter(None, [order.client_order_ref or order.name, payment.gateway, payment.external_id])
            ),
            "invoice_ids": [(6, 0, invoices.ids)],
        }
        if account := self._open_lines(order.invoice_ids)[:1].account_id:
            values["destination_account_id"] = account.id
        return values

    @api.model
    def _gateway(self, payment):
        return payment.gateway or NO_GATEWAY

    @api.model
    def _date(self, payment):
        """Return the day of the transaction where the channel's accounting is done."""
        moment = payment.processed_at or payment.create_date
        return self.env["integration.accounting.dates"]._day(payment.backend_id, moment)

    @api.model
    def _open_day(self, payment):
        dates = self.env["integration.accounting.dates"]
        day, _locks = dates._open_day(payment.company_id, self._date(payment), sale=False, has_tax=False)
        return day

    # === RECONCILIATION === #

    @api.model
    def _reconcile(self, orders):
        """Reconcile what is open of each order: invoices with what came in, credit notes with what went out, the rest.

        One plan for all orders.
        """
        payments = self.env["integration.payment"].search_fetch(
            [("order_id", "in", orders.ids), ("payment_id", "!=", False)], ["order_id", "kind", "payment_id"]
        )  # fmt: skip
        by_order = payments.grouped("order_id")
        first, rest = [], []
        for order, of_order in by_order.items():
            came_in = of_order.filtered(lambda payment: payment.kind in CAPTURES)
            pairs = (
                ("out_invoice", came_in.payment_id.move_id),
                ("out_refund", (of_order - came_in).payment_id.move_id),
            )
            everything = self.env["account.move.line"]
            for move_type, booked in pairs:
                moves = order.invoice_ids.filtered(lambda move, kind=move_type: move.move_type == kind)
                lines = self._open_lines(moves + booked)
                everything += lines
                first += self._matches(lines)
            rest.append(everything)
        if first:
            self.env["account.move.line"]._reconcile_plan(first)
        second = [match for lines in rest for match in self._matches(lines.filtered(lambda line: not line.reconciled))]
        if second:
            self.env["account.move.line"]._reconcile_plan(second)

    @api.model
    def _open_lines(self, moves):
        """Return the posted receivable lines of `moves` that are not reconciled."""
        return moves.line_ids.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        )

    @api.model
    def _matches(self, lines):
        """Return per account those of `lines` that have something to be reconciled with."""
        groups = lines.grouped("account_id").values()
        return [
            group
            for group in groups
            if any(line.amount_residual > 0 for line in group) and any(line.amount_residual < 0 for line in group)
        ]
