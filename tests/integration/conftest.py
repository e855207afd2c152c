import json
import subprocess
import sys

import pytest

from scripts.state import ROOT, free_port


class Race:
    """Processes that run a module of this folder on one database.

    A module called with `setup` prepares the database, called otherwise it races; each prints what it did as JSON.
    """

    def __init__(self, workshop, database, module):
        self.server, self.database, self.module = workshop.server, database, module
        self.config = workshop.write_config(f"race-{database}", database, port=free_port())
        self.environment = workshop.environment(ODOO_RC=str(self.config))

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", f"tests.integration.{self.module}", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(self, process):
        """Wait for a process; return what it printed."""
        output, _errors = process.communicate(timeout=240)
        assert process.returncode == 0
        return json.loads(output)

    def run(self, *calls):
        """Run the module with the arguments of each of `calls` at once; return what they printed."""
        return [self.finish(process) for process in [self.start(*arguments) for arguments in calls]]

    def count(self, query):
        return int(self.server.psql(query, self.database))


@pytest.fixture
def race(yard, workshop):
    """A function that returns the `Race` of a module, on a database of its own."""
    return lambda module: Race(workshop, yard.database(), module)
