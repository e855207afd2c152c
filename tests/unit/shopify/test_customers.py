"""Customers and companies: reading them to the end, what they become, what the platform is told."""

from datetime import datetime, timezone

import pytest

from odoo.addons.connector_base.canonical import Address, Customer, CustomerAccount, split_name
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify.listing import CustomerListing
from odoo.addons.connector_shopify.parser_customer import parse_company, parse_customer
from odoo.addons.connector_shopify.renderer_customer import customer_identifier, customer_input

from .fakes import answer, client

HOME = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "name": "Ada Lovelace",
    "company": None,
    "address1": "12 St James's Square",
    "address2": None,
    "city": "London",
    "zip": "SW1Y 4JH",
    "province": "England",
    "provinceCode": "ENG",
    "country": "United Kingdom",
    "countryCodeV2": "GB",
    "phone": None,
}
OFFICE = {**HOME, "name": "Ada at work", "company": "Engines Ltd"}


def customer(number=1, **overrides):
    return {
        "id": f"gid://shopify/Customer/{number}",
        "firstName": "Ada",
        "lastName": "Lovelace",
        "locale": "en",
        "note": None,
        "tags": ["vip", "early"],
        "updatedAt": "2026-03-01T10:00:00Z",
        "defaultEmailAddress": {"emailAddress": "ada@example.com"},
        "defaultPhoneNumber": None,
        "defaultAddress": HOME,
        "addressesV2": {"nodes": [HOME, OFFICE]},
        **overrides,
    }


def location(number, street, tax_id=None):
    place = {
        "recipient": "Goods in",
        "companyName": "Acme",
        "address1": street,
        "address2": None,
        "city": "Bonn",
        "zip": "53111",
        "province": None,
        "zoneCode": None,
        "country": "Germany",
        "countryCode": "DE",
        "phone": None,
    }
    taxes = {"taxRegistrationId": tax_id}
    return {
        "id": f"gid://shopify/CompanyLocation/{number}",
        "phone": None,
        "taxSettings": taxes,
        "billingAddress": place,
        "shippingAddress": place,
    }


def connection(key, nodes, cursor=None):
    return {key: {"nodes": nodes, "pageInfo": {"hasNextPage": bool(cursor), "endCursor": cursor}}}


def test_a_customer():
    account = parse_customer(customer())
    assert (account.external_id, account.name, account.customer.email) == ("1", "Ada Lovelace", "ada@example.com")
    assert account.customer.tags == ("early", "vip")
    assert [address.name for address in account.addresses] == ["Ada Lovelace", "Ada at work"], (
        "each once, default first"
    )
    assert account.updated_at == datetime(2026, 3, 1, 10, tzinfo=timezone.utc)


def test_a_customer_of_whom_little_is_known():
    account = parse_customer(
        customer(
            firstName=None, lastName=None, defaultEmailAddress=None, defaultAddress=None, addressesV2={"nodes": []}
        )
    )
    assert (account.name, account.addresses) == ("1", ())


@pytest.mark.parametrize("broken", [{"id": ""}, {"updatedAt": None}, {"addressesV2": None}, {"tags": "vip"}])
def test_what_is_not_documented_is_refused(broken):
    with pytest.raises(DataError):
        parse_customer(customer(**broken))


def test_listing_goes_on_where_it_stood():
    shop, session = client(
        answer(data=connection("customers", [customer()], "next")), answer(data=connection("customers", [customer(2)]))
    )
    nodes, following = CustomerListing.begin(datetime(2026, 3, 1, tzinfo=timezone.utc)).read_page(shop)
    assert [node["id"][-1] for node in nodes] == ["1"]
    nodes, following = CustomerListing.resume(following.token).read_page(shop)
    assert ([node["id"][-1] for node in nodes], following) == (["2"], None)
    assert session.variables[1]["after"] == "next"
    assert session.variables[0]["query"] == "updated_at:>='2026-03-01T00:00:00Z'"


def test_unknown_customers_are_left_out():
    shop, _session = client(answer(data={"nodes": [customer(), None, {}]}))
    assert len(shop.customers_by_id(["a", "b", "c"])) == 1


def test_a_company_with_all_its_locations():
    node = {"id": "gid://shopify/Company/77", "name": "Acme", "updatedAt": "2026-03-01T10:00:00Z"}
    first = connection("locations", [location(1, "First St")], "more")
    shop, session = client(
        answer(data=connection("companies", [{**node, **first}])),
        answer(data={"node": connection("locations", [location(2, "Second St", "DE123456789")])}),
    )
    [found], following = shop.companies("", first=20)
    account = parse_company(found)
    assert following is None
    assert session.operations == ["Companies", "CompanyLocations"]
    assert (account.external_id, account.customer.company_external_id) == ("company:77", "77")
    assert (account.customer.name, account.customer.company, account.customer.vat) == ("Acme", "Acme", "DE123456789")
    assert [(address.street, address.country_code) for address in account.addresses] == [
        ("First St", "DE"),
        ("Second St", "DE"),
    ]


def test_who_is_meant():
    known = CustomerAccount(customer=Customer(external_id="5", email="ada@example.com"))
    new = CustomerAccount(customer=Customer(email="ada@example.com"))
    assert customer_identifier(known) == {"id": "gid://shopify/Customer/5"}
    assert customer_identifier(new) == {"email": "ada@example.com"}


def test_what_the_platform_is_told():
    address = Address(name="Ada King Lovelace", street="5 Elm St", city="London", country_code="GB")
    account = CustomerAccount(
        customer=Customer(email="ada@example.com", name="Ada King Lovelace", language="en-GB"), addresses=(address,)
    )
    assert customer_input(account) == {
        "firstName": "Ada King",
        "lastName": "Lovelace",
        "email": "ada@example.com",
        "phone": None,
        "locale": "en-GB",
        "addresses": [
            {
                "firstName": "Ada King",
                "lastName": "Lovelace",
                "address1": "5 Elm St",
                "city": "London",
                "countryCode": "GB",
            }
        ],
    }
    assert "addresses" not in customer_input(CustomerAccount(customer=Customer(external_id="5", name="Ada")))


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Ada Lovelace", ("Ada", "Lovelace")), ("Ada", ("Ada", "")), (" ", ("", "")), ("A B  C", ("A B", "C"))],
)
def test_names(name, parts):
    first, last = split_name(name)
    assert (first.strip(), last) == parts


def test_setting_a_customer():
    shop, session = client(
        answer(data={"customerSet": {"customer": {"id": "gid://shopify/Customer/9"}, "userErrors": []}}),
        answer(data={"customerSet": {"customer": None, "userErrors": [{"field": ["email"], "message": "is taken"}]}}),
    )
    assert shop.customer_set({"email": "a@b.c"}, {"firstName": "A"}) == "gid://shopify/Customer/9"
    with pytest.raises(DataError, match="email: is taken"):
        shop.customer_set({"email": "a@b.c"}, {"firstName": "A"})
    assert session.variables[0] == {"identifier": {"email": "a@b.c"}, "input": {"firstName": "A"}}
