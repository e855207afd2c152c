"""The two shapes of an order - webhook payload and GraphQL answer - say the same, for every seeded order."""

import re
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from sandbox.shopify import rest
from sandbox.shopify.seed import DEMO_DOMAIN

FRAGMENTS = """
fragment M on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
fragment A on MailingAddress { firstName lastName name company address1 address2 city zip province provinceCode country
  countryCodeV2 phone }
fragment T on TaxLine { title rate priceSet { ...M } }
fragment D on DiscountAllocation { allocatedAmountSet { ...M } discountApplication { index } }
fragment L on LineItem { id title name sku variantTitle vendor quantity currentQuantity unfulfilledQuantity taxable
  requiresShipping originalUnitPriceSet { ...M } totalDiscountSet { ...M } discountAllocations { ...D }
  taxLines { ...T } customAttributes { key value } }
fragment S on ShippingLine { id title code source isRemoved originalPriceSet { ...M } discountedPriceSet { ...M }
  discountAllocations { ...D } taxLines { ...T } }
fragment O on Order { id legacyResourceId name createdAt updatedAt processedAt cancelledAt cancelReason closedAt test
  email phone note tags customAttributes { key value } sourceName displayFinancialStatus displayFulfillmentStatus
  currencyCode presentmentCurrencyCode taxesIncluded confirmationNumber paymentGatewayNames discountCodes
  subtotalPriceSet { ...M } totalPriceSet { ...M } totalTaxSet { ...M } totalDiscountsSet { ...M }
  totalShippingPriceSet { ...M } totalTipReceivedSet { ...M } totalOutstandingSet { ...M }
  currentSubtotalPriceSet { ...M } currentTotalPriceSet { ...M } currentTotalTaxSet { ...M }
  currentTotalDiscountsSet { ...M } currentShippingPriceSet { ...M } taxLines { ...T }
  customer { legacyResourceId firstName lastName defaultEmailAddress { emailAddress } }
  billingAddress { ...A } shippingAddress { ...A } lineItems(first: 250) { nodes { ...L } pageInfo { hasNextPage } }
  shippingLines(first: 5) { nodes { ...S } }
  discountApplications(first: 5) { nodes { index targetType targetSelection allocationMethod value { __typename
    ... on MoneyV2 { amount } ... on PricingPercentageValue { percentage } } ... on DiscountCodeApplication { code }
    ... on AutomaticDiscountApplication { title } ... on ManualDiscountApplication { title description } } }
  transactions { id kind status gateway amountSet { ...M } }
  refunds { id note createdAt refundLineItems(first: 20) { nodes { id quantity restockType lineItem { id }
    subtotalSet { ...M } totalTaxSet { ...M } } } transactions(first: 5) { nodes { id } }
    orderAdjustments(first: 5) { nodes { id amountSet { ...M } } } }
  fulfillments { id name trackingInfo { company number url } } }
"""
PAGE = FRAGMENTS + """query($ids: [ID!]!) { nodes(ids: $ids) { ...O } }"""


def number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


def bag(node: dict) -> tuple:
    return tuple((Decimal(node[k]["amount"]), node[k]["currencyCode"]) for k in ("shopMoney", "presentmentMoney"))


def rest_bag(node: dict) -> tuple:
    return tuple((Decimal(node[k]["amount"]), node[k]["currency_code"]) for k in ("shop_money", "presentment_money"))


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def utc(text: str | None) -> str | None:
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def taxes(nodes, shape) -> list:
    if shape == "graph":
        return [(t["title"], t["rate"], bag(t["priceSet"])) for t in nodes]
    return [(t["title"], t["rate"], rest_bag(t["price_set"])) for t in nodes]


def allocations(nodes, shape) -> list:
    if shape == "graph":
        return [(a["discountApplication"]["index"], bag(a["allocatedAmountSet"])) for a in nodes]
    return [(a["discount_application_index"], rest_bag(a["amount_set"])) for a in nodes]


