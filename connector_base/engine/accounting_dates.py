"""Which day invoices of imported orders are dated and booked."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date

from .clock import aware


@dataclass(frozen=True, slots=True)
class Dates:
    """The date an invoice bears, the date it is booked on, and what staff read where the two differ."""

    invoice: date
    booked: date
    note: str = ""


class IntegrationAccountingDates(models.AbstractModel):
    """Finds the dates of invoices: the day the sales channel wants, in its time zone, and the first day whose period
    is open."""

    _name = "integration.accounting.dates"
    _description = "Accounting Dates"

    @api.model
    def _day(self, backend, moment):
        """Return the day of `moment` (naive UTC) where the channel's accounting is done."""
        return aware(moment).astimezone(ZoneInfo(backend.accounting_tz)).date()

    @api.model
    def _today(self, backend):
        return self._day(backend, fields.Datetime.now())

    @api.model
    def _wanted(self, backend, order):
        """Return the day the invoice of `order` shall bear, never one in the future."""
        today = self._today(backend)
        moments = {"order": order.date_order, "payment": order.integration_paid_at or order.date_order}
        moment = moments.get(backend.invoice_date_source)
        return min(today, self._day(backend, moment)) if moment else today

    @api.model
    def _open_day(self, company, day, *, sale, has_tax):
        """Return the first day from `day` on whose period is open, and the locks that `day` violates.

        The locks are those that Odoo would meet when it posts: hard, fiscal year, sales in a sales journal, and tax
        where taxes are concerned; exceptions granted to a user are his.
        """
        locks = company._get_lock_date_violations(day, sale=sale, purchase=False, tax=has_tax)
        return (max(lock for lock, _field in locks) + timedelta(days=1) if locks else day), locks

    @api.model
    def _dates(self, backend, order):
        """Return the `Dates` of the invoice of `order`; `booked` may lie in the future, then it can't be booked yet."""
        return self._booked(order.company_id, self._wanted(backend, order), has_tax=bool(order.order_line.tax_ids))

    @api.model
    def _booked(self, company, day, *, has_tax):
        booked, locks = self._open_day(company, day, sale=True, has_tax=has_tax)
        if booked == day:
            return Dates(day, day)
        note = self.env._(
            "Booked on %(booked)s, the first open day: the invoice is dated %(day)s, before %(locks)s.",
            booked=format_date(self.env, booked),
            day=format_date(self.env, day),
            locks=company._format_lock_dates(locks),
        )
        return Dates(day, booked, note)

    @api.model
    def _reopen(self, moves):
        """Move draft invoices out of periods that were closed after they were made."""
        for move in moves:
            has_tax = move._affect_tax_report()
            dates = self._booked(move.company_id, move.date, has_tax=has_tax)
            if dates.booked != move.date:
                dates = self._booked(move.company_id, move.invoice_date or move.date, has_tax=has_tax)
                move.write({"date": dates.booked, "integration_date_note": dates.note})


def paid_at(payments):
    """Return when the last of the money came in (aware), None when none did or the platform doesn't say when."""
    moments = [
        payment.processed_at
        for payment in payments
        if payment.kind in ("sale", "capture") and payment.status == "success" and payment.processed_at
    ]
    return max(moments, default=None)
