"""Fixtures for tests that span addons: real servers on databases of their own, the sandbox, a browser.

They need what `./run test` prepares. Everything a factory started is ended, and its databases are dropped, when the
test (or the module, for the `module_` ones) ends.
"""

import contextlib
import itertools
import os
from pathlib import Path

import pytest

from scripts import databases
from scripts.servers import OdooServer, SandboxServer
from scripts.testing import find_browser
from scripts.workshop import Workshop
from tests.browser import Browser

NUMBERS = itertools.count(1)


class Yard:
    """Starts servers and removes them, their databases and files at the end."""

    def __init__(self, workshop: Workshop, folder: Path):
        self.workshop = workshop
        self.folder = folder
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> "Yard":
        return self

    def __exit__(self, *exc) -> None:
        self._cleanup.__exit__(*exc)

    def _name(self) -> str:
        return f"test-{os.getpid()}-{next(NUMBERS)}"

    def database(self) -> str:
        """Return the name of a fresh copy of the template: the addons are installed, administrator admin/admin."""
        name = self.workshop.database(self._name().replace("-", "_"))
        databases.copy(self.workshop, os.environ["CONNECTOR_TEMPLATE"], name)
        self._cleanup.callback(databases.drop, self.workshop, name)
        return name

    def odoo(self, database: str | None = None, *, start: bool = True, **options) -> OdooServer:
        """Return a running Odoo server on `database` (else on a fresh copy); options as `OdooServer` takes them."""
        server = OdooServer(self.workshop, database or self.database(), name=self._name(), **options)
        self._cleanup.callback(server.stop)
        if start:
            server.start()
        return server

    def sandbox(self, data: Path | None = None, *, start: bool = True, **options) -> SandboxServer:
        """Return a running sandbox that keeps its state in `data` (else in a fresh folder)."""
        name = self._name()
        server = SandboxServer(self.workshop, data or self.folder / name, name=name, **options)
        self._cleanup.callback(server.stop)
        if start:
            server.start()
        return server

    def browser(self, **options) -> Browser:
        """Return a started browser; skips the test when this machine has none (CI installs one)."""
        program = find_browser()
        if not program and os.environ.get("CI"):
            pytest.fail("CI needs a browser, and this machine has none", pytrace=False)
        if not program:
            pytest.skip("no browser on this machine")
        browser = Browser(program, self.folder / self._name(), **options)
        self._cleanup.callback(browser.close)
        return browser


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    """The environment that `./run test` keeps open."""
    if "CONNECTOR_TEMPLATE" not in os.environ:
        pytest.fail("this test needs real servers: run it by ./run test", pytrace=False)
    return Workshop.attach()


@pytest.fixture
def yard(workshop, tmp_path):
    """Factories `odoo`, `sandbox`, `browser`, `database` for one test."""
    with Yard(workshop, tmp_path) as yard:
        yield yard


@pytest.fixture(scope="module")
def module_yard(workshop, tmp_path_factory):
    """The same for all tests of a module."""
    with Yard(workshop, tmp_path_factory.mktemp("yard")) as yard:
        yield yard


@pytest.fixture
def odoo_server(yard):
    """Factory: `odoo_server(workers=2, sections={"integration": {...}})` -> a running OdooServer."""
    return yard.odoo


@pytest.fixture
def sandbox_server(yard):
    """Factory: `sandbox_server()` -> a running SandboxServer."""
    return yard.sandbox


@pytest.fixture
def browser(yard):
    """A headless browser."""
    return yard.browser()
