"""What is done to orders: canceled, commented, refunded; each once, and only what was asked for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import RefundRequest, RefundRequestLine, mark
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento.order_cancel import cancel_order, hold_order
from odoo.addons.connector_magento.order_comment import add_comment
from odoo.addons.connector_magento.parser_reckoning import Reckoning
from odoo.addons.connector_magento.renderer_refund import refund_body

from .sales_samples import AMOUNTS, invoice, item, memo, order
from .sales_shop import SalesShop

CHOICES = {"comment": "Canceled.", "restock": True, "refund": True, "notify": False}


def cancel(shop, **choices):
    cancel_order(shop.client, "1", **{**CHOICES, **choices})
    return [path for _method, path, _body in shop.written]


# === CANCEL === #


def test_nothing_paid():
    shop = SalesShop(orders=[order(1)])
    shop.answers["orders/1/cancel"] = True
    assert cancel(shop) == ["orders/1/cancel"]
    assert cancel(shop, notify=True)[1:] == ["orders/1/cancel", "orders/1/comments"]
    history = shop.written[-1][2]["statusHistory"]
    assert (history["comment"], history["is_customer_notified"], history["status"]) == ("Canceled.", 1, "processing")


def test_a_held_order_is_released_first():
    shop = SalesShop(orders=[order(1, state="holded")])
    shop.answers.update({"orders/1/unhold": True, "orders/1/cancel": True})
    assert cancel(shop) == ["orders/1/unhold", "orders/1/cancel"]


def test_what_magento_does_not_cancel():
    shop = SalesShop(orders=[order(1, state="payment_review", status="fraud")])
    shop.answers["orders/1/cancel"] = False
    with pytest.raises(DataError, match="fraud") as caught:
        cancel(shop)
    assert caught.value.remedy


def test_what_was_sent_is_not_canceled():
    shop = SalesShop(orders=[order(1, [item(11, quantity=2, qty_shipped=1)])])
    with pytest.raises(DataError, match="were sent") as caught:
        cancel(shop)
    assert caught.value.remedy
    assert shop.written == []


@pytest.mark.parametrize("restock", [False, True])
def test_paid_online(restock):
    placed = order(1)
    shop = SalesShop(invoices=[invoice(placed, transaction="t1")], orders=[placed])
    assert cancel(shop, restock=restock) == ["invoice/101/refund"]
    body = shop.written[0][2]
    assert (body["isOnline"], body["items"]) == (True, [])
    back = body.get("arguments", {}).get("extension_attributes", {}).get("return_to_stock_items")
    assert back == ([11] if restock else None)


def test_paid_by_hand_in_part():
    """The rest of an order is canceled when its invoices are given back."""
    placed = order(1, [item(11, quantity=2), item(12)])
    paid = invoice(placed)
    placed["items"][1]["qty_invoiced"] = 0
    shop = SalesShop(invoices=[paid], orders=[placed])
    shop.answers["orders/1/cancel"] = True
    assert cancel(shop) == ["order/1/refund", "orders/1/cancel"]


def test_paid_in_both_ways():
    placed = order(1, [item(11), item(12)])
    invoices = [invoice(placed, 101, transaction="t1", grand_total=20), invoice(placed, 102, grand_total=20)]
    shop = SalesShop(orders=[placed], invoices=invoices)
    assert cancel(shop) == ["invoice/101/refund", "order/1/refund"]


def test_the_money_is_to_be_kept():
    placed = order(1)
    shop = SalesShop(invoices=[invoice(placed)], orders=[placed])
    with pytest.raises(DataError, match="giving the money back"):
        cancel(shop, refund=False)
    assert shop.written == []


def test_done_again_it_does_what_is_left():
    placed = order(1, [item(11), item(12)])
    invoices = [
        invoice(placed, 101, transaction="t1", grand_total=20),
        invoice(placed, 102, transaction="t2", grand_total=20),
    ]
    placed["items"][0]["qty_refunded"] = 1
    made = memo(placed, [(placed["items"][0], 1, "20", "0")], invoice_id=101)
    shop = SalesShop(orders=[placed], invoices=invoices, creditmemos=[made])
    assert cancel(shop) == ["invoice/102/refund"]
    placed["items"][1]["qty_refunded"] = 1
    shop = SalesShop(orders=[placed], invoices=invoices, creditmemos=[made])
    assert cancel(shop) == []


# === HOLD === #


@pytest.mark.parametrize("hold, path", [(True, "orders/1/hold"), (False, "orders/1/unhold")])
def test_hold_and_release(hold, path):
    placed = order(1, state="processing" if hold else "holded")
    shop = SalesShop(orders=[placed])
    shop.answers[path] = True
    hold_order(shop.client, "1", hold=hold)
    assert [told for _method, told, _body in shop.written] == [path]
    hold_order(shop.client, "1", hold=not hold)
    assert len(shop.written) == 1, "it is in that state already"
    shop.answers[path] = False
    with pytest.raises(DataError, match="processing") as caught:
        hold_order(shop.client, "1", hold=hold)
    assert caught.value.remedy


# === COMMENTS === #


def test_a_comment_is_written_once():
    placed = order(1)
    shop = SalesShop(orders=[placed])
    add_comment(shop.client, "1", "Ring first")
    [(_method, path, body)] = shop.written
    assert path == "orders/1/comments"
    assert body["statusHistory"] == {
        "parent_id": 1,
        "comment": "Ring first",
        "is_customer_notified": 0,
        "is_visible_on_front": 0,
        "status": "processing",
    }
    placed["status_histories"] = [{"entity_id": 7, "comment": "Ring first", "status": "processing"}]
    add_comment(shop.client, "1", "Ring first")
    assert len(shop.written) == 1


def test_a_comment_on_an_order_that_is_gone():
    with pytest.raises(DataError) as caught:
        add_comment(SalesShop().client, "1", "x")
    assert caught.value.remedy


# === REFUNDS === #


def request(quantities, **changes):
    lines = tuple(
        RefundRequestLine(line_external_id=str(number), quantity=Decimal(quantity))
        for number, quantity in quantities.items()
    )
    return RefundRequest(**{"order_external_id": "1", "lines": lines, "key": "k", **changes})


def reckon(placed, asked, *, invoices=None, memos=(), **terms):
    invoices = [invoice(placed)] if invoices is None else invoices
    return Reckoning(placed, invoices, memos, asked, **terms)


def test_units_of_a_line():
    placed = order(1, [item(11, "9.99", 3, percent=19, discount="3")], shipping="5")
    found = reckon(placed, request({11: 1})).preview()
    # a third of 29.97 - 3.00, and of the tax on it
    assert (found.subtotal, found.tax, found.amount) == (Decimal("8.99"), Decimal("1.71"), Decimal("10.70"))
    assert (found.shipping, found.shipping_maximum, found.maximum) == (0, 5, placed["grand_total"])
    assert [(paid.gateway, paid.amount) for paid in found.payments] == [("checkmo", Decimal("10.70"))]


amounts = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)


@given(
    price=amounts,
    parts=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    percent=st.sampled_from([0, 7, 19]),
    off=st.integers(0, 100),
    included=st.booleans(),
)
def test_parts_make_the_whole(price, parts, percent, off, included):
    """Refunded bit by bit, a line gives back what was charged for it, to the cent."""
    quantity = sum(parts)
    discount = (price * quantity * off / 100).quantize(Decimal("0.01"))
    line = item(11, price, quantity, percent=percent, discount=discount, included=included)
    placed = order(1, [line])
    paid = [invoice(placed)]
    names = {
        "amount_refunded": "row_invoiced",
        "tax_refunded": "tax_invoiced",
        "discount_refunded": "discount_invoiced",
        "discount_tax_compensation_refunded": "discount_tax_compensation_invoiced",
    }
    total = Decimal(0)
    for units in parts:
        total += reckon(placed, request({11: units}), invoices=paid).amount
        left = line["qty_invoiced"] - line["qty_refunded"]
        for done, whole in names.items():
            rest = line[whole] - line.get(done, Decimal(0))
            share = rest if units == left else (rest / left * units).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            line[done] = line[f"base_{done}"] = line.get(done, Decimal(0)) + share
        line["qty_refunded"] += units
    assert total == placed["grand_total"]


def test_more_than_was_invoiced():
    placed = order(1, [item(11, quantity=2)])
    paid = invoice(placed)
    placed["items"][0]["qty_refunded"] = 1
    for quantities in ({11: 2}, {99: 1}):
        with pytest.raises(DataError) as caught:
            reckon(placed, request(quantities), invoices=[paid])
        assert caught.value.remedy
    with pytest.raises(DataError, match="Of shipping, 0 can be refunded"):
        reckon(placed, request({}, shipping=Decimal(1)), invoices=[paid])


def test_what_is_asked_for():
    placed = order(1, [item(11, quantity=2, percent=10)], shipping="5")
    asked = request({11: 1}, shipping=Decimal(5), note="Broken", notify=True)
    body = refund_body(asked, reckon(placed, asked))
    assert body == {
        "items": [{"order_item_id": 11, "qty": 1.0}],
        "comment": {"comment": f"Broken {mark('k')}", "is_visible_on_front": 0},
        "notify": True,
        "appendComment": False,
    }


def test_no_shipping_unless_asked_for():
    asked = request({11: 1})
    body = refund_body(asked, reckon(order(1, shipping="5"), asked))
    assert body["arguments"] == {"shipping_amount": 0.0}


def test_a_part_of_shipping():
    asked = request({}, shipping=Decimal(2))
    body = refund_body(asked, reckon(order(1, shipping="5"), asked))
    assert body["arguments"] == {"shipping_amount": 2.0}
    taxed = reckon(order(1, shipping="10", shipping_percent=20), asked)
    assert taxed.preview().amount == Decimal("2.40")
    assert refund_body(asked, taxed)["arguments"] == {"shipping_amount": 0.0, "adjustment_positive": 2.4}


def test_a_part_of_shipping_with_a_discount():
    """Magento takes the amount before its discount."""
    asked = request({}, shipping=Decimal(2))
    placed = order(1, shipping="5", shipping_discount_amount=Decimal(1))
    found = reckon(placed, asked)
    assert (found.preview().shipping_maximum, found.preview().amount) == (4, 2)
    assert refund_body(asked, found)["arguments"] == {"shipping_amount": 2.5}


def test_store_credit_goes_back_first():
    placed = order(1, extension_attributes={"customer_balance_amount": 5, "base_customer_balance_amount": 5})
    placed |= {"grand_total": Decimal(15), "base_grand_total": Decimal(15)}
    paid = [invoice(placed)]
    found = reckon(placed, request({11: 1}), invoices=paid).preview()
    assert (found.amount, found.maximum) == (20, 20)
    assert [(part.gateway, part.amount) for part in found.payments] == [("store_credit", 5), ("checkmo", 15)]
    back = memo(placed, [], extension_attributes={"customer_balance_amount": 5})
    assert reckon(placed, request({11: 1}), invoices=paid, memos=[back]).maximum == 15


def test_an_amount_alone_names_all_lines_with_nothing():
    """A memo without any item would be one of all that is left."""
    asked = request({}, amount=Decimal(4))
    body = refund_body(asked, reckon(order(1, [item(11), item(12)]), asked))
    assert body["items"] == [{"order_item_id": 11, "qty": 0.0}, {"order_item_id": 12, "qty": 0.0}]
    assert body["arguments"] == {"shipping_amount": 0.0, "adjustment_positive": 4.0}


@pytest.mark.parametrize(
    "amount, arguments", [("15", {"adjustment_negative": 5.0}), ("22", {"adjustment_positive": 2.0})]
)
def test_more_or_less_than_reckoned(amount, arguments):
    asked = request({11: 1}, amount=Decimal(amount))
    body = refund_body(asked, reckon(order(1), asked))
    assert body["arguments"] == {"shipping_amount": 0.0, **arguments}


def test_amounts_go_out_in_the_base_currency():
    placed = order(1, shipping="6", order_currency_code="USD", base_to_order_rate=2)
    paid = [invoice(placed)]
    for entry in (placed, *placed["items"]):
        for name in [name for name in AMOUNTS if name in entry]:
            entry[f"base_{name}"] = entry[name] / 2
    asked = request({11: 1}, amount=Decimal(25), shipping=Decimal(2))
    found = reckon(placed, asked, invoices=paid)
    assert (found.preview().amount, found.preview().currency) == (22, "USD")
    assert refund_body(asked, found)["arguments"] == {"shipping_amount": 1.0, "adjustment_positive": 1.5}
    everything = request({11: 1}, amount=Decimal(26), shipping=Decimal(6))
    assert "arguments" not in refund_body(everything, reckon(placed, everything, invoices=paid))


def test_no_more_goes_back_than_was_paid():
    """Parts of taxes that are rounded over the whole order may come to a cent more than it."""
    placed = order(1)
    paid = [{**invoice(placed), "grand_total": Decimal("19.99")}]
    placed["total_paid"] = placed["base_total_paid"] = Decimal("19.99")
    asked = request({11: 1})
    found = reckon(placed, asked, invoices=paid)
    assert found.preview().amount == Decimal("19.99")
    assert refund_body(asked, found)["arguments"] == {"shipping_amount": 0.0, "adjustment_negative": 0.01}


def test_goods_go_back_into_stock():
    line = RefundRequestLine(line_external_id="11", quantity=Decimal(1), restock=True)
    asked = RefundRequest(order_external_id="1", lines=(line,), key="k")
    body = refund_body(asked, reckon(order(1), asked))
    assert body["arguments"]["extension_attributes"] == {"return_to_stock_items": [11]}


def test_it_is_found_again():
    placed = order(1)
    noted = memo(placed, [], 7, comments=[{"comment": f"Broken {mark('k')}"}])
    found = reckon(placed, request({11: 1}), memos=[noted])
    assert (found.memo_noted(mark("k")), found.memo_noted(mark("l"))) == ("7", None)


def test_which_invoice_has_the_units():
    placed = order(1, [item(11, quantity=2), item(12)])
    invoices = [invoice(placed, 101), invoice(placed, 102)]
    invoices[0]["items"] = [{"order_item_id": 11, "qty": 2}]
    invoices[1]["items"] = [{"order_item_id": 12, "qty": 1}]

    def of(quantities, memos=()):
        found = reckon(placed, request(quantities), invoices=invoices, memos=memos).invoice()
        return found and found.external_id

    assert (of({11: 1}), of({12: 1}), of({11: 1, 12: 1})) == ("101", "102", None)
    back = memo(placed, [(placed["items"][0], 1, "20", "0")], invoice_id=101)
    assert (of({11: 1}, [back]), of({11: 2}, [back])) == ("101", None)
