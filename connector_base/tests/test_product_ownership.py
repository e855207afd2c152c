from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .product_in_common import ProductCase, make_grid, make_product, make_variant

AHEAD = 60 * 24 * 365 * 20  # minutes: later than whatever a test writes


@tagged("post_install", "-at_install")
class TestProductOwnership(ProductCase):
    def rule(self, owner, *names):
        self.env["integration.field.rule"].create(
            [{"backend_id": self.backend.id, "field": name, "owner": owner} for name in names]
        )

    def touched(self, template, **values):
        """Change `template` as somebody does after the last import."""
        template.write(values)
        self.env.flush_all()
        self.binding_of("1").pulled_at -= timedelta(minutes=1)

    def test_odoo_and_only_new_products(self):
        for owner in ("odoo", "create"):
            self.backend.product_owner = owner
            key = f"{owner}-1"
            template = self.import_product(make_product(key))
            self.assertEqual(template.name, f"Product {key}", "what is new has no other values")
            self.import_products(
                make_product(key, AHEAD, title="Other", variants=[make_variant(f"V{key}", "99.00", sku="S")])
            )
            self.assertEqual((template.name, template.list_price), (f"Product {key}", 10.0))
            self.assertEqual(template.default_code, f"SKU-V{key}")

    def test_new_variants_come_in_whoever_decides(self):
        self.backend.product_owner = "odoo"
        template = self.import_product(make_grid("1"))
        self.import_products(make_grid("1", sizes=("S", "M", "L"), minutes=1))
        self.assertEqual(len(template.product_variant_ids), 6)
        self.assertTrue(all(template.product_variant_ids.mapped("default_code")))

    def test_platform_and_rules_for_fields(self):
        self.backend.product_owner = "platform"
        self.rule("odoo", "title", "price")
        template = self.import_product(make_product("1"))
        self.touched(template, name="Ours", list_price=5.0, default_code="OURS")
        self.import_products(make_product("1", 1, title="Theirs", variants=[make_variant("V1", "7.00", sku="THEIRS")]))
        self.assertEqual((template.name, template.list_price, template.default_code), ("Ours", 5.0, "THEIRS"))

    def test_newest_without_exports_goes_by_time(self):
        template = self.import_product(make_product("1"))
        self.import_products(make_product("1", 1, title="Untouched here"))
        self.assertEqual(template.name, "Untouched here", "however late the news come")
        self.touched(template, name="Ours")
        self.import_products(make_product("1", 2, title="Earlier"))
        self.assertEqual(template.name, "Ours")
        self.touched(template, name="Ours")
        self.import_products(make_product("1", AHEAD, title="Later"))
        self.assertEqual(template.name, "Later")

    def test_newest_with_exports_goes_by_parts(self):
        template = self.import_product(make_product("1"))
        exporter = type(self.env["integration.product.exporter"])
        backend = type(self.backend)
        changed = {self.binding_of("1"): frozenset({"basics"})}
        with (
            patch.object(exporter, "_changed_parts", lambda exporter, backend, bindings: changed),
            patch.object(exporter, "_note_pulled"),
            patch.object(backend, "_syncs", lambda backend, flow: True),
        ):
            self.import_products(make_product("1", 1, title="Theirs", variants=[make_variant("V1", "7.00")]))
            self.assertEqual((template.name, template.list_price), ("Product 1", 7.0))
            self.import_products(make_product("1", AHEAD, title="Theirs", variants=[make_variant("V1", "8.00")]))
            self.assertEqual((template.name, template.list_price), ("Theirs", 8.0))

    def test_linked_products_keep_what_is_newer(self):
        template = self.env["product.template"].create({"name": "Cup", "default_code": "CUP", "list_price": 3.0})
        self.import_products(make_product("1", variants=[make_variant("V1", sku="CUP")]))
        self.assertEqual((template.name, template.list_price), ("Cup", 3.0))
        other = self.env["product.template"].create({"name": "Mug", "default_code": "MUG"})
        self.import_products(make_product("2", AHEAD, variants=[make_variant("V2", sku="MUG")]))
        self.assertEqual(other.name, "Product 2")

    def test_exporter_hears_of_every_import_once(self):
        told = []
        exporter = type(self.env["integration.product.exporter"])
        with patch.object(exporter, "_note_pulled", lambda exporter, backend, documents, ours: told.append(documents)):
            document = make_product("1")
            self.import_products(document)
            self.import_products(document)
        self.assertEqual(told, [{self.binding_of("1"): document}])

    def test_imports_are_marked_as_such(self):
        seen = []
        template = type(self.env["product.template"])
        create = template.create

        def spy(records, vals_list):
            seen.append(records.env.context.get("integration_from_backend"))
            return create(records, vals_list)

        with patch.object(template, "create", spy):
            self.import_product(make_product("1"))
        self.assertEqual(seen, [self.backend.id])

    def test_equal_values_are_not_written(self):
        template = self.import_product(make_grid("1", tags=("A",), description="x"))
        self.env.flush_all()
        stamp = datetime(2020, 1, 1)
        for record in (template, template.product_variant_ids):
            self.env.cr.execute(f"UPDATE {record._table} SET write_date = %s WHERE id IN %s", [stamp, record._ids])
        self.env.invalidate_all()
        self.import_products(make_grid("1", tags=("A",), description="x", handle="new", minutes=AHEAD))
        self.env.flush_all()
        self.assertEqual(self.binding_of("1").remote_handle, "new")
        self.env.cr.execute("SELECT write_date FROM product_template WHERE id = %s", [template.id])
        self.assertEqual(self.env.cr.fetchone()[0], stamp)
