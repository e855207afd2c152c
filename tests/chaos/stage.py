"""Servers on one database, whose workers can be killed."""

import os
import signal
import time

CHANNELS = "root:4,root.integration_webhooks:2"


class Stage:
    """A fresh database of its own, and the servers that run on it."""

    def __init__(self, yard):
        self.yard = yard
        self.servers = []
        self.database = yard.database()

    def sql(self, query):
        """Return the lines of a query, columns separated by `|`."""
        return self.yard.workshop.server.psql(query, self.database).splitlines()

    def wait(self, condition, seconds=60, what="it did not happen"):
        """Wait until `condition()` is true; return the seconds it took."""
        started = time.monotonic()
        while not condition():
            assert time.monotonic() - started < seconds, what() if callable(what) else what
            time.sleep(0.1)
        return time.monotonic() - started

    def is_worker(self, pid):
        """Tell whether `pid` is a living worker of our servers."""
        return any(pid in server.worker_pids() for server in self.servers if server.alive)

    def kill_worker(self, pid):
        """Kill -9 a worker, after making sure that it is one of ours."""
        assert self.is_worker(pid), pid
        os.kill(pid, signal.SIGKILL)

    def quiet(self):
        """Return whether no event waits and no job waits or runs."""
        waiting = "state IN ('pending', 'enqueued', 'started', 'wait_dependencies')"
        return not (
            self.sql("SELECT 1 FROM integration_webhook_event WHERE state = 'new' LIMIT 1")
            or self.sql(f"SELECT 1 FROM queue_job WHERE {waiting} LIMIT 1")
        )
