from odoo import fields, models


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    magento_barcode_attribute = fields.Char(
        string="Attribute with the Barcode",
        help="Code of the product attribute that holds barcodes, for instance ean or gtin. Magento has none by itself: "
        "left empty, barcodes are neither read nor sent.",
    )
    magento_in_bulk = fields.Boolean(
        string="Changes in Bulk",
        help="Many changes of products are sent in one call, which Magento carries out by and by. Only for shops that "
        "run the consumer async.operations.all.",
    )


class IntegrationBindingProduct(models.Model):
    """What only Magento knows of a product."""

    _inherit = "integration.binding.product"

    magento_sku = fields.Char("SKU of the Product", readonly=True)
    magento_type = fields.Char("Product Type (Magento)", readonly=True)
    magento_attribute_set = fields.Char("Attribute Set", readonly=True)
    magento_visibility = fields.Selection(
        [
            ("1", "Not visible individually"),
            ("2", "Catalog"),
            ("3", "Search"),
            ("4", "Catalog, search"),
        ],
        string="Visibility",
        readonly=True,
    )
