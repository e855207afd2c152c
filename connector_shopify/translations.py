"""Which of the store's languages are which of Odoo's, and translations as the API states and takes them. Pure.

https://shopify.dev/docs/apps/build/markets/manage-translated-content
"""

from odoo.addons.connector_base.canonical import Translation

from . import const
from .reader import Reader


def parse_translations(texts, external_id):
    """Return the canonical `Translation`s of a product: an empty one for each text that has none.

    :param dict texts: {language, as Odoo calls it: what the API states of translations into it}
    :raise DataError: not as documented
    """
    found = []
    for language in sorted(texts):
        readers = [Reader(node, "translation", external_id) for node in texts[language]]
        values = {reader.required_text("key"): reader.text("value") for reader in readers}
        found += [
            Translation(language=language, field=field, value=values.get(key, ""))
            for field, key in const.TRANSLATION_KEYS.items()
        ]
    return tuple(found)


def render_translations(translations, locales, digests):
    """Return (`TranslationInput`s, [(keys, locales)] to remove, the translations that can't be told).

    These are in a language that the store doesn't have, or of a text that is empty there.

    :param dict locales: {BCP 47 tag of Odoo's: code of the language at the store}
    :param dict digests: {key: digest of the original text}
    """
    wanted, unwanted, untold = [], {}, []
    for translation in translations:
        locale, key = locales.get(translation.language), const.TRANSLATION_KEYS[translation.field]
        if not locale or (translation.value and key not in digests):
            untold.append(translation)
        elif translation.value:
            digest = digests[key]
            wanted.append(
                {"locale": locale, "key": key, "value": translation.value, "translatableContentDigest": digest}
            )
        else:
            unwanted.setdefault(locale, []).append(key)
    return wanted, _removals(unwanted), tuple(untold)


def _removals(unwanted):
    """Return [(keys, locales)] of {locale: keys}: languages that lose the same texts go together."""
    removals = {}
    for locale, keys in unwanted.items():
        removals.setdefault(tuple(sorted(keys)), []).append(locale)
    return [(list(keys), locales) for keys, locales in removals.items()]
