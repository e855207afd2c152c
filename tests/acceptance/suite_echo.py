"""What Odoo told comes back, by webhook or when it asks: nobody tells it again, and nothing changes by it."""

from .suite_base import news
from .suite_refunds import RefundTrials

STATED = ("char", "text", "html", "float", "monetary", "many2one", "many2many", "selection", "boolean")
MIRRORS = ("integration_fulfillment_status", "integration_financial_status", "integration_attributes",
           "integration_deleted", "integration_cancel", "integration_tags")  # fmt: skip


class EchoTrials(RefundTrials):
    """One change, told once; its echo is no news."""

    def state_of(self, records):
        """Return what is stored of `records` (recordsets), but for what the platform says of its own state."""
        self.commit()
        mirrors = (*MIRRORS, f"{self.account.name}_")
        return [found.read([
            name for name, field in found._fields.items()
            if field.store and field.type in STATED and not name.startswith(mirrors)
        ], load="") for found in records]  # fmt: skip

    def assert_told_once(self, backend, resource, records):
        """What waits is told; its echo changes nothing of what `records` gives, and calls nothing that writes."""
        self.run_jobs(backend)
        self.assert_no_failures(backend)
        self.assertTrue(self.account.writes(self.account.calls()), "it was told")
        before = self.state_of(records())
        self.stand_in.control("clock", {"advance": 2})
        self.hear(backend, resource)
        self.assertEqual(self.state_of(records()), before)
        self.assertEqual(self.account.writes(self.account.calls()), [])
        self.assert_no_failures(backend)

    @news
    def test_echo_of_products(self):
        backend = self.connect_with("products_in", "products_out")
        template = self.env["product.template"].create({"name": "Cup", "default_code": "CUP", "list_price": 4.0})

        def records():
            return template, template.product_variant_ids, template.integration_binding_ids.odoo_id

        self.env["integration.product.publisher"]._publish(
            backend, template, {"wanted": "published", "channels": None, "categories": None}
        )
        self.assert_told_once(backend, "product", records)
        template.write({"name": "Mug", "list_price": 5.0})
        self.assert_told_once(backend, "product", records)
        self.assertEqual(len(self.account.products()), 1)

    @news
    def test_echo_of_shipments_and_refunds(self):
        backend = self.connect_shipping("shipments_in", "shipments_out", "refunds_out")
        order = self.sold(backend, A=3)
        self.hear(backend, "order")
        self.account.calls()

        def records():
            return order, order.order_line, order.picking_ids, order.picking_ids.move_ids, order.invoice_ids

        self.send(order, "1Z1", A=2)
        self.assert_told_once(backend, "order", records)
        request = self.refund(order, 1)
        self.assert_told_once(backend, "order", records)
        self.assertEqual(request.state, "done")
        self.assertEqual(len(self.told(order)), 1)
        self.assertEqual(len(self.account.refunds(order.integration_external_id)), 1)
        self.assertEqual(self.delivered(order), {"A": 2})

    @news
    def test_echo_of_notes_and_cancellations(self):
        self.needs("orders_update")
        self.needs("orders_cancel")
        backend = self.connect(import_products=False).with_context(integration_in_job=False)
        self.run_jobs(backend)
        external_id = self.account.place()
        self.hear(backend, "order")
        order = self.orders(backend)[external_id]
        self.account.calls()
        order.integration_note_to_send = "Leave it at the door"
        order.action_integration_send_note()
        self.assert_told_once(backend, "order", lambda: (order, order.order_line))
        wizard = self.env["integration.order.cancel"].create({"order_id": order.id, "reason": "other"})
        wizard.action_cancel_there()
        self.assert_told_once(backend, "order", lambda: (order, order.order_line))
        self.assertEqual(order.state, "cancel")

    @news
    def test_echo_of_customers(self):
        backend = self.connect_with("customers_in", "customers_out")
        partner = self.env["res.partner"].create(
            {
                "name": "Grace Hopper",
                "email": "grace@example.com",
                "street": "Am Hof 1",
                "zip": "53111",
                "city": "Bonn",
                "country_id": self.env.ref("base.de").id,
                "phone": "+49 228 1234567",
            }
        )
        wizard = self.env["integration.customer.publish"].with_context(active_ids=partner.ids)
        wizard.create({"backend_id": backend.id}).action_publish()
        backend._enqueue("push_customers")
        self.assert_told_once(backend, "customer", lambda: (partner, partner.child_ids))
        partner.name = "Grace Murray"
        backend._enqueue("push_customers")
        self.assert_told_once(backend, "customer", lambda: (partner, partner.child_ids))
