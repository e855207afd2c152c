"""Orders, invoices, credit memos and shipments as Magento states them, their amounts as it reckons them."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MOMENT = "2026-11-20 09:00:00"


def rounded(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def item(number, price="20", quantity=1, *, percent=0, discount="0", included=False, **changes):
    """An item of an order. `price` and `discount` (of the row) are with tax if `included`.

    Magento\\Tax\\Model\\Calculation\\RowBaseCalculator: taxes are rounded per row. Discounts come off before tax;
    what they take with them of the tax in the price is the compensation.
    """
    price, quantity, discount = Decimal(price), Decimal(quantity), Decimal(discount)
    rate = Decimal(percent) / 100
    row = price * quantity
    if included:
        full = rounded(row * rate / (1 + rate))
        tax = rounded((row - discount) * rate / (1 + rate))
        net, gross, compensation = row - full, row, full - tax
        price, price_gross = rounded(price / (1 + rate)), price
    else:
        tax = rounded((row - discount) * rate)
        net, gross, compensation = row, row + rounded(row * rate), Decimal(0)
        price_gross = price + rounded(price * rate)
    values = {
        "item_id": number,
        "product_id": number + 70,
        "product_type": "simple",
        "sku": f"SKU-{number}",
        "name": f"Article {number}",
        "is_virtual": 0,
        "qty_ordered": quantity,
        "qty_invoiced": 0,
        "qty_shipped": 0,
        "qty_refunded": 0,
        "qty_canceled": 0,
        "price": price,
        "price_incl_tax": price_gross,
        "original_price": price_gross if included else price,
        "row_total": net,
        "row_total_incl_tax": gross,
        "discount_amount": discount,
        "discount_tax_compensation_amount": compensation,
        "tax_amount": tax,
        "tax_percent": Decimal(percent),
        "weee_tax_applied": "[]",
    }
    return with_base({**values, **changes})


def child(number, parent, product_type="simple", **changes):
    """What a configurable product or a bundle consists of, without amounts."""
    return item(number, "0", parent_item_id=parent, product_type=product_type, **changes)


AMOUNTS = (
    "price",
    "price_incl_tax",
    "original_price",
    "row_total",
    "row_total_incl_tax",
    "discount_amount",
    "discount_tax_compensation_amount",
    "tax_amount",
    "grand_total",
    "subtotal",
    "subtotal_incl_tax",
    "shipping_amount",
    "shipping_incl_tax",
    "shipping_tax_amount",
    "shipping_discount_amount",
    "total_paid",
    "total_invoiced",
    "total_refunded",
    "row_invoiced",
    "tax_invoiced",
    "discount_invoiced",
    "discount_tax_compensation_invoiced",
    "shipping_invoiced",
    "shipping_refunded",
    "amount_refunded",
    "tax_refunded",
    "discount_refunded",
    "shipping_tax_refunded",
    "discount_tax_compensation_refunded",
)


def with_base(values, rate=1):
    """Add the same amounts in the base currency."""
    base = {f"base_{name}": rounded(Decimal(values[name]) / rate) for name in AMOUNTS if name in values}
    return {**base, **values}


def amount_of(entry):
    """What the customer pays for an item."""
    return (
        entry["row_total"] - entry["discount_amount"] + entry["discount_tax_compensation_amount"] + entry["tax_amount"]
    )


def carried(items):
    """The items of which the amounts count: not what repeats them."""
    return [entry for entry in items if entry["row_total"] and not entry.get("repeats")]


def order(number=1, items=None, *, shipping="0", shipping_percent=0, **changes):
    """An order of `items`; its shipping is without tax."""
    items = [item(number * 10 + 1)] if items is None else items
    shipping = Decimal(shipping)
    shipping_tax = rounded(shipping * shipping_percent / 100)
    sold = carried(items)
    values = {
        "entity_id": number,
        "increment_id": f"{number:09}",
        "created_at": MOMENT,
        "updated_at": "2026-11-20 10:00:00",
        "state": "processing",
        "status": "processing",
        "store_id": 1,
        "store_name": "Main Website\nMain Store\nDefault",
        "base_currency_code": "EUR",
        "order_currency_code": "EUR",
        "base_to_order_rate": 1,
        "customer_is_guest": 0,
        "customer_id": 501,
        "customer_group_id": 1,
        "customer_email": "ann@example.com",
        "customer_firstname": "Ann",
        "customer_lastname": "Lee",
        "subtotal": sum(entry["row_total"] for entry in sold),
        "subtotal_incl_tax": sum(entry["row_total_incl_tax"] for entry in sold),
        "discount_amount": -sum(entry["discount_amount"] for entry in sold),
        "shipping_amount": shipping,
        "shipping_tax_amount": shipping_tax,
        "shipping_incl_tax": shipping + shipping_tax,
        "shipping_description": "Flat Rate - Fixed" if shipping else "",
        "tax_amount": sum(entry["tax_amount"] for entry in sold) + shipping_tax,
        "grand_total": sum(map(amount_of, sold)) + shipping + shipping_tax,
        "total_paid": 0,
        "payment": {"method": "checkmo", "additional_information": ["Check / Money order"]},
        "items": items,
        "status_histories": [],
        "extension_attributes": {},
    }
    return with_base({**values, **changes})


def invoice(placed, number=None, *, transaction="", **changes):
    """Invoice an order as a whole: the order is changed, the invoice returned."""
    number = number or placed["entity_id"] * 100 + 1
    for entry in placed["items"]:
        entry["qty_invoiced"] = entry["qty_ordered"]
        for name, source in (
            ("row_invoiced", "row_total"),
            ("tax_invoiced", "tax_amount"),
            ("discount_invoiced", "discount_amount"),
            ("discount_tax_compensation_invoiced", "discount_tax_compensation_amount"),
        ):
            entry[name], entry[f"base_{name}"] = entry[source], entry[f"base_{source}"]
    for name, source in (
        ("total_invoiced", "grand_total"),
        ("total_paid", "grand_total"),
        ("shipping_invoiced", "shipping_amount"),
    ):
        placed[name], placed[f"base_{name}"] = placed[source], placed[f"base_{source}"]
    return {
        "entity_id": number,
        "order_id": placed["entity_id"],
        "state": 2,
        "created_at": "2026-11-20 09:30:00",
        "grand_total": placed["grand_total"],
        "base_grand_total": placed["base_grand_total"],
        "transaction_id": transaction or None,
        "items": [{"order_item_id": entry["item_id"], "qty": entry["qty_ordered"]} for entry in placed["items"]],
        **changes,
    }


def memo(placed, rows, number=None, *, shipping="0", shipping_tax="0", **changes):
    """A credit memo: `rows` are (item, quantity, amount without tax, tax)."""
    number = number or placed["entity_id"] * 100 + 2
    entries = [
        {
            "order_item_id": entry["item_id"],
            "qty": Decimal(quantity),
            "row_total": Decimal(net),
            "discount_amount": Decimal(0),
            "tax_amount": Decimal(tax),
        }
        for entry, quantity, net, tax in rows
    ]
    shipping, shipping_tax = Decimal(shipping), Decimal(shipping_tax)
    total = sum(entry["row_total"] + entry["tax_amount"] for entry in entries) + shipping + shipping_tax
    values = {
        "entity_id": number,
        "order_id": placed["entity_id"],
        "invoice_id": None,
        "state": 2,
        "created_at": "2026-11-20 11:00:00",
        "items": [with_base(entry) for entry in entries],
        "shipping_amount": shipping,
        "shipping_tax_amount": shipping_tax,
        "discount_amount": Decimal(0),
        "adjustment": 0,
        "comments": [],
        "grand_total": total,
    }
    return with_base({**values, **changes})


def shipment(placed, units, number=None, *, tracks=(), **changes):
    """A shipment: `units` are (item, quantity), `tracks` numbers."""
    number = number or placed["entity_id"] * 100 + 3
    return {
        "entity_id": number,
        "order_id": placed["entity_id"],
        "created_at": "2026-11-20 12:00:00",
        "items": [{"order_item_id": entry["item_id"], "qty": Decimal(quantity)} for entry, quantity in units],
        "tracks": [
            {"entity_id": 1000 + index, "track_number": track, "title": "UPS", "carrier_code": "ups"}
            for index, track in enumerate(tracks)
        ],
        "comments": [],
        "extension_attributes": {"source_code": "default"},
        **changes,
    }
