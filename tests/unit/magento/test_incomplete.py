"""Entries that lack what all of their kind have: each fails alone and says what is missing where."""

import pytest

from odoo.addons.connector_base.canonical import (
    Customer,
    CustomerAccount,
    CustomerPush,
    ListedPrice,
    Option,
    Product,
    ProductPush,
    Variant,
)
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento.bulk_push import send_changes
from odoo.addons.connector_magento.customer_push import push_customers
from odoo.addons.connector_magento.listing import Listing
from odoo.addons.connector_magento.parser_product import Family, child_ids, parse_product
from odoo.addons.connector_magento.parser_scope import parse_scopes
from odoo.addons.connector_magento.price_push import Customers, push_tier_prices
from odoo.addons.connector_magento.product_calls import create_product, remove_product
from odoo.addons.connector_magento.product_pusher import ProductPusher
from odoo.addons.connector_magento.product_reading import identified, read_by_id, read_by_sku, read_families
from odoo.addons.connector_magento.product_work import Work
from odoo.addons.connector_magento.renderer_product import Fields
from odoo.addons.connector_magento.terms import Attribute, Terms, read_all

from .fakes import answer, client_of, refusal
from .sales_shop import SalesShop
from .shop_listing import find

SIZE = Attribute("135", "size", "Size", "select", "global", True, {"4": "S", "5": "M"})
TERMS = Terms(attributes={"size": SIZE}, sets={"4": "Default"}, currency="EUR")
BROKEN = [{"id": None}, {"id": "seven"}, {"id": ...}, {"sku": None}, {"sku": ...}, {"sku": 5}]


def simple(number, **changes):
    payload = {
        "id": number,
        "sku": f"SKU-{number}",
        "name": f"Thing {number}",
        "type_id": "simple",
        "attribute_set_id": 4,
        "price": 5,
        "updated_at": f"2026-11-20 12:00:{number:02}",
        "custom_attributes": [],
        **changes,
    }
    return {name: value for name, value in payload.items() if value is not ...}


def shirt(number, *children, **changes):
    extension = {
        "configurable_product_links": list(children),
        "configurable_product_options": [{"attribute_id": "135", "values": [{"value_index": 4}]}],
    }
    return simple(number, type_id="configurable", extension_attributes=extension, **changes)


class Catalogue:
    """A shop whose answers state some of its products in another way than it has them.

    :param dict told: {product id: payload, as it is told}
    """

    def __init__(self, *products, **told):
        self.entries = [{**product, "entity_id": product["id"]} for product in products]
        self.told = {int(number.lstrip("_")): payload for number, payload in told.items()}
        self.client, self.session = client_of(self._answer)

    def _answer(self, call):
        path = call["url"].split("/V1/")[1]
        if call["method"] != "GET":
            return answer({})
        if path != "products":
            return answer({"items": [], "total_count": 0} if "attribute" in path else [])
        found, total = find(self.entries, {"searchCriteria[currentPage]": 1, **call["params"]})
        return answer({"items": [self.told.get(one["id"], one) for one in found], "total_count": total})


def read(catalogue, *payloads, known=()):
    families = read_families(catalogue.client, payloads, lambda _ids: dict(known))
    found, failed = {}, {}
    for family in families:
        try:
            document = parse_product(family, TERMS)
            found[document.external_id] = document
        except DataError as error:
            failed[error.external_id] = error
    return found, failed


# === PRODUCTS === #


@pytest.mark.parametrize("wrong", BROKEN, ids=str)
def test_a_product_without_its_id_or_sku_fails_alone(wrong):
    good, failed = identified([simple(1), simple(2, **wrong), simple(3)])
    assert [payload["id"] for payload in good] == [1, 3]
    [error] = failed
    assert f"product.{next(iter(wrong))} is" in error.message
    assert error.external_id == ("2" if "sku" in wrong else wrong["id"] if isinstance(wrong["id"], str) else "")


@pytest.mark.parametrize("payload", [None, 5, [], "text"])
def test_what_is_no_product(payload):
    good, failed = identified([payload, simple(1)])
    assert [one["id"] for one in good] == [1]
    assert "product is not an object" in failed[0].message


@pytest.mark.parametrize("links", [["x"], [None], "5", [[1]]])
def test_links_to_variants_that_make_no_sense(links):
    payload = simple(1, extension_attributes={"configurable_product_links": links})
    with pytest.raises(DataError, match="configurable_product_links"):
        child_ids(payload)
    assert identified([payload])[0] == []


def test_a_page_needs_the_time_of_its_entries():
    good, failed = identified([simple(1), simple(2, updated_at=None)], time=True)
    assert [payload["id"] for payload in good] == [1]
    assert "product.updated_at is missing" in failed[0].message
    assert len(identified([simple(2, updated_at=None)])[0]) == 1


