"""The client: addresses, answers, refusals, the budget."""

from decimal import Decimal

import pytest

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    RateLimited,
    TransientError,
)
from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.connection import probes, survey
from odoo.addons.connector_magento.criteria import search_criteria

from .fakes import BASE, FakeAuth, answer, client_of, denial, raw, refusal


class FakeBudget:
    def __init__(self):
        self.taken, self.fed = [], []

    def acquire(self, api, cost):
        self.taken.append((api, cost))
        return 0.0

    def feed(self, api, **what):
        self.fed.append((api, what))


def test_addresses():
    client, session = client_of(*[answer({})] * 3)
    client.call("GET", "products/{}", "a/b c%#é")
    client.call("PUT", "orders/{}/items/{}", 5, 6, store="de")
    client.call("POST", "invoices", json={"a": 1}, params={"x": "1"})
    assert [call["url"] for call in session.calls] == [
        f"{BASE}/rest/all/V1/products/a%2Fb%20c%25%23%C3%A9",
        f"{BASE}/rest/de/V1/orders/5/items/6",
        f"{BASE}/rest/all/V1/invoices",
    ]
    assert session.operations == ["GET products/{}", "PUT orders/{}/items/{}", "POST invoices"]
    assert (session.calls[2]["json"], session.calls[2]["params"]) == ({"a": 1}, {"x": "1"})


def test_fractions_are_exact():
    client, _session = client_of(raw('{"price": 0.1000000000000000055, "qty": 3}'))
    assert client.call("GET", "products/{}", "a") == {"price": Decimal("0.1000000000000000055"), "qty": 3}


def test_a_listing():
    client, session = client_of(answer({"items": [{"sku": "a"}], "total_count": 7}))
    assert client.search("products", search_criteria(), fields=("sku",)) == ([{"sku": "a"}], 7)
    assert session.calls[0]["params"]["fields"] == "items[sku],total_count"


def test_a_listing_without_items():
    client, _session = client_of(answer({"items": None, "total_count": 0}))
    assert client.search("products", search_criteria()) == ([], 0)


@pytest.mark.parametrize("body", [[], {}, {"items": []}, {"items": [], "total_count": None}, None, "x"])
def test_no_listing(body):
    client, _session = client_of(answer(body))
    with pytest.raises(TransientError):
        client.search("products", search_criteria())


def test_count():
    client, session = client_of(answer({"total_count": 12}))
    assert client.count("orders", ("updated_at", "gteq", "2026-01-01 00:00:00")) == 12
    parameters = session.calls[0]["params"]
    assert parameters["fields"] == "total_count"
    assert parameters["searchCriteria[pageSize]"] == "1"


@pytest.mark.parametrize("content", ['{"items": [{"sku": "a"', "", "<html>maintenance</html>"])
def test_truncated(content):
    client, _session = client_of(raw(content))
    with pytest.raises(TransientError):
        client.search("products", search_criteria())


# === CREDENTIALS === #


def test_a_refused_token_is_renewed_once():
    client, session = client_of(denial("Magento_Sales::sales"), answer({"ok": 1}), auth=FakeAuth(renewals=1))
    assert client.call("GET", "orders/{}", 1) == {"ok": 1}
    assert len(session.calls) == 2


def test_refused_again():
    client, session = client_of(*[denial("Magento_Sales::sales")] * 2, auth=FakeAuth(renewals=1))
    with pytest.raises(PermissionMissing):
        client.call("GET", "orders/{}", 1)
    assert len(session.calls) == 2


def test_nothing_to_renew():
    client, session = client_of(refusal("The token was revoked.", status=401))
    with pytest.raises(ConfigurationError) as caught:
        client.call("GET", "orders/{}", 1)
    assert caught.value.remedy == FakeAuth.remedy
    assert len(session.calls) == 1


# === BUDGET === #


def test_each_call_takes_from_the_budget():
    budget = FakeBudget()
    client, _session = client_of(answer({}), answer({}), budget=budget)
    client.call("GET", "orders/{}", 1)
    client.call("GET", "orders/{}", 2)
    assert budget.taken == [(const.BUDGET_API, 1.0)] * 2


def test_others_are_told_of_a_pause():
    budget = FakeBudget()
    client, _session = client_of(raw("", status=429, headers={"Retry-After": "7"}), budget=budget)
    with pytest.raises(RateLimited):
        client.call("GET", "orders/{}", 1)
    assert budget.fed == [(const.BUDGET_API, {"retry_after": 7.0})]


# === THE SHOP === #


