"""productSet: creating, bringing to a state, replacing lists, refusing, doing large ones later."""

import json

import pytest

from tests.sandbox.test_webhooks import settle

SET = """mutation($identifier: ProductSetIdentifiers, $input: ProductSetInput!, $sync: Boolean) {
  productSet(identifier: $identifier, input: $input, synchronous: $sync) {
    product { id handle title status vendor tags updatedAt descriptionHtml seo { title description }
      options { id name optionValues { id name } } media(first: 10) { nodes { id alt status } }
      metafields(first: 10) { nodes { namespace key value } } collections(first: 5) { nodes { title } }
      variants(first: 100) { nodes { id title sku barcode price compareAtPrice position taxable inventoryPolicy
        inventoryQuantity media(first: 1) { nodes { id } } metafields(first: 3) { nodes { key value } }
        inventoryItem { tracked requiresShipping unitCost { amount } harmonizedSystemCode countryCodeOfOrigin
          measurement { weight { value unit } } } } } }
    productSetOperation { id status } userErrors { field message code } } }"""
DEFINE = """mutation {
  metafieldDefinitionCreate(definition: {name: "ERP", namespace: "$app", key: "erp", ownerType: PRODUCT, type: "id"})
  { createdDefinition { id namespace type { name } capabilities { uniqueValues { enabled } } }
  userErrors { message code } } }"""


def set_product(lab, wanted: dict, identifier=None, sync=True) -> dict:
    return lab.gql(SET, {"input": wanted, "identifier": identifier, "sync": sync})["data"]["productSet"]


def done(lab, wanted: dict, identifier=None) -> dict:
    """The product of a call that must be accepted."""
    answer = set_product(lab, wanted, identifier)
    assert answer["userErrors"] == []
    return answer["product"]


def codes(answer: dict) -> list[tuple]:
    return [(error["code"], ".".join(error["field"] or ())) for error in answer["userErrors"]]


def shirt(**more) -> dict:
    """The input of a product with two variants."""
    variants = [
        {"optionValues": [{"optionName": "Size", "name": size}], "sku": f"SH-{size}", "price": price}
        for size, price in (("S", "10"), ("L", "12.5"))
    ]
    options = [{"name": "Size", "values": [{"name": "S"}, {"name": "L"}]}]
    return {"title": "Shirt", "productOptions": options, "variants": variants, **more}


def stored(lab, product: dict) -> dict:
    return lab.sandbox.services.store.get(lab.domain, "product", int(product["id"].rpartition("/")[2]))


@pytest.fixture
def quick(lab):
    lab.control("PATCH", "", {"bucket_size": 10**6})
    lab.sandbox.services.later.pace = 0
    return lab


def test_the_least_that_can_be_said(quick):
    product = done(quick, {"title": "Plain Mug"})
    assert (product["handle"], product["status"], product["vendor"]) == ("plain-mug", "ACTIVE", "Lab")
    assert product["options"][0]["name"] == "Title"
    variant = product["variants"]["nodes"][0]
    assert (variant["title"], variant["price"], variant["inventoryItem"]["tracked"]) == ("Default Title", "0.00", False)
    assert done(quick, {"title": "Plain Mug"})["handle"] == "plain-mug-1"


def test_everything_of_a_variant(quick):
    wanted = shirt(
        vendor="Åkerlund", tags=["b, a", "A"], descriptionHtml="<p>x</p>", seo={"title": "T"}, status="DRAFT"
    )
    location = quick.gql("{ locations(first: 1) { nodes { id } } }")["data"]["locations"]["nodes"][0]["id"]
    wanted["variants"][0].update(
        barcode="123", compareAtPrice="15", taxable=False, inventoryPolicy="CONTINUE",
        inventoryQuantities=[{"locationId": location, "name": "available", "quantity": 7}],
        metafields=[{"namespace": "custom", "key": "fit", "type": "single_line_text_field", "value": "slim"}],
        inventoryItem={"tracked": True, "cost": "4.2", "harmonizedSystemCode": "610910", "countryCodeOfOrigin": "PT",
                       "requiresShipping": True, "measurement": {"weight": {"value": 0.5, "unit": "KILOGRAMS"}}},
    )  # fmt: skip
    product = done(quick, wanted)
    assert product["tags"] == ["a", "b"]
    assert product["seo"] == {"title": "T", "description": None}
    small, large = product["variants"]["nodes"]
    assert small | {"id": 0} == {
        "id": 0, "title": "S", "sku": "SH-S", "barcode": "123", "price": "10.00", "compareAtPrice": "15.00",
        "position": 1,
        "taxable": False, "inventoryPolicy": "CONTINUE", "inventoryQuantity": 7, "media": {"nodes": []},
        "metafields": {"nodes": [{"key": "fit", "value": "slim"}]},
        "inventoryItem": {
            "tracked": True, "requiresShipping": True, "unitCost": {"amount": "4.20"}, "harmonizedSystemCode": "610910",
            "countryCodeOfOrigin": "PT", "measurement": {"weight": {"value": 0.5, "unit": "KILOGRAMS"}},
        },
    }  # fmt: skip
    assert (large["title"], large["price"], large["inventoryQuantity"]) == ("L", "12.50", 0)


