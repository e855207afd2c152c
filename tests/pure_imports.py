"""Import the parts of our addons that use nothing of Odoo, without Odoo's registry or a database.

`import odoo.addons.connector_base.canonical` would first execute `connector_base/__init__.py`, which loads models.
Where no Odoo runs, `install` puts empty parent packages into `sys.modules` that only know where their files are. Then
canonical, transport, clients, parsers and renderers import under the same names as inside Odoo, and in milliseconds.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
# Packages whose own __init__.py is empty or loads models: replaced. Pure packages below them load as they are.
PURE_PACKAGES = ("canonical", "transport")


def addons() -> list[Path]:
    """Return the folders of our addons."""
    return sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))


def _package(name: str, folders: list[str]) -> None:
    module = ModuleType(name)
    module.__path__ = folders
    sys.modules[name] = module
    parent, _, attribute = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], attribute, module)


def install() -> None:
    """Make `odoo.addons.<addon>` of this repository importable as bare packages; does nothing twice."""
    for name in ("odoo", "odoo.addons"):
        if name not in sys.modules:
            try:
                __import__(name)
            except ImportError:
                _package(name, [])
    for folder in addons():
        name = f"odoo.addons.{folder.name}"
        if name not in sys.modules:
            _package(name, [str(folder)])
