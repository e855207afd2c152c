"""The state folder: stamps, ports, secrets, who may enter."""

import os
import pwd
import socket
import stat
from base64 import urlsafe_b64decode

import pytest

from scripts.console import Failure
from scripts.state import State, can_enter, choose_folder, clean_environment, free_port


@pytest.fixture
def state(tmp_path):
    return State(tmp_path / "state")


def test_a_step_is_done_once_per_inputs(state):
    done = []
    assert state.once("step", "a step", ["a"], lambda: done.append("a"))
    assert not state.once("step", "a step", ["a"], lambda: done.append("a"))
    assert state.once("step", "a step", ["b"], lambda: done.append("b"))
    assert done == ["a", "b"]


def test_a_step_that_failed_is_done_again(state):
    with pytest.raises(ZeroDivisionError):
        state.once("step", "a step", [], lambda: 1 / 0)
    assert state.once("step", "a step", [], lambda: None)


def test_a_step_that_fails_on_new_inputs_forgets_the_old(state):
    state.once("step", "a step", ["a"], lambda: None)
    with pytest.raises(ZeroDivisionError):
        state.once("step", "a step", ["b"], lambda: 1 / 0)
    assert not state.is_done("step", ["a"])


def test_secrets_are_kept_private(state):
    password = state.secret("admin_password")
    assert len(password) >= 20
    assert state.secret("admin_password") == password
    mode = (state.folder / "secrets" / "admin_password").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert len(urlsafe_b64decode(state.secret("encryption_key"))) == 32


def test_a_port_stays_the_same(state):
    wanted = free_port()
    assert state.port("odoo", wanted) == wanted
    assert State(state.folder).port("odoo", free_port()) == wanted


def test_a_taken_port_is_replaced_and_said(state, capfd):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        chosen = state.port("odoo", taken)
        assert chosen != taken
        assert f"port {taken} is taken" in capfd.readouterr().err
    assert state.port("odoo", taken) == chosen


def test_two_services_do_not_share_a_port(state):
    first = state.port("one", free_port())
    assert state.port("two", first) != first


def test_an_unwritable_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="not writable") as caught:
        State(tmp_path / "file" / "state")
    assert "CONNECTOR_STATE" in caught.value.remedy


def test_who_may_enter(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    if os.geteuid() == nobody.pw_uid:
        pytest.skip("runs as nobody")
    assert not can_enter(closed / "state", nobody)
    assert can_enter(closed, pwd.getpwuid(os.geteuid()))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for PostgreSQL")
def test_root_in_a_closed_folder_works_elsewhere_and_says_so(tmp_path, capfd, monkeypatch):
    monkeypatch.delenv("CONNECTOR_STATE", raising=False)
    monkeypatch.delenv("PGHOST", raising=False)
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    folder = choose_folder(closed)
    assert not folder.is_relative_to(closed)
    assert str(folder) in capfd.readouterr().err


def test_programs_get_an_environment_without_surprises(monkeypatch):
    for name in ("PGHOST", "ODOO_RC", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    environment = clean_environment(PGHOST="/socket")
    assert environment["PGHOST"] == "/socket"
    assert not {"ODOO_RC", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & set(environment)
