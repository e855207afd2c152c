"""GraphQL shape of an order. Values that cost something to make are functions, run only when they are asked for."""

from functools import cache
from urllib.parse import parse_qsl, urljoin, urlsplit

from . import graph_fulfillment, graph_stock, pricing, rest, returns, status
from . import refunds as refunds_of
from .access import require
from .graph_shop import attributes, customer, mailing_address, product, variant
from .money import short_text
from .paging import nested
from .shop import Shop, gid


class Bags:
    """MoneyBags of one order."""

    def __init__(self, order: dict):
        self._money = rest.Money(order)
        self._zero = None

    def __call__(self, minor: int) -> dict:
        money = self._money
        paid = {"amount": short_text(minor, money.currency), "currencyCode": money.currency}
        if money.currency == money.shop_currency:
            return {"shopMoney": paid, "presentmentMoney": paid}
        shop = {"amount": short_text(money.in_shop(minor), money.shop_currency), "currencyCode": money.shop_currency}
        return {"shopMoney": shop, "presentmentMoney": paid}

    def lazy(self, minor: int):
        return lambda _info: self(minor)


def order_node(shop: Shop, order: dict) -> dict:
    bag, config, totals = Bags(order), shop.config, order["totals"]
    current = cache(lambda: status.current(order))

    def now(key: str):
        return lambda _info: bag(current()[key])

    def amount(key: str):
        return lambda _info: bag(totals[key])

    refunds = [refund_node(shop, order, record, bag) for record in order["refunds"]]
    applications = [application(entry, index, order) for index, entry in enumerate(order["discounts"])]
    shipping = [shipping_node(line, bag, applications) for line in order["shipping"]]
    codes = [entry["code"] for entry in order["discounts"] if entry["code"]]
    goods = [line for line in order["lines"] if not line["tip"]]
    weight = sum(line["grams"] * line["quantity"] for line in order["lines"])
    billing, delivery = order["billing"], order["delivery"]

    def cart_discount(_info):
        return bag(sum(a["amount"] for line in goods for a in line["allocations"] if _whole(order, a)))

    def lines(info, **arguments):
        show = nested(order["lines"], lambda line: line_node(shop, order, line, bag, applications))
        return show(info, **arguments)

    def buyer(info):
        if not order["customer"]:
            return None
        require(info, "read_customers", "customer")
        record = shop.store.get(shop.domain, "customer", order["customer"])
        return customer(shop, record) if record else None

    return {
        "__typename": "Order",
        "id": gid("Order", order["id"]),
        "legacyResourceId": str(order["id"]),
        "name": order["name"],
        "number": order["number"],
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "processedAt": order["processed_at"],
        "cancelledAt": order["cancelled_at"],
        "cancelReason": order["cancel_reason"],
        "cancellation": {"staffNote": order["staff_note"]} if order["cancelled_at"] else None,
        "closedAt": order["closed_at"],
        "closed": order["closed_at"] is not None,
        "confirmed": True,
        "test": order["test"],
        "edited": order["edited"],
        "email": order["email"],
        "phone": order["phone"],
        "note": order["note"],
        "tags": order["tags"],
        "customAttributes": attributes(order["attributes"]),
        "sourceName": order["source_name"],
        "customerJourneySummary": _journey(config, order),
        "sourceIdentifier": order["source_identifier"],
        "channelInformation": _channel(order),
        "app": {"id": gid("App", rest.APP_IDS.get(order["source_name"], 580111)), "name": _channel_name(order)},
        "statusPageUrl": rest.status_url(config, order),
        "displayFinancialStatus": lambda _info: status.financial(order),
        "displayFulfillmentStatus": lambda _info: status.display_fulfillment(order),
        "returnStatus": returns.status_of(order),
        "returns": returns.of_order(shop, order),
        "currencyCode": order["shop_currency"],
        "presentmentCurrencyCode": order["currency"],
        "taxesIncluded": order["taxes_included"],
        "taxExempt": order["tax_exempt"],
        "dutiesIncluded": False,
        "estimatedTaxes": False,
        "confirmationNumber": order["confirmation_number"],
        "poNumber": order["po_number"],
        "customerLocale": order["locale"],
        "clientIp": None,
        "customerAcceptsMarketing": False,
        "paymentGatewayNames": rest.gateways(order),
        "paymentTerms": None,
        "discountCode": codes[0] if codes else None,
        "discountCodes": codes,
        "discountApplications": nested(applications, lambda entry: entry, "index"),
        "subtotalPriceSet": amount("subtotal"),
        "totalPriceSet": amount("total"),
        "originalTotalPriceSet": bag.lazy(order.get("original_total", totals["total"])),
        "totalTaxSet": amount("tax"),
        "totalDiscountsSet": amount("discount"),
        "cartDiscountAmountSet": cart_discount,
        "totalShippingPriceSet": amount("shipping"),
        "totalTipReceivedSet": amount("tip"),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "additionalFees": [],
        "totalReceivedSet": lambda _info: bag(status.captured(order)),
        "totalOutstandingSet": lambda _info: bag(status.outstanding(order)),
        "totalCapturableSet": lambda _info: bag(status.authorized(order)),
        "totalRefundedSet": lambda _info: bag(status.refunded(order)),
        "totalRefundedShippingSet": lambda _info: bag(
            sum(entry["subtotal"] for record in order["refunds"] for entry in record["shipping"])
        ),
        "refundDiscrepancySet": lambda _info: bag(
            sum(entry["amount"] for record in order["refunds"] for entry in record["adjustments"])
        ),
        "netPaymentSet": lambda _info: bag(status.captured(order) - status.refunded(order)),
        "totalCashRoundingAdjustment": lambda _info: {"paymentSet": bag(0), "refundSet": bag(0)},
        "currentSubtotalPriceSet": now("subtotal"),
        "currentTotalPriceSet": now("total"),
        "currentTotalTaxSet": now("tax"),
        "currentTotalDiscountsSet": now("discount"),
        "currentCartDiscountAmountSet": cart_discount,
        "currentShippingPriceSet": now("shipping"),
        "currentTotalDutiesSet": None,
        "currentTotalAdditionalFeesSet": None,
        "taxLines": lambda _info: tax_nodes(rest.order_taxes(order), bag),
        "currentTaxLines": lambda _info: tax_nodes(status.current_tax_lines(order), bag),
        "subtotalLineItemsQuantity": sum(line["quantity"] for line in goods),
        "currentSubtotalLineItemsQuantity": lambda _info: sum(
            line["quantity"] - status.returned(order, line["id"]) for line in goods
        ),
        "totalWeight": str(weight),
        "currentTotalWeight": str(weight),
        "customer": buyer,
        "purchasingEntity": lambda info: _purchasing_company(order) or buyer(info),
        "billingAddress": mailing_address(billing),
        "shippingAddress": mailing_address(delivery),
        "displayAddress": mailing_address(delivery or billing),
        "billingAddressMatchesShippingAddress": rest.address(billing) == rest.address(delivery),
        "lineItems": lines,
        "shippingLine": shipping[0] if shipping else None,
        "shippingLines": _shipping_lines(shipping),
        "transactions": _first([transaction_node(order, entry, bag) for entry in order["transactions"]]),
        "transactionsCount": {"count": len(order["transactions"]), "precision": "EXACT"},
        "refunds": _first(refunds),
        "suggestedRefund": refunds_of.suggested(shop, order),
        "refundable": bool(status.captured(order) - status.refunded(order)),
        "fulfillments": lambda info, first=None: [
            graph_fulfillment.fulfillment_node(shop, order, record, bag) for record in order["fulfillments"][:first]
        ],
        "fulfillmentOrders": graph_fulfillment.of_order(shop, order),
        "fulfillmentsCount": {"count": len(order["fulfillments"]), "precision": "EXACT"},
        "risk": _risk(order),
        "riskLevel": order["risk"],
        "unpaid": not status.captured(order),
        "fullyPaid": lambda _info: status.outstanding(order) <= 0,
        "capturable": bool(status.authorized(order)),
        "requiresShipping": any(line["requires_shipping"] for line in order["lines"]),
    }


