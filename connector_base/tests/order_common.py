"""Builders shared by the tests: a backend of a made-up platform, and canonical orders."""

from datetime import datetime, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.connector_base.canonical import Address, Customer, Order, OrderLine, ShippingLine, TaxLine

PLATFORM = "test"
PLACED = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


class FakeAdapter:
    """What orders and their backend ask of an adapter, without a platform."""

    def _capabilities(self):
        return frozenset({"orders_in"})

    def _credential_keys(self):
        return {}

    def _stocked(self, backend, bindings):
        return bindings

    def _probe(self, backend, resource, since):
        return None

    def _order_url(self, backend, external_id):
        return f"https://platform.example/orders/{external_id}"

    def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
        return f"https://platform.example/{resource}s/{external_id}"

    def _order_mirror_values(self, document):
        return {}

    def _product_mirror_values(self, document):
        return {}


def add_test_platform(registry, adapter=None):
    """Return patchers that make `test` a platform of `registry`, spoken by `adapter`; start them, stop them."""
    backend_class = registry["integration.backend"]
    field = backend_class._fields["platform"]
    selection = [*field.selection, (PLATFORM, "Test platform")]
    return (
        patch.object(field, "selection", selection),
        patch.object(field, "_selection", dict(selection)),
        patch.object(backend_class, "_adapter", lambda backend: adapter or FakeAdapter()),
    )


def make_address(**overrides):
    values = {
        "name": "Ada Lovelace",
        "street": "12 St James's Square",
        "city": "Chicago",
        "zip": "60601",
        "state_code": "IL",
        "country_code": "US",
    }
    return Address(**{**values, **overrides})


def make_tax(amount, rate="0.2", title="VAT"):
    return TaxLine(title=title, rate=Decimal(rate), amount=Decimal(amount))


def make_line(external_id="L1", price="10.00", quantity="1", taxes=(), **overrides):
    values = {"title": "Blue mug", "sku": "MUG-BLUE", "discount": Decimal(0), **overrides}
    return OrderLine(
        external_id=external_id, quantity=Decimal(quantity), unit_price=Decimal(price), taxes=tuple(taxes), **values
    )


def make_shipping(external_id="S1", price="5.00", taxes=(), **overrides):
    return ShippingLine(
        external_id=external_id, price=Decimal(price), taxes=tuple(taxes), **{"title": "Standard", **overrides}
    )


def make_order(external_id="1001", **overrides):
    """Return a canonical order; without overrides: one mug at 10.00, untaxed, of a customer with an address.

    `total` is what the lines add up to unless given.
    """
    address = make_address()
    values = {
        "external_id": external_id,
        "name": f"#{external_id}",
        "created_at": PLACED,
        "updated_at": PLACED,
        "currency": "USD",
        "taxes_included": False,
        "lines": (make_line(),),
        "customer": Customer(external_id="C1", email="ada@example.com", name="Ada Lovelace"),
        "email": "ada@example.com",
        "billing_address": address,
        "shipping_address": address,
        "total": Decimal(0),
        **overrides,
    }
    order = Order(**values)
    if "total" not in overrides:
        order = Order(**{**values, "total": -order.difference})
    return order


class EngineCase(TransactionCase):
    """A connected backend of the made-up platform, in the company of the test user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for patcher in add_test_platform(cls.registry):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.company = cls.env.company
        cls.backend = cls.env["integration.backend"].create({"name": "Test shop", "platform": PLATFORM})
        cls.mug = cls.env["product.product"].create({"name": "Mug", "default_code": "MUG-BLUE", "type": "consu"})

    def import_orders(self, *documents, backend=None):
        """Import `documents` as one page; return the `ImportResult`."""
        return self.env["integration.order.importer"]._import_page(backend or self.backend, documents)

    def order_of(self, external_id, backend=None):
        """Return the sale order bound to `external_id`, empty if none is."""
        domain = [("backend_id", "=", (backend or self.backend).id), ("external_id", "=", external_id)]
        return self.env["integration.binding.order"].search(domain).odoo_id

    def import_order(self, document):
        """Import one document that must not fail; return its sale order."""
        result = self.import_orders(document)
        for _external_id, _name, error in result.failed:
            self.fail(getattr(error, "traceback", f"{error} {error.remedy}"))
        return self.order_of(document.external_id)
