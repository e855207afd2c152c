"""Products of a Magento shop: saving, reading, listing, store views, categories, attributes.

With the official schema at hand, every call and answer is held against it too: see ``magento_lab``.
"""

import pytest

MUG = {"sku": "MUG", "name": "Mug", "attribute_set_id": 4, "price": 20, "weight": 0.4, "type_id": "simple"}
SITES = [
    {"code": "base", "stores": [{"code": "default"}, {"code": "german", "locale": "de_DE"}]},
    {"code": "shop2", "stores": [{"code": "second"}]},
]


def save(magento, **wanted):
    return magento.call("POST", "products", {"product": {**MUG, **wanted}})


def custom(product: dict) -> dict:
    return {entry["attribute_code"]: entry["value"] for entry in product["custom_attributes"]}


@pytest.fixture
def several(magento):
    """A shop of two websites, the first with two store views."""
    magento.control("DELETE", "")
    response = magento.client.post("/_control/shops", json={"domain": magento.domain, "websites": SITES})
    assert response.status_code == 201, response.text
    return magento


# --- saving ------------------------------------------------------------------------------------------------------
def test_a_product_comes_back_as_it_was_sent(magento):
    sent = [
        {"attribute_code": "description", "value": "<p>Tasse für Zoë 🙂</p>"},
        {"attribute_code": "special_price", "value": "17.5"},
        {"attribute_code": "special_from_date", "value": "2026-11-01"},
        {"attribute_code": "barcode", "value": "4006381333931"},
        {"attribute_code": "care", "value": ["1", "2"]},
        {"attribute_code": "unknown", "value": "dropped"},
    ]
    made = save(magento, custom_attributes=sent)
    assert made == magento.get("products/MUG")
    assert (made["price"], made["weight"], made["status"], made["visibility"]) == (20, 0.4, 1, 4)
    assert made["extension_attributes"]["website_ids"] == [1]
    assert made["created_at"] == made["updated_at"] == "2026-11-20 12:00:00"
    assert custom(made) == {
        "options_container": "container2", "tax_class_id": "2", "url_key": "mug", "has_options": "0",
        "required_options": "0", "description": "<p>Tasse für Zoë 🙂</p>", "special_price": "17.500000",
        "special_from_date": "2026-11-01 00:00:00", "barcode": "4006381333931", "care": "1,2",
    }  # fmt: skip


def test_put_changes_what_is_sent_and_keeps_the_rest(magento):
    save(magento, custom_attributes=[{"attribute_code": "description", "value": "Old"}])
    magento.sandbox.services.clock.change(advance=60)
    after = magento.call("PUT", "products/MUG", {"product": {"name": "Cup", "sku": "IGNORED", "price": "21.5"}})
    assert (after["sku"], after["name"], after["price"]) == ("MUG", "Cup", 21.5)
    assert custom(after)["description"] == "Old"
    assert (after["created_at"], after["updated_at"]) == ("2026-11-20 12:00:00", "2026-11-20 12:01:00")
    nothing = {"attribute_code": "description", "value": None}
    gone = magento.call("PUT", "products/MUG", {"product": {"custom_attributes": [nothing]}})
    assert "description" not in custom(gone)


def test_post_of_a_sku_that_is_there_changes_it_whatever_its_case(magento):
    first = save(magento)
    again = save(magento, sku="mug", name="Cup")
    assert (again["id"], again["sku"], again["name"]) == (first["id"], "MUG", "Cup")
    assert magento.search("products")["total_count"] == 1


