"""A shop of the sandbox in the test's own process, connected to real servers through its connector."""

import threading
from contextlib import contextmanager
from unittest.mock import patch

from sandbox.shopify.api import AdminApi
from tests.acceptance.stand_in import StandIn
from tests.chaos.stage import CHANNELS, Stage

ANSWER_SECONDS = 25  # less than a client waits


class Held:
    """A call that was carried out and whose answer is held back."""

    def __init__(self, operation, count):
        self.operation, self.count = operation, count
        self.reached, self.released = threading.Event(), threading.Event()
        self.seen = 0

    def wait(self, operation):
        """Hold the caller where it is the one meant."""
        if operation == self.operation:
            self.seen += 1
            if self.seen == self.count:
                self.reached.set()
                self.released.wait(ANSWER_SECONDS)


class Channel(Stage):
    """A shop of Shopify, what Odoo has of it, and what goes on between them."""

    def account_at(self, stand_in):
        """Return what the acceptance suite knows of the shop's platform."""
        from tests.acceptance.shopify import Shopify  # noqa: PLC0415  addons can be imported once Odoo has started

        return Shopify(stand_in)

    @contextmanager
    def opened(self, folder):
        """Serve the shop in this block. Webhooks go to the first server."""
        folder.mkdir()
        self.stand_in = StandIn(folder, "http://127.0.0.1:9")
        with self.stand_in:
            self.account = self.account_at(self.stand_in)
            self.account.create_account()
            yield

    def serve(self, **options):
        """Start one more server."""
        sections = {"options": {"max_cron_threads": 0}, "integration": {"sandbox_url": self.stand_in.url}}
        server = self.yard.odoo(self.database, sections=sections, **{"workers": 2, "channels": CHANNELS, **options})
        self.servers.append(server)
        if len(self.servers) == 1:
            self.stand_in.control("deliveries", {"deliver_to": server.address})
            self.rpc = server.rpc()
        return server

    def connect(self, articles):
        """Connect as a user does, with all that goes out: so many articles A0, A1 ..., 10 of each on both sides."""
        for number in range(articles):
            self.account.place_product(title=f"Article {number}", sku=f"A{number}", price="10.00")
        values = {"platform": self.account.name, "tax_policy": "create", "export_products": True}
        values |= {"export_shipments": True, "import_shipments": True, **self.account.wizard_values()}
        wizard = self.rpc.create("integration.connect", values)
        self.backend = self.rpc.call("integration.connect", "action_connect", [wizard])["res_id"]
        [found] = self.rpc.search_read("integration.backend", [("id", "=", self.backend)], ["webhook_url"])
        self.rpc.call("integration.backend", "write", [self.backend], self.account.settings(found["webhook_url"]))
        self.rpc.call("integration.backend", "action_read_locations", [self.backend])
        self.wait(self.settled, what="the first import does not end")
        [place] = self.rpc.search_read("integration.location", [], ["external_id", "location_ids"])
        self.place, [self.shelf] = place["external_id"], place["location_ids"]
        for number in range(articles):
            self.account.set_stock(f"A{number}", self.place, 10)
        wizard = self.rpc.call("integration.backend", "action_import_stock", [self.backend])["res_id"]
        self.rpc.call("integration.stock.import", "action_start", [wizard])
        self.wait(self.settled, what="the first inventory does not end")
        self.rpc.call("integration.backend", "write", [self.backend], {"export_stock": True})
        self.wait(self.settled, what="the connection does not settle")
        found = self.rpc.search_read("product.product", [("default_code", "=like", "A_")], ["default_code"])
        self.articles = {article["default_code"]: article["id"] for article in found}
        assert len(self.articles) == articles, found
        self.account.calls()

    # === WHAT PEOPLE DO IN ODOO === #

    def write(self, sku, **values):
        """Change an article."""
        self.rpc.call("product.product", "write", [self.articles[sku]], values)

    def count(self, sku, quantity):
        """Count what lies on the shelf."""
        values = {"product_id": self.articles[sku], "location_id": self.shelf, "inventory_quantity": quantity}
        quant = self.rpc.call("stock.quant", "create", [values], context={"inventory_mode": True})
        self.rpc.call("stock.quant", "action_apply_inventory", quant)

    def sell(self, sku):
        """Have an order placed, imported and confirmed; return (its external id, its transfer)."""
        external_id = self.account.place_of({sku: 1})
        domain = [("integration_external_id", "=", external_id)]
        self.wait(lambda: self.rpc.search_count("sale.order", domain), what="the order does not come in")
        self.wait(self.settled, what="the order does not settle")
        [order] = self.rpc.search_read("sale.order", domain, ["state", "picking_ids"])
        if order["state"] != "sale":
            self.rpc.call("sale.order", "action_confirm", [order["id"]])
            [order] = self.rpc.search_read("sale.order", domain, ["picking_ids"])
        return external_id, order["picking_ids"][0]

    def ship(self, picking, number):
        """Send a transfer's goods with a tracking number."""
        self.rpc.call("stock.picking", "action_assign", [picking])
        self.rpc.call("stock.picking", "write", [picking], {"carrier_tracking_ref": number})
        moves = self.rpc.search_read("stock.move", [("picking_id", "=", picking)], ["id"])
        self.rpc.call("stock.move", "write", [move["id"] for move in moves], {"quantity": 1, "picked": True})
        assert self.rpc.call("stock.picking", "button_validate", [picking]) is True

    # === WHAT HAPPENS BETWEEN THEM === #

    @contextmanager
    def held(self, **counts):
        """Within the block the answers of some calls are held back once they are carried out.

        :param counts: operation -> which call of it
        :return: {operation: `Held`}
        """
        held = {operation: Held(operation, count) for operation, count in counts.items()}
        answer = AdminApi._answer

        def answer_later(api, shop, version, request, entry):
            response = answer(api, shop, version, request, entry)
            for one in held.values():
                one.wait(entry["operation"])
            return response

        with patch.object(AdminApi, "_answer", answer_later):
            try:
                yield held
            finally:
                for one in held.values():
                    one.released.set()

    def worker_at(self, operation):
        """Return the process that runs a sync job of `operation`."""
        [pid] = self.sql(
            "SELECT worker_pid FROM queue_job JOIN sync_job ON sync_job.queue_job_id = queue_job.id"
            f" WHERE sync_job.operation = '{operation}' AND queue_job.state = 'started'"
        )
        return int(pid)

    def hurry(self):
        """Let the time come that postponed jobs, and quantities on hold, wait for."""
        self.sql("UPDATE queue_job SET eta = now() AT TIME ZONE 'utc' WHERE state = 'pending' AND eta IS NOT NULL")
        self.sql("UPDATE integration_rate_limit SET tokens = capacity")

    # === IN THE END === #

    def settled(self):
        """Whether nothing is to be done, and no webhook is on its way."""
        return self.quiet() and not self.account.undelivered() and self.quiet()

    def settle(self):
        """Wait until all is done, then compare the stock as is done daily, and send what differs."""
        self.wait(self.settled, what="events or jobs were left behind")
        self.rpc.call("integration.backend", "action_check_stock", [self.backend])
        self.wait(self.settled, what="the comparison does not end")
        self.sql("UPDATE integration_stock_level SET wait_until = NULL")
        self.rpc.call("integration.backend", "action_send_stock", [self.backend])
        self.wait(self.settled, what="stock is not sent")

    def lying(self):
        """Return {SKU: quantity} as Odoo tells it to the platform."""
        return {sku: quantity for (sku, _place), quantity in self.account.stock().items()}

    def check_same(self):
        """Both sides have the same products, prices and quantities, each once, and nothing failed."""
        rows = self.sql(
            "SELECT v.external_id, p.default_code, t.name->>'en_US', t.list_price::float, l.remote_quantity, l.quantity"
            "  FROM integration_binding_variant v JOIN product_product p ON p.id = v.odoo_id"
            "  JOIN product_template t ON t.id = p.product_tmpl_id"
            "  LEFT JOIN integration_stock_level l ON l.binding_id = v.id"
        )
        found = {row.split("|")[1]: row.split("|")[2:] for row in rows}
        assert len(found) == len(rows), "an article is there twice"
        stock = self.lying()
        wanted = {
            sku: [product["title"], f"{float(variant['price']):g}", str(stock[sku]), str(stock[sku])]
            for product in self.account.products().values()
            for sku, variant in product["variants"].items()
        }
        wrong = {sku: (found.get(sku), wanted[sku]) for sku in wanted if found.get(sku) != wanted[sku]}
        assert not wrong, wrong
        assert found.keys() == wanted.keys()
        failed = self.sql("SELECT name, exc_message FROM queue_job WHERE state = 'failed'")
        assert not failed, failed
        documents = self.rpc.search_read("sync.job", [("state", "=", "failed")], ["name", "last_error"])
        assert not documents, documents


class CommerceChannel(Channel):
    """A shop of Adobe Commerce, which tells of changes by Adobe I/O Events."""

    def account_at(self, stand_in):
        """Override for Magento. What Adobe sends again comes in a second instead of a minute."""
        from tests.acceptance.magento import Commerce  # noqa: PLC0415  as above

        stand_in.control("clock", {"retry_scale": 0.1})
        return Commerce(stand_in)

    def lying(self):
        """Override: what orders reserve lies there until it is sent."""
        return {item["sku"]: item["quantity"] for item in self.account.shop.all("source_item")}
