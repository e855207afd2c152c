"""Bulk operations: queries over everything, mutations from a file, limits, cancelling, results."""

import json
from collections import Counter

import pytest

from sandbox.shopify import seed
from sandbox.shopify.shop import gid
from tests.sandbox.conftest import Lab
from tests.sandbox.test_catalogue_write import call, products, upload
from tests.sandbox.test_webhooks import settle

OPERATION = "id status type errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt"
RUN = f"bulkOperation {{ {OPERATION} }}"
NESTED = """{ products { edges { node { id title
  variants { edges { node { id sku metafields { edges { node { id key } } } } } }
  media { edges { node { id ... on MediaImage { image { url } } } } } } } } }"""


@pytest.fixture
def shop(lab):
    seed.fill(lab.sandbox.platforms[0]._shop(lab.domain), products=300)
    lab.control("PATCH", "", {"bucket_size": 10**6})
    lab.sandbox.services.later.pace = 0
    return lab


def run(lab, query: str, grouped=False) -> dict:
    answer = call(lab, "bulkOperationRunQuery", RUN, query=query, groupObjects=grouped)
    assert answer["errors"] == []
    return answer["bulkOperation"]


def ask(lab, operation: dict) -> dict:
    query = f"query($id: ID!) {{ bulkOperation(id: $id) {{ {OPERATION} }} }}"
    return lab.gql(query, {"id": operation["id"]})["data"]["bulkOperation"]


def finished(lab, operation: dict) -> dict:
    lab.sandbox.services.later.settle()
    return ask(lab, operation)


def fetch(lab, url: str, **headers):
    return lab.client.get("/" + url.partition("://")[2], headers=headers)


def lines(lab, url: str) -> list[dict]:
    return [json.loads(line) for line in fetch(lab, url).data.splitlines()]


@pytest.mark.parametrize("grouped", [False, True])
def test_a_query_over_everything(shop, grouped):
    started = run(shop, NESTED, grouped)
    assert (started["status"], started["type"], started["url"]) == ("CREATED", "QUERY", None)
    done = finished(shop, started)
    assert (done["status"], done["errorCode"]) == ("COMPLETED", None)
    found = lines(shop, done["url"])
    assert len(found) == int(done["objectCount"])
    assert int(done["rootObjectCount"]) == 300
    kinds = Counter(line["id"].split("/")[3] for line in found)
    stored = products(shop)
    assert kinds["Product"] == 300
    assert kinds["ProductVariant"] == sum(len(product["variants"]) for product in stored)
    assert kinds["MediaImage"] == sum(len(product["media"]) for product in stored)
    seen = set()
    for line in found:
        assert "variants" not in line
        assert line.get("__parentId") is None or line["__parentId"] in seen
        seen.add(line["id"])
    assert fetch(shop, done["url"]).content_length == int(done["fileSize"])
    product = next(entry for entry in stored if entry["media"])
    start = next(n for n, line in enumerate(found) if line["id"] == gid("Product", product["id"]))
    assert ("__parentId" in found[start + 1]) == grouped