def test_a_product_sent_with_its_id_gets_the_sku_that_is_sent(magento):
    mug = save(magento)
    link = {"sku": "POT", "link_type": "related", "linked_product_sku": "MUG", "position": 1}
    save(magento, sku="POT", name="Pot", product_links=[link])
    after = magento.call("PUT", "products/CUP", {"product": {"sku": "CUP", "id": mug["id"]}})
    assert (after["id"], after["sku"], after["name"]) == (mug["id"], "CUP", "Mug")
    assert magento.call("GET", "products/MUG", status=404)
    assert magento.get("products/POT")["product_links"][0]["linked_product_sku"] == "CUP"
    taken = magento.call("PUT", "products/POT", {"product": {"sku": "POT", "id": mug["id"]}})
    assert taken["sku"] == "POT-1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, 'The "%1" attribute value is empty. Set the attribute and try again.'),
        ({"price": None}, 'The "%1" attribute value is empty. Set the attribute and try again.'),
        ({"price": -1}, "Please enter a number 0 or greater in this field."),
        ({"sku": ""}, 'The "%1" attribute value is empty. Set the attribute and try again.'),
        ({"sku": "x" * 65}, "SKU length should be 64 characters maximum."),
        ({"type_id": "odd"}, 'The "%1" product type doesn\'t exist. Verify the type and try again.'),
        ({"status": 7}, "Invalid product data: %1"),
        ({"attribute_set_id": 99}, "No such entity with %fieldName = %fieldValue"),
        ({"price": "much"}, None),
    ],
)
def test_what_cannot_be_saved(magento, change, message):
    answer = magento.raw("POST", "products", {"product": {**MUG, **change}})
    assert answer.status_code in (400, 404)
    if message:
        assert answer.json["message"] == message
    assert magento.search("products")["total_count"] == 0


def test_two_visible_products_of_a_name_need_two_addresses(magento):
    save(magento)
    refused = magento.call("POST", "products", {"product": {**MUG, "sku": "MUG2"}}, status=400)
    assert refused == {"message": "URL key for specified store already exists."}
    save(magento, sku="MUG2", custom_attributes=[{"attribute_code": "url_key", "value": "mug-2"}])
    save(magento, sku="PART", visibility=1)
    refused = magento.call("PUT", "products/PART", {"product": {"visibility": 4}}, status=400)
    assert refused["message"].startswith("The value specified in the URL Key field")


def test_deleting(magento):
    save(magento, sku="A/B ü")
    assert magento.get("products/A%2FB%20%C3%BC")["sku"] == "A/B ü"
    assert magento.call("DELETE", "products/A%2FB%20%C3%BC") is True
    missing = magento.call("GET", "products/A%2FB%20%C3%BC", status=404)
    assert missing["message"] == "The product that was requested doesn't exist. Verify the product and try again."
    assert magento.call("DELETE", "products/GONE", status=404)


def test_virtual_products_have_no_weight(magento):
    made = save(magento, type_id="virtual")
    assert "weight" not in made
    assert made["type_id"] == "virtual"


# --- store views and websites ------------------------------------------------------------------------------------
def test_a_store_view_may_say_otherwise(several):
    several.call("POST", "products", {"product": MUG}, store="all")
    assert several.get("products/MUG", store="all")["extension_attributes"]["website_ids"] == [1, 2]
    texts = {"name": "Tasse", "price": 25, "custom_attributes": [{"attribute_code": "description", "value": "Gut"}]}
    several.call("PUT", "products/MUG", {"product": texts}, store="german")
    german, every = several.get("products/MUG", store="german"), several.get("products/MUG", store="all")
    assert (german["name"], custom(german)["description"]) == ("Tasse", "Gut")
    assert (every["name"], "description" in custom(every)) == ("Mug", False)
    # One price for all: the scope of prices is global.
    assert german["price"] == every["price"] == 25
    assert several.get("products/MUG", "storeId=2")["name"] == "Tasse"
    assert several.search("products", ("name", "Tasse", "eq"), store="german")["total_count"] == 1
    assert several.search("products", ("name", "Tasse", "eq"), store="all")["total_count"] == 0
    back = {"custom_attributes": [{"attribute_code": "description", "value": None}], "name": "Tasse"}
    assert "description" not in custom(several.call("PUT", "products/MUG", {"product": back}, store="german"))


def test_prices_by_website(several):
    several.control("PATCH", "", {"price_scope": "website"})
    several.call("POST", "products", {"product": MUG}, store="all")
    several.call("PUT", "products/MUG", {"product": {"price": 22}}, store="german")
    prices = [several.get("products/MUG", store=store)["price"] for store in ("all", "default", "german", "second")]
    assert prices == [20, 22, 22, 20]


def test_a_product_made_in_a_store_view_is_on_its_website(several):
    made = several.call("POST", "products", {"product": MUG}, store="second")
    assert made["extension_attributes"]["website_ids"] == [2]
    assert several.get("products/MUG", store="all")["name"] == "Mug"
    link = {"productWebsiteLink": {"sku": "MUG", "website_id": 1}}
    assert several.call("POST", "products/MUG/websites", link, store="all") is True
    assert several.search("products", ("website_id", 1, "eq"))["total_count"] == 1
    assert several.call("DELETE", "products/MUG/websites/2", store="all") is True
    assert several.get("products/MUG", store="all")["extension_attributes"]["website_ids"] == [1]
    wrong = {"product": {"extension_attributes": {"website_ids": [9]}}}
    assert several.call("PUT", "products/MUG", wrong, status=404)


