"""Reading a listing to its end while it changes: by what was read last, never by the number of a page. Pure.

Magento's pages are counted anew for each call: an entry that changes meanwhile moves to the end, and the one that
takes its place is never seen by who asks for the next page. So each page asks for what comes after the last entry, in
the order of (time, id). A changed entry comes again, none is skipped.
"""

from dataclasses import dataclass

from odoo.addons.connector_base.transport import DataError, TransientError

from . import const
from .criteria import search_criteria

SEPARATOR = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How entries of one kind are listed.

    :param time_field: what they are sorted by: `updated_at` or `created_at`
    :param id_field: what Magento filters and sorts their ids by
    :param id_key: where the id stands in an entry: not always under the name it is filtered by
    """

    time_field: str = "updated_at"
    id_field: str = "entity_id"
    id_key: str = "entity_id"
    page_size: int = const.PAGE_SIZE

    def criteria(self, *, since=None, until=None, after=None, also=(), newest_first=False):
        """Return the parameters of the page after the token `after` (None: the first one).

        :param str since: from this time on, as Magento writes it
        :param str until: before this time
        :param also: more groups of filters
        """
        groups = list(also)
        if after:
            # (time, id) > (t, i), as groups of which all must hold: time >= t, and time > t or id > i
            time, _, number = after.partition(SEPARATOR)
            groups.append((self.time_field, "gteq", time))
            groups.append([(self.time_field, "gt", time), (self.id_field, "gt", number)])
        elif since:
            groups.append((self.time_field, "gteq", since))
        if until:
            groups.append((self.time_field, "lt", until))
        sort = (self.time_field, self.id_field)
        return search_criteria(*groups, sort=sort, descending=newest_first, page_size=self.page_size)

    def next_page(self, items, total):
        """Return the token of the page after this one, None when it is the last.

        :param list items: the entries of the page
        :param int total: Magento's `total_count`: how many entries the page's own criteria find
        :raise TransientError: Magento says that there are more and shows none
        """
        if not items:
            if total:
                raise TransientError(f"Magento counts {total} more entries, and shows none of them.")
            return None
        if total <= len(items):
            return None
        for last in reversed(items):
            try:
                time, number = last[self.time_field], int(last[self.id_key])
            except (KeyError, TypeError, ValueError):
                continue  # it fails by itself; the next page begins with what comes after the one before it
            if time:
                return f"{time}{SEPARATOR}{number}"
        raise DataError(
            f"Each entry of a page of Magento's listing lacks {self.time_field} or {self.id_key}.",
            remedy="An extension of the shop may take it away: report it with the names of the shop's modules.",
        )