def graph_facts(node: dict) -> dict:
    """What the GraphQL node says, in neutral words."""
    return {
        "id": int(node["legacyResourceId"]),
        "times": [node[k] for k in ("createdAt", "updatedAt", "processedAt", "cancelledAt", "closedAt")],
        "plain": [node[k] for k in ("name", "test", "phone", "note", "sourceName", "confirmationNumber",
                                    "taxesIncluded", "currencyCode", "presentmentCurrencyCode")],
        "email": node["email"],
        "tags": node["tags"],
        "attributes": [(a["key"], a["value"]) for a in node["customAttributes"]],
        "status": (node["displayFinancialStatus"].lower(), node["displayFulfillmentStatus"]),
        "reason": (node["cancelReason"] or "").lower(),
        "gateways": node["paymentGatewayNames"],
        "codes": node["discountCodes"],
        "totals": {snake(k[:-3]): bag(v) for k, v in node.items() if k.endswith("Set")},
        "taxes": taxes(node["taxLines"], "graph"),
        "buyer": node["customer"] and (int(node["customer"]["legacyResourceId"]), node["customer"]["firstName"],
                                       node["customer"]["defaultEmailAddress"]["emailAddress"]),
        "addresses": [
            a and {snake(k).replace("_v2", ""): v for k, v in a.items()}
            for a in (node["billingAddress"], node["shippingAddress"])
        ],
        "lines": [
            (number(line["id"]), line["title"], line["name"], line["sku"], line["variantTitle"], line["vendor"],
             line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"], line["taxable"],
             line["requiresShipping"], bag(line["originalUnitPriceSet"]), bag(line["totalDiscountSet"]),
             allocations(line["discountAllocations"], "graph"), taxes(line["taxLines"], "graph"),
             [(a["key"], a["value"]) for a in line["customAttributes"]])
            for line in node["lineItems"]["nodes"]
        ],
        "shipping": [
            (number(line["id"]), line["title"], line["code"], line["source"], line["isRemoved"],
             bag(line["originalPriceSet"]), bag(line["discountedPriceSet"]),
             allocations(line["discountAllocations"], "graph"), taxes(line["taxLines"], "graph"))
            for line in node["shippingLines"]["nodes"]
        ],
        "discounts": [
            (d["targetType"].lower(), d["targetSelection"].lower(), d["allocationMethod"].lower(),
             d["value"]["__typename"] == "MoneyV2",
             float(d["value"].get("amount") or d["value"].get("percentage")), d.get("code"),
             d.get("title") if "code" not in d else None, d.get("description"))
            for d in node["discountApplications"]["nodes"]
        ],
        "refunds": [
            (number(r["id"]), r["note"], r["createdAt"],
             [(number(e["id"]), number(e["lineItem"]["id"]), e["quantity"], e["restockType"].lower(),
               bag(e["subtotalSet"]), bag(e["totalTaxSet"])) for e in r["refundLineItems"]["nodes"]],
             [number(t["id"]) for t in r["transactions"]["nodes"]],
             [(number(a["id"]), bag(a["amountSet"])) for a in r["orderAdjustments"]["nodes"]])
            for r in node["refunds"]
        ],
        "fulfillments": [
            (number(f["id"]), f["name"], [(t["company"], t["number"], t["url"]) for t in f["trackingInfo"]])
            for f in node["fulfillments"]
        ],
    }  # fmt: skip


STATUS = {None: "UNFULFILLED", "partial": "PARTIALLY_FULFILLED", "fulfilled": "FULFILLED"}
TOTALS = (
    "subtotal_price", "total_price", "total_tax", "total_discounts", "total_shipping_price", "current_subtotal_price",
    "current_total_price", "current_total_tax", "current_total_discounts", "current_shipping_price",
)  # fmt: skip


def rest_facts(body: dict) -> dict:
    """What the webhook payload says, in the same words."""
    return {
        "id": body["id"],
        "times": [utc(body[k]) for k in ("created_at", "updated_at", "processed_at", "cancelled_at", "closed_at")],
        "plain": [body[k] for k in ("name", "test", "phone", "note", "source_name", "confirmation_number",
                                    "taxes_included", "currency", "presentment_currency")],
        "email": body["email"] or None,
        "tags": body["tags"].split(", ") if body["tags"] else [],
        "attributes": [(a["name"], a["value"]) for a in body["note_attributes"]],
        "status": (body["financial_status"], STATUS[body["fulfillment_status"]]),
        "reason": body["cancel_reason"] or "",
        "gateways": body["payment_gateway_names"],
        "codes": [code["code"] for code in body["discount_codes"]],
        "totals": {name: rest_bag(body[f"{name}_set"]) for name in TOTALS},
        "taxes": taxes(body["tax_lines"], "rest"),
        "buyer": body["customer"] and (body["customer"]["id"], body["customer"]["first_name"],
                                       body["customer"]["email"]),
        "addresses": [
            a and {k: v for k, v in a.items() if k not in ("latitude", "longitude")}
            for a in (body["billing_address"], body["shipping_address"])
        ],
        "lines": [
            (line["id"], line["title"], line["name"], line["sku"], line["variant_title"], line["vendor"],
             line["quantity"], line["current_quantity"], line["fulfillable_quantity"], line["taxable"],
             line["requires_shipping"], rest_bag(line["price_set"]), rest_bag(line["total_discount_set"]),
             allocations(line["discount_allocations"], "rest"), taxes(line["tax_lines"], "rest"),
             [(a["name"], a["value"]) for a in line["properties"]])
            for line in body["line_items"]
        ],
        "shipping": [
            (line["id"], line["title"], line["code"], line["source"], line["is_removed"], rest_bag(line["price_set"]),
             rest_bag(line["discounted_price_set"]), allocations(line["discount_allocations"], "rest"),
             taxes(line["tax_lines"], "rest"))
            for line in body["shipping_lines"]
        ],
        "discounts": [
            (d["target_type"], d["target_selection"], d["allocation_method"], d["value_type"] == "fixed_amount",
             float(d["value"]), d.get("code"), d.get("title"), d.get("description"))
            for d in body["discount_applications"]
        ],
        "refunds": [
            (r["id"], r["note"], utc(r["created_at"]),
             [(e["id"], e["line_item_id"], e["quantity"], e["restock_type"], rest_bag(e["subtotal_set"]),
               rest_bag(e["total_tax_set"])) for e in r["refund_line_items"]],
             [t["id"] for t in r["transactions"]],
             [(a["id"], rest_bag(a["amount_set"])) for a in r["order_adjustments"]
              if a["kind"] == "refund_discrepancy"])
            for r in body["refunds"]
        ],
        "fulfillments": [
            (f["id"], f["name"], [(f["tracking_company"], f["tracking_number"], f["tracking_url"])])
            for f in body["fulfillments"]
        ],
    }  # fmt: skip


