"""Work that the platform does after it answered: media, large products, bulk operations."""

import heapq
import itertools
import sys
import threading
import time
import traceback
from collections.abc import Callable


class Later:
    """One thread that runs functions when they are due, started with the first of them.

    ``pace`` scales the delays (0 = as soon as possible). What is not done when the sandbox stops is lost: whoever asks
    for something keeps its state in the store and asks again at the next start.
    """

    def __init__(self):
        self.pace = 1.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = self._busy = False

    def do(self, delay: float, work: Callable[[], None]):
        """Run ``work`` in about ``delay`` seconds of real time."""
        with self._changed:
            heapq.heappush(self._queue, (time.monotonic() + delay * self.pace, next(self._numbers), work))
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="sandbox later", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self, seconds: float = 10):
        """Wait until nothing is left to do; raises TimeoutError after ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._queue or self._busy:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError("the sandbox still works")

    def stop(self):
        with self._changed:
            self._stopped = True
            self._queue.clear()
            self._changed.notify_all()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(10)

    def _run(self):
        while work := self._next():
            try:
                work()
            except Exception:
                # A bug of the stand-in: shown, and the rest still gets its turn.
                traceback.print_exc(file=sys.stderr)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is not None and wait <= 0:
                    self._busy = True
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(wait)
        return None
