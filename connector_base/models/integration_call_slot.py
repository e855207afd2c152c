from odoo import fields, models


class IntegrationCallSlot(models.Model):
    """Calls that an account takes at once, one row each. Written by `engine.call_slots.PgSlots` alone."""

    _name = "integration.call.slot"
    _description = "Call Slot"
    _log_access = False

    platform = fields.Char(required=True, readonly=True)
    account_key = fields.Char(required=True, readonly=True)
    number = fields.Integer(required=True, readonly=True)
    taken_until = fields.Datetime(required=True, readonly=True)

    _key_uniq = models.Constraint("UNIQUE(platform, account_key, number)", "A slot has a number of its own.")
