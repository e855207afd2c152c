"""Bulk operations of Shopify's Admin API: queries it runs by itself, with a file of JSON lines as their result.

https://shopify.dev/docs/api/usage/bulk-operations/queries. No Odoo import. What may be raised: see `client`.
"""

import contextlib

from odoo.addons.connector_base.transport import DataError, TransientError, raise_for_status

from .answers import take
from .errors import Refused


class BulkCalls:
    """The part of `ShopifyClient` that is about bulk operations."""

    def bulk_run(self, query):
        """Start a bulk operation; return its global id.

        :param str query: a GraphQL document with literal arguments only
        :raise Refused: as many run already as may run at once, or the query can't be run so
        """
        return take(self._mutate("bulk_operation_run_query", {"query": query}), "bulkOperation", "id")

    def bulk_operation(self, operation):
        """Return {"status", "url", "fileSize" ...} of a bulk operation; None when Shopify knows it no more."""
        return self._execute("bulk_operation", {"id": operation}).get("bulkOperation")

    def bulk_cancel(self, operation):
        """Stop a bulk operation; done when it has ended already, which is all that Shopify refuses."""
        with contextlib.suppress(Refused):
            self._mutate("bulk_operation_cancel", {"id": operation})

    def bulk_read(self, url, start, size):
        """Return up to `size` bytes of a result from the byte `start` on.

        :raise DataError: the file is gone: it is kept for seven days
        """
        headers = {"Range": f"bytes={start}-{start + size - 1}", "Accept-Encoding": "identity"}
        response = self.files.request("GET", url, operation="BulkResult", headers=headers)
        if response.status_code == 416:
            return b""
        if response.status_code in (403, 404, 410):
            raise DataError(
                "Shopify keeps the result of the bulk operation no more.",
                remedy="Start the import again.",
                status=response.status_code,
            )
        raise_for_status(response)
        if response.status_code == 206:
            if not response.content:
                raise TransientError("A part of the bulk operation's result came empty.")
            return response.content
        return response.content[start : start + size]  # a server that knows no ranges
