"""Texts of products in the other languages of a shop: read, registered with their original's digest, removed."""

import json

import pytest

from sandbox.shopify.shop import gid
from tests.sandbox.test_catalogue_write import call
from tests.sandbox.test_webhooks import settle

READ = """query($ids: [ID!]!, $locale: String!) { translatableResourcesByIds(first: 250, resourceIds: $ids) { nodes {
  resourceId translatableContent { key value digest locale }
  translations(locale: $locale) { key value outdated } } } }"""


@pytest.fixture
def mug(lab):
    return lab.control("POST", "/products", {"title": "Mug", "price": "9.00"})


@pytest.fixture
def product(mug):
    return gid("Product", mug["id"])


def read(lab, *products, locale="de"):
    """Content and translations of products, by id."""
    nodes = lab.gql(READ, {"ids": products, "locale": locale})["data"]["translatableResourcesByIds"]["nodes"]
    return {
        node["resourceId"]: (
            {entry["key"]: entry for entry in node["translatableContent"]},
            {entry["key"]: (entry["value"], entry["outdated"]) for entry in node["translations"]},
        )
        for node in nodes
    }


def register(lab, product, *translations):
    return call(
        lab, "translationsRegister", "translations { key value }", resourceId=product, translations=translations
    )


def entry(lab, product, value="Becher", key="title", locale="de"):
    content, _translations = read(lab, product)[product]
    return {"key": key, "locale": locale, "value": value, "translatableContentDigest": content[key]["digest"]}


def test_what_is_registered_is_read(lab, product):
    german, french = entry(lab, product), entry(lab, product, "Tasse", locale="fr")
    done = register(lab, product, german, french)
    assert done["translations"] == [{"key": "title", "value": "Becher"}, {"key": "title", "value": "Tasse"}]
    content, translations = read(lab, product)[product]
    assert (content["title"]["value"], content["title"]["locale"]) == ("Mug", "en")
    assert (content["meta_title"]["value"], content["meta_title"]["digest"]) == (None, None)
    assert translations == {"title": ("Becher", False)}
    assert read(lab, product, locale="fr")[product][1] == {"title": ("Tasse", False)}
    register(lab, product, {**german, "value": "Tasse"})
    assert read(lab, product)[product][1] == {"title": ("Tasse", False)}


def test_what_is_not_there_is_left_out(lab, product):
    assert read(lab, gid("Product", 404), product).keys() == {product}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"translatableContentDigest": "0"}, "INVALID_TRANSLATABLE_CONTENT"),
        ({"key": "meta_title"}, "INVALID_TRANSLATABLE_CONTENT"),
        ({"locale": "pl"}, "INVALID_LOCALE_FOR_SHOP"),
        ({"locale": "en"}, "INVALID_LOCALE_FOR_SHOP"),
        ({"key": "nothing"}, "INVALID_KEY_FOR_MODEL"),
        ({"value": ""}, "BLANK"),
    ],
)
def test_what_is_refused_keeps_all_from_being_registered(lab, product, change, code):
    wanted = entry(lab, product)
    wrong = register(lab, product, {**wanted, "locale": "fr"}, {**wanted, **change})
    assert [(error["code"], error["field"][:2]) for error in wrong["errors"]] == [(code, ["translations", "1"])]
    assert wrong["translations"] is None
    assert read(lab, product, locale="fr")[product][1] == {}


def test_too_many_and_nowhere(lab, product):
    wanted = entry(lab, product)
    assert register(lab, product, *[wanted] * 101)["errors"][0]["code"] == "TOO_MANY_KEYS_FOR_RESOURCE"
    assert register(lab, gid("Product", 404), wanted)["errors"][0]["code"] == "RESOURCE_NOT_FOUND"
    assert register(lab, gid("Order", 1), wanted)["errors"][0]["code"] == "RESOURCE_NOT_TRANSLATABLE"


def test_a_changed_original_makes_its_translation_outdated(lab, product):
    known = entry(lab, product)
    register(lab, product, known)
    call(lab, "productUpdate", "product { id }", product={"id": product, "title": "Cup"})
    assert read(lab, product)[product][1] == {"title": ("Becher", True)}
    assert register(lab, product, known)["errors"][0]["code"] == "INVALID_TRANSLATABLE_CONTENT"
    register(lab, product, entry(lab, product))
    assert read(lab, product)[product][1] == {"title": ("Becher", False)}


def test_removing(lab, product):
    register(lab, product, entry(lab, product), entry(lab, product, "Tasse", locale="fr"))
    wanted = {"resourceId": product, "translationKeys": ["title", "body_html"]}
    gone = call(lab, "translationsRemove", "translations { value }", locales=["de"], **wanted)
    assert gone["translations"] == [{"value": "Becher"}]
    assert read(lab, product)[product][1] == {}
    assert read(lab, product, locale="fr")[product][1] == {"title": ("Tasse", False)}
    wrong = call(lab, "translationsRemove", "translations { value }", locales=["pl"], **wanted)
    assert wrong["errors"][0]["code"] == "INVALID_LOCALE_FOR_SHOP"


def test_no_webhook_tells_of_a_translation(lab, mug, product, receiver, subscribe):
    subscribe("PRODUCTS_UPDATE")
    lab.control("POST", f"/products/{mug['id']}/translations", {"de": {"title": "Becher"}})
    register(lab, product, entry(lab, product, "Tasse", locale="fr"))
    lab.control("PATCH", f"/products/{mug['id']}", {"vendor": "Potters"})
    settle(lab)
    assert [json.loads(body)["vendor"] for _path, _headers, body in receiver.wait(1)] == ["Potters"]
    assert lab.control("GET", f"/products/{mug['id']}")["translations"] != []


def test_what_the_merchant_translates(lab, mug, product):
    path = f"/products/{mug['id']}/translations"
    lab.control("POST", path, {"de": {"title": "Becher"}, "fr": {"title": "Tasse"}})
    assert read(lab, product)[product][1] == {"title": ("Becher", False)}
    after = lab.control("POST", path, {"de": {"title": None}})
    assert after["updated_at"] == mug["updated_at"]
    assert read(lab, product)[product][1] == {}
    assert read(lab, product, locale="fr")[product][1] == {"title": ("Tasse", False)}
    for wrong in ({"pl": {"title": "x"}}, {"de": {"nothing": "x"}}, {"de": {"meta_title": "x"}}):
        lab.control("POST", path, wrong, status=400)


def test_languages_of_a_shop(lab, mug, product):
    query = "{ shopLocales { locale primary } }"
    lab.control("PATCH", "", {"locales": ["fr", "pt-BR"]})
    assert lab.gql(query)["data"]["shopLocales"] == [
        {"locale": "fr", "primary": True},
        {"locale": "pt-BR", "primary": False},
    ]
    assert read(lab, product)[product][0]["title"]["locale"] == "fr"
    assert register(lab, product, entry(lab, product, locale="pt-BR"))["errors"] == []


@pytest.mark.parametrize(
    ("scopes", "query"),
    [
        (["read_products", "read_translations"], "{ shopLocales { locale } }"),
        (["read_products", "read_locales"], '{ translatableResource(resourceId: "%s") { resourceId } }'),
        (
            ["read_products", "read_translations"],
            'mutation { translationsRemove(resourceId: "%s", translationKeys: ["title"], locales: ["de"]) '
            "{ userErrors { message } } }",
        ),
    ],
)
def test_scopes(lab, product, scopes, query):
    lab.control("PATCH", "", {"scopes": scopes})
    query = query % product if "%s" in query else query
    assert lab.raw(query).json["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
