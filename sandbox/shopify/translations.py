"""Texts of products and collections in the shop's other languages: registered and removed by apps and by the merchant.

Nothing says that a translation touches its product: ``updatedAt`` stays, and no webhook is sent.
https://shopify.dev/docs/apps/build/markets/manage-translated-content
"""

from . import graph_catalogue
from .access import require
from .shop import Shop, parse_gid
from .user_errors import UserErrors, problem, refuse, shown

ERRORS = "TranslationErrorCode"
LOCALE_ERROR = "INVALID_LOCALE_FOR_SHOP"
MAX_KEYS = 100


def _translatable(shop: Shop, text: str) -> tuple[str, dict]:
    """(type, record) of a translatable resource; raises UserErrors."""
    kind, number = parse_gid(text) or ("", 0)
    if kind not in graph_catalogue.TRANSLATABLE:
        refuse(f"Resource {text} is not translatable", "RESOURCE_NOT_TRANSLATABLE", "resourceId")
    record = shop.store.get(shop.domain, kind.lower(), number)
    if record is None:
        refuse(f"Resource {text} does not exist", "RESOURCE_NOT_FOUND", "resourceId")
    return kind, record


def _store(shop: Shop, kind: str, record: dict, entries: list[dict]) -> dict:
    after = {**record, "translations": entries}
    shop.store.put(shop.domain, kind.lower(), record["id"], after)
    return after


def _flaw(shop: Shop, kind: str, record: dict, wanted: dict) -> tuple[str, str, str] | None:
    """(message, code, field) of what is wrong with a translation; None if nothing is."""
    texts = graph_catalogue.TRANSLATABLE[kind]
    if wanted["key"] not in texts:
        return f"Key {wanted['key']} is not valid", "INVALID_KEY_FOR_MODEL", "key"
    if wanted["locale"] not in graph_catalogue.locales(shop)[1:]:
        return f"Locale {wanted['locale']} is not a language of the shop, or its first one", LOCALE_ERROR, "locale"
    source = texts[wanted["key"]](record)
    if not source or wanted["translatableContentDigest"] != graph_catalogue.content_digest(source):
        return "Translatable content hash is invalid", "INVALID_TRANSLATABLE_CONTENT", "translatableContentDigest"
    return None if wanted["value"] else ("Value can't be blank", "BLANK", "value")


def _register(shop: Shop, kind: str, record: dict, translations: list[dict]) -> list[dict]:
    """Store translations, all or none; the entries. Raises UserErrors."""
    if len(translations) > MAX_KEYS:
        refuse("Too many translation keys", "TOO_MANY_KEYS_FOR_RESOURCE", "translations")
    flaws = [(position, _flaw(shop, kind, record, wanted)) for position, wanted in enumerate(translations)]
    problems = [problem(flaw[0], flaw[1], "translations", position, flaw[2]) for position, flaw in flaws if flaw]
    if problems:
        raise UserErrors(problems)
    known = {(entry["key"], entry["locale"]): entry for entry in record["translations"]}
    made = {}
    for wanted in translations:
        name = wanted["key"], wanted["locale"]
        stated = {"value": wanted["value"], "digest": wanted["translatableContentDigest"]}
        old = known.get(name, {})
        same = all(old.get(key) == value for key, value in stated.items())
        entry = {"key": name[0], "locale": name[1], **stated, "updated_at": shop.clock.iso()}
        known[name] = made[name] = old if same else entry
    _store(shop, kind, record, list(known.values()))
    return list(made.values())


def register(_root, info, *, resourceId, translations):
    require(info, "write_translations", "translationsRegister")
    shop = info.context.shop
    try:
        with shop.store.transaction():
            kind, record = _translatable(shop, resourceId)
            made = _register(shop, kind, record, translations)
    except UserErrors as error:
        return {"translations": None, "userErrors": shown(info, error.errors, ERRORS)}
    return {"translations": [graph_catalogue.translation_node(kind, record, entry) for entry in made], "userErrors": []}


def remove(_root, info, *, resourceId, translationKeys, locales, marketIds=None):
    require(info, "write_translations", "translationsRemove")
    shop = info.context.shop
    try:
        with shop.store.transaction():
            kind, record = _translatable(shop, resourceId)
            for position, locale in enumerate(locales):
                if locale not in graph_catalogue.locales(shop)[1:]:
                    refuse(f"Locale {locale} is not a language of the shop", LOCALE_ERROR, "locales", position)
            entries = record["translations"]
            gone = [entry for entry in entries if entry["key"] in translationKeys and entry["locale"] in locales]
            _store(shop, kind, record, [entry for entry in entries if entry not in gone])
    except UserErrors as error:
        return {"translations": None, "userErrors": shown(info, error.errors, ERRORS)}
    return {"translations": [graph_catalogue.translation_node(kind, record, entry) for entry in gone], "userErrors": []}


def by_merchant(shop: Shop, product: dict, wanted: dict) -> dict:
    """Translate texts of a product, ``{locale: {key: text, or None for none}}``; the product. Raises UserErrors."""
    named = {(key, locale): text for locale, texts in wanted.items() for key, text in texts.items()}
    with shop.store.transaction():
        kept = [entry for entry in product["translations"] if named.get((entry["key"], entry["locale"]), True)]
        product = _store(shop, "Product", product, kept)
        known = graph_catalogue.TRANSLATABLE["Product"]
        sources = {key: known[key](product) or "" for key, _locale in named if key in known}
        _register(shop, "Product", product, [
            {"key": key, "locale": locale, "value": text,
             "translatableContentDigest": graph_catalogue.content_digest(sources.get(key, ""))}
            for (key, locale), text in named.items() if text
        ])  # fmt: skip
    return shop.store.get(shop.domain, "product", product["id"])


MUTATION = {"translationsRegister": register, "translationsRemove": remove}
