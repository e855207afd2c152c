"""Translations: which languages are the same, what is read, and which calls tell what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import UNSET, ProductPush, Translation, pair_languages
from odoo.addons.connector_base.transport import DataError, PermissionMissing, TransientError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.parser_product import parse_product
from odoo.addons.connector_shopify.product_pusher import ProductPusher
from odoo.addons.connector_shopify.translation_flow import read_translations
from odoo.addons.connector_shopify.translations import parse_translations, render_translations

from .fakes import answer, client
from .product_samples import document, graphql_product
from .product_shop import Shop

FIRST, SECOND = "gid://shopify/Product/41", "gid://shopify/Product/42"
LANGUAGES = ("fr-FR", "pt-BR", "de-DE")
FRENCH, BRAZILIAN, GERMAN = LANGUAGES


def text(language, value, field="title"):
    return Translation(language=language, field=field, value=value)


# === LANGUAGES === #


@pytest.mark.parametrize(
    ("locales", "languages", "pairs"),
    [
        (["fr"], ["fr-FR"], {"fr": "fr-FR"}),
        (["fr-CA", "fr"], ["fr-FR", "fr-CA"], {"fr-CA": "fr-CA", "fr": "fr-FR"}),
        (["pt-BR", "pt-PT"], ["pt-BR"], {"pt-BR": "pt-BR"}),
        (["pt-PT"], ["pt-BR"], {"pt-PT": "pt-BR"}),
        (["zh-CN", "zh-TW"], ["zh-TW", "zh-CN"], {"zh-CN": "zh-CN", "zh-TW": "zh-TW"}),
        (["de", "ja"], ["fr-FR"], {}),
        ([], ["fr-FR"], {}),
    ],
)
def test_languages_are_paired(locales, languages, pairs):
    assert pair_languages(locales, languages) == pairs


tags = st.lists(st.sampled_from(["fr", "fr-FR", "fr-CA", "pt-BR", "pt-PT", "pt", "de", "de-DE"]), unique=True)


@given(tags, tags)
def test_a_language_has_one_counterpart(locales, languages):
    pairs = pair_languages(locales, languages)
    assert set(pairs) <= set(locales)
    assert set(pairs.values()) <= set(languages)
    assert len(set(pairs.values())) == len(pairs)
    assert all(locale[:2] == language[:2] for locale, language in pairs.items())
    assert all(pairs[tag] == tag for tag in set(locales) & set(languages))
    assert pair_languages(locales[::-1], languages) == pairs


# === READING === #


def test_what_is_read():
    nodes = [{"key": "title", "value": "Tasse"}, {"key": "handle", "value": "tasse"}]
    texts = parse_translations({"fr-FR": [*nodes, {"key": "body_html", "value": "<p>Bleue</p>"}]}, "41")
    assert [(entry.language, entry.field, entry.value) for entry in texts] == [
        ("fr-FR", "title", "Tasse"),
        ("fr-FR", "description", "<p>Bleue</p>"),
        ("fr-FR", "seo_title", ""),
        ("fr-FR", "seo_description", ""),
    ]
    with pytest.raises(DataError) as caught:
        parse_translations({"fr-FR": [{"value": "Tasse"}]}, "41")
    assert caught.value.external_id == "41"


def test_a_product_whose_translations_were_not_read_says_nothing_of_them():
    assert parse_product(graphql_product()).translations is UNSET
    assert parse_product(graphql_product(), {}).translations == ()
    parsed = parse_product(graphql_product(), {FRENCH: [{"key": "title", "value": "Tasse"}]})
    assert parsed.translations[0] == text(FRENCH, "Tasse")


def locales(*codes):
    return {"shopLocales": [{"locale": code, "primary": not number} for number, code in enumerate(codes)]}


def resources(**found):
    nodes = [{"resourceId": f"gid://shopify/Product/{name[1:]}", **values} for name, values in found.items()]
    return {"translatableResourcesByIds": {"nodes": nodes}}


def test_a_page_is_read_by_one_call_for_each_language():
    french = {"translations": [{"key": "title", "value": "Tasse"}]}
    api, session = client(
        answer(locales("en", "fr", "ja", "pt-BR")),
        answer(resources(p41=french)),
        answer(resources(p41={"translations": []}, p42={"translations": []})),
    )
    found = read_translations(api, [FIRST, SECOND], LANGUAGES)
    assert session.operations == ["ShopLocales", "ProductTranslations", "ProductTranslations"]
    asked = {"ids": [FIRST, SECOND], "first": 2}
    assert session.variables[1:] == [{**asked, "locale": "fr"}, {**asked, "locale": "pt-BR"}]
    assert found == {
        FIRST: {FRENCH: [{"key": "title", "value": "Tasse"}], BRAZILIAN: []},
        SECOND: {FRENCH: [], BRAZILIAN: []},
    }


def test_more_products_than_a_call_takes():
    gids = [f"gid://shopify/Product/{number}" for number in range(const.LIST_LIMIT + 1)]
    api, session = client(answer(locales("en", "fr")), answer(resources()), answer(resources()))
    assert read_translations(api, gids, LANGUAGES).keys() == set(gids)
    assert [len(variables["ids"]) for variables in session.variables[1:]] == [const.LIST_LIMIT, 1]


@pytest.mark.parametrize(("gids", "languages"), [([], LANGUAGES), ([FIRST], ())])
def test_where_there_is_nothing_to_read_nothing_is_asked(gids, languages):
    api, session = client()
    assert read_translations(api, gids, languages) == {}
    assert session.calls == []


@pytest.mark.parametrize("asked", [0, 1])
def test_without_the_scope_products_are_read_all_the_same(asked):
    denied = answer(errors=[{"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}])
    api, session = client(*[answer(locales("en", "fr"))][:asked], denied)
    assert read_translations(api, [FIRST], LANGUAGES) == {}
    assert len(session.calls) == asked + 1


# === TELLING === #


def test_what_is_rendered():
    digests = {"title": "abc", "body_html": "def"}
    translations = [
        text(FRENCH, "Tasse"),
        text(FRENCH, "", "description"),
        text(BRAZILIAN, "", "description"),
        text(BRAZILIAN, "", "title"),
        text(BRAZILIAN, "Caneca azul", "seo_title"),
        text(GERMAN, "Becher"),
    ]
    wanted, removals, untold = render_translations(translations, {FRENCH: "fr", BRAZILIAN: "pt-BR"}, digests)
    assert wanted == [{"locale": "fr", "key": "title", "value": "Tasse", "translatableContentDigest": "abc"}]
    assert removals == [(["body_html"], ["fr"]), (["body_html", "title"], ["pt-BR"])]
    assert untold == (translations[4], translations[5])


def shop(**changes):
    found = Shop(**changes)
    found.add(FIRST)
    found.add(SECOND)
    return found


def pushes(*translations, parts=("translations",)):
    """Pushes of two products with the same translations."""
    return [
        ProductPush(key=key, document=document(external_id=key, translations=translations), parts=frozenset(parts))
        for key in ("41", "42")
    ]


def push(store, wanted):
    return ProductPusher(store, "one", None, lambda seconds: None, LANGUAGES).push(wanted)


def test_the_calls_of_a_page():
    """One for all, to know the originals, and one for each product."""
    store = shop()
    results = list(push(store, pushes(text(FRENCH, "Tasse"), text(BRAZILIAN, "Caneca"))))
    assert [(result.error, result.untold) for result in results] == [(None, ())] * 2
    assert store.names == ["translatable_contents", "translations_register", "translations_register"]
    assert store.calls[0][1] == [FIRST, SECOND]
    assert [entry["locale"] for entry in store.calls[1][2]] == ["fr", "pt-BR"]


def test_what_is_emptied_is_removed():
    store = shop()
    store.translations = {(FIRST, "fr", "title"): "Tasse", (FIRST, "pt-BR", "title"): "Caneca"}
    list(push(store, pushes(text(FRENCH, ""))[:1]))
    assert store.names == ["translatable_contents", "translations_remove"]
    assert store.translations == {(FIRST, "pt-BR", "title"): "Caneca"}


def test_texts_are_told_before_their_translations():
    store = shop()
    list(push(store, pushes(text(FRENCH, "Tasse"), parts=("translations", "basics", "prices"))))
    assert store.names == [
        *("product_update", "product_variants_update") * 2,
        "translatable_contents",
        *("translations_register",) * 2,
    ]


@pytest.mark.parametrize(
    ("changes", "parts"), [({"translations": UNSET}, {"translations"}), ({}, {"prices"}), ({}, {"basics"})]
)
def test_where_no_translation_changed_nothing_is_asked(changes, parts):
    store = shop()
    wanted = document(**{"translations": (text(FRENCH, "Tasse"),), **changes})
    list(push(store, [ProductPush(key="41", document=wanted, parts=frozenset(parts))]))
    assert not {"translatable_contents", "translations_register"} & set(store.names)


def test_what_can_not_be_told_waits():
    store = shop()
    waiting = (text(GERMAN, "Becher"), text(FRENCH, "Bleue", "seo_description"))
    (result, _second) = push(store, pushes(text(FRENCH, "Tasse"), *waiting))
    assert (result.error, result.untold) == (None, waiting)
    assert [entry["key"] for entry in store.calls[1][2]] == ["title"]


def test_without_the_scope_products_are_told_all_the_same():
    store = shop()

    def denied(*_args):
        raise PermissionMissing("denied")

    wanted = pushes(text(FRENCH, "Tasse"), parts=("translations", "prices"))
    for name in ("translations_register", "translatable_contents"):
        setattr(store, name, denied)
        results = list(push(store, wanted))
        assert [(result.error, result.untold) for result in results] == [(None, (text(FRENCH, "Tasse"),))] * 2


def test_what_is_refused_of_one_product_keeps_no_other():
    store = shop()
    register = store.translations_register
    store.refusals["translations_register"] = [
        {"field": ["translations", "0", "value"], "message": "is too long", "code": "FAILS_RESOURCE_VALIDATION"}
    ]

    def refuse_first(gid, translations):
        if gid == SECOND:
            store.refusals.clear()
        register(gid, translations)

    store.translations_register = refuse_first
    first, second = push(store, pushes(text(FRENCH, "Tasse")))
    assert str(first.error) == "Shopify refused a translation of the product: title in fr: is too long"
    assert first.error.remedy == const.TRANSLATION_REMEDY
    assert second.error is None


def test_a_product_that_is_gone():
    store = shop()
    del store.products[FIRST]
    first, second = push(store, pushes(text(FRENCH, "Tasse")))
    assert (first.missing, second.error) == (True, None)


def outage(*_args):
    raise TransientError("later")


def test_a_stop_before_the_translations():
    """What is told but for its translations is known; what had nothing else to tell is told again."""
    store = shop()
    store.translatable_contents = outage
    wanted = [pushes(text(FRENCH, "Tasse"), parts=("prices", "translations"))[0], pushes(text(FRENCH, "Tasse"))[1]]
    results = push(store, wanted)
    result = next(results)
    assert (result.key, result.error, result.untold) == ("41", None, (text(FRENCH, "Tasse"),))
    with pytest.raises(TransientError):
        next(results)


def test_a_stop_in_the_midst_of_the_translations():
    store = shop()
    register = store.translations_register
    store.translations_register = lambda gid, texts: register(gid, texts) if gid == FIRST else outage()
    results = push(store, pushes(text(FRENCH, "Tasse")))
    assert (next(results).key, store.translations) == ("41", {(FIRST, "fr", "title"): "Tasse"})
    with pytest.raises(TransientError):
        next(results)


def test_a_stop_of_the_products_leaves_translations_for_later():
    store = shop()
    store.product_variants_update = lambda gid, prices: (
        outage() if gid == SECOND else store._answer(store.products[gid])
    )
    results = push(store, pushes(text(FRENCH, "Tasse"), parts=("prices", "translations")))
    assert next(results).untold == (text(FRENCH, "Tasse"),)
    with pytest.raises(TransientError):
        next(results)
    assert "translatable_contents" not in store.names


def test_contents_as_the_api_states_them():
    contents = [{"key": "title", "digest": "abc"}, {"key": "meta_title", "digest": None}]
    api, session = client(answer({**locales("en", "fr"), **resources(p41={"translatableContent": contents})}))
    assert api.translatable_contents([FIRST, SECOND]) == (["fr"], {FIRST: {"title": "abc"}})
    assert session.variables == [{"ids": [FIRST, SECOND], "first": 2}]


def test_more_translations_than_a_call_takes():
    done = {"translationsRegister": {"userErrors": []}}
    api, session = client(answer(done), answer(done))
    api.translations_register(FIRST, [{"key": "title"}] * (const.TRANSLATIONS_PAGE + 1))
    assert [len(variables["translations"]) for variables in session.variables] == [const.TRANSLATIONS_PAGE, 1]
