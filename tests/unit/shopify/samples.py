"""One order with everything in it, in both of Shopify's shapes, and the parts to vary it.

Shop currency USD, the customer paid in EUR, prices include taxes. What the customer owes, in EUR:
2 x 60.00 - 12.00 discount, 1 x 20.00, a gift card of 25.00, shipping 9.00 - 4.00, a tip of 5.00: 163.00.
"""

import copy


def bag(eur, usd):
    """Money as GraphQL writes it."""
    return {
        "shopMoney": {"amount": usd, "currencyCode": "USD"},
        "presentmentMoney": {"amount": eur, "currencyCode": "EUR"},
    }


def rest_bag(eur, usd):
    """Money as webhooks write it."""
    return {
        "shop_money": {"amount": usd, "currency_code": "USD"},
        "presentment_money": {"amount": eur, "currency_code": "EUR"},
    }


def rest_money(key, eur, usd):
    """A webhook's amount: plain in the shop's currency, and in both."""
    return {key: usd, f"{key}_set": rest_bag(eur, usd)}


def tax(eur, usd, rate=0.2, title="FR TVA"):
    return {"title": title, "rate": rate, "priceSet": bag(eur, usd)}


def rest_tax(eur, usd, rate=0.2, title="FR TVA"):
    return {"title": title, "rate": rate, "channel_liable": False, **rest_money("price", eur, usd)}


def connection(nodes, *, cursor=None):
    return {"nodes": nodes, "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}}


ADDRESS = {
    "firstName": "Zoé",
    "lastName": "Martin",
    "name": "Zoé Martin",
    "company": "Martin SARL",
    "address1": "1 rue du Bac",
    "address2": "3e étage",
    "city": "Paris",
    "zip": "75007",
    "province": None,
    "provinceCode": None,
    "country": "France",
    "countryCodeV2": "FR",
    "phone": "+33 1 23 45 67 89",
}
REST_ADDRESS = {
    "first_name": "Zoé",
    "last_name": "Martin",
    "name": "Zoé Martin",
    "company": "Martin SARL",
    "address1": "1 rue du Bac",
    "address2": "3e étage",
    "city": "Paris",
    "zip": "75007",
    "province": None,
    "province_code": None,
    "country": "France",
    "country_code": "FR",
    "latitude": 48.85,
    "longitude": 2.32,
    "phone": "+33 1 23 45 67 89",
}


def line(number, name, quantity, eur, usd, **changes):
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "name": name,
        "sku": f"SKU-{number}",
        "vendor": "Acme",
        "quantity": quantity,
        "currentQuantity": quantity,
        "unfulfilledQuantity": quantity,
        "requiresShipping": True,
        "isGiftCard": False,
        "product": {"id": f"gid://shopify/Product/7{number}"},
        "variant": {"id": f"gid://shopify/ProductVariant/8{number}"},
        "customAttributes": [],
        "originalUnitPriceSet": bag(eur, usd),
        "discountAllocations": [],
        "taxLines": [],
        "duties": [],
        **changes,
    }


def rest_line(number, name, quantity, eur, usd, **changes):
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{number}",
        "name": name,
        "title": name.partition(" - ")[0],
        "sku": f"SKU-{number}",
        "vendor": "Acme",
        "quantity": quantity,
        "current_quantity": quantity,
        "fulfillable_quantity": quantity,
        "fulfillment_status": None,
        "requires_shipping": True,
        "gift_card": False,
        "product_id": int(f"7{number}"),
        "variant_id": int(f"8{number}"),
        "properties": [],
        **rest_money("price", eur, usd),
        "total_discount": "0.00",
        "discount_allocations": [],
        "tax_lines": [],
        "duties": [],
        **changes,
    }


_CUSTOM = {"sku": None, "vendor": None, "product": None, "variant": None}
_REST_CUSTOM = {"sku": None, "vendor": None, "product_id": None, "variant_id": None}

