from odoo import fields, models


class BenchBaselineEvent(models.Model):
    _name = "bench.baseline.event"
    _description = "Bench Baseline Event"
    _log_access = False

    delivery = fields.Char()
    body = fields.Binary(attachment=False)
