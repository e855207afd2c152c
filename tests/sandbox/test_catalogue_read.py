"""The catalogue as an app reads it: every field of it, paging in nested lists, pictures, look-ups."""

import random
import struct
import zlib

import pytest
from graphql import get_named_type, is_composite_type, is_leaf_type

from sandbox.framework import pictures
from sandbox.shopify import media, seed
from sandbox.shopify.schema import schema
from sandbox.shopify.shop import gid

#: Fields whose arguments must be given, and with what.
ARGUMENTS = {
    "metafield": '(namespace: "custom", key: "material")', "translations": '(locale: "de")',
    "inventoryLevel": '(locationId: "gid://shopify/Location/1")', "quantities": '(names: ["available"])',
    "inCollection": '(id: "gid://shopify/Collection/1")', "hasProduct": '(id: "gid://shopify/Product/1")',
    "hasCollection": '(id: "gid://shopify/Collection/1")',
    "publishedOnPublication": '(publicationId: "gid://shopify/Publication/1")',
}  # fmt: skip


def everything(name: str, depth: int = 3) -> str:
    """A selection of every field of a type, nested records up to a depth."""
    parts = ["__typename"]
    for field, definition in schema().type_map[name].fields.items():
        kind = get_named_type(definition.type)
        arguments = ARGUMENTS.get(field, "(first: 2)" if "first" in definition.args else "")
        if is_leaf_type(kind):
            parts.append(field + arguments)
        elif depth and is_composite_type(kind):
            parts.append(f"{field}{arguments} {{ {everything(kind.name, depth - 1)} }}")
    return " ".join(parts)


@pytest.fixture
def shop(lab):
    seed.fill(lab.sandbox.platforms[0]._shop(lab.domain), products=12)
    lab.control("PATCH", "", {"bucket_size": 10**9})
    return lab


def products(lab) -> list[dict]:
    return lab.sandbox.services.store.all(lab.domain, "product")


def pages(lab, query: str, find, variables=None) -> list[dict]:
    """All nodes of a connection; ``query`` takes ``$after``."""
    nodes, after = [], None
    while True:
        page = find(lab.gql(query, {**(variables or {}), "after": after})["data"])
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


@pytest.mark.parametrize(
    ("root", "name"),
    [("products", "Product"), ("productVariants", "ProductVariant"), ("collections", "Collection"),
     ("publications", "Publication"), ("files", "File")],
)  # fmt: skip
def test_every_field_can_be_read(shop, monkeypatch, root, name):
    monkeypatch.setattr("sandbox.shopify.api.MAX_QUERY_COST", 10**9)
    data = shop.gql(f"{{ {root}(first: 3) {{ nodes {{ {everything(name)} }} }} }}")["data"]
    assert data[root]["nodes"]


def test_a_product_in_full(shop):
    shop_, stored = shop.sandbox.platforms[0]._shop(shop.domain), products(shop)[0]
    query = """query($id: ID!) { product(id: $id) { title descriptionHtml description seo { title }
      onlineStoreUrl publishedAt media(first: 5) { nodes { id alt mediaContentType status preview { image { url } }
        ... on MediaImage { fileStatus mimeType image { url width height altText } } } } mediaCount { count }
      featuredMedia { id } metafields(first: 5) { nodes { namespace key type value jsonValue compareDigest } }
      metafield(namespace: "custom", key: "material") { value }
      resourcePublications(first: 5) { nodes { isPublished publication { id catalog { title } } } }
      variants(first: 1) { nodes { media(first: 1) { nodes { id } } selectedOptions { name value optionValue { name } }
        inventoryItem { unitCost { amount currencyCode } harmonizedSystemCode countryCodeOfOrigin tracked
          measurement { weight { value unit } } } } } } }"""
    node = shop.gql(query, {"id": gid("Product", stored["id"])})["data"]["product"]
    files = [shop_.store.get(shop.domain, "file", number) for number in stored["media"]]
    assert files
    assert [m["image"]["url"] for m in node["media"]["nodes"]] == [media.url(shop_, file) for file in files]
    assert {m["status"] for m in node["media"]["nodes"]} == {"READY"}
    assert node["mediaCount"]["count"] == len(files)
    assert node["featuredMedia"]["id"] == node["media"]["nodes"][0]["id"]
    assert node["description"] == node["descriptionHtml"].removeprefix("<p>").removesuffix("</p>")
    assert node["seo"]["title"].startswith(node["title"])
    assert node["onlineStoreUrl"] == f"https://{shop.domain}/products/{stored['handle']}"
    months = next(m for m in node["metafields"]["nodes"] if m["key"] == "warranty_months")
    assert months["jsonValue"] == int(months["value"])
    assert node["metafield"]["value"] == stored["metafields"][0]["value"]
    assert node["resourcePublications"]["nodes"][0]["publication"]["catalog"]["title"] == "Online Store"
    variant = node["variants"]["nodes"][0]
    kept = stored["variants"][0]
    assert variant["inventoryItem"] == {
        "unitCost": {"amount": kept["cost"], "currencyCode": "USD"}, "harmonizedSystemCode": kept["hs_code"],
        "countryCodeOfOrigin": kept["origin"], "tracked": True,
        "measurement": {"weight": {"value": float(kept["grams"]), "unit": "GRAMS"}},
    }  # fmt: skip


