from datetime import datetime

from odoo import models

from ..engine.clock import UTC


class SyncJob(models.Model):
    """Importing what was updated since a time, page by page: the same for every resource that has a cursor."""

    _inherit = "sync.job"

    def _import_listing(self, resource, take, *, fail, said, since=None, page=None, started_at=None, fingerprint=""):
        """Import one page of what was updated since `since`, move the cursor, go on with the next page.

        The page's documents, the cursor, the progress and the next page's queue job are one transaction. The cursor
        follows the platform's own `updated_at`, minus an overlap: platforms show an update late.

        :param str resource: of the cursor; the adapter has `_count_<resource>` and `_fetch_<resource>`
        :param take: a function (documents, how many more could not be read) that imports and returns what to say
        :param fail: a function (errors of what could not be read) that keeps them and returns how many count
        :param said: a function (what `take` said last) that returns what the cursor keeps of the whole import
        :param str since: ISO 8601, aware; None for everything
        :param str page: the platform's token of the page; None for the first one
        :param str started_at: when the first page was read, ISO 8601, aware: the cursor stays before it
        :param str fingerprint: what the cursor was told before the first page was read
        """
        backend = self.backend_id
        cursor = backend._cursor(resource)
        if not cursor._take(self):
            return self.env._("Nothing done: another import is under way: %s", cursor.sync_job_id.display_name)
        adapter, since_time = backend._adapter(), datetime.fromisoformat(since) if since else None
        if page is None and not started_at:
            fingerprint = cursor._fingerprint_of(since_time)
            if cursor._is_unchanged(fingerprint):
                return cursor._end_quietly()
            started_at = datetime.now(UTC).isoformat()
            self._progress(total=getattr(adapter, f"_count_{resource}")(backend, since_time) or 0)
        found = getattr(adapter, f"_fetch_{resource}")(backend, since_time, page)
        summary = take(found.documents, fail(found.failed))
        cursor._advance(found.documents, datetime.fromisoformat(started_at))
        if found.next_page:
            self._chain({"since": since, "page": found.next_page, "started_at": started_at, "fingerprint": fingerprint})
        else:
            cursor.last_result = said(summary)
            cursor._end(self, fingerprint)
        return summary

    def _fail_each(self, errors, *, operation):
        """Keep documents that could not be read as failed ones; return how many these are."""
        for error in errors:
            self._fail_document(error.external_id, error, operation=operation)
        return len(errors)
