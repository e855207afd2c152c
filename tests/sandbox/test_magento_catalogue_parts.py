"""What products of a Magento shop consist of: variants, bundles, links, pictures, prices; many calls in one."""

import base64

import pytest

from sandbox.framework import pictures
from tests.sandbox.test_magento_catalogue import MUG, custom, save


def attribute(magento, code: str) -> tuple[str, dict]:
    """(id of an attribute, ids of its options by their labels)."""
    found = magento.get(f"products/attributes/{code}")
    return str(found["attribute_id"]), {entry["label"]: entry["value"] for entry in found["options"]}


def variant(magento, sku: str, number: str, **wanted) -> dict:
    values = [{"attribute_code": "size", "value": number}]
    return save(magento, sku=sku, name=sku, visibility=1, custom_attributes=values, **wanted)


# --- variants ----------------------------------------------------------------------------------------------------
@pytest.fixture
def tee(magento):
    """A configurable product without variants, and two products that may be."""
    number, sizes = attribute(magento, "size")
    made = save(magento, sku="TEE", name="Tee", type_id="configurable")
    variant(magento, "TEE-S", sizes["S"])
    variant(magento, "TEE-M", sizes["M"], price=22)
    return made, number, sizes


def test_variants_step_by_step(magento, tee):
    _, number, sizes = tee
    assert magento.call("POST", "configurable-products/TEE/child", {"childSku": "TEE-S"}, status=400)
    option = {"attribute_id": number, "label": "Size", "position": 0, "values": [{"value_index": int(sizes["S"])}]}
    made = magento.call("POST", "configurable-products/TEE/options", {"option": option})
    for sku in ("TEE-S", "TEE-M"):
        assert magento.call("POST", "configurable-products/TEE/child", {"childSku": sku}) is True
    again = magento.call("POST", "configurable-products/TEE/child", {"childSku": "TEE-S"}, status=400)
    assert again == {"message": "The product is already attached."}
    extension = magento.get("products/TEE")["extension_attributes"]
    (shown,) = extension["configurable_product_options"]
    assert (shown["id"], shown["attribute_id"], shown["label"]) == (made, number, "Size")
    assert shown["values"] == [{"value_index": int(sizes[size])} for size in ("S", "M")]
    assert len(extension["configurable_product_links"]) == 2
    children = magento.get("configurable-products/TEE/children")
    assert [(child["sku"], child["price"], custom(child)["size"]) for child in children] == [
        ("TEE-S", 20, sizes["S"]), ("TEE-M", 22, sizes["M"]),
    ]  # fmt: skip
    assert magento.call("DELETE", "configurable-products/TEE/children/TEE-S") is True
    assert magento.call("DELETE", "products/TEE-M") is True
    assert magento.get("products/TEE")["extension_attributes"]["configurable_product_links"] == []
    assert magento.get("products/TEE-S")["sku"] == "TEE-S"


def test_variants_at_once_and_what_they_need(magento, tee):
    _, number, sizes = tee
    ids = [magento.get(f"products/{sku}")["id"] for sku in ("TEE-S", "TEE-M")]
    option = {"attribute_id": number, "label": "Size", "values": [{"value_index": int(sizes["S"])}]}
    extension = {"configurable_product_options": [option], "configurable_product_links": ids}
    made = magento.call("PUT", "products/TEE", {"product": {"extension_attributes": extension}})
    first = made["extension_attributes"]["configurable_product_options"][0]["id"]
    again = magento.call("PUT", "products/TEE", {"product": {"extension_attributes": extension}})
    assert again["extension_attributes"]["configurable_product_options"][0]["id"] == first
    twin = variant(magento, "TEE-S2", sizes["S"])["id"]
    bare = save(magento, sku="BARE", name="Bare")["id"]
    for wrong, message in (
        (twin, 'Products "%1" and "%2" have the same set of attribute values.'),
        (bare, 'Product with id "%1" does not contain required attribute "%2".'),
    ):
        sent = {"extension_attributes": {"configurable_product_links": [*ids, wrong]}}
        refused = magento.call("PUT", "products/TEE", {"product": sent}, status=400)
        assert refused["message"] == message
    refused = magento.call("POST", "configurable-products/MUG/options", {"option": option}, status=404)
    assert refused["message"].startswith("The product that was requested doesn't exist.")


