from odoo import api, fields, models


class IntegrationChange(models.Model):
    _inherit = "integration.change"

    @api.model
    def _affected_articles(self, product_ids):
        """Override of `connector_base`: kits follow their components."""
        affected = super()._affected_articles(product_ids)
        return list({*affected, *self._kits_of(affected)})

    @api.model
    def _kits_of(self, product_ids):
        """Return the ids of the kits that hold any of `product_ids`, also within other kits; one query per depth."""
        found, new = set(), set(product_ids)
        while new:
            lines = (
                self.env["mrp.bom.line"]
                .sudo()
                .search(
                    [("product_id", "in", list(new)), ("bom_id.type", "=", "phantom"), ("bom_id.active", "=", True)]
                )
            )
            new = set(lines.bom_id._integration_products().ids) - found
            found |= new
        return found


class MrpBom(models.Model):
    """What a kit consists of decides how many there are."""

    _inherit = "mrp.bom"

    integration_backend_id = fields.Many2one(
        "integration.backend",
        "Kept by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="connector_base.group_integration_user,mrp.group_mrp_user",
        help="The sales channel that says what this kit consists of: it is changed when the platform changes it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        boms = super().create(vals_list)
        boms._integration_kits_touched()
        return boms

    def write(self, vals):
        self._integration_kits_touched()
        result = super().write(vals)
        self._integration_kits_touched()
        return result

    def unlink(self):
        self._integration_kits_touched()
        return super().unlink()

    def _integration_products(self):
        """Return the products that are made by these bills of materials."""
        whole = self.filtered(lambda bom: not bom.product_id)
        return self.product_id | whole.product_tmpl_id.product_variant_ids

    def _integration_kits_touched(self):
        if self.env["integration.backend"]._any_sends_stock():
            self.filtered(lambda bom: bom.type == "phantom")._integration_products()._integration_stock_touched()


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.bom_id._integration_kits_touched()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.bom_id._integration_kits_touched()
        return result

    def unlink(self):
        self.bom_id._integration_kits_touched()
        return super().unlink()
