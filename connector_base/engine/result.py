"""What an import did, document by document."""

import traceback
from dataclasses import dataclass, field

from ..transport.errors import TransportError


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
    A held order was created or updated all the same.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str, TransportError]] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)

    @property
    def settled(self):
        """External ids that need no second try."""
        return [*self.created, *self.updated, *self.unchanged, *(external_id for external_id, _reason in self.skipped)]

    @property
    def summary(self):
        """One line for a job's result, zero counts left out."""
        counts = {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "held": self.held,
            "failed": self.failed,
            "busy": self.busy,
        }
        return ", ".join(f"{len(found)} {name}" for name, found in counts.items() if found) or "nothing to do"