def test_only_global_choices_make_variants(magento, tee):
    text = {"attribute_id": attribute(magento, "care")[0], "label": "Care", "values": [{"value_index": 1}]}
    assert magento.call("POST", "configurable-products/TEE/options", {"option": text}, status=400)
    empty = {"attribute_id": tee[1], "label": "Size", "values": []}
    refused = magento.call("POST", "configurable-products/TEE/options", {"option": empty}, status=400)
    assert refused["message"] == "Option values are not specified."


# --- bundles, groups, links, downloads ---------------------------------------------------------------------------
def test_a_bundle(magento):
    for sku in ("CUP", "POT", "TRAY"):
        save(magento, sku=sku, name=sku)
    option = {"title": "Pot", "type": "select", "required": True, "product_links": [{"sku": "POT", "qty": 1}]}
    made = save(
        magento, sku="SET", name="Set", type_id="bundle", price=None, weight=None,
        extension_attributes={"bundle_product_options": [option]},
    )  # fmt: skip
    assert (made["price"], custom(made)["price_type"]) == (0, "0")
    number = magento.call(
        "POST", "bundle-products/options/add",
        {"option": {"sku": "SET", "title": "Cups", "type": "checkbox", "product_links": []}},
    )  # fmt: skip
    cup = {"sku": "CUP", "qty": 6, "is_default": True, "price": 0, "price_type": 0, "can_change_quantity": 1}
    link = magento.call("POST", f"bundle-products/SET/links/{number}", {"linkedProduct": cup})
    magento.call("PUT", f"bundle-products/SET/links/{link}", {"linkedProduct": {"sku": "CUP", "qty": 4}})
    assert [(entry["sku"], entry["qty"]) for entry in magento.get("bundle-products/SET/children")] == [
        ("POT", 1), ("CUP", 4),
    ]  # fmt: skip
    options = magento.get("bundle-products/SET/options/all")
    assert [(entry["title"], entry["sku"]) for entry in options] == [("Pot", "SET"), ("Cups", "SET")]
    assert magento.get("products/SET")["extension_attributes"]["bundle_product_options"] == options
    again = magento.call("POST", f"bundle-products/SET/links/{number}", {"linkedProduct": cup}, status=400)
    assert again["parameters"] == ["CUP"]
    magento.call("DELETE", "products/CUP")
    assert magento.get(f"bundle-products/SET/options/{number}")["product_links"] == []
    assert magento.call("DELETE", f"bundle-products/SET/options/{number}") is True
    assert len(magento.get("bundle-products/SET/options/all")) == 1


def test_links_and_groups(magento):
    for sku in ("CUP", "POT"):
        save(magento, sku=sku, name=sku)
    part = {"link_type": "associated", "linked_product_sku": "CUP", "position": 1, "extension_attributes": {"qty": 6}}
    group = save(magento, sku="GROUP", name="Group", type_id="grouped", price=None, weight=None, product_links=[part])
    assert group["product_links"] == [{"sku": "GROUP", "linked_product_type": "simple", **part}]
    link = {"sku": "CUP", "link_type": "related", "linked_product_sku": "POT", "position": 2}
    assert magento.call("POST", "products/CUP/links", {"items": [link]}) is True
    upsell = {**link, "link_type": "upsell"}
    assert magento.call("PUT", "products/CUP/links", {"entity": upsell}) is True
    assert {entry["link_type"] for entry in magento.get("products/CUP")["product_links"]} == {"related", "upsell"}
    assert [entry["linked_product_sku"] for entry in magento.get("products/CUP/links/upsell")] == ["POT"]
    magento.call("PUT", "products/CUP", {"product": {"product_links": [link]}})
    assert magento.get("products/CUP/links/upsell") == []
    assert magento.call("DELETE", "products/CUP/links/related/POT") is True
    refused = magento.call("POST", "products/CUP/links", {"items": [{**link, "linked_product_sku": "NO"}]}, status=404)
    assert refused["message"].startswith("The product that was requested doesn't exist.")


