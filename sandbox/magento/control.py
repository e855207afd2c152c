"""Magento's part of the control API: shops, catalogue, stock, customers, orders and what happens to them."""

from werkzeug.wrappers import Request, Response

from ..framework.web import json_body, json_response
from . import adobe_io, bulk, catalogue, seed
from .control_catalogue import PAGES as CATALOGUE_PAGES
from .control_catalogue import CatalogueControl
from .sales_control import PAGES as SALES_PAGES
from .sales_control import SalesControl
from .shop import Shop, create_shop


class Control(CatalogueControl, SalesControl):
    """Control calls on one services bundle; errors are ValueError (400) and KeyError (404)."""

    def __init__(self, services):
        self._services = services

    def shop(self, domain: str) -> Shop:
        shop = Shop(self._services.store, self._services.clock, domain)
        if not shop.exists:
            raise KeyError(domain)
        return shop

    def answer(self, request: Request, parts: list[str]) -> Response:
        """Dispatch ``/_control/shops[/<domain>[/<what>[/<id>[/<action>]]]]``."""
        if not parts:
            return self._create(json_body(request))
        shop, rest = self.shop(parts[0]), parts[1:]
        if not rest:
            return self._settings(shop, request)
        method = getattr(self, f"_{rest[0].replace('-', '_')}", None) if rest[0] in PAGES else None
        if method is None:
            raise KeyError("/".join(rest))
        return method(shop, request, rest[1:])

    def _create(self, wanted: dict) -> Response:
        domain, seeding = wanted.pop("domain"), wanted.pop("seed", None)
        shop = create_shop(self._services.store, self._services.clock, domain, **wanted)
        catalogue.prepare(shop)
        if seeding is not None:
            seed.fill(shop, **seeding)
        return json_response(summary(shop), 201)

    def _settings(self, shop: Shop, request: Request) -> Response:
        if request.method == "DELETE":
            shop.store.delete_shop(shop.domain)
            self._services.log.clear(shop.domain)
            return json_response({"deleted": shop.domain})
        if request.method in ("POST", "PATCH"):
            shop.configure(**json_body(request))
            bulk.resume(shop, self._services)
        return json_response(summary(shop))

    def _seed(self, shop: Shop, request: Request, _rest) -> Response:
        return json_response(seed.fill(shop, **json_body(request)), 201)

    def _reauthorize(self, shop: Shop, _request: Request, _rest) -> Response:
        shop.renew_tokens()
        return json_response(summary(shop))

    def _event_registrations(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        """What the merchant does in the Adobe Developer Console; ``rest``: one whose deliveries go on again."""
        if request.method == "POST" and rest:
            known = shop.get(adobe_io.KINDS, rest[0])
            if known is None:
                raise KeyError(rest[0])
            return json_response(shop.put(adobe_io.KINDS, rest[0], {**known, **json_body(request), "state": "active"}))
        if request.method == "POST":
            return json_response(adobe_io.register(shop, self._services.deliveries, json_body(request)), 201)
        return json_response({"registrations": shop.all(adobe_io.KINDS)})

    def _event_keys(self, shop: Shop, request: Request, _rest) -> Response:
        """The paths of Adobe's public keys; POST: new ones from now on."""
        if request.method == "POST":
            adobe_io.renew_keys(shop.store)
        return json_response({"paths": list(adobe_io.keys(shop.store))})

    def _log(self, shop: Shop, request: Request, _rest) -> Response:
        if request.method == "DELETE":
            self._services.log.clear(shop.domain)
        return json_response(self._services.log.of(shop.domain, request.args.get("limit", 100, int)))


PAGES = frozenset(("event-keys", "event-registrations", "log", "reauthorize", "seed")) | CATALOGUE_PAGES | SALES_PAGES


def summary(shop: Shop) -> dict:
    """A shop's settings and counts, secrets included: this page is for tests and for the connect form."""
    counts = {f"{kind}s": shop.store.count(shop.domain, kind) for kind in ("product", "customer", "order")}
    return {**shop.config, "platform": "magento", "counts": counts}
