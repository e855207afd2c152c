"""Magento as a platform of the sandbox: which host and path is answered by what."""

from werkzeug.wrappers import Request, Response

from ..framework.services import Services
from . import (
    bulk,
    creditmemos,
    customers,
    invoices,
    orders,
    sales,
    sales_pages,
    shipments,
    stock,
    stock_api,
    stock_items,
    stores,
)
from .api import RestApi
from .control import Control, summary
from .shop import Shop, create_shop

DEMO_DOMAIN = "demo-magento.test"
#: Modules whose functions are routes: named here so that they are there.
ENDPOINTS = (bulk, creditmemos, customers, invoices, orders, shipments, stock_api, stock_items, stores)


class Magento:
    name = "magento"
    hosts = ("*magento.test", "*.magento.test")

    def __init__(self, services: Services):
        self.services = services
        for module in (customers, sales, stock):
            module.index(services.store)
        self.api = RestApi(services)
        self.controls = Control(services)
        for domain in self._domains():
            bulk.resume(self.shop(domain), services)

    def shop(self, domain: str) -> Shop:
        return Shop(self.services.store, self.services.clock, domain)

    def handle(self, request: Request, host: str, path: str) -> Response:
        shop = self.shop(host)
        # The encoded path: a SKU may hold %2F. The host stands before it, see framework/app.py.
        encoded = (request.environ.get("REQUEST_URI") or f"/{host}/{path}").partition("?")[0].split("/", 2)[2]
        if not shop.exists:
            return Response("Not Found", 404, content_type="text/plain")
        if encoded.startswith(("rest/", "index.php/rest/")):
            return self.api.call(shop, request, encoded.partition("rest/")[2])
        if path == "magento_version":
            # What the module Magento_Version tells anybody: edition and minor version.
            version = ".".join(shop.config["version"].split(".")[:2])
            return Response(f"Magento/{version} ({shop.config['edition']})")
        return Response("Not Found", 404, content_type="text/plain")

    def control(self, request: Request, parts: list[str]) -> Response:
        return self.controls.answer(request, parts)

    def page(self, request: Request, domain: str, parts: list[str]) -> Response:
        shop = self.shop(domain)
        answer = sales_pages.page(shop, request, parts) if shop.exists else None
        return answer or Response("Not Found", 404, content_type="text/plain")

    def shops(self) -> list[dict]:
        return [summary(self.shop(domain)) for domain in self._domains()]

    def _domains(self) -> list[str]:
        return [domain for domain in self.services.store.shops() if domain.endswith("magento.test")]

    def seed(self):
        if not self.shop(DEMO_DOMAIN).exists:
            create_shop(self.services.store, self.services.clock, DEMO_DOMAIN)