def test_parts_of_a_result(shop):
    url = finished(shop, run(shop, "{ products { edges { node { id } } } }"))["url"]
    whole = fetch(shop, url).data
    part = fetch(shop, url, Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert fetch(shop, url, Range=f"bytes={len(whole)}-").status_code == 416
    shop.sandbox.services.clock.change(advance=8 * 86400)
    assert fetch(shop, url).status_code == 404


def test_faults_hit_files_too(shop):
    url = finished(shop, run(shop, "{ products { edges { node { id } } } }"))["url"]
    shop.sandbox.services.faults.add("status", status=503, match="bulk result", count=1)
    shop.sandbox.services.faults.add("truncated", match="bulk result", count=1)
    assert fetch(shop, url).status_code == 503
    cut, whole = fetch(shop, url).data, fetch(shop, url).data
    assert len(cut) == len(whole) // 2


def test_nothing_found_has_no_file(lab):
    done = finished(lab, run(lab, "{ orders { edges { node { id } } } }"))
    assert (done["status"], done["url"], done["objectCount"]) == ("COMPLETED", None, "0")


def test_a_search_restricts_and_one_record_can_be_the_root(shop):
    product = max(products(shop), key=lambda entry: len(entry["variants"]))
    query = f'{{ products(query: "id:{product["id"]}") {{ nodes {{ id }} }} }}'
    assert [line["id"] for line in lines(shop, finished(shop, run(shop, query))["url"])] == [
        gid("Product", product["id"])
    ]
    inner = f'{{ product(id: "{gid("Product", product["id"])}") {{ variants {{ nodes {{ sku }} }} }} }}'
    found = lines(shop, finished(shop, run(shop, inner))["url"])
    assert found == [{"sku": variant["sku"]} for variant in product["variants"]]


DEEP = "{ products { nodes { id variants { nodes { id metafields { nodes { id owner { %s } } } } } } } }"
REFUSED = [
    ("{ products { nodes", "Syntax Error"),
    ("{ shop { name } }", "at least one connection"),
    ("{ a: products { nodes { id } } b: orders { nodes { id } } }", "exactly one top level field"),
    ('{ node(id: "x") { id } }', "`node`"),
    ("{ products { nodes { title variants { nodes { id } } } } }", "Connection fields without 'id': products."),
    ("{ products { nodes { nothing } } }", "Cannot query field"),
    ("mutation { tagsAdd(id: 1, tags: []) { node { id } } }", "must be queries"),
    (DEEP % "... on Product { variants { nodes { id } } }", "nesting depth"),
    ("{ products { nodes { id variants { nodes { id } } media { nodes { id } } metafields { nodes { id } } "
     "collections { nodes { id } } resourcePublications { nodes { isPublished } } } } }", "more than 5 connections"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "text"), REFUSED)
def test_refused(lab, query, text):
    answer = call(lab, "bulkOperationRunQuery", RUN, query=query, groupObjects=False)
    assert answer["bulkOperation"] is None
    assert answer["errors"][0]["code"] == "INVALID"
    assert text in answer["errors"][0]["message"]


def test_five_at_once_and_cancelling(shop):
    shop.sandbox.services.later.pace = 1000
    query = "{ products { edges { node { id } } } }"
    started = [run(shop, query) for _ in range(5)]
    sixth = call(shop, "bulkOperationRunQuery", RUN, query=query, groupObjects=False)
    assert sixth["errors"][0]["code"] == "LIMIT_REACHED"
    answer = call(shop, "bulkOperationCancel", RUN, id=started[0]["id"])
    assert answer["bulkOperation"]["status"] == "CANCELING"
    listed = (
        """{ bulkOperations(first: 9, query: "status:created operation_type:query", reverse: true) { nodes { id } } }"""
    )
    waiting = shop.gql(listed)["data"]["bulkOperations"]["nodes"]
    assert [entry["id"] for entry in waiting] == [entry["id"] for entry in reversed(started[1:])]


def test_cancelled_and_failed_keep_what_they_have(shop, receiver, subscribe):
    subscribe("BULK_OPERATIONS_FINISH")
    shop.sandbox.services.later.pace = 6
    operation = run(shop, "{ products { edges { node { id } } } }")
    while int(ask(shop, operation)["objectCount"]) < 250:
        assert ask(shop, operation)["status"] in ("CREATED", "RUNNING")
    call(shop, "bulkOperationCancel", RUN, id=operation["id"])
    done = finished(shop, operation)
    assert (done["status"], done["url"]) == ("CANCELED", None)
    assert len(lines(shop, done["partialDataUrl"])) == 250
    late = call(shop, "bulkOperationCancel", RUN, id=operation["id"])
    assert "canceled" in late["errors"][0]["message"]
    shop.sandbox.services.later.pace = 0
    shop.sandbox.services.faults.add("bulk_failed", count=1)
    done = finished(shop, run(shop, "{ products { edges { node { id } } } }"))
    assert (done["status"], done["errorCode"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
    settle(shop)
    bodies = sorted((json.loads(body) for _, _, body in receiver.wait(2)), key=lambda body: body["status"])
    assert [(body["status"], body["error_code"], body["type"]) for body in bodies] == [
        ("canceled", None, "query"), ("failed", "internal_server_error", "query"),
    ]  # fmt: skip
    assert bodies[0]["admin_graphql_api_id"] == operation["id"]


def test_without_the_scope_it_fails(shop):
    shop.control("PATCH", "", {"scopes": ["read_products"]})
    done = finished(shop, run(shop, "{ orders { edges { node { id } } } }"))
    assert (done["status"], done["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_a_mutation_for_each_line(shop):
    target, other = products(shop)[:2]
    wanted = [
        {"product": {"id": gid("Product", target["id"]), "title": "From a file"}},
        {"product": {"id": "gid://shopify/Product/1", "title": "Nobody's"}},
        {"product": {"id": gid("Product", other["id"]), "tags": ["bulk"]}},
    ]
    content = "\n".join(json.dumps(line) for line in wanted).encode()
    source = upload(
        shop, content, name="vars.jsonl", method="POST", resource="BULK_MUTATION_VARIABLES", mime="text/jsonl"
    )
    path = source.partition("googleapis.com/")[2]
    mutation = """mutation($product: ProductUpdateInput!) { productUpdate(product: $product) {
      product { id title tags } userErrors { message } } }"""
    answer = call(shop, "bulkOperationRunMutation", RUN, mutation=mutation, stagedUploadPath=path)
    done = finished(shop, answer["bulkOperation"])
    assert (done["status"], done["type"], done["objectCount"]) == ("COMPLETED", "MUTATION", "3")
    found = lines(shop, done["url"])
    assert [line["__lineNumber"] for line in found] == [0, 1, 2]
    assert found[0]["data"]["productUpdate"]["product"]["title"] == "From a file"
    assert found[1]["data"]["productUpdate"]["userErrors"] == [{"message": "Product does not exist"}]
    assert found[2]["data"]["productUpdate"]["product"]["tags"] == ["bulk"]
    for arguments, code in (
        ({"mutation": mutation, "stagedUploadPath": "tmp/none"}, "NO_SUCH_FILE"),
        ({"mutation": "{ shop { id } }", "stagedUploadPath": path}, "INVALID_MUTATION"),
        ({"mutation": mutation.replace("productUpdate(product", "nothing(product"), "stagedUploadPath": path},
         "INVALID_MUTATION"),
    ):  # fmt: skip
        assert call(shop, "bulkOperationRunMutation", RUN, **arguments)["errors"][0]["code"] == code
    broken = upload(shop, b"{nonsense", method="POST", resource="BULK_MUTATION_VARIABLES", mime="text/jsonl")
    answer = call(
        shop,
        "bulkOperationRunMutation",
        RUN,
        mutation=mutation,
        stagedUploadPath=broken.partition("googleapis.com/")[2],
    )
    assert answer["errors"][0]["code"] == "INVALID_STAGED_UPLOAD_FILE"


def test_a_restart_begins_again(tmp_path):
    from sandbox.factory import build  # noqa: PLC0415

    sandbox = build(tmp_path)
    lab = Lab(sandbox, "again.myshopify.com")
    lab.client.post("/_control/shops", json={"domain": lab.domain, "seed": {"products": 3}})
    sandbox.services.later.pace = 10**6
    operation = run(lab, "{ products { edges { node { id } } } }")
    sandbox.close()
    sandbox = build(tmp_path)
    lab = Lab(sandbox, lab.domain)
    done = finished(lab, operation)
    assert (done["status"], done["objectCount"]) == ("COMPLETED", "3")
    sandbox.close()


def test_variants_show_one_medium(shop):
    product = next(p for p in products(shop) if p["media"] and not any(v["media"] for v in p["variants"]))
    pair = {"variantId": gid("ProductVariant", product["variants"][0]["id"]),
            "mediaIds": [gid("MediaImage", product["media"][0])]}  # fmt: skip
    selection = "productVariants { media(first: 2) { nodes { id } } }"
    owner = gid("Product", product["id"])
    for name, expected, code in (
        ("productVariantAppendMedia", [{"id": pair["mediaIds"][0]}], "PRODUCT_VARIANT_ALREADY_HAS_MEDIA"),
        ("productVariantDetachMedia", [], "MEDIA_IS_NOT_ATTACHED_TO_VARIANT"),
    ):
        done = call(shop, name, selection, productId=owner, variantMedia=[pair])
        assert done["productVariants"][0]["media"]["nodes"] == expected
        assert call(shop, name, selection, productId=owner, variantMedia=[pair])["errors"][0]["code"] == code
