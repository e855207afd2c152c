"""What an order needs to know of the products: found by SKU, children of configurables, choices of bundles."""

from decimal import Decimal

from .money import dec
from .shop import Shop


def attribute(product: dict, code: str):
    """The value of a custom attribute, None if the product has none."""
    return next(
        (entry["value"] for entry in product.get("custom_attributes") or () if entry["attribute_code"] == code), None
    )


class Catalogue:
    """The products of a shop as they are now; ``sku`` and ``id`` find them."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self._parents = {
            child: product
            for product in shop.all("product")
            if product["type_id"] == "configurable"
            for child in (product.get("extension_attributes") or {}).get("configurable_product_links") or ()
        }

    def sku(self, sku: str) -> dict | None:
        found = self.shop.find("product", "sku", sku)
        return found[0] if found else None

    def id(self, number: int) -> dict | None:
        return self.shop.get("product", number)

    def parent(self, product: dict) -> dict | None:
        """The configurable product that this one is a variant of."""
        return self._parents.get(product["id"])

    def first_child(self, product: dict) -> dict | None:
        links = (product.get("extension_attributes") or {}).get("configurable_product_links") or ()
        return next(filter(None, map(self.id, links)), None)

    def members(self, product: dict) -> list[tuple[dict, Decimal]]:
        """(product, quantity) of what a bundle's or a group's default choice consists of."""
        if product["type_id"] == "grouped":
            links = [link for link in product.get("product_links") or () if link["link_type"] == "associated"]
            pairs = [
                (link["linked_product_sku"], (link.get("extension_attributes") or {}).get("qty")) for link in links
            ]
        else:
            options = (product.get("extension_attributes") or {}).get("bundle_product_options") or ()
            chosen = [
                next((link for link in option["product_links"] if link.get("is_default")), option["product_links"][0])
                for option in options
                if option["product_links"]
            ]
            pairs = [(link["sku"], link.get("qty")) for link in chosen]
        found = [(self.sku(sku), dec(quantity) or Decimal(1)) for sku, quantity in pairs]
        return [(member, quantity) for member, quantity in found if member]


def final_price(product: dict) -> Decimal:
    """The special price where it is lower: it is in force, whatever its dates."""
    price, special = dec(product.get("price")), attribute(product, "special_price")
    return min(price, dec(special)) if special not in (None, "") else price


def tax_class(product: dict) -> int:
    value = attribute(product, "tax_class_id")
    return 2 if value in (None, "") else int(value)


def chosen_options(shop: Shop, parent: dict, child: dict) -> list[dict]:
    """``configurable_item_options`` of an order's item: which value of which attribute the child is."""
    codes = {str(record["attribute_id"]): record["attribute_code"] for record in shop.all("attribute")}
    options = (parent.get("extension_attributes") or {}).get("configurable_product_options") or ()
    found = []
    for option in options:
        value = attribute(child, codes.get(str(option["attribute_id"]), ""))
        if value is not None:
            found.append({"option_id": str(option["attribute_id"]), "option_value": int(value)})
    return found
