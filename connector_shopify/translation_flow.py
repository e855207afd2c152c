"""Which calls read the translations of products, and which tell them. No Odoo import.

Translations are beside their products: the texts of a page in one language are one call, what they are told by is one
for the page and one per product. An app that lacks the scopes for it works on without translations.
"""

from odoo.addons.connector_base.canonical import pair_languages
from odoo.addons.connector_base.transport import DataError, PermissionMissing

from .errors import Refused
from .product_errors import gone, refused_translation
from .translations import render_translations


def read_translations(client, gids, languages):
    """Return {global id of a product: {language: what the API states of its translations}}.

    Of languages that the store and Odoo both have; of no product at all where there are none to be had.

    :param list gids: of the products
    :param languages: BCP 47 tags of Odoo's, without the one that products are in
    """
    if not (gids and languages):
        return {}
    found = {product: {} for product in gids}
    try:
        for locale, language in pair_languages(client.shop_locales(), languages).items():
            texts = client.translations(gids, locale)
            for product, of_product in found.items():
                of_product[language] = texts.get(product, [])
    except PermissionMissing:
        return {}  # the connection says so; products come in without
    return found


def tell_translations(client, wanted, languages):
    """Tell the store translations; yield (global id, those that wait, what was refused or None) of each product.

    :param dict wanted: {global id of a product: `Translation`s, empty ones to be taken away}
    :param languages: as of `read_translations`
    :raise TransportError: what is not the fault of one product; those before are told
    """
    try:
        found, digests = client.translatable_contents(list(wanted))
        locales = {language: locale for locale, language in pair_languages(found, languages).items()}
        for product, translations in wanted.items():
            untold, error = translations, None
            try:
                untold = _tell(client, product, translations, locales, digests)
            except DataError as refusal:
                error = refusal
            yield product, untold, error
    except PermissionMissing:
        return  # nothing more can be told; the connection says so


def _tell(client, product, translations, locales, digests):
    """Tell the translations of one product; return those that can't be."""
    if product not in digests:
        raise gone()
    wanted, removals, untold = render_translations(translations, locales, digests[product])
    try:
        if wanted:
            client.translations_register(product, wanted)
        for keys, gone_locales in removals:
            client.translations_remove(product, keys, gone_locales)
    except Refused as error:
        raise refused_translation(error, wanted) from None
    return untold
