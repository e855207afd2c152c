"""Placing an order: from what a caller or a shopper asks for to the priced order document."""

import hashlib
import random

from ..framework.clock import iso, parse_iso
from . import fulfilling, pricing
from .money import convert, rate_between, short_text, to_minor
from .shop import Shop
from .status import Invalid
from .taxes import regime

#: Discount codes any shopper may use; fixed values are in the shop's currency.
CODES = {
    "SAVE10": {"value_type": "percentage", "value": "10", "target_type": "line_item"},
    "FIVEOFF": {"value_type": "fixed_amount", "value": "5", "target_type": "line_item"},
    "GIFT100": {"value_type": "percentage", "value": "100", "target_type": "line_item"},
    "FREESHIP": {"value_type": "percentage", "value": "100", "target_type": "shipping_line"},
}

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def place(shop: Shop, spec: dict) -> dict:
    """A new order document, not stored yet. All keys are optional but ``lines``:

    lines: ``[{variant_id, quantity} | {title, price, quantity, sku, taxable}]``, plus per line ``properties``
    currency, country, province, taxes_included, rates ``[{title, rate}]``, tax_shipping, tax_exempt
    customer (id), company ``{id, name, location_id, tax_id}``, email, phone, billing_address, shipping_address
    shipping ``{title, code, price}`` or null; prices are in the shop's currency unless ``presentment_prices`` is true
    discounts ``[{type: discount_code|automatic|manual, title, code, value_type, value, target: order|line|shipping,
    line: index}]`` or discount_code (one of CODES); tip; test; note; tags; attributes; gateway; source_name;
    created_at; location_id (where it is sent from). Raises Invalid.
    """
    config = shop.config
    currency = spec.get("currency") or config["currency"]
    try:
        rate = rate_between(config["currency"], currency)
    except KeyError as error:
        raise Invalid(f"no exchange rate for {currency}") from error
    included, rates = regime(spec.get("country"), spec.get("province"))
    created = iso(parse_iso(spec["created_at"])) if spec.get("created_at") else shop.clock.iso()
    number = shop.store.next_ids(f"order number:{shop.domain}", start=1001)[0]
    order_id = shop.id("Order")
    digest = hashlib.sha256(f"{shop.domain}:{order_id}".encode()).hexdigest()
    pick = random.Random(digest)
    order = {
        "id": order_id,
        "number": number,
        "name": f"#{number}",
        "token": digest[:32],
        "confirmation_number": "".join(pick.choices(_ALPHABET, k=9)),
        "created_at": created,
        "processed_at": created,
        "updated_at": created,
        "cancelled_at": None,
        "cancel_reason": None,
        "staff_note": None,
        "closed_at": None,
        "edited": False,
        "test": bool(spec.get("test")),
        "currency": currency,
        "shop_currency": config["currency"],
        "rate": rate,
        "taxes_included": bool(spec.get("taxes_included", included)),
        "tax_exempt": bool(spec.get("tax_exempt")),
        "tax_shipping": bool(spec.get("tax_shipping", config["tax_shipping"])),
        "rates": [{"title": r["title"], "rate": str(r["rate"])} for r in spec.get("rates", rates)],
        "email": spec.get("email"),
        "phone": spec.get("phone"),
        "note": spec.get("note"),
        "po_number": spec.get("po_number"),
        "locale": spec.get("locale", "en"),
        "tags": sorted(spec.get("tags") or []),
        "attributes": [list(pair) for pair in (spec.get("attributes") or {}).items()],
        "source_name": spec.get("source_name", "web"),
        "source_identifier": spec.get("source_identifier"),
        "landing_site": spec.get("landing_site", "/"),
        "referring_site": spec.get("referring_site", ""),
        "gateway": spec.get("gateway", "bogus" if spec.get("test") else "shopify_payments"),
        "customer": spec.get("customer"),
        "company": spec.get("company"),
        "billing": spec.get("billing_address"),
        "delivery": spec.get("shipping_address"),
        "risk": spec.get("risk", "LOW"),
        "lines": _lines(shop, spec, currency, rate),
        "shipping": _shipping(shop, spec, currency, rate),
        "transactions": [],
        "refunds": [],
        "fulfillments": [],
    }
    order["discounts"] = _discounts(spec, order, currency, rate)
    pricing.price(order)
    fulfilling.settle(shop, order, created, location_id=spec.get("location_id"))
    return order


def _amount(value, shop: Shop, spec: dict, currency: str, rate: str) -> int:
    """Minor units of ``currency`` for a price that is stated in the shop's currency, or in ``currency`` itself."""
    if spec.get("presentment_prices"):
        return to_minor(value, currency)
    base = shop.config["currency"]
    return convert(to_minor(value, base), base, currency, rate)


