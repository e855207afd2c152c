from collections import Counter

from odoo import api, models

from .order_importer import QUIET


class IntegrationStockImporter(models.AbstractModel):
    """Takes over what a platform has in stock: the first inventory, by an adjustment in the place's stock location."""

    _name = "integration.stock.importer"
    _description = "Stock Importer"

    @api.model
    def _compare(self, backend, place, documents, *, overwrite):
        """Return (what is to be adjusted: {binding: (offered by Odoo, on the platform)}, `Counter` of the others).

        Compared is what Odoo would offer without anything kept back: what is on hand, less what orders hold, plus what
        of it the platform sets aside by itself.

        :param documents: canonical `StockLevel`s of `place`
        :param bool overwrite: adjust articles that have been in stock here, too
        """
        by_id = self.env["integration.binding.variant"]._by_stock_id(
            backend, {document.item_external_id for document in documents}
        )
        products = self.env["product.product"].concat(*(binding.odoo_id for binding in by_id.values()))
        quantities = self.env["integration.stock.quantities"].sudo()
        stock = quantities._available(backend, products, place)
        waiting = quantities._waiting_there(backend, products, place.filtered("holds_orders"))
        moved = set() if overwrite else self._have_been_here(products, place)
        adjust, others = {}, Counter()
        for document in documents:
            binding = by_id.get(document.item_external_id)
            if document.quantity is None:
                continue
            if reason := self._left_out(binding, moved):
                others[reason] += 1
                continue
            key = binding.odoo_id.id, place.id
            here = stock.get(key, 0.0) + waiting.get(key, 0)
            if binding.odoo_id.uom_id.compare(here, document.quantity):
                adjust[binding] = (here, document.quantity)
            else:
                others["equal"] += 1
        return adjust, others

    @api.model
    def _left_out(self, binding, moved):
        """Return why an article is not adjusted: a key of `sync.job._stock_import_texts`; None if it is."""
        if not binding:
            return "unknown"
        product = binding.odoo_id
        if not product.is_storable:
            return "untracked"
        if product.tracking != "none":
            return "lots"
        return "counted" if product.id in moved else None

    @api.model
    def _have_been_here(self, products, place):
        """Return the ids of those of `products` that somebody has counted, received or sent at `place`."""
        zones = list(self.env["integration.stock.quantities"]._zones(place))
        quants = self.env["stock.quant"]._read_group(
            [("product_id", "in", products.ids), ("location_id", "in", zones)], ["product_id"]
        )
        lines = self.env["stock.move.line"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "=", "done"),
                "|",
                ("location_id", "in", zones),
                ("location_dest_id", "in", zones),
            ],
            ["product_id"],
        )
        return {product.id for (product,) in (*quants, *lines)}

    @api.model
    def _import_page(self, backend, place, documents, *, overwrite):
        """Adjust Odoo's stock at `place` to canonical `StockLevel`s; return a `Counter` of what became of them.

        The caller holds the stock lock.
        """
        context = {**QUIET, "integration_from_backend": backend.id, "integration_stock_noted": True}
        backend = backend.sudo().with_company(backend.company_id).with_context(**context)
        self = self.with_env(backend.env)  # noqa: PLW0642
        place = place.with_env(backend.env)
        adjust, counts = self._compare(backend, place, documents, overwrite=overwrite)
        self._adjust(place, {binding.odoo_id: there - here for binding, (here, there) in adjust.items()})
        counts["adjusted"] += len(adjust)
        self.env["integration.stock.level"]._baseline(backend, place, documents)
        return counts

    @api.model
    def _adjust(self, place, differences):
        """Add `differences`, {product: quantity}, to what lies in the stock location of `place`, as a count would."""
        if not differences:
            return
        location = place._stock_location()
        lying = dict(
            self.env["stock.quant"]._read_group(
                [
                    ("product_id", "in", [product.id for product in differences]),
                    ("location_id", "=", location.id),
                    *((field, "=", False) for field in ("lot_id", "package_id", "owner_id")),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        quants = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                [
                    {
                        "product_id": product.id,
                        "location_id": location.id,
                        "inventory_quantity": lying.get(product, 0.0) + difference,
                    }
                    for product, difference in differences.items()
                ]
            )
        )
        quants._apply_inventory()
