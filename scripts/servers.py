"""Servers for tests, benches and the demo: Odoo and the sandbox, each in a process group of its own."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import Failure, tail
from .rpc import Rpc
from .state import ROOT, State, free_port
from .workshop import Workshop

START_SECONDS = 90
STOP_SECONDS = 20
KILL_SECONDS = 5


def started_at(pid: int) -> str:
    """Return the start time of a process in the kernel's own unit; "" when there is none (tells a reused pid apart)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


class Process:
    """A server we start: it can be stopped politely, killed, and found again by a later `./run stop`."""

    def __init__(self, state: State, name: str, command: Sequence[str], environment: Mapping[str, str], address: str):
        self.state = state
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.address = address
        self.log = state.log(name)
        self.popen: subprocess.Popen | None = None
        self._file = state.folder / "processes" / f"{name}.json"

    @property
    def alive(self) -> bool:
        """Whether the process we started still runs."""
        return self.popen is not None and self.popen.poll() is None

    def start(self) -> None:
        """Start the program in a new process group; does not wait until it answers."""
        if self.alive:
            raise RuntimeError(f"{self.name} runs already")
        with self.log.open("a") as log:
            self.popen = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
            )
        record = {"pid": self.popen.pid, "started": started_at(self.popen.pid), "owner": os.getpid()}
        self._file.write_text(json.dumps(record))

    def wait_ready(self, path: str, seconds: float = START_SECONDS) -> None:
        """Wait until `path` answers with a status below 500.

        :raises Failure: the program ended, or did not answer in time; the message holds the end of its log
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.alive:
                raise Failure(f"{self.name} ended at its start:\n{tail(self.log)}", f"Its log: {self.log}")
            try:
                with urllib.request.urlopen(self.address + path, timeout=5):
                    return
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise Failure(f"{self.name} did not answer within {seconds:.0f} s:\n{tail(self.log)}", f"Its log: {self.log}")

    def stop(self) -> None:
        """End the process group: SIGTERM, and SIGKILL to what is left after a while. Harmless when it ended already."""
        if self.popen is None:
            return
        end_group(self.popen.pid, self.popen)
        self.popen = None
        self._file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Kill the whole process group at once (kill -9), as a crash of the machine would."""
        if self.popen is None:
            return
        kill_group(self.popen.pid, self.popen)
        self.popen = None
        self._file.unlink(missing_ok=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exc):
        self.stop()


def group_exists(pgid: int) -> bool:
    """Tell whether any process of the group lives."""
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(pgid: int, seconds: float, popen: subprocess.Popen | None = None) -> bool:
    """Wait until no process of the group lives, at most so long; tell whether that is so."""
    deadline = time.monotonic() + seconds
    while True:
        if popen is not None:
            popen.poll()
        if not group_exists(pgid):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def kill_group(pgid: int, popen: subprocess.Popen | None = None) -> None:
    """Kill a process group at once and wait until the kernel has taken it away."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pgid, signal.SIGKILL)
    gone(pgid, KILL_SECONDS, popen)


def end_group(pgid: int, popen: subprocess.Popen | None = None) -> None:
    """Ask a process group to end; kill what has not ended after STOP_SECONDS."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pgid, signal.SIGTERM)
    if not gone(pgid, STOP_SECONDS, popen):
        kill_group(pgid, popen)


def end_recorded(state: State, *, orphans_only: bool = False) -> list[str]:
    """End the servers that earlier calls left behind; return their names.

    :param orphans_only: only those whose `./run` (or test run) is gone
    """
    ended = []
    for path in sorted((state.folder / "processes").glob("*.json")):
        record = json.loads(path.read_text())
        if orphans_only and started_at(record["owner"]):
            continue
        if record["started"] and started_at(record["pid"]) == record["started"]:
            end_group(record["pid"])
            ended.append(path.stem)
        path.unlink(missing_ok=True)
    return ended


class OdooServer(Process):
    """A real Odoo server on one database."""

    def __init__(
        self,
        workshop: Workshop,
        database: str,
        *,
        name: str,
        port: int | None = None,
        gevent_port: int | None = None,
        workers: int = 0,
        channels: str = "root:2",
        login: str = "admin",
        password: str = "admin",
        sections: Mapping[str, Mapping[str, object]] | None = None,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
    ):
        """Describe the server; `start` or `with` starts it.

        :param workers: 0 = one process with threads
        :param channels: queue_job's channels; "root:0" runs no jobs
        :param sections: options of odoo.conf to add or replace, by section
        :param environment: variables to add
        :param arguments: further arguments of Odoo's command line
        """
        self.workshop = workshop
        self.database = database
        self.port = port or free_port()
        self.gevent_port = gevent_port or free_port({self.port})
        self.login = login
        self.password = password
        config = workshop.write_config(
            name,
            database,
            port=self.port,
            gevent_port=self.gevent_port,
            workers=workers,
            channels=channels,
            sections=sections,
        )
        super().__init__(
            workshop.state,
            name,
            workshop.odoo("-c", str(config), *arguments),
            workshop.environment(**(environment or {})),
            f"http://127.0.0.1:{self.port}",
        )

    def start(self) -> None:
        """Start Odoo and wait until it serves."""
        super().start()
        try:
            self.wait_ready("/web/health")
        except BaseException:
            self.stop()
            raise

    def rpc(self, login: str | None = None, password: str | None = None) -> Rpc:
        """Return a client logged in as the administrator, or as somebody else."""
        return Rpc(self.address, self.database, login or self.login, password or self.password)

    def worker_pids(self) -> list[int]:
        """Return the process ids of the group beside the first process (HTTP and cron workers, runner)."""
        children = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                if os.getpgid(int(path.name)) == self.popen.pid and int(path.name) != self.popen.pid:
                    children.append(int(path.name))
        return children


class SandboxServer(Process):
    """The stand-in for the platforms' APIs."""

    def __init__(
        self, workshop: Workshop, data: Path, *, name: str, port: int | None = None, arguments: Sequence[str] = ()
    ):
        """Describe the server; `start` or `with` starts it.

        :param data: the folder in which it keeps what it holds
        """
        self.port = port or free_port()
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        super().__init__(
            workshop.state,
            name,
            [str(workshop.state.python), "-m", "sandbox", "--port", str(self.port), "--data", str(data), *arguments],
            workshop.environment(),
            f"http://127.0.0.1:{self.port}",
        )

    def start(self) -> None:
        """Start the sandbox and wait until it serves (the first start fills it with its seed)."""
        super().start()
        try:
            self.wait_ready("/_control/health")
        except BaseException:
            self.stop()
            raise

    def control(self, path: str, payload: object = None):
        """Call the control API: GET, or POST when there is a payload; return the decoded answer.

        :raises urllib.error.HTTPError: the sandbox refused
        """
        data = None if payload is None else json.dumps(payload).encode()
        request = urllib.request.Request(
            f"{self.address}/_control/{path.lstrip('/')}", data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