def test_downloads_and_custom_options(magento):
    link = {"title": "PDF", "link_type": "url", "link_url": "https://example.com/a.pdf", "price": 0, "sort_order": 1,
            "is_shareable": 0, "number_of_downloads": 3, "sample_type": "url"}  # fmt: skip
    made = save(magento, sku="PDF", type_id="downloadable", extension_attributes={"downloadable_product_links": [link]})
    assert [entry["title"] for entry in made["extension_attributes"]["downloadable_product_links"]] == ["PDF"]
    number = magento.call("POST", "products/PDF/downloadable-links", {"link": {**link, "title": "EPUB"}})
    assert [entry["id"] for entry in magento.get("products/PDF/downloadable-links")][1] == number
    assert magento.call("DELETE", f"products/downloadable-links/{number}") is True
    option = {"product_sku": "PDF", "title": "Name", "type": "field", "sort_order": 0, "is_require": True, "price": 1}
    added = magento.call("POST", "products/options", {"option": option})
    assert [entry["title"] for entry in magento.get("products/PDF")["options"]] == ["Name"]
    assert magento.call("DELETE", f"products/PDF/options/{added['option_id']}") is True


# --- pictures ----------------------------------------------------------------------------------------------------
def entry(content: bytes, **said) -> dict:
    sent = {"base64_encoded_data": base64.b64encode(content).decode(), "type": "image/png", "name": "Mug front.png"}
    return {"media_type": "image", "label": "Front", "position": 1, "disabled": False, "types": [], **said,
            "content": sent}  # fmt: skip


def test_pictures(magento):
    save(magento)
    roles = ["image", "small_image", "thumbnail"]
    first, second = pictures.picture("front", 20, 20), pictures.picture("back", 20, 20)
    number = magento.call("POST", "products/MUG/media", {"entry": entry(first, types=roles)})
    other = magento.call("POST", "products/MUG/media", {"entry": entry(second, position=2)})
    listed = magento.get("products/MUG/media")
    assert [(found["id"], found["file"], found["types"]) for found in listed] == [
        (number, "/m/u/mug_front.png", roles), (other, "/m/u/mug_front_1.png", []),
    ]  # fmt: skip
    assert custom(magento.get("products/MUG"))["image"] == "/m/u/mug_front.png"
    served = magento.client.get(f"/{magento.domain}/media/catalog/product{listed[1]['file']}")
    assert (served.data, served.content_type) == (second, "image/png")
    change = {"id": other, "types": ["image"], "label": "Back", "media_type": "image"}
    assert magento.call("PUT", f"products/MUG/media/{other}", {"entry": change}) is True
    found = magento.get("products/MUG")
    assert custom(found)["image"] == "/m/u/mug_front_1.png"
    assert custom(found)["thumbnail"] == "/m/u/mug_front.png"
    assert magento.call("DELETE", f"products/MUG/media/{other}") is True
    assert "image" not in custom(magento.get("products/MUG"))
    assert magento.client.get(f"/{magento.domain}/media/catalog/product{listed[1]['file']}").status_code == 404


