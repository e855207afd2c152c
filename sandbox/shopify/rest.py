"""REST shape of an order and its parts: what webhooks carry. Plain amounts are in the shop's currency, as text."""

import base64
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from ..framework.clock import parse_iso
from . import fulfilling, pricing, status
from .money import convert, text
from .shop import Shop, gid

#: Ids of the platform's own sales channels.
APP_IDS = {"web": 580111, "shopify_draft_order": 1354745, "pos": 129785}

FULFILLMENT = {"UNFULFILLED": None, "PARTIALLY_FULFILLED": "partial", "FULFILLED": "fulfilled"}


class Money:
    """Amounts of one order in both of its currencies; each amount is converted and rounded on its own."""

    def __init__(self, order: dict):
        self.currency, self.shop_currency = order["currency"], order["shop_currency"]
        self._rate = 1 / Fraction(order["rate"])

    def in_shop(self, minor: int) -> int:
        return convert(minor, self.currency, self.shop_currency, self._rate)

    def plain(self, minor: int) -> str:
        return text(self.in_shop(minor), self.shop_currency)

    def bag(self, minor: int) -> dict:
        return {
            "shop_money": {"amount": self.plain(minor), "currency_code": self.shop_currency},
            "presentment_money": {"amount": text(minor, self.currency), "currency_code": self.currency},
        }


def local(moment: str | None, offset: int) -> str | None:
    """A UTC time in the shop's own: ``2026-11-21T01:00:00-07:00``. ``offset`` in minutes."""
    if moment is None:
        return None
    zone = timezone(timedelta(minutes=offset))
    return datetime.fromtimestamp(parse_iso(moment), zone).isoformat(timespec="seconds")


def address(data: dict | None) -> dict | None:
    if data is None:
        return None
    keys = ("first_name", "address1", "phone", "city", "zip", "province", "country", "last_name", "address2", "company")
    body = {key: data.get(key) for key in keys}
    body.update(
        latitude=data.get("latitude"),
        longitude=data.get("longitude"),
        name=full_name(data),
        country_code=data.get("country_code"),
        province_code=data.get("province_code"),
    )
    return body


def full_name(data: dict) -> str:
    return " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)


def tax_lines(taxes: list[dict], money: Money) -> list[dict]:
    return [
        {
            "channel_liable": False,
            "price": money.plain(tax["amount"]),
            "price_set": money.bag(tax["amount"]),
            "rate": float(tax["rate"]),
            "title": tax["title"],
        }
        for tax in taxes
    ]


def allocations(entries: list[dict], money: Money) -> list[dict]:
    return [
        {
            "amount": money.plain(entry["amount"]),
            "amount_set": money.bag(entry["amount"]),
            "discount_application_index": entry["discount"],
        }
        for entry in entries
    ]


def line_discount(order: dict, line: dict) -> int:
    """Discounts that belong to the line itself, not to the whole order."""
    return sum(
        entry["amount"]
        for entry in line["allocations"]
        if order["discounts"][entry["discount"]]["target_selection"] != "all"
    )


def line_item(order: dict, line: dict, money: Money) -> dict:
    name = line["title"] if not line["variant_title"] else f"{line['title']} - {line['variant_title']}"
    left = status.to_fulfill(order, line)
    own = line_discount(order, line)
    body = {
        "id": line["id"],
        "admin_graphql_api_id": gid("LineItem", line["id"]),
        "attributed_staffs": [],
        "current_quantity": line["quantity"] - status.returned(order, line["id"]),
        "fulfillable_quantity": left,
        "fulfillment_service": "manual",
        "fulfillment_status": None if not line["fulfilled"] else "partial" if left else "fulfilled",
        "gift_card": False,
        "grams": line["grams"],
        "name": name,
        "price": money.plain(line["unit"]),
        "price_set": money.bag(line["unit"]),
        "product_exists": line["product_exists"],
        "product_id": line["product_id"],
        "properties": [{"name": key, "value": value} for key, value in line["properties"]],
        "quantity": line["quantity"],
        "requires_shipping": line["requires_shipping"],
        "sku": line["sku"],
        "taxable": line["taxable"],
        "title": line["title"],
        "total_discount": money.plain(own),
        "total_discount_set": money.bag(own),
        "variant_id": line["variant_id"],
        "variant_inventory_management": "shopify" if line["variant_id"] else None,
        "variant_title": line["variant_title"],
        "vendor": line["vendor"],
        "tax_lines": tax_lines(line["taxes"], money),
        "duties": [],
        "discount_allocations": allocations(line["allocations"], money),
    }
    if line["tip"]:
        body.update(tip_payment_gateway=order["gateway"], tip_payment_method=None)
    return body


