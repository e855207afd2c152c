"""What an import did, document by document."""

import traceback
from collections import Counter
from dataclasses import dataclass, field

from ..transport.errors import TransportError

OUTCOMES = ("created", "updated", "unchanged", "skipped", "held", "failed", "busy")


class BugError(TransportError):
    """A programming error met while one document was imported. Raised nowhere: it carries the traceback to the job."""

    error_type = "bug"
    remedy = "Report it with the traceback below; the document can be retried after an update."

    def __init__(self, error):
        super().__init__(f"{type(error).__name__}: {error}")
        self.traceback = "".join(traceback.format_exception(error))


@dataclass(slots=True)
class ImportResult:
    """External ids by what became of them.

    `skipped` and `held` hold (external id, reason), `failed` holds (external id, document name, error); an error is of
    the tree in transport/errors.py. `busy` documents are held by another transaction: import them again in a second.
    A held order was created or updated all the same. `order_ids` are the Odoo ids of those created or updated that are
    not held.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str, TransportError]] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    order_ids: list[int] = field(default_factory=list)

    @property
    def settled(self):
        """External ids that need no second try."""
        return [*self.created, *self.updated, *self.unchanged, *(external_id for external_id, _reason in self.skipped)]

    @property
    def counts(self):
        """How many documents there are of each outcome, as a `Counter`; the counts of pages can be added."""
        return Counter({name: len(getattr(self, name)) for name in OUTCOMES})

    @property
    def summary(self):
        """One line for a log, zero counts left out."""
        return ", ".join(f"{count} {name}" for name, count in self.counts.items() if count) or "nothing to do"