def test_the_gallery_with_the_product(magento):
    content = pictures.picture("front", 20, 20)
    made = save(magento, media_gallery_entries=[entry(content, types=["image"])])
    (first,) = made["media_gallery_entries"]
    kept = [{**first, "label": "Other"}, entry(pictures.picture("x", 9, 9), position=2)]
    after = magento.call("PUT", "products/MUG", {"product": {"media_gallery_entries": kept}})
    assert [found["label"] for found in after["media_gallery_entries"]] == ["Other", "Front"]
    assert after["media_gallery_entries"][0]["file"] == first["file"]
    gone = magento.call("PUT", "products/MUG", {"product": {"media_gallery_entries": []}})
    assert (gone["media_gallery_entries"], "image" in custom(gone)) == ([], False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base64_encoded_data": "%%"}, "The image content must be valid base64 encoded data."),
        ({"type": "image/jpeg"}, "The image MIME type is not valid or not supported."),
        ({"base64_encoded_data": "aGVsbG8="}, "The image MIME type is not valid or not supported."),
        ({"name": "a/b.png"}, "Provided image name contains forbidden characters."),
    ],
)
def test_pictures_that_are_none(magento, change, message):
    save(magento)
    sent = entry(pictures.picture("front", 20, 20))
    sent["content"].update(change)
    assert magento.call("POST", "products/MUG/media", {"entry": sent}, status=400) == {"message": message}


# --- prices ------------------------------------------------------------------------------------------------------
def test_base_and_special_prices_are_done_row_by_row(magento):
    save(magento)
    magento.sandbox.services.clock.change(advance=60)
    rows = [
        {"sku": "MUG", "price": 24.5, "store_id": 0}, {"sku": "NONE", "price": 1, "store_id": 0},
        {"sku": "MUG", "price": -5, "store_id": 0}, {"sku": "MUG", "price": 3, "store_id": 77},
    ]  # fmt: skip
    refused = magento.call("POST", "products/base-prices", {"prices": rows})
    assert [row["parameters"] for row in refused] == [["NONE", "0"], ["Price", "-5"], ["MUG", "77"]]
    found = magento.get("products/MUG")
    assert (found["price"], found["updated_at"]) == (24.5, "2026-11-20 12:01:00")
    special = {"sku": "MUG", "price": 19, "store_id": 0, "price_from": "2026-11-20 00:00:00",
               "price_to": "2026-12-01 00:00:00"}  # fmt: skip
    assert magento.call("POST", "products/special-price", {"prices": [special]}) == []
    assert magento.call("POST", "products/special-price-information", {"skus": ["MUG", "NONE"]}) == [special]
    (wrong,) = magento.call("POST", "products/special-price", {"prices": [{**special, "store_id": 1}]})
    assert wrong["message"].startswith("Could not change non global Price")
    assert magento.call("POST", "products/special-price-delete", {"prices": [special]}) == []
    assert "special_price" not in custom(magento.get("products/MUG"))


def test_tier_prices(magento):
    save(magento)
    row = {"sku": "MUG", "price": 18, "price_type": "fixed", "website_id": 0, "customer_group": "ALL GROUPS",
           "quantity": 10}  # fmt: skip
    share = {**row, "price": 15, "price_type": "discount", "customer_group": "Wholesale", "quantity": 1}
    assert magento.call("POST", "products/tier-prices", {"prices": [row, share]}) == []
    assert magento.get("products/MUG")["tier_prices"] == [
        {"customer_group_id": 2, "qty": 1, "value": 0,
         "extension_attributes": {"percentage_value": 15, "website_id": 0}},
        {"customer_group_id": 32000, "qty": 10, "value": 18, "extension_attributes": {"website_id": 0}},
    ]  # fmt: skip
    (wrong,) = magento.call("POST", "products/tier-prices", {"prices": [{**row, "customer_group": "Nobody"}]})
    assert wrong["parameters"] == ["Customer Group", "Nobody"]
    assert magento.call("PUT", "products/tier-prices", {"prices": [row]}) == []
    assert magento.call("POST", "products/tier-prices-information", {"skus": ["MUG"]}) == [row]
    assert magento.call("POST", "products/tier-prices-delete", {"prices": [row]}) == []
    assert magento.get("products/MUG")["tier_prices"] == []


