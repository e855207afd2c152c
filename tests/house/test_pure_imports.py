"""The pure parts of each addon import where Odoo's framework cannot be imported at all."""

import subprocess
import sys

import pytest

from scripts.state import ROOT, clean_environment
from tests.pure_imports import PURE_PACKAGES, addons

# Imports the modules named as arguments after making the framework unimportable.
PROGRAM = """
import importlib, sys

class Blocked:
    names = {"api", "fields", "models", "http", "tools", "exceptions", "modules", "orm", "service", "sql_db", "tests"}

    def find_spec(self, name, path=None, target=None):
        parts = name.split(".")
        if parts[0] == "odoo" and len(parts) > 1 and parts[1] in self.names:
            raise ImportError(f"pure code imports {name}")
        if name.startswith("odoo.addons.connector_base.") and parts[3] not in ("canonical", "transport"):
            raise ImportError(f"pure code imports {name}")

sys.meta_path.insert(0, Blocked())
from tests.pure_imports import install
install()
for name in sys.argv[1:]:
    importlib.import_module(name)
framework = [name for name in sys.modules if name.split(".")[:1] == ["odoo"] and not name.startswith("odoo.addons")]
assert framework in ([], ["odoo"]), framework
"""


def pure_modules() -> list[str]:
    """What must be pure: the packages so named, and of a platform's addon (it has a client) every module at its top."""
    names = []
    for addon in addons():
        names += [f"{addon.name}.{part}" for part in PURE_PACKAGES if (addon / part / "__init__.py").exists()]
        if (addon / "client.py").exists():
            names += [f"{addon.name}.{path.stem}" for path in addon.glob("*.py") if not path.stem.startswith("__")]
    return sorted(names)


def import_without_odoo(*names: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", PROGRAM, *(f"odoo.addons.{name}" for name in names)]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("addon", sorted({name.partition(".")[0] for name in pure_modules()}))
def test_imports_without_the_framework(addon):
    done = import_without_odoo(*(name for name in pure_modules() if name.startswith(f"{addon}.")))
    assert done.returncode == 0, done.stderr


def test_would_notice_an_impure_module():
    assert "pure code imports odoo.addons.connector_base.models" in import_without_odoo("connector_base.models").stderr
    assert "pure code imports odoo" in import_without_odoo("connector_shopify.models").stderr


def test_finds_the_pure_packages():
    assert {"connector_base.canonical", "connector_base.transport"} <= set(pure_modules())


@pytest.mark.parametrize("platform", ["connector_magento", "connector_shopify"])
def test_finds_the_modules_of_a_platform(platform):
    assert {f"{platform}.{part}" for part in ("client", "const", "parser")} <= set(pure_modules())