def test_a_draft_is_on_no_channel(lab):
    lab.control("POST", "/products", {"title": "Secret", "status": "DRAFT"})
    query = "{ products(first: 1) { nodes { publishedAt onlineStoreUrl resourcePublicationsCount { count } } } }"
    node = lab.gql(query)["data"]["products"]["nodes"][0]
    assert node == {"publishedAt": None, "onlineStoreUrl": None, "resourcePublicationsCount": {"count": 0}}


def test_pictures_are_real_and_served(shop):
    shop_ = shop.sandbox.platforms[0]._shop(shop.domain)
    file = shop_.store.all(shop.domain, "file")[0]
    answer = shop.client.get(media.local_url(shop_, file))
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert pictures.measure(answer.data) == ("image/png", file["width"], file["height"])
    assert struct.unpack(">I", answer.data[-4:])[0] == zlib.crc32(b"IEND")
    assert shop.client.get(f"/{media.CDN}/s/files/1/1/files/1/none.png").status_code == 404


def test_two_names_two_pictures():
    assert pictures.picture("a") == pictures.picture("a") != pictures.picture("b")


def test_a_product_of_2048_variants_is_read_page_by_page(lab):
    options = {"A": [f"a{n}" for n in range(32)], "B": [f"b{n}" for n in range(64)]}
    made = lab.control("POST", "/products", {"title": "Many", "sku": "M", "options": options})
    query = """query($id: ID!, $after: String) { product(id: $id) { variantsCount { count }
      variants(first: 250, after: $after) {
        nodes { id title selectedOptions { value } } pageInfo { hasNextPage endCursor } } } }"""
    nodes = pages(lab, query, lambda data: data["product"]["variants"], {"id": gid("Product", made["id"])})
    assert len({node["id"] for node in nodes}) == len(nodes) == 2048
    assert nodes[65]["title"] == "a1 / b1"


def test_incremental_reading_by_time_of_change(shop):
    query = """query($q: String, $after: String) { products(first: 5, after: $after, query: $q, sortKey: UPDATED_AT) {
      nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }"""
    everyone = pages(shop, query, lambda data: data["products"], {"q": None})
    assert len(everyone) == 12
    assert [n["updatedAt"] for n in everyone] == sorted(n["updatedAt"] for n in everyone)
    fresh = shop.control("POST", "/products", {"title": "Fresh"})
    found = pages(shop, query, lambda data: data["products"], {"q": f"updated_at:>='{fresh['updated_at']}'"})
    assert [node["id"] for node in found] == [gid("Product", fresh["id"])]


