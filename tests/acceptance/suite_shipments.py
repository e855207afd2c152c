"""Shipments, in both directions."""

from .suite_base import SuiteBase, news


class ShipmentTrials(SuiteBase):
    """The platform knows what Odoo has sent, and Odoo what was sent elsewhere."""

    # === HELPERS === #

    def connect_shipping(self, *capabilities):
        """Connect with two articles A and B that Odoo has in stock."""
        for sku in ("A", "B"):
            self.account.place_product(title=f"Article {sku}", sku=sku, price="10.00")
        backend = self.connect_with("products_in", *capabilities, import_products=True)
        products = self.env["product.product"].search([("default_code", "in", ("A", "B"))])
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", backend.company_id.id)], limit=1)
        for product in products:
            self.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100)
        return backend

    def sold(self, backend, **quantities):
        """Return a confirmed order of so many of the articles."""
        external_id = self.account.place_of(quantities)
        backend._enqueue("import_order_ids", arguments={"external_ids": [external_id]})
        self.run_jobs(backend)
        order = self.orders(backend)[external_id]
        if order.state in ("draft", "sent"):
            order.action_confirm()
        self.run_jobs(backend)
        self.account.calls()
        return order

    def send(self, order, number, **quantities):
        """Validate the open transfer in Odoo, all of it or so many, with a tracking number; return it."""
        [picking] = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.action_assign()
        for move in picking.move_ids:
            wanted = quantities.get(move.product_id.default_code, 0) if quantities else move.product_uom_qty
            move.quantity = wanted
            move.picked = bool(wanted)
        picking.carrier_tracking_ref = number
        picking._action_done()
        return picking

    def told(self, order):
        return self.account.shipments(order.integration_external_id)

    def delivered(self, order):
        """Return {SKU: quantity} of what Odoo has as delivered."""
        lines = order.order_line.filtered("qty_delivered")
        return {line.product_id.default_code: line.qty_delivered for line in lines}

    # === OUT === #

    def test_partial_shipments_with_several_numbers(self):
        backend = self.connect_shipping("shipments_out")
        order = self.sold(backend, A=3, B=1)
        self.send(order, "1Z1,1Z2", A=2)
        self.run_jobs(backend)
        first = {"numbers": ["1Z1", "1Z2"], "units": {"A": 2}}
        self.assertEqual(self.told(order), [first])
        self.assertEqual(self.account.writes(self.account.calls()), [self.account.shipment_operation])
        self.send(order, "1Z3")
        self.run_jobs(backend)
        self.assertEqual(self.told(order), [first, {"numbers": ["1Z3"], "units": {"A": 1, "B": 1}}])
        self.assertEqual(self.account.writes(self.account.calls()), [self.account.shipment_operation])
        self.assertEqual(set(order.picking_ids.mapped("integration_shipment_state")), {"sent"})
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [])

    def test_tracking_number_later(self):
        backend = self.connect_shipping("shipments_out")
        order = self.sold(backend, A=1)
        picking = self.send(order, False)
        self.run_jobs(backend)
        self.assertEqual(self.told(order), [{"numbers": [], "units": {"A": 1}}])
        self.account.calls()
        picking.carrier_tracking_ref = "1Z9"
        self.run_jobs(backend)
        self.assertEqual(self.told(order), [{"numbers": ["1Z9"], "units": {"A": 1}}])
        self.assertEqual(len(self.account.calls()), self.account.tracking_calls)

    def test_shipment_that_is_held_back_there(self):
        backend = self.connect_shipping("shipments_out")
        held, free = self.sold(backend, A=1), self.sold(backend, B=1)
        self.account.hold(held.integration_external_id)
        pickings = self.send(held, "1Z1") | self.send(free, "1Z2")
        self.run_jobs(backend)
        self.assertEqual((len(self.told(held)), len(self.told(free))), (0, 1), "one keeps no other")
        self.assertEqual(pickings.mapped("integration_shipment_state"), ["failed", "sent"])
        self.assertTrue(pickings[0].integration_shipment_remedy)
        self.account.release(held.integration_external_id)
        pickings[0].action_integration_send_shipment()
        self.run_jobs(backend)
        self.assertEqual(len(self.told(held)), 1)
        self.assertEqual(pickings[0].integration_shipment_state, "sent")
        self.assertFalse(self.failures(backend))

    def test_shipment_of_unknown_outcome(self):
        """Telling is not safe to repeat at every platform: what was told is looked for."""
        backend = self.connect_shipping("shipments_out")
        order = self.sold(backend, A=2)
        self.send(order, "1Z1", A=1)
        self.account.fault("reset", after=True, match=self.account.shipment_operation, count=1)
        self.run_until_stopped(backend)
        self.assertEqual(len(self.told(order)), 1, "it was done")
        self.run_jobs(backend)
        self.assertEqual(self.told(order), [{"numbers": ["1Z1"], "units": {"A": 1}}])
        self.send(order, "1Z2")
        self.run_jobs(backend)
        self.assertEqual(self.told(order)[1:], [{"numbers": ["1Z2"], "units": {"A": 1}}])

    def test_shipments_killed_and_throttled_in_the_middle(self):
        backend = self.connect_shipping("shipments_out")
        orders = [self.sold(backend, A=1) for _order in range(3)]
        for number, order in enumerate(orders):
            self.send(order, f"1Z{number}")
        self.run_until_killed(backend, self.account.shipment_operation, 2)
        self.assertEqual(sorted(len(self.told(order)) for order in orders), [0, 1, 1])
        self.account.throttle(match=self.account.shipment_operation, count=1)
        self.run_next(backend)
        self.wait_for_budget()
        self.run_jobs(backend)
        for number, order in enumerate(orders):
            self.assertEqual(self.told(order), [{"numbers": [f"1Z{number}"], "units": {"A": 1}}])
        self.assertFalse(self.failures(backend))

    def test_permission_of_shipments_missing(self):
        backend = self.connect_shipping("shipments_out")
        order = self.sold(backend, A=1)
        word = self.account.forbid("shipments_out")
        self.send(order, "1Z1")
        self.run_until_stopped(backend)
        [job] = self.failures(backend)
        self.assertEqual(job.error_type, "configuration")
        self.assertIn(word, job.last_error + job.remedy)
        self.assertEqual(self.sold(backend, B=1).state, "sale", "orders come in as before")

    # === IN === #

    @news
    def test_shipment_made_elsewhere(self):
        """What was sent outside of Odoo is delivered here, once, and not told back."""
        backend = self.connect_shipping("shipments_in", "shipments_out")
        order = self.sold(backend, A=2, B=1)
        if self.can("webhooks"):
            self.arrived(backend, "order")
        self.account.ship(order.integration_external_id, "1Z7")
        if self.can("webhooks"):
            received = self.arrived(backend, "order")
            self.store(backend, received[::-1])
            self.run_jobs(backend)
            self.store(backend, received)
            self.run_jobs(backend)
        else:
            self.hear(backend, "order")
            self.hear(backend, "order")
        self.assertEqual(self.delivered(order), {"A": 2, "B": 1})
        self.assertEqual(order.picking_ids.carrier_tracking_ref, "1Z7")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertEqual(self.account.writes(self.account.calls()), [])

    @news
    def test_own_shipment_coming_back(self):
        backend = self.connect_shipping("shipments_in", "shipments_out")
        order = self.sold(backend, A=2)
        self.send(order, "1Z1", A=1)
        self.run_jobs(backend)
        self.hear(backend, "order")
        backend._enqueue("import_order_ids", arguments={"external_ids": [order.integration_external_id]})
        self.run_jobs(backend)
        self.assertEqual(self.delivered(order), {"A": 1}, "it is known as ours")
        self.assertEqual(len(self.told(order)), 1)
