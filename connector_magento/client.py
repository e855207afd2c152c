"""Magento's REST API as far as the connector uses it. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/quick-reference/

Every method may raise the errors of `connector_base.transport`: TransientError (later), ConfigurationError
(credentials, the shop), PermissionMissing (this one right), DataError (this call or document).
"""

import re
from decimal import Decimal
from urllib.parse import quote

from odoo.addons.connector_base.transport import ConfigurationError, DataError, TransientError, with_rate_limit

from . import const
from .criteria import listing_fields, search_criteria
from .errors import check

_VERSION = re.compile(r"\s*([A-Za-z][\w .-]*)/([\d.]+)\s*\(([\w ]+)\)\s*")


class MagentoClient:
    """Calls of one shop.

    :param session: `transport.Session` that signs with `auth`
    :param str base_url: https://host[:port][/path]
    :param auth: one of `auth`; its `renew()` is tried once when it is refused. None: signs nothing
    """

    def __init__(self, session, base_url, auth=None):
        self._session = session
        self._base_url = base_url
        self._auth = auth

    @property
    def budget(self):
        return self._session.budget

    @property
    def patience(self):
        return self._session.patience

    # === SHOP === #

    def version(self):
        """Return (product, version, edition) in Magento's words: Magento, 2.4, Community; empty texts if it hides it.

        https://experienceleague.adobe.com/en/docs/commerce-operations/configuration-guide/security/version-information
        """
        try:
            response = self._send("GET", self._base_url + const.VERSION_PATH, operation="GET magento_version")
        except (ConfigurationError, DataError):  # not there, or the shop sends visitors elsewhere
            return "", "", ""
        match = _VERSION.fullmatch(response.text)
        return match.groups() if match else ("", "", "")

    def modules(self):
        """Return the names of the modules that are switched on."""
        return frozenset(self._entries("modules", str))

    def store_configs(self):
        """Return the settings of all store views: currencies, locale, units, addresses."""
        return self._entries("store/storeConfigs")

    def base_currency(self):
        """Return the currency of what holds for all stores, prices above all; a website may reckon in another one.

        Calls for all stores are made in the administration's own, which shares no website's settings.
        https://developer.adobe.com/commerce/webapi/rest/modules/directory/
        """
        return str(self.call("GET", "directory/currency").get("base_currency_code") or "")

    def websites(self):
        """Return the websites, without the administration's own."""
        return self._scopes("store/websites")

    def store_groups(self):
        """Return the stores (groups of store views), without the administration's own."""
        return self._scopes("store/storeGroups")

    def store_views(self):
        """Return the store views, inactive ones too, without the administration's own."""
        return self._scopes("store/storeViews")

    # === LISTINGS === #

    def search(self, path, parameters, *, fields=(), store=const.ALL_STORES):
        """Return (entries, how many there are in all) of a listing.

        :param dict parameters: from `criteria.search_criteria` or `listing.Listing`
        :param fields: of the entries; all of them if empty
        :param str store: as of `call`
        """
        answer = self.call("GET", path, params={**parameters, **listing_fields(fields)}, store=store)
        if not isinstance(answer, dict) or not isinstance(answer.get("total_count"), int):
            raise TransientError(f"Magento's answer holds no listing of {path}.")
        # null where a page has none and `fields` is used
        return answer.get("items") or [], int(answer["total_count"])

    def count(self, path, *groups):
        """Return how many entries the filters find, without reading them.

        :param groups: see `criteria.search_criteria`
        """
        parameters = {**search_criteria(*groups, page_size=1), "fields": "total_count"}
        return int(self.call("GET", path, params=parameters).get("total_count") or 0)

    # === PLUMBING === #

    def call(self, method, path, *ids, params=None, json=None, store=const.ALL_STORES):
        """Call the API; return what it answers, its fractions exact.

        :param str path: below /V1/, with `{}` for each of `ids`, which may hold any character
        :param str store: code of the store view that is read or written; all of them if not given
        """
        address = path.format(*(quote(str(each), safe="") for each in ids))
        url = self._base_url + const.REST_PATH.format(store=quote(store, safe=""), path=address)
        operation = f"{method} {path.format(*['{}'] * len(ids))}"
        return self._answer(method, url, operation=operation, params=params, json=json)

    def bulk(self, method, path, bodies):
        """Have the shop carry out calls by and by, for all stores; return what it says of having taken them.

        https://developer.adobe.com/commerce/webapi/rest/use-rest/bulk-endpoints/

        :param str path: below /V1/, what stands in it named as `bySku`
        :param list bodies: of the calls, with what is named in the path
        """
        url = self._base_url + const.BULK_PATH.format(path=path)
        return self._answer(method, url, operation=f"{method} bulk {path}", json=bodies)

    def _answer(self, method, url, **call):
        """Return what a call answers; one whose credentials are refused is made again with others, if there are any."""
        try:
            response = self._send(method, url, **call)
        except ConfigurationError as error:
            if error.status != 401 or not self._auth or not self._auth.renew():
                raise
            response = self._send(method, url, **call)
        return response.json(parse_float=Decimal)

    def permits(self, method, path, parameters):
        """Make a call that changes nothing, to see whether we may make such calls.

        :param dict parameters: of the address (GET), or the body
        :raise PermissionMissing: we may not
        """
        try:
            self.call(method, path, **({"params": parameters} if method == "GET" else {"json": parameters}))
        except DataError:
            # It was let in: what it asks for is not there, or the shop has no such module.
            return

    @with_rate_limit(const.BUDGET_API)
    def _send(self, method, url, **call):
        """Return the answer to one request, if it is a good one."""
        response = self._session.request(method, url, **call)
        check(response, self._auth.remedy if self._auth else "")
        return response

    def _entries(self, path, kind=dict):
        """Return a listing that has no pages."""
        answer = self.call("GET", path)
        if not isinstance(answer, list) or not all(isinstance(entry, kind) for entry in answer):
            raise TransientError(f"Magento's answer holds no list of {path}.")
        return answer

    def _scopes(self, path):
        return [entry for entry in self._entries(path) if entry.get("id") != const.ADMIN_SCOPE_ID]
