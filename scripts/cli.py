"""The commands of `./run`."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

from . import databases, servers
from .console import Failure, human_size, say
from .postgres import Cluster
from .state import State
from .workshop import CHANNELS, opened

HELP = """\
./run <command>: everything there is to do in this repository. Each command does the set-up it needs, once.

  demo            stand-in shops + Odoo, connected, orders imported; stays until Ctrl-C
  demo --once     the same, compares everything with the shops' own books, prints tables and ends
  serve           Odoo as in production (2 workers, job runner) on a database of its own, without the stand-in shop
  test [ARGS]     all tests; ARGS go to pytest (paths, -k ...)
  lint [--fix]    ruff, pylint-odoo, well-formedness of XML, YAML, JSON
  bench [NAME] [--json FILE]   measure; without a name: everything there is to measure
  shell [NAME]    Odoo's Python shell on the database NAME: serve (default) or demo
  stop            end everything that runs, PostgreSQL too; data stay
  clean [--all]   stop and remove databases and all that was set up; --all: downloaded packages too

State lives in .dev/ (CONNECTOR_STATE names another folder). Settings from the environment: ODOO_HOME (a checkout of
Odoo 19), PGHOST PGPORT PGUSER PGPASSWORD (a PostgreSQL to use), CONNECTOR_POSTGRES=embedded (PostgreSQL from PyPI),
DEBIAN_MIRROR (where Odoo's package is), PYTHON (the Python to use)."""


def help_command(_args: list[str]) -> int:
    """Print what there is."""
    print(HELP)
    return 0


def serve(args: list[str]) -> int:
    """Run Odoo in the foreground as in production, its log on the terminal, until Ctrl-C."""
    refuse(args)
    state = State()
    with present(state, "serve"), opened(state) as workshop:
        database = databases.prepare_own(workshop, "serve")
        server = servers.OdooServer(
            workshop,
            database,
            name="serve",
            port=state.port("serve", 8069),
            gevent_port=state.port("serve-live", 8072),
            workers=2,
            channels=CHANNELS,
            password=state.secret("admin_password"),
        )
        with server:
            say(f"\n  Odoo    {server.address}\n  login   admin\n  password {server.password}\n  Ctrl-C ends it.\n")
            follow(server)
    return 0


def follow(server: servers.Process) -> None:
    """Copy a server's log to the terminal until the server ends."""
    with server.log.open(errors="replace") as log:
        log.seek(0, os.SEEK_END)
        while server.alive:
            line = log.readline()
            if line:
                sys.stdout.write(line)
            else:
                time.sleep(0.2)
    raise Failure("Odoo ended by itself.", f"Its log: {server.log}")


def shell(args: list[str]) -> int:
    """Open Odoo's shell on one of the lasting databases."""
    name = args[0] if args else "serve"
    if name not in ("serve", "demo") or len(args) > 1:
        raise Failure(f"No database {' '.join(args)}.", "./run shell [serve|demo]")
    state = State()
    with opened(state) as workshop:
        database = databases.prepare_own(workshop, name)
        config = workshop.write_config("shell", database, port=8069)
        return subprocess.run(
            workshop.odoo("shell", "-c", str(config), "--no-http"), env=workshop.environment(), check=False
        ).returncode


def stop(args: list[str]) -> int:
    """End what runs, PostgreSQL last."""
    refuse(args)
    state = State()
    ended = end_commands(state) + servers.end_recorded(state)
    if Cluster(state).stop():
        ended.append("PostgreSQL")
    say(f"  ended: {', '.join(ended)}" if ended else "  nothing was running")
    return 0


def clean(args: list[str]) -> int:
    """Stop, and remove what was set up; downloaded packages stay unless --all is given."""
    if args not in ([], ["--all"]):
        refuse(args)
    stop([])
    state = State()
    if os.environ.get("PGHOST") and state.python.exists():
        with opened(state) as workshop:
            prefix = workshop.database("")
            for name in workshop.server.psql(f"SELECT datname FROM pg_database WHERE datname LIKE '{prefix}%'").split():
                databases.drop(workshop, name)
                say(f"  dropped database {name}")
    kept = [] if args else ["cache"]
    size = human_size(state.folder)
    for path in state.folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    if not kept:
        state.folder.rmdir()
    say(f"  removed {size} in {state.folder}" + (" (downloaded packages stay: cache/)" if kept else ""))
    return 0


def refuse(args: list[str]) -> None:
    """Complain about arguments that the command does not have."""
    if args:
        raise Failure(f"Unknown argument: {' '.join(args)}", "./run help")


@contextmanager
def present(state: State, name: str):
    """Let one such command run at a time, and let `./run stop` find it."""
    path = state.folder / f"{name}.json"
    if path.exists():
        other = json.loads(path.read_text())
        if servers.started_at(other["pid"]) == other["started"]:
            raise Failure(f"./run {name} runs already (process {other['pid']}).", "Use it, or end it: ./run stop")
    servers.end_recorded(state, orphans_only=True)
    path.write_text(json.dumps({"pid": os.getpid(), "started": servers.started_at(os.getpid())}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def end_commands(state: State) -> list[str]:
    """Ask running `./run demo` and `./run serve` to end, and wait for them; return their names."""
    ended = []
    for name in ("demo", "serve"):
        path = state.folder / f"{name}.json"
        if not path.exists():
            continue
        record = json.loads(path.read_text())
        if servers.started_at(record["pid"]) == record["started"]:
            os.kill(record["pid"], signal.SIGTERM)
            deadline = time.monotonic() + 2 * servers.STOP_SECONDS
            while servers.started_at(record["pid"]) == record["started"] and time.monotonic() < deadline:
                time.sleep(0.1)
            ended.append(name)
        path.unlink(missing_ok=True)
    return ended


def lazily(module: str) -> Callable[[list[str]], int]:
    """Return a command that imports its module when it is used."""

    def command(args: list[str]) -> int:
        return import_module(f"scripts.{module}").main(args)

    return command


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "help": help_command,
    "-h": help_command,
    "--help": help_command,
    "demo": lazily("demo"),
    "serve": serve,
    "test": lazily("testing"),
    "lint": lazily("lint"),
    "bench": lazily("bench"),
    "shell": shell,
    "stop": stop,
    "clean": clean,
}


def terminated(_signal: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an ordinary end, so that what was started is ended too."""
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """Run the command named first in `argv`; return the exit code."""
    name, args = (argv[0], argv[1:]) if argv else ("help", [])
    os.umask(0o022)
    signal.signal(signal.SIGTERM, terminated)
    try:
        if name not in COMMANDS:
            raise Failure(f"Unknown command: {name}", "./run help")
        return COMMANDS[name](args)
    except Failure as failure:
        say(f"\nrun {name}: {failure}")
        if failure.remedy:
            say(f"\nWhat to do: {failure.remedy}")
        return 1
    except KeyboardInterrupt:
        say(f"\nrun {name}: ended")
        return 130
