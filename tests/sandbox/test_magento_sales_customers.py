"""Customers of a Magento shop, their addresses, groups and newsletter."""

PERSON = {"email": "ann@example.com", "firstname": "Ann", "lastname": "Lee"}
HOME = {
    "firstname": "Ann", "lastname": "Lee", "street": ["22 Canal Street"], "city": "New York", "postcode": "10013",
    "country_id": "US", "telephone": "555", "region": {"region_code": "NY", "region": "New York", "region_id": 43},
    "default_billing": True, "default_shipping": True,
}  # fmt: skip


def made(lab, **values) -> dict:
    return lab.call("POST", "customers", {"customer": {**PERSON, **values}})


def test_a_customer_with_an_address(magento):
    record = made(magento, addresses=[HOME], extension_attributes={"is_subscribed": True}, taxvat="FR1")
    shown = magento.get(f"customers/{record['id']}")
    assert (shown["group_id"], shown["website_id"], shown["store_id"], shown["created_in"]) == (
        1, 1, 1, "Default Store View"
    )  # fmt: skip
    (address,) = shown["addresses"]
    assert (shown["default_billing"], shown["default_shipping"]) == (str(address["id"]), str(address["id"]))
    assert (address["region"]["region_code"], address["customer_id"]) == ("NY", record["id"])
    assert shown["extension_attributes"] == {"is_subscribed": True}
    assert magento.get(f"customers/addresses/{address['id']}") == address


def test_addresses_that_are_not_sent_are_deleted(magento):
    record = made(magento, addresses=[HOME, {**HOME, "city": "Albany", "default_billing": False}])
    kept = record["addresses"][1]
    body = {"customer": {**PERSON, "addresses": [kept]}}
    changed = magento.call("PUT", f"customers/{record['id']}", body)
    assert [entry["city"] for entry in changed["addresses"]] == ["Albany"]
    same = magento.call("PUT", f"customers/{record['id']}", {"customer": {**PERSON, "lastname": "Li"}})
    assert (same["lastname"], len(same["addresses"])) == ("Li", 1)
    assert magento.raw("DELETE", f"addresses/{kept['id']}").json is True
    assert magento.get(f"customers/{record['id']}")["addresses"] == []


def test_what_is_refused(magento):
    record = made(magento)
    twice = magento.call("POST", "customers", {"customer": {**PERSON, "email": "ANN@example.com"}}, status=400)
    assert "same email address" in twice["message"]
    lacking = magento.call("POST", "customers", {"customer": {"email": "x@example.com"}}, status=400)
    assert len(lacking["errors"]) == 2
    bad = magento.call("POST", "customers", {"customer": {**PERSON, "email": "nonsense"}}, status=400)
    assert "not a valid email" in bad["message"]
    magento.call("POST", "customers", {"customer": {**PERSON, "email": "y@example.com", "group_id": 77}}, status=404)
    half = {**PERSON, "email": "z@example.com", "addresses": [{**HOME, "telephone": ""}]}
    assert magento.call("POST", "customers", {"customer": half}, status=400)["parameters"] == {"fieldName": "telephone"}
    assert magento.raw("DELETE", f"customers/{record['id']}").json is True
    assert "No such entity" in magento.call("GET", f"customers/{record['id']}", status=404)["message"]


def test_searching(magento):
    made(magento, addresses=[HOME], group_id=2)
    magento.sandbox.services.clock.change(advance=60)
    made(magento, email="bob@example.com", firstname="Bob")
    later = magento.search("customers/search", ("updated_at", "2026-11-20 12:00:30", "gteq"))
    assert [entry["firstname"] for entry in later["items"]] == ["Bob"]
    assert magento.search("customers/search", ("entity_id", 1, "eq"))["items"][0]["email"] == "ann@example.com"
    assert magento.search("customers/search", ("group_id", 2, "eq"))["total_count"] == 1
    assert magento.search("customers/search", ("billing_postcode", "10013", "eq"))["total_count"] == 1
    assert magento.call("POST", "customers/isEmailAvailable", {"customerEmail": "ann@example.com"}) is False


def test_groups(magento):
    codes = [entry["code"] for entry in magento.search("customerGroups/search")["items"]]
    assert codes[:2] == [
        "NOT LOGGED IN",
        "General",
    ]
    group = magento.call("POST", "customerGroups", {"group": {"code": "VIP", "tax_class_id": 3}})
    magento.call("POST", "customerGroups", {"group": {"code": "VIP", "tax_class_id": 3}}, status=400)
    magento.call("PUT", f"customerGroups/{group['id']}", {"group": {"code": "Gold", "tax_class_id": 3}})
    assert magento.get(f"customerGroups/{group['id']}")["code"] == "Gold"
    found = magento.search("customerGroups/search", ("customer_group_code", "Gold", "eq"))
    assert found["total_count"] == 1
    assert magento.raw("DELETE", f"customerGroups/{group['id']}").json is True
    magento.call("GET", f"customerGroups/{group['id']}", status=404)
    magento.call("DELETE", "customerGroups/1", status=400)
    assert magento.get("customerGroups/default")["id"] == 1


def test_the_control_api(magento):
    given = {
        "first_name": "Zoë", "last_name": "O'Brien", "email": "zoe@example.com", "group": "Wholesale",
        "subscribed": True,
        "default_address": {"address1": "1 rue", "city": "Lyon", "zip": "69002", "country_code": "FR", "phone": "1"},
    }  # fmt: skip
    record = magento.control("POST", "/customers", given, status=201)
    shown = magento.get(f"customers/{record['id']}")
    assert (shown["group_id"], shown["addresses"][0]["lastname"]) == (2, "O'Brien")
    magento.control("POST", f"/customers/{record['id']}", {"lastname": "Brien"})
    assert magento.get(f"customers/{record['id']}")["lastname"] == "Brien"
    magento.control("POST", "/customers", given, status=400)
    assert len(magento.control("GET", "/customers")["customers"]) == 1