@pytest.mark.parametrize(
    "text, version",
    [
        ("Magento/2.4 (Community)", ("Magento", "2.4", "Community")),
        ("Magento/2.4 (Enterprise)\n", ("Magento", "2.4", "Enterprise")),
        ("Mage-OS/1.3 (Community)", ("Mage-OS", "1.3", "Community")),
        ("<html>Welcome</html>", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_version(text, version):
    client, session = client_of(raw(text))
    assert client.version() == version
    assert session.calls[0]["url"] == f"{BASE}/magento_version"


@pytest.mark.parametrize("status", [301, 403, 404])
def test_a_shop_that_hides_its_version(status):
    client, _session = client_of(raw("<html>", status=status))
    assert client.version() == ("", "", "")


SHOP = {
    "modules": ["Magento_Sales", "Magento_InventoryApi"],
    "directory/currency": {"base_currency_code": "EUR", "default_display_currency_code": "USD"},
    "store/storeConfigs": [{"id": 1, "code": "default", "base_currency_code": "EUR"}],
    "store/websites": [{"id": 0, "name": "Admin"}, {"id": 1, "name": "Main Website"}],
    "store/storeGroups": [{"id": 0, "name": "Default"}, {"id": 1, "name": "Main Store"}],
    "store/storeViews": [{"id": 0, "name": "Admin"}, {"id": 1, "name": "German"}],
}


def shop(denied=(), version="Magento/2.4 (Community)"):
    """A function that answers as a shop that denies the paths in `denied`."""

    def answers(call):
        path = call["url"].removeprefix(f"{BASE}/rest/all/V1/")
        if path.endswith("/magento_version"):
            return raw(version)
        if path in denied or "everything" in denied:
            return denial(f"Magento::{path}")
        if call["method"] == "POST":
            return refusal("An ID is needed. Set the ID and try again.", status=400)
        return answer(SHOP.get(path, {"items": [], "total_count": 0}))

    return answers


def test_survey():
    client, session = client_of(shop())
    found = survey(client, ["orders_in", "shipments_out", "stock_out"])
    assert (found.product, found.version, found.edition) == ("Magento", "2.4", "Community")
    assert [website["name"] for website in found.websites] == ["Main Website"]
    assert [view["name"] for view in found.store_views] == ["German"]
    assert (found.currency, found.currencies) == ("EUR", ["EUR"])
    assert found.denied == ()
    assert session.operations[-8:] == [
        "GET orders",
        "GET invoices",
        "GET creditmemos",
        "GET shipments",
        "POST order/0/ship",
        "GET inventory/sources",
        "GET inventory/source-items",
        "POST inventory/source-items",
    ]


def test_survey_names_what_is_denied():
    client, _session = client_of(shop(denied=("orders", "order/0/ship", "store/websites")))
    found = survey(client, ["orders_in", "shipments_out"])
    assert found.websites is None
    assert found.denied == (
        ("Magento::store/websites", ()),
        ("Magento::orders", ("orders_in",)),
        ("Magento::order/0/ship", ("shipments_out",)),
    )


def test_survey_of_a_stranger():
    client, _session = client_of(shop(denied=("everything",)))
    with pytest.raises(ConfigurationError) as caught:
        survey(client, ["orders_in"])
    assert not isinstance(caught.value, PermissionMissing)
    assert FakeAuth.remedy in caught.value.remedy


def test_survey_with_a_wrong_clock():
    client, _session = client_of(refusal("The timestamp value in the oauth_timestamp is incorrect.", status=400))
    with pytest.raises(ConfigurationError) as caught:
        survey(client, [])
    assert "clock" in caught.value.remedy
    assert "oauth_timestamp" in caught.value.message


def test_commerce_is_known_by_its_modules(monkeypatch):
    monkeypatch.setitem(SHOP, "modules", [const.COMMERCE_MODULE])
    client, _session = client_of(shop(version="<html>"))
    assert survey(client, []).edition == "Enterprise"


def test_each_call_is_tried_once():
    every = probes(["products_in", "products_out", "stock_in", "stock_out"], frozenset())
    calls = {probe[:2]: flows for probe, flows in every}
    assert len(calls) == len(every)
    assert calls["GET", "products"] == ("products_in", "products_out")
    assert calls["GET", "stockItems/lowStock/"] == ("stock_in", "stock_out")
    assert "inventory/sources" in {path for (_method, path, _), _flows in probes(["stock_out"], {const.MSI_MODULE})}


def test_trying_does_not_mind_what_is_not_there():
    client, _session = client_of(refusal("No such entity.", status=404), denial("Magento_Sales::ship"))
    client.permits("POST", "order/0/ship", {})
    with pytest.raises(PermissionMissing):
        client.permits("POST", "order/0/ship", {})


def test_no_list_of_modules():
    client, _session = client_of(answer({"a": 1}))
    with pytest.raises(TransientError):
        client.modules()


def test_gone():
    client, _session = client_of(refusal("The entity that was requested doesn't exist.", status=404))
    with pytest.raises(DataError):
        client.call("GET", "orders/{}", 99)
