from collections import Counter

from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Taking over the platform's stock, and comparing it with Odoo's."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_stock", "Import stock"), ("check_stock", "Compare stock")],
        ondelete={"import_stock": "cascade", "check_stock": "cascade"},
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return {
            **super()._operation_settings(),
            "import_stock": Operation("stock", 40),
            "check_stock": Operation("catalogue", 30),
        }

    # === FIRST INVENTORY === #

    def _run_import_stock(self, place_ids, overwrite=False, page=None):
        """Adjust Odoo's stock to one page of what the platform has at the first of the places, and go on.

        :param list place_ids: of `integration.location`, those still to be read
        :param bool overwrite: adjust also what has been in stock in Odoo
        :param str page: the platform's token; None for the first one
        """
        backend = self.backend_id
        places = self.env["integration.location"].browse(place_ids).exists().filtered("location_ids")
        if not places:
            return self._stock_import_summary()
        backend._lock_stock()
        found = backend._adapter()._list_stock(backend, places[0].external_id, page)
        counts = self.env["integration.stock.importer"]._import_page(
            backend, places[0], found.documents, overwrite=overwrite
        )
        self.outcome_counts = Counter(self.outcome_counts or {}) + counts
        self._progress(done=len(found.documents))
        left = places.ids if found.next_page else places[1:].ids
        if left:
            self._chain({"place_ids": left, "overwrite": overwrite, "page": found.next_page})
        return self._stock_import_summary()

    def _stock_import_texts(self):
        """Return {outcome of an article: what it is called}."""
        return {
            "adjusted": self.env._("Adjusted: %s"),
            "equal": self.env._("equal: %s"),
            "counted": self.env._("left alone, for they have been in stock in Odoo: %s"),
            "unknown": self.env._("not known in Odoo: %s"),
            "untracked": self.env._("not tracked in Odoo: %s"),
            "lots": self.env._("to be counted by hand, for they have lots or serial numbers: %s"),
        }

    def _stock_import_summary(self):
        counts = self.outcome_counts or {}
        texts = [text % counts[outcome] for outcome, text in self._stock_import_texts().items() if counts.get(outcome)]
        return ", ".join(texts) or self.env._("The platform states no stock at these places.")

    # === COMPARISON === #

    def _run_check_stock(self, after=0):
        """Compare a page of articles with what the platform has now, mark those that differ, and go on.

        :param int after: id of the last variant binding that was compared
        """
        backend = self.backend_id
        if not backend._syncs("stock_out"):
            return self.env._("Nothing done: stock is not sent to this sales channel.")
        backend._lock_stock()
        domain = [("backend_id", "=", backend.id), ("external_id", "!=", False)]
        variants = self.env["integration.binding.variant"]
        if not after:
            self._progress(total=variants.search_count(domain))
        page = variants.search([*domain, ("id", ">", after)], order="id", limit=backend._adapter()._stock_batch())
        if page:
            compared, differing = self._compare_stock(page)
            self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(compared=compared, differing=differing)
            self._progress(done=len(page))
            self._chain({"after": page[-1].id})
        counts = self.outcome_counts or {}
        summary = self.env._(
            "Quantities compared: %(compared)s, differing and looked at again: %(differing)s.",
            compared=counts.get("compared", 0),
            differing=counts.get("differing", 0),
        )
        if not page:
            backend.write({"stock_checked_at": fields.Datetime.now(), "stock_check_result": summary})
        return summary

    def _compare_stock(self, bindings):
        """Note what the platform has of `bindings` now, and mark what differs; return how many (compared, differ)."""
        backend = self.backend_id.sudo().with_company(self.company_id)
        places = backend._stock_places()
        if not places:
            return 0, 0
        found = backend._adapter()._fetch_stock(
            backend, [binding._stock_external_id() for binding in bindings], places.mapped("external_id")
        )
        offered = self.env["integration.stock.quantities"].sudo()._offered(backend, bindings, places)
        return self.env["integration.stock.level"].sudo()._note_compared(backend, bindings, found, offered)