GRAPHQL = {
    "id": "gid://shopify/Order/1001",
    "name": "#1001",
    "createdAt": "2026-11-01T10:00:00Z",
    "updatedAt": "2026-11-02T11:30:00Z",
    "processedAt": "2026-11-01T10:00:00Z",
    "cancelledAt": None,
    "cancelReason": None,
    "closedAt": None,
    "test": False,
    "email": "zoe@example.com",
    "phone": None,
    "note": "Ring twice",
    "tags": ["vip", "b2c"],
    "customerLocale": "fr-FR",
    "sourceName": "web",
    "customerJourneySummary": {
        "firstVisit": {"landingPage": "https://acme.example/", "referrerUrl": None, "utmParameters": None},
        "lastVisit": {
            "landingPage": "https://acme.example/products/mug?utm_source=news&utm_medium=email&utm_campaign=Spring+1",
            "referrerUrl": "https://mail.example/inbox",
            "utmParameters": {
                "source": "news",
                "medium": "email",
                "campaign": "Spring 1",
                "content": None,
                "term": None,
            },
        },
    },
    "confirmationNumber": "XPR0JKL42",
    "taxesIncluded": True,
    "dutiesIncluded": False,
    "currencyCode": "USD",
    "presentmentCurrencyCode": "EUR",
    "displayFinancialStatus": "PAID",
    "displayFulfillmentStatus": "UNFULFILLED",
    "paymentGatewayNames": ["shopify_payments"],
    "customAttributes": [{"key": "gift", "value": "yes"}],
    "risk": {"recommendation": "INVESTIGATE", "assessments": [{"riskLevel": "LOW"}, {"riskLevel": "MEDIUM"}]},
    "customer": {
        "id": "gid://shopify/Customer/501",
        "firstName": "Zoé",
        "lastName": "Martin",
        "note": None,
        "tags": ["newsletter"],
        "defaultEmailAddress": {"emailAddress": "zoe@example.com"},
        "defaultPhoneNumber": None,
        "defaultAddress": {"company": "Martin SARL"},
    },
    "billingAddress": ADDRESS,
    "shippingAddress": ADDRESS,
    "totalPriceSet": bag("163.00", "176.04"),
    "subtotalPriceSet": bag("153.0", "165.24"),
    "totalDiscountsSet": bag("16.0", "17.28"),
    "totalShippingPriceSet": bag("9.0", "9.72"),
    "totalTaxSet": bag("22.17", "23.94"),
    "totalTipReceivedSet": bag("5.0", "5.40"),
    "additionalFees": [],
    "discountApplications": connection(
        [
            {
                "__typename": "DiscountCodeApplication",
                "targetType": "LINE_ITEM",
                "code": "TENOFF",
                "value": {"__typename": "PricingPercentageValue", "percentage": 10.0},
            },
            {
                "__typename": "AutomaticDiscountApplication",
                "targetType": "SHIPPING_LINE",
                "title": "Cheap shipping",
                "value": {"__typename": "MoneyV2", "amount": "4.0"},
            },
        ]
    ),
    "lineItems": connection(
        [
            line(
                11,
                "Mug - Blue",
                2,
                "60.0",
                "64.80",
                discountAllocations=[{"allocatedAmountSet": bag("12.0", "12.96")}],
                taxLines=[tax("18.0", "19.44"), tax("0.0", "0.0", 0.0, "Local")],
                customAttributes=[{"key": "Engraving", "value": "Z"}],
            ),
            line(12, "Repair", 1, "20.0", "21.60", taxLines=[tax("3.33", "3.60")], **_CUSTOM, requiresShipping=False),
            line(13, "Gift card - 25", 1, "25.0", "27.0", isGiftCard=True, requiresShipping=False),
            line(14, "Tip", 1, "5.0", "5.40", **_CUSTOM, requiresShipping=False),
        ]
    ),
    "shippingLines": connection(
        [
            {
                "id": "gid://shopify/ShippingLine/21",
                "title": "Colissimo",
                "code": "COL",
                "source": "shopify",
                "carrierIdentifier": None,
                "isRemoved": False,
                "originalPriceSet": bag("9.0", "9.72"),
                "discountAllocations": [{"allocatedAmountSet": bag("4.0", "4.32")}],
                "taxLines": [tax("0.84", "0.90")],
            }
        ]
    ),
    "transactions": [
        {
            "id": "gid://shopify/OrderTransaction/31",
            "kind": "SALE",
            "status": "SUCCESS",
            "gateway": "shopify_payments",
            "processedAt": "2026-11-01T10:00:05Z",
            "amountSet": bag("163.00", "176.04"),
            "parentTransaction": None,
        }
    ],
    "refunds": [],
}

