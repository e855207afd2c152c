"""The stand-in shop of the demo on Magento."""

from decimal import Decimal

from .rpc import Rpc
from .shop import Shop

ADDRESS = {
    "firstname": "Round",
    "lastname": "Trip",
    "street": ["Friedrichstr. 1"],
    "city": "Berlin",
    "postcode": "10117",
    "country_id": "DE",
    "telephone": "+49 30 1234567",
}
# Types of products that are not stocked
NOT_STOCKED = ("virtual", "downloadable")


class Magento(Shop):
    """Tells nobody of changes: Odoo looks for them, often while things change."""

    platform = "magento"
    title = "Magento"
    domain = "demo-magento.test"
    settings = {"magento_barcode_attribute": "barcode"}
    costs = {
        "price": ("PUT products/{sku}",),
        "quantity": ("POST inventory/source-items",),
        "picture": ("POST products/{sku}/media",),
        "other picture": ("POST products/{sku}/media", "DELETE products/{sku}/media/{entryId:int}"),
        "shipment": ("POST order/{orderId:int}/ship",),
        "refund": ("POST order/{orderId:int}/refund",),
    }
    silent = ("POST integration/admin/token",)
    hints = """
  in the shop: place an order; invoice, ship, refund, hold or cancel it on its page: {store}orders
      change a title, a price, a picture: {store}products
      and see it in Odoo within minutes, or press Sync Now on the sales channel: Magento tells nobody of changes
  some products are sold in both shops and have one stock: sell one of them in one shop, confirm the order in Odoo, and
      see that the other shop has fewer"""

    def wizard_values(self) -> dict:
        account = self.ask()
        keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        return {
            "magento_base_url": f"https://{self.domain}",
            "magento_auth": "oauth",
            **{f"magento_{key}": account[key] for key in keys},
        }

    def rank(self, place: str) -> object:
        return place != "default", place

    def have_looked(self, rpc: Rpc, backend_id: int) -> None:
        rpc.call("integration.backend", "action_sync_now", [backend_id])

    # === WHAT IT HAS === #

    @staticmethod
    def _product(entry: dict) -> dict:
        kept = ("title", "sku", "barcode", "price")
        # what customers pay is the price of the time being; Odoo has the other one beside
        offer = _offer(entry)
        special = {"price": offer} if offer else {}
        # what costs as much as what it is made of has no price of its own
        if entry["type_id"] == "grouped" or (entry["type_id"] == "bundle" and _attribute(entry, "price_type") == "0"):
            special = {"price": "0.00"}
        return {
            "id": str(entry["id"]),
            "title": entry["title"],
            "shown": entry["status"] == "ACTIVE",
            "archived": False,
            "pictures": entry["media"],
            "variants": [
                {"id": str(variant["id"]), **{key: variant[key] for key in kept}, **special}
                for variant in entry["variants"]
            ],
        }

    def products(self) -> list[dict]:
        return [self._product(entry) for entry in self.ask("products")["products"]]

    def product(self, number: str) -> dict:
        return self._product(self.ask(f"products/{number}"))

    def stock(self) -> list[dict]:
        """Of what is not stocked there is none; what can be sold is told of the last stock, the first website's."""
        ids = {
            variant["sku"]: str(variant["id"])
            for entry in self.ask("products")["products"]
            for variant in entry["variants"]
            if entry["type_id"] not in NOT_STOCKED
        }
        return [
            {
                "id": ids[entry["sku"]],
                "sku": entry["sku"],
                "levels": entry["sources"],
                "available": entry["salable"][max(entry["salable"], key=int)],
            }
            for entry in self.ask("stock")["stock"]
            if entry["sku"] in ids
        ]

    def orders(self) -> list[dict]:
        return [
            {
                **entry,
                "test": False,
                "cancelled": entry["state"] == "canceled",
                "taxes_included": False,
                "shipping_total": entry["shipping"],
                "shipping": _shipping(entry),
                "lines": [
                    {"id": str(line["item_id"]), "taxes": [{"amount": line["tax"]}]}
                    | {key: line[key] for key in ("sku", "quantity", "net")}
                    for line in entry["lines"]
                ],
                "shipments": [{**record, "cancelled": False} for record in entry["shipments"]],
            }
            for entry in self.ask("ledger")["orders"]
        ]

    # === WHAT A MERCHANT DOES THERE === #

    def add_product(self, title: str, variant: dict, quantity: int) -> None:
        known = {key: variant[key] for key in ("sku", "price", "barcode")}
        self.ask("products", {"title": title, **known})
        self.ask("stock", {"sku": variant["sku"], "source": "default", "quantity": quantity})

    def set_price(self, product: str, price: str) -> None:
        offer = _offer(self.ask(f"products/{product}"))
        self.ask(f"products/{product}", {"special_price" if offer else "price": price})

    def place_order(self, variant: dict, quantity: int) -> dict:
        spec = {
            "lines": [{"sku": variant["sku"], "quantity": quantity}],
            "email": "round.trip@example.com",
            "billing_address": ADDRESS,
            "shipping_address": ADDRESS,
            "shipping": {"title": "Flat Rate - Fixed", "price": "5.00"},
            "financial": "paid",
        }
        placed = self.ask("orders", spec)
        return {"id": str(placed["id"]), "name": placed["increment_id"]}

    def ship(self, order: str, number: str) -> None:
        self.ask(f"orders/{order}/ship", {"carrier": "usps", "number": number})

    def refund_one(self, order: str) -> None:
        line = self.ask(f"orders/{order}")["items"][0]["item_id"]
        self.ask(f"orders/{order}/refund", {"lines": [{"item_id": line, "quantity": 1}]})

    def sent(self, order: str) -> list[str]:
        return [
            track["track_number"] for record in self.ask(f"orders/{order}")["shipments"] for track in record["tracks"]
        ]

    def refunds(self, order: str) -> int:
        return len(self.ask(f"orders/{order}")["creditmemos"])


def _attribute(entry: dict, code: str) -> str | None:
    """Return what a product has as one of its attributes."""
    found = (each["value"] for each in entry["stored"]["custom_attributes"] if each["attribute_code"] == code)
    return next(found, None)


def _offer(entry: dict) -> str | None:
    """Return what customers pay in the place of a product's price."""
    return _attribute(entry, "special_price")


def _shipping(entry: dict) -> list[dict]:
    """Return the line of what an order's shipping costs; none if nothing."""
    net = entry["shipping"]
    taxes = [{"amount": entry["shipping_tax"]}]
    return [{"id": "shipping", "title": "Shipping", "net": net, "taxes": taxes}] if Decimal(net) else []
