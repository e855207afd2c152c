from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .clock import naive

ZERO = Decimal(0)


class IntegrationRefundImporter(models.AbstractModel):
    """Keeps the platform's refunds and books each once: a credit note, the money paid back, the goods.

    What the platform charged is invoiced, what it gave back is credited: a refund of an order that isn't invoiced yet
    waits for the invoice, so that the books show the platform's own figures. Only an order that is given back as a
    whole before any invoice gets neither.
    """

    _name = "integration.refund.importer"
    _description = "Refund Importer"

    # === WHAT THE PLATFORM STATES === #

    @api.model
    def _store(self, backend, drafts):
        """Store the refunds that the documents of `drafts` state and that are not known; nothing without refunds.

        Refunds don't change on platforms; what became of their transactions is kept by `integration.payment.importer`.
        """
        stated = {
            refund.external_id: (draft, refund) for draft in drafts for refund in draft.entry.document.refunds or ()
        }
        if not stated:
            return
        Refund = self.env["integration.refund"]
        known = Refund.search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(stated))], ["external_id"]
        )
        for external_id in known.mapped("external_id"):
            del stated[external_id]
        Refund.create([self._values(backend, draft, refund) for draft, refund in stated.values()])

    @api.model
    def _values(self, backend, draft, refund):
        document = draft.entry.document
        parts = [
            *(self._part("line", document, line) for line in refund.lines),
            *(self._part("shipping", document, line) for line in refund.shipping),
            *(self._part("adjustment", document, line) for line in refund.adjustments),
        ]
        total = sum((part["net"] + part["tax"] for part in parts), ZERO)
        paid = sum(
            (
                payment.amount
                for payment in refund.payments
                if payment.kind == "refund"
                and payment.status in ("success", "pending")
                and payment.currency == document.currency
            ),
            ZERO,
        )
        if paid > total:
            name = self.env._("Paid back beyond what the platform's refund lists")
            parts.append({"kind": "adjustment", "name": name, "quantity": 1.0, "net": paid - total, "tax": ZERO})
            total = paid
        return {
            "backend_id": backend.id,
            "order_id": draft.order.id,
            "external_id": refund.external_id,
            "refunded_at": naive(refund.created_at),
            "note": refund.note or False,
            "currency_id": draft.order.currency_id.id,
            "amount": float(total),
            "line_ids": [
                Command.create({**part, "net": float(part["net"]), "tax": float(part["tax"])}) for part in parts
            ],
        }

    @api.model
    def _part(self, kind, document, part):
        values = {
            "kind": kind,
            "net": part.subtotal - part.tax if document.taxes_included else part.subtotal,
            "tax": part.tax,
            "quantity": float(part.quantity) if kind == "line" else 1.0,
        }
        if kind == "adjustment":
            given = (
                self.env._("Refunded beyond the lines") if part.subtotal > 0 else self.env._("Held back of the refund")
            )
            return {**values, "name": " - ".join(filter(None, [given, part.reason]))}
        values["line_external_id"] = part.line_external_id or False
        if kind == "line":
            values.update(restock=part.restock, cancelled=part.cancelled)
        return values

    # === THE BOOKS === #

    @api.model
    def _process(self, refunds, *, manual=False):
        """Book `refunds` as their channels are set to: credit note, money, goods; each once, call again at will.

        :param bool manual: somebody asked for it: channels that book nothing by themselves do it too
        :return: {refund: why it isn't booked (yet)}; what needs somebody stands on the refund as well
        """
        self = self.sudo()  # noqa: PLW0642
        refunds = refunds.sudo().try_lock_for_update().sorted(lambda refund: (refund.refunded_at, refund.id))
        reasons = {}
        for backend, of_backend in refunds.grouped("backend_id").items():
            importer = self.with_company(backend.company_id)
            mine = of_backend.with_env(importer.env)
            if backend.refund_booking != "off" or manual:
                reasons.update(importer._book(backend, mine, manual))
            if backend.return_goods != "off":
                importer.env["integration.return.importer"]._return_goods(backend, mine)
        return reasons

    @api.model
    def _book(self, backend, refunds, manual):
        self._find_order_lines(refunds)
        self._settle_uninvoiced(refunds)
        problems, waiting = {}, {}
        for refund in refunds.filtered(lambda refund: not refund.settled and not refund.move_id):
            if reason := self._waits_because(refund):
                waiting[refund] = reason
            elif problem := self._credit(refund):
                problems[refund] = problem
        if backend.refund_booking == "posted":
            problems.update(self._post(refunds - refunds.browse([refund.id for refund in problems])))
        paid_back = refunds.filtered(
            lambda refund: (manual or self._posts(refund)) and (refund.settled or refund.move_id.state == "posted")
        )
        payments = self.env["integration.payment.importer"]
        # never invoiced: nothing else books what was paid, and the money that went back would stand there alone
        unpaid = payments._register_payments(paid_back.filtered("settled").order_id)
        unbooked = payments._book(
            paid_back.order_id - self.env["sale.order"].union(*unpaid),
            Domain("kind", "=", "refund") & Domain("refund_id", "in", [*paid_back.ids, False]),
        )
        unbooked.update(unpaid)
        for refund in paid_back.filtered(lambda refund: refund.order_id in unbooked):
            problems[refund] = (unbooked[refund.order_id], self.env._("Then book the refund again."))
        for refund in refunds:
            problem, remedy = problems.get(refund, (False, False))
            if (refund.problem, refund.remedy) != (problem, remedy):
                refund.write({"problem": problem, "remedy": remedy})
        return {**waiting, **{refund: problem for refund, (problem, _remedy) in problems.items()}}

    @api.model
    def _posts(self, refund):
        return refund.backend_id.refund_booking == "posted"

    @api.model
    def _find_order_lines(self, refunds):
        """Note on the refunds' lines which order line they are of; a rewritten order has new ones."""
        known = {
            (line.order_id, line.integration_kind == "shipping", line.integration_external_id): line
            for line in refunds.order_id.order_line
            if line.integration_external_id
        }
        for line in refunds.line_ids.filtered(lambda line: line.kind != "adjustment" and not line.order_line_id):
            order, shipping = line.refund_id.order_id, line.kind == "shipping"
            found = known.get((order, shipping, line.line_external_id))
            if not found and shipping:
                charges = order.order_line.filtered(lambda item: item.integration_kind == "shipping")
                found = charges if len(charges) == 1 else None
            line.order_line_id = found

    @api.model
    def _due(self, refunds):
        """Return those of `refunds` of which something can be booked now by the settings of their channels."""
        return refunds.filtered(
            lambda refund: self._credit_is_due(refund) or self._money_is_due(refund) or self._goods_are_due(refund)
        )

    @api.model
    def _credit_is_due(self, refund):
        """Whether it can be credited, or its order won't be invoiced any more.

        Of a quotation that was given back there is nothing to book but its payments, where that is done by itself.
        """
        if refund.state != "waiting" or refund.backend_id.refund_booking == "off":
            return False
        is_settled = refund.order_id.state == "sale" or self._posts(refund)
        return bool(self._invoices(refund)) or (is_settled and self._is_given_back_uninvoiced(refund.order_id))

    @api.model
    def _money_is_due(self, refund):
        return (
            self._posts(refund)
            and refund.state == "done"
            and any(payment.status == "success" and not payment.payment_id for payment in refund.payment_ids)
        )

    @api.model
    def _goods_are_due(self, refund):
        return (
            refund.backend_id.return_goods != "off"
            and refund.order_id.state == "sale"
            and not refund.goods_done
            and any(refund.line_ids.mapped("restock"))
        )

    @api.model
    def _is_given_back_uninvoiced(self, order):
        live = order.invoice_ids.filtered(lambda move: move.state != "cancel")
        given_back = sum(order.integration_refund_ids.mapped("amount"))
        return not live and order.currency_id.compare_amounts(given_back, order.amount_total) >= 0

    @api.model
    def _settle_uninvoiced(self, refunds):
        """Settle the refunds of orders that were given back as a whole before any invoice: nothing will be invoiced."""
        for order in refunds.order_id.filtered(self._is_given_back_uninvoiced):
            order.integration_refund_ids.filtered(lambda refund: not refund.move_id).settled = True
            order.integration_refunded_uninvoiced = True

    @api.model
    def _waits_because(self, refund):
        """Return what a refund has to wait for, '' when it can be credited now."""
        invoices = self._invoices(refund)
        if not invoices:
            return self.env._("The order has no posted invoice yet: it will be credited once it has.")
        wanted = defaultdict(float)
        for line in refund.line_ids.filtered(lambda line: line.kind == "line" and line.order_line_id):
            wanted[line.order_line_id] += line.quantity
        for line, quantity in wanted.items():
            if line.product_uom_id.compare(line.qty_invoiced_posted, quantity) < 0:
                return self.env._(
                    "Of %(product)s, %(refunded)s are refunded and %(invoiced)s invoiced: it will be credited once "
                    "they are invoiced.",
                    product=line.product_id.display_name,
                    refunded=quantity,
                    invoiced=line.qty_invoiced_posted,
                )
        return ""

    @api.model
    def _invoices(self, refund):
        return refund.order_id.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        ).sorted("id")

    @api.model
    def _credit(self, refund):
        """Make the credit note of `refund` as a draft; return (problem, remedy) when it can't be made."""
        if refund.amount < 0 or not refund.line_ids:
            return (
                self.env._("The platform's refund states nothing that could be credited (%s).", refund.amount),
                self.env._("Compare it with the platform, credit the order yourself and mark the refund as settled."),
            )
        drafter = self.env["integration.credit.drafter"]
        invoice = self._invoices(refund)[0]
        if problem := drafter._problem(refund):
            return problem
        try:
            with self.env.cr.savepoint():
                move = self.env["account.move"].create(drafter._values(refund, invoice))
                difference = self._difference(refund, move)
                if not difference:
                    refund.move_id = move
                else:
                    move.unlink()
        except UserError as error:
            return str(error.args[0]), self.env._("Correct what Odoo objects to, then book the refund again.")
        if difference:
            return difference, self.env._("Credit the order yourself and mark the refund as settled.")
        return None

    @api.model
    def _difference(self, refund, move):
        tax = sum(refund.line_ids.mapped("tax"))
        compare = refund.currency_id.compare_amounts
        if not compare(move.amount_total, refund.amount) and not compare(move.amount_tax, tax):
            return ""
        return self.env._(
            "Odoo computes %(odoo)s for the credit note (tax %(odoo_tax)s), the platform refunded %(platform)s "
            "(tax %(tax)s).",
            odoo=move.amount_total,
            odoo_tax=move.amount_tax,
            platform=refund.amount,
            tax=tax,
        )

    @api.model
    def _post(self, refunds):
        """Post the refunds' credit notes together, one by one when Odoo objects; return {refund: problem, remedy}."""
        drafts = refunds.filtered(lambda refund: refund.move_id.state == "draft")
        if not drafts:
            return {}
        try:
            with self.env.cr.savepoint():
                drafts.move_id.with_context(integration_books_refunds=True).action_post()
            return {}
        except UserError as error:
            if len(drafts) == 1:
                remedy = self.env._("Correct what Odoo objects to, then book the refund again.")
                return {drafts: (str(error.args[0]), remedy)}
        problems = {}
        for refund in drafts:
            problems.update(self._post(refund))
        return problems