def test_of_those_asked_for_by_id_what_is_not_stated_may_be_the_one_that_makes_no_sense():
    catalogue = Catalogue(*map(simple, (1, 2, 3)), _2=simple(2, id=None), _3=simple(3, sku=None))
    found, failed = read_by_id(catalogue.client, [1, 2, 3, 4])
    assert [payload["id"] for payload in found] == [1]
    assert {number: error.message.partition(": ")[2] for number, error in failed.items()} == {
        2: "product.id is missing.",
        3: "product.sku is missing.",
        4: "product.id is missing.",
    }
    assert read_by_id(Catalogue(simple(1)).client, [1, 2])[1] == {}, "deleted"


def test_of_those_asked_for_by_sku():
    catalogue = Catalogue(*map(simple, (1, 2)), _2=simple(2, sku=None))
    found, failed = read_by_sku(catalogue.client, ["SKU-1", "SKU-2"])
    assert list(found) == ["SKU-1"]
    assert list(failed) == ["SKU-2"]
    assert "product.sku is missing" in failed["SKU-2"].message


def test_a_product_is_not_read_without_a_variant_that_makes_no_sense():
    catalogue = Catalogue(simple(1), simple(2), _2=simple(2, id=None))
    found, failed = read(catalogue, shirt(10, 1, 2), simple(5), known={"5": "5"})
    assert list(found) == ["5"]
    assert list(failed) == ["10"]
    assert "product.id is missing" in failed["10"].message


def test_a_product_is_read_without_a_variant_that_was_deleted():
    found, failed = read(Catalogue(simple(1)), shirt(10, 1, 2))
    assert ([variant.external_id for variant in found["10"].variants], failed) == (["1"], {})


def test_a_variant_is_not_taken_for_a_product_when_what_it_is_one_of_makes_no_sense():
    catalogue = Catalogue(shirt(10, 1), _10=shirt(10, 1, sku=None))
    found, failed = read(catalogue, simple(1), simple(5), known={"1": "10", "5": "5"})
    assert (list(found), list(failed)) == (["5"], ["1"])


def test_nor_when_it_is_not_known_yet():
    catalogue = Catalogue(shirt(10, 1), _10=shirt(10, 1, id=None))
    found, failed = read(catalogue, simple(1), simple(5), known={"5": "5"})
    assert (list(found), list(failed)) == (["5"], ["1"])


def test_a_kit_whose_part_makes_no_sense():
    catalogue = Catalogue(simple(1), _1=simple(1, id=None))
    link = {"link_type": "associated", "linked_product_sku": "SKU-1", "extension_attributes": {"qty": 2}}
    kit = simple(10, type_id="grouped", product_links=[link])
    found, failed = read(catalogue, kit, simple(5), known={"5": "5"})
    assert (list(found), list(failed)) == (["5"], ["10"])


def test_the_product_that_could_not_be_read_says_so():
    with pytest.raises(DataError, match="away"):
        parse_product(Family(simple(1), error=DataError("away")), TERMS)


def test_pushes_of_products_that_make_no_sense_fail_alone_and_are_not_taken_for_deleted():
    catalogue = Catalogue(*map(simple, (1, 2, 3)), _1=simple(1, id=None), _2=simple(2, sku=None))
    pusher = ProductPusher(catalogue.client, None, known_parents=lambda _ids: {})
    documents = [
        Product(external_id=str(number), title="New", variants=(Variant(external_id=str(number), sku=f"SKU-{number}"),))
        for number in (1, 2, 3)
    ]
    pushes = [ProductPush(key=one.external_id, document=one, parts=frozenset({"content"})) for one in documents]
    first, second, third = pusher.push(pushes)
    assert "product.id is missing" in first.error.message
    assert "product.sku is missing" in second.error.message
    assert not first.missing
    assert (third.error, third.document.external_id) == (None, "3")


def test_a_variant_that_makes_no_sense_is_not_made_anew():
    catalogue = Catalogue(simple(1), shirt(10, 1), _1=simple(1, id=None))
    pusher = ProductPusher(catalogue.client, None, known_parents=lambda _ids: {})
    document = Product(
        external_id="10",
        title="Thing 10",
        options=(Option(name="Size", values=("S",)),),
        variants=(Variant(external_id="1", sku="SKU-1", options=(("Size", "S"),)),),
    )
    [result] = pusher.push([ProductPush(key="10", document=document, parts=frozenset({"variants"}))])
    assert "product.id is missing" in result.error.message
    assert all(call["method"] == "GET" or "child" not in call["url"] for call in catalogue.session.calls)


@pytest.mark.parametrize("made", [None, [], {}, {"id": None, "sku": "A"}, {"id": 5}])
def test_an_answer_that_does_not_say_what_was_made(made):
    client, _session = client_of(answer(made))
    with pytest.raises(DataError, match="The payload is not as Magento documents it: product"):
        create_product(client, Fields({"sku": "A"}))


def test_a_product_is_not_deleted_without_its_variants():
    catalogue = Catalogue(simple(1), _1=simple(1, sku=None))
    with pytest.raises(DataError, match=r"product\.sku is missing"):
        remove_product(catalogue.client, shirt(10, 1), delete=True)
    assert not [call for call in catalogue.session.calls if call["method"] == "DELETE"]


# === IN BULK === #