def shipping_line(line: dict, money: Money) -> dict:
    after = pricing.net(line)
    return {
        "id": line["id"],
        "carrier_identifier": line["carrier_identifier"],
        "code": line["code"],
        "current_discounted_price_set": money.bag(after),
        "discounted_price": money.plain(after),
        "discounted_price_set": money.bag(after),
        "is_removed": line["removed"],
        "phone": None,
        "price": money.plain(line["price"]),
        "price_set": money.bag(line["price"]),
        "requested_fulfillment_service_id": None,
        "source": line["source"],
        "title": line["title"],
        "tax_lines": tax_lines(line["taxes"], money),
        "discount_allocations": allocations(line["allocations"], money),
    }


def transaction(order: dict, entry: dict, offset: int) -> dict:
    return {
        "id": entry["id"],
        "admin_graphql_api_id": gid("OrderTransaction", entry["id"]),
        "amount": text(entry["amount"], order["currency"]),
        "authorization": None,
        "created_at": local(entry["created_at"], offset),
        "currency": order["currency"],
        "device_id": None,
        "error_code": None,
        "gateway": entry["gateway"],
        "kind": entry["kind"].lower(),
        "location_id": None,
        "message": None,
        "order_id": order["id"],
        "parent_id": entry["parent_id"],
        "payment_id": f"{order['name']}.{entry['id'] % 1000}",
        "processed_at": local(entry["created_at"], offset),
        "receipt": {},
        "source_name": order["source_name"],
        "status": entry["status"].lower(),
        "test": entry["test"],
        "user_id": None,
    }


def refund(order: dict, record: dict, money: Money, offset: int) -> dict:
    by_id = {line["id"]: line for line in order["lines"]}
    transactions = [t for t in order["transactions"] if t["id"] in record["transactions"]]
    adjustments = [
        _adjustment(
            order, record, entry["id"], kind="refund_discrepancy", amount=entry["amount"], tax=entry["tax"], money=money
        )
        for entry in record["adjustments"]
    ]
    adjustments += [
        _adjustment(
            order,
            record,
            entry["id"],
            kind="shipping_refund",
            amount=-entry["subtotal"],
            tax=-sum(entry["taxes"]),
            money=money,
        )
        for entry in record["shipping"]
    ]
    return {
        "id": record["id"],
        "admin_graphql_api_id": gid("Refund", record["id"]),
        "created_at": local(record["created_at"], offset),
        "note": record["note"],
        "order_id": order["id"],
        "processed_at": local(record["created_at"], offset),
        "restock": record["restock"],
        "total_additional_fees_set": money.bag(0),
        "total_duties_set": money.bag(0),
        "user_id": None,
        "order_adjustments": adjustments,
        "transactions": [transaction(order, entry, offset) for entry in transactions],
        "refund_line_items": [
            {
                "id": entry["id"],
                "line_item_id": entry["line_id"],
                "location_id": restocked_at(entry),
                "quantity": entry["quantity"],
                "restock_type": entry["restock_type"].lower(),
                "subtotal": float(money.plain(entry["subtotal"])),
                "subtotal_set": money.bag(entry["subtotal"]),
                "total_tax": float(money.plain(sum(entry["taxes"]))),
                "total_tax_set": money.bag(sum(entry["taxes"])),
                "line_item": line_item(order, by_id[entry["line_id"]], money),
            }
            for entry in record["lines"]
        ],
        "duties": [],
    }


def restocked_at(entry: dict) -> int | None:
    return entry.get("location_id") if entry["restock_type"] != "NO_RESTOCK" else None


def _adjustment(order, record, number, *, kind, amount, tax, money: Money) -> dict:
    return {
        "id": number,
        "amount": money.plain(amount),
        "amount_set": money.bag(amount),
        "kind": kind,
        "order_id": order["id"],
        "reason": "Refund discrepancy" if kind == "refund_discrepancy" else "Shipping refund",
        "refund_id": record["id"],
        "tax_amount": money.plain(tax),
        "tax_amount_set": money.bag(tax),
    }


