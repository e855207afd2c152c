"""One change of each kind made in a shop and in Odoo, and looked for on the other side: how long it took, which calls
it cost."""

import base64
import random
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .console import Failure, say
from .merchant import wait_until, wait_until_done
from .rpc import Rpc, RpcError
from .shop import Shop

SECONDS = 90
LOOK_SECONDS = 10


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


class Steps:
    """Makes changes, one after the other, and waits until each is seen elsewhere.

    :param channels: the shops that are to be calm between two steps, with their backends
    """

    def __init__(self, rpc: Rpc, channels: list[tuple[Shop, int]]):
        self.rpc, self.channels = rpc, channels
        self.steps: list[Step] = []

    def settle(self) -> None:
        """Wait until neither side has anything left to tell the other."""
        calm = 0
        while calm < 2:  # what one of them was told last may be news to the other
            for shop, backend_id in self.channels:
                wait_until(lambda shop=shop: not shop.news(), SECONDS, "all webhooks delivered")
                wait_until_done(self.rpc, backend_id, SECONDS, quiet=True)
            calm = 0 if any(shop.news() for shop, _backend_id in self.channels) else calm + 1

    def wait(self, there: Callable[[], bool], what: str, *, patience: float = 0.0) -> None:
        """Wait until something is there; shops that tell nothing are looked at now and then.

        :param patience: seconds before the first look
        :raises Failure: it did not come in time
        """
        looked = time.monotonic() + patience - LOOK_SECONDS

        def seen() -> bool:
            nonlocal looked
            if there():
                return True
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                for shop, backend_id in self.channels:
                    shop.have_looked(self.rpc, backend_id)
            return False

        wait_until(seen, SECONDS, what)

    def step(
        self,
        shop: Shop,
        direction: str,
        texts: tuple[str, str],
        change: Callable,
        there: Callable[[], bool],
        *,
        costs: tuple[str, ...] = (),
    ) -> None:
        """Make one change, wait until it is seen on the other side and all is calm, and note what it took.

        :param shop: whose calls are counted
        :param texts: what is changed, and what is seen on the other side
        :param costs: the calls that are to change something there
        """
        self.settle()
        step = Step(direction, *texts, expected=Counter(costs))
        before, changes = shop.calls()
        started = time.monotonic()
        try:
            change()
            self.wait(there, ": ".join(texts), patience=LOOK_SECONDS if costs else 0.0)
        except (Failure, RpcError) as error:
            step.problem = str(error)
        step.seconds = time.monotonic() - started
        self.settle()
        after, changed = shop.calls()
        step.calls, step.changes = after - before, changed - changes
        self.steps.append(step)
        say(f"    {direction}: {step.what}: {step.seconds:.1f} s")

    def order_in_odoo(self, order: dict, backend_id: int) -> int:
        """Wait until Odoo has an order of the shop, and confirm it there; return its id."""
        domain = [("backend_id", "=", backend_id), ("external_id", "=", order["id"]), ("odoo_id", "!=", False)]
        self.wait(lambda: bool(self.rpc.search_count("integration.binding.order", domain)), f"{order['name']} in Odoo")
        odoo_id = self.rpc.search_read("integration.binding.order", domain, ["odoo_id"])[0]["odoo_id"][0]
        self.rpc.call("sale.order", "action_confirm", [odoo_id])
        return odoo_id


