from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BackendCase


@tagged("post_install", "-at_install")
class TestMapping(BackendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Mapping = cls.env["integration.mapping"]
        cls.tax = cls.env["account.tax"].create({"name": "VAT 20", "amount": 20, "type_tax_use": "sale"})
        cls.mapping = cls.map("VAT|0.2", tax_id=cls.tax.id)

    @classmethod
    def map(cls, value, kind="tax", **vals):
        return cls.Mapping.create({"backend_id": cls.backend.id, "kind": kind, "external_value": value, **vals})

    def test_find(self):
        self.map("unmapped")
        self.map("archived", tax_id=self.tax.id, active=False)
        self.map("other backend", tax_id=self.tax.id, backend_id=self.backend.copy().id)
        values = ["VAT|0.2", "unmapped", "archived", "other backend", "never seen"]
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.Mapping._find(self.backend, "tax", values)
            self.assertEqual({value: mapping.tax_id.id for value, mapping in found.items()}, {"VAT|0.2": self.tax.id})
        self.assertEqual(self.Mapping._find(self.backend, "carrier", values), {})
        self.assertEqual(self.Mapping._find(self.backend, "tax", []), {})

    def test_find_works_for_any_user(self):
        found = self.Mapping.with_user(self.employee)._find(self.backend, "tax", ["VAT|0.2"])
        self.assertEqual(found["VAT|0.2"].tax_id, self.tax)

    def test_note_missing(self):
        self.map("archived", active=False)
        labels = {"VAT|0.2": "VAT", "archived": "Old", "GST|0.1": "GST 10 %", "PST|0.07": "PST 7 %"}
        self.Mapping.with_user(self.employee)._note_missing(self.backend, "tax", labels)
        noted = self.Mapping.search([("backend_id", "=", self.backend.id), ("auto", "=", True)])
        self.assertEqual(
            sorted((row.external_value, row.external_label, row.is_mapped) for row in noted),
            [("GST|0.1", "GST 10 %", False), ("PST|0.07", "PST 7 %", False)],
        )
        self.Mapping._note_missing(self.backend, "tax", labels)
        self.assertEqual(self.Mapping.search_count([("auto", "=", True), ("backend_id", "=", self.backend.id)]), 2)

    def test_note_missing_costs_the_same_for_many(self):
        few = {f"few {number}": "" for number in range(2)}
        many = {f"many {number}": "" for number in range(50)}
        self.Mapping._note_missing(self.backend, "tax", {"warm": "up"})
        self.env.flush_all()
        counts = []
        for labels in (few, many):
            before = self.env.cr.sql_log_count
            self.Mapping._note_missing(self.backend, "tax", labels)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_is_mapped_looks_at_its_own_kind(self):
        carrier_mapping = self.map("DHL", kind="carrier", tax_id=self.tax.id)
        self.assertTrue(self.mapping.is_mapped)
        self.assertFalse(carrier_mapping.is_mapped)
        for kind in dict(self.Mapping._fields["kind"].selection):
            self.assertIn(self.Mapping._target_fields()[kind], self.Mapping._fields)

    @mute_logger("odoo.sql_db")
    def test_a_value_is_mapped_once(self):
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.map("VAT|0.2")
        self.map("VAT|0.2", kind="carrier")

    def test_target_of_another_company_is_refused(self):
        journal = self.env["account.journal"].create(
            {"name": "Far Bank", "type": "bank", "code": "FAR", "company_id": self.other_company.id}
        )
        with self.assertRaisesRegex(UserError, "company"):
            self.map("paypal", kind="payment_method", journal_id=journal.id)

    def test_display_name(self):
        self.assertEqual(self.mapping.display_name, "VAT|0.2")
        self.mapping.external_label = "VAT"
        self.assertEqual(self.mapping.display_name, "VAT")