def _whole(order: dict, allocation: dict) -> bool:
    return order["discounts"][allocation["discount"]]["target_selection"] == "all"


def _first(entries: list):
    """A plain list that may be cut by ``first``."""
    return lambda _info, first=None: entries if first is None else entries[:first]


def _channel_name(order: dict) -> str:
    return {"web": "Online Store", "pos": "Point of Sale", "shopify_draft_order": "Draft Orders"}.get(
        order["source_name"], order["source_name"]
    )


def _channel(order: dict) -> dict | None:
    if order["source_name"] not in rest.APP_IDS:
        return None
    number, name = rest.APP_IDS[order["source_name"]], _channel_name(order)
    return {
        "id": gid("ChannelInformation", number),
        "channelId": gid("Channel", number),
        "displayName": name,
        "channelDefinition": {
            "id": gid("ChannelDefinition", number), "channelName": name, "handle": order["source_name"],
            "isMarketplace": False, "subChannelName": name,
        },
    }  # fmt: skip


def _journey(config: dict, order: dict) -> dict | None:
    """Sessions of the online store; other channels have none."""
    if order["source_name"] != "web":
        return None
    landing, moment = order.get("landing_site", "/"), order["created_at"]
    query = dict(parse_qsl(urlsplit(landing).query))
    names = ("source", "medium", "campaign", "content", "term")
    utm = {name: query.get(f"utm_{name}") for name in names}
    visit = {
        "id": gid("CustomerVisit", order["id"]), "landingPage": urljoin(f"https://{config['domain']}", landing),
        "referrerUrl": order.get("referring_site") or None, "occurredAt": moment, "source": "direct",
        "utmParameters": utm if any(utm.values()) else None,
    }  # fmt: skip
    return {"ready": True, "firstVisit": visit, "lastVisit": visit}


