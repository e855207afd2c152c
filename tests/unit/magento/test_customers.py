"""Customers in and out."""

import pytest

from odoo.addons.connector_base.canonical import UNSET, Address, Customer, CustomerAccount, CustomerPush
from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_magento.customer_push import push_customers
from odoo.addons.connector_magento.parser_parties import parse_customer

from .sales_shop import SalesShop

PLACE = {
    "firstname": "Ann",
    "lastname": "Lee",
    "street": ["Main St 1"],
    "city": "Austin",
    "postcode": "73301",
    "country_id": "US",
    "region": {"region_code": "TX", "region": "Texas", "region_id": 57},
    "telephone": "1",
}


def customer(number=5, **changes):
    return {
        "id": number,
        "entity_id": number,  # what it is filtered by
        "group_id": 2,
        "email": "ann@example.com",
        "firstname": "Ann",
        "middlename": "B.",
        "lastname": "Lee",
        "website_id": 1,
        "updated_at": "2026-11-20 09:00:00",
        "addresses": [{"id": 1, **PLACE}, {"id": 2, **PLACE, "city": "Dallas", "default_billing": True}],
        "extension_attributes": {"is_subscribed": True},
        **changes,
    }


def push(shop, *accounts):
    return list(push_customers(shop.client, [CustomerPush(key=str(n), account=one) for n, one in enumerate(accounts)]))


def account(external_id="", name="Ann Lee", email="ann@example.com", addresses=(), **changes):
    return CustomerAccount(
        customer=Customer(external_id=external_id, name=name, email=email, **changes), addresses=addresses
    )


# === IN === #


def test_in():
    found = parse_customer(customer(), groups={"2": "Wholesale"})
    assert (found.external_id, found.name) == ("5", "Ann B. Lee")
    assert found.customer.tags == ("Wholesale", "newsletter")
    assert (found.customer.group_external_id, found.customer.group_name) == ("2", "Wholesale")
    assert [place.city for place in found.addresses] == ["Dallas", "Austin"]
    assert (found.addresses[0].state_code, found.addresses[0].state_name) == ("TX", "Texas")


def test_groups_that_are_not_read():
    assert parse_customer(customer(extension_attributes={"is_subscribed": False})).customer.tags == ()
    assert parse_customer(customer(extension_attributes=[])).customer.tags is UNSET


def test_texts_for_numbers():
    assert parse_customer(customer(id="5", group_id="2"), groups={"2": "W"}).external_id == "5"


@pytest.mark.parametrize("changes", [{"id": None}, {"email": None}, {"addresses": "x"}])
def test_odd_ones(changes):
    with pytest.raises(DataError):
        parse_customer(customer(**changes))


# === OUT === #


def test_changed():
    shop = SalesShop(**{"customers/search": [customer()]})
    [result] = push(shop, account("5", "Ann Berg", "berg@example.com"))
    assert (result.external_id, result.error) == ("5", None)
    [(method, path, body)] = shop.written
    assert (method, path) == ("PUT", "customers/5")
    values = body["customer"]
    assert (values["firstname"], values["lastname"], values["email"]) == ("Ann", "Berg", "berg@example.com")
    assert (values["middlename"], values["website_id"], values["group_id"]) == (None, 1, 2)
    assert "addresses" not in values  # they stay


def test_a_name_that_reads_the_same_stays():
    shop = SalesShop(**{"customers/search": [customer()]})
    push(shop, account("5", "Ann B. Lee", "new@example.com"))
    assert (shop.written[0][2]["customer"]["firstname"], shop.written[0][2]["customer"]["middlename"]) == ("Ann", "B.")
    assert push(shop, account("5", "Ann B. Lee", "ann@example.com"))[0].external_id == "5"
    assert len(shop.written) == 1, "what is there already is not told"


def test_one_word_of_a_name():
    shop = SalesShop(**{"customers/search": [customer()]})
    push(shop, account("5", "Zoe"))
    values = shop.written[0][2]["customer"]
    assert (values["firstname"], values["lastname"]) == ("Zoe", "-")
    assert parse_customer({**customer(), **values}).name == "Zoe"


def test_who_is_there_by_mail_is_changed():
    shop = SalesShop(**{"customers/search": [customer(email="Ann@Example.com"), customer(6, email="x@example.com")]})
    shop.listings["customers/search"][0]["email"] = "ann@example.com"
    [result] = push(shop, account(name="Ann Berg"))
    assert (result.external_id, shop.written[0][1]) == ("5", "customers/5")


def test_a_crash_over_one_keeps_no_other_back():
    shop = SalesShop(**{"customers/search": [customer(), customer(6, email="bo@example.com")]})
    shop.refused["customers/5"] = (500, "Internal Error. Report ID: webapi-1")
    pushes = [CustomerPush(key=one.external_id, account=one) for one in (account("5", "Ann Berg"), account("6", "Bo"))]
    found = []
    with pytest.raises(TransientError):
        for result in push_customers(shop.client, pushes):
            found.append(result.key)
    assert found == ["6"]


def test_created():
    place = Address(
        name="Ann Lee", street="Main St 1", city="Austin", zip="1", state_code="TX", country_code="US", phone="2"
    )
    shop = SalesShop()
    shop.answers.update(
        {
            "customers": {"id": 77},
            "store/storeViews": [
                {"id": 0, "website_id": 0, "code": "admin"},
                {"id": 2, "website_id": 1, "code": "fr"},
                {"id": 1, "website_id": 1, "code": "en"},
            ],
            "directory/countries/US": {"id": "US", "available_regions": [{"id": "57", "code": "TX", "name": "Texas"}]},
        }
    )
    results = push(shop, account(addresses=(place,)), account(name="Bo", email="bo@example.com"))
    assert [result.external_id for result in results] == ["77", "77"]
    values = shop.written[0][2]["customer"]
    assert (values["website_id"], values["store_id"], values["firstname"], values["lastname"]) == (1, 1, "Ann", "Lee")
    [home] = values["addresses"]
    assert (home["region_id"], home["default_billing"], home["street"]) == (57, True, ["Main St 1"])
    assert shop.written[1][2]["customer"]["firstname"] == "Bo"
    assert all("/rest/en/" in call["url"] for call in shop.session.calls if call["method"] == "POST")
    assert shop.read.count("store/storeViews") == 1


def test_a_country_that_magento_does_not_know():
    shop = SalesShop()
    shop.answers.update({"customers": {"id": 77}, "store/storeViews": [{"id": 1, "website_id": 1, "code": "en"}]})
    place = Address(name="Ann", street="Main St 1", city="X", state_code="TX", country_code="XX")
    [result] = push(shop, account(addresses=(place,)))
    assert result.external_id == "77"
    assert "region_id" not in shop.written[0][2]["customer"]["addresses"][0]


def test_one_that_is_refused_keeps_no_other():
    shop = SalesShop(**{"customers/search": [customer(), customer(6, email="bo@example.com")]})
    shop.refused["customers/5"] = (400, "A customer with the same email address already exists.")
    results = push(shop, account("5", "X Y"), account("6", "Bo Z", "bo@example.com"), account("7"))
    assert "same email" in results[0].error.message
    assert results[1].external_id == "6"
    assert results[2].error.remedy


def test_nobody_to_tell():
    shop = SalesShop()
    assert push(shop) == []
    assert shop.read == []
