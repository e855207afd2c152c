"""The Python environment: one venv with Odoo's and our requirements, and Odoo's sources on its path."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from .console import Failure, execute
from .odoo_source import OdooSource
from .state import ROOT, State, clean_environment, python_id

HERE = Path(__file__).parent
# What the addons need (also what a user installs), what Odoo needs, what tests and lint need; one lock for all.
REQUIREMENTS = (ROOT / "requirements.txt", HERE / "requirements-odoo.txt", HERE / "requirements-dev.txt")
CONSTRAINTS = HERE / "constraints.txt"


def install(state: State) -> None:
    """Create the environment when it is missing or when a requirement or the Python changed."""
    inputs = [python_id(), *(path.read_text() for path in (*REQUIREMENTS, CONSTRAINTS))]
    if state.is_done("packages", inputs) and state.python.exists():
        return
    state.forget("packages")
    state.once("packages", "Python packages", inputs, lambda: _install(state))


def _install(state: State) -> None:
    _create(state)
    wheels = state.folder / "cache" / "wheels"
    odoo_metadata(REQUIREMENTS[1].read_text(), wheels)
    execute(
        [
            *pip(state),
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--find-links",
            wheels,
            "-c",
            CONSTRAINTS,
            "odoo==19.0",
            *(part for path in REQUIREMENTS for part in ("-r", path)),
        ],
        state.log("pip"),
        what="Installing Python packages",
        env=clean_environment(),
    )


def pip(state: State) -> list[str | Path]:
    """Return the command that installs into the environment: its own pip, or else the system's."""
    if (state.venv / "bin" / "pip").exists():
        return [state.python, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", state.python]


def _create(state: State) -> None:
    """Make an empty environment."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(state.venv)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if made.returncode == 0:
        return
    # Debian ships `venv` without `ensurepip` unless python3-venv is installed; the system's pip can fill in.
    bare = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(state.venv)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    system_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if bare.returncode or system_pip.returncode:
        raise Failure(
            f"This Python ({sys.executable}) cannot make a virtual environment: {made.stdout or made.stderr}".strip(),
            "Debian, Ubuntu: apt install python3-venv. Elsewhere: install Python with its ensurepip module, "
            "or name another Python: PYTHON=/path/to/python3 ./run ...",
        )


def odoo_metadata(requirements: str, folder: Path) -> Path:
    """Write odoo-19.0-py3-none-any.whl: metadata without code.

    PyPI has no `odoo`, which OCA's packages require; with this wheel pip resolves them and Odoo's requirements in one
    go. The code itself is put on the path by `link`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    needs = [line.split("#")[0].strip() for line in requirements.splitlines()]
    files = {
        "odoo-19.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\nRequires-Python: >=3.10\n"
        + "".join(f"Requires-Dist: {need}\n" for need in needs if need),
        "odoo-19.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: run\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "odoo-19.0.dist-info/RECORD,,\n"
    wheel = folder / "odoo-19.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            checksum = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record = f"{name},sha256={checksum},{len(text.encode())}\n" + record
            archive.writestr(name, text)
        archive.writestr("odoo-19.0.dist-info/RECORD", record)
    return wheel


def link(state: State, source: OdooSource) -> None:
    """Put Odoo's sources on the environment's path.

    `odoo` is a namespace package: addons that pip installed (queue_job) and Odoo's own are found together.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    target = state.venv / "lib" / version / "site-packages" / "odoo-source.pth"
    text = f"{source.site}\n"
    if not target.exists() or target.read_text() != text:
        target.write_text(text)
