"""Magento as a platform of the sandbox: which host and path is answered by what."""

from werkzeug.wrappers import Request, Response

from ..framework.delivery import Manners
from ..framework.services import Services
from . import (
    adobe_io,
    attribute_api,
    bulk,
    bundles,
    catalogue,
    categories,
    configurables,
    creditmemos,
    customers,
    downloads,
    eventing,
    invoices,
    links,
    media,
    orders,
    pages,
    prices,
    product,
    products,
    sales,
    sales_pages,
    seed,
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
DEMO_PRODUCTS, DEMO_ORDERS = 1000, 2000
DEMO_WEBSITES = [
    {
        "code": "base", "name": "Main Website",
        "stores": [{"code": "default", "name": "English"}, {"code": "german", "name": "Deutsch", "locale": "de_DE"}],
    },
    {"code": "wholesale", "name": "Wholesale", "stores": [{"code": "wholesale_en", "name": "Wholesale English"}]},
]  # fmt: skip
#: Modules whose functions are routes: named here so that they are there.
ENDPOINTS = (
    attribute_api, bulk, bundles, categories, configurables, creditmemos, customers, downloads, eventing, invoices,
    links, media, orders, prices, products, shipments, stock_api, stock_items, stores,
)  # fmt: skip
product.WATCHERS.append(stock.Watcher())


class Magento:
    name = "magento"
    hosts = ("*magento.test", "*.magento.test", adobe_io.KEY_HOST)

    def __init__(self, services: Services):
        self.services = services
        for module in (customers, product, sales, stock):
            module.index(services.store)
        services.store.watch(eventing.Watcher(services))
        services.deliveries.add(
            Manners(_is_mine, self._given_up, lambda _shop, headers, _body: adobe_io.forge(headers), adobe_io.retries)
        )
        self.api = RestApi(services)
        self.controls = Control(services)
        for domain in self._domains():
            bulk.resume(self.shop(domain), services)

    def shop(self, domain: str) -> Shop:
        return Shop(self.services.store, self.services.clock, domain)

    def _given_up(self, domain: str, registration: str):
        adobe_io.disable(self.shop(domain), registration)

    def handle(self, request: Request, host: str, path: str) -> Response:
        if host == adobe_io.KEY_HOST:
            return adobe_io.key_page(self.services.store, path)
        shop = self.shop(host)
        # The encoded path: a SKU may hold %2F. The host stands before it, see framework/app.py.
        encoded = (request.environ.get("REQUEST_URI") or f"/{host}/{path}").partition("?")[0].split("/", 2)[2]
        if not shop.exists:
            return Response("Not Found", 404, content_type="text/plain")
        if encoded.startswith(("rest/", "index.php/rest/")):
            return self.api.call(shop, request, encoded.partition("rest/")[2])
        if path.startswith(f"{media.FOLDER}/"):
            return media.serve(shop, path.removeprefix(media.FOLDER))
        if path == "magento_version":
            # What the module Magento_Version tells anybody: edition and minor version.
            version = ".".join(shop.config["version"].split(".")[:2])
            return Response(f"Magento/{version} ({shop.config['edition']})")
        return Response("Not Found", 404, content_type="text/plain")

    def control(self, request: Request, parts: list[str]) -> Response:
        return self.controls.answer(request, parts)

    def page(self, request: Request, domain: str, parts: list[str]) -> Response:
        shop = self.shop(domain)
        answer = (pages.page(shop, request, parts) or sales_pages.page(shop, request, parts)) if shop.exists else None
        return answer or Response("Not Found", 404, content_type="text/plain")

    def shops(self) -> list[dict]:
        return [summary(self.shop(domain)) for domain in self._domains()]

    def _domains(self) -> list[str]:
        return [domain for domain in self.services.store.shops() if _is_mine(domain)]

    def seed(self):
        """Make the demonstration shop; one that a stop left half made is made anew."""
        store = self.services.store
        if store.setting("magento seeding"):
            store.delete_shop(DEMO_DOMAIN)
        if self.shop(DEMO_DOMAIN).exists:
            return
        store.set_setting("magento seeding", True)
        shop = create_shop(store, self.services.clock, DEMO_DOMAIN, currency="USD", websites=DEMO_WEBSITES)
        catalogue.prepare(shop)
        seed.fill(shop, products=DEMO_PRODUCTS, orders=DEMO_ORDERS)
        store.set_setting("magento seeding", False)


def _is_mine(domain: str) -> bool:
    return domain.endswith("magento.test")