# --- many calls in one -------------------------------------------------------------------------------------------
def test_products_in_bulk(magento):
    bodies = [{"product": {**MUG, "sku": f"B{number}", "name": f"B {number}"}} for number in range(30)]
    bodies.append({"product": {**MUG, "sku": "BAD", "name": None}})
    number = magento.bulk("POST", "products", bodies)["bulk_uuid"]
    magento.sandbox.services.later.settle()
    status = magento.get(f"bulk/{number}/status")
    assert [entry["status"] for entry in status["operations_list"]] == [1] * 30 + [3]
    assert status["operations_list"][30]["result_message"].startswith('The "Product Name" attribute value is empty.')
    changes = [{"product": {"sku": f"B{index}", "price": index}} for index in range(30)]
    magento.bulk("PUT", "products/bySku", changes)
    magento.sandbox.services.later.settle()
    assert magento.get("products/B7")["price"] == 7
    magento.bulk("POST", "products/bySku/media", [{"sku": "B7", "entry": entry(pictures.picture("b", 9, 9))}])
    magento.sandbox.services.later.settle()
    assert len(magento.get("products/B7/media")) == 1


def test_a_bulk_waits_for_the_consumers(magento):
    magento.control("PATCH", "", {"consumers": False})
    number = magento.bulk("POST", "products", [{"product": MUG}])["bulk_uuid"]
    assert magento.get(f"bulk/{number}/operation-status/4") == 1
    magento.control("PATCH", "", {"consumers": True})
    magento.sandbox.services.later.settle()
    assert magento.get("products/MUG")["sku"] == "MUG"


def test_an_operation_that_may_be_tried_again(magento):
    fault = {"kind": "bulk_failed", "shop": magento.domain, "match": "POST products", "count": 1}
    magento.client.post("/_control/faults", json=fault)
    bodies = [{"product": {**MUG, "sku": sku, "name": sku}} for sku in ("B1", "B2")]
    number = magento.bulk("POST", "products", bodies)["bulk_uuid"]
    magento.sandbox.services.later.settle()
    listed = magento.get(f"bulk/{number}/status")["operations_list"]
    assert [(entry["status"], entry["error_code"]) for entry in listed] == [(2, 1205), (1, None)]
    assert magento.call("GET", "products/B1", status=404)


# --- the merchant ------------------------------------------------------------------------------------------------
def test_the_control_api(magento):
    made = magento.control(
        "POST", "/products", {"title": "Tee", "price": "20.00", "sku": "TEE", "options": {"Size": ["S", "XXL"]}}
    )
    assert [(entry["sku"], entry["price"], entry["options"]) for entry in made["variants"]] == [
        ("TEE-S", "20.00", {"Size": "S"}), ("TEE-XXL", "20.00", {"Size": "XXL"}),
    ]  # fmt: skip
    assert len(magento.control("GET", "/products")["products"]) == 1
    path = f"/products/{made['id']}"
    number = made["variants"][1]["id"]
    wanted = {"title": "Shirt", "price": "25", "status": "DRAFT", "variants": {str(number): {"barcode": "123"}}}
    after = magento.control("POST", path, wanted)
    assert [(entry["price"], entry["barcode"]) for entry in after["variants"]] == [("25.00", None), ("25.00", "123")]
    assert (after["title"], after["status"]) == ("Shirt", "DRAFT")
    picture = magento.control("POST", f"{path}/pictures", {"text": "tee"})["media"][0]
    assert magento.control("DELETE", f"{path}/pictures/{picture}")["media"] == []
    assert magento.control("PATCH", path, {"size": "S"}, status=400)
    assert magento.control("POST", f"{path}/translations", {"default": {"name": "Hemd"}})["title"] == "Hemd"
    assert magento.control("DELETE", path, {}) == {"deleted": made["id"]}
    assert magento.control("GET", "/products") == {"products": []}
    assert magento.control("GET", path, status=404)
