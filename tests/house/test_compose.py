"""The Docker files, as far as they can be checked where no Docker runs.

compose-spec.json is the schema of the Compose Specification as docker-compose 1.29.2 ships it (Apache-2.0).
"""

import configparser
import json
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml

from scripts.addons import discover
from scripts.state import ROOT
from scripts.workshop import CHANNELS

SCHEMA = json.loads((ROOT / "tests/house/compose-spec.json").read_text())


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile():
    return (ROOT / "Dockerfile").read_text()


def complaints(document) -> list[str]:
    validator = jsonschema.Draft7Validator(SCHEMA)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(document)]


def test_fits_the_schema(compose):
    # `name` at the top joined the specification after this copy of the schema.
    assert compose.pop("name") == "connectors"
    assert complaints(compose) == []


def test_the_schema_notices_mistakes(compose):
    broken = {"services": {"odoo": {**compose["services"]["odoo"], "volums": ["x:/y"]}}}
    assert any("volums" in line for line in complaints(broken))


def test_every_volume_and_dependency_exists(compose):
    for name, service in compose["services"].items():
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in compose["volumes"], name
        for dependency, condition in service.get("depends_on", {}).items():
            assert "healthcheck" in compose["services"][dependency], f"{name} waits for {dependency}"
            assert condition == {"condition": "service_healthy"}


def test_ports_are_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in ports)


def test_secrets_come_from_the_environment_and_have_no_default(compose):
    names = set()
    for service in compose["services"].values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEYS|SECRET", key):
                match = re.fullmatch(r"\$\{(\w+):\?.+\}", value)
                assert match, f"{key} = {value}"
                names.add(match[1])
    example = (ROOT / ".env.example").read_text()
    assert {name for name in names if not re.search(rf"^{name}=$", example, re.MULTILINE)} == set()


def test_only_the_profile_demo_has_the_shop(compose):
    assert {name for name, service in compose["services"].items() if service.get("profiles")} == {"shop"}
    assert compose["services"]["shop"]["profiles"] == ["demo"]


def test_the_sandbox_knows_the_options_it_is_given(compose):
    shop = compose["services"]["shop"]
    assert shop["entrypoint"] == ["python3", "-m", "sandbox"]
    shown = subprocess.run(
        [sys.executable, "-m", "sandbox", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [option for option in shop["command"] if option.startswith("--") and option not in shown] == []


def test_the_image_has_each_addon_and_installs_it(dockerfile):
    start = (ROOT / "docker/start").read_text()
    installed = re.search(r"^addons=(.+)$", start, re.MULTILINE)[1].split(",")
    addons = discover()
    assert sorted(installed) == sorted(addon.name for addon in addons if not addon.glue)
    for addon in addons:
        assert f"COPY {addon.name} /mnt/extra-addons/{addon.name}\n" in dockerfile


def test_files_copied_into_the_image_exist(dockerfile):
    sources = re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)
    assert len(sources) > 4
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_configuration_is_that_of_run_serve():
    config = configparser.RawConfigParser()
    config.read(ROOT / "docker/odoo.conf")
    assert config["queue_job"]["channels"] == CHANNELS
    assert config["options"]["server_wide_modules"] == "base,rpc,web,queue_job,connector_base"
    assert config["options"]["list_db"] == "False"
    assert "admin_passwd" not in config["options"]


def test_start_is_valid_shell():
    subprocess.run(["sh", "-n", ROOT / "docker/start"], check=True)
