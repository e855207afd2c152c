from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET

from .order_common import PLACED, EngineCase, make_order


@tagged("post_install", "-at_install")
class TestOrderFilter(EngineCase):
    def reason(self, **values):
        return self.env["integration.order.filter"]._skip_reason(self.backend, make_order(**values))

    def status(self, kind, *codes):
        return self.env["integration.order.status"].search([("kind", "=", kind), ("code", "in", codes)]).ids

    def test_nothing_is_left_out_by_default(self):
        self.assertEqual(
            self.reason(financial_status="voided", fulfillment_status="fulfilled", tags=("x",), source="pos"), ""
        )

    def test_financial_status(self):
        self.backend.import_financial_status_ids = self.status("financial", "paid", "partially_paid")
        self.assertEqual(self.reason(financial_status="paid"), "")
        self.assertEqual(self.reason(financial_status=UNSET), "")
        self.assertEqual(
            self.reason(financial_status="pending"), "its payment is “Pending”, imported are: Partially paid, Paid"
        )

    def test_fulfillment_status(self):
        self.backend.import_fulfillment_status_ids = self.status("fulfillment", "unfulfilled", "partial")
        self.assertEqual(self.reason(fulfillment_status="partial"), "")
        self.assertIn("“Fulfilled”", self.reason(fulfillment_status="fulfilled"))

    def test_tags_of_orders(self):
        self.backend.write({"import_tags": "Wholesale, gift ,", "import_tags_excluded": "Hold"})
        self.assertEqual(self.reason(tags=("GIFT", "other")), "")
        self.assertIn("wholesale, gift", self.reason(tags=()))
        self.assertIn("left out: hold", self.reason(tags=("gift", "HOLD")))
        self.assertEqual(self.reason(tags=UNSET), "")

    def test_sources(self):
        self.backend.import_sources_excluded = "POS"
        self.assertIn("“pos”", self.reason(source="pos"))
        self.assertEqual(self.reason(source="web"), "")
        self.backend.write({"import_sources": "web", "import_sources_excluded": False})
        self.assertEqual(self.reason(source="Web"), "")
        self.assertIn("“4711”", self.reason(source="4711"))
        self.assertEqual(self.reason(source=UNSET), "")

    def test_minimum(self):
        self.backend.import_minimum = 10.1
        self.assertIn("10.1", self.reason(total=Decimal("10.09")))
        self.assertEqual(self.reason(total=Decimal("10.10")), "")
        with self.assertRaises(ValidationError):
            self.backend.import_minimum = -1

    def test_no_query_for_each_document(self):
        self.backend.write(
            {
                "import_financial_status_ids": self.status("financial", "paid"),
                "import_fulfillment_status_ids": self.status("fulfillment", "unfulfilled"),
                "import_tags": "gift",
                "import_sources": "web",
                "import_minimum": 5,
            }
        )
        values = {"financial_status": "pending", "fulfillment_status": "fulfilled", "tags": ("a",), "source": "web"}
        self.reason(**values)
        with self.assertQueryCount(0):
            for _number in range(5):
                self.reason(**values)

    def test_an_order_is_imported_once_it_passes_and_then_stays(self):
        self.backend.import_financial_status_ids = self.status("financial", "paid")
        document = make_order(financial_status="pending")
        result = self.import_orders(document)
        self.assertEqual([external_id for external_id, _reason in result.skipped], ["1001"])
        paid = replace(document, financial_status="paid", updated_at=PLACED + timedelta(hours=1))
        self.assertEqual(self.import_orders(paid).created, ["1001"])
        refunded = replace(paid, financial_status="refunded", updated_at=PLACED + timedelta(hours=2))
        self.assertEqual(self.import_orders(refunded).updated, ["1001"])
        self.assertEqual(self.order_of("1001").integration_financial_status, "refunded")

    def test_the_job_says_why(self):
        self.backend.import_minimum = 100
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1", "2", "3"]})
        summary = job._import_orders([make_order("1"), make_order("2"), make_order("3", test=True)], source="single")
        self.assertIn("3 skipped", summary)
        self.assertIn("its total is below the minimum of 100.0 (2); test order (1)", summary)
