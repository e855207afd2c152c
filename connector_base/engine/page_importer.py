import gc
import logging
from contextlib import contextmanager

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ..transport.errors import DataError, TransportError
from .job_errors import is_lost_race
from .result import BugError, ImportResult

_logger = logging.getLogger(__name__)

# No messages, followers or tracking while documents are written: nobody asked for them.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
    "integration_lane": False,
}


class IntegrationPageImporter(models.AbstractModel):
    """What importers of pages of canonical documents have in common: the newest of each counts, and a bad document
    never keeps the others of its page from being imported."""

    _name = "integration.page.importer"
    _description = "Page Importer"

    @api.model
    def _import_together(self, backend, entries, result):
        """Import `entries`, each with its `document`, in the present savepoint; note in `result` what becomes of it."""
        raise NotImplementedError()

    @api.model
    def _newest(self, documents, result):
        """Return {external id: document}, the newest of each; the others are skipped."""
        newest = {}
        for document in documents:
            known = newest.get(document.external_id)
            if known:
                older = document if document.updated_at < known.updated_at else known
                result.skipped.append((older.external_id, self.env._("a newer version is on the same page")))
                if older is document:
                    continue
            newest[document.external_id] = document
        return newest

    @api.model
    def _import_entries(self, backend, entries, result):
        """Import `entries` together; when that fails, one by one, so that only the bad ones fail."""
        outcome = ImportResult()
        try:
            with self.env.cr.savepoint():
                self._import_together(backend, entries, outcome)
        except Exception as error:
            # This is the one place where programming errors are caught: a document must not block its page.
            if is_concurrency(error):
                raise
            if len(entries) > 1:
                for entry in entries:
                    self._import_entries(backend, [entry], result)
                return
            outcome = ImportResult()
            document = entries[0].document
            outcome.failed.append((document.external_id, document.name, self._readable(document, error)))
        for name in ImportResult.__slots__:
            getattr(result, name).extend(getattr(outcome, name))

    @api.model
    def _readable(self, document, error):
        """Return what happened as an error of the tree in transport/errors.py."""
        if isinstance(error, TransportError):
            return error
        if isinstance(error, UserError):
            return DataError(
                str(error.args[0]),
                remedy=self.env._("Correct what Odoo objects to, in Odoo or on the platform, then retry."),
                external_id=document.external_id,
            )
        if isinstance(error, psycopg2.IntegrityError):
            return DataError(
                self.env._("The database refuses it: %s", (error.diag.message_primary or str(error)).strip()),
                remedy=self.env._("Correct the value named above, in Odoo or on the platform, then retry."),
                external_id=document.external_id,
            )
        _logger.error("importing %s failed", document.external_id, exc_info=error)
        return BugError(error)

    @api.model
    def _report(self, job, result, operation="import_order_ids"):
        """Keep what failed as jobs of their own, which `operation` retries; resolve those of what went well."""
        if not job:
            return
        for external_id, name, error in result.failed:
            job._fail_document(external_id, error, document_name=name, operation=operation)
        if result.settled:
            job._resolve_documents(result.settled, operation)


@contextmanager
def collection_paused():
    """Keep Python's cyclic garbage collector from going over a page's many living objects again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def is_concurrency(error):
    """Whether running the whole transaction again is the answer to `error`, or it can't go on at all."""
    return is_lost_race(error) or isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError))
