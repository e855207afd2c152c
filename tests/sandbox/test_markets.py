"""Price lists of markets, companies, and customers that are set."""

import pytest

SET = """mutation($id: ID!, $prices: [PriceListPriceInput!]!, $gone: [ID!]!) {
  priceListFixedPricesUpdate(priceListId: $id, pricesToAdd: $prices, variantIdsToDelete: $gone) {
    deletedFixedPriceVariantIds pricesAdded { price { amount } variant { id } } userErrors { code field }
  } }"""
CUSTOMER = """mutation($who: CustomerSetIdentifiers!, $input: CustomerSetInput!) {
  customerSet(identifier: $who, input: $input) { customer { id firstName email } userErrors { code field } } }"""


@pytest.fixture
def europe(lab):
    product = lab.control("POST", "/products", {"title": "Mug", "price": "10.00"})
    made = lab.control("POST", "/price-lists", {"name": "Europe", "currency": "EUR"})
    return f"gid://shopify/PriceList/{made['id']}", f"gid://shopify/ProductVariant/{product['variants'][0]['id']}"


def price(variant, amount, currency="EUR", before=None):
    return {
        "variantId": variant,
        "price": {"amount": amount, "currencyCode": currency},
        "compareAtPrice": {"amount": before, "currencyCode": currency} if before else None,
    }


def test_prices_are_set_changed_and_removed(lab, europe):
    price_list, variant = europe
    for amount in ("8.50", "7.25"):
        payload = lab.gql(SET, {"id": price_list, "prices": [price(variant, amount, before="9.00")], "gone": []})[
            "data"
        ]
        [added] = payload["priceListFixedPricesUpdate"]["pricesAdded"]
        assert (added["price"]["amount"], added["variant"]["id"]) == (amount, variant)
    read = """query($id: ID!) { priceList(id: $id) {
      currency fixedPricesCount prices(first: 5) { nodes { price { amount } } } } }"""
    found = lab.gql(read, {"id": price_list})["data"]["priceList"]
    assert (found["currency"], found["fixedPricesCount"]) == ("EUR", 1)
    payload = lab.gql(SET, {"id": price_list, "prices": [], "gone": [variant]})["data"]["priceListFixedPricesUpdate"]
    assert payload["deletedFixedPriceVariantIds"] == [variant]
    assert lab.gql(read, {"id": price_list})["data"]["priceList"]["fixedPricesCount"] == 0


def test_what_is_wrong_with_prices_is_said_and_nothing_is_set(lab, europe):
    price_list, variant = europe
    before = lab.control("GET", "/price-lists")
    cases = (
        ({"id": "gid://shopify/PriceList/1", "prices": [], "gone": []}, "PRICE_LIST_NOT_FOUND"),
        ({"id": price_list, "prices": [price("gid://shopify/ProductVariant/1", "1")], "gone": []}, "VARIANT_NOT_FOUND"),
        (
            {"id": price_list, "prices": [price(variant, "1"), price(variant, "1", "USD")], "gone": []},
            "PRICE_LIST_CURRENCY_MISMATCH",
        ),
    )
    for variables, code in cases:
        payload = lab.gql(SET, variables)["data"]["priceListFixedPricesUpdate"]
        assert [error["code"] for error in payload["userErrors"]] == [code]
    assert lab.control("GET", "/price-lists") == before


def test_a_company_with_its_locations(lab):
    home = {"first_name": "Goods", "last_name": "In", "address1": "First St 1", "city": "Bonn", "country_code": "DE"}
    lab.control(
        "POST",
        "/companies",
        {"name": "Acme", "tax_id": "DE1", "locations": [{"shipping_address": home}, {"phone": "+49"}]},
    )
    query = """{ companies(first: 5, sortKey: UPDATED_AT, query: "updated_at:>='2020-01-01'") { nodes { id name
      locations(first: 5) { nodes { phone taxSettings { taxRegistrationId } billingAddress { city }
        shippingAddress { recipient companyName countryCode } } } } } }"""
    [company] = lab.gql(query)["data"]["companies"]["nodes"]
    first, second = company["locations"]["nodes"]
    assert (company["name"], first["taxSettings"]["taxRegistrationId"], second["phone"]) == ("Acme", "DE1", "+49")
    assert first["shippingAddress"] == {"recipient": "Goods In", "companyName": "Acme", "countryCode": "DE"}
    assert first["billingAddress"] is None


def test_a_customer_is_created_once(lab):
    wanted = {"who": {"email": "ada@example.com"}, "input": {"email": "ada@example.com", "firstName": "Ada"}}
    first = lab.gql(CUSTOMER, wanted)["data"]["customerSet"]["customer"]
    wanted["input"]["firstName"] = "Countess"
    second = lab.gql(CUSTOMER, wanted)["data"]["customerSet"]["customer"]
    assert (first["id"], second["firstName"]) == (second["id"], "Countess")
    lab.gql(CUSTOMER, {"who": {"email": "bob@example.com"}, "input": {"email": "bob@example.com"}})
    taken = lab.gql(CUSTOMER, {"who": {"id": first["id"]}, "input": {"email": "bob@example.com"}})["data"][
        "customerSet"
    ]
    assert taken == {"customer": None, "userErrors": [{"code": "TAKEN", "field": ["email"]}]}
    other = lab.gql(CUSTOMER, {"who": {"email": "x@example.com"}, "input": {"email": "y@example.com"}})["data"]
    assert other["customerSet"]["userErrors"][0]["code"] == "INVALID"
    gone = lab.gql(CUSTOMER, {"who": {"id": "gid://shopify/Customer/5"}, "input": {"firstName": "A"}})["data"]
    assert gone["customerSet"]["userErrors"][0]["code"] == "NOT_FOUND"
