from odoo import api, models

from ..transport.errors import PermissionMissing
from .page_locks import try_lock
from .product_importer import product_key

# Products per page of the product importer
PAGE = 100


class IntegrationOrderProducts(models.AbstractModel):
    """Has the products of a page of orders imported first, where products come from the platform: so that order lines
    find them, instead of making products of their own that would be there twice."""

    _name = "integration.order.products"
    _description = "Products of Orders to Import"

    @api.model
    def _bring(self, backend, documents, job=None):
        """Import the products whose variants `documents` (canonical orders) name and Odoo doesn't know.

        One query when all are known, none when the platform's products are not imported. What people have to decide on
        is not read again: its order lines are found by code, or dealt with as the backend says.

        :param sync.job job: where products that can't be imported are noted
        :return: external ids of the orders that have to wait a moment: another transaction imports their products
        :raise TransientError, ConfigurationError: the products can't be read now
        """
        wanted = self._unknown(backend, documents) if backend._syncs("products_in") else {}
        if not wanted:
            return set()
        keys = {product_key(backend, external_id): external_id for external_id in wanted}
        mine = {keys[key] for key in try_lock(self.env.cr, keys)}
        busy = set().union(*(orders for external_id, orders in wanted.items() if external_id not in mine))
        if not mine:
            return busy
        try:
            found, errors = backend._read_products(sorted(mine))
        except PermissionMissing:
            return busy  # the import of products says so; orders come in without it
        if job:
            for external_id, error in errors.items():
                job._fail_document(external_id, error, operation="import_product_ids")
        importer = self.env["integration.product.importer"]
        for start in range(0, len(found), PAGE):
            result = importer._import_page(backend, found[start : start + PAGE], job=job, source="order")
            busy.update(*(wanted[external_id] for external_id in result.busy))
        return busy

    @api.model
    def _unknown(self, backend, documents):
        """Return {external id of a product to be read: external ids of its orders}."""
        lines = [
            (document.external_id, line)
            for document in documents
            for line in document.lines
            if line.product_external_id and line.variant_external_id
        ]
        if not lines:
            return {}
        variants = {line.variant_external_id for _order, line in lines}
        bindings = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(variants))], ["external_id"]
        )
        variants -= set(bindings.mapped("external_id"))
        wanted = {}
        for order, line in lines:
            if line.variant_external_id in variants:
                wanted.setdefault(line.product_external_id, set()).add(order)
        if not wanted:
            return {}
        of_page = [("backend_id", "=", backend.id), ("external_id", "in", list(wanted))]
        conflicts = self.env["integration.product.conflict"].search(
            [*of_page, ("state", "in", ("open", "ignored"))],
        )
        deleted = self.env["integration.binding.product"].search([*of_page, ("remote_status", "=", "deleted")])
        for external_id in (*conflicts.mapped("external_id"), *deleted.mapped("external_id")):
            wanted.pop(external_id, None)
        return wanted