def assert_agree(node: dict, body: dict):
    graph, told = graph_facts(node), rest_facts(body)
    whole = not node["lineItems"]["pageInfo"]["hasNextPage"]
    graph["totals"] = {name: graph["totals"][name] for name in TOTALS}
    if not whole:
        told["lines"] = told["lines"][:250]
    for key, said in told.items():
        assert graph[key] == said, (node["name"], key)
    assert Decimal(body["total_outstanding"]) == bag(node["totalOutstandingSet"])[0][0]
    assert Decimal(body["total_tip_received"]) == bag(node["totalTipReceivedSet"])[0][0]


def test_both_shapes_agree_for_every_seeded_order(demo):
    store, shop = demo.sandbox.services.store, demo.sandbox.platforms[0]._shop(DEMO_DOMAIN)
    orders = store.all(DEMO_DOMAIN, "order")
    seen = 0
    for start in range(0, len(orders), 100):
        batch = orders[start : start + 100]
        ids = [f"gid://shopify/Order/{order['id']}" for order in batch]
        nodes = demo.gql(PAGE, {"ids": ids})["data"]["nodes"]
        for order, node in zip(batch, nodes, strict=True):
            assert_agree(node, rest.order(shop, order))
            seen += 1
    assert seen == 2000


def test_a_difference_would_be_noticed(demo):
    order = demo.sandbox.services.store.all(DEMO_DOMAIN, "order")[0]
    shop = demo.sandbox.platforms[0]._shop(DEMO_DOMAIN)
    node = demo.gql(PAGE, {"ids": [f"gid://shopify/Order/{order['id']}"]})["data"]["nodes"][0]
    body = rest.order(shop, order)
    body["line_items"][0]["quantity"] += 1
    with pytest.raises(AssertionError):
        assert_agree(node, body)


def test_plain_amounts_are_in_the_shops_currency(demo):
    shop = demo.sandbox.platforms[0]._shop(DEMO_DOMAIN)
    orders = demo.sandbox.services.store.all(DEMO_DOMAIN, "order")
    yen = next(order for order in orders if order["currency"] == "JPY" and order["totals"]["total"])
    body = rest.order(shop, yen)
    assert (body["currency"], body["presentment_currency"]) == ("USD", "JPY")
    assert body["total_price"] == body["total_price_set"]["shop_money"]["amount"]
    assert "." not in body["total_price_set"]["presentment_money"]["amount"]
    dinar = rest.order(shop, next(order for order in orders if order["currency"] == "KWD"))
    assert len(dinar["total_price_set"]["presentment_money"]["amount"].partition(".")[2]) == 3


def test_tips_are_lines_too(demo):
    """The platform lists a tip among the lines - REST marks it, GraphQL does not - and again as the order's tip."""
    shop = demo.sandbox.platforms[0]._shop(DEMO_DOMAIN)
    orders = demo.sandbox.services.store.all(DEMO_DOMAIN, "order")
    order = next(order for order in orders if order["totals"]["tip"])
    body = rest.order(shop, order)
    marked = [line for line in body["line_items"] if "tip_payment_gateway" in line]
    assert [line["title"] for line in marked] == ["Tip"]
    assert marked[0]["price"] == body["total_tip_received"]
    goods = sum(Decimal(line["price_set"]["presentment_money"]["amount"]) * line["quantity"]
                for line in body["line_items"] if line not in marked)  # fmt: skip
    assert goods == Decimal(body["total_line_items_price_set"]["presentment_money"]["amount"])
