"""What an import of orders needs that may be missing."""

from typing import NamedTuple

from odoo import api, models

SEVERITIES = [("error", "Must be solved"), ("warning", "Should be solved"), ("info", "Good to know")]
# queue_job's runner holds this lock of the database while it runs (jobrunner/runner.py)
RUNNER_LOCK = 2293787760715711918


class Finding(NamedTuple):
    """One thing that is missing. `action` names what `_open` opens to solve it, '' when it isn't in Odoo."""

    severity: str
    title: str
    detail: str
    action: str = ""


class IntegrationPreflight(models.AbstractModel):
    """Looks for what would stop or hold imported orders, before they are imported. Each check costs a query or two."""

    _name = "integration.preflight"
    _description = "Checks before an Import"

    @api.model
    def _findings(self, company, backend=None):
        """Return the `Finding`s, worst first.

        :param backend: the connected channel; None before there is one
        """
        company = company.sudo()
        env = self.with_company(company).sudo()
        checks = [
            env._check_encryption(),
            *env._check_connection(backend),
            *env._check_accounting(company, backend),
            *env._check_currencies(company, backend),
            *env._check_mappings(backend),
            *env._check_delivery(company),
            env._check_runner(),
            env._check_address(backend),
        ]
        order = [severity for severity, _label in SEVERITIES]
        return sorted(filter(None, checks), key=lambda finding: order.index(finding.severity))

    @api.model
    def _check_encryption(self):
        problem = self.env["integration.backend"].new({}).encryption_problem
        return Finding("error", self.env._("Encryption key"), problem) if problem else None

    @api.model
    def _check_connection(self, backend):
        if not backend:
            return
        if backend.state != "connected":
            yield Finding(
                "error",
                self.env._("Connection"),
                backend.state_message or self.env._("The channel is not connected: nothing can be imported."),
                "backend",
            )
        for sentence in (backend.sudo().connection_report or {}).get("missing") or ():
            yield Finding("warning", self.env._("Access"), sentence, "backend")

    @api.model
    def _check_accounting(self, company, backend):
        if not company.chart_template:
            yield Finding(
                "error",
                self.env._("Chart of accounts"),
                self.env._("%s has none: orders can be imported, but not invoiced.", company.name),
                "accounting",
            )
        taxes = self.env["account.tax"].search_count(
            [("company_id", "=", company.id), ("type_tax_use", "=", "sale")], limit=1
        )
        if not taxes and (not backend or backend.tax_policy == "match"):
            yield Finding(
                "error",
                self.env._("Sales taxes"),
                self.env._("%s has none: orders with taxes will be held.", company.name),
                "taxes",
            )
        journals = self.env["account.journal"].search_count(
            [("company_id", "=", company.id), ("type", "in", ("bank", "cash", "credit"))], limit=1
        )
        if not journals:
            yield Finding(
                "warning",
                self.env._("Payment journals"),
                self.env._("%s has no bank or cash journal to book the platform's payments in.", company.name),
                "journals",
            )

    @api.model
    def _check_currencies(self, company, backend):
        name = (backend.sudo().connection_report or {}).get("currency") if backend else ""
        if not name:
            return
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", name)], limit=1)
        if not currency:
            yield Finding(
                "error", self.env._("Currency"), self.env._("Odoo doesn't know the store's %s.", name), "currencies"
            )
            return
        if not currency.active:
            yield Finding(
                "info",
                self.env._("Currency"),
                self.env._("The store's %s is inactive: the first order switches it on.", name),
                "currencies",
            )
        rate = self.env["res.currency.rate"].search_count(
            [("currency_id", "=", currency.id), ("company_id", "in", (company.id, False))], limit=1
        )
        if currency != company.currency_id and not rate:
            yield Finding(
                "error",
                self.env._("Exchange rate"),
                self.env._("There is none for the store's %s: its orders will be held.", name),
                "currencies",
            )

    @api.model
    def _check_mappings(self, backend):
        if not backend:
            return
        counts = dict(
            self.env["integration.mapping"]._read_group(
                [("backend_id", "=", backend.id), ("is_mapped", "=", False), ("kind", "!=", "attribute")],
                ["kind"],
                ["__count"],
            )
        )
        labels = dict(self.env["integration.mapping"]._fields["kind"]._description_selection(self.env))
        for kind, count in counts.items():
            yield Finding(
                "warning",
                self.env._("Mapping: %s", labels[kind]),
                self.env._("Values of the platform without a record in Odoo: %s.", count),
                f"mapping_{kind}",
            )

    @api.model
    def _check_delivery(self, company):
        if not self.env["stock.warehouse"].search_count([("company_id", "=", company.id)], limit=1):
            yield Finding(
                "error",
                self.env._("Warehouse"),
                self.env._("%s has none to deliver orders from.", company.name),
                "warehouses",
            )
        carriers = self.env["delivery.carrier"].search_count([("company_id", "in", (company.id, False))], limit=1)
        if not carriers:
            yield Finding(
                "info",
                self.env._("Delivery methods"),
                self.env._("There are none: the shipping methods of orders stay texts."),
                "carriers",
            )

    @api.model
    def _check_runner(self):
        # Raw SQL: the lock is queue_job's only sign of life. An advisory lock's key is split over two columns.
        self.env.cr.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid::bigint = %s"
            " AND objid::bigint = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [RUNNER_LOCK >> 32, RUNNER_LOCK & 0xFFFFFFFF],
        )
        if self.env.cr.fetchall():
            return None
        return Finding(
            "error",
            self.env._("Job runner"),
            self.env._(
                "No server runs the queue's jobs: add queue_job to server_wide_modules, and workers to its "
                "configuration. Imports wait until then."
            ),
            "jobs",
        )

    @api.model
    def _check_address(self, backend):
        backend = backend or self.env["integration.backend"].new({})
        if backend.webhooks_reachable or (backend.platform and not backend._syncs("webhooks")):
            return None
        return Finding("warning", self.env._("Public address"), backend._polling_only_reason(), "parameters")

    # === WHERE TO SOLVE IT === #

    @api.model
    def _open(self, action, company, backend):
        """Return the window action that opens the place to solve the finding `action`."""
        if action == "backend":
            return backend._get_records_action()
        if action.startswith("mapping_"):
            found = self.env["ir.actions.act_window"]._for_xml_id("connector_base.integration_mapping_action")
            kind = action.removeprefix("mapping_")
            domain = [("backend_id", "=", backend.id), ("kind", "=", kind), ("is_mapped", "=", False)]
            return {**found, "domain": domain, "context": {"default_backend_id": backend.id, "default_kind": kind}}
        if action == "accounting":
            return self.env["ir.actions.act_window"]._for_xml_id("account.action_account_config")
        if action == "jobs":
            return self._window("queue.job", self.env._("Queue"), [("state", "!=", "done")])
        model, name = {
            "taxes": ("account.tax", self.env._("Taxes")),
            "journals": ("account.journal", self.env._("Journals")),
            "currencies": ("res.currency", self.env._("Currencies")),
            "warehouses": ("stock.warehouse", self.env._("Warehouses")),
            "carriers": ("delivery.carrier", self.env._("Delivery Methods")),
            "parameters": ("ir.config_parameter", self.env._("System Parameters")),
        }[action]
        domain = [("company_id", "in", (company.id, False))] if "company_id" in self.env[model]._fields else []
        return self._window(model, name, domain)

    @api.model
    def _window(self, model, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"active_test": False} if model == "res.currency" else {},
        }
