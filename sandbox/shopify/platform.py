"""Shopify as a platform of the sandbox: which host and path is answered by what."""

import re

from werkzeug.wrappers import Request, Response

from ..framework.delivery import Manners
from ..framework.services import Services
from ..framework.web import json_response
from . import (
    bulk,
    bulk_run,
    catalogue,
    events,
    file_edit,
    media,
    oauth,
    price_lists,
    product_set,
    seed,
    staging,
    stock_seed,
    storefront,
)
from .api import AdminApi
from .control import Control, summary
from .schema import schema
from .shop import Shop, create_shop

_GRAPHQL = re.compile(r"admin/api/(?P<version>[\w-]+)/graphql\.json")


#: Hosts that take and give files -> (name for faults, what answers).
FILE_HOSTS = {
    bulk.HOST: ("bulk result", bulk.result_file),
    media.CDN: ("file", media.answer),
    staging.HOST: ("upload", staging.receive),
}


class Shopify:
    name = "shopify"
    hosts = ("*.myshopify.com", *FILE_HOSTS)

    def __init__(self, services: Services):
        self._services = self.services = services
        self.api = AdminApi(services)
        self.controls = Control(services, self.api.buckets)
        services.deliveries.add(Manners(self._is_mine, self._given_up, events.forge))
        catalogue.index(services.store)
        for domain in services.store.shops():
            if self._is_mine(domain):
                shop = self._shop(domain)
                catalogue.prepare(shop)
                price_lists.prepare(shop)
                stock_seed.upgrade(shop)
                file_edit.resume(shop, services.deliveries, services.later)
                bulk_run.resume(shop, services, schema())
                product_set.resume(shop, services.deliveries, services.later)

    def _shop(self, domain: str) -> Shop:
        return Shop(self._services.store, self._services.clock, domain)

    def _given_up(self, domain: str, subscription: str):
        events.give_up(self._shop(domain), subscription)

    def handle(self, request: Request, host: str, path: str) -> Response:
        if host in FILE_HOSTS:
            name, answer = FILE_HOSTS[host]
            return self.api.guarded(name, lambda: answer(self._services.store, self._services.clock, request, path))
        shop = self._shop(host)
        match = _GRAPHQL.fullmatch(path)
        if not shop.exists or not (match or path == "admin/oauth/access_token"):
            return json_response({"errors": "Not Found"}, 404)
        if request.method != "POST":
            return json_response({"errors": "Method Not Allowed"}, 405, {"Allow": "POST"})
        if match:
            return self.api.call(shop, match["version"], request)
        response = oauth.access_token(shop, request)
        entry = {"at": shop.clock.iso(), "operation": "oauth", "status": response.status_code, "ms": 0}
        self._services.log.add(host, entry)
        return response

    def control(self, request: Request, parts: list[str]) -> Response:
        return self.controls.answer(request, parts)

    def page(self, request: Request, domain: str, parts: list[str]) -> Response:
        return storefront.page(self, self._shop(domain), request, parts)

    def shops(self) -> list[dict]:
        domains = self._services.store.shops()
        return [summary(self._shop(domain)) for domain in domains if self._is_mine(domain)]

    @staticmethod
    def _is_mine(domain: str) -> bool:
        return domain.endswith(".myshopify.com")

    def seed(self):
        if not self._shop(seed.DEMO_DOMAIN).exists:
            with self._services.store.transaction():
                shop = create_shop(
                    self._services.store, self._services.clock, seed.DEMO_DOMAIN, name="Demo Store", plan="plus"
                )
                catalogue.prepare(shop)
                price_lists.prepare(shop)
            seed.fill(shop, products=500, orders=2000)
