"""Languages of a store and translations in Shopify's Admin API. No Odoo import.

What may be raised: see `client`.
"""

from . import const
from .answers import take


class TranslationCalls:
    """The part of `ShopifyClient` that is about texts in several languages."""

    def shop_locales(self):
        """Return the codes of the store's languages, without its own.

        :raise PermissionMissing: the app may not read them
        """
        return _further_locales(self._execute("shop_locales", {}))

    def translations(self, gids, locale):
        """Return {global id: [{"key": ..., "value": ...}]} of what is translated into `locale`.

        :raise PermissionMissing: the app may not read translations
        """
        found = {}
        for page in _pages(gids):
            data = self._execute("product_translations", {"ids": page, "first": len(page), "locale": locale})
            for node in take(data, "translatableResourcesByIds", "nodes"):
                found[take(node, "resourceId")] = take(node, "translations")
        return found

    def translatable_contents(self, gids):
        """Return (codes of the store's languages without its own, {global id: {key: digest of the original text}}).

        Unknown ids are left out, as are texts that are empty.

        :raise PermissionMissing: the app may not read translations or languages
        """
        locales, digests = [], {}
        for page in _pages(gids):
            data = self._execute("translatable_contents", {"ids": page, "first": len(page)})
            locales = _further_locales(data)
            for node in take(data, "translatableResourcesByIds", "nodes"):
                contents = take(node, "translatableContent")
                digests[take(node, "resourceId")] = {
                    take(content, "key"): content["digest"] for content in contents if content.get("digest")
                }
        return locales, digests

    def translations_register(self, gid, translations):
        """Write translations (`TranslationInput`) of a resource, as many per call as the API takes.

        :raise DataError: refused
        """
        for start in range(0, len(translations), const.TRANSLATIONS_PAGE):
            part = translations[start : start + const.TRANSLATIONS_PAGE]
            self._mutate("translations_register", {"id": gid, "translations": part})

    def translations_remove(self, gid, keys, locales):
        """Take away the translations of the texts `keys` into each of `locales`; done for those that aren't there.

        :raise DataError: refused
        """
        self._mutate("translations_remove", {"id": gid, "keys": keys, "locales": locales})


def _further_locales(data):
    return [take(locale, "locale") for locale in take(data, "shopLocales") if not locale["primary"]]


def _pages(gids):
    return [gids[start : start + const.LIST_LIMIT] for start in range(0, len(gids), const.LIST_LIMIT)]