WEBHOOK = {
    "id": 1001,
    "admin_graphql_api_id": "gid://shopify/Order/1001",
    "name": "#1001",
    "created_at": "2026-11-01T11:00:00+01:00",
    "updated_at": "2026-11-02T12:30:00+01:00",
    "processed_at": "2026-11-01T11:00:00+01:00",
    "cancelled_at": None,
    "cancel_reason": None,
    "closed_at": None,
    "test": False,
    "email": "zoe@example.com",
    "contact_email": "zoe@example.com",
    "phone": None,
    "note": "Ring twice",
    "tags": "b2c, vip",
    "customer_locale": "fr-FR",
    "source_name": "web",
    "landing_site": "/products/mug?utm_source=news&utm_medium=email&utm_campaign=Spring+1",
    "referring_site": "https://mail.example/inbox",
    "confirmation_number": "XPR0JKL42",
    "taxes_included": True,
    "duties_included": False,
    "currency": "USD",
    "presentment_currency": "EUR",
    "financial_status": "paid",
    "fulfillment_status": None,
    "payment_gateway_names": ["shopify_payments"],
    "note_attributes": [{"name": "gift", "value": "yes"}],
    "customer": {
        "id": 501,
        "email": "zoe@example.com",
        "first_name": "Zoé",
        "last_name": "Martin",
        "note": None,
        "tags": "newsletter",
        "phone": None,
        "default_address": {"id": 9, "company": "Martin SARL"},
    },
    "billing_address": REST_ADDRESS,
    "shipping_address": REST_ADDRESS,
    **rest_money("total_price", "163.00", "176.04"),
    **rest_money("subtotal_price", "153.00", "165.24"),
    **rest_money("total_discounts", "16.00", "17.28"),
    "total_shipping_price_set": rest_bag("9.00", "9.72"),
    **rest_money("total_tax", "22.17", "23.94"),
    "total_tip_received": "5.40",
    "original_total_additional_fees_set": None,
    "original_total_duties_set": None,
    "discount_codes": [{"code": "TENOFF", "amount": "12.96", "type": "percentage"}],
    "discount_applications": [
        {"type": "discount_code", "target_type": "line_item", "code": "TENOFF", "value": "10.0",
         "value_type": "percentage"},
        {"type": "automatic", "target_type": "shipping_line", "title": "Cheap shipping", "value": "4.0",
         "value_type": "fixed_amount"},
    ],
    "line_items": [
        rest_line(
            11,
            "Mug - Blue",
            2,
            "60.00",
            "64.80",
            discount_allocations=[{**rest_money("amount", "12.00", "12.96"), "discount_application_index": 0}],
            tax_lines=[rest_tax("18.00", "19.44"), rest_tax("0.00", "0.00", 0, "Local")],
            properties=[{"name": "Engraving", "value": "Z"}],
        ),
        rest_line(
            12, "Repair", 1, "20.00", "21.60", tax_lines=[rest_tax("3.33", "3.60")], **_REST_CUSTOM,
            requires_shipping=False,
        ),
        rest_line(13, "Gift card - 25", 1, "25.00", "27.00", gift_card=True, requires_shipping=False),
        rest_line(
            14, "Tip", 1, "5.00", "5.40", **_REST_CUSTOM, requires_shipping=False,
            tip={"payment_gateway": "shopify_payments", "payment_method": "visa"},
        ),
    ],
    "shipping_lines": [
        {
            "id": 21,
            "title": "Colissimo",
            "code": "COL",
            "source": "shopify",
            "carrier_identifier": None,
            "is_removed": False,
            **rest_money("price", "9.00", "9.72"),
            "discount_allocations": [{**rest_money("amount", "4.00", "4.32"), "discount_application_index": 1}],
            "tax_lines": [rest_tax("0.84", "0.90")],
        }
    ],
    "refunds": [],
}  # fmt: skip