def _risk(order: dict) -> dict:
    advice = {"LOW": "ACCEPT", "MEDIUM": "INVESTIGATE", "HIGH": "CANCEL"}[order["risk"]]
    mood = {"LOW": "POSITIVE", "MEDIUM": "NEUTRAL", "HIGH": "NEGATIVE"}[order["risk"]]
    fact = {"description": "Characteristics of this order compared with earlier ones", "sentiment": mood}
    return {
        "assessments": [{"facts": [fact], "provider": None, "riskLevel": order["risk"]}],
        "recommendation": advice,
    }


def tax_nodes(taxes: list[dict], bag: Bags) -> list[dict]:
    return [
        {
            "title": tax["title"],
            "rate": float(tax["rate"]),
            "ratePercentage": round(float(tax["rate"]) * 100, 6),
            "priceSet": bag(tax["amount"]),
            "channelLiable": False,
            "source": None,
        }
        for tax in taxes
    ]


def application(entry: dict, index: int, order: dict) -> dict:
    """A discount application; its type tells code, automatic or manual."""
    kind = {"discount_code": "DiscountCode", "automatic": "Automatic", "manual": "Manual"}[entry["type"]]
    if entry["value_type"] == "percentage":
        value = {"__typename": "PricingPercentageValue", "percentage": float(entry["value"])}
    else:
        value = {"__typename": "MoneyV2", "amount": entry["value"], "currencyCode": order["currency"]}
        if "." not in entry["value"]:
            value["amount"] += ".0"
    return {
        "__typename": f"{kind}Application" if kind == "DiscountCode" else f"{kind}DiscountApplication",
        "index": index,
        "allocationMethod": entry["allocation_method"].upper(),
        "targetSelection": entry["target_selection"].upper(),
        "targetType": entry["target_type"].upper(),
        "value": value,
        "code": entry["code"],
        "title": entry["title"],
        "description": entry["description"],
    }


def allocation_nodes(entries: list[dict], bag: Bags, applications: list[dict]) -> list[dict]:
    return [
        {"allocatedAmountSet": bag(entry["amount"]), "discountApplication": applications[entry["discount"]]}
        for entry in entries
    ]