def bulk(accepted, operations):
    """Push two changes in bulk; return what became of each."""
    client, _session = client_of(answer(accepted), answer({"operations_list": operations}))
    works = [Work(push=None, wanted=None, parts=frozenset(), present=simple(number), image_ids={}) for number in (1, 2)]
    return [outcome for _work, outcome in send_changes(client, [(work, Fields({"name": "New"})) for work in works])]


def test_an_outcome_in_bulk_that_makes_no_sense_fails_alone():
    done = {"id": 0, "status": 1, "result_serialized_data": '{"id": 1, "sku": "SKU-1", "name": "New"}'}
    for result in ('{"id": null}', "[1]", "{", '"text"'):
        good, bad = bulk({"bulk_uuid": "u"}, [done, {"id": 1, "status": 1, "result_serialized_data": result}])
        assert good["name"] == "New"
        assert "product" in bad.message


@pytest.mark.parametrize(
    ("accepted", "operations", "place"),
    [
        ({}, [], "bulk.bulk_uuid"),
        ([], [], "bulk"),
        ({"bulk_uuid": "u"}, [{"status": 1}], r"operations_list\[0\].id"),
        ({"bulk_uuid": "u"}, [{"id": 0}], r"operations_list\[0\].status"),
    ],
)
def test_bulk_answers_that_make_no_sense(accepted, operations, place):
    with pytest.raises(DataError, match=place):
        bulk(accepted, operations)


# === LISTINGS === #


def test_a_listing_goes_on_after_the_last_entry_that_says_where_it_stands():
    entries = [{"entity_id": 1, "updated_at": "2026-01-01 00:00:00"}, {"entity_id": None}, None]
    assert Listing().next_page(entries, 9) == "2026-01-01 00:00:00|1"
    with pytest.raises(DataError, match="lacks"):
        Listing().next_page(entries[1:], 9)


def test_all_of_a_listing_are_read_though_the_last_of_a_page_lacks_what_it_is_sorted_by():
    pages = [[{"id": 1}, {"id": None}], [{"id": None}, {"id": 3}]]
    client, session = client_of(
        *(answer({"items": page, "total_count": 4 - index}) for index, page in enumerate(pages))
    )
    session.answers.append(answer({"items": [{"id": 3}], "total_count": 1}))
    assert len(read_all(client, "things", "id")) == 5


# === PRICES, CUSTOMERS, SCOPES === #


def test_a_price_of_a_product_that_makes_no_sense():
    client, _session = client_of(answer([]))
    prices = [ListedPrice(variant_external_id=one, amount=5) for one in ("1", "2", "3")]
    failed = {"2": DataError("product.sku is missing")}
    results = {
        result.price.variant_external_id: result.error
        for result in push_tier_prices(client, Customers("General", 0), prices, {"1": "SKU-1"}, failed)
    }
    assert results["1"] is None
    assert results["2"].message == "product.sku is missing"
    assert "has no product 3" in results["3"].message


def account(external_id="", email="ann@example.com"):
    return CustomerAccount(customer=Customer(external_id=external_id, name="Ann Lee", email=email), addresses=())


def push_accounts(shop, *accounts):
    pushes = [CustomerPush(key=str(number), account=one) for number, one in enumerate(accounts)]
    return list(push_customers(shop.client, pushes))


def test_a_customer_without_an_id_fails_alone():
    there = {"email": "x@example.com", "firstname": "X", "lastname": "Y"}
    shop = SalesShop(
        **{"customers/search": [{"entity_id": 5, "id": None, **there}, {"entity_id": 6, "id": 6, **there}]}
    )
    lost, known = push_accounts(shop, account("5"), account("6"))
    assert "customer.id is missing" in lost.error.message
    assert (known.error, known.external_id) == (None, "6")


def test_a_new_customer_whose_id_is_not_told():
    shop = SalesShop()
    shop.answers["store/storeViews"] = [{"id": 1, "website_id": 1, "code": "default"}]
    shop.answers["customers"] = {"email": "ann@example.com"}
    [made] = push_accounts(shop, account())
    assert "customer.id is missing" in made.error.message


@pytest.mark.parametrize("missing", ["id", "website_id", "code"])
def test_a_new_customer_where_store_views_make_no_sense(missing):
    shop = SalesShop()
    shop.answers["store/storeViews"] = [{"id": 1, "website_id": 1, "code": "default", missing: None}]
    [made] = push_accounts(shop, account())
    assert f"storeView.{missing} is missing" in made.error.message


def test_a_website_without_an_id():
    with pytest.raises(DataError, match=r"website\.id is missing"):
        parse_scopes([{"id": None, "name": "Main", "code": "base"}], [], [], [])


def test_a_website_without_a_name_is_called_by_its_code():
    [scope] = parse_scopes([{"id": 1, "name": None, "code": "base"}], [], [], [])
    assert (scope.name, scope.code) == ("base", "base")


def test_refused_answers_stay_what_they_are():
    client, _session = client_of(refusal("No.", status=400))
    with pytest.raises(DataError, match="No"):
        create_product(client, Fields({"sku": "A"}))
