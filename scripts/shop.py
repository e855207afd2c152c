"""A stand-in shop of the demo: what differs from platform to platform, in words that are the same for all.

Ids are the platform's external ids as Odoo has them, texts.
"""

from collections import Counter

from .rpc import Rpc
from .servers import SandboxServer


class Shop:
    """One shop in the sandbox. Each platform says below what it is called there and how things are done."""

    platform = ""
    title = ""
    domain = ""
    # What a user sets on the new channel, beside what the form asks for: field -> value
    settings: dict[str, object] = {}
    # What a change costs: kind of step -> names of the calls that change the shop, as its log has them
    costs: dict[str, tuple[str, ...]] = {}
    # Beginnings of calls that change nothing a merchant sees: they ask for a long answer, for news, for a kind of field
    silent: tuple[str, ...] = ()
    # What a person can look at below the sandbox's address; text about what there is to try
    hints = ""

    def __init__(self, sandbox: SandboxServer):
        self.sandbox = sandbox

    # === THE SANDBOX === #

    def ask(self, what: str = "", body: dict | None = None):
        """Ask the sandbox about the shop, or (with a body) have something done there."""
        return self.sandbox.control(f"shops/{self.domain}{'/' + what if what else ''}", body)

    def calls(self) -> tuple[int, Counter]:
        """Return how many API calls the shop has seen since it was started, and those that changed it, by name."""
        counts = self.ask("log?limit=0")["counts"]
        changes = {name.partition(":")[2]: count for name, count in counts.items() if name.startswith("change:")}
        return counts.get("calls", 0), Counter(
            {name: count for name, count in changes.items() if not name.startswith(self.silent)}
        )

    # === CONNECTING === #

    def wizard_values(self) -> dict:
        """Return what a user enters to connect the shop, beside what each platform asks for."""
        raise NotImplementedError()

    def rank(self, place: str) -> object:
        """Return what places are sorted by; the first one is where the shop sends from."""
        return place

    def news(self) -> int:
        """Return how many changes the shop is still telling Odoo of."""
        return 0

    def have_looked(self, rpc: Rpc, backend_id: int) -> None:
        """Have Odoo look for changes, where the shop tells of none; a user presses Sync Now, or waits for a minute."""

    # === WHAT IT HAS === #

    def products(self) -> list[dict]:
        """Return all products: id, title, shown (customers see it), archived, pictures (their ids), and variants: id,
        title, sku, barcode, price (a text)."""
        raise NotImplementedError()

    def product(self, number: str) -> dict:
        """Return one product."""
        return next(entry for entry in self.products() if entry["id"] == number)

    def stock(self) -> list[dict]:
        """Return what there is of each variant: id, sku, levels {place: quantity that Odoo tells}, and available: what
        can be sold."""
        raise NotImplementedError()

    def available(self, variant: str) -> int:
        """Return how many of a variant the shop can sell."""
        return next(entry for entry in self.stock() if entry["id"] == variant)["available"]

    def orders(self) -> list[dict]:
        """Return the shop's own books: every order, see `compare`."""
        raise NotImplementedError()

    # === WHAT A MERCHANT DOES THERE === #

    def add_product(self, title: str, variant: dict, quantity: int) -> None:
        """Sell one more product, of one variant (sku, price, barcode), of which there are so many."""
        raise NotImplementedError()

    def set_price(self, product: str, price: str) -> None:
        self.ask(f"products/{product}", {"price": price})

    def set_title(self, product: str, title: str) -> None:
        self.ask(f"products/{product}", {"title": title})

    def add_picture(self, product: str, text: str) -> None:
        """Add a picture that is made of a text."""
        self.ask(f"products/{product}/pictures", {"text": text})

    def place_order(self, variant: dict, quantity: int) -> dict:
        """Have a customer buy and pay a variant (id, sku, title, price); return id and name of the order."""
        raise NotImplementedError()

    def ship(self, order: str, number: str) -> None:
        """Send all of an order, with a tracking number."""
        raise NotImplementedError()

    def refund_one(self, order: str) -> None:
        """Give one unit of an order's first line back."""
        raise NotImplementedError()

    def sent(self, order: str) -> list[str]:
        """Return the tracking numbers of what was sent of an order."""
        raise NotImplementedError()

    def refunds(self, order: str) -> int:
        """Return how many refunds an order has."""
        raise NotImplementedError()
