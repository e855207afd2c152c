from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    integration_by_workflow = fields.Boolean("Made by a Channel's Workflow", readonly=True, copy=False)
    integration_date_note = fields.Char("Why This Accounting Date", readonly=True, copy=False)
