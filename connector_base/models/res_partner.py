from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Odoo has none: customers of orders are found by it
    _email_normalized_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    # and companies by their VAT, however it is written; see `bare_vat`
    _bare_vat_idx = models.Index("(upper(regexp_replace(vat, '[^a-zA-Z0-9]', '', 'g'))) WHERE vat IS NOT NULL")