# --- listing -----------------------------------------------------------------------------------------------------
def test_listing_by_time_and_id_skips_nothing(magento):
    for number in range(5):
        save(magento, sku=f"P{number}", name=f"Product {number}")
        magento.sandbox.services.clock.change(advance=number % 2)
    order = "&".join((
        "searchCriteria[sortOrders][0][field]=updated_at&searchCriteria[sortOrders][0][direction]=ASC",
        "searchCriteria[sortOrders][1][field]=entity_id&searchCriteria[sortOrders][1][direction]=ASC",
        "searchCriteria[pageSize]=2&searchCriteria[currentPage]={}&fields=items[sku],total_count",
    ))  # fmt: skip
    pages = [magento.get("products", order.format(page)) for page in (1, 2, 3, 4)]
    assert [entry["sku"] for page in pages[:3] for entry in page["items"]] == ["P0", "P1", "P2", "P3", "P4"]
    assert pages[3] == {"items": None, "total_count": 5}


@pytest.mark.parametrize(
    ("field", "value", "kind", "found"),
    [
        ("sku", "MUG,POT", "in", 2),
        ("sku", "mug", "eq", 1),
        ("price", "19.99", "gt", 2),
        ("price", "20", "eq", 1),
        ("type_id", "virtual", "neq", 2),
        ("name", "%ea%", "like", 1),
        ("name", "%ea%", "nlike", 2),
        ("sku", "MUG,POT", "nin", 1),
        ("barcode", "1", "neq", 0),
        ("care", "2", "finset", 1),
        ("care", "3", "nfinset", 1),
        ("status", 2, "eq", 1),
        ("barcode", "", "notnull", 1),
        ("special_price", "9.5", "eq", 1),
        ("category_id", 2, "eq", 1),
        ("updated_at", "2026-11-20 12:00:00", "gteq", 3),
        ("updated_at", "2026-11-20T12:00:01", "gteq", 0),
    ],
)
def test_filters(magento, field, value, kind, found):
    values = {"barcode": "1", "special_price": 9.5, "care": "1,2"}
    save(magento, custom_attributes=[{"attribute_code": code, "value": value} for code, value in values.items()])
    links = {"category_links": [{"category_id": "2", "position": 1}]}
    save(magento, sku="POT", name="Teapot", price=30, status=2, extension_attributes=links)
    save(magento, sku="FIX", name="Repair", price=5, type_id="virtual")
    assert magento.search("products", (field, value, kind))["total_count"] == found


def test_an_unknown_attribute_cannot_be_filtered_by(magento):
    save(magento)
    query = "searchCriteria[filter_groups][0][filters][0][field]=nothing&searchCriteria[filter_groups][0][filters][0]"
    refused = magento.call("GET", "products", query=f"{query}[value]=1", status=400)
    assert refused == {"message": "Invalid attribute name: %1", "parameters": ["nothing"]}


# --- attributes --------------------------------------------------------------------------------------------------
def test_attributes_options_and_sets(magento):
    wanted = {
        "attribute_code": "fit", "frontend_input": "select", "default_frontend_label": "Fit", "scope": "global",
        "frontend_labels": [{"store_id": 0, "label": "Fit"}], "is_required": False, "entity_type_id": "4",
    }  # fmt: skip
    made = magento.call("POST", "products/attributes", {"attribute": wanted})
    assert made["options"] == [{"label": " ", "value": ""}]
    labels = [{"store_id": 1, "label": "Schmal"}]
    number = magento.call(
        "POST", "products/attributes/fit/options", {"option": {"label": "Slim", "store_labels": labels}}
    )
    assert magento.get("products/attributes/fit/options", store="all")[1] == {"label": "Slim", "value": number}
    assert magento.get("products/attributes/fit/options", store="default")[1]["label"] == "Schmal"
    again = magento.call("POST", "products/attributes/fit/options", {"option": {"label": "slim"}}, status=400)
    assert again["parameters"] == ["slim"]
    group = magento.search("products/attribute-sets/groups/list", ("attribute_set_id", 4, "eq"))["items"][0]
    place = {"attributeSetId": 4, "attributeGroupId": group["attribute_group_id"], "attributeCode": "fit"}
    magento.call("POST", "products/attribute-sets/attributes", {**place, "sortOrder": 1})
    made = save(magento, custom_attributes=[{"attribute_code": "fit", "value": number}])
    assert custom(made)["fit"] == number
    new = {"attributeSet": {"attribute_set_name": "Tea", "sort_order": 1}, "skeletonId": 4}
    tea = magento.call("POST", "products/attribute-sets", new)
    codes = {entry["attribute_code"] for entry in
             magento.get(f"products/attribute-sets/{tea['attribute_set_id']}/attributes")}  # fmt: skip
    assert {"fit", "name", "size"} <= codes
    names = [entry["attribute_set_name"] for entry in magento.search("eav/attribute-sets/list")["items"]]
    assert names == ["Default", "Tea"]
    assert magento.call("DELETE", "products/attributes/fit") is True
    assert magento.call("GET", "products/attributes/fit", status=404)


