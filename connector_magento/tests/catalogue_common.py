"""A Magento shop with a catalogue and stock behind the connector's client."""

import os
from decimal import Decimal
from json import dumps, loads
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import TransactionCase

from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.client import MagentoClient

LISTS = {
    "products": ("products", "id"),
    "products/attributes": ("attributes", "attribute_id"),
    "products/attribute-sets/sets/list": ("sets", "attribute_set_id"),
    "categories/list": ("categories", "id"),
    "customerGroups/search": ("groups", "id"),
    "inventory/sources": ("sources", "source_code"),
    "inventory/source-items": ("source_items", "sku"),
}
FIELDS = {"entity_id"}  # what ids are called in filters
CONDITIONS = {
    "eq": lambda mine, value: str(mine) == value,
    "neq": lambda mine, value: str(mine) != value,
    "in": lambda mine, value: str(mine) in value.split(","),
    "gt": lambda mine, value: mine > type(mine)(value),
    "gteq": lambda mine, value: mine >= type(mine)(value),
}


def simple(number, **changes):
    """A simple product as listings state it."""
    custom = changes.pop("custom", {})
    extension = changes.pop("extension", {})
    return {
        "id": number,
        "sku": f"SKU-{number}",
        "name": f"Thing {number}",
        "attribute_set_id": 4,
        "price": 19.9,
        "status": 1,
        "visibility": 4,
        "type_id": "simple",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": f"2026-11-20 12:{number // 60:02}:{number % 60:02}",
        "weight": 0.5,
        "extension_attributes": {"website_ids": [1], **extension},
        "product_links": [],
        "media_gallery_entries": [],
        "custom_attributes": [{"attribute_code": code, "value": value} for code, value in custom.items()],
        **changes,
    }


def configurable(number, sizes):
    """A T-shirt and its variants; they are listed before it."""
    children = [
        simple(number - len(sizes) + index, visibility=1, sku=f"TEE-{size}", name=f"Tee-{size}", custom={"size": value})
        for index, (value, size) in enumerate(sizes.items())
    ]
    option = {"id": 7, "attribute_id": "152", "label": "Size", "position": 0, "product_id": number}
    extension = {
        "configurable_product_options": [{**option, "values": [{"value_index": int(value)} for value in sizes]}],
        "configurable_product_links": [child["id"] for child in children],
    }
    tee = simple(number, type_id="configurable", sku="TEE", name="Tee", price=0, extension=extension)
    return [*children, tee]


class FakeClient(MagentoClient):
    """Answers from its lists; `calls` are those made."""

    def __init__(self):
        super().__init__(None, "https://shop.example.com")
        self.calls, self.refused = [], {}
        self.products, self.source_items, self.stock_items = [], [], {}
        self.sources = [{"source_code": "default", "name": "Default Source", "enabled": True, "country_id": "DE"}]
        self.module_names = ["Magento_Catalog", const.MSI_MODULE]
        self.sets = [{"attribute_set_id": 4, "attribute_set_name": "Default"}]
        self.categories = [
            {"id": 1, "parent_id": 0, "name": "Root Catalog"},
            {"id": 2, "parent_id": 1, "name": "Default Category"},
            {"id": 3, "parent_id": 2, "name": "Shirts"},
        ]
        self.groups = [
            {"id": 0, "code": "NOT LOGGED IN"},
            {"id": 2, "code": "Wholesale"},
        ]
        options = [{"label": " ", "value": ""}, {"label": "S", "value": "21"}, {"label": "M", "value": "22"}]
        self.attributes = [
            {
                "attribute_id": 152,
                "attribute_code": "size",
                "default_frontend_label": "Size",
                "frontend_input": "select",
                "scope": "global",
                "is_user_defined": True,
                "options": options,
            }
        ]

    def call(self, method, path, *ids, params=None, json=None, store="all"):
        """Override: no HTTP."""
        self.calls.append((method, path))
        return loads(dumps(self._answer(method, path, ids, params, json)), parse_float=Decimal)

    def _answer(self, method, path, ids, params, json):
        if method == "GET" and path in LISTS:
            return self._list(path, params)
        name = f"_{method.lower()}_{path.replace('/{}', '').replace('/', '_').replace('-', '_').strip('_').lower()}"
        return getattr(self, name)(*ids, params or json or {})

    def _list(self, path, params):
        name, key = LISTS[path]
        groups = {}
        for parameter, value in params.items():
            place = parameter.replace("]", "").split("[")
            if place[1:2] == ["filter_groups"]:
                groups.setdefault(place[2], {}).setdefault(place[4], {})[place[5]] = value
        found = [entry for entry in getattr(self, name) if all(_any(entry, group, key) for group in groups.values())]
        if "searchCriteria[sortOrders][0][field]" in params:
            field = params["searchCriteria[sortOrders][0][field]"]
            found.sort(key=lambda entry: (_value(entry, field, key), entry[key]))
        return {"items": found[: int(params["searchCriteria[pageSize]"])], "total_count": len(found)}

    def written(self):
        """Return the calls that change something, and forget all calls."""
        found = [call for call in self.calls if call[0] != "GET"]
        self.calls.clear()
        return found

    def product(self, sku):
        found = [entry for entry in self.products if entry["sku"] == sku]
        if not found:
            raise DataError("The product that was requested doesn't exist.", status=404)
        return found[0]

    # === CALLS === #

    def _get_modules(self, _params):
        return self.module_names

    def _get_directory_currency(self, _params):
        return {"base_currency_code": "USD"}

    def _get_store_storeconfigs(self, _params):
        return [
            {
                "code": "default",
                "locale": "en_US",
                "base_currency_code": "USD",
                "weight_unit": "kgs",
                "secure_base_media_url": "https://shop.example.com/media/",
                "secure_base_link_url": "https://shop.example.com/",
            }
        ]

    def _get_store_websites(self, _params):
        return [{"id": 0, "code": "admin", "name": "Admin"}, {"id": 1, "code": "base", "name": "Main Website"}]

    def _put_products(self, sku, body):
        entry = self.product(sku)
        sent = dict(body["product"])
        values = {one["attribute_code"]: one["value"] for one in entry["custom_attributes"]}
        values.update({one["attribute_code"]: one["value"] for one in sent.pop("custom_attributes", ())})
        entry["custom_attributes"] = [{"attribute_code": code, "value": value} for code, value in values.items()]
        entry["extension_attributes"].update(sent.pop("extension_attributes", {}))
        entry.update(sent)
        return entry

    def _post_products(self, body):
        number = max([entry["id"] for entry in self.products], default=0) + 1
        self.products.append(simple(number, sku=body["product"]["sku"]))
        return self._put_products(body["product"]["sku"], body)

    def _delete_products(self, sku, _body):
        self.products.remove(self.product(sku))
        return True

    def _post_inventory_source_items(self, body):
        for item in body["sourceItems"]:
            if item["sku"] in self.refused:
                raise DataError("Could not save Source Item", status=400)
        sent = {(item["sku"], item["source_code"]) for item in body["sourceItems"]}
        kept = [item for item in self.source_items if (item["sku"], item["source_code"]) not in sent]
        self.source_items = kept + body["sourceItems"]
        return []

    def _get_stockitems(self, sku, _params):
        self.product(sku)
        return self.stock_items[sku]

    def _put_products_stockitems(self, sku, _item, body):
        self.stock_items[sku].update(body["stockItem"])
        return 1

    def _get_stockitems_lowstock(self, params):
        assert int(params["currentPage"]) == 1
        items = [{**item, "product_id": self.product(sku)["id"]} for sku, item in self.stock_items.items()]
        return {"items": items, "total_count": len(items)}

    def _tier_prices(self, body):
        self.sent_prices = body["prices"]
        return [
            {"message": "The price of %SKU is invalid.", "parameters": {"SKU": entry["sku"]}}
            for entry in body["prices"]
            if entry["sku"] in self.refused
        ]

    _post_products_tier_prices = _post_products_tier_prices_delete = _tier_prices


def _value(entry, field, key):
    return entry[key] if field in FIELDS else entry[field]


def _any(entry, group, key):
    return any(
        CONDITIONS[one["condition_type"]](_value(entry, one["field"], key), one["value"]) for one in group.values()
    )


class CatalogueCase(TransactionCase):
    """A connected backend of a shop that is not there but for `client`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode()}))
        cls.backend = cls.env["integration.backend"].create(
            {
                "name": "Shop",
                "platform": "magento",
                "magento_base_url": "https://shop.example.com",
                "connection_report": {"currency": "USD"},
            }
        )
        # as after a connection test
        cls.backend.write({"state": "connected"})

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.client = FakeClient()
        self.startPatcher(patch.object(type(self.backend), "_magento_client", lambda _backend: self.client))
        self.adapter = self.backend._adapter()

    def run_job(self, operation, **arguments):
        """Run a sync job now; return it."""
        job = self.backend._enqueue(operation, arguments=arguments)
        job._run()
        return job