def fulfillment(order: dict, record: dict, money: Money, offset: int) -> dict:
    by_id = {line["id"]: line for line in order["lines"]}
    tracking = fulfilling.tracking_of(record)
    numbers = [entry["number"] for entry in tracking if entry["number"]]
    urls = [entry["url"] for entry in tracking if entry["url"]]
    return {
        "id": record["id"],
        "admin_graphql_api_id": gid("Fulfillment", record["id"]),
        "created_at": local(record["created_at"], offset),
        "location_id": record.get("location_id"),
        "name": record["name"],
        "order_id": order["id"],
        "origin_address": {},
        "receipt": {},
        "service": "manual",
        "shipment_status": None,
        "status": record.get("status", "SUCCESS").lower(),
        "tracking_company": tracking[0]["company"] if tracking else None,
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "updated_at": local(record.get("updated_at", record["created_at"]), offset),
        "line_items": [
            {**line_item(order, by_id[entry["line_id"]], money), "quantity": entry["quantity"]}
            for entry in record["lines"]
        ],
    }


def inventory_level(variant: dict, level: dict, offset: int) -> dict:
    """What ``inventory_levels/*`` carries; an article that is not tracked has no quantity."""
    item_id, location_id = variant["inventory_item_id"], level["location_id"]
    return {
        "inventory_item_id": item_id,
        "location_id": location_id,
        "available": level["available"] if variant.get("tracked", True) else None,
        "updated_at": local(level["updated_at"], offset),
        "admin_graphql_api_id": f"{gid('InventoryLevel', location_id)}?inventory_item_id={item_id}",
    }


def location(data: dict, offset: int) -> dict:
    """What ``locations/*`` carries."""
    keys = ("name", "address1", "city", "zip", "province", "phone", "country_code", "province_code")
    return {
        "id": data["id"],
        **{key: data[key] for key in keys},
        "address2": data.get("address2"),
        "country": data["country_code"],
        "country_name": data["country"],
        "created_at": local(data["created_at"], offset),
        "updated_at": local(data["updated_at"], offset),
        "legacy": False,
        "active": data.get("active", True),
        "admin_graphql_api_id": gid("Location", data["id"]),
        "localized_country_name": data["country"],
        "localized_province_name": data["province"],
    }


def customer(data: dict, currency: str, offset: int) -> dict:
    home = data["default_address"]
    body = {
        "id": data["id"],
        "email": data["email"],
        "created_at": local(data["created_at"], offset),
        "updated_at": local(data["updated_at"], offset),
        "first_name": data["first_name"],
        "last_name": data["last_name"],
        "state": "disabled",
        "note": data["note"],
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": data["tax_exempt"],
        "phone": data["phone"],
        "email_marketing_consent": None,
        "sms_marketing_consent": None,
        "tags": ", ".join(data["tags"]),
        "currency": currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", data["id"]),
    }
    if home:
        body["default_address"] = {
            "id": home["id"],
            "customer_id": data["id"],
            **{k: v for k, v in address(home).items() if k not in ("latitude", "longitude")},
            "country_name": home["country"],
            "default": True,
        }
    return body


def discount_application(entry: dict) -> dict:
    body = {
        "target_type": entry["target_type"],
        "type": entry["type"],
        "value": entry["value"] if "." in entry["value"] else entry["value"] + ".0",
        "value_type": entry["value_type"],
        "allocation_method": entry["allocation_method"],
        "target_selection": entry["target_selection"],
    }
    if entry["type"] == "discount_code":
        body["code"] = entry["code"]
    else:
        body["title"] = entry["title"]
    if entry["type"] == "manual":
        body["description"] = entry["description"]
    return body


def discount_codes(order: dict, money: Money) -> list[dict]:
    amounts: dict[int, int] = {}
    for line in (*order["lines"], *order["shipping"]):
        for entry in line["allocations"]:
            amounts[entry["discount"]] = amounts.get(entry["discount"], 0) + entry["amount"]
    return [
        {
            "code": entry["code"],
            "amount": money.plain(amounts.get(index, 0)),
            "type": "shipping" if entry["target_type"] == "shipping_line" else entry["value_type"],
        }
        for index, entry in enumerate(order["discounts"])
        if entry["type"] == "discount_code"
    ]


def _company(data: dict | None) -> dict | None:
    return {"id": data["id"], "location_id": data["location_id"]} if data else None


