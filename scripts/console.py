"""Talking to the person at the terminal, and running programs with readable failures."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

NO_NETWORK = (
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Name or service not known",
    "Could not resolve",
    "Network is unreachable",
    "NewConnectionError",
    "No route to host",
    "Could not connect to",
    "Connection timed out",
)


class Failure(Exception):
    """Something the person can put right: what happened, and what to do about it."""

    def __init__(self, message: str, remedy: str = ""):
        super().__init__(message)
        self.remedy = remedy


def say(text: str) -> None:
    """Print one line of progress; on standard error, so that a command's own output stays clean."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def progress(label: str) -> Iterator[None]:
    """Announce a step and say how many seconds it took. One line per event: steps may run side by side."""
    say(f"  {label} ...")
    started = time.monotonic()
    yield
    say(f"  {label}: {time.monotonic() - started:.1f} s")


def tail(path: Path, lines: int = 20) -> str:
    """Return the last `lines` lines of a text file, indented; empty when there is none."""
    if not path.exists():
        return ""
    return "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-lines:])


def execute(
    command: Sequence[str | Path],
    log: Path,
    *,
    what: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> str:
    """Run a program, its output into `log`; return the output.

    :raises Failure: it could not be started or ended with another code than 0; the message holds the end of the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w+") as out:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                stdout=out,
                stderr=subprocess.STDOUT,
                input=stdin,
                stdin=None if stdin is not None else subprocess.DEVNULL,
                text=True,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                check=False,
            )
        except OSError as error:
            raise Failure(f"{what}: cannot start {command[0]}: {error}") from error
    output = log.read_text(errors="replace")
    if done.returncode:
        offline = any(sign in output for sign in NO_NETWORK)
        raise Failure(
            f"{what} failed (exit code {done.returncode}). The end of {log}:\n{tail(log)}",
            "The network looks unreachable: check the connection (proxy: http_proxy, https_proxy, pip's and apt's "
            "own settings), then run the same command again; what is done already is kept."
            if offline
            else "Read the lines above, then run the same command again; what is done already is kept.",
        )
    return output


def human_size(path: Path) -> str:
    """Return what a folder occupies, for people ("1.2 GB")."""
    size = 0.0
    for folder, _folders, files in os.walk(path):
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_size
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
