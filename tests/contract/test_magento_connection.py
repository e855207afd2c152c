"""Connecting with the sandbox, as the client does it: signatures, tokens, the survey, websites, refusals."""

from datetime import datetime, timezone

import pytest

from odoo.addons.connector_base.transport import ConfigurationError, PermissionMissing, Session, TransientError
from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.auth import AdminToken, IntegrationToken, OAuth, request_admin_token
from odoo.addons.connector_magento.client import MagentoClient
from odoo.addons.connector_magento.connection import survey
from odoo.addons.connector_magento.criteria import time_text
from odoo.addons.connector_magento.listing import Listing
from odoo.addons.connector_magento.parser_scope import parse_scopes

from tests.acceptance.stand_in import StandIn

DOMAIN = "connect.magento.test"
WEBSITES = [
    {"code": "europe", "name": "Europe", "stores": [{"code": "en"}, {"code": "fr", "locale": "fr_FR"}]},
    {"code": "america", "name": "America", "currency": "USD", "stores": [{"code": "us"}]},
]


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        stand_in.control("shops", {"domain": DOMAIN, "currencies": {"USD": "1.1"}, "websites": WEBSITES})
        yield stand_in


@pytest.fixture
def shop(stand_in):
    """Changes settings of the shop for one test, and returns them all."""
    before = stand_in.control(f"shops/{DOMAIN}")

    def change(**settings):
        return stand_in.control(f"shops/{DOMAIN}", settings, method="PATCH") if settings else before

    yield change
    names = ("resources", "active", "bearer", "two_factor", "maintenance", "msi", "edition")
    change(**{name: before[name] for name in names})


@pytest.fixture
def connect(stand_in, shop):
    """Returns a client that proves itself by `auth`; by the integration's four keys if not given."""

    def client(auth=None):
        settings = shop()
        keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        auth = auth or OAuth(*(settings[key] for key in keys))
        return MagentoClient(Session(auth=auth, redirect=stand_in.url), f"https://{DOMAIN}", auth)

    return client


def test_the_survey(connect):
    found = survey(connect(), [*sorted(const.PROBES), "stock_in", "stock_out"])
    assert found.denied == ()
    assert [site["name"] for site in found.websites] == ["Europe", "America"]
    assert (found.currency, found.currencies) == ("EUR", ["EUR", "USD"])
    assert const.MSI_MODULE in found.modules
    assert (found.product, found.version) == ("Magento", "2.4")


def test_a_shop_without_sources(connect, shop):
    shop(msi=False, edition="Enterprise")
    found = survey(connect(), ["stock_out"])
    assert const.MSI_MODULE not in found.modules
    assert (found.edition, found.denied) == ("Enterprise", ())


def test_websites_stores_and_views(connect):
    client = connect()
    scopes = parse_scopes(client.websites(), client.store_groups(), client.store_views(), client.store_configs())
    assert [(scope.kind, scope.name, scope.currency) for scope in scopes[:2]] == [
        ("website", "Europe", "EUR"),
        ("website", "America", "USD"),
    ]
    by_code = {scope.code: scope for scope in scopes}
    assert by_code["fr"].language == "fr-FR"
    ids = {scope.external_id for scope in scopes}
    assert len(ids) == len(scopes) == 7
    assert {scope.parent_external_id for scope in scopes} - {""} <= ids


def test_rights_that_are_missing(connect, shop):
    pytest.importorskip("sandbox.magento.customers")
    shop(resources=["Magento_Backend::store", "Magento_Sales::sales"])
    denied = dict(survey(connect(), ["orders_in", "customers_in"]).denied)
    assert ("customers_in",) in denied.values()
    assert "Magento_Sales::sales" not in denied


def test_an_integration_that_was_switched_off(connect, shop):
    shop(active=False)
    with pytest.raises(ConfigurationError) as caught:
        survey(connect(), [])
    assert not isinstance(caught.value, PermissionMissing)
    assert "check that the integration is active" in caught.value.remedy


def test_the_access_token_alone(connect, shop):
    token = IntegrationToken(shop()["access_token"])
    with pytest.raises(ConfigurationError) as caught:
        survey(connect(token), [])
    assert "standalone Bearer" in caught.value.remedy
    shop(bearer=True)
    assert survey(connect(token), []).denied == ()


def test_an_administrator(stand_in, connect, shop):
    settings = shop()
    unsigned = MagentoClient(Session(redirect=stand_in.url), f"https://{DOMAIN}")

    def tokens(refused=""):
        return request_admin_token(unsigned, settings["admin_user"], settings["admin_password"])[0]

    assert survey(connect(AdminToken(tokens)), ["orders_in"]).denied == ()
    token, seconds = request_admin_token(unsigned, settings["admin_user"], settings["admin_password"])
    assert token and 3500 < seconds <= 3600
    with pytest.raises(ConfigurationError, match="no access token"):
        request_admin_token(unsigned, settings["admin_user"], "wrong")
    shop(two_factor=True)
    with pytest.raises(ConfigurationError, match="2fa") as caught:
        request_admin_token(unsigned, settings["admin_user"], settings["admin_password"])
    assert "four keys" in caught.value.remedy


def test_maintenance(connect, shop):
    shop(maintenance=True)
    with pytest.raises(TransientError):
        connect().websites()


@pytest.mark.parametrize("resource", sorted(const.PROBED))
def test_what_changed_is_asked_for_cheaply(connect, resource):
    pytest.importorskip(f"sandbox.magento.{resource}")
    path, id_key = const.PROBED[resource]
    listing = Listing(id_key=id_key, page_size=const.STUBS_PAGE_SIZE)
    since = time_text(datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert connect().search(path, listing.criteria(since=since), fields=(id_key, "updated_at")) == ([], 0)
