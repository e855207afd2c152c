from odoo import fields, models


class IntegrationBinding(models.AbstractModel):
    _name = "integration.binding"
    _description = "External Record Binding"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
    external_id = fields.Char(required=True)
    remote_updated_at = fields.Datetime()
    digest_in = fields.Char()


class IntegrationBindingOrder(models.Model):
    _name = "integration.binding.order"
    _description = "Order Binding"
    _inherit = "integration.binding"

    odoo_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform order is already bound on this backend."
    )


class IntegrationBindingPartner(models.Model):
    _name = "integration.binding.partner"
    _description = "Partner Binding"
    _inherit = "integration.binding"

    odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform customer is already bound on this backend."
    )


class IntegrationBindingProduct(models.Model):
    _name = "integration.binding.product"
    _description = "Product Binding"
    _inherit = "integration.binding"

    odoo_id = fields.Many2one("product.template", required=True, ondelete="cascade", index=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform product is already bound on this backend."
    )


class IntegrationBindingVariant(models.Model):
    _name = "integration.binding.variant"
    _description = "Variant Binding"
    _inherit = "integration.binding"

    odoo_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform variant is already bound on this backend."
    )
