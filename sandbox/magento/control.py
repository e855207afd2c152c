"""Magento's part of the control API: shops, catalogue, stock, customers, orders and what happens to them."""

from werkzeug.wrappers import Request, Response

from ..framework.shop_control import ShopControl
from ..framework.web import json_body, json_response
from . import adobe_io, bulk, catalogue, seed
from .control_catalogue import PAGES as CATALOGUE_PAGES
from .control_catalogue import CatalogueControl
from .sales_control import PAGES as SALES_PAGES
from .sales_control import SalesControl
from .shop import Shop, create_shop


class Control(CatalogueControl, SalesControl, ShopControl):
    """Control calls on shops of Magento."""

    shop_class = Shop
    pages = frozenset(("event-keys", "event-registrations", "reauthorize")) | CATALOGUE_PAGES | SALES_PAGES

    def _create(self, domain: str, seed: dict | None = None, **wanted) -> Shop:
        shop = create_shop(self._services.store, self._services.clock, domain, **wanted)
        catalogue.prepare(shop)
        if seed is not None:
            self._fill(shop, seed)
        return shop

    def _change(self, shop: Shop, wanted: dict):
        shop.configure(**wanted)
        bulk.resume(shop, self._services)

    def _fill(self, shop: Shop, wanted: dict) -> dict:
        return seed.fill(shop, **wanted)

    def _summary(self, shop: Shop) -> dict:
        return summary(shop)

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


def summary(shop: Shop) -> dict:
    """A shop's settings and counts, secrets included: this page is for tests and for the connect form."""
    counts = {f"{kind}s": shop.count(kind) for kind in ("product", "customer", "order")}
    return {**shop.config, "platform": "magento", "counts": counts}
