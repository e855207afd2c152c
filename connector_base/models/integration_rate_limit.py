from odoo import fields, models
from odoo.api import depends  # the field `api` hides the module
from odoo.fields import Domain


class IntegrationRateLimit(models.Model):
    """Token buckets: what a platform account may still call. Written by `engine.api_budget.PgBudget` alone."""

    _name = "integration.rate.limit"
    _description = "API Budget"
    _order = "platform, account_key, api"
    _rec_name = "api"
    _log_access = False

    platform = fields.Selection(
        selection=lambda self: self.env["integration.backend"]._fields["platform"]._description_selection(self.env),
        required=True,
        readonly=True,
    )
    account_key = fields.Char(string="Account", required=True, readonly=True)
    api = fields.Char(string="API", required=True, readonly=True)
    capacity = fields.Float(required=True, readonly=True, help="Calls or points the platform lets accumulate.")
    rate = fields.Float(string="Refill (per s)", required=True, readonly=True)
    tokens = fields.Float(string="Left at Last Call", required=True, readonly=True)
    updated = fields.Datetime(string="Last Call", required=True, readonly=True)
    available = fields.Float(compute="_compute_available", string="Left Now")
    available_percent = fields.Float(compute="_compute_available", string="Left Now (%)")
    company_ids = fields.Many2many(
        "res.company", compute="_compute_company_ids", search="_search_company_ids", string="Companies"
    )

    _key_uniq = models.Constraint("UNIQUE(platform, account_key, api)", "There is a budget for this API already.")
    _size_check = models.Constraint("CHECK(capacity > 0 AND rate > 0)", "A budget has a positive size and refill rate.")

    @depends("capacity", "rate", "tokens", "updated")
    def _compute_available(self):
        now = fields.Datetime.now()
        for budget in self:
            age = max((now - budget.updated).total_seconds(), 0.0)
            available = min(budget.capacity, budget.tokens + budget.rate * age)
            budget.available = max(available, 0.0)
            budget.available_percent = 100 * budget.available / budget.capacity

    @depends("platform", "account_key")
    def _compute_company_ids(self):
        backends = self._backends_by_account(Domain.TRUE)
        for budget in self:
            budget.company_ids = [company.id for company in backends.get((budget.platform, budget.account_key), ())]

    def _search_company_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        accounts = self._backends_by_account(Domain("company_id", "in", list(value)))
        return Domain.OR(
            Domain("platform", "=", platform) & Domain("account_key", "=", account_key)
            for platform, account_key in accounts
        )

    def _backends_by_account(self, domain):
        """Return {(platform, account key): companies whose backends share it}."""
        companies = {}
        for backend in self.env["integration.backend"].sudo().with_context(active_test=False).search(domain):
            key = (backend.platform, backend._budget_key())
            companies[key] = companies.get(key, self.env["res.company"]) | backend.company_id
        return companies
