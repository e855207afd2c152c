"""What we start is ended: politely, by force, and by a later call that finds what an earlier one left behind."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from scripts.console import Failure
from scripts.servers import Process, end_recorded, group_exists, started_at
from scripts.state import ROOT, State, clean_environment, free_port

# A server with a child process; deaf to SIGTERM when asked to be.
PROGRAM = """
import http.server, signal, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def state(tmp_path):
    return State(tmp_path / "state")


@pytest.fixture
def make(state):
    made = []

    def make(manner="polite", program=PROGRAM):
        port = free_port()
        command = [sys.executable, "-c", program, str(port), manner]
        made.append(Process(state, f"server-{port}", command, clean_environment(), f"http://127.0.0.1:{port}"))
        made[-1].start()
        return made[-1]

    yield make
    for process in made:
        process.kill()


def test_ending_a_server_ends_its_children_too(state, make):
    process = make()
    process.wait_ready("/")
    group = process.popen.pid
    process.stop()
    assert not group_exists(group)
    assert not list((state.folder / "processes").iterdir())


def test_a_server_that_does_not_listen_is_killed(make, monkeypatch):
    monkeypatch.setattr("scripts.servers.STOP_SECONDS", 0.5)
    process = make("deaf")
    process.wait_ready("/")
    group = process.popen.pid
    process.stop()
    assert not group_exists(group)


def test_killing_is_at_once(make):
    process = make("deaf")
    process.wait_ready("/")
    group = process.popen.pid
    process.kill()
    assert not group_exists(group)


def test_a_server_that_ends_at_its_start_says_why(make):
    process = make(program="raise SystemExit('no such database')")
    with pytest.raises(Failure, match="no such database"):
        process.wait_ready("/")


def test_a_later_call_ends_what_was_left_behind(state, make):
    process = make()
    process.wait_ready("/")
    group, name = process.popen.pid, process.name
    assert end_recorded(state, orphans_only=True) == []  # we, who started it, are alive
    threading.Thread(target=process.popen.wait, daemon=True).start()  # its parent has to collect it
    assert end_recorded(state) == [name]
    assert not group_exists(group)


def test_another_process_with_a_reused_id_is_left_alone(state):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        record = {"pid": other.pid, "started": "1", "owner": os.getpid()}
        (state.folder / "processes" / "old.json").write_text(json.dumps(record))
        assert end_recorded(state) == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_start_times_tell_processes_apart():
    assert started_at(os.getpid())
    assert started_at(2**22 + 1) == ""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "./run <command>"),
        (["help"], "demo --once"),
        (["nothing"], "Unknown command: nothing"),
        (["stop", "now"], "Unknown argument: now"),
        (["shell", "elsewhere"], "No database elsewhere"),
        (["bench", "nothing"], "Unknown bench: nothing"),
    ],
)
def test_the_command_line_answers(tmp_path, arguments, expected):
    done = subprocess.run(
        [ROOT / "run", *arguments],
        env=clean_environment(CONNECTOR_STATE=str(tmp_path / "state")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert expected in done.stdout + done.stderr
    assert done.returncode == (0 if arguments in ([], ["help"]) else 1)


def test_works_from_another_folder(tmp_path):
    done = subprocess.run([ROOT / "run"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "./run <command>" in done.stdout


def test_live_chat_process_answers(odoo_server):
    """With workers Odoo starts a second program for the browsers' websockets, by the name it was started under."""
    server = odoo_server(workers=2)
    address = f"http://127.0.0.1:{server.gevent_port}/web/health"
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline, "the live-chat process does not answer"
            time.sleep(0.2)
