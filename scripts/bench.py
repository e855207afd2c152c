"""`./run bench [NAME] [--json FILE]`: measure, on a fresh copy of the template database."""

import json
import os
import subprocess
from pathlib import Path

from . import databases, servers
from .console import Failure, say
from .state import ROOT, State, free_port
from .workshop import CHANNELS, Workshop, opened

FOLDER = ROOT / "tests" / "bench"
NOT_BENCHES = ("__init__", "report")


def benches() -> list[str]:
    """Return the names of all benches: the modules of tests/bench that are not helpers."""
    return sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem not in NOT_BENCHES and not path.stem.startswith("_")
    )


def arguments(args: list[str]) -> tuple[list[str], Path | None, list[str]]:
    """Split the command line into (names, file for the figures, what goes to the bench itself)."""
    names: list[str] = []
    target, rest = None, list(args)
    while rest and rest[0] in benches():
        names.append(rest.pop(0))
    if "--json" in rest:
        at = rest.index("--json")
        if at + 1 == len(rest):
            raise Failure("--json needs the name of a file.", "./run bench NAME --json FILE")
        target = Path(rest[at + 1]).resolve()
        del rest[at : at + 2]
    if rest and (not names or not rest[0].startswith("-")):
        raise Failure(f"Unknown bench: {rest[0]}", f"There are: {', '.join(benches())}")
    return names or benches(), target, rest


def run_one(workshop: Workshop, name: str, figures: Path, extra: list[str]) -> int:
    """Run one bench as `python -m tests.bench.<name> --json FILE` on a database of its own; return its exit code.

    It finds ODOO_RC (its configuration) and BENCH_DATABASE in its environment.
    """
    template = databases.prepare_template(workshop)
    database = workshop.database(f"bench_{os.getpid()}")
    databases.copy(workshop, template, database)
    config = workshop.write_config(f"bench-{name}", database, port=free_port(), channels=CHANNELS)
    environment = workshop.environment(
        ODOO_RC=str(config), BENCH_DATABASE=database, CONNECTOR_TEMPLATE=template, PYTHONPATH=str(ROOT)
    )
    command = [str(workshop.state.python), "-m", f"tests.bench.{name}", "--json", str(figures), *extra]
    try:
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    finally:
        databases.drop(workshop, database)


def main(args: list[str]) -> int:
    """Run the named benches, or all; the figures of all go into one file, by name."""
    names, target, extra = arguments(args)
    if not names:
        raise Failure("There is no bench in tests/bench yet.")
    state = State()
    servers.end_recorded(state, orphans_only=True)
    results, failed = {}, []
    with opened(state) as workshop:
        for name in names:
            say(f"\nbench {name}")
            figures = state.folder / "log" / f"bench-{name}.json"
            figures.unlink(missing_ok=True)
            if run_one(workshop, name, figures, extra):
                failed.append(name)
            if figures.exists():
                results[name] = json.loads(figures.read_text())
    if target and results:
        target.write_text(json.dumps(results[names[0]] if len(names) == 1 else results, indent=2) + "\n")
        say(f"  figures: {target}")
    if failed:
        say(f"  failed: {', '.join(failed)}")
    return 1 if failed else 0
