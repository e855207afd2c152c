"""Writing parts of the catalogue: products, variants, pictures, metafields, collections, publications, tags."""

import io

import pytest
from graphql import get_named_type, is_leaf_type

from sandbox.framework import pictures
from sandbox.shopify import seed
from sandbox.shopify.schema import schema
from sandbox.shopify.shop import gid
from tests.sandbox.test_webhooks import settle


@pytest.fixture
def shop(lab):
    """A shop of a few products on a bucket that is never empty, doing at once what is done later."""
    seed.fill(lab.sandbox.platforms[0]._shop(lab.domain), products=6)
    lab.control("PATCH", "", {"bucket_size": 10**7})
    lab.sandbox.services.later.pace = 0
    return lab


def call(lab, name: str, selection: str, **arguments) -> dict:
    """The payload of one mutation; its arguments go as variables."""
    definition = schema().mutation_type.fields[name]
    declared = ", ".join(f"${key}: {definition.args[key].type}" for key in arguments)
    passed = ", ".join(f"{key}: ${key}" for key in arguments)
    payload = get_named_type(definition.type)
    errors = next(key for key in payload.fields if key.lower().endswith("usererrors"))
    leaves = [
        k for k, f in get_named_type(payload.fields[errors].type).fields.items() if is_leaf_type(get_named_type(f.type))
    ]
    query = f"mutation({declared}) {{ {name}({passed}) {{ {selection} {errors} {{ {' '.join(leaves)} }} }} }}"
    answer = lab.gql(query, arguments)["data"][name]
    return {**answer, "errors": answer[errors]}


def products(lab) -> list[dict]:
    return lab.sandbox.services.store.all(lab.domain, "product")


def text_of(errors: list[dict]) -> list[tuple]:
    return [(error.get("code"), ".".join(error["field"] or ())) for error in errors]


# --- pictures ------------------------------------------------------------------------------------------------------
STAGED = "stagedTargets { url resourceUrl parameters { name value } }"


def upload(lab, content: bytes, *, name="new picture.png", method="PUT", resource="IMAGE", mime="image/png") -> str:
    """Send a file to a staged target; its resource address."""
    wanted = {"filename": name, "mimeType": mime, "resource": resource, "httpMethod": method}
    target = call(lab, "stagedUploadsCreate", STAGED, input=[wanted])["stagedTargets"][0]
    path = "/" + target["url"].partition("://")[2]
    if method == "PUT":
        answer = lab.client.put(path, data=content, headers={"Content-Type": mime})
    else:
        form = {entry["name"]: entry["value"] for entry in target["parameters"]}
        answer = lab.client.post(path, data={**form, "file": (io.BytesIO(content), name)})
    assert answer.status_code == (200 if method == "PUT" else 201), answer.text
    return target["resourceUrl"]