def test_lists_are_replaced_and_the_rest_stays(quick):
    wanted = shirt(
        vendor="V", metafields=[
            {"namespace": "custom", "key": name, "type": "single_line_text_field", "value": name}
            for name in ("aa", "bb")
        ],
    )  # fmt: skip
    first = done(quick, wanted)
    small = first["variants"]["nodes"][0]
    second = done(
        quick,
        {
            "productOptions": [{"id": first["options"][0]["id"], "values": [{"name": "S"}, {"name": "XL"}]}],
            "variants": [
                {"optionValues": [{"optionName": "Size", "name": "XL"}], "price": "14"},
                {"id": small["id"], "optionValues": [{"optionName": "Size", "name": "S"}], "price": "11"},
            ],
            "metafields": [{"namespace": "custom", "key": "bb", "type": "single_line_text_field", "value": "new"}],
        },
        {"id": first["id"]},
    )
    assert (second["vendor"], second["title"], second["handle"]) == ("V", "Shirt", "shirt")
    assert [v["title"] for v in second["variants"]["nodes"]] == ["XL", "S"]
    kept = second["variants"]["nodes"][1]
    assert (kept["id"], kept["sku"], kept["price"]) == (small["id"], "SH-S", "11.00")
    assert second["metafields"]["nodes"] == [{"namespace": "custom", "key": "bb", "value": "new"}]
    third = done(quick, {"title": "Shirt 2"}, {"id": first["id"]})
    assert [v["id"] for v in third["variants"]["nodes"]] == [v["id"] for v in second["variants"]["nodes"]]
    assert third["metafields"] == second["metafields"]


def test_a_renamed_value_keeps_its_variant(quick):
    first = done(quick, shirt())
    option = first["options"][0]
    values = [{"id": option["optionValues"][0]["id"], "name": "Small"}, {"id": option["optionValues"][1]["id"]}]
    second = done(
        quick,
        {
            "productOptions": [{"id": option["id"], "name": "Fit", "values": values}],
            "variants": [
                {"optionValues": [{"optionName": "Fit", "name": name}]} for name in ("Small", "L")
            ],
        },
        {"id": first["id"]},
    )  # fmt: skip
    assert [v["id"] for v in second["variants"]["nodes"]] == [v["id"] for v in first["variants"]["nodes"]]
    assert [v["sku"] for v in second["variants"]["nodes"]] == ["SH-S", "SH-L"]


def test_a_custom_id_creates_once(quick):
    own = {"namespace": "$app", "key": "erp", "value": "tmpl-7"}
    error = quick.raw(SET, {"input": shirt(), "identifier": {"customId": own}}).json["errors"][0]
    assert error["extensions"]["code"] == "NOT_FOUND"
    made = quick.gql(DEFINE)["data"]["metafieldDefinitionCreate"]["createdDefinition"]
    assert made["capabilities"]["uniqueValues"]["enabled"]
    assert made["namespace"].startswith("app--")
    first = done(quick, shirt(), {"customId": own})
    assert first["metafields"]["nodes"] == [{"namespace": made["namespace"], "key": "erp", "value": "tmpl-7"}]
    again = done(quick, {**shirt(), "title": "Other"}, {"customId": own})
    assert (again["id"], again["title"]) == (first["id"], "Other")
    query = "query($c: UniqueMetafieldValueInput!) { productByIdentifier(identifier: {customId: $c}) { id } }"
    assert quick.gql(query, {"c": own})["data"]["productByIdentifier"]["id"] == first["id"]
    plain = {"namespace": "custom", "key": "aa", "type": "single_line_text_field", "value": "x"}
    assert codes(set_product(quick, shirt(metafields=[plain]), {"customId": own})) == [
        ("METAFIELD_MISMATCH", "input.metafields")
    ]
    taken = {**own, "type": "id"}
    assert codes(set_product(quick, shirt(metafields=[taken]))) == [
        ("CAPABILITY_VIOLATION", "input.metafields.0.value")
    ]
    assert quick.gql(DEFINE)["data"]["metafieldDefinitionCreate"]["userErrors"][0]["code"] == "TAKEN"


