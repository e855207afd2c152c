from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How long is kept what platforms sent: it holds personal data of customers."""

    _inherit = "res.config.settings"

    integration_event_days = fields.Integer(
        string="Webhook events", default=30, config_parameter="connector_base.webhook_keep_days"
    )
    integration_event_body_days = fields.Integer(
        string="Contents of webhook events", default=30, config_parameter="connector_base.webhook_body_days"
    )
    integration_call_days = fields.Integer(
        string="API calls", default=14, config_parameter="connector_base.api_call_days"
    )
    integration_call_body_hours = fields.Integer(
        string="Contents of API calls", default=24, config_parameter="connector_base.api_body_hours"
    )
