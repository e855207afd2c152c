"""Which translations of a product changed since both sides agreed on them.

What was agreed on is kept text by text: one platform tells of a product's changed translations, another one doesn't, so
only what changed in Odoo itself may be sent, and only what Odoo once had may be taken away.
"""

from .values import digest


def translation_name(translation):
    """Return what a translation goes by: "fr-FR title"."""
    return f"{translation.language} {translation.field}"


def translation_digests(document):
    """Return {name: fingerprint} of the translations there are."""
    return {translation_name(text): digest(text.value)[:16] for text in document.translations or () if text.value}


def changed_translations(document, known):
    """Return the translations that are not as in `known`, {name: fingerprint}: empty ones are to be taken away."""
    now = translation_digests(document)
    return tuple(
        text
        for text in document.translations or ()
        if now.get(translation_name(text)) != known.get(translation_name(text))
    )


def told_translations(digests, known, untold):
    """Return {name: fingerprint} of what the platform knows after it was told `digests`, but for some.

    :param dict known: {name: fingerprint} of what it knew before
    :param untold: the translations it could not be told
    """
    told = dict(digests)
    for name in map(translation_name, untold):
        told.pop(name, None)
        if name in known:
            told[name] = known[name]
    return told


def agreed_translations(ours, theirs, known):
    """Return {name: fingerprint} of what the platform knows, of products whose translations Odoo keeps as they are.

    :param ours: the product as Odoo states it
    :param theirs: the product as the platform states it; what it says nothing of is as in `known`
    :param dict known: {name: fingerprint} of what both agreed on before
    """
    said, mine = translation_digests(theirs), translation_digests(ours)
    stated = set(map(translation_name, theirs.translations or ()))
    agreed = {}
    for name in map(translation_name, ours.translations or ()):
        # what Odoo never had is not Odoo's to take away
        source = said if name in mine and name in stated else known
        if name in source:
            agreed[name] = source[name]
    return agreed


def pair_languages(locales, languages):
    """Return {code of a language of the platform: BCP 47 tag of the same one in Odoo}, one of each at most.

    The very same comes first, then the same language without or with another region: "fr" is "fr-FR".
    """
    pairs = {locale: locale for locale in sorted(locales) if locale in languages}
    for locale in sorted(set(locales) - set(pairs)):
        same = (tag for tag in languages if _language(tag) == _language(locale) and tag not in pairs.values())
        if tag := next(same, None):
            pairs[locale] = tag
    return dict(sorted(pairs.items()))


def _language(tag):
    return tag.partition("-")[0].lower()
