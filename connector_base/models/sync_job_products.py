from collections import Counter
from functools import partial

from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Importing products: page by page since a time, by their ids, or as their events come in."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_products", "Import products"), ("import_product_ids", "Import single products")],
        ondelete={"import_products": "cascade", "import_product_ids": "cascade"},
    )

    def _operation_settings(self):
        """Override of `sync.job`: products wait for orders, not orders for products."""
        return {
            **super()._operation_settings(),
            "import_product_ids": Operation("catalogue", 45),
            "import_products": Operation("catalogue", 30),
        }

    def _run_import_products(self, **period):
        """Import one page of the products updated since a time; arguments as those of `_import_listing`."""

        def take(documents, unreadable):
            return self._import_products(documents, source="poll", unreadable=unreadable)

        def said(_summary):
            return self.env._(
                "Products read: %(done)s, failed: %(failed)s", done=self.items_done, failed=self.items_failed
            )

        fail = partial(self._fail_each, operation="import_product_ids")
        return self._import_listing("products", take, fail=fail, said=said, **period)

    def _run_import_product_ids(self, external_ids):
        """Read these products from the platform in one call and import them."""
        self._progress(total=len(external_ids))
        documents, errors = self.backend_id._read_products(external_ids)
        for external_id, error in errors.items():
            self._fail_document(external_id, error, operation="import_product_ids")
        summary = self._import_products(documents, source="single", unreadable=len(errors))
        missing = set(external_ids) - errors.keys() - {document.external_id for document in documents}
        if missing:
            self._resolve_documents(missing, "import_product_ids")
            self._product_importer()._note_deleted(self.backend_id, missing)
            self._progress(done=len(missing))
            return self.env._(
                "%(summary)s; not on the platform (any more): %(missing)s",
                summary=summary,
                missing=", ".join(sorted(missing)),
            )
        return summary

    def _product_importer(self):
        return self.env["integration.product.importer"]

    def _import_products(self, documents, source, unreadable=0):
        """Import canonical products that were read from the platform; return what became of all of the job's.

        :param int unreadable: products beside `documents` that could not be read, counted as failed
        """
        result = self._product_importer()._import_page(self.backend_id, documents, job=self, source=source)
        failed = len(result.failed)
        self._progress(done=len(documents) - failed, failed=failed + unreadable)
        counts = result.counts + Counter(failed=unreadable)
        # What people have to decide on is in Odoo's list of it, not in its catalogue.
        self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(
            {("to_decide" if outcome == "held" else outcome): count for outcome, count in counts.items() if count}
        )
        self._note_skipped(result.skipped)
        if result.busy:
            self.backend_id._enqueue(
                "import_product_ids", arguments={"external_ids": list(result.busy)}, priority=self.priority, eta=1
            )
        return self._outcome_summary()

    def _outcome_summary(self):
        """Override of `sync.job`: products may wait for a decision."""
        summary = super()._outcome_summary()
        if count := (self.outcome_counts or {}).get("to_decide"):
            return self.env._("%(summary)s, %(count)s to be decided by you", summary=summary, count=count)
        return summary

    # === EVENTS === #

    def _drain_product(self, events):
        """Import the products of these events, one event per product."""
        backend = self.backend_id
        if not backend._syncs("products_in"):
            events._settle("ignored", self.env._("Products are not imported from this sales channel."))
            return
        nameless = events.filtered(lambda event: not event.external_id)
        nameless._settle("failed", self.env._("The event does not say which product it is about."))
        events = (events - nameless)._ignore_older("integration.binding.product")
        adapter = backend._adapter()
        deleted = events.filtered(lambda event: adapter._tells_deletion(event.topic))
        self._drain_deleted_products(deleted)
        by_id = {event.external_id: event for event in events - deleted}
        documents = self._parse_events(events - deleted, "_parse_product_event", "import_product_ids")
        thin = [external_id for external_id, document in documents.items() if document is None]
        documents.update(self._fetch_thin_products(by_id, thin))
        found, told = {}, {}
        for external_id, document in documents.items():
            if document is not None:  # of a variant: the product that it is one of
                found[document.external_id] = document
                told[document.external_id] = told.get(document.external_id, events.browse()) | by_id[external_id]
        result = self._product_importer()._import_page(backend, list(found.values()), job=self, source="webhook")
        for external_id, reason in result.skipped:
            told[external_id]._settle("ignored", reason)
        for external_id, _name, error in result.failed:
            told[external_id]._settle("failed", str(error))
        for external_id, reason in result.held:
            told[external_id]._settle("done", self.env._("Somebody has to decide on it: %s", reason))
        done = self.env["integration.webhook.event"]
        for external_id in (*result.created, *result.updated, *result.unchanged):
            done |= told[external_id]
        done._settle("done")

    def _drain_deleted_products(self, events):
        """Note that the products of these events are gone; read those again that only a variant is gone of."""
        if not events:
            return
        parents = self.backend_id._variant_parents(events.mapped("external_id"))
        of_variants = events.filtered(lambda event: parents.get(event.external_id) not in (None, event.external_id))
        if of_variants:
            products = sorted({parents[external_id] for external_id in of_variants.mapped("external_id")})
            self.backend_id._enqueue("import_product_ids", arguments={"external_ids": products})
            of_variants._settle("done", self.env._("The platform has deleted a variant: its product is read."))
        gone = events - of_variants
        self._product_importer()._note_deleted(self.backend_id, gone.mapped("external_id"))
        gone._settle("done", self.env._("The platform has deleted the product."))

    def _fetch_thin_products(self, by_id, external_ids):
        """Read the products that their events don't state in full; return {external id of the event: document}."""
        if not external_ids:
            return {}
        documents, errors = self.backend_id._read_products(external_ids)
        found = {variant.external_id: document for document in documents for variant in document.variants}
        found.update((document.external_id, document) for document in documents)
        found = {external_id: found[external_id] for external_id in external_ids if external_id in found}
        for external_id, error in errors.items():
            self._fail_event(by_id[external_id], error, "import_product_ids")
        missing = [key for key in external_ids if key not in errors and key not in found]
        if missing:
            self._product_importer()._note_deleted(self.backend_id, missing)
            for external_id in missing:
                by_id[external_id]._settle("ignored", self.env._("It is not on the platform (any more)."))
        return found
