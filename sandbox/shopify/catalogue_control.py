"""What the merchant does to the catalogue: on the pages and through the control API. Apps are told by webhooks."""

import base64
import binascii
from decimal import Decimal, InvalidOperation

from ..framework import pictures
from . import catalogue, catalogue_events, file_edit, media, translations
from .placing import Invalid
from .product_set import clean_tags
from .shop import Shop
from .user_errors import UserErrors

STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
_TEXTS = ("title", "description_html", "vendor", "product_type")
_VARIANT = ("sku", "barcode", "hs_code", "origin", "tracked", "policy", "taxable")


class Merchant:
    """The merchant at work in one shop."""

    def __init__(self, shop: Shop, services):
        self._shop, self._services = shop, services

    def product(self, text: str) -> dict:
        """A product by its number; raises KeyError."""
        found = self._shop.store.get(self._shop.domain, "product", int(text)) if text.isdigit() else None
        if found is None:
            raise KeyError(f"product {text}")
        return found

    def save(self, before: dict | None, after: dict) -> dict:
        return catalogue_events.save_product(self._shop, self._services.deliveries, before, after)

    def edit(self, product: dict, wanted: dict) -> dict:
        """Change a product: title, description_html, vendor, product_type, status, tags, published (names of channels),
        price and compare_at_price (of all variants), variants ``{id: {price, compare_at_price, cost, sku, ...}}``."""
        known = {*_TEXTS, "status", "tags", "published", "price", "compare_at_price", "variants"}
        if set(wanted) - known:
            raise Invalid(f"cannot be changed: {', '.join(sorted(set(wanted) - known))}")
        after = {**product, **{key: wanted[key] for key in _TEXTS if key in wanted}}
        if not after["title"].strip():
            raise Invalid("a product needs a title")
        if "status" in wanted:
            if wanted["status"] not in STATUSES:
                raise Invalid(f"status must be one of {', '.join(STATUSES)}")
            after["status"] = wanted["status"]
        if "tags" in wanted:
            after["tags"] = clean_tags(wanted["tags"])
        if "published" in wanted:
            after["published"] = self._published(product, wanted["published"])
        everywhere = {key: wanted[key] for key in ("price", "compare_at_price") if key in wanted}
        single = {str(key): value for key, value in (wanted.get("variants") or {}).items()}
        missing = set(single) - {str(variant["id"]) for variant in product["variants"]}
        if missing:
            raise Invalid(f"no variant {', '.join(sorted(missing))}")
        after["variants"] = [
            self._variant(variant, {**everywhere, **single.get(str(variant["id"]), {})})
            for variant in product["variants"]
        ]
        return self.save(product, after)

    def _published(self, product: dict, names: list[str]) -> dict[str, str]:
        by_name = {entry["name"]: str(entry["id"]) for entry in catalogue.publications(self._shop)}
        if set(names) - set(by_name):
            raise Invalid(f"channels are {', '.join(by_name)}")
        now = self._shop.clock.iso()
        return {by_name[name]: product["published"].get(by_name[name], now) for name in names}

    @staticmethod
    def _variant(variant: dict, wanted: dict) -> dict:
        after = {**variant, **{key: wanted[key] for key in _VARIANT if key in wanted}}
        for key in ("price", "compare_at_price", "cost"):
            if key in wanted:
                after[key] = _amount(wanted[key], blank=key != "price")
        return after

    def translate(self, product: dict, wanted: dict) -> dict:
        """Translate texts: ``{locale: {key: text, or None for none}}``; the product."""
        try:
            return translations.by_merchant(self._shop, product, wanted)
        except UserErrors as error:
            raise Invalid(str(error)) from error

    def delete(self, product: dict):
        catalogue_events.delete_product(self._shop, self._services.deliveries, product)

    def add_picture(self, product: dict, content: bytes, *, name: str = "picture", alt: str | None = None) -> dict:
        """Put a picture behind the product's others; the product."""
        shop = self._shop
        with shop.store.transaction():
            file = media.finished(shop, media.new_file(shop, name=name or "picture", alt=alt or None), content)
            if file["status"] != "READY":
                raise Invalid(file["error"]["message"])
            shop.store.put(shop.domain, "file", file["id"], file)
            return self.save(product, {**product, "media": [*product["media"], file["id"]]})

    def take_picture(self, product: dict, wanted: dict) -> dict:
        """Add a picture of ``{content: base64}`` or, drawn by the sandbox, of a ``{text}``; name, alt."""
        try:
            content = base64.b64decode(wanted["content"], validate=True) if "content" in wanted else None
        except (binascii.Error, TypeError) as error:
            raise Invalid("content must be base64") from error
        name = wanted.get("name") or f"{product['handle']}.png"
        drawn = content if content is not None else pictures.picture(str(wanted.get("text") or product["title"]))
        return self.add_picture(product, drawn, name=name, alt=wanted.get("alt"))

    def remove_picture(self, product: dict, number: int) -> dict:
        """Take a picture off a product and its variants."""
        if number not in product["media"]:
            raise KeyError(f"picture {number}")
        left = [other for other in product["media"] if other != number]
        return self.save(product, file_edit.without_media({**product, "media": left}))

    def collect(self, wanted: dict) -> dict:
        """Make a collection: title, products (ids), rules ``{any, rules: [{column, relation, condition}]}``."""
        for rule in (wanted.get("rules") or {}).get("rules") or ():
            wrong = catalogue.rule_problem(rule)
            if wrong:
                raise Invalid(wrong)
        for number in wanted.get("products") or ():
            self.product(str(number))
        entry = catalogue.collection(self._shop, wanted)
        return catalogue_events.save_collection(self._shop, self._services.deliveries, None, entry)


def _amount(given, *, blank: bool) -> str | None:
    """An amount with two places, None for nothing where that is allowed; raises Invalid."""
    if given in (None, "") and blank:
        return None
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0:
        raise Invalid(f"{given!r} is no amount")
    return f"{amount:.2f}"