REFUSED = [
    ({"vendor": "x"}, None, "INVALID_PRODUCT", "input.title"),
    ({"title": "x"}, {"id": "gid://shopify/Product/1"}, "PRODUCT_DOES_NOT_EXIST", "input"),
    ({"title": "x"}, {"handle": "x"}, "MISSING_FIELD_REQUIRED", "input.handle"),
    ({"title": "x", "handle": "y"}, {"handle": "x"}, "INPUT_MISMATCH", "input.handle"),
    ({"title": "x", "variants": []}, None, "PRODUCT_OPTIONS_INPUT_MISSING", "input.productOptions"),
    ({"title": "x", "productOptions": [{"name": "A", "values": [{"name": "1"}]}]}, None, "VARIANTS_INPUT_MISSING",
     "input.variants"),
    (shirt(productOptions=[{"name": "Size"}]), None, "OPTION_VALUES_MISSING", "input.productOptions.0.values"),
    (shirt(productOptions=[{"name": str(n), "values": [{"name": "1"}]} for n in range(4)]), None, "OPTIONS_OVER_LIMIT",
     "input.productOptions"),
    (shirt(productOptions=[{"name": "Size", "values": [{"name": "S"}]}]), None, "OPTION_VALUE_DOES_NOT_EXIST",
     "input.variants.1.optionValues.0"),
    (shirt(productOptions=[{"name": "Colour", "values": [{"name": "S"}]}]), None, "OPTION_DOES_NOT_EXIST",
     "input.variants.0.optionValues.0"),
    (shirt(variants=[{"optionValues": [{"optionName": "Size", "name": "S"}]}] * 2), None, "INVALID_VARIANT",
     "input.variants.1"),
    (shirt(variants=[{"optionValues": [{"optionName": "Size", "name": "S"}], "price": "-1"}]), None, "INVALID_INPUT",
     "input.variants.0.price"),
    (shirt(variants=[{"optionValues": [{"optionName": "Size", "name": "S"}]}] * 101), None, "VARIANTS_OVER_LIMIT",
     "input.variants"),
    ({"title": "x", "metafields": [{"namespace": "custom", "key": "num", "type": "number_integer", "value": "1.5"}]},
     None, "INVALID_INPUT", "input.metafields.0.value"),
    ({"title": "x", "files": [{"originalSource": "picture.png"}]}, None, "INVALID_INPUT",
     "input.files.0.originalSource"),
    ({"title": "x", "collections": ["gid://shopify/Collection/1"]}, None, "INVALID_INPUT", "input.collections.0"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "identifier", "code", "field"), REFUSED)
def test_refused(quick, wanted, identifier, code, field):
    answer = set_product(quick, wanted, identifier)
    assert answer["product"] is None
    assert codes(answer) == [(code, field)]
    assert quick.sandbox.services.store.all(quick.domain, "product") == []


def test_a_taken_handle_is_refused(quick):
    done(quick, {"title": "A", "handle": "mug"})
    assert codes(set_product(quick, {"title": "B", "handle": "mug"})) == [("HANDLE_NOT_UNIQUE", "input.handle")]


def test_collections_follow(quick):
    create = """mutation($t: String!) {
      collectionCreate(collection: {title: $t}) { collection { id } userErrors { message } } }"""
    first, second = (
        quick.gql(create, {"t": t})["data"]["collectionCreate"]["collection"]["id"] for t in ("One", "Two")
    )
    product = done(quick, {"title": "A", "collections": [first]})
    assert product["collections"]["nodes"] == [{"title": "One"}]
    product = done(quick, {"collections": [second]}, {"id": product["id"]})
    assert product["collections"]["nodes"] == [{"title": "Two"}]
    assert done(quick, {"title": "AA"}, {"id": product["id"]})["collections"]["nodes"] == [{"title": "Two"}]


