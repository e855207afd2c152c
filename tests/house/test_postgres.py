"""PostgreSQL: the private cluster this test run uses, and how another server is named."""

import os
import stat
from pathlib import Path

import pytest

from scripts import databases, postgres
from scripts.console import Failure
from scripts.state import State

PRIVATE = pytest.mark.skipif(
    not os.path.isabs(os.environ.get("PGHOST", "")), reason="the tests use a PostgreSQL server of somebody else"
)


@PRIVATE
def test_the_private_cluster_listens_on_a_closed_socket_only(workshop):
    assert workshop.server.psql("SHOW listen_addresses") == ""
    assert stat.S_IMODE(Path(workshop.server.host).stat().st_mode) == 0o700


@PRIVATE
def test_odoo_is_no_superuser(workshop):
    assert workshop.server.user == "odoo"
    assert workshop.server.psql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "f"


@PRIVATE
def test_data_are_written_durably(workshop):
    assert workshop.server.psql("SHOW fsync") == "on"


def test_a_refused_statement_is_a_readable_failure(workshop):
    with pytest.raises(Failure, match='relation "nowhere" does not exist'):
        workshop.server.psql("SELECT * FROM nowhere")


def test_the_user_postgres_is_refused_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(Failure, match="refuses to work") as caught:
        postgres.named_server(State(tmp_path))
    assert "PGUSER=odoo" in caught.value.remedy


def test_a_server_that_does_not_answer_is_a_readable_failure(tmp_path, monkeypatch):
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGUSER", "odoo")
    monkeypatch.setattr(postgres, "system_binaries", lambda: [Path(os.environ["PATH"].split(":")[1])])
    with pytest.raises(Failure) as caught:
        postgres.named_server(State(tmp_path))
    assert "PGHOST" in caught.value.remedy


def test_a_deep_folder_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    socket = postgres.Cluster(State(deep)).socket
    assert len(f"{socket}/.s.PGSQL.5432") <= postgres.LONGEST_SOCKET
    assert socket != postgres.Cluster(State(tmp_path / "other" / ("z" * 100))).socket


def test_a_copy_has_an_identity_of_its_own_and_the_same_addons(yard):
    name = yard.database()
    query = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
    server = yard.workshop.server
    assert server.psql(query, name) != server.psql(query, os.environ["CONNECTOR_TEMPLATE"])
    installed = server.psql("SELECT name FROM ir_module_module WHERE state = 'installed'", name).split()
    assert {addon.name for addon in yard.workshop.addons} <= set(installed)
    assert databases.filestore(yard.workshop, name).exists()


def test_installing_the_addons_warned_of_nothing(workshop):
    log = workshop.state.log(f"task-{workshop.database(databases.TEMPLATE)}").read_text()
    assert [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line] == []
