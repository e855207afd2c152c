"""Orders for benches: a database with a backend, taxes, products and customers, and orders for it in two shapes."""

import os
import random
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

BATCH = 50
CUSTOMERS = 300
PRODUCTS = 200
NEW_CUSTOMERS = 0.3
RATES = (("State tax", Decimal("0.0625")), ("City tax", Decimal("0.0175")))
CENT = Decimal("0.01")
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
}


class Bench:
    """One database, prepared: a backend; for orders also taxes, products and known customers."""

    def __init__(self, registry, *, orders=True):
        self.registry = registry
        self.random = random.Random(19)
        self.serial = int(time.time())
        with self.environment() as env:
            self._prepare(env)
            if orders:
                self._prepare_orders(env)

    @contextmanager
    def environment(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _prepare(self, env):
        self.backend_id = env["integration.backend"].create({"name": "Bench shop", "platform": "test"}).id
        self.warehouse_id = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).id

    def _prepare_orders(self, env):
        company = env.company
        self.products = []
        for number in range(PRODUCTS):
            code = f"BENCH-{self.serial}-{number}"
            self.products.append(
                {
                    "name": f"Bench product {number}",
                    "default_code": code,
                    "type": "consu",
                    "is_storable": number % 2 == 0,
                    "list_price": 10.0,
                }
            )
        products = env["product.product"].create(self.products)
        self.product_ids = dict(zip((values["default_code"] for values in self.products), products.ids, strict=True))
        self.tax_ids = []
        for title, rate in RATES:
            percent = float(rate * 100)
            found = env["account.tax"].search(
                [("amount", "=", percent), ("type_tax_use", "=", "sale"), ("company_id", "=", company.id)], limit=1
            )
            values = {"name": f"{title} {percent}", "amount": percent, "price_include_override": "tax_excluded"}
            self.tax_ids.append((found or env["account.tax"].create(values)).id)
        country = env.ref("base.us")
        self.country_id = country.id
        self.state_id = country.state_ids.filtered(lambda state: state.code == "IL").id
        self.known = [self._customer(number) for number in range(CUSTOMERS)]
        partners = env["res.partner"].create([self._partner_values(customer) for customer in self.known])
        for customer, partner in zip(self.known, partners, strict=True):
            customer["partner_id"] = partner.id
        children = env["res.partner"].create([self._delivery_values(customer) for customer in self.known])
        for customer, child in zip(self.known, children, strict=True):
            customer["delivery_id"] = child.id
        warehouse = env["stock.warehouse"].browse(self.warehouse_id)
        for product in products.filtered("is_storable"):
            env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1_000_000)
        self.cursor_id = env["integration.cursor"].search([("backend_id", "=", self.backend_id)], limit=1).id
        if not self.cursor_id:
            self.cursor_id = env["integration.cursor"].create({"backend_id": self.backend_id, "resource": "orders"}).id

    def _customer(self, number):
        self.serial += 1
        return {"number": self.serial, "name": f"Customer {self.serial}", "email": f"customer{self.serial}@example.com"}

    def _partner_values(self, customer):
        return {
            "name": customer["name"],
            "email": customer["email"],
            "street": f"{customer['number']} Main Street",
            "city": "Springfield",
            "zip": "62701",
            "state_id": self.state_id,
            "country_id": self.country_id,
        }

    def _delivery_values(self, customer):
        return {
            **self._partner_values(customer),
            "email": False,
            "street": f"{customer['number']} Harbour Road",
            "type": "delivery",
            "parent_id": customer["partner_id"],
        }

    # === ORDERS, THE SAME FOR BOTH SIDES === #

    def orders(self, count):
        """Return plain descriptions of `count` new orders."""
        orders = []
        for _number in range(count):
            self.serial += 1
            new = self.random.random() < NEW_CUSTOMERS
            orders.append(
                {
                    "number": self.serial,
                    "customer": self._customer(self.serial) if new else self.random.choice(self.known),
                    "lines": [self._line() for _line in range(self.random.choice((2, 3, 4)))],
                    "placed": datetime(2026, 3, 1, tzinfo=timezone.utc)
                    + timedelta(minutes=self.random.randrange(100000)),
                }
            )
        return orders

    def _line(self):
        price = Decimal(self.random.randrange(199, 9999)) / 100
        quantity = self.random.choice((1, 1, 1, 2, 3))
        gross = price * quantity
        discount = (gross * self.random.choice((0, 0, 10, 15)) / 100).quantize(CENT, ROUND_HALF_UP)
        taxes = [((gross - discount) * rate).quantize(CENT, ROUND_HALF_UP) for _title, rate in RATES]
        code = self.random.choice(self.products)["default_code"]
        return {"code": code, "price": price, "quantity": quantity, "discount": discount, "taxes": taxes}

    # === FLOOR === #

    def run_floor(self, env, orders):
        env = env(context={**env.context, **QUIET})
        fresh = [order["customer"] for order in orders if "partner_id" not in order["customer"]]
        if fresh:
            partners = env["res.partner"].create([self._partner_values(customer) for customer in fresh])
            for customer, partner in zip(fresh, partners, strict=True):
                customer["partner_id"] = partner.id
            children = env["res.partner"].create([self._delivery_values(customer) for customer in fresh])
            for customer, child in zip(fresh, children, strict=True):
                customer["delivery_id"] = child.id
        env["sale.order"].create(
            [
                {
                    "partner_id": order["customer"]["partner_id"],
                    "partner_invoice_id": order["customer"]["partner_id"],
                    "partner_shipping_id": order["customer"]["delivery_id"],
                    "date_order": order["placed"].replace(tzinfo=None),
                    "client_order_ref": str(order["number"]),
                    "pricelist_id": False,
                    "warehouse_id": self.warehouse_id,
                    "order_line": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.product_ids[line["code"]],
                                "name": line["code"],
                                "product_uom_qty": line["quantity"],
                                "price_unit": float(line["price"]),
                                "discount": float(line["discount"] / (line["price"] * line["quantity"]) * 100),
                                "tax_ids": [(6, 0, self.tax_ids)],
                            },
                        )
                        for line in order["lines"]
                    ],
                }
                for order in orders
            ]
        )
        env.flush_all()

    # === ENGINE === #

    def documents(self, orders):
        from odoo.addons.connector_base.canonical import Address, Customer, Order, OrderLine, TaxLine  # noqa: PLC0415

        documents = []
        for order in orders:
            customer = order["customer"]
            address = {
                "name": customer["name"],
                "city": "Springfield",
                "zip": "62701",
                "state_code": "IL",
                "country_code": "US",
            }
            document = {
                "external_id": str(order["number"]),
                "name": f"#{order['number']}",
                "created_at": order["placed"],
                "updated_at": order["placed"],
                "currency": "USD",
                "taxes_included": False,
                "customer": Customer(
                    external_id=str(customer["number"]), email=customer["email"], name=customer["name"]
                ),
                "email": customer["email"],
                "billing_address": Address(**address, street=f"{customer['number']} Main Street"),
                "shipping_address": Address(**address, street=f"{customer['number']} Harbour Road"),
                "financial_status": "paid",
                "fulfillment_status": "unfulfilled",
                "tags": ("bench",),
                "gateways": ("card",),
                "lines": tuple(
                    OrderLine(
                        external_id=f"{order['number']}-{number}",
                        title=line["code"],
                        sku=line["code"],
                        quantity=Decimal(line["quantity"]),
                        unit_price=line["price"],
                        discount=line["discount"],
                        taxes=tuple(
                            TaxLine(title=title, rate=rate, amount=amount)
                            for (title, rate), amount in zip(RATES, line["taxes"], strict=True)
                        ),
                    )
                    for number, line in enumerate(order["lines"])
                ),
                "total": sum(
                    line["price"] * line["quantity"] - line["discount"] + sum(line["taxes"]) for line in order["lines"]
                ),
            }
            documents.append(Order(**document))
        return documents

    def run_engine(self, env, documents):
        backend = env["integration.backend"].browse(self.backend_id)
        result = env["integration.order.importer"]._import_page(backend, documents)
        env["integration.cursor"].browse(self.cursor_id)._advance(documents, datetime.now(timezone.utc))
        env.flush_all()
        if len(result.created) != len(documents) or result.held:
            raise SystemExit(f"the engine did not import the page: {result.summary} {result.failed} {result.held[:3]}")

    def order_ids(self, documents):
        """Return the ids of the imported orders of `documents`, in their order."""
        with self.environment() as env:
            bindings = env["integration.binding.order"].search_read(
                [
                    ("backend_id", "=", self.backend_id),
                    ("external_id", "in", [document.external_id for document in documents]),
                ],
                ["external_id", "odoo_id"],
                load=False,
            )
        ids = {binding["external_id"]: binding["odoo_id"] for binding in bindings}
        return [ids[document.external_id] for document in documents]

    # === DELIVERIES, INVOICES, PAYMENTS OF IMPORTED ORDERS === #

    def run_confirm(self, env, ids):
        env["sale.order"].with_context(**QUIET).browse(ids).action_confirm()
        env.flush_all()

    def run_launch(self, env, ids):
        launcher, orders = env["integration.delivery.launcher"], env["sale.order"].browse(ids)
        launcher._confirm(orders)
        launcher._launch(orders)
        env.flush_all()

    def run_bill_singly(self, env, ids):
        env = env(context={**env.context, **QUIET})
        for order in env["sale.order"].browse(ids):
            invoice = order._create_invoices(grouped=True)
            invoice.action_post()
            context = {"active_model": "account.move", "active_ids": invoice.ids}
            env["account.payment.register"].with_context(**context).create({}).action_create_payments()
        env.flush_all()

    def run_bill(self, env, ids):
        env = env(context={**env.context, **QUIET})
        invoices = env["sale.order"].browse(ids)._create_invoices(grouped=True)
        invoices.action_post()
        journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
        payments = env["account.payment"].create(
            [
                {
                    "partner_id": invoice.commercial_partner_id.id,
                    "amount": invoice.amount_residual,
                    "currency_id": invoice.currency_id.id,
                    "journal_id": journal.id,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "invoice_ids": [(6, 0, invoice.ids)],
                    "memo": invoice.name,
                }
                for invoice in invoices
            ]
        )
        payments.action_post()
        receivable = "asset_receivable"
        pairs = [
            (invoice.line_ids + payment.move_id.line_ids).filtered(
                lambda line: line.account_id.account_type == receivable and not line.reconciled
            )
            for invoice, payment in zip(invoices, payments, strict=True)
        ]
        env["account.move.line"]._reconcile_plan([lines for lines in pairs if len(lines) > 1])
        env.flush_all()
        unpaid = invoices.filtered(lambda invoice: invoice.payment_state not in ("paid", "in_payment"))
        if unpaid:
            raise SystemExit(f"not paid: {unpaid.mapped('name')}")

    # === MEASURE === #

    def measure(self, run, batches):
        """Run `batches`, each in a transaction of its own; return (seconds, CPU seconds, SQL queries)."""
        seconds, cpu, queries = 0.0, 0.0, 0
        for batch in batches:
            with self.environment() as env:
                before = env.cr.sql_log_count
                start, spent = time.perf_counter(), time.process_time()
                run(env, batch)
                env.cr.commit()
                seconds += time.perf_counter() - start
                cpu += time.process_time() - spent
                queries += env.cr.sql_log_count - before
        return seconds, cpu, queries

    def check(self, documents):
        """Compare every document's total with its order's; return how many differ."""
        with self.environment() as env:
            bindings = env["integration.binding.order"].search([("backend_id", "=", self.backend_id)])
            totals = {binding.external_id: binding.odoo_id.amount_total for binding in bindings}
        return sum(totals.get(document.external_id) != float(document.total) for document in documents)


def chunks(items, size=BATCH):
    """Return `items` in lists of `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def opened(*databases, orders=True):
    """Yield a `Bench` on each of `databases` (default: BENCH_DATABASE); the configuration is ODOO_RC.

    :param bool orders: prepare what orders are made of too
    """
    databases = databases or (os.environ["BENCH_DATABASE"],)
    odoo.tools.config.parse_config(["-c", os.environ["ODOO_RC"], "-d", databases[0], "--no-http", "--log-level=warn"])
    from odoo.addons.connector_base.tests.order_common import add_test_platform  # noqa: PLC0415

    registries = [Registry(database) for database in databases]
    with ExitStack() as stack:
        for registry in registries:
            for patcher in add_test_platform(registry):
                stack.enter_context(patcher)
        benches = [Bench(registry, orders=orders) for registry in registries]
        yield benches if len(benches) > 1 else benches[0]
