"""Keeps calls within the platform's budget. Spent: wait as long as patience lasts, else say until when."""

import functools
import math
import time

from .errors import RateLimited

# Statuses by which a platform wants silence, without figures: the other workers must know as well.
PAUSE_STATUSES = (429, 430)


def with_rate_limit(api, cost=1.0):
    """Decorate a client's method that calls the platform.

    The client has `budget` (a `ports.Budget`, or None: unlimited) and `patience` (seconds it may sleep: 0 in a job).

    :param str api: name of the budget, one of the adapter's `_default_budget`
    :param cost: calls or points the method takes; a callable gets the method's arguments, with self
    :raise RateLimited: the budget is spent for longer than `patience`; `retry_after` says until when
    """

    def decorate(method):
        @functools.wraps(method)
        def limited(self, *args, **kwargs):
            if self.budget is None:
                return method(self, *args, **kwargs)
            amount = cost(self, *args, **kwargs) if callable(cost) else cost
            take(self.budget, api, amount, self.patience)
            try:
                return method(self, *args, **kwargs)
            except RateLimited as error:
                if error.status in PAUSE_STATUSES and error.retry_after:
                    self.budget.feed(api, retry_after=error.retry_after)
                raise

        return limited

    return decorate


def take(budget, api, amount, patience=0.0):
    """Take `amount` from the budget of `api`, sleeping `patience` seconds at most.

    :raise RateLimited: not granted in that time
    """
    deadline = time.monotonic() + patience
    while wait := budget.acquire(api, amount):
        if time.monotonic() + wait > deadline:
            raise RateLimited(
                f"The budget for calls to the platform ({api}) is spent; the next one is free in {math.ceil(wait)} s.",
                retry_after=wait,
            )
        time.sleep(max(wait, 0.01))