def test_attributes_are_listed(magento):
    found = magento.search("products/attributes", ("is_user_defined", 1, "eq"))
    assert {entry["attribute_code"] for entry in found["items"]} == {
        "manufacturer", "color", "cost", "size", "material", "barcode", "care",
    }  # fmt: skip
    size = magento.get("products/attributes/size")
    assert [option["label"] for option in size["options"]] == [" ", "S", "M", "L", "XL"]
    assert magento.get(f"products/attributes/{size['attribute_id']}") == size
    assert magento.get("products/attributes/status/options")[0] == {"label": "Enabled", "value": "1"}


# --- categories --------------------------------------------------------------------------------------------------
def test_the_tree(magento):
    wanted = {"category": {"name": "Kitchen", "parent_id": 2, "is_active": True}}
    kitchen = magento.call("POST", "categories", wanted)
    tea = magento.call("POST", "categories", {"category": {"name": "Tea", "parent_id": kitchen["id"]}})
    assert (tea["path"], tea["level"]) == (f"1/2/{kitchen['id']}/{tea['id']}", 3)
    tree = magento.get("categories")
    assert [child["name"] for child in tree["children_data"][0]["children_data"]] == ["Tea"]
    assert magento.get("categories", "rootCategoryId=2&depth=1")["children_data"][0]["children_data"] == []
    listed = magento.search("categories/list", ("level", 2, "gteq"))
    assert [entry["name"] for entry in listed["items"]] == ["Kitchen", "Tea"]
    magento.call("PUT", f"categories/{tea['id']}/move", {"parentId": 2, "afterId": 0})
    assert magento.get(f"categories/{tea['id']}")["path"] == f"1/2/{tea['id']}"
    magento.call("PUT", f"categories/{tea['id']}", {"category": {"name": "Teas"}})
    assert magento.get(f"categories/{tea['id']}")["name"] == "Teas"
    same = magento.call("POST", "categories", wanted, status=400)
    assert same["message"] == "URL key for specified store already exists."
    assert magento.call("DELETE", "categories/2", status=400)
    assert magento.call("DELETE", f"categories/{kitchen['id']}") is True
    assert magento.call("GET", f"categories/{kitchen['id']}", status=404)


def test_products_in_categories(magento):
    save(magento)
    number = magento.call("POST", "categories", {"category": {"name": "Tea"}})["id"]
    link = {"productLink": {"sku": "MUG", "position": 3, "category_id": str(number)}}
    magento.sandbox.services.clock.change(advance=60)
    assert magento.call("POST", f"categories/{number}/products", link) is True
    found = magento.get("products/MUG")
    assert found["extension_attributes"]["category_links"] == [{"position": 3, "category_id": str(number)}]
    assert custom(found)["category_ids"] == [str(number)]
    # The category was saved, not the product.
    assert found["updated_at"] == "2026-11-20 12:00:00"
    assert magento.get(f"categories/{number}/products") == [link["productLink"]]
    assert magento.get("categories")["children_data"][0]["product_count"] == 1
    magento.call("PUT", "products/MUG", {"product": {"extension_attributes": {"category_links": []}}})
    assert magento.get(f"categories/{number}/products") == []
    assert magento.call("DELETE", f"categories/{number}/products/MUG", status=400)
