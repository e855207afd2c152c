"""Orders are read page by page, with what belongs to them in one listing per kind."""

from datetime import datetime, timezone

import pytest

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError, parsed_page
from odoo.addons.connector_magento import const, sales
from odoo.addons.connector_magento.listing import Listing
from odoo.addons.connector_magento.parser import parse_order

from .sales_samples import invoice, item, memo, order, shipment
from .sales_shop import SalesShop


def test_a_page_after_the_other():
    placed = [order(number, updated_at=f"2026-11-20 10:00:0{number}") for number in range(1, 6)]
    shop, listing = SalesShop(orders=placed), Listing(page_size=2)
    since, seen, token = datetime(2026, 11, 20, 10, 0, 2, tzinfo=timezone.utc), [], None
    while True:
        items, token = sales.read_page(shop.client, "orders", listing, since=since, page=token)
        seen += [entry["entity_id"] for entry in items]
        if token is None:
            break
    assert seen == [2, 3, 4, 5]
    assert sales.count(shop.client, "orders", "updated_at", since=since) == 4
    assert len(shop.read) == 3


def test_what_belongs_to_orders():
    plain, paid, done = order(1), order(2), order(3, [item(31, qty_shipped=1)])
    invoices = [invoice(paid), invoice(done)]
    done["items"][0]["qty_refunded"] = 1
    shop = SalesShop(
        invoices=invoices,
        creditmemos=[memo(done, [(done["items"][0], 1, "20", "0")])],
        shipments=[shipment(done, [(done["items"][0], 1)])],
    )
    found = sales.read_belongings(shop.client, [plain, paid, done], shipments=True)
    assert shop.read == ["invoices", "creditmemos", "shipments"]
    documents = [parse_order(payload, **found.of(payload)) for payload in (plain, paid, done)]
    assert [len(document.payments) for document in documents] == [0, 1, 1]
    assert [len(document.refunds) for document in documents] == [0, 0, 1]
    assert [len(document.shipments) for document in documents] == [0, 0, 1]


def test_nothing_is_asked_for_what_there_is_not():
    shop = SalesShop()
    found = sales.read_belongings(shop.client, [order(1), {"entity_id": 2, "items": "nonsense"}, None], shipments=False)
    assert shop.read == []
    assert found.of(order(1)) == {"invoices": (), "creditmemos": (), "shipments": None}


def test_more_invoices_than_a_page_has():
    placed = order(1)
    invoices = [invoice(placed, number) for number in range(1, const.PAGE_SIZE + 11)]
    shop = SalesShop(invoices=invoices)
    found = sales.read_belongings(shop.client, [placed], shipments=False)
    assert len(found.invoices["1"]) == len(invoices)
    assert shop.read == ["invoices", "invoices"]


def test_by_id():
    shop = SalesShop(orders=[order(number) for number in range(1, 151)])
    found = sales.read_by_id(shop.client, "orders", [str(number) for number in range(50, 200)])
    assert [entry["entity_id"] for entry in found] == list(range(50, 151))
    assert len(shop.read) == 2


def test_one_that_is_wrong_does_not_keep_the_others():
    page = parsed_page([order(1), {**order(2), "increment_id": None}], sales.parse_stub)
    assert [stub.name for stub in page.documents] == ["000000001"]
    [error] = page.failed
    assert (error.external_id, isinstance(error, DataError)) == ("2", True)


def test_a_stub_names_the_part_of_the_account():
    assert "store_id" in sales.STUB_FIELDS
    full = order(7, store_id=3)
    stub = sales.parse_stub({key: full[key] for key in sales.STUB_FIELDS})
    assert stub.scope_external_id == parse_order(full).scope_external_id == "store_view:3"
    deleted = {**full, "store_id": None}
    assert (sales.parse_stub(deleted).scope_external_id, parse_order(deleted).scope_external_id) == ("", UNSET)


def test_what_is_wrong_with_an_order_names_its_part_of_the_account():
    for items in ("nonsense", [{"item_id": 1}]):
        with pytest.raises(DataError) as caught:
            parse_order({**order(7, store_id=3), "items": items})
        assert (caught.value.external_id, caught.value.scope_external_id) == ("7", "store_view:3")


@pytest.mark.parametrize("path", ["orders", "invoices"])
def test_a_listing_that_lies(path):
    shop = SalesShop()
    shop.answers[path] = {"items": [], "total_count": 3}
    with pytest.raises(Exception, match="shows none of them"):
        list(sales.read_all(shop.client, path))


@pytest.mark.parametrize("key", ["shipping_refunded", "adjustment_positive", "adjustment_negative"])
def test_memos_that_gave_no_money_back(key):
    """What went back to a gift card, or in points, is none of the order's total refunded."""
    placed = order(1, **{key: 5})
    shop = SalesShop(creditmemos=[memo(placed, [])])
    assert len(sales.read_belongings(shop.client, [placed], shipments=False).creditmemos["1"]) == 1