def order(shop: Shop, data: dict) -> dict:
    """The whole order as ``orders/create`` and its sisters carry it."""
    config, money = shop.config, Money(data)
    offset, totals, now = config["utc_offset"], data["totals"], status.current(data)
    buyer = shop.store.get(shop.domain, "customer", data["customer"]) if data["customer"] else None
    weight = sum(line["grams"] * line["quantity"] for line in data["lines"])
    body = {
        "id": data["id"],
        "admin_graphql_api_id": gid("Order", data["id"]),
        "app_id": APP_IDS.get(data["source_name"], 580111),
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": data["cancel_reason"].lower() if data["cancel_reason"] else None,
        "cancelled_at": local(data["cancelled_at"], offset),
        "cart_token": None,
        "checkout_id": None,
        "checkout_token": None,
        "client_details": None,
        "closed_at": local(data["closed_at"], offset),
        "company": _company(data.get("company")),
        "confirmation_number": data["confirmation_number"],
        "confirmed": True,
        "contact_email": data["email"],
        "created_at": local(data["created_at"], offset),
        "currency": data["shop_currency"],
        "current_shipping_price_set": money.bag(now["shipping"]),
        "current_total_additional_fees_set": None,
        "current_total_duties_set": None,
        "customer_locale": data["locale"],
        "device_id": None,
        "discount_codes": discount_codes(data, money),
        "duties_included": False,
        "email": data["email"] or "",
        "estimated_taxes": False,
        "financial_status": status.financial(data).lower(),
        "fulfillment_status": FULFILLMENT[status.fulfillment(data)],
        "landing_site": data.get("landing_site", "/"),
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": base64.b64encode(str(config["id"]).encode()).decode(),
        "merchant_of_record_app_id": None,
        "name": data["name"],
        "note": data["note"],
        "note_attributes": [{"name": key, "value": value} for key, value in data["attributes"]],
        "number": data["number"] - 1000,
        "order_number": data["number"],
        "order_status_url": status_url(config, data),
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "payment_gateway_names": gateways(data),
        "phone": data["phone"],
        "po_number": data["po_number"],
        "presentment_currency": data["currency"],
        "processed_at": local(data["processed_at"], offset),
        "reference": data["source_identifier"],
        "referring_site": data.get("referring_site", ""),
        "source_identifier": data["source_identifier"],
        "source_name": data["source_name"],
        "source_url": None,
        "tags": ", ".join(data["tags"]),
        "tax_exempt": data["tax_exempt"],
        "tax_lines": tax_lines(order_taxes(data), money),
        "taxes_included": data["taxes_included"],
        "test": data["test"],
        "token": data["token"],
        "total_cash_rounding_payment_adjustment_set": money.bag(0),
        "total_cash_rounding_refund_adjustment_set": money.bag(0),
        "total_outstanding": money.plain(status.outstanding(data)),
        "total_shipping_price_set": money.bag(totals["shipping"]),
        "total_tip_received": money.plain(totals["tip"]),
        "total_weight": weight,
        "updated_at": local(data["updated_at"], offset),
        "user_id": None,
        "billing_address": address(data["billing"]),
        "customer": customer(buyer, data["shop_currency"], offset) if buyer else None,
        "discount_applications": [discount_application(entry) for entry in data["discounts"]],
        "fulfillments": [fulfillment(data, record, money, offset) for record in data["fulfillments"]],
        "line_items": [line_item(data, line, money) for line in data["lines"]],
        "payment_terms": None,
        "refunds": [refund(data, record, money, offset) for record in data["refunds"]],
        "returns": [],
        "shipping_address": address(data["delivery"]),
        "shipping_lines": [shipping_line(line, money) for line in data["shipping"]],
    }
    amounts = {
        "current_subtotal_price": now["subtotal"],
        "current_total_discounts": now["discount"],
        "current_total_price": now["total"],
        "current_total_tax": now["tax"],
        "subtotal_price": totals["subtotal"],
        "total_discounts": totals["discount"],
        "total_line_items_price": totals["gross"],
        "total_price": totals["total"],
        "total_tax": totals["tax"],
    }
    for key, minor in amounts.items():
        body[key] = money.plain(minor)
        body[f"{key}_set"] = money.bag(minor)
    return body


def order_taxes(data: dict) -> list[dict]:
    """Taxes of the whole order, those of its shipping included."""
    return pricing.tax_lines([*data["lines"], *(line for line in data["shipping"] if not line["removed"])])


def gateways(data: dict) -> list[str]:
    return sorted({entry["gateway"] for entry in data["transactions"]})


def status_url(config: dict, data: dict) -> str:
    return f"https://{config['domain']}/{config['id']}/orders/{data['token']}/authenticate?key={data['token'][:12]}"
