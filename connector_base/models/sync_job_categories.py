from odoo import fields, models

from ..transport import iter_pages
from .sync_job import Operation


class SyncJob(models.Model):
    """Reading the platform's categories, and the places where it shows products."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_categories", "Import categories and publications")],
        ondelete={"import_categories": "cascade"},
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return {**super()._operation_settings(), "import_categories": Operation("catalogue", 46)}

    def _run_import_categories(self):
        """Make the categories and publications of the backend be those of the platform; archive what is gone."""
        backend, adapter = self.backend_id, self.backend_id._adapter()
        channels = self._store_channels(adapter._fetch_channels(backend))
        categories = []
        for page in iter_pages(lambda page: adapter._fetch_categories(backend, page)):
            categories += page.documents
        self._store_categories(categories)
        self._progress(total=len(categories) + channels, done=len(categories) + channels)
        return self.env._(
            "Categories: %(categories)s, publications: %(channels)s", categories=len(categories), channels=channels
        )

    def _store_channels(self, documents):
        known = self._make_known("integration.channel", {d.external_id: {"name": d.name} for d in documents})
        return len(known)

    def _store_categories(self, documents):
        agreed = self._agreed_on_categories({d.external_id: d.automatic for d in documents})
        known = self._make_known(
            "integration.category",
            {d.external_id: {"name": d.name, "handle": d.handle or False, "automatic": d.automatic} for d in documents},
        )
        for document in documents:
            parent = known.get(document.parent_external_id)
            category = known[document.external_id]
            if category.parent_id != (parent or category.browse()):
                category.parent_id = parent
        if agreed:
            self.env["integration.product.exporter"]._agree(self.backend_id, agreed, {"category_ids"})

    def _agreed_on_categories(self, automatic):
        """Return the bindings of products that the platform has in the wanted categories, of those of which it turns
        out now whether their products are chosen by the platform: that is no change of the products.

        :param dict automatic: {external id: whether it is so}
        """
        categories = self.env["integration.category"].search(
            [("backend_id", "=", self.backend_id.id), ("external_id", "in", list(automatic))]
        )
        turned = categories.filtered(lambda category: category.automatic != automatic[category.external_id])
        bindings = self.env["integration.binding.product"]
        if not (turned and self.backend_id._syncs("products_out")):
            return bindings
        bindings = bindings.search([("category_ids", "in", turned.ids), ("external_id", "!=", False)])
        planned = self.env["integration.product.exporter"]._plan(self.backend_id, bindings)
        return bindings.browse().union(*(one.binding for one in planned if "categories" not in one.parts))

    def _make_known(self, model, values):
        """Create, rename or archive records so that they are those of `values`, {external id: values}; return them."""
        Model = self.env[model].with_context(active_test=False)
        known = {record.external_id: record for record in Model.search([("backend_id", "=", self.backend_id.id)])}
        for external_id, record in known.items():
            wanted = {**values[external_id], "active": True} if external_id in values else {"active": False}
            differing = {name: value for name, value in wanted.items() if record[name] != value}
            if differing:
                record.write(differing)
        missing = [external_id for external_id in values if external_id not in known]
        created = Model.create(
            [{**values[key], "external_id": key, "backend_id": self.backend_id.id} for key in missing]
        )
        return {**known, **dict(zip(missing, created, strict=True))}

    def _drain_category(self, events):
        """Read the categories anew: they are few, and their parents may have changed too."""
        backend = self.backend_id
        if not backend._syncs("products_in") and not backend._syncs("products_out"):
            events._settle("ignored", self.env._("Products are not kept in step with this sales channel."))
            return
        backend._enqueue("import_categories", identity_key=f"import_categories:{backend.id}")
        events._settle("done", self.env._("The categories are being read anew."))
