"""One change of each kind made on either side and looked for on the other: how long it took, which calls it cost."""

import base64
import random
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .console import Failure, say
from .merchant import calls_of, shop, wait_until, wait_until_done
from .rpc import Rpc, RpcError
from .servers import SandboxServer

SECONDS = 90
ODOO, SHOP = "Odoo -> shop", "shop -> Odoo"


@dataclass
class Step:
    """What became of one change. `changes`: calls that changed something in the shop; `expected`: the right ones."""

    direction: str
    what: str
    seen: str
    seconds: float = 0.0
    calls: int = 0
    expected: Counter = field(default_factory=Counter)
    changes: Counter = field(default_factory=Counter)
    problem: str = ""

    @property
    def green(self) -> bool:
        """Whether it was seen, by just the calls that it takes."""
        return not self.problem and self.changes == self.expected

    def row(self) -> tuple[object, ...]:
        """Return the step's row of the table."""
        verdict = self.problem or ("as it should be" if self.green else f"expected: {names(self.expected)}")
        return self.direction, self.what, self.seen, round(self.seconds, 1), self.calls, names(self.changes), verdict


HEADINGS = ("way", "what was changed", "what is seen", "seconds", "API calls", "of these changed the shop", "verdict")


def names(calls: Counter) -> str:
    """Return calls and how many as a text ("ProductUpdate, InventorySet x 2")."""
    return ", ".join(f"{name}{f' x {count}' if count > 1 else ''}" for name, count in sorted(calls.items())) or "none"


