from datetime import timedelta

from odoo import fields, models

from ..engine.page_locks import try_lock
from ..engine.product_importer import product_key
from .sync_job import Operation

# Pictures per queue job: what is read again when a worker dies, and how long its transaction lasts
CHUNK = 20
# Platforms take a while to process pictures: seconds until the product is read again, and how long after its last
# change that is done
PROCESSING = 60
PATIENCE = timedelta(hours=1)


class SyncJob(models.Model):
    """Reading the pictures of products, after the products."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_product_images", "Import pictures of products")],
        ondelete={"import_product_images": "cascade"},
    )

    def _operation_settings(self):
        """Override of `sync.job`: pictures wait for everything else."""
        return {**super()._operation_settings(), "import_product_images": Operation("catalogue", 20)}

    def _run_import_product_images(self, external_ids):
        """Read the pictures of these products that were not read yet, about `CHUNK`; go on with the rest.

        Products that another transaction imports right now come last, a second later.
        """
        backend = self._product_importer()._for_import(self.backend_id)
        if not self.items_total:
            self._progress(total=len(external_ids))
        pictures = backend.env["integration.product.pictures"]
        done, busy, unready, count = [], [], [], 0
        for external_id in external_ids:
            if count >= CHUNK:
                break
            if not try_lock(self.env.cr, [product_key(backend, external_id)]):
                busy.append(external_id)
                continue
            done.append(external_id)
            binding = backend.env["integration.binding.product"].search(
                [("backend_id", "=", backend.id), ("external_id", "=", external_id)]
            )
            if not binding or binding.remote_status == "deleted":
                self._progress(done=1)
                continue
            read, errors = pictures._read(backend, binding)
            backend.env["integration.product.exporter"]._note_pulled(backend, {binding: None})
            count += read
            if binding.images_due and self._is_fresh(binding):
                unready.append(external_id)
            for error in errors:
                self._fail_document(
                    external_id,
                    error,
                    record=binding.odoo_id,
                    document_name=binding.odoo_id.display_name,
                    operation="import_product_images",
                )
            if not errors:
                self._resolve_documents([external_id], "import_product_images")
            self._progress(done=0 if errors else 1, failed=1 if errors else 0)
        if unready:
            backend._enqueue(
                "import_product_ids", arguments={"external_ids": unready}, priority=self.priority, eta=PROCESSING
            )
        settled = set(done)
        rest = [key for key in external_ids if key not in settled and key not in busy] + busy
        if rest:
            self._chain({"external_ids": rest}, eta=1 if len(busy) == len(rest) else None)
        return self.env._("Pictures read: %s", count)

    def _is_fresh(self, binding):
        """Whether the product changed so lately that the platform may still be processing its pictures."""
        changed_at = binding.remote_updated_at or binding.create_date
        return changed_at > fields.Datetime.now() - PATIENCE
