"""Real processes on the real database, for what no single transaction can show."""

import json
import os
import time
import traceback

from odoo import sql_db


class ForkedRegistry:
    """As much of a registry as budgets and call records use, with connections of the process's own."""

    def __init__(self, dbname):
        self.dbname = dbname

    def cursor(self):
        return sql_db.db_connect(self.dbname).cursor()


def run_forked(count, dbname, work):
    """Run `work(registry, index)` in `count` processes that start together; return what each returned (JSON).

    :raise AssertionError: a process failed; its traceback is on stderr
    """
    start = time.monotonic() + 0.1
    readers = []
    for index in range(count):
        reader, writer = os.pipe()
        if os.fork():
            os.close(writer)
            readers.append(os.fdopen(reader))
            continue
        try:
            # The parent's connections are its own: forget them unclosed, and leave by _exit, which closes nothing.
            sql_db._Pool = sql_db._Pool_readonly = None
            time.sleep(max(0.0, start - time.monotonic()))
            result = json.dumps(work(ForkedRegistry(dbname), index))
            os.write(writer, result.encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    results = []
    for reader in readers:
        with reader:
            results.append(reader.read())
        os.wait()
    assert all(results), "A forked process failed."
    return [json.loads(result) for result in results]
