"""One product sold in two shops from one stock: what one sells, the other has less of."""

from .console import Failure, progress
from .round_trip import Step, Steps
from .shop import Shop

SHARED = 12  # products


def share(first: Shop, other: Shop) -> None:
    """Let a shop sell some products of the first one too, under the same SKU: Odoo knows them by it. Once."""
    products = first.products()
    sold = {variant["sku"] for product in other.products() for variant in product["variants"]}
    if any(variant["sku"] in sold for product in products for variant in product["variants"]):
        return
    levels = {entry["id"]: entry["levels"] for entry in first.stock()}
    candidates = [
        product
        for product in products
        if product["shown"] and len(product["variants"]) == 1 and _is_alone(product["variants"][0], levels)
    ]
    chosen = candidates[: min(SHARED, len(candidates) // 2)]
    with progress(f"{other.title}: {len(chosen)} products of {first.title}"):
        for product in chosen:
            [variant] = product["variants"]
            other.add_product(product["title"], variant, sum(levels[variant["id"]].values()))


def _is_alone(variant: dict, levels: dict[str, dict[str, int]]) -> bool:
    """Whether the variant has a SKU, and is in stock at one place."""
    found = levels.get(variant["id"], {})
    return bool(variant["sku"]) and len(found) == 1 and min(found.values()) > 5


class OneStock(Steps):
    """Sells a product that several shops have in one after the other."""

    def run(self) -> list[Step]:
        """Make the sales; return what became of them."""
        sku = self._choose()
        for shop, backend_id in self.channels:
            for other, _backend_id in self.channels:
                if other is not shop:
                    self._sell(sku, shop, backend_id, other)
        return self.steps

    def _choose(self) -> str:
        """Return the SKU of an article that all shops sell and Odoo knows as one."""
        backends = {backend_id for _shop, backend_id in self.channels}
        rows = self.rpc.search_read(
            "integration.binding.variant",
            [
                ("backend_id", "in", sorted(backends)),
                ("external_id", "!=", False),
                ("odoo_id.default_code", "!=", False),
            ],
            ["odoo_id", "backend_id"],
        )
        found: dict[int, set[int]] = {}
        for row in rows:
            found.setdefault(row["odoo_id"][0], set()).add(row["backend_id"][0])
        shared = sorted(article for article, known in found.items() if known == backends)
        stocks = [{entry["sku"]: entry["available"] for entry in shop.stock()} for shop, _backend_id in self.channels]
        for article in self.rpc.call("product.product", "read", shared, ["default_code"]) if shared else ():
            if all(stock.get(article["default_code"], 0) > 5 for stock in stocks):
                return article["default_code"]
        raise Failure("There is no product in stock that all shops sell and Odoo knows as one.")

    def _sell(self, sku: str, shop: Shop, backend_id: int, other: Shop) -> None:
        """Sell two in one shop; the other one is to have two less."""
        variants = {variant["sku"]: variant for product in shop.products() for variant in product["variants"]}
        variant = next(entry for entry in other.stock() if entry["sku"] == sku)
        wanted = variant["available"] - 2
        self.step(
            other,
            f"{shop.title} -> {other.title}",
            (f"two of {sku} sold in {shop.title}", f"two less in {other.title}"),
            lambda: self.order_in_odoo(shop.place_order(variants[sku], 2), backend_id),
            lambda: other.available(variant["id"]) == wanted,
            costs=other.costs["quantity"],
        )
