"""Records behind bindings that were merged, archived, moved or deleted."""

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import EngineCase, make_address, make_line, make_order


@tagged("post_install", "-at_install")
class TestPartnerHealing(EngineCase):
    def binding(self, external_id="C1", model="partner"):
        return self.env[f"integration.binding.{model}"].search(
            [("backend_id", "=", self.backend.id), ("external_id", "=", external_id)]
        )

    def merge(self, partners, into):
        self.env["base.partner.merge.automatic.wizard"].create(
            {"state": "selection", "partner_ids": partners.ids, "dst_partner_id": into.id}
        ).action_merge()

    def test_merged_customer(self):
        work = make_address(street="5 Work Lane")
        gone = self.import_order(make_order("1", shipping_address=work)).partner_id
        grace = Customer(external_id="C2", email="grace@example.com", name="Grace")
        kept = self.import_order(make_order("2", customer=grace)).partner_id
        child = gone.child_ids
        self.merge(gone | kept, into=kept)
        self.assertFalse(gone.exists())
        self.assertEqual((self.binding("C1") | self.binding("C2")).odoo_id, kept)
        self.assertEqual(len(self.binding("C1") | self.binding("C2")), 2)
        order = self.import_order(make_order("3", shipping_address=work))
        self.assertEqual((order.partner_id, order.partner_shipping_id), (kept, child))

    def test_merged_with_one_that_other_channels_know(self):
        other = self.env["integration.backend"].create({"name": "Second shop", "platform": "test"})
        gone = self.import_order(make_order("1")).partner_id
        kept = self.env["res.partner"].create({"name": "Ada", "company_id": self.company.id})
        self.env["integration.binding.partner"].create(
            {"backend_id": other.id, "external_id": "C1", "odoo_id": kept.id}
        )
        self.merge(gone | kept, into=kept)
        self.assertEqual(self.binding("C1").odoo_id, kept)
        self.assertEqual(len(self.env["integration.binding.partner"].search([("odoo_id", "=", kept.id)])), 2)

    def test_deleted_customer(self):
        first = self.import_order(make_order("1"))
        partner = first.partner_id
        first._action_cancel()
        first.unlink()
        partner.unlink()
        self.assertFalse(self.binding())
        found = self.env["res.partner"].create({"name": "Ada again", "email": "ada@example.com"})
        self.assertEqual(self.import_order(make_order("2")).partner_id, found)
        self.assertEqual(self.binding().odoo_id, found)

    def test_archived_customer_comes_back_with_a_note(self):
        partner = self.import_order(make_order("1")).partner_id
        partner.active = False
        self.assertEqual(self.import_order(make_order("2")).partner_id, partner)
        self.assertTrue(partner.active)
        self.assertIn("was reactivated", partner.message_ids[0].body)
        self.assertFalse(partner.message_ids[0].notified_partner_ids)
        self.import_order(make_order("3"))
        self.assertEqual(sum("was reactivated" in (body or "") for body in partner.message_ids.mapped("body")), 1)

    def test_archived_guest_comes_back(self):
        guest = {"customer": None, "email": "eve@example.com"}
        partner = self.import_order(make_order("1", **guest)).partner_id
        partner.active = False
        self.assertEqual(self.import_order(make_order("2", **guest)).partner_id, partner)
        self.assertTrue(partner.active)

    def test_active_double_of_an_archived_customer(self):
        archived = self.import_order(make_order("1")).partner_id
        archived.active = False
        double = self.env["res.partner"].create({"name": "Ada", "email": "ADA@example.com"})
        self.assertEqual(self.import_order(make_order("2")).partner_id, double)
        self.assertFalse(archived.active)
        self.assertEqual(self.binding().odoo_id, double)

    def test_customer_that_became_another_companys(self):
        partner = self.import_order(make_order("1")).partner_id
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.order_of("1").unlink()
        self.env.cr.execute("UPDATE res_partner SET company_id = %s WHERE id = %s", [company.id, partner.id])
        self.env.invalidate_all()
        order = self.import_order(make_order("2"))
        self.assertNotEqual(order.partner_id, partner)
        self.assertEqual(self.binding().odoo_id, order.partner_id)

    def test_archived_company_and_contact_come_back(self):
        customer = Customer(
            external_id="C1", email="ada@example.com", name="Ada", company="Engines", company_external_id="7"
        )
        person = self.import_order(make_order("1", customer=customer)).partner_id
        firm = person.parent_id
        (firm | person).write({"active": False})
        self.assertEqual(self.import_order(make_order("2", customer=customer)).partner_id, person)
        self.assertTrue(firm.active and person.active)

    def test_deleted_quotation_comes_back_with_the_next_change(self):
        self.import_order(make_order("1")).unlink()
        self.assertFalse(self.binding("1", "order"))
        self.assertTrue(self.import_order(make_order("1")))

    # === PRODUCTS === #

    def bind(self, product, external_id="V1"):
        return self.env["integration.binding.variant"].create(
            {"backend_id": self.backend.id, "external_id": external_id, "odoo_id": product.id}
        )

    def order_for(self, external_id="1", sku="MUG-BLUE", variant="V1"):
        line = make_line(sku=sku, variant_external_id=variant)
        return self.import_order(make_order(external_id, lines=(line,)))

    def test_archived_product_is_sold_all_the_same(self):
        self.bind(self.mug)
        self.mug.active = False
        order = self.order_for()
        self.assertEqual(order.order_line.product_id, self.mug)
        self.assertFalse(self.mug.active, "selling what is left over brings nothing back")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_archived_product_found_by_sku(self):
        self.mug.active = False
        self.assertEqual(self.order_for(variant="").order_line.product_id, self.mug)

    def test_active_product_with_the_sku_takes_over(self):
        self.bind(self.mug)
        self.mug.active = False
        heir = self.env["product.product"].create({"name": "Mug 2", "default_code": "MUG-BLUE"})
        self.assertEqual(self.order_for().order_line.product_id, heir)
        self.assertEqual(self.binding("V1", "variant").odoo_id, heir)

    def test_deleted_product_is_found_by_sku(self):
        gone = self.env["product.product"].create({"name": "Cup", "default_code": "CUP"})
        self.bind(gone)
        gone.unlink()
        self.assertFalse(self.binding("V1", "variant"))
        self.assertEqual(self.order_for().order_line.product_id, self.mug)