def line_node(shop: Shop, order: dict, line: dict, bag: Bags, applications: list[dict]) -> dict:
    gone = status.returned(order, line["id"])
    gross, own = pricing.gross(line), rest.line_discount(order, line)
    codes = {index for index, entry in enumerate(order["discounts"]) if entry["type"] == "discount_code"}
    without_codes = sum(
        entry["amount"] for entry in line["allocations"] if entry["discount"] not in codes and not _whole(order, entry)
    )

    def discounted(_info, withCodeDiscounts=None):
        return bag(gross - (own if withCodeDiscounts else without_codes))

    def one(minor: int):
        return lambda _info: bag(pricing.half_up(pricing.Fraction(minor, line["quantity"])))

    def of_variant(info):
        found = shop.variants().get(line["variant_id"]) if line["product_exists"] else None
        if not found:
            return None
        require(info, "read_products", "variant")
        return variant(shop, *found)

    def of_product(info):
        record = shop.store.get(shop.domain, "product", line["product_id"]) if line["product_exists"] else None
        if not record:
            return None
        require(info, "read_products", "product")
        return product(shop, record)

    return {
        "__typename": "LineItem",
        "id": gid("LineItem", line["id"]),
        "title": line["title"],
        "name": line["title"] if not line["variant_title"] else f"{line['title']} - {line['variant_title']}",
        "sku": line["sku"],
        "variantTitle": line["variant_title"],
        "vendor": line["vendor"],
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"] - gone,
        "refundableQuantity": line["quantity"] - gone,
        "unfulfilledQuantity": status.to_fulfill(order, line),
        "nonFulfillableQuantity": gone if not line["tip"] else line["quantity"],
        "requiresShipping": line["requires_shipping"],
        "taxable": line["taxable"],
        "isGiftCard": False,
        "restockable": line["variant_id"] is not None,
        "originalUnitPriceSet": bag.lazy(line["unit"]),
        "originalTotalSet": bag.lazy(gross),
        "discountedTotalSet": discounted,
        "discountedUnitPriceSet": one(gross - without_codes),
        "discountedUnitPriceAfterAllDiscountsSet": one(pricing.net(line)),
        "totalDiscountSet": bag.lazy(own),
        "unfulfilledOriginalTotalSet": bag.lazy(line["unit"] * status.to_fulfill(order, line)),
        "discountAllocations": lambda _info: allocation_nodes(line["allocations"], bag, applications),
        "taxLines": lambda _info, first=None: tax_nodes(line["taxes"][:first], bag),
        "variant": of_variant,
        "product": of_product,
        "customAttributes": attributes(line["properties"]),
        "duties": [],
        "weight": {"unit": "GRAMS", "value": float(line["grams"])},
    }


def shipping_node(line: dict, bag: Bags, applications: list[dict]) -> dict:
    after = pricing.net(line)
    return {
        "id": gid("ShippingLine", line["id"]),
        "title": line["title"],
        "code": line["code"],
        "source": line["source"],
        "carrierIdentifier": line["carrier_identifier"],
        "custom": line["source"] != "shopify",
        "deliveryCategory": None,
        "phone": None,
        "isRemoved": line["removed"],
        "originalPriceSet": bag.lazy(line["price"]),
        "discountedPriceSet": bag.lazy(after),
        "currentDiscountedPriceSet": bag.lazy(after),
        "discountAllocations": lambda _info: allocation_nodes(line["allocations"], bag, applications),
        "taxLines": lambda _info: tax_nodes(line["taxes"], bag),
    }


def _shipping_lines(nodes: list[dict]):
    def resolve(info, includeRemovals=False, **arguments):
        shown = nodes if includeRemovals else [node for node in nodes if not node["isRemoved"]]
        return nested(shown, lambda node: node)(info, **arguments)

    return resolve


