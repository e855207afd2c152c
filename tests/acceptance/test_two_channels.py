"""One product on channels of different platforms, and one stock behind them."""

from odoo import Command
from odoo.tests import TransactionCase, tagged

from .magento import Magento
from .shopify import Shopify
from .suite_base import SuiteBase

SKU = "A0"
CAPABILITIES = ("products_in", "stock_in", "stock_out", "orders_in")


@tagged("post_install", "-at_install")
class TestTwoChannels(SuiteBase, TransactionCase):
    """What is sold on one channel can't be sold on the other any more."""

    platform = Shopify

    def setUp(self):
        super().setUp()
        self.product = self.env["product.product"].create({"name": "Mug", "default_code": SKU, "is_storable": True})
        self.warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        self.channels = [self.channel(platform(self.stand_in)) for platform in (Shopify, Magento)]
        self.put(10)

    def channel(self, account):
        """Connect an account that has the product too, to the one stock; return (account, backend)."""
        self.account = account
        if not isinstance(account, self.platform):
            self.enterContext(account.no_limit())
            account.create_account()
        for capability in CAPABILITIES:
            self.needs(capability)
        account.place_product(title="Mug there", sku=SKU, price="10.00")
        backend = self.connect_with("products_in", "stock_in", "stock_out", import_products=True, stock_later=True)
        backend.action_read_locations()
        self.run_jobs(backend)
        [place] = backend.location_ids
        place.location_ids = [Command.set(self.warehouse.lot_stock_id.ids)]
        account.set_stock(SKU, place.external_id, 0)
        backend.export_stock = True
        self.run_all([(account, backend)])
        return account, backend

    def put(self, quantity):
        """Let so many units come into Odoo's stock, and be told."""
        self.env["stock.quant"]._update_available_quantity(self.product, self.warehouse.lot_stock_id, quantity)
        self.run_all(self.channels)

    def run_all(self, channels):
        """Run what waits of all channels, in turns, until nothing waits."""
        for _turn in range(3):
            for account, backend in channels:
                self.account = account
                self.run_jobs(backend)
                self.assert_no_failures(backend)

    def offered(self):
        """Return what can be bought on each channel."""
        return [sum(account.stock().values()) for account, _backend in self.channels]

    def sell(self, channel, quantity):
        """Sell on a channel, and let Odoo know of it and confirm; return the order."""
        account, backend = channel
        self.account = account
        external_id = account.place_of({SKU: quantity})
        backend._enqueue("import_order_ids", arguments={"external_ids": [external_id]})
        self.run_jobs(backend)
        order = self.orders(backend)[external_id]
        self.assertEqual(order.order_line.product_id.filtered("is_storable"), self.product)
        if order.state in ("draft", "sent"):
            order.action_confirm()
        self.wait_no_more()
        self.run_all(self.channels)
        return order

    def wait_no_more(self):
        """What waits for orders that may explain a difference has waited long enough."""
        self.env["integration.stock.level"].search([]).wait_until = False
        for _account, backend in self.channels:
            backend._note_all_stock()

    def test_one_stock(self):
        self.assertEqual(self.env["product.product"].search_count([("default_code", "=", SKU)]), 1, "it is linked")
        self.assertEqual(self.offered(), [10, 10])
        first, second = self.channels
        self.sell(first, 3)
        self.assertEqual(self.offered(), [7, 7])
        order = self.sell(second, 4)
        self.assertEqual(self.offered(), [3, 3])
        self.put(2)
        self.assertEqual(self.offered(), [5, 5])
        order._action_cancel()
        self.wait_no_more()
        self.run_all(self.channels)
        self.assertEqual(self.offered()[0], 9, "what is not sold after all can be sold elsewhere")

    def test_the_last_one_is_sold_once(self):
        for channel, left in zip(self.channels, (2, 0), strict=True):
            self.sell(channel, 8 if left else 2)
            self.assertEqual(self.offered(), [left, left])
        self.assertEqual(self.product.virtual_available, 0)

    def test_sold_on_both_at_once(self):
        """Orders that Odoo does not know yet: no channel is offered again what the other has just sold."""
        placed = []
        for account, _backend in self.channels:
            self.account = account
            placed.append(account.place_of({SKU: 4}))
        self.assertEqual(self.offered(), [6, 6])
        for (account, backend), external_id in zip(self.channels, placed, strict=True):
            self.account = account
            backend._enqueue("import_order_ids", arguments={"external_ids": [external_id]})
            self.run_jobs(backend)
            order = self.orders(backend)[external_id]
            if order.state in ("draft", "sent"):
                order.action_confirm()
            self.assertLessEqual(max(self.offered()), 6)
        self.wait_no_more()
        self.run_all(self.channels)
        self.assertEqual(self.offered(), [2, 2])
