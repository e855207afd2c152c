"""Where Odoo 19 comes from: ODOO_HOME, else an importable `odoo`, else Debian's package."""

import ast
import importlib.util
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import Failure, say
from .state import State, clean_environment, python_id

SERIES = 19


@dataclass(frozen=True)
class OdooSource:
    """An Odoo 19 found on this machine."""

    kind: str  # "checkout", "installed" or "debian"
    site: Path  # the folder to put on Python's path: it holds the package `odoo`
    addons: tuple[Path, ...]  # for addons_path
    version: str

    @property
    def identity(self) -> list[str]:
        """What changes when another Odoo is used (an input of stamps)."""
        return [self.kind, str(self.site), self.version]


def release(site: Path) -> tuple[int, str]:
    """Read (series, version) of the Odoo in `site` without importing it; (0, "") when there is none."""
    path = site / "odoo" / "release.py"
    if not path.exists():
        return 0, ""
    for node in ast.parse(path.read_text()).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "version_info"
        ):
            numbers = [item.value for item in node.value.elts[:3] if isinstance(item, ast.Constant)]
            return (numbers[0] if isinstance(numbers[0], int) else 0), ".".join(str(part) for part in numbers)
    return 0, ""


def _addons(site: Path) -> tuple[Path, ...]:
    """Return the addons folders of the Odoo in `site`: a checkout has a second one beside the package."""
    return tuple(
        folder
        for folder in (site / "odoo" / "addons", site / "addons")
        if (folder / "base").is_dir() or (folder / "web").is_dir()
    )


def checkout() -> OdooSource | None:
    """Return the Odoo that ODOO_HOME names.

    :raises Failure: ODOO_HOME is set and holds no Odoo 19
    """
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    site = Path(home).expanduser().resolve()
    series, version = release(site)
    if series != SERIES:
        raise Failure(
            f"ODOO_HOME={home} holds {f'Odoo {version}' if version else 'no Odoo'}, and Odoo 19 is needed.",
            "Let it name a checkout of Odoo's branch 19.0 (the folder with odoo/ and addons/), or unset it.",
        )
    revision = subprocess.run(
        ["git", "-C", str(site), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return OdooSource("checkout", site, _addons(site), f"{version}+{revision[:12]}" if revision else version)


def installed() -> OdooSource | None:
    """Return the Odoo 19 that the running Python can import (the official image has one), if any."""
    spec = importlib.util.find_spec("odoo")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        site = Path(location).parent
        series, version = release(site)
        if series == SERIES:
            return OdooSource("installed", site, _addons(site), version)
    return None


def packaged(state: State) -> OdooSource:
    """Return Odoo from Debian's package, fetched and unpacked into the state folder when it is not there yet."""
    prefix = state.folder / "odoo"
    inputs = [
        debian.LOCK_FILE.read_text(),
        debian.UNWANTED,
        debian.mirrors() if os.environ.get("DEBIAN_MIRROR") else [],
    ]
    if not (state.is_done("odoo", inputs) and (prefix / debian.SITE).is_dir()):
        state.forget("odoo")
        packages = debian.fetch(state)
        state.once("odoo", "Odoo: unpack", inputs, lambda: debian.extract(packages, prefix))
    site = prefix / debian.SITE
    locked = json.loads(debian.LOCK_FILE.read_text())["version"]
    return OdooSource("debian", site, _addons(site), f"{release(site)[1]} (Debian {locked})")


def find(state: State) -> OdooSource:
    """Return the Odoo 19 to use."""
    return checkout() or installed() or packaged(state)


def precompile(state: State, source: OdooSource) -> None:
    """Compile Odoo's sources once (each start would otherwise parse them again where they cannot be written)."""
    if source.kind == "debian":
        state.once("compiled", "Odoo: compile", [source.identity, python_id()], lambda: _compile(state, source))


def _compile(state: State, source: OdooSource) -> None:
    # Lint fixtures of Odoo hold invalid Python on purpose: the exit code says nothing.
    with state.log("compile").open("w") as log:
        subprocess.run(
            [state.python, "-m", "compileall", "-q", "-j", "0", str(source.site / "odoo")],
            stdout=log,
            stderr=log,
            env=clean_environment(),
            check=False,
        )
    if not list((source.site / "odoo" / "__pycache__").glob("*.pyc")):
        say(f"  WARNING: nothing was compiled, see {state.log('compile')}")
