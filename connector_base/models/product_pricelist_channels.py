from odoo import api, models


class ProductPricelistItem(models.Model):
    """Rules of pricelists decide about prices on sales channels."""

    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        self.env["integration.price.exporter"]._note_pricelists(items.pricelist_id)
        return items

    def write(self, vals):
        pricelists = self.pricelist_id
        result = super().write(vals)
        self.env["integration.price.exporter"]._note_pricelists(pricelists | self.pricelist_id)
        return result

    def unlink(self):
        pricelists = self.pricelist_id
        result = super().unlink()
        self.env["integration.price.exporter"]._note_pricelists(pricelists)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if {"list_price", "standard_price", "categ_id"} & vals.keys():
            self.env["integration.price.exporter"]._note_products(self.product_variant_ids)
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        result = super().write(vals)
        if {"lst_price", "standard_price"} & vals.keys():
            self.env["integration.price.exporter"]._note_products(self)
        return result
