from odoo import api, fields, models

# Seconds between a change and its push: what changes meanwhile goes along
PUSH_DELAYS = {"product": 5, "stock": 3, "shipment": 1, "customer": 5, "price": 10}


SWITCHES = frozenset(
    {
        "import_products",
        "export_products",
        "export_stock",
        "import_shipments",
        "export_shipments",
        "import_customers",
    }
)


class IntegrationBackend(models.Model):
    """What is kept in step beside orders, and in which direction."""

    _inherit = "integration.backend"

    capability_codes = fields.Char(
        compute="_compute_capability_codes", help="What the platform can do: forms show what fits."
    )
    import_products = fields.Boolean(
        tracking=True, help="Products of the platform are created and kept up to date in Odoo."
    )
    export_products = fields.Boolean(
        tracking=True, help="Products you publish on the channel are created and kept up to date on the platform."
    )
    export_stock = fields.Boolean(
        tracking=True, help="The platform is told what is in stock, whenever it changes in Odoo."
    )
    import_shipments = fields.Boolean(
        tracking=True, help="What was sent outside of Odoo is booked as delivered: its transfers are done."
    )
    export_shipments = fields.Boolean(
        tracking=True, help="The platform is told what Odoo has sent, with carrier and tracking numbers."
    )

    import_customers = fields.Boolean(
        tracking=True, help="Customers are created and kept up to date in Odoo, whether they have ordered or not."
    )
    import_companies = fields.Boolean(
        tracking=True, help="Companies that customers buy for are created in Odoo with their places."
    )
    export_customers = fields.Boolean(
        tracking=True, help="The platform is told when name, e-mail or phone of its customers change in Odoo."
    )

    export_prices = fields.Boolean(
        string="Export Price Lists", tracking=True, help="Prices of pricelists go to the platform's price lists."
    )

    @api.depends("platform")
    def _compute_capability_codes(self):
        for backend in self:
            backend.capability_codes = ",".join(sorted(backend._adapter()._capabilities())) if backend.platform else ""

    # === CRUD METHODS === #

    def write(self, vals):
        """What is kept in step decides what the platform has to tell."""
        result = super().write(vals)
        if SWITCHES & vals.keys():
            for backend in self.filtered(lambda backend: backend.state == "connected" and backend._takes_webhooks()):
                backend._enqueue("check_webhooks", identity_key=f"check_webhooks:{backend.id}")
        return result

    # === BUSINESS METHODS === #

    def _syncs(self, flow):
        """Whether `flow` is wanted and possible. Orders come in from every platform that has them.

        :param str flow: a capability: products_in, products_out, stock_out, shipments_in ...
        """
        self.ensure_one()
        resource, _underscore, direction = flow.rpartition("_")
        switch = f"{'import' if direction == 'in' else 'export'}_{resource}"
        return flow in self._adapter()._capabilities() and (switch not in self._fields or self[switch])

    def _push_delay(self, kind):
        """Return how many seconds changes of a kind are collected before they are pushed."""
        return PUSH_DELAYS[kind]
