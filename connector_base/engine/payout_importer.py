from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..canonical import digest, quantize
from .clock import naive
from .page_importer import QUIET

# Movements that are settled against the Odoo payment of the order's transaction
SETTLED = ("charge", "refund")


class IntegrationPayoutImporter(models.AbstractModel):
    """Keeps a platform's payouts and books those that were paid: one balanced entry each.

    The entry takes the payments and refunds of orders off the accounts where they wait for the bank, the fees to
    expenses, what is held back or adjusted to its accounts, and what is left to the account of money under way, where
    the bank statement meets it.
    """

    _name = "integration.payout.importer"
    _description = "Payout Importer"

    @api.model
    def _import_page(self, backend, documents):
        """Store canonical payouts of one backend and book them as it is set.

        A payout that is booked is not touched again.

        :return: {"new": number, "booked": number, "problems": number}
        """
        backend = backend.sudo().with_company(backend.company_id).with_context(**QUIET)
        self = self.with_env(backend.env)  # noqa: PLW0642
        payouts = self.env["integration.payout"]
        known = payouts.search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", [document.external_id for document in documents])],
            ["external_id", "digest", "move_id", "status"],
        )
        known = {payout.external_id: payout for payout in known}
        fresh = [document for document in documents if document.external_id not in known]
        links = self._links(backend, documents)
        currencies = self.env["integration.payment.importer"]._currencies({document.currency for document in documents})
        created = payouts.create(
            [self._values(backend, document, links, currencies[document.currency]) for document in fresh]
        )
        for document in documents:
            payout = known.get(document.external_id)
            if not payout or payout.digest == digest(document):
                continue
            if payout.move_id:
                self._note_late(payout, document)
                continue
            values = self._values(backend, document, links, currencies[document.currency])
            payout.write({**values, "line_ids": [Command.clear(), *values["line_ids"]]})
        page = created.union(*known.values())
        before = page.filtered("move_id")
        self._book(page)
        return {
            "new": len(created),
            "booked": len(page.filtered("move_id") - before),
            "problems": len(page.filtered(lambda payout: payout.state == "problem")),
        }

    @api.model
    def _note_late(self, payout, document):
        """Say on a booked payout that the platform has changed it since."""
        if payout.status == document.status:
            return
        payout.write(
            {
                "status": document.status,
                "problem": self.env._("The platform changed the payout to %s after it was booked.", document.status),
                "remedy": self.env._("Reverse the entry if the money did not arrive, then book the payout again."),
            }
        )

    @api.model
    def _links(self, backend, documents):
        """Return ({transaction id: integration.payment}, {order id: sale.order}) of what the payouts name."""
        entries = [entry for document in documents for entry in document.entries]
        payments = self.env["integration.payment"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list({entry.payment_external_id for entry in entries} - {""})),
            ],
            ["external_id", "order_id"],
        )
        bindings = self.env["integration.binding.order"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list({entry.order_external_id for entry in entries} - {""})),
            ],
            ["external_id", "odoo_id"],
        )
        return (
            {payment.external_id: payment for payment in payments},
            {binding.external_id: binding.odoo_id for binding in bindings},
        )

    @api.model
    def _values(self, backend, document, links, currency):
        payments, orders = links
        return {
            "backend_id": backend.id,
            "external_id": document.external_id,
            "reference": document.name,
            "issued_at": naive(document.issued_at),
            "status": document.status,
            "currency_id": currency.id,
            "amount": float(document.amount),
            "fees": float(sum((entry.fee for entry in document.entries), Decimal(0))),
            "digest": digest(document),
            "line_ids": [
                Command.create(
                    {
                        "external_id": entry.external_id,
                        "kind": entry.kind,
                        "title": entry.title or False,
                        "processed_at": entry.processed_at and naive(entry.processed_at),
                        "amount": float(entry.amount),
                        "fee": float(entry.fee),
                        "net": float(entry.net),
                        "order_external_id": entry.order_external_id or False,
                        "order_id": orders[entry.order_external_id].id if entry.order_external_id in orders else False,
                        "payment_external_id": entry.payment_external_id or False,
                        "payment_id": payments[entry.payment_external_id].id
                        if entry.payment_external_id in payments
                        else False,
                    }
                )
                for entry in document.entries
            ],
            **self._doubt(document),
        }

    @api.model
    def _doubt(self, document):
        if not quantize(document.difference, document.currency):
            return {"problem": False, "remedy": False}
        return {
            "problem": self.env._(
                "The movements add up to %(sum)s, the payout is %(amount)s.",
                sum=document.amount - document.difference,
                amount=document.amount,
            ),
            "remedy": self.env._("Compare it with the platform's own list; movements may be added to it later."),
        }

    # === THE BOOKS === #

    @api.model
    def _book(self, payouts, *, manual=False):
        """Book the paid ones of `payouts` that aren't booked, each for itself; the others say why not.

        :param bool manual: somebody asked for it, so also where the channel only shows them
        """
        due = payouts.sudo().filtered(
            lambda payout: (
                payout.status == "paid" and not payout.move_id and (manual or payout.backend_id.payout_booking != "off")
            )
        )
        due = due.try_lock_for_update()
        for payout in due:
            self._relink(payout)
            if reason := self._reason_not_to_book(payout):
                payout.write({"problem": reason[0], "remedy": reason[1]})
                continue
            try:
                with self.env.cr.savepoint():
                    self._create_entry(payout)
            except UserError as error:
                payout.write(
                    {
                        "problem": str(error.args[0]),
                        "remedy": self.env._("Correct what Odoo objects to, then book the payout again."),
                    }
                )
            else:
                payout.write({"problem": False, "remedy": False})

    @api.model
    def _relink(self, payout):
        """Find payments and orders that came to Odoo after the payout."""
        lines = payout.line_ids.filtered(lambda line: line.payment_external_id and not line.payment_id)
        if not lines:
            return
        found = self.env["integration.payment"].search_fetch(
            [
                ("backend_id", "=", payout.backend_id.id),
                ("external_id", "in", lines.mapped("payment_external_id")),
            ],
            ["external_id", "order_id"],
        )
        payments = {payment.external_id: payment for payment in found}
        for line in lines:
            if payment := payments.get(line.payment_external_id):
                line.write({"payment_id": payment.id, "order_id": payment.order_id.id})

    @api.model
    def _reason_not_to_book(self, payout):
        """Return (what keeps the payout from being booked, what to do), or None."""
        currency, lines = payout.currency_id, payout.line_ids
        if currency.compare_amounts(sum(lines.mapped("net")), payout.amount):
            return payout.problem, payout.remedy
        missing = [label for account, label in self._accounts(payout) if not account]
        if missing:
            return (
                self.env._("The sales channel has no account or journal for: %s.", ", ".join(missing)),
                self.env._("Choose them on the sales channel, page Payouts, then book the payout again."),
            )
        unbooked = lines.filtered(
            lambda line: line.kind in SETTLED and line.payment_id and not line.payment_id.payment_id
        )
        if unbooked:
            names = unbooked.payment_id.order_id.mapped("client_order_ref")
            return (
                self.env._("The payments of these orders are not booked yet: %s.", ", ".join(filter(None, names))),
                self.env._("Book them on the orders; the payout is booked with the next import, or by its button."),
            )
        return None

    @api.model
    def _accounts(self, payout):
        """Return the (record, what it is called) that booking this payout needs."""
        backend, kinds = payout.backend_id, payout.line_ids
        needed = [
            (backend.payout_journal_id, self.env._("Payout Journal")),
            (backend._payout_bank_account(), self.env._("Money Under Way")),
        ]
        if any(line.fee or line.kind == "fee" for line in kinds):
            needed.append((backend.payout_fee_account_id, self.env._("Fees")))
        if any(self._account_of(line) == "other" for line in kinds):
            needed.append((backend.payout_other_account_id, self.env._("Everything Else")))
        return needed

    @api.model
    def _account_of(self, line):
        """Return where the amount of a movement goes: payment, fee, reserve or other."""
        if line.kind in SETTLED and line.payment_id.payment_id:
            return "payment"
        if line.kind == "fee":
            return "fee"
        if line.kind == "reserve" and line.payout_id.backend_id.payout_reserve_account_id:
            return "reserve"
        return "other"

    @api.model
    def _create_entry(self, payout):
        """Create the entry of a payout, and post it if the channel says so."""
        backend = payout.backend_id
        dates = self.env["integration.accounting.dates"]
        day = dates._day(backend, payout.issued_at)
        booked, _locks = dates._open_day(payout.company_id, day, sale=False, has_tax=False)
        ref = self.env._("%(channel)s payout %(reference)s", channel=backend.name, reference=payout.reference)
        payout.move_id = (
            self.env["account.move"]
            .with_company(payout.company_id)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": backend.payout_journal_id.id,
                    "date": booked,
                    "ref": ref,
                    "line_ids": [Command.create(line) for line in self._entry_lines(payout, booked)],
                }
            )
        )
        if backend.payout_booking == "posted":
            payout.move_id.action_post()

    @api.model
    def _entry_lines(self, payout, day):
        """Return the values of the entry's lines: one per movement, the fees, and what is paid out."""
        backend, currency, company = payout.backend_id, payout.currency_id, payout.company_id
        accounts = {
            "fee": backend.payout_fee_account_id,
            "reserve": backend.payout_reserve_account_id,
            "other": backend.payout_other_account_id,
        }

        def line(account, name, amount, **values):
            """A line of `amount` in the payout's currency, positive: debit."""
            return {
                "account_id": account.id,
                "name": name,
                "currency_id": currency.id,
                "amount_currency": currency.round(amount),
                "balance": currency._convert(amount, company.currency_id, company, day),
                **values,
            }

        lines = []
        for movement in payout.line_ids:
            target = self._account_of(movement)
            waiting = self._waiting_line(movement) if target == "payment" else None
            values = line(
                waiting.account_id if waiting else accounts[target],
                self._label(movement),
                -movement.amount,
                partner_id=movement.order_id.partner_invoice_id.commercial_partner_id.id,
            )
            if waiting and waiting.currency_id != currency:
                values.update(self._in_currency_of(waiting, values["balance"]))
            lines.append(values)
        fees = sum(payout.line_ids.mapped("fee"))
        if not currency.is_zero(fees):
            lines.append(line(accounts["fee"], self.env._("Fees"), fees))
        # what converting line by line leaves over goes with what is paid out: in the payout's own currency it is exact
        rest = -sum(values["balance"] for values in lines)
        paid = self.env._("Paid out: %s", payout.reference)
        return [*lines, line(backend._payout_bank_account(), paid, payout.amount, balance=rest)]

    @api.model
    def _label(self, movement):
        return " ".join(filter(None, [movement.order_id.client_order_ref, movement.title, movement.external_id]))

    @api.model
    def _waiting_line(self, movement):
        """Return the line of the movement's Odoo payment that waits for the bank."""
        liquidity, _counterpart, _writeoff = movement.payment_id.payment_id._seek_for_lines()
        return liquidity[:1]

    @api.model
    def _in_currency_of(self, waiting, balance):
        """Return what settles a line that is in another currency than the payout: all of it, at the payout's rate."""
        if waiting.currency_id == waiting.company_currency_id:
            return {"currency_id": waiting.currency_id.id, "amount_currency": balance}
        return {"currency_id": waiting.currency_id.id, "amount_currency": -waiting.amount_residual_currency}

    @api.model
    def _reconcile(self, payouts):
        """Reconcile the posted entries of `payouts` with the payments they settle, where the accounts can be."""
        pairs = []
        for payout in payouts:
            entry = {(line.account_id, line.name): line for line in payout.move_id.line_ids}
            for movement in payout.line_ids:
                if self._account_of(movement) != "payment":
                    continue
                waiting = self._waiting_line(movement)
                settling = entry.get((waiting.account_id, self._label(movement)))
                if settling and waiting.account_id.reconcile and not (waiting.reconciled or settling.reconciled):
                    pairs.append(waiting + settling)
        if pairs:
            self.env["account.move.line"]._reconcile_plan(pairs)