def build_line(shop: Shop, wanted: dict, spec: dict, currency: str, rate: str) -> dict:
    """One order line without its id."""
    quantity = int(wanted.get("quantity", 1))
    if quantity < 1:
        raise Invalid("quantity must be at least 1")
    line = {
        "product_id": None, "variant_id": None, "product_exists": False, "variant_title": None, "vendor": None,
        "sku": wanted.get("sku"), "grams": 0, "taxable": bool(wanted.get("taxable", True)), "tip": False,
        "requires_shipping": bool(wanted.get("requires_shipping", True)), "quantity": quantity, "fulfilled": 0,
        "properties": [list(pair) for pair in (wanted.get("properties") or {}).items()],
    }  # fmt: skip
    if wanted.get("variant_id"):
        found = shop.variants().get(int(wanted["variant_id"]))
        if found is None:
            raise Invalid(f"no variant {wanted['variant_id']}")
        product, variant = found
        single = variant["title"] == "Default Title"
        line.update(
            product_id=product["id"], variant_id=variant["id"], product_exists=True, title=product["title"],
            variant_title=None if single else variant["title"], vendor=product["vendor"], sku=variant["sku"],
            grams=variant["grams"], taxable=bool(wanted.get("taxable", variant["taxable"])),
            requires_shipping=variant["requires_shipping"],
        )  # fmt: skip
        line["unit"] = _amount(wanted.get("price", variant["price"]), shop, spec, currency, rate)
    else:
        if "title" not in wanted or "price" not in wanted:
            raise Invalid("a custom line needs title and price")
        line.update(title=wanted["title"], unit=_amount(wanted["price"], shop, spec, currency, rate))
    return line


def _lines(shop: Shop, spec: dict, currency: str, rate: str) -> list[dict]:
    lines = [build_line(shop, wanted, spec, currency, rate) for wanted in spec.get("lines") or ()]
    if not lines:
        raise Invalid("an order needs at least one line")
    if spec.get("tip"):
        tip = {"title": "Tip", "price": spec["tip"], "taxable": False, "requires_shipping": False}
        lines.append({**build_line(shop, tip, spec, currency, rate), "tip": True})
    for line, number in zip(lines, shop.ids("LineItem", len(lines)), strict=True):
        line["id"] = number
    return lines


def _shipping(shop: Shop, spec: dict, currency: str, rate: str) -> list[dict]:
    wanted = spec.get("shipping")
    if not wanted:
        return []
    return [
        {
            "id": shop.id("ShippingLine"),
            "title": wanted.get("title", "Standard"),
            "code": wanted.get("code", wanted.get("title", "Standard")),
            "source": wanted.get("source", "shopify"),
            "carrier_identifier": wanted.get("carrier_identifier"),
            "price": _amount(wanted.get("price", "0"), shop, spec, currency, rate),
            "removed": False,
        }
    ]


def _discounts(spec: dict, order: dict, currency: str, rate: str) -> list[dict]:
    wanted = list(spec.get("discounts") or ())
    if spec.get("discount_code"):
        code = spec["discount_code"].strip().upper()
        if code not in CODES:
            raise Invalid(f"unknown discount code {code}")
        rule = CODES[code]
        target = "shipping" if rule["target_type"] == "shipping_line" else "order"
        wanted.append({**rule, "type": "discount_code", "code": code, "target": target})
    return [_discount(entry, spec, order, currency, rate) for entry in wanted]


def _discount(entry: dict, spec: dict, order: dict, currency: str, rate: str) -> dict:
    target = entry.get("target", "order")
    kind = entry.get("type", "manual")
    if kind not in ("discount_code", "automatic", "manual") or target not in ("order", "line", "shipping"):
        raise Invalid("a discount needs a type and a target: see the documentation")
    value = str(entry["value"])
    fixed = entry["value_type"] == "fixed_amount"
    if fixed and not spec.get("presentment_prices"):
        minor = convert(to_minor(value, order["shop_currency"]), order["shop_currency"], currency, rate)
        value = short_text(minor, currency)
    if target == "line" and not 0 <= entry.get("line", 0) < len(order["lines"]):
        raise Invalid("a discount points to a line that is not there")
    return {
        "type": kind,
        "title": entry.get("title") or entry.get("code") or "Discount",
        "code": entry.get("code") if kind == "discount_code" else None,
        "description": entry.get("description") if kind == "manual" else None,
        "value_type": entry["value_type"],
        "value": value,
        "target_type": "shipping_line" if target == "shipping" else "line_item",
        "target_selection": {"order": "all", "shipping": "all", "line": "explicit"}[target],
        "allocation_method": "across" if fixed or target == "order" else "each",
        "lines": [order["lines"][entry.get("line", 0)]["id"]] if target == "line" else [],
    }
