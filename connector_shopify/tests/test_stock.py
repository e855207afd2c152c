"""Stock of a store through the adapter: what the engine gives and gets."""

import json

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Location, StockLevel
from odoo.addons.connector_base.transport import WebhookRequest

from .common import ShopifyCase, connection, headers


@tagged("post_install", "-at_install")
class TestStock(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.levels = {"271": 3, "272": None}
        self.store._Locations = self._locations
        self.store._InventoryAtLocation = self._at_location
        self.store._LocationInventory = self._of_location
        self.store._InventorySet = self._set
        self.store._InventoryActivate = self._activate

    def _locations(self, first, after):
        node = {"id": "gid://shopify/Location/7", "name": "Shop", "isActive": True, "address": {"countryCode": "FR"}}
        return {"locations": connection([node])}

    def _item(self, number):
        quantity = self.levels[number]
        level = {"updatedAt": "2026-11-20T10:00:00Z", "quantities": [{"name": "available", "quantity": quantity}]}
        item = {"id": f"gid://shopify/InventoryItem/{number}", "tracked": True}
        return {**item, "inventoryLevel": None if quantity is None else level}

    def _at_location(self, ids, location):
        numbers = [gid.rpartition("/")[2] for gid in ids]
        return {"nodes": [self._item(number) if number in self.levels else None for number in numbers]}

    def _of_location(self, location, first, after):
        items = [self._item(number) for number, quantity in self.levels.items() if quantity is not None]
        nodes = [{**item.pop("inventoryLevel"), "item": item} for item in items]
        return {"location": {"inventoryLevels": connection(nodes)}}

    def _set(self, input, key):
        errors = []
        for index, entry in enumerate(input["quantities"]):
            if entry["changeFromQuantity"] not in (None, self.levels[entry["inventoryItemId"][-3:]]):
                field = ["input", "quantities", str(index), "changeFromQuantity"]
                errors.append({"field": field, "message": "No", "code": "CHANGE_FROM_QUANTITY_STALE"})
        if not errors:
            self.levels.update({entry["inventoryItemId"][-3:]: entry["quantity"] for entry in input["quantities"]})
        return {"inventorySetQuantities": {"userErrors": errors}}

    def _activate(self, item, location, available, key):
        self.levels[item[-3:]] = available
        return {"inventoryActivate": {"inventoryLevel": {"id": "x"}, "userErrors": []}}

    def level(self, item, quantity, expected):
        return StockLevel(item_external_id=item, location_external_id="7", quantity=quantity, expected=expected)

    def test_capabilities(self):
        self.assertLessEqual({"stock_in", "stock_out"}, self.adapter._capabilities())
        self.assertTrue(self.backend._syncs("stock_in"))
        self.assertFalse(self.backend._syncs("stock_out"))

    def test_locations(self):
        found = self.adapter._fetch_locations(self.backend)
        self.assertEqual(found, [Location(external_id="7", name="Shop", country_code="FR")])

    def test_reading(self):
        found = self.adapter._fetch_stock(self.backend, ["271", "272", "999"], ["7"])
        self.assertEqual([(level.item_external_id, level.quantity) for level in found], [("271", 3), ("272", None)])
        page = self.adapter._list_stock(self.backend, "7")
        self.assertEqual([(level.item_external_id, level.quantity) for level in page.documents], [("271", 3)])
        self.assertIsNone(page.next_page)

    def test_setting(self):
        levels = [self.level("271", 8, 3), self.level("272", 4, None)]
        results = list(self.adapter._push_stock(self.backend, levels, "k"))
        self.assertEqual([(result.stale, result.error) for result in results], [(False, None)] * 2)
        self.assertEqual(self.levels, {"271": 8, "272": 4})
        (stale,) = self.adapter._push_stock(self.backend, [self.level("271", 1, 3)], "k2")
        self.assertTrue(stale.stale)
        self.assertEqual(self.levels["271"], 8)

    def test_events(self):
        payload = {"inventory_item_id": 271, "location_id": 7, "available": 2, "updated_at": "2026-11-20T10:00:00Z"}
        body = json.dumps(payload).encode()
        for topic, quantity in (("inventory_levels/update", 2), ("inventory_levels/disconnect", None)):
            found = self.adapter._parse_stock_event(self.backend, topic, body)
            self.assertEqual((found.item_external_id, found.quantity), ("271", quantity))
        cases = (
            ("inventory_levels/update", payload, "stock_level", "271:7"),
            ("locations/update", {"id": 7, "name": "Shop"}, "location", "7"),
        )
        for topic, content, resource, external_id in cases:
            body = json.dumps(content).encode()
            request = WebhookRequest(
                method="POST",
                url="https://odoo.example.com/",
                headers={name.lower(): value for name, value in headers(body, topic=topic).items()},
                query={},
                body=body,
            )
            envelope = self.adapter._read_webhook(self.backend, request)
            self.assertEqual((envelope.resource, envelope.external_id), (resource, external_id))