def test_a_large_one_is_done_later(quick):
    sizes = [f"s{number}" for number in range(300)]
    wanted = {
        "title": "Large", "productOptions": [{"name": "Size", "values": [{"name": size} for size in sizes]}],
        "variants": [{"optionValues": [{"optionName": "Size", "name": size}]} for size in sizes],
    }  # fmt: skip
    quick.sandbox.services.later.pace = 0.2
    operation = set_product(quick, wanted, sync=False)["productSetOperation"]
    assert operation["status"] == "CREATED"
    query = """query($id: ID!) { productOperation(id: $id) { status product { variantsCount { count } }
      ... on ProductSetOperation { id userErrors { code } } } }"""
    early = quick.gql(query, {"id": operation["id"]})["data"]["productOperation"]
    assert early["status"] in ("CREATED", "ACTIVE")
    assert early["product"] is None
    quick.sandbox.services.later.settle()
    late = quick.gql(query, {"id": operation["id"]})["data"]["productOperation"]
    assert late == {
        "id": operation["id"],
        "status": "COMPLETE",
        "product": {"variantsCount": {"count": 300}},
        "userErrors": [],
    }
    wrong = set_product(quick, {**wanted, "handle": "large"}, sync=False)["productSetOperation"]
    quick.sandbox.services.later.settle()
    late = quick.gql(query, {"id": wrong["id"]})["data"]["productOperation"]
    assert (late["product"], late["userErrors"]) == (None, [{"code": "HANDLE_NOT_UNIQUE"}])


def test_webhooks_only_of_what_changed(quick, receiver, subscribe):
    subscribe("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "INVENTORY_ITEMS_UPDATE")

    def told() -> list[str]:
        settle(quick)
        topics = receiver.topics()
        receiver.calls.clear()
        return sorted(topics)

    product = done(quick, shirt())
    body = json.loads(receiver.wait(1)[0][2])
    assert told() == ["products/create"]
    assert (body["id"], body["status"], body["title"]) == (stored(quick, product)["id"], "active", "Shirt")
    assert [(v["sku"], v["price"], v["option1"]) for v in body["variants"]] == [
        ("SH-S", "10.00", "S"),
        ("SH-L", "12.50", "L"),
    ]
    assert len(body["variant_gids"]) == 2
    quick.sandbox.services.clock.change(advance=60)
    same = done(quick, shirt(handle="shirt"), {"handle": "shirt"})
    assert (same["id"], same["updatedAt"]) == (product["id"], product["updatedAt"])
    assert told() == []
    changed = shirt(handle="shirt")
    changed["variants"][0]["inventoryItem"] = {"cost": "3"}
    moved = done(quick, changed, {"handle": "shirt"})
    assert moved["updatedAt"] > product["updatedAt"]
    assert told() == ["inventory_items/update", "products/update"]
    delete = (
        "mutation($i: ProductDeleteInput!) { productDelete(input: $i) { deletedProductId userErrors { message } } }"
    )
    for errors in (0, 1):
        answer = quick.gql(delete, {"i": {"id": product["id"]}})["data"]["productDelete"]
        assert len(answer["userErrors"]) == errors
    assert told() == ["products/delete"]


def test_what_it_costs(lab):
    bare = "mutation($input: ProductSetInput!) { productSet(input: $input) { userErrors { message } } }"

    def cost(**more) -> int:
        return lab.gql(bare, {"input": shirt(**more)})["extensions"]["cost"]["requestedQueryCost"]

    assert cost() == 11  # 10 + 2 variants at 0.2, rounded up
    files = [{"originalSource": f"https://example.com/{n}.png"} for n in range(3)]
    assert cost(files=files) == 10 + 7  # 0.4 + 5.7
    fields = [{"namespace": "custom", "key": f"k{n}", "type": "id", "value": "v"} for n in range(4)]
    assert cost(metafields=fields) == 12  # 0.4 + 1.6


def test_scope(lab):
    lab.control("PATCH", "", {"scopes": ["read_products"]})
    assert lab.raw(SET, {"input": {"title": "x"}}).json["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
