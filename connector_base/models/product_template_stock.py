from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    integration_stock_policy = fields.Selection(
        [
            ("channel", "As each sales channel says"),
            ("own", "Keep back a number of its own"),
            ("excluded", "Don't send its stock"),
        ],
        string="Stock on Sales Channels",
        required=True,
        default="channel",
        help="Which quantity sales channels are told of this product.",
    )
    integration_stock_buffer = fields.Integer(
        "Units Kept Back", help="Never offered on a sales channel, at each of its places."
    )

    _integration_stock_buffer_positive = models.Constraint(
        "CHECK(integration_stock_buffer >= 0)", "The number of units kept back can't be negative."
    )

    def write(self, vals):
        result = super().write(vals)
        if not {"integration_stock_policy", "integration_stock_buffer", "is_storable"}.isdisjoint(vals):
            self.with_context(active_test=False).product_variant_ids._integration_stock_touched()
        return result

    def action_open_integration_stock(self):
        """Show the product's stock on all sales channels."""
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.integration_stock_level_action")
        domain = [("product_id.product_tmpl_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_open_integration_stock(self):
        """Show the variant's stock on all sales channels."""
        return {**self.product_tmpl_id.action_open_integration_stock(), "domain": [("product_id", "in", self.ids)]}
