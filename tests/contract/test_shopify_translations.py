"""Translations told to a stand-in store that executes our documents, and read back, with what each call cost."""

from dataclasses import replace

import pytest

from odoo.addons.connector_base.canonical import ProductPush, Translation
from odoo.addons.connector_base.transport import PermissionMissing, Session
from odoo.addons.connector_shopify import const, parser_product
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.client import ShopifyClient, expected_cost
from odoo.addons.connector_shopify.product_pusher import ProductPusher
from odoo.addons.connector_shopify.renderer_product import gid
from odoo.addons.connector_shopify.translation_flow import read_translations

from tests.acceptance.stand_in import StandIn

from .test_shopify_catalogue import Calls

DOMAIN = "translated.myshopify.com"
LANGUAGES = ("fr-FR", "de-DE", "pt-BR")
CALLS = ("ShopLocales", "ProductTranslations", "TranslatableContents", "TranslationsRegister", "TranslationsRemove")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        scopes = [*set(const.SCOPES).union(*const.FLOW_SCOPES.values()), const.ALL_ORDERS_SCOPE]
        stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise", "scopes": scopes})
        yield stand_in


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def client(store, calls):
    auth = TokenAuth(store.shop(DOMAIN).config["admin_token"])
    return ShopifyClient(Session(auth=auth, redirect=store.url, recorder=calls), DOMAIN, auth)


@pytest.fixture
def make(store, client):
    """Make a product in the store; return it as it is read there."""

    def made(**values):
        product = store.control(f"shops/{DOMAIN}/products", {"title": "Mug", "price": "9.00", **values})
        return read(client, str(product["id"]))[0]

    return made


def read(client, *external_ids):
    nodes = client.products_by_id([gid("Product", external_id) for external_id in external_ids])
    texts = read_translations(client, [node["id"] for node in nodes], LANGUAGES)
    return [parser_product.parse_product(node, texts.get(node["id"])) for node in nodes]


def push(client, *documents, parts=("translations",)):
    pushes = [
        ProductPush(key=document.external_id, document=document, parts=frozenset(parts)) for document in documents
    ]
    return list(ProductPusher(client, DOMAIN, None, lambda seconds: None, LANGUAGES).push(pushes))


def texts(document):
    """Return {(language, field): value} of what is translated."""
    return {(text.language, text.field): text.value for text in document.translations if text.value}


def translated(document, **values):
    """Return the product with French translations, by field."""
    return replace(
        document,
        translations=tuple(Translation(language="fr-FR", field=key, value=text) for key, text in values.items()),
    )


def test_what_is_told_reads_back(client, make, calls):
    mug, cup = make(), make(title="Cup")
    assert texts(mug) == {}
    assert {text.language for text in mug.translations} == {"fr-FR", "de-DE"}
    calls.records.clear()
    results = push(client, translated(mug, title="Tasse"), translated(cup, title="Bol"))
    assert [(result.error, result.untold) for result in results] == [(None, ())] * 2
    assert calls.operations == ["TranslatableContents", "TranslationsRegister", "TranslationsRegister"]
    assert [texts(found) for found in read(client, mug.external_id, cup.external_id)] == [
        {("fr-FR", "title"): "Tasse"},
        {("fr-FR", "title"): "Bol"},
    ]


def test_a_translation_goes_with_its_new_original(client, make):
    mug = make()
    push(client, translated(mug, title="Tasse"))
    wanted = translated(replace(mug, title="Blue mug", seo_title="Mugs"), title="Tasse bleue", seo_title="Tasses")
    (result,) = push(client, wanted, parts=("basics", "translations"))
    assert (result.error, result.untold) == (None, ())
    (found,) = read(client, mug.external_id)
    assert found.title == "Blue mug"
    assert texts(found) == {("fr-FR", "title"): "Tasse bleue", ("fr-FR", "seo_title"): "Tasses"}


def test_what_is_emptied_is_gone(store, client, make):
    mug = make()
    path = f"shops/{DOMAIN}/products/{mug.external_id}/translations"
    store.control(path, {"fr": {"title": "Tasse"}, "de": {"title": "Becher"}})
    (result,) = push(client, translated(mug, title=""))
    assert result.error is None
    assert texts(read(client, mug.external_id)[0]) == {("de-DE", "title"): "Becher"}


def test_what_has_no_original_or_language_waits(client, make):
    brazilian = Translation(language="pt-BR", field="title", value="Caneca")
    wanted = translated(make(), title="Tasse", seo_title="Tasses")
    (result,) = push(client, replace(wanted, translations=(*wanted.translations, brazilian)))
    assert result.error is None
    assert result.untold == (wanted.translations[1], brazilian)
    assert texts(read(client, wanted.external_id)[0]) == {("fr-FR", "title"): "Tasse"}


def test_an_original_that_changed_meanwhile(store, client, make, monkeypatch):
    mug = make()
    contents = client.translatable_contents

    def change_after(gids):
        found = contents(gids)
        store.control(f"shops/{DOMAIN}/products/{mug.external_id}", {"title": "Blue mug"})
        return found

    monkeypatch.setattr(client, "translatable_contents", change_after)
    (result,) = push(client, translated(mug, title="Tasse"))
    assert result.error.code == "INVALID_TRANSLATABLE_CONTENT"
    assert "title in fr" in str(result.error)
    assert result.error.remedy == const.TRANSLATION_REMEDIES[result.error.code]


def test_a_product_that_is_gone(store, client, make):
    mug = make()
    store.control(f"shops/{DOMAIN}/products/{mug.external_id}", {}, method="DELETE")
    (result,) = push(client, translated(mug, title="Tasse"))
    assert result.missing


@pytest.mark.parametrize("scope", sorted(const.TRANSLATION_SCOPES))
def test_an_app_without_the_scope_goes_on(store, client, make, scope):
    mug = make()
    scopes = store.shop(DOMAIN).config["scopes"]
    without = {scope, scope.replace("read_", "write_")}
    store.control(f"shops/{DOMAIN}", {"scopes": [name for name in scopes if name not in without]})
    try:
        (result,) = push(client, translated(mug, title="Tasse"), parts=("status", "translations"))
        assert (result.error, len(result.untold)) == (None, 1)
        if scope == "write_translations":
            with pytest.raises(PermissionMissing):
                client.translations_remove(gid("Product", mug.external_id), ["title"], ["fr"])
        else:
            assert not read(client, mug.external_id)[0].translations
    finally:
        store.control(f"shops/{DOMAIN}", {"scopes": scopes})


def test_costs(client, make, calls):
    """What the answers say a call cost, of as many products as one may be about, is what is expected of it."""
    products = [make(sku=f"MUG-{number}") for number in range(60)]
    calls.records.clear()
    push(client, *(translated(product, title="Tasse") for product in products))
    push(client, translated(products[0], title=""))
    read(client, *(product.external_id for product in products))
    costs = {}
    for record in calls.records:
        costs[record.operation] = max(record.cost, costs.get(record.operation, 0))
    assert set(CALLS) <= set(costs)
    for name in CALLS:
        assert costs[name] <= expected_cost(name) <= 3 * max(costs[name], 1), (name, costs[name])