class RoundTrip(Steps):
    """Makes the changes on a product and on orders of their own, and looks for them on the other side."""

    def __init__(self, rpc: Rpc, shop: Shop, backend_id: int):
        super().__init__(rpc, [(shop, backend_id)])
        self.shop, self.backend_id = shop, backend_id
        self.outward, self.inward = f"Odoo -> {shop.title}", f"{shop.title} -> Odoo"
        self.seed = str(time.time())
        self._choose()

    # === LOOKING === #

    def _choose(self) -> None:
        """Choose a product that is on sale in both, of one variant, in stock where the shop sends from, and sold in no
        other shop; of few pictures, so that another one moves none."""
        bindings = self.rpc.search_read(
            "integration.binding.product",
            [("remote_status", "=", "active"), ("odoo_id.sale_ok", "=", True)],
            ["external_id", "odoo_id", "backend_id"],
        )
        channels = Counter(row["odoo_id"][0] for row in bindings)
        templates = {
            row["external_id"]: row["odoo_id"][0]
            for row in bindings
            if row["backend_id"][0] == self.backend_id and channels[row["odoo_id"][0]] == 1
        }
        places = self.rpc.search_read(
            "integration.location", [("backend_id", "=", self.backend_id)], ["external_id", "location_ids"]
        )
        self.place = min(places, key=lambda row: self.shop.rank(row["external_id"]))
        levels = {entry["id"]: entry["levels"] for entry in self.shop.stock()}
        for product in sorted(self.shop.products(), key=lambda product: len(product["pictures"])):
            template = templates.get(product["id"])
            if not template or len(product["variants"]) > 1:
                continue
            [variant] = product["variants"]
            found = levels.get(variant["id"], {})
            if list(found) == [self.place["external_id"]] and found[self.place["external_id"]] > 5:
                self.product, self.variant, self.template = product["id"], variant, template
                article = [("product_tmpl_id", "=", template)]
                self.article = self.rpc.search_read("product.product", article, ["id"])[0]["id"]
                return
        raise Failure(f"{self.shop.title} has no product on sale, of one variant, in stock at its first place only.")

    def in_shop(self) -> dict:
        """Return the product as the shop has it."""
        return self.shop.product(self.product)

    def in_odoo(self, *fields: str) -> dict:
        """Return the product as Odoo has it."""
        return self.rpc.call("product.template", "read", [self.template], list(fields))[0]

    def pictures(self) -> int:
        """Return how many pictures Odoo has of the product."""
        main = self.rpc.search_count("product.template", [("id", "=", self.template), ("image_1920", "!=", False)])
        return main + self.rpc.search_count("integration.product.image", [("product_tmpl_id", "=", self.template)])

    def out(self, what: str, seen: str, change: Callable, there: Callable[[], bool], cost: str) -> None:
        """Make a change in Odoo."""
        self.step(self.shop, self.outward, (what, seen), change, there, costs=self.shop.costs[cost])

    def come(self, what: str, seen: str, change: Callable, there: Callable[[], bool]) -> None:
        """Make a change in the shop."""
        self.step(self.shop, self.inward, (what, seen), change, there)

    # === STEPS === #

    def place_order(self) -> tuple[dict, int]:
        """Have a customer buy and pay two in the shop; return the order there, and its id in Odoo, confirmed."""
        order = self.shop.place_order(self.variant, 2)
        odoo_id = self.order_in_odoo(order, self.backend_id)
        self.settle()
        return order, odoo_id

    def run(self) -> list[Step]:
        """Make every change; return what became of them."""
        self.price_and_texts()
        self.quantity()
        self.picture()
        self.sent_by_odoo()
        self.sent_by_the_shop()
        self.nothing_more()
        return self.steps

    def price_and_texts(self) -> None:
        """Prices both ways, and a title."""
        price = round(self.in_odoo("list_price")["list_price"] + 1, 2)
        self.out(
            "sales price on the product's form",
            "price in the shop",
            lambda: self.rpc.call("product.template", "write", [self.template], {"list_price": price}),
            lambda: float(self.in_shop()["variants"][0]["price"]) == price,
            "price",
        )
        back = f"{price + 0.5:.2f}"
        self.come(
            "price in the shop's admin",
            "sales price in Odoo",
            lambda: self.shop.set_price(self.product, back),
            lambda: f"{self.in_odoo('list_price')['list_price']:.2f}" == back,
        )
        title = f"{self.in_shop()['title'].partition(' - ')[0]} - seen {time.strftime('%H:%M:%S')}"
        self.come(
            "title in the shop's admin",
            "name in Odoo",
            lambda: self.shop.set_title(self.product, title),
            lambda: self.in_odoo("name")["name"] == title,
        )

    def quantity(self) -> None:
        """A count in Odoo's warehouse."""
        domain = [("product_id", "=", self.article), ("location_id", "=", self.place["location_ids"][0])]
        quant = self.rpc.search_read("stock.quant", domain, ["quantity"], limit=1)[0]
        wanted = self.shop.available(self.variant["id"]) + 3

        def count() -> None:
            context = {"inventory_mode": True}
            values = {"inventory_quantity": quant["quantity"] + 3}
            self.rpc.call("stock.quant", "write", [quant["id"]], values, context=context)
            self.rpc.call("stock.quant", "action_apply_inventory", [quant["id"]])

        self.out(
            "count of 3 more in the warehouse",
            "quantity in the shop",
            count,
            lambda: self.shop.available(self.variant["id"]) == wanted,
            "quantity",
        )

    def picture(self) -> None:
        """The product's picture in Odoo, and one more in the shop."""
        known = self.in_shop()["pictures"]
        content = base64.b64encode(picture(self.seed)).decode()
        self.out(
            "picture on the product's form",
            "picture in the shop",
            lambda: self.rpc.call("product.template", "write", [self.template], {"image_1920": content}),
            lambda: bool(set(self.in_shop()["pictures"]) - set(known)),
            "other picture" if known else "picture",
        )
        count = self.pictures()
        self.come(
            "one more picture in the shop's admin",
            "picture in Odoo",
            lambda: self.shop.add_picture(self.product, self.seed),
            lambda: self.pictures() == count + 1,
        )

    def sent_by_odoo(self) -> None:
        """An order is delivered in Odoo with a tracking number, and one of its goods given back."""
        order, odoo_id = self.place_order()
        number = f"1Z{order['id']}"

        def deliver() -> None:
            [picking] = self.rpc.search_read("stock.picking", [("sale_id", "=", odoo_id)], ["id"])
            self.rpc.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": number})
            if self.rpc.call("stock.picking", "button_validate", [picking["id"]]) is not True:
                raise Failure("Odoo asks about the delivery instead of having it done.")

        self.out(
            "delivery done, with a tracking number",
            "shipment in the shop",
            deliver,
            lambda: self.shop.sent(order["id"]) == [number],
            "shipment",
        )

        def refund() -> None:
            action = self.rpc.call("sale.order", "action_integration_refund", [odoo_id])
            model, request = action["res_model"], action["res_id"]
            line = self.rpc.search_read(f"{model}.line", [("request_id", "=", request)], ["id"])[0]["id"]
            change = [[1, line, {"quantity": 1, "restock": False}]]
            self.rpc.call(model, "write", [request], {"line_ids": change, "note": "One came broken"})
            self.rpc.call(model, "action_preview", [request])
            self.rpc.call(model, "action_refund", [request])

        self.out(
            "refund of one unit, asked for on the order",
            "refund in the shop, and booked in Odoo",
            refund,
            lambda: self.shop.refunds(order["id"]) == 1 and self.refunds_in_odoo(odoo_id) == 1,
            "refund",
        )

    def refunds_in_odoo(self, odoo_id: int) -> int:
        """Return how many refunds Odoo knows of an order."""
        return self.rpc.search_count("integration.refund", [("order_id", "=", odoo_id)])

    def sent_by_the_shop(self) -> None:
        """An order is sent and refunded in the shop."""
        order, odoo_id = self.place_order()
        number = f"9400{order['id']}"
        done = [("sale_id", "=", odoo_id), ("state", "=", "done"), ("carrier_tracking_ref", "=", number)]
        self.come(
            "order sent in the shop's admin",
            "delivery done in Odoo, with the number",
            lambda: self.shop.ship(order["id"], number),
            lambda: self.rpc.search_count("stock.picking", done) == 1,
        )
        self.come(
            "refund of one unit in the shop's admin",
            "refund in Odoo",
            lambda: self.shop.refund_one(order["id"]),
            lambda: self.refunds_in_odoo(odoo_id) == 1,
        )

    def nothing_more(self) -> None:
        """What Odoo told the shop is no news to Odoo, and is not told again."""
        self.come(
            "nothing more: Odoo reads it all again",
            "nothing is told back",
            lambda: self.rpc.call("integration.backend", "action_sync_now", [self.backend_id]),
            lambda: True,
        )