def picture(seed: str) -> bytes:
    """Return a small PNG in one colour that comes from `seed`."""
    side, colour = 64, random.Random(seed).randbytes(3)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + colour * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class RoundTrip:
    """Makes the changes on a product and on orders of its own, and looks for them on the other side."""

    def __init__(self, rpc: Rpc, sandbox: SandboxServer, backend_id: int):
        self.rpc, self.sandbox, self.backend_id = rpc, sandbox, backend_id
        self.steps: list[Step] = []
        self.seed = str(time.time())
        self._choose()

    # === LOOKING === #

    def _choose(self) -> None:
        """Choose a product that is on sale in both, of one variant, in stock where the shop sends from."""
        bindings = self.rpc.search_read(
            "integration.binding.product",
            [("backend_id", "=", self.backend_id), ("remote_status", "=", "active"), ("odoo_id.sale_ok", "=", True)],
            ["external_id", "odoo_id"],
        )
        templates = {row["external_id"]: row["odoo_id"][0] for row in bindings}
        place = self.rpc.search_read(
            "integration.location", [("backend_id", "=", self.backend_id)], ["external_id", "location_ids"]
        )
        self.place = min(place, key=lambda row: int(row["external_id"]))
        stock = {entry["variant_id"]: entry for entry in shop(self.sandbox, "stock")["stock"]}
        for product in shop(self.sandbox, "products")["products"]:
            template = templates.get(str(product["id"]))
            if not template or len(product["variants"]) > 1:
                continue
            levels = stock[product["variants"][0]["id"]]["levels"]
            if (
                len(levels) == 1
                and levels[0]["available"] > 5
                and str(levels[0]["location_id"]) == self.place["external_id"]
            ):
                self.product, self.variant, self.template = product["id"], product["variants"][0]["id"], template
                self.sku = product["variants"][0]["sku"]
                self.article = self.rpc.search_read("product.product", [("product_tmpl_id", "=", template)], ["id"])[0][
                    "id"
                ]
                return
        raise Failure("The shop has no product on sale, of one variant, in stock at its first place only.")

    def in_shop(self) -> dict:
        """Return the product as the shop has it."""
        return shop(self.sandbox, f"products/{self.product}")

    def in_odoo(self, *fields: str) -> dict:
        """Return the product as Odoo has it."""
        return self.rpc.call("product.template", "read", [self.template], list(fields))[0]

    def available(self) -> int:
        """Return how many the shop can sell."""
        [entry] = [e for e in shop(self.sandbox, "stock")["stock"] if e["variant_id"] == self.variant]
        return entry["available"]

    def pictures(self) -> int:
        """Return how many pictures Odoo has of the product."""
        main = self.rpc.search_count("product.template", [("id", "=", self.template), ("image_1920", "!=", False)])
        return main + self.rpc.search_count("integration.product.image", [("product_tmpl_id", "=", self.template)])

    def order_in_odoo(self, order: dict) -> int:
        """Wait until Odoo has an order of the shop; return its id there."""
        domain = [
            ("backend_id", "=", self.backend_id),
            ("external_id", "=", str(order["id"])),
            ("odoo_id", "!=", False),
        ]
        rows: list[dict] = []

        def there() -> bool:
            rows[:] = self.rpc.search_read("integration.binding.order", domain, ["odoo_id"])
            return bool(rows)

        wait_until(there, SECONDS, f"{order['name']} in Odoo")
        return rows[0]["odoo_id"][0]

    def settle(self) -> None:
        """Wait until neither side has anything left to tell the other."""
        calm = 0
        while calm < 2:  # what one of them was told last may be news to the other
            wait_until(
                lambda: not shop(self.sandbox, "deliveries?limit=1")["pending"], SECONDS, "all webhooks delivered"
            )
            wait_until_done(self.rpc, self.backend_id, SECONDS, quiet=True)
            calm = 0 if shop(self.sandbox, "deliveries?limit=1")["pending"] else calm + 1

    # === STEPS === #

    def step(
        self, direction: str, what: str, seen: str, change: Callable, there: Callable[[], bool], *expected: str
    ) -> None:
        """Make one change, wait until it is seen on the other side and all is calm, and note what it took."""
        self.settle()
        step = Step(direction, what, seen, expected=Counter(expected))
        before, changes = calls_of(self.sandbox)
        started = time.monotonic()
        try:
            change()
            wait_until(there, SECONDS, f"{what}: {seen}")
        except (Failure, RpcError) as error:
            step.problem = str(error)
        step.seconds = time.monotonic() - started
        self.settle()
        after, changed = calls_of(self.sandbox)
        step.calls, step.changes = after - before, changed - changes
        self.steps.append(step)
        say(f"    {direction}: {what}: {step.seconds:.1f} s")

    def place_order(self) -> tuple[dict, int]:
        """Have a customer buy and pay one in the shop; return the order there, and its id in Odoo, confirmed."""
        spec = {
            "lines": [{"variant_id": self.variant, "quantity": 2}],
            "email": "round.trip@example.com",
            "financial": "paid",
        }
        order = shop(self.sandbox, "orders", spec)
        odoo_id = self.order_in_odoo(order)
        self.rpc.call("sale.order", "action_confirm", [odoo_id])
        self.settle()
        return order, odoo_id

    def run(self) -> list[Step]:
        """Make every change; return what became of them."""
        self.price_and_texts()
        self.quantity()
        self.picture()
        self.sent_by_odoo()
        self.sent_by_the_shop()
        return self.steps

    def price_and_texts(self) -> None:
        """Prices both ways, and a title."""
        price = round(self.in_odoo("list_price")["list_price"] + 1, 2)
        self.step(
            ODOO,
            "sales price on the product's form",
            "price in the shop",
            lambda: self.rpc.call("product.template", "write", [self.template], {"list_price": price}),
            lambda: float(self.in_shop()["variants"][0]["price"]) == price,
            "ProductVariantsUpdate",
        )
        back = f"{price + 0.5:.2f}"
        self.step(
            SHOP,
            "price in the shop's admin",
            "sales price in Odoo",
            lambda: shop(self.sandbox, f"products/{self.product}", {"price": back}),
            lambda: f"{self.in_odoo('list_price')['list_price']:.2f}" == back,
        )
        title = f"{self.in_shop()['title'].partition(' - ')[0]} - seen {time.strftime('%H:%M:%S')}"
        self.step(
            SHOP,
            "title in the shop's admin",
            "name in Odoo",
            lambda: shop(self.sandbox, f"products/{self.product}", {"title": title}),
            lambda: self.in_odoo("name")["name"] == title,
        )

    def quantity(self) -> None:
        """A count in Odoo's warehouse."""
        domain = [("product_id", "=", self.article), ("location_id", "=", self.place["location_ids"][0])]
        quant = self.rpc.search_read("stock.quant", domain, ["quantity"], limit=1)[0]
        wanted = self.available() + 3

        def count() -> None:
            context = {"inventory_mode": True}
            values = {"inventory_quantity": quant["quantity"] + 3}
            self.rpc.call("stock.quant", "write", [quant["id"]], values, context=context)
            self.rpc.call("stock.quant", "action_apply_inventory", [quant["id"]])

        self.step(
            ODOO, "count of 3 more in the warehouse", "quantity in the shop", count,
            lambda: self.available() == wanted, "InventorySet",
        )  # fmt: skip

    def picture(self) -> None:
        """The product's picture in Odoo, and one more in the shop."""
        known = set(self.in_shop()["media"])
        content = base64.b64encode(picture(self.seed)).decode()
        self.step(
            ODOO,
            "picture on the product's form",
            "picture in the shop",
            lambda: self.rpc.call("product.template", "write", [self.template], {"image_1920": content}),
            lambda: bool(set(self.in_shop()["media"]) - known),
            "StagedUploadsCreate",
            "ProductSet",
        )
        count = self.pictures()
        self.step(
            SHOP,
            "one more picture in the shop's admin",
            "picture in Odoo",
            lambda: shop(self.sandbox, f"products/{self.product}/pictures", {"text": self.seed}),
            lambda: self.pictures() == count + 1,
        )

    def sent_by_odoo(self) -> None:
        """An order is delivered in Odoo with a tracking number, and one of its goods given back."""
        order, odoo_id = self.place_order()
        number = f"1Z{order['id']}"

        def deliver() -> None:
            [picking] = self.rpc.search_read("stock.picking", [("sale_id", "=", odoo_id)], ["id"])
            self.rpc.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": number})
            self.rpc.call("stock.picking", "button_validate", [picking["id"]])

        def numbers() -> list[str]:
            sent = shop(self.sandbox, f"orders/{order['id']}")["fulfillments"]
            return [entry["number"] for record in sent for entry in record["tracking"]]

        self.step(
            ODOO, "delivery done, with a tracking number", "shipment in the shop", deliver,
            lambda: numbers() == [number], "FulfillmentCreate",
        )  # fmt: skip

        def refund() -> None:
            action = self.rpc.call("sale.order", "action_integration_refund", [odoo_id])
            model, request = action["res_model"], action["res_id"]
            line = self.rpc.search_read(f"{model}.line", [("request_id", "=", request)], ["id"])[0]["id"]
            change = [[1, line, {"quantity": 1, "restock": False}]]
            self.rpc.call(model, "write", [request], {"line_ids": change, "note": "One came broken"})
            self.rpc.call(model, "action_preview", [request])
            self.rpc.call(model, "action_refund", [request])

        self.step(
            ODOO, "refund of one unit, asked for on the order", "refund in the shop, and booked in Odoo", refund,
            lambda: len(shop(self.sandbox, f"orders/{order['id']}")["refunds"]) == 1
            and self.rpc.search_count("integration.refund", [("order_id", "=", odoo_id)]) == 1,
            "RefundCreate",
        )  # fmt: skip

    def sent_by_the_shop(self) -> None:
        """An order is sent and refunded in the shop."""
        order, odoo_id = self.place_order()
        number = f"9400{order['id']}"
        done = [("sale_id", "=", odoo_id), ("state", "=", "done"), ("carrier_tracking_ref", "=", number)]
        self.step(
            SHOP,
            "order fulfilled in the shop's admin",
            "delivery done in Odoo, with the number",
            lambda: shop(self.sandbox, f"orders/{order['id']}/fulfill", {"company": "USPS", "number": number}),
            lambda: self.rpc.search_count("stock.picking", done) == 1,
        )
        line = order["lines"][0]["id"]
        given = {"lines": [{"line_id": line, "quantity": 1}], "restock": "NO_RESTOCK", "note": "One came broken"}
        self.step(
            SHOP,
            "refund of one unit in the shop's admin",
            "refund in Odoo",
            lambda: shop(self.sandbox, f"orders/{order['id']}/refund", given),
            lambda: self.rpc.search_count("integration.refund", [("order_id", "=", odoo_id)]) == 1,
        )
