"""The prepared environment: packages, Odoo, PostgreSQL; and the configuration files of the Odoo servers."""

import configparser
import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import odoo_source, packages, postgres
from .addons import Addon, discover
from .console import say
from .odoo_source import OdooSource
from .postgres import Server
from .state import ROOT, State, clean_environment

# Two jobs at once in all, one of them at most for webhooks: with two HTTP workers a page of Odoo is never far away.
CHANNELS = "root:2,root.integration_webhooks:1"


class Workshop:
    """What commands, tests and servers work with: state folder, Odoo, a PostgreSQL server that answers, our addons."""

    def __init__(self, state: State, source: OdooSource, server: Server):
        self.state = state
        self.source = source
        self.server = server

    @property
    def addons(self) -> list[Addon]:
        """The addons that are installed here; glue comes by itself with what it glues."""
        return [addon for addon in discover() if not addon.glue]

    @classmethod
    def attach(cls) -> "Workshop":
        """Return the workshop that the `./run` around this process keeps open (tests, benches)."""
        state = State()
        kept = json.loads((state.folder / "workshop.json").read_text())
        source = kept["source"]
        return cls(
            state,
            OdooSource(
                source["kind"], Path(source["site"]), tuple(Path(path) for path in source["addons"]), source["version"]
            ),
            Server(**kept["server"]),
        )

    def database(self, name: str) -> str:
        """Return the full name of one of our databases; on a server shared with others it tells checkouts apart."""
        if os.path.isabs(self.server.host) and Path(self.server.host).is_relative_to(self.state.folder):
            return f"connectors_{name}"
        return f"connectors_{hashlib.sha256(str(self.state.folder).encode()).hexdigest()[:8]}_{name}"

    def environment(self, **extra: str) -> dict[str, str]:
        """Return the environment for Odoo and its tools: our programs first, PostgreSQL's variables on purpose."""
        path = os.pathsep.join([str(self.state.venv / "bin"), self.server.bindir, os.environ.get("PATH", os.defpath)])
        return clean_environment(PATH=path, CONNECTOR_STATE=str(self.state.folder), **self.server.variables(), **extra)

    def write_config(
        self,
        name: str,
        database: str,
        *,
        port: int,
        gevent_port: int | None = None,
        workers: int = 0,
        channels: str = "root:0",
        sections: Mapping[str, Mapping[str, object]] | None = None,
    ) -> Path:
        """Write the odoo.conf called `name` (mode 600) and return its path.

        :param channels: queue_job's channels; `root:0` runs no jobs
        :param sections: options to add or replace, by section
        """
        own = [addon.name for addon in self.addons]
        server_wide = ["base", "rpc", "web", "queue_job", *(["connector_base"] if "connector_base" in own else [])]
        addons_path = [*self.source.addons, *([ROOT] if own else [])]
        values: dict[str, dict[str, object]] = {
            "options": {
                "db_host": self.server.host,
                "db_port": self.server.port,
                "db_user": self.server.user,
                **({"db_password": self.server.password} if self.server.password else {}),
                "db_name": database,
                "dbfilter": f"^{database}$",
                "list_db": False,
                "admin_passwd": self.state.secret("database_manager_password"),
                "data_dir": self.state.data,
                "addons_path": ",".join(str(path) for path in addons_path),
                "server_wide_modules": ",".join(server_wide),
                "http_interface": "127.0.0.1",
                "http_port": port,
                "gevent_port": gevent_port or port + 1,
                "workers": workers,
                "max_cron_threads": 1,
            },
            "queue_job": {"channels": channels},
            "integration": {"encryption_keys": self.state.secret("encryption_key")},
        }
        config = configparser.RawConfigParser()
        for section, options in values.items():
            config[section] = {key: str(value) for key, value in options.items()}
        for section, options in (sections or {}).items():
            if not config.has_section(section):
                config.add_section(section)
            for key, value in options.items():
                config.set(section, key, str(value))
        path = self.state.folder / "conf" / f"{name}.conf"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            config.write(handle)
        return path

    def odoo(self, *args: str) -> list[str]:
        """Return the command line of Odoo with these arguments."""
        return [str(self.state.python), str(ROOT / "scripts" / "bin" / "odoo"), *args]


def prepare(state: State) -> OdooSource:
    """Make Odoo and the Python packages ready; nothing to do when they are."""
    with state.lock():
        with ThreadPoolExecutor() as pool:
            source_task = pool.submit(odoo_source.find, state)
            packages_task = pool.submit(packages.install, state)
            source = source_task.result()
            packages_task.result()
        packages.link(state, source)
        odoo_source.precompile(state, source)
    return source


@contextlib.contextmanager
def opened(state: State | None = None) -> Iterator[Workshop]:
    """Do the set-up that is missing, keep PostgreSQL running, yield the workshop."""
    state = state or State()
    source = prepare(state)
    with postgres.running(state) as server:
        kept = {
            "source": {
                "kind": source.kind,
                "site": str(source.site),
                "addons": [str(path) for path in source.addons],
                "version": source.version,
            },
            "server": server.as_dict(),
        }
        path = state.folder / "workshop.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump(kept, handle)
        workshop = Workshop(state, source, server)
        if not workshop.addons:
            say("  no addon with a manifest in this checkout yet: Odoo runs without them")
        yield workshop
