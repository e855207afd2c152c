"""The port: what an adapter declares is what it does, and each flow says which permission it lacks."""

import ast
import inspect
from dataclasses import replace
from decimal import Decimal
from textwrap import dedent

from odoo.addons.connector_base.canonical import (
    Customer,
    CustomerAccount,
    CustomerPush,
    OrderChange,
    RefundRequest,
    RefundRequestLine,
)
from odoo.addons.connector_base.transport import ConfigurationError

from .suite_base import LONG_AGO, SuiteBase

# Capability -> the methods of the port that a platform with it has to have. What must be there in any case stands at
# "": without it there is no connection.
PORT = {
    "": {"_capabilities", "_credential_keys", "_default_budget", "_check_connection"},
    "api_version": {"_check_version"},
    "companies_in": {"_fetch_companies"},
    "customer_groups": set(),  # they come with the customers
    "customers_in": {"_fetch_customers", "_count_customers", "_fetch_customers_by_id"},
    "customers_out": {"_push_customers", "_fetch_customers_by_id"},
    "orders_cancel": {"_cancel_order"},
    "order_tags_out": {"_update_order"},
    "orders_hold": {"_hold_order"},
    "orders_in": {
        "_fetch_orders",
        "_count_orders",
        "_fetch_orders_by_id",
        "_list_order_ids",
        "_count_order_ids",
        "_order_url",
    },
    "orders_update": {"_update_order"},
    "payouts_in": {"_fetch_payouts"},
    "prices_out": {"_fetch_price_lists", "_price_batch", "_push_prices"},
    "privacy": {"_read_privacy_call"},
    "products_in": {
        "_fetch_products",
        "_count_products",
        "_fetch_products_by_id",
        "_fetch_categories",
        "_read_image",
    },
    "products_out": {"_product_parts", "_push_products", "_remove_products"},
    "refunds_out": {"_preview_refund", "_refund_order"},
    "scopes": {"_fetch_scopes"},
    "shipments_in": set(),  # they come with the orders
    "shipments_out": {"_push_shipments", "_push_tracking"},
    "stock_in": {"_fetch_locations", "_fetch_stock", "_list_stock"},
    "stock_out": {"_fetch_locations", "_fetch_stock", "_stock_batch", "_push_stock"},
    "webhooks": {"_verify_webhook", "_read_webhook", "_parse_event", "_ensure_webhooks", "_remove_webhooks"},
}
# What a user switches on and off
SWITCHED = ("companies", "customers", "payouts", "prices", "products", "shipments", "stock")


def is_of_base(method):
    return method.__module__.startswith("odoo.addons.connector_base.")


def raises_not_implemented(method):
    """Whether a method of the port has to be written by platforms: all it does is raise NotImplementedError."""
    [function] = ast.parse(dedent(inspect.getsource(method))).body
    last = function.body[-1]
    return isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)


class PortTrials(SuiteBase):
    """What an adapter says that it can do, and what it may do."""

    def test_capabilities_are_what_the_adapter_does(self):
        port, ours = self.env["integration.adapter"], self.env[f"integration.adapter.{self.account.name}"]
        port, adapter, declared = type(port), type(ours), {"", *ours._capabilities()}
        self.assertLessEqual(declared, set(PORT), "a capability that nobody knows")
        methods = set().union(*PORT.values())
        own = {name: method for name, method in inspect.getmembers(port, inspect.isfunction) if is_of_base(method)}
        self.assertLessEqual(methods, set(own))
        unwritten = {name for name, method in own.items() if raises_not_implemented(method)}
        self.assertLessEqual(unwritten, methods, "each method of the port belongs to a capability")
        written = {name for name in methods if getattr(adapter, name) is not getattr(port, name)}
        for capability in declared:
            self.assertLessEqual(PORT[capability], written, f"{capability} is declared, but not all of it is there")
        needed = set().union(*(PORT[capability] for capability in declared))
        self.assertEqual(written, needed, "what is there belongs to a capability that is declared")

    # === PERMISSIONS === #

    def attempts(self, backend, order, unpaid):
        """Return {capability: a call that needs its permission}. Nothing of it must ever be carried out."""
        adapter = backend._adapter()
        place = adapter._fetch_locations(backend)[0].external_id if self.can("stock_in") else None
        line = RefundRequestLine(line_external_id=order.lines[0].external_id, quantity=Decimal(1))
        refund = RefundRequest(order_external_id=order.external_id, lines=(line,), key="refund", amount=Decimal(1))
        nobody = CustomerPush(
            key="1", account=CustomerAccount(customer=Customer(email="no@example.com", name="No One"))
        )
        return {
            "companies_in": lambda: adapter._fetch_companies(backend, LONG_AGO),
            "customers_in": lambda: adapter._fetch_customers(backend, LONG_AGO),
            "customers_out": lambda: list(adapter._push_customers(backend, [nobody])),
            "orders_in": lambda: adapter._fetch_orders(backend, LONG_AGO),
            "orders_cancel": lambda: adapter._cancel_order(
                backend, unpaid, reason="other", restock=False, refund=False, notify=False
            ),
            "orders_hold": lambda: adapter._hold_order(backend, order.external_id, hold=True),
            "orders_update": lambda: adapter._update_order(
                backend, OrderChange(order_external_id=order.external_id, note="n", tags_added=("t",))
            ),
            "payouts_in": lambda: adapter._fetch_payouts(backend, LONG_AGO),
            "prices_out": lambda: adapter._fetch_price_lists(backend),
            "products_in": lambda: adapter._fetch_products(backend, LONG_AGO),
            "refunds_out": lambda: adapter._refund_order(backend, refund),
            "stock_in": lambda: adapter._list_stock(backend, place),
        }

    def test_permission_of_each_flow_missing(self):
        """The connection's check names it before anything goes wrong, and so does the call; orders go on."""
        self.account.place_product(title="Mug", sku="MUG", price="20.00")
        unpaid, placed = self.account.place(), self.account.place_of({"MUG": 2})
        backend = self.connect(import_products=False)
        switches = {f"{way}_{name}" for way in ("import", "export") for name in SWITCHED}
        backend.write(dict.fromkeys(switches & set(backend._fields), True))
        adapter = backend._adapter()
        (order,) = adapter._fetch_orders_by_id(backend, [placed])
        attempts = self.attempts(backend, order, unpaid)
        for capability in sorted(adapter._capabilities() & set(self.account.own_permissions)):
            with self.subTest(capability=capability):
                self.account.permit()
                self.wait_for_budget()
                word = self.account.forbid(capability)
                missing = " ".join(adapter._check_connection(backend).missing)
                self.assertIn(word, missing)
                if capability not in attempts:
                    continue
                with self.assertRaises(ConfigurationError) as caught:
                    attempts[capability]()
                self.assertIn(word, caught.exception.message + caught.exception.remedy)
                self.assertTrue(caught.exception.remedy)
                if capability != "orders_in":
                    self.assertEqual(set(self.documents(backend)), {placed, unpaid}, "orders go on")
        self.account.permit()
        self.wait_for_budget()
        self.assertEqual(adapter._check_connection(backend).missing, ())
        (now,) = adapter._fetch_orders_by_id(backend, [placed])
        self.assertEqual(replace(now, updated_at=order.updated_at), order, "nothing of it was carried out")
