from odoo import api, fields, models

from ..engine.preflight import SEVERITIES


class IntegrationConnect(models.TransientModel):
    """Says before the first import starts what it will lack."""

    _inherit = "integration.connect"

    preflight = fields.Html("What Is Missing", compute="_compute_preflight", sanitize=False)

    @api.depends("company_id", "tax_policy")
    def _compute_preflight(self):
        labels = dict(SEVERITIES)
        for wizard in self:
            findings = self.env["integration.preflight"]._findings(wizard.company_id)
            # the form has a place of its own for a missing key; taxes can be created
            findings = [
                finding._replace(severity=labels[finding.severity])
                for finding in findings
                if finding.severity != "info"
                and not (finding.action == "taxes" and wizard.tax_policy == "create")
                and not (wizard.encryption_problem and finding.detail == wizard.encryption_problem)
            ]
            values = {"findings": findings}
            wizard.preflight = self.env["ir.qweb"]._render("connector_base.preflight", values) if findings else False
