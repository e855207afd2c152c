"""The addons of this repository: which there are, what they depend on, what their files look like right now."""

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from .state import ROOT

# What does not end up in a database or a running server.
IGNORED = {"tests", "readme", "__pycache__"}


@dataclass(frozen=True)
class Addon:
    """One addon of this repository; `glue` is installed by Odoo itself where all it depends on is."""

    path: Path
    depends: tuple[str, ...]
    glue: bool = False

    @property
    def name(self) -> str:
        return self.path.name

    def digest(self) -> str:
        """Return a text that changes when a file that a database or a server takes from the addon changes."""
        total = hashlib.sha256()
        for path in sorted(self.path.rglob("*")):
            relative = path.relative_to(self.path)
            if path.is_file() and not IGNORED.intersection(relative.parts):
                total.update(f"{relative}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()


def discover(root: Path = ROOT) -> list[Addon]:
    """Return the installable addons at the top of the repository, those that others need first."""
    found = {}
    for manifest in sorted(root.glob("*/__manifest__.py")):
        values = ast.literal_eval(manifest.read_text())
        if values.get("installable", True):
            depends, glue = tuple(values.get("depends", ())), bool(values.get("auto_install"))
            found[manifest.parent.name] = Addon(manifest.parent, depends, glue)
    ordered: dict[str, Addon] = {}

    def add(name: str) -> None:
        if name in found and name not in ordered:
            for dependency in found[name].depends:
                add(dependency)
            ordered[name] = found[name]

    for name in found:
        add(name)
    return list(ordered.values())


def outer_dependencies(addons: list[Addon]) -> list[str]:
    """Return the addons of Odoo and OCA that ours depend on directly."""
    own = {addon.name for addon in addons}
    return sorted({"base", "web", "queue_job"}.union(*(addon.depends for addon in addons)) - own)
