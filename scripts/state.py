"""The state folder: where it is, what is done already (stamps), ports, secrets, locks."""

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import socket
import stat
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

from .console import Failure, progress, say

ROOT = Path(__file__).resolve().parent.parent


def unprivileged_user() -> pwd.struct_passwd:
    """Return the user that PostgreSQL runs as when `./run` is root (PostgreSQL refuses root)."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.",
        "Run as an ordinary user, or name a running server: PGHOST, PGPORT, PGUSER, PGPASSWORD.",
    )


def can_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether `user` may pass through every folder down to `folder`."""
    groups = set(os.getgrouplist(user.pw_name, user.pw_gid))
    for step in (folder, *folder.parents):
        if not step.exists():
            continue
        info = step.stat()
        if info.st_uid == user.pw_uid:
            needed = stat.S_IXUSR
        elif info.st_gid in groups:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not info.st_mode & needed:
            return False
    return True


def choose_folder(root: Path = ROOT) -> Path:
    """Return the state folder of the checkout at `root`.

    `.dev` in the checkout; CONNECTOR_STATE names another. As root, in a checkout that PostgreSQL's user cannot enter,
    it is a folder under /var/lib, and that is said aloud.
    """
    named = os.environ.get("CONNECTOR_STATE")
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0 and not os.environ.get("PGHOST"):
        user = unprivileged_user()
        if not can_enter(root, user):
            tag = hashlib.sha256(str(root).encode()).hexdigest()[:8]
            folder = Path("/var/lib") / f"{root.name}-dev-{tag}"
            say(f"  state folder: {folder} (PostgreSQL runs as {user.pw_name}, who cannot enter {root})")
            return folder
    return root / ".dev"


class State:
    """Everything `./run` remembers between two calls, in one folder."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or choose_folder()
        try:
            for part in (".", "stamps", "log", "conf", "processes"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a"):
                pass
        except OSError as error:
            raise Failure(
                f"The state folder {self.folder} is not writable: {error.strerror}.",
                "Run as the user who owns it, remove it, or name another one: CONNECTOR_STATE=/path ./run ...",
            ) from error
        self.venv = self.folder / "venv"
        self.python = self.venv / "bin" / "python"
        self.data = self.folder / "data"

    def log(self, name: str) -> Path:
        """Return the path of the log file called `name`."""
        return self.folder / "log" / f"{name}.log"

    # -- steps ---------------------------------------------------------------------------------------------------

    def is_done(self, step: str, inputs: object) -> bool:
        """Tell whether `step` was completed with exactly these inputs."""
        stamp = self.folder / "stamps" / step
        return stamp.exists() and stamp.read_text() == digest(inputs)

    def mark_done(self, step: str, inputs: object) -> None:
        """Remember that `step` was completed with these inputs."""
        (self.folder / "stamps" / step).write_text(digest(inputs))

    def forget(self, step: str) -> None:
        """Have `step` done again next time."""
        (self.folder / "stamps" / step).unlink(missing_ok=True)

    def once(self, step: str, label: str, inputs: object, action: Callable[[], object]) -> bool:
        """Do `action` unless it was completed with the same inputs; return whether it was done now."""
        if self.is_done(step, inputs):
            return False
        self.forget(step)
        with progress(label):
            action()
        self.mark_done(step, inputs)
        return True

    @contextlib.contextmanager
    def lock(self, name: str = "lock") -> Iterator[None]:
        """Let one `./run` at a time do what is inside (set-up, starting and stopping PostgreSQL)."""
        with (self.folder / name).open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("  waiting for another ./run that is setting things up ...")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    # -- secrets and ports ---------------------------------------------------------------------------------------

    def secret(self, name: str) -> str:
        """Return the generated secret called `name`, made at the first call and kept in a file of mode 600.

        Passwords are 20 URL-safe characters; `encryption_key` is a Fernet key (32 random bytes, base64).
        """
        path = self.folder / "secrets" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            value = (
                urlsafe_b64encode(os.urandom(32)).decode() if name == "encryption_key" else secrets.token_urlsafe(15)
            )
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                handle.write(value)
        return path.read_text()

    def port(self, name: str, wanted: int) -> int:
        """Return the TCP port of the service `name`: the same at every call, because webhook addresses hold it.

        The first call takes `wanted` or, when that is taken, a free one. A kept port that another program took since is
        replaced, and that is said aloud.
        """
        path = self.folder / "ports.json"
        ports = json.loads(path.read_text()) if path.exists() else {}
        kept = ports.get(name)
        if kept and is_free(kept):
            return kept
        others = {port for key, port in ports.items() if key != name}
        port = wanted if wanted not in others and is_free(wanted) else free_port(others)
        if kept:
            say(f"  port {kept} of {name} is taken by another program: using {port}. Addresses that hold it change.")
        elif port != wanted:
            say(f"  port {wanted} is taken by another program: {name} uses {port}")
        path.write_text(json.dumps({**ports, name: port}, indent=1))
        return port


def digest(inputs: object) -> str:
    """Return a short text that changes when `inputs` (anything JSON can hold) changes."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()


def is_free(port: int) -> bool:
    """Tell whether a server may listen on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(excluded: set[int] | frozenset[int] = frozenset()) -> int:
    """Return a port nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in excluded:
            return port


def clean_environment(**extra: str) -> dict[str, str]:
    """Return the environment for programs we start.

    Without what would silently change them: PG* and ODOO_* override Odoo's configuration file,
    PYTHONDONTWRITEBYTECODE makes every start parse all sources again, PYTHONPATH and PYTHONHOME shadow our packages.
    """
    dropped = ("PG", "ODOO_", "OPENERP_")
    unset = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "VIRTUAL_ENV"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped) and key not in unset}
    return {**kept, **extra}


def python_id() -> str:
    """Return what identifies the running interpreter for a stamp."""
    return f"{sys.version} {sys.platform} {os.path.realpath(sys.executable)}"