def transaction_node(order: dict, entry: dict, bag: Bags) -> dict:
    parent = next((t for t in order["transactions"] if t["id"] == entry["parent_id"]), None)
    return {
        "__typename": "OrderTransaction",
        "id": gid("OrderTransaction", entry["id"]),
        "kind": entry["kind"],
        "status": entry["status"],
        "test": entry["test"],
        "gateway": entry["gateway"],
        "formattedGateway": entry["gateway"].replace("_", " ").title(),
        "manualPaymentGateway": entry["gateway"] in ("manual", "bank_deposit", "cash_on_delivery"),
        "amountSet": bag.lazy(entry["amount"]),
        "createdAt": entry["created_at"],
        "processedAt": entry["created_at"],
        "parentTransaction": (lambda _info: transaction_node(order, parent, bag)) if parent else None,
        "errorCode": None,
        "paymentId": f"{order['name']}.{entry['id'] % 1000}",
        "accountNumber": None,
    }


def refund_node(shop: Shop, order: dict, record: dict, bag: Bags) -> dict:
    lines = {line["id"]: line for line in order["lines"]}
    carriage = {line["id"]: line for line in order["shipping"]}
    paid = [entry for entry in order["transactions"] if entry["id"] in record["transactions"]]
    applications = [application(entry, index, order) for index, entry in enumerate(order["discounts"])]

    def restocked_at(entry: dict):
        number = rest.restocked_at(entry)
        place = shop.store.get(shop.domain, "location", number) if number else None
        return (lambda _info: graph_stock.location(shop, place)) if place else None

    def returned(entry: dict) -> dict:
        line = lines[entry["line_id"]]
        unit = pricing.half_up(pricing.Fraction(entry["subtotal"], entry["quantity"]))
        return {
            "id": gid("RefundLineItem", entry["id"]),
            "lineItem": lambda _info: line_node(shop, order, line, bag, applications),
            "quantity": entry["quantity"],
            "restockType": entry["restock_type"],
            "restocked": entry["restock_type"] in ("RETURN", "CANCEL"),
            "location": restocked_at(entry),
            "priceSet": bag.lazy(unit),
            "subtotalSet": bag.lazy(entry["subtotal"]),
            "totalTaxSet": bag.lazy(sum(entry["taxes"])),
        }

    def carried(entry: dict) -> dict:
        return {
            "__typename": "RefundShippingLine",
            "id": gid("RefundShippingLine", entry["id"]),
            "shippingLine": shipping_node(carriage[entry["line_id"]], bag, applications),
            "subtotalAmountSet": bag.lazy(entry["subtotal"]),
            "taxAmountSet": bag.lazy(sum(entry["taxes"])),
        }

    def adjusted(entry: dict) -> dict:
        return {
            "__typename": "OrderAdjustment",
            "id": gid("OrderAdjustment", entry["id"]),
            "reason": "REFUND_DISCREPANCY",
            "amountSet": bag.lazy(entry["amount"]),
            "taxAmountSet": bag.lazy(entry["tax"]),
        }

    return {
        "__typename": "Refund",
        "id": gid("Refund", record["id"]),
        "legacyResourceId": str(record["id"]),
        "note": record["note"],
        "createdAt": record["created_at"],
        "updatedAt": record["created_at"],
        "processedAt": record["created_at"],
        "totalRefundedSet": bag.lazy(sum(entry["amount"] for entry in paid)),
        "refundLineItems": nested(record["lines"], returned),
        "refundShippingLines": nested(record["shipping"], carried),
        "orderAdjustments": nested(record["adjustments"], adjusted),
        "transactions": nested(paid, lambda entry: transaction_node(order, entry, bag)),
        "order": lambda _info: order_node(shop, order),
        "duties": [],
    }


def _purchasing_company(order: dict) -> dict | None:
    company = order.get("company")
    if not company:
        return None
    return {
        "__typename": "PurchasingCompany",
        "company": {"__typename": "Company", "id": gid("Company", company["id"]), "name": company["name"]},
        "location": {
            "__typename": "CompanyLocation",
            "id": gid("CompanyLocation", company["location_id"]),
            "taxSettings": {"taxRegistrationId": company.get("tax_id")},
        },
    }