def media_of(lab, product: str) -> list[dict]:
    query = """query($id: ID!) { product(id: $id) { media(first: 10) { nodes { id alt status mediaErrors { code }
      preview { image { url } } ... on MediaImage { image { url width height } } } } } }"""
    return lab.gql(query, {"id": product})["data"]["product"]["media"]["nodes"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_picture_by_staged_upload(shop, method):
    source = upload(shop, pictures.picture("mine", 60, 40), method=method)
    product = gid("Product", products(shop)[1]["id"])
    files = [{"originalSource": source, "alt": "Mine", "contentType": "IMAGE"}]
    shop.sandbox.services.later.pace = 0.3
    wanted = {"files": files}
    answer = call(shop, "productSet", "product { id }", identifier={"id": product}, input=wanted, synchronous=True)
    assert answer["errors"] == []
    waiting = media_of(shop, product)[0]
    assert (waiting["status"], waiting["alt"], waiting["image"]) == ("UPLOADED", "Mine", None)
    shop.sandbox.services.later.settle()
    ready = media_of(shop, product)[0]
    assert (ready["id"], ready["status"]) == (waiting["id"], "READY")
    assert (ready["image"]["width"], ready["image"]["height"]) == (60, 40)
    served = shop.client.get("/" + ready["image"]["url"].partition("://")[2])
    assert served.data == pictures.picture("mine", 60, 40)


def test_what_is_no_picture_fails_and_says_why(shop):
    product = gid("Product", products(shop)[1]["id"])
    sources = [upload(shop, b"no picture"), "https://nowhere.invalid/a.png"]
    files = [{"originalSource": source, "contentType": "IMAGE"} for source in sources]
    call(shop, "productSet", "product { id }", identifier={"id": product}, input={"files": files}, synchronous=True)
    shop.sandbox.services.later.settle()
    failed = media_of(shop, product)
    assert {entry["status"] for entry in failed} == {"FAILED"}
    assert [entry["mediaErrors"] for entry in failed] == [
        [{"code": "UNSUPPORTED_IMAGE_FILE_TYPE"}], [{"code": "IMAGE_DOWNLOAD_FAILURE"}],
    ]  # fmt: skip


def test_a_target_takes_only_what_was_signed(shop):
    wanted = {"filename": "a.png", "mimeType": "image/png", "resource": "IMAGE", "httpMethod": "PUT"}
    target = call(shop, "stagedUploadsCreate", STAGED, input=[wanted])["stagedTargets"][0]
    path = "/" + target["url"].partition("://")[2]
    assert shop.client.put(path.partition("?")[0], data=b"x").status_code == 403
    assert shop.client.put(path, data=b"").status_code == 400
    shop.sandbox.services.clock.change(advance=86401)
    assert shop.client.put(path, data=b"x").status_code == 400
    refused = call(shop, "stagedUploadsCreate", STAGED, input=[{**wanted, "mimeType": "text/plain"}])
    assert refused["errors"][0]["field"] == ["input", "0", "mimeType"]


def test_a_variant_shows_a_picture_of_its_product(shop):
    product = next(p for p in products(shop) if len(p["variants"]) > 1)
    source = upload(shop, pictures.picture("v"))
    selection = "productVariants { media(first: 1) { nodes { id } } }"
    variant = {"id": gid("ProductVariant", product["variants"][0]["id"])}
    answer = call(
        shop, "productVariantsBulkUpdate", selection, productId=gid("Product", product["id"]),
        media=[{"originalSource": source, "mediaContentType": "IMAGE"}], variants=[{**variant, "mediaSrc": [source]}],
    )  # fmt: skip
    number = answer["productVariants"][0]["media"]["nodes"][0]["id"]
    assert number == media_of(shop, gid("Product", product["id"]))[-1]["id"]
    foreign = {**variant, "mediaId": "gid://shopify/MediaImage/1"}
    answer = call(
        shop, "productVariantsBulkUpdate", selection, productId=gid("Product", product["id"]), variants=[foreign]
    )
    assert text_of(answer["errors"]) == [("INVALID_INPUT", "variants.0.mediaId")]


def test_files_are_made_changed_and_deleted(shop):
    source = upload(shop, pictures.picture("f"))
    made = call(shop, "fileCreate", "files { id fileStatus }", files=[{"originalSource": source, "alt": "A"}])["files"][
        0
    ]
    assert made["fileStatus"] == "UPLOADED"
    early = call(shop, "fileUpdate", "files { id }", files=[{"id": "gid://shopify/MediaImage/9", "alt": "B"}])
    assert text_of(early["errors"]) == [("FILE_DOES_NOT_EXIST", "files.0.id")]
    shop.sandbox.services.later.settle()
    product = gid("Product", products(shop)[1]["id"])
    wanted = {"id": made["id"], "alt": "B", "referencesToAdd": [product]}
    assert call(shop, "fileUpdate", "files { alt }", files=[wanted])["files"] == [{"alt": "B"}]
    assert [(m["id"], m["alt"], m["status"]) for m in media_of(shop, product)] == [(made["id"], "B", "READY")]
    gone = call(shop, "fileDelete", "deletedFileIds", fileIds=[made["id"]])
    assert gone["deletedFileIds"] == [made["id"]]
    assert media_of(shop, product) == []
    assert text_of(call(shop, "fileDelete", "deletedFileIds", fileIds=[made["id"]])["errors"]) == [
        ("FILE_DOES_NOT_EXIST", "fileIds")
    ]


def test_media_are_put_in_order(shop):
    product = max(products(shop), key=lambda entry: len(entry["media"]))
    numbers = [gid("MediaImage", number) for number in product["media"]]
    assert len(numbers) > 1
    moves = [{"id": numbers[-1], "newPosition": "0"}]
    call(shop, "productReorderMedia", "job { done }", id=gid("Product", product["id"]), moves=moves)
    assert [m["id"] for m in media_of(shop, gid("Product", product["id"]))] == [numbers[-1], *numbers[:-1]]


# --- products and variants -----------------------------------------------------------------------------------------
def test_a_part_of_a_product(shop):
    kept = products(shop)[0]
    collection = shop.sandbox.services.store.all(shop.domain, "collection")[0]
    other = next(p for p in products(shop) if p["id"] != kept["id"])
    wanted = {
        "id": gid("Product", kept["id"]), "status": "ARCHIVED", "title": "New",
        "collectionsToLeave": [gid("Collection", collection["id"])],
        "metafields": [{"namespace": "custom", "key": "colour", "type": "color", "value": "#00ff00"}],
    }  # fmt: skip
    selection = """product { title status handle collections(first: 9) { nodes { title } }
      metafields(first: 9) { nodes { key } } }"""
    node = call(shop, "productUpdate", selection, product=wanted)["product"]
    assert (node["title"], node["status"], node["handle"]) == ("New", "ARCHIVED", kept["handle"])
    assert "Autumn picks" not in [entry["title"] for entry in node["collections"]["nodes"]]
    assert [entry["key"] for entry in node["metafields"]["nodes"]] == ["material", "warranty_months", "colour"]
    assert other == next(p for p in products(shop) if p["id"] == other["id"])
    missing = call(shop, "productUpdate", "product { id }", product={"id": "gid://shopify/Product/1", "title": "x"})
    assert missing["errors"][0]["message"] == "Product does not exist"
    changed = call(shop, "productChangeStatus", "product { status }", productId=wanted["id"], status="DRAFT")
    assert changed["product"] == {"status": "DRAFT"}


def test_prices_of_variants(shop, receiver, subscribe):
    product = next(p for p in products(shop) if len(p["variants"]) > 1)
    subscribe("PRODUCTS_UPDATE")
    numbers = [gid("ProductVariant", entry["id"]) for entry in product["variants"]]
    selection = "productVariants { id price compareAtPrice } product { id }"

    def change(*variants, partial=False):
        return call(
            shop, "productVariantsBulkUpdate", selection, productId=gid("Product", product["id"]),
            variants=list(variants), allowPartialUpdates=partial,
        )  # fmt: skip

    done = change({"id": numbers[0], "price": "99.9", "compareAtPrice": "120"})
    assert done["productVariants"] == [{"id": numbers[0], "price": "99.90", "compareAtPrice": "120.00"}]
    settle(shop)
    change({"id": numbers[0], "price": "99.90"})
    settle(shop)
    assert receiver.topics() == ["products/update"]
    wrong = {"id": "gid://shopify/ProductVariant/1", "price": "1"}
    refused = change({"id": numbers[1], "price": "5"}, wrong)
    assert text_of(refused["errors"]) == [("PRODUCT_VARIANT_DOES_NOT_EXIST", "variants.1.id")]
    assert refused["productVariants"] is None
    partly = change({"id": numbers[1], "price": "5"}, wrong, partial=True)
    assert [entry["price"] for entry in partly["productVariants"]] == ["5.00"]
    assert len(partly["errors"]) == 1
    assert text_of(change({"id": numbers[0], "price": "-1"})["errors"]) == [
        ("GREATER_THAN_OR_EQUAL_TO", "variants.0.price")
    ]


def test_variants_come_and_go(shop):
    made = call(shop, "productSet", "product { id }", input={"title": "Bare"}, synchronous=True)["product"]["id"]
    selection = (
        "product { options { name optionValues { name } } variants(first: 9) { nodes { id title sku position } } }"
    )

    def add(strategy="DEFAULT", **values):
        variant = {
            "optionValues": [{"optionName": k, "name": v} for k, v in values.items()],
            "inventoryItem": {"sku": "N"},
        }
        return call(shop, "productVariantsBulkCreate", selection, productId=made, variants=[variant], strategy=strategy)

    node = add(Title="Second", strategy="PRESERVE_STANDALONE_VARIANT")["product"]
    assert [(v["title"], v["sku"], v["position"]) for v in node["variants"]["nodes"]] == [
        ("Default Title", None, 1), ("Second", "N", 2),
    ]  # fmt: skip
    assert [value["name"] for value in node["options"][0]["optionValues"]] == ["Default Title", "Second"]
    assert text_of(add(Title="second")["errors"]) in ([("VARIANT_ALREADY_EXISTS", "variants.0")],)
    assert add(Size="L")["errors"] != []
    first, second = (entry["id"] for entry in node["variants"]["nodes"])
    gone = call(shop, "productVariantsBulkDelete", selection, productId=made, variantsIds=[first])["product"]
    assert [(v["id"], v["position"]) for v in gone["variants"]["nodes"]] == [(second, 1)]
    last = call(shop, "productVariantsBulkDelete", selection, productId=made, variantsIds=[second])
    assert text_of(last["errors"]) == [("CANNOT_DELETE_LAST_VARIANT", "variantsIds")]


def test_cost_and_customs_of_an_article(shop, receiver, subscribe):
    shop.control("PATCH", "", {"scopes": [*shop.shop["scopes"], "write_inventory"]})
    subscribe("INVENTORY_ITEMS_UPDATE")
    item = gid("InventoryItem", products(shop)[0]["variants"][0]["inventory_item_id"])
    wanted = {"cost": "7.5", "harmonizedSystemCode": "691200", "countryCodeOfOrigin": "PT", "tracked": False}
    selection = "inventoryItem { tracked unitCost { amount } harmonizedSystemCode countryCodeOfOrigin }"
    for _ in range(2):
        done = call(shop, "inventoryItemUpdate", selection, id=item, input=wanted)
        assert done["inventoryItem"] == {
            "tracked": False, "unitCost": {"amount": "7.50"}, "harmonizedSystemCode": "691200",
            "countryCodeOfOrigin": "PT",
        }  # fmt: skip
    settle(shop)
    assert receiver.topics() == ["inventory_items/update"]
    refused = call(shop, "inventoryItemUpdate", selection, id=item, input={"cost": "-1"})
    assert refused["errors"][0]["field"] == ["input", "cost"]
    missing = call(shop, "inventoryItemUpdate", selection, id="gid://shopify/InventoryItem/1", input={})
    assert missing["errors"][0]["field"] == ["id"]


# --- metafields ----------------------------------------------------------------------------------------------------
def test_metafields_are_set_all_or_none(shop):
    product = products(shop)[0]
    owner, variant = gid("Product", product["id"]), gid("ProductVariant", product["variants"][0]["id"])
    wanted = [
        {"ownerId": owner, "namespace": "custom", "key": "material", "value": "Tin", "type": "single_line_text_field"},
        {"ownerId": variant, "key": "code", "value": "7", "type": "number_integer"},
    ]
    done = call(shop, "metafieldsSet", "metafields { key value namespace compareDigest ownerType }", metafields=wanted)
    assert [(m["key"], m["value"], m["ownerType"]) for m in done["metafields"]] == [
        ("material", "Tin", "PRODUCT"), ("code", "7", "PRODUCTVARIANT"),
    ]  # fmt: skip
    wrong = [{**wanted[0], "value": "Lead"}, {**wanted[1], "value": "x"}]
    refused = call(shop, "metafieldsSet", "metafields { key }", metafields=wrong)
    assert text_of(refused["errors"]) == [("INVALID_VALUE", "metafields.1.value")]
    assert refused["errors"][0]["elementIndex"] == 1
    stale = [{**wanted[0], "value": "Lead", "compareDigest": "0" * 64}]
    assert text_of(call(shop, "metafieldsSet", "metafields { key }", metafields=stale)["errors"]) == [
        ("STALE_OBJECT", "metafields.0")
    ]
    fresh = [{**wanted[0], "value": "Lead", "compareDigest": done["metafields"][0]["compareDigest"]}]
    assert call(shop, "metafieldsSet", "metafields { value }", metafields=fresh)["metafields"] == [{"value": "Lead"}]
    many = call(shop, "metafieldsSet", "metafields { key }", metafields=[wanted[0]] * 26)
    assert text_of(many["errors"]) == [("LESS_THAN_OR_EQUAL_TO", "metafields")]
    named = {"ownerId": owner, "namespace": "custom", "key": "material"}
    for expected in ([named], [None]):
        gone = call(shop, "metafieldsDelete", "deletedMetafields { ownerId namespace key }", metafields=[named])
        assert gone["deletedMetafields"] == expected


# --- collections, publications, tags -------------------------------------------------------------------------------
def test_a_collection_and_its_products(shop, receiver, subscribe):
    subscribe("COLLECTIONS_CREATE", "COLLECTIONS_UPDATE", "COLLECTIONS_DELETE")
    first, second, third = (gid("Product", entry["id"]) for entry in products(shop)[:3])
    sources = [{"source": {"title": "Chosen", "inclusion": {"selections": [{"productId": first}]}}}]
    selection = "collection { id handle sources { id } products(first: 9) { nodes { id } } }"
    made = call(shop, "collectionCreate", selection, collection={"title": "New in", "sources": sources})["collection"]
    assert made["handle"] == "new-in"

    def update(**inclusion):
        source = {"condition": {"id": made["sources"][0]["id"], "inclusion": inclusion}}
        wanted = {"id": made["id"], "sourcesToUpdate": [source]}
        node = call(shop, "collectionUpdate", selection, collection=wanted)["collection"]
        return [entry["id"] for entry in node["products"]["nodes"]]

    assert update(selectionsToAdd=[{"productId": second}, {"productId": first}]) == [first, second]
    assert update(selectionsToRemove=[{"productId": first}]) == [second]
    added = call(shop, "collectionAddProductsV2", "job { id done }", id=made["id"], productIds=[third])
    assert added["job"]["id"].startswith("gid://shopify/Job/")
    call(shop, "collectionRemoveProducts", "job { id }", id=made["id"], productIds=[second])
    assert update() == [third]
    smart = gid("Collection", shop.sandbox.services.store.all(shop.domain, "collection")[2]["id"])
    refused = call(shop, "collectionAddProductsV2", "job { id }", id=smart, productIds=[third])
    assert text_of(refused["errors"]) == [("CANT_ADD_TO_SMART_COLLECTION", "id")]
    gone = call(shop, "collectionDelete", "deletedCollectionId", input={"id": made["id"]})
    assert gone["deletedCollectionId"] == made["id"]
    settle(shop)
    topics = receiver.topics()
    assert (topics.count("collections/create"), topics.count("collections/delete")) == (1, 1)
    assert topics.count("collections/update") == 4


def test_a_collection_by_rules(shop):
    rules = [{"column": "VARIANT_PRICE", "relation": "GREATER_THAN", "condition": "50"}]
    wanted = {"title": "Dear", "ruleSet": {"appliedDisjunctively": False, "rules": rules}}
    selection = "collection { productsCount { count } ruleSet { rules { column } } }"
    made = call(shop, "collectionCreate", selection, input=wanted)["collection"]
    dear = [p for p in products(shop) if any(float(v["price"]) > 50 for v in p["variants"])]
    assert made["productsCount"]["count"] == len(dear)


def test_publishing(shop):
    product = gid("Product", products(shop)[1]["id"])
    places = [e["id"] for e in shop.gql("{ publications(first: 5) { nodes { id } } }")["data"]["publications"]["nodes"]]
    selection = """publishable { resourcePublicationsCount { count }
      ... on Product { onlineStoreUrl publishedOnPublication(publicationId: "%s") } }"""
    both = [{"publicationId": place} for place in places]
    off = call(shop, "publishableUnpublish", selection % places[0], id=product, input=both)["publishable"]
    assert off == {"resourcePublicationsCount": {"count": 0}, "onlineStoreUrl": None, "publishedOnPublication": False}
    shown = call(shop, "publishablePublish", selection % places[0], id=product, input=both[:1])["publishable"]
    assert (shown["resourcePublicationsCount"]["count"], shown["publishedOnPublication"]) == (1, True)
    assert shown["onlineStoreUrl"]
    wrong = call(shop, "publishablePublish", selection % places[0], id=product, input=[{"publicationId": product}])
    assert wrong["errors"][0]["field"] == ["input", "0", "publicationId"]


def test_tags_of_a_product_and_an_order(shop):
    product = gid("Product", products(shop)[0]["id"])
    before = products(shop)[0]["tags"]
    tags = call(shop, "tagsAdd", "node { ... on Product { tags } }", id=product, tags=["odoo, NEW"])["node"]["tags"]
    assert set(tags) == {*before, "odoo"} | ({"NEW"} if "new" not in before else set())
    left = call(shop, "tagsRemove", "node { ... on Product { tags } }", id=product, tags=["ODOO"])["node"]["tags"]
    assert "odoo" not in left
    order = shop.place()
    node = call(shop, "tagsAdd", "node { ... on Order { tags } }", id=order["gid"], tags=["paid in Odoo"])["node"]
    assert node["tags"] == ["paid in Odoo"]
    assert call(shop, "tagsAdd", "node { id }", id="gid://shopify/Product/1", tags=["x"])["node"] is None


def test_what_was_asked_for_is_done_after_a_restart(tmp_path):
    from sandbox.factory import build  # noqa: PLC0415
    from tests.sandbox.conftest import Lab  # noqa: PLC0415

    sandbox = build(tmp_path)
    lab = Lab(sandbox, "again.myshopify.com")
    lab.client.post("/_control/shops", json={"domain": lab.domain})
    sandbox.services.later.pace = 10**6
    source = upload(lab, pictures.picture("late"))
    made = call(lab, "productSet", "product { id }", input={"title": "Early", "files": [{"originalSource": source}]})
    call(lab, "productSet", "productSetOperation { id }", input={"title": "Late"}, synchronous=False)
    sandbox.close()
    sandbox = build(tmp_path)
    lab = Lab(sandbox, lab.domain)
    sandbox.services.later.settle()
    assert media_of(lab, made["product"]["id"])[0]["status"] == "READY"
    assert [entry["title"] for entry in products(lab)] == ["Early", "Late"]
    sandbox.close()
