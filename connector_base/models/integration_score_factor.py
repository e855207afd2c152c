from odoo import api, fields, models
from odoo.exceptions import ValidationError

CODES = [
    ("address_incomplete", "Address: something is missing"),
    ("no_house_number", "Address: no house number"),
    ("no_phone", "Address: no phone number"),
    ("other_country", "Delivery to another country than the invoice"),
    ("country", "Delivery to one of these countries"),
    ("first_purchase", "First purchase of the customer"),
    ("returning_customer", "The customer has bought before"),
    ("cancelled_before", "Earlier orders were cancelled"),
    ("refunded_before", "Earlier orders were refunded"),
    ("payment_on_delivery", "Payment on delivery"),
    ("unpaid", "Not paid yet"),
    ("amount", "Large order"),
    ("risk_high", "High fraud risk"),
    ("risk_medium", "Medium fraud risk"),
]


class IntegrationScoreFactor(models.Model):
    """One rule of the delivery score: what it looks at and how many points it gives or takes.

    What a code looks at stands in engine/order_score.py, one method for each.
    """

    _name = "integration.score.factor"
    _description = "Delivery Score Factor"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="How it is called on orders.")
    code = fields.Selection(CODES, string="Looks At", required=True)
    points = fields.Integer(required=True, help="Added to the score when the factor applies; negative: taken away.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    country_ids = fields.Many2many("res.country", string="Countries", help="For the countries of delivery.")
    amount = fields.Float(
        string="From",
        help="For large orders: from this total on, in the currency of the company. For earlier orders: "
        "from this number of them on.",
    )
    words = fields.Char(
        help="For payment on delivery: words separated by commas; the platform calls such a payment by one of them."
    )

    @api.constrains("points")
    def _check_points(self):
        if any(not -100 <= factor.points <= 100 for factor in self):
            raise ValidationError(self.env._("Points are between -100 and 100: the score is between 0 and 100."))
