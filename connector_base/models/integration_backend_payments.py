from odoo import fields, models


class IntegrationBackend(models.Model):
    """How payments and refunds of a channel are booked."""

    _inherit = "integration.backend"

    refund_booking = fields.Selection(
        [("off", "Only show them"), ("draft", "Prepare credit notes"), ("posted", "Post credit notes")],
        string="Refunds",
        required=True,
        default="draft",
        tracking=True,
        help="What becomes of the platform's refunds: nothing until somebody asks for it on the order, a credit note "
        "that staff confirm, or a posted credit note with the money paid back.",
    )
    return_goods = fields.Selection(
        [("off", "Staff do it"), ("prepare", "Prepare returns"), ("validate", "Validate returns")],
        string="Returned Goods",
        required=True,
        default="prepare",
        tracking=True,
        help="What becomes of refunded goods that go back to stock: those not sent yet are taken off their delivery, "
        "for those sent a return is prepared, or received at once.",
    )