def test_looking_up(shop):
    chosen = random.Random(1).choice([p for p in products(shop) if p["variants"][0]["sku"]])
    variant = chosen["variants"][0]
    query = """query($handle: String!, $sku: String, $bar: String) {
      productByIdentifier(identifier: {handle: $handle}) { id }
      nobody: productByIdentifier(identifier: {handle: "nobody"}) { id }
      sku: productVariants(first: 5, query: $sku) { nodes { id } }
      bar: productVariants(first: 5, query: $bar) { nodes { id } }
      productVariantsCount { count precision } collectionsCount { count } }"""
    data = shop.gql(
        query,
        {"handle": chosen["handle"], "sku": f"sku:'{variant['sku']}'", "bar": f"barcode:{variant['barcode']}"},
    )["data"]
    assert data["productByIdentifier"]["id"] == gid("Product", chosen["id"])
    assert data["nobody"] is None
    assert data["sku"] == data["bar"] == {"nodes": [{"id": gid("ProductVariant", variant["id"])}]}
    assert data["productVariantsCount"]["count"] == sum(len(p["variants"]) for p in products(shop))
    assert data["collectionsCount"]["count"] == 4


def test_a_custom_id_needs_its_definition(shop):
    query = """{ productByIdentifier(identifier: {customId: {namespace: "custom", key: "erp", value: "1"}}) { id } }"""
    error = shop.raw(query).json["errors"][0]
    assert error["extensions"]["code"] == "NOT_FOUND"
    assert "definition of type 'id'" in error["message"]


def test_collections_of_choice_and_by_rules(shop):
    query = """{ collections(first: 10) { nodes { title sortOrder productsCount { count }
      products(first: 50) { nodes { tags } } ruleSet { appliedDisjunctively rules { column relation condition } }
      sources { ... on CollectionConditionsSource { inclusion { matchType conditions { id }
        selections(first: 50) { nodes { product { id } } } } } } } } }"""
    by_title = {node["title"]: node for node in shop.gql(query)["data"]["collections"]["nodes"]}
    sale = by_title["Everything on sale"]
    assert sale["ruleSet"]["rules"] == [{"column": "TAG", "relation": "EQUALS", "condition": "sale"}]
    assert sale["productsCount"]["count"] == sum("sale" in product["tags"] for product in products(shop)) > 0
    assert all("sale" in node["tags"] for node in sale["products"]["nodes"])
    assert sale["sources"][0]["inclusion"]["matchType"] == "ALL"
    assert len(sale["sources"][0]["inclusion"]["conditions"]) == 1
    picks = by_title["Autumn picks"]
    assert picks["ruleSet"] is None
    assert picks["sources"][0]["inclusion"]["conditions"] == []
    assert len(picks["sources"][0]["inclusion"]["selections"]["nodes"]) == picks["productsCount"]["count"] == 12
    assert by_title["Gifts and new"]["sources"][0]["inclusion"]["matchType"] == "ANY"


def test_reading_needs_scopes(shop):
    shop.control("PATCH", "", {"scopes": ["read_orders"]})
    queries = [f"{name}(first: 1) {{ nodes {{ id }} }}" for name in ("collections", "publications", "files")]
    for query in (*queries, 'productByIdentifier(identifier: {handle: "x"}) { id }'):
        assert shop.raw(f"{{ {query} }}").json["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


NEW = {
    "category", "cost", "description_html", "hs_code", "media", "metafields", "origin", "policy", "province",
    "published", "seo", "template_suffix", "tracked", "translations", "weight",
}  # fmt: skip


def test_a_shop_of_before_is_brought_up_to_date(lab):
    """What was stored before the catalogue knew pictures and publications gets them at the next start."""
    from sandbox.shopify import catalogue  # noqa: PLC0415

    shop = lab.sandbox.platforms[0]._shop(lab.domain)
    made = lab.control("POST", "/products", {"title": "Old", "price": "3"})
    bare = {key: value for key, value in made.items() if key not in NEW}
    variants = [{key: value for key, value in entry.items() if key not in NEW} for entry in made["variants"]]
    shop.store.put(shop.domain, "product", made["id"], {**bare, "description": "Old & good", "variants": variants})
    for entry in catalogue.publications(shop):
        shop.store.delete(shop.domain, "publication", entry["id"])
    shop.configure(scopes=["read_products"])
    catalogue.prepare(shop)
    node = lab.gql("{ products(first: 1) { nodes { descriptionHtml media(first: 1) { nodes { id } } } } }")["data"]
    assert node["products"]["nodes"] == [{"descriptionHtml": "<p>Old &amp; good</p>", "media": {"nodes": []}}]
    assert "write_products" in shop.config["scopes"]
