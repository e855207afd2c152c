"""What every platform's adapter has to do, tried in Odoo against that platform's sandbox.

A platform gets the suite by a test class with `AdapterSuite` first among its bases and `platform` set; see
`test_shopify.py`. What differs between platforms is in the `Platform` it names. Trials of what an adapter can't do are
skipped; once it says that it can, they run.
"""

import inspect

from .suite_changes import ChangeTrials
from .suite_contents import ContentTrials
from .suite_echo import EchoTrials
from .suite_listing import ListingTrials
from .suite_orders import OrderTrials
from .suite_port import PortTrials
from .suite_products_in import ProductInTrials
from .suite_products_out import ProductOutTrials
from .suite_refunds import RefundTrials
from .suite_shipments import ShipmentTrials
from .suite_stock import StockTrials
from .suite_trouble import TroubleTrials


class AdapterSuite(
    ChangeTrials,
    ContentTrials,
    EchoTrials,
    ListingTrials,
    OrderTrials,
    PortTrials,
    ProductInTrials,
    ProductOutTrials,
    RefundTrials,
    ShipmentTrials,
    StockTrials,
    TroubleTrials,
):
    """The tests. Mix into a TransactionCase."""

    def arrived(self, backend, resource):
        """Override: `NewsSuite` shall miss no trial."""
        self.assertTrue(hasattr(getattr(self, self._testMethodName), "of_news"), "the trial is to be marked as @news")
        return super().arrived(backend, resource)


class NewsSuite(AdapterSuite):
    """Those in which Odoo hears of changes, for one more account of a platform, which tells of them in another way."""


for _name, _trial in inspect.getmembers(AdapterSuite, inspect.isfunction):
    if _name.startswith("test_") and not hasattr(_trial, "of_news"):
        setattr(NewsSuite, _name, None)
