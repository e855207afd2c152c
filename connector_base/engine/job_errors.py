"""The one translation of what goes wrong in a sync job to what queue_job does about it.

Whoever calls a platform or the engine raises the errors of `transport/errors.py`; this module decides whether the job
is postponed (and how long) or fails (and with which type, words and remedy).
"""

import logging
import math
import random
import re
import traceback
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import psycopg2
from psycopg2 import errors as pg_errors

from odoo import fields
from odoo.exceptions import ConcurrencyError, LockError, UserError

from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError

from ..transport.errors import ConfigurationError, DataError, TransientError, TransportError

_logger = logging.getLogger(__name__)

# Lost races: the winner's rows are invisible in this transaction's snapshot, so only a new transaction helps.
CONCURRENCY_ERRORS = (
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
    ConcurrencyError,
    LockError,
)
# Unique constraints of these tables are the protocol between concurrent imports; any other one is wrong data.
PROTOCOL_TABLES = ("integration_", "sync_job")
MAX_LOST_RACES = 20
BACKOFF_FIRST = 15  # seconds
BACKOFF_LONGEST = 3600
GIVE_UP_HOURS = 24


class SyncJobFailed(FailedJobError):
    """The job fails for good; `__cause__` is the error that made it."""


class Busy(RetryableJobError):
    """Other work is in this job's way: the job is run again in a second, which counts as no try."""

    def __init__(self, message):
        super().__init__(message, seconds=1, ignore_retry=True)


class Failure(NamedTuple):
    """What staff read about an error. `cause` is equal for errors that have one cause."""

    error_type: str
    message: str
    remedy: str
    cause: str
    traceback: str


def is_lost_race(error):
    """Say whether another transaction won, so that the same work in a new transaction will do."""
    if isinstance(error, CONCURRENCY_ERRORS):
        return True
    return isinstance(error, pg_errors.UniqueViolation) and (error.diag.table_name or "").startswith(PROTOCOL_TABLES)


def describe(error):
    """Return the `Failure` that says `error` to staff."""
    message = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, SyncJobFailed) and error.__cause__:
        return describe(error.__cause__)._replace(message=message)
    if isinstance(error, TransportError):
        error_type, remedy = error.error_type, error.remedy
    elif isinstance(error, UserError):
        error_type, remedy = "data", "Correct what the message says, then retry."
    elif is_lost_race(error):
        error_type, remedy = "transient", TransientError.remedy
        message = "Another transaction changed the same records at the same time."
    else:
        error_type, remedy = "bug", "Report it with its traceback; retry after an update."
        message = f"{type(error).__name__}: {message}"
    trace = getattr(error, "traceback", "") or "".join(traceback.format_exception(error))
    return Failure(error_type, message, remedy, _cause(error_type, getattr(error, "code", ""), message), trace)


def _cause(error_type, code, message):
    """Return the first line of `message` without what differs from document to document: quoted values and numbers."""
    line = message.strip().split("\n", 1)[0]
    line = re.sub(r"""(["'`«\u201c\u2018]).*?(["'`»\u201d\u2019])""", r"\1…\2", line)
    line = re.sub(r"[\w.:/-]*\d[\w.,:/-]*", "…", line)
    return f"{error_type}{f' {code}' if code else ''}: {line}"[:250]


def backoff(attempts, retry_after=None):
    """Return the whole seconds to wait after `attempts` failed tries: exponential with jitter, never under
    `retry_after`."""
    exponential = min(BACKOFF_LONGEST, BACKOFF_FIRST * 2 ** min(attempts, 16)) * random.uniform(0.5, 1.0)
    if retry_after is None:
        return math.ceil(exponential)
    # What the platform says counts; the jitter keeps those it told the same from coming back together.
    return max(1, math.ceil(retry_after + random.uniform(0, min(5.0, 0.5 + retry_after * 0.1))))


@contextmanager
def translate_errors(job):
    """Run the body as the work of the sync job `job`; let out only what queue_job understands.

    Postponements never count as tries of queue_job: how often, since when and why is noted on the job after the
    rollback, and after `connector_base.give_up_hours` (default 24) of nothing but temporary errors the job fails.
    """
    # Read now: after a database error nothing can be read any more.
    attempts, since = job.retry_count, job.postponed_since
    hours = float(job.env["ir.config_parameter"].sudo().get_param("connector_base.give_up_hours") or GIVE_UP_HOURS)
    try:
        yield
    except RetryableJobError:
        raise
    except TransientError as error:
        if since and fields.Datetime.now() - since > timedelta(hours=hours):
            raise SyncJobFailed(f"Gave up after {hours:g} hours of temporary errors. The last one: {error}") from error
        _postpone(job, error, backoff(attempts, error.retry_after))
    except (ConfigurationError, DataError, TransportError) as error:
        raise SyncJobFailed(error.message) from error
    except (psycopg2.Error, ConcurrencyError, UserError) as error:
        if not is_lost_race(error):
            raise
        if attempts >= MAX_LOST_RACES and isinstance(error, pg_errors.UniqueViolation):
            raise SyncJobFailed(f"The same record is created twice, again and again: {error}") from error
        _postpone(job, error, random.randint(1, 2))


def _postpone(job, error, seconds):
    failure = describe(error)
    job._note_postponed(failure)
    _logger.info("%s postponed %s s: %s", job, seconds, failure.message)
    raise RetryableJobError(failure.message, seconds=seconds, ignore_retry=True) from error
