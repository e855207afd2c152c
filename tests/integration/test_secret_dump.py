"""No credential is in a dump of the database, in its files or in the server's log, in any encoding.

Credentials take every way they can take: the connect form (refused and accepted), the dialog that replaces one, the
token that the platform gives, calls recorded with their bodies, jobs and webhooks.
"""

import re
import subprocess
import time

import pytest

from scripts import databases
from scripts.rpc import RpcError

from .secret_search import find

DOMAIN = "dump-test.myshopify.com"
REFUSED = "shpss_refused-0a1b2c3d4e5f"
NEW_TOKEN = "shpca_no-token-of-shopify-55aa55aa"
NEW_WEBHOOK_SECRET = "whsec/+= &%ü 1f2e3d4c5b6a7988"


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.5)
    pytest.fail(f"nothing after {seconds} s")


def connect(rpc, secret, client_id):
    """Do what the web client does: save the form, then press its button; return the backend's id."""
    values = {
        "platform": "shopify",
        "shopify_domain": DOMAIN,
        "shopify_auth": "client_credentials",
        "shopify_client_id": client_id,
        "shopify_client_secret": secret,
    }
    saved = rpc.call("integration.connect", "web_save", [], values, {name: {} for name in values})[0]
    return rpc.call("integration.connect", "action_connect", [saved["id"]])["res_id"]


def replace(rpc, backend, key, value):
    """Enter a credential anew, as the dialog does."""
    domain = [["backend_id", "=", backend], ["key", "=", key]]
    [credential] = rpc.search_read("integration.credential", domain, ["id"])
    rpc.call("integration.credential", "web_save", [credential["id"]], {"value": value}, {"hint": {}, "value": {}})


@pytest.fixture(scope="module")
def used(module_yard):
    """A server that has used credentials in all ways, and what they were."""
    sandbox = module_yard.sandbox(arguments=["--no-seed"])
    shop = sandbox.control("shops", {"domain": DOMAIN, "seed": {"products": 5, "orders": 20}})
    odoo = module_yard.odoo(sections={"integration": {"sandbox_url": sandbox.address}})
    sandbox.control("deliveries", {"deliver_to": odoo.address})
    rpc = odoo.rpc()
    with pytest.raises(RpcError, match="Shopify"):
        connect(rpc, REFUSED, shop["client_id"])
    backend = connect(rpc, shop["client_secret"], shop["client_id"])
    rpc.call("integration.backend", "write", [backend], {"debug_until": "2100-01-01 00:00:00"})
    replace(rpc, backend, "oauth_token", NEW_TOKEN)  # refused by the shop: a new one is asked for, and recorded
    rpc.call("integration.backend", "action_test_connection", [backend])
    wait_for(lambda: rpc.search_count("sync.job", [["operation", "=", "import_order_period"], ["state", "=", "done"]]))
    order = sandbox.control(f"shops/{DOMAIN}/orders", {"random": 1, "test": False})
    wait_for(lambda: rpc.search_count("integration.binding.order", [["external_id", "=", str(order["id"])]]))
    replace(rpc, backend, "client_secret", NEW_WEBHOOK_SECRET)
    tokens = re.findall(rb"shpca_[0-9a-f]{32}", b"".join(path.read_bytes() for path in sandbox.data.rglob("*.*")))
    assert tokens
    secrets = {
        REFUSED,
        NEW_TOKEN,
        NEW_WEBHOOK_SECRET,
        shop["client_secret"],
        *(token.decode() for token in tokens),
    }
    return odoo, rpc, secrets


def dump(odoo, *options):
    server = odoo.workshop.server
    command = ["pg_dump", "--no-owner", *options, odoo.database]
    environment = odoo.workshop.environment()
    result = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert result.returncode == 0, f"{server}: {result.stderr.decode()}"
    return result.stdout


@pytest.mark.parametrize("options", [(), ("--inserts",)], ids=["copy", "inserts"])
def test_database(used, options):
    odoo, _rpc, secrets = used
    text = dump(odoo, *options)
    assert b"gAAAA" in text, "the ciphertexts are not in this dump: it proves nothing"
    assert {secret: found for secret in secrets if (found := find(text, secret))} == {}


def test_calls_were_recorded_with_bodies(used):
    _odoo, rpc, _secrets = used
    calls = rpc.search_read("integration.api.call", [["response_body", "!=", False]], ["url", "response_body"])
    assert any("oauth/access_token" in call["url"] for call in calls), "no token was asked for while bodies were kept"


def test_files_and_log(used):
    odoo, _rpc, secrets = used
    files = [path for path in databases.filestore(odoo.workshop, odoo.database).rglob("*") if path.is_file()]
    recent = [path.read_bytes() for path in files if path.stat().st_mtime > odoo_started(odoo)]
    text = b"\n".join([odoo.log.read_bytes(), *recent])
    assert {secret: found for secret in secrets if (found := find(text, secret))} == {}


def odoo_started(odoo):
    return (odoo.state.folder / "conf" / f"{odoo.name}.conf").stat().st_mtime
