"""The stand-in shop of the demo on Shopify."""

from decimal import Decimal

from .shop import Shop


class Shopify(Shop):
    """Tells Odoo of changes by webhooks."""

    platform = "shopify"
    title = "Shopify"
    domain = "demo-store.myshopify.com"
    costs = {
        "price": ("ProductVariantsUpdate",),
        "quantity": ("InventorySet",),
        "picture": ("StagedUploadsCreate", "ProductSet"),
        "other picture": ("StagedUploadsCreate", "ProductSet"),
        "shipment": ("FulfillmentCreate",),
        "refund": ("RefundCreate",),
    }
    silent = ("BulkOperation", "WebhookSubscription", "MetafieldDefinition")
    hints = """
  in the shop: place an order; pay, edit, fulfill, refund or cancel it on its page; change a title, a price, a picture
      {store}products
      and see it in Odoo: Sales, its orders, their deliveries and refunds; the product's form
  in Odoo: change a product's sales price or picture; count it (Inventory, Physical Inventory); confirm an order of the
      shop, deliver it with a tracking number, press Refund on the Platform
      and see it in the shop: {store}products
      {store}stock and the order's page"""

    def wizard_values(self) -> dict:
        account = self.ask()
        return {
            "shopify_domain": self.domain,
            "shopify_auth": "client_credentials",
            "shopify_client_id": account["client_id"],
            "shopify_client_secret": account["client_secret"],
        }

    def rank(self, place: str) -> object:
        return int(place)

    def news(self) -> int:
        return self.ask("deliveries?limit=1")["pending"]

    @staticmethod
    def _product(entry: dict) -> dict:
        kept = ("title", "sku", "barcode", "price")
        return {
            "id": str(entry["id"]),
            "title": entry["title"],
            "shown": entry["status"] in ("ACTIVE", "UNLISTED"),
            "archived": entry["status"] == "ARCHIVED",
            "pictures": entry["media"],
            "variants": [
                {"id": str(variant["id"]), **{key: variant[key] for key in kept}} for variant in entry["variants"]
            ],
        }

    def products(self) -> list[dict]:
        return [self._product(entry) for entry in self.ask("products")["products"]]

    def product(self, number: str) -> dict:
        return self._product(self.ask(f"products/{number}"))

    def stock(self) -> list[dict]:
        return [
            {
                "id": str(entry["variant_id"]),
                "sku": entry["sku"],
                "available": entry["available"],
                "levels": {
                    str(level["location_id"]): level["available"] for level in entry["levels"] if level["active"]
                },
            }
            for entry in self.ask("stock")["stock"]
        ]

    def orders(self) -> list[dict]:
        return [
            {
                **entry,
                "id": _number(entry["id"]),
                "lines": [{**line, "id": _number(line["id"])} for line in entry["lines"]],
                "shipping": [_shipping(line) for line in entry["shipping"]],
                "shipments": [
                    {**record, "id": _number(record["id"]), "lines": _by_number(record["lines"])}
                    for record in entry["shipments"]
                ],
                "refunds": [
                    {**record, "id": _number(record["id"]), "units": _by_number(record["units"])}
                    for record in entry["refunds"]
                ],
            }
            for entry in self.ask("ledger")["orders"]
        ]

    def place_order(self, variant: dict, quantity: int) -> dict:
        lines = [{"variant_id": int(variant["id"]), "quantity": quantity}]
        placed = self.ask("orders", {"lines": lines, "email": "round.trip@example.com", "financial": "paid"})
        return {"id": str(placed["id"]), "name": placed["name"]}

    def ship(self, order: str, number: str) -> None:
        self.ask(f"orders/{order}/fulfill", {"company": "USPS", "number": number})

    def refund_one(self, order: str) -> None:
        line = self.ask(f"orders/{order}")["lines"][0]["id"]
        lines = [{"line_id": line, "quantity": 1}]
        self.ask(f"orders/{order}/refund", {"lines": lines, "restock": "NO_RESTOCK", "note": "One came broken"})

    def sent(self, order: str) -> list[str]:
        return [
            entry["number"] for record in self.ask(f"orders/{order}")["fulfillments"] for entry in record["tracking"]
        ]

    def refunds(self, order: str) -> int:
        return len(self.ask(f"orders/{order}")["refunds"])


def _number(gid: str) -> str:
    """Return the number at the end of a global id ("gid://shopify/Order/123" -> "123")."""
    return gid.rpartition("/")[2]


def _shipping(line: dict) -> dict:
    """Return a shipping line as a line of goods."""
    net = Decimal(line["price"]) - Decimal(line["discount"])
    return {**line, "id": _number(line["id"]), "unit_price": line["price"], "gross": line["price"], "net": str(net)}


def _by_number(units: dict[str, int]) -> dict[str, int]:
    return {_number(line): count for line, count in units.items()}