def refund(number, lines, *, payments=(), shipping=(), adjustments=(), duties=()):
    """A refund in GraphQL's shape; `lines` are (line number, quantity, restock type, subtotal, tax in EUR),
    `shipping` and `adjustments` (number, amount, tax), `duties` (number, amount)."""
    return {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": "2026-11-03T09:00:00Z",
        "processedAt": "2026-11-03T09:00:00Z",
        "note": None,
        "duties": [
            {"originalDuty": {"id": f"gid://shopify/Duty/{duty}"}, "amountSet": bag(amount, amount)}
            for duty, amount in duties
        ],
        "refundShippingLines": connection(
            [
                {
                    "shippingLine": {"id": f"gid://shopify/ShippingLine/{line_number}"},
                    "subtotalAmountSet": bag(subtotal, subtotal),
                    "taxAmountSet": bag(tax_amount, tax_amount),
                }
                for line_number, subtotal, tax_amount in shipping
            ]
        ),
        "orderAdjustments": connection(
            [
                {
                    "id": f"gid://shopify/OrderAdjustment/{adjustment}",
                    "amountSet": bag(amount, amount),
                    "taxAmountSet": bag(tax_amount, tax_amount),
                }
                for adjustment, amount, tax_amount in adjustments
            ]
        ),
        "refundLineItems": connection(
            [
                {
                    "quantity": quantity,
                    "restockType": restock.upper(),
                    "lineItem": {"id": f"gid://shopify/LineItem/{line_number}"},
                    "subtotalSet": bag(subtotal, subtotal),
                    "totalTaxSet": bag(tax_amount, tax_amount),
                }
                for line_number, quantity, restock, subtotal, tax_amount in lines
            ]
        ),
        "transactions": connection(
            [
                {
                    "id": f"gid://shopify/OrderTransaction/{payment}",
                    "kind": "REFUND",
                    "status": "SUCCESS",
                    "gateway": "shopify_payments",
                    "processedAt": "2026-11-03T09:00:01Z",
                    "amountSet": bag(amount, amount),
                    "parentTransaction": {"id": "gid://shopify/OrderTransaction/31"},
                }
                for payment, amount in payments
            ]
        ),
    }


def rest_refund(number, lines, *, payments=(), shipping=(), adjustments=(), duties=()):
    """The same refund in the webhook's shape."""
    return {
        "id": number,
        "created_at": "2026-11-03T10:00:00+01:00",
        "processed_at": "2026-11-03T10:00:00+01:00",
        "note": None,
        "refund_line_items": [
            {
                "id": index,
                "quantity": quantity,
                "restock_type": restock,
                "line_item_id": line_number,
                "subtotal": float(subtotal),
                "subtotal_set": rest_bag(subtotal, subtotal),
                "total_tax": float(tax_amount),
                "total_tax_set": rest_bag(tax_amount, tax_amount),
            }
            for index, (line_number, quantity, restock, subtotal, tax_amount) in enumerate(lines)
        ],
        "transactions": [
            {
                "id": payment,
                "parent_id": 31,
                "kind": "refund",
                "status": "success",
                "gateway": "shopify_payments",
                "amount": amount,
                "currency": "EUR",
                "processed_at": "2026-11-03T10:00:01+01:00",
            }
            for payment, amount in payments
        ],
        "duties": [{"duty_id": duty, "amount_set": rest_bag(amount, amount)} for duty, amount in duties],
        "order_adjustments": [
            {
                "id": adjustment,
                "kind": "refund_discrepancy",
                **rest_money("amount", amount, amount),
                **rest_money("tax_amount", tax_amount, tax_amount),
            }
            for adjustment, amount, tax_amount in adjustments
        ]
        + [
            {
                "id": 9000 + line_number,
                "kind": "shipping_refund",
                **rest_money("amount", f"-{subtotal}", f"-{subtotal}"),
                **rest_money("tax_amount", f"-{tax_amount}", f"-{tax_amount}"),
            }
            for line_number, subtotal, tax_amount in shipping
        ],
    }


def graphql_order(**changes):
    """A copy of the GraphQL order; keyword arguments replace its fields."""
    return {**copy.deepcopy(GRAPHQL), **changes}


def webhook_order(**changes):
    """A copy of the webhook's payload; keyword arguments replace its fields."""
    return {**copy.deepcopy(WEBHOOK), **changes}
