from decimal import Decimal

from odoo import api, models

from ..canonical import UNSET
from .clock import naive
from .words import words


class IntegrationOrderFilter(models.AbstractModel):
    """Decides which orders of a backend are imported; asks the database nothing per document.

    What a document does not state keeps it from nothing. Only orders that are not in Odoo are asked about, anew
    whenever they change: an unpaid one is imported when it is paid, and what is in Odoo is never dropped.
    """

    _name = "integration.order.filter"
    _description = "Order Import Filter"

    @api.model
    def _skip_reason(self, backend, document):
        """Return why `document` is not imported, in one sentence without its own figures; "" when it is."""
        return (
            self._skipped_by_kind(backend, document)
            or self.env["integration.scope.resolver"]._skip_reason(backend, document)
            or self._skipped_by_status(backend, document)
            or self._skipped_by_tags(backend, document)
            or self._skipped_by_source(backend, document)
            or self._skipped_by_total(backend, document)
        )

    @api.model
    def _skipped_by_kind(self, backend, document):
        if document.test and backend.skip_test_orders:
            return self.env._("test order")
        if backend.import_from and naive(document.created_at) < backend.import_from:
            return self.env._("placed before %s, the start of the import", backend.import_from)
        return ""

    @api.model
    def _skipped_by_status(self, backend, document):
        wanted, status = words(backend.import_financial_codes), document.financial_status
        if wanted and status and status not in wanted:
            return self.env._(
                "its payment is “%(status)s”, imported are: %(wanted)s",
                status=self._label("integration_financial_status", status),
                wanted=", ".join(backend.import_financial_status_ids.mapped("name")),
            )
        wanted, status = words(backend.import_fulfillment_codes), document.fulfillment_status
        if wanted and status and status not in wanted:
            return self.env._(
                "its fulfillment is “%(status)s”, imported are: %(wanted)s",
                status=self._label("integration_fulfillment_status", status),
                wanted=", ".join(backend.import_fulfillment_status_ids.mapped("name")),
            )
        return ""

    @api.model
    def _label(self, name, value):
        return dict(self.env["sale.order"]._fields[name]._description_selection(self.env))[value]

    @api.model
    def _skipped_by_tags(self, backend, document):
        if document.tags is UNSET or not (backend.import_tags or backend.import_tags_excluded):
            return ""
        tags = {tag.lower() for tag in document.tags}
        wanted = words(backend.import_tags)
        if wanted and tags.isdisjoint(wanted):
            return self.env._("it has none of the tags that are imported: %s", ", ".join(wanted))
        unwanted = [word for word in words(backend.import_tags_excluded) if word in tags]
        if unwanted:
            return self.env._("it has a tag that is left out: %s", ", ".join(unwanted))
        return ""

    @api.model
    def _skipped_by_source(self, backend, document):
        if document.source is UNSET or not (backend.import_sources or backend.import_sources_excluded):
            return ""
        source = document.source.lower()
        wanted = words(backend.import_sources)
        if (wanted and source not in wanted) or source in words(backend.import_sources_excluded):
            return self.env._("orders from “%s” are left out", document.source)
        return ""

    @api.model
    def _skipped_by_total(self, backend, document):
        if backend.import_minimum and document.total < Decimal(str(backend.import_minimum)):
            return self.env._("its total is below the minimum of %s", backend.import_minimum)
        return ""
