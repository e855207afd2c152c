from odoo import api, models

from .integration_change import PUSH_OPERATIONS

# Products per job that looks for what became of them
CHUNK = 100


class IntegrationBackend(models.Model):
    """What happens after a pause: everything that may have changed meanwhile, on either side, is looked at.

    Polling goes on where it stood, and finds what was changed on the platform; what changed in Odoo is marked, at once
    or when the channel is connected (products, stock). The rest is here.
    """

    _inherit = "integration.backend"

    def _start_work(self, since):
        """Override: read categories before the products that name them; after a pause, look at what no poll tells."""
        if self._syncs("products_in") or self._syncs("products_out"):
            self._enqueue("import_categories", identity_key=f"import_categories:{self.id}")
        super()._start_work(since)
        if since:
            return
        jobs = self.env["sync.job"].sudo()
        jobs.search([("backend_id", "=", self.id), ("interrupted", "=", True)])._resume()
        changes = self.env["integration.change"].sudo()
        changes._wake({(self.id, kind) for kind in PUSH_OPERATIONS if changes._count(self, kind)})
        if self._syncs("products_in"):
            self._look_for_products()
        if self._syncs("stock_out"):
            self._read_locations_soon()
            self._enqueue("check_stock", identity_key=f"check_stock:{self.id}")

    @api.model
    def _cron_look_for_products(self):
        """Once a day, on channels that no webhook reaches: what was deleted on the platform is found."""
        for backend in self.search([("state", "=", "connected")]):
            if backend._syncs("products_in") and not backend._is_told():
                backend._look_for_products()

    def _look_for_products(self):
        """Read all products that are known: no poll tells which were deleted. Equal ones are left alone."""
        bindings = (
            self.env["integration.binding.product"]
            .sudo()
            .search_fetch(
                [("backend_id", "=", self.id), ("external_id", "!=", False), ("remote_status", "!=", "deleted")],
                ["external_id"],
                order="id",
            )
        )
        external_ids = bindings.mapped("external_id")
        for start in range(0, len(external_ids), CHUNK):
            self._enqueue(
                "import_product_ids", arguments={"external_ids": external_ids[start : start + CHUNK]}, priority=25
            )
