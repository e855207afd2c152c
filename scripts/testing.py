"""`./run test`: one pytest over everything, on a fresh copy of the prepared template database."""

import os
import shutil
import subprocess
from pathlib import Path

from . import databases, servers
from .addons import discover
from .console import Failure, execute, say
from .state import ROOT, State, clean_environment, free_port
from .workshop import Workshop, opened, prepare

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# Options that make no sense, or show nothing, when tests run in several processes.
ONE_PROCESS = ("-n", "--numprocesses", "--pdb", "--trace", "-s", "--capture=no", "--collect-only", "--co")


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome, if this machine has one."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def ensure_browser(state: State) -> None:
    """Install Chromium in CI, where its absence is a failure; elsewhere only say what is missing."""
    if find_browser():
        return
    if not os.environ.get("CI"):
        say("  NO BROWSER: the tests that need one are skipped. Install chromium to run them.")
        return
    remedy = "Install chromium in the image CI runs in, or run CI as root on Debian, where ./run installs it."
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure("CI needs a browser and this machine has none.", remedy)

    def install() -> None:
        environment = clean_environment(DEBIAN_FRONTEND="noninteractive")
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            execute(["apt-get", "-qq", *command], state.log("chromium"), what="Installing chromium", env=environment)

    state.forget("chromium")
    state.once("chromium", "chromium (apt)", [], install)


def default_paths() -> list[str]:
    """Return the folders that hold tests. Those of glue addons need other databases: tests/integration runs them."""
    folders = [addon.path / "tests" for addon in discover() if not addon.glue]
    return [str(path) for path in (*folders, ROOT / "tests") if path.is_dir()]


def test_paths(args: list[str]) -> list[Path]:
    """Return the arguments that name existing files or folders (with or without ::test), as absolute paths."""
    named = [argument.split("::")[0] for argument in args if not argument.startswith("-")]
    return [Path(name).resolve() for name in named if Path(name).exists()]


def absolute(args: list[str]) -> list[str]:
    """Return the arguments with paths made absolute, as pytest runs at the top of the repository."""
    result = []
    for argument in args:
        name, separator, rest = argument.partition("::")
        is_path = not argument.startswith("-") and Path(name).exists()
        result.append(f"{Path(name).resolve()}{separator}{rest}" if is_path else argument)
    return result


def main(args: list[str]) -> int:
    """Run the tests; return pytest's exit code."""
    state = State()
    paths = test_paths(args)
    if paths and all(path.is_relative_to(ROOT / "tests" / "unit") for path in paths):
        prepare(state)
        return _pytest(state, clean_environment(CONNECTOR_STATE=str(state.folder)), absolute(args))
    ensure_browser(state)
    servers.end_recorded(state, orphans_only=True)
    with opened(state) as workshop:
        return run_suite(workshop, args, whole=not paths)


def run_suite(workshop: Workshop, args: list[str], *, whole: bool) -> int:
    """Run pytest with pytest-odoo on a copy of the template."""
    template = databases.prepare_template(workshop, assets=whole and find_browser() is not None)
    database = workshop.database(f"test_{os.getpid()}")
    databases.copy(workshop, template, database)
    # One process runs thousands of tests: Odoo's limit of a worker's memory is none of theirs.
    unlimited = {"options": {"limit_memory_hard": 0}}
    config = workshop.write_config("test", database, port=free_port(), sections=unlimited)
    environment = workshop.environment(
        ODOO_RC=str(config), CONNECTOR_TEMPLATE=template, TMPDIR=os.environ.get("TMPDIR", "/tmp")
    )
    options = ["--odoo-http"]
    if whole and not any(argument.startswith(ONE_PROCESS) for argument in args) and (os.cpu_count() or 1) > 1:
        options += ["-n", "2", "--dist", "loadfile"]
    try:
        return _pytest(workshop.state, environment, [*options, *absolute(args), *(default_paths() if whole else [])])
    finally:
        for name in workshop.server.psql(
            f"SELECT datname FROM pg_database WHERE datname LIKE '{database}%'"
        ).splitlines():
            databases.drop(workshop, name)


def _pytest(state: State, environment: dict[str, str], args: list[str]) -> int:
    command = [str(state.python), "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", *args]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
