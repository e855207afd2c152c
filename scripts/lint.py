"""`./run lint`: ruff, pylint-odoo, and whether XML, YAML, JSON and shell files can be read at all."""

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from . import packages
from .addons import discover
from .console import say
from .state import ROOT, State, clean_environment

# Of pylint itself ruff does the work. Of pylint-odoo's checks these ask for OCA's own habits (its name as an author, a
# generated README.rst) or against ours (a large model is spread over files by concern).
PYLINT = (
    "--disable=all",
    "--enable=odoolint,syntax-error",
    "--disable=manifest-required-author,missing-readme,consider-merging-classes-inherited",
)
READ_YAML = "import sys, yaml\nfor name in sys.argv[1:]:\n    list(yaml.safe_load_all(open(name, encoding='utf-8')))\n"


def files() -> list[Path]:
    """Return the files of the checkout, those not committed yet included, ignored ones not."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".dev" not in path.parts]
    return [path for path in (ROOT / name for name in listing.stdout.split("\0") if name) if path.is_file()]


def unreadable(paths: list[Path], python: Path) -> list[str]:
    """Return a line per XML, JSON, YAML or shell file that is not well-formed."""
    problems = []
    for path in paths:
        try:
            if path.suffix in (".xml", ".svg"):
                ElementTree.parse(path)
            elif path.suffix == ".json":
                json.loads(path.read_text())
            elif path.suffix in (".yml", ".yaml"):
                subprocess.run([python, "-c", READ_YAML, path], check=True, capture_output=True, text=True)
            elif path.suffix == ".sh" or path.read_bytes()[:9] == b"#!/bin/sh":
                subprocess.run(["sh", "-n", path], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            problems.append(f"{path.relative_to(ROOT)}: {error.stderr.strip().splitlines()[-1]}")
        except (ElementTree.ParseError, ValueError) as error:
            problems.append(f"{path.relative_to(ROOT)}: {error}")
    return problems


def main(args: list[str]) -> int:
    """Run all checks, report each; return 0 when none complains. `--fix` lets ruff repair what it can first."""
    state = State()
    with state.lock():
        packages.install(state)
    tools = state.venv / "bin"
    failed = []

    def check(name: str, *command: str | Path) -> None:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, env=clean_environment(), check=False)
        say(f"  {name}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode:
            failed.append(name)

    if "--fix" in args:
        check("ruff check --fix", tools / "ruff", "check", "--quiet", "--fix", ".")
        check("ruff format", tools / "ruff", "format", "--quiet", ".")
    else:
        check("ruff check", tools / "ruff", "check", "--quiet", ".")
        check("ruff format --check", tools / "ruff", "format", "--quiet", "--check", ".")
    addons = [addon.path for addon in discover()]
    if addons:
        check("pylint-odoo", state.python, "-m", "pylint", "--rcfile=pyproject.toml", *PYLINT, *addons)
    problems = unreadable(files(), state.python)
    for problem in problems:
        print(problem)
    say(f"  XML, JSON, YAML, shell: {'FAILED' if problems else 'ok'}")
    return 1 if failed or problems else 0
