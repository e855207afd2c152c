"""REST shape of products, collections and inventory items: what their webhooks carry."""

from . import catalogue, media
from .rest import local
from .shop import Shop, gid

#: A product's webhook describes this many variants; ``variant_gids`` lists all.
MAX_VARIANTS = 100


def product(shop: Shop, data: dict) -> dict:
    offset = shop.config["utc_offset"]
    files = [file for file in media.of(shop, data["media"]) if file["status"] == "READY" and file["kind"] == "IMAGE"]
    images = [_image(shop, data, file, position, offset) for position, file in enumerate(files, 1)]
    online = data["published"].get(catalogue.online_store(shop))
    return {
        "admin_graphql_api_id": gid("Product", data["id"]),
        "id": data["id"],
        "title": data["title"],
        "body_html": data["description_html"],
        "handle": data["handle"],
        "vendor": data["vendor"],
        "product_type": data["product_type"],
        "status": data["status"].lower(),
        "tags": ", ".join(data["tags"]),
        "template_suffix": data["template_suffix"],
        "published_scope": "global" if len(data["published"]) > 1 else "web",
        "published_at": local(online, offset),
        "created_at": local(data["created_at"], offset),
        "updated_at": local(data["updated_at"], offset),
        "category": {"admin_graphql_api_id": data["category"], "name": "", "full_name": ""}
        if data["category"]
        else None,
        "has_variants_that_requires_components": False,
        "variants": [variant(entry, offset) for entry in data["variants"][:MAX_VARIANTS]],
        "variant_gids": [
            {
                "admin_graphql_api_id": gid("ProductVariant", entry["id"]),
                "updated_at": local(entry["updated_at"], offset),
            }
            for entry in data["variants"]
        ],
        "options": [
            {
                "id": option["id"],
                "product_id": data["id"],
                "name": option["name"],
                "position": position,
                "values": [value["name"] for value in option["values"]],
            }
            for position, option in enumerate(data["options"], 1)
        ],
        "images": images,
        "image": images[0] if images else None,
        "media": [_media(image, file) for image, file in zip(images, files, strict=True)],
    }


def variant(data: dict, offset: int) -> dict:
    options = dict(zip(("option1", "option2", "option3"), [*data["options"], None, None], strict=False))
    return {
        "admin_graphql_api_id": gid("ProductVariant", data["id"]),
        "id": data["id"],
        "product_id": data["product_id"],
        "title": data["title"],
        "sku": data["sku"],
        "barcode": data["barcode"],
        "price": data["price"],
        "compare_at_price": data["compare_at_price"],
        "position": data["position"],
        "taxable": data["taxable"],
        "inventory_policy": data["policy"].lower(),
        "inventory_item_id": data["inventory_item_id"],
        "inventory_quantity": data["inventory"],
        "old_inventory_quantity": data["inventory"],
        "image_id": data["media"][0] if data["media"] else None,
        **options,
        "created_at": local(data["created_at"], offset),
        "updated_at": local(data["updated_at"], offset),
    }


def _image(shop: Shop, data: dict, file: dict, position: int, offset: int) -> dict:
    return {
        "admin_graphql_api_id": gid("MediaImage", file["id"]),
        "id": file["id"],
        "product_id": data["id"],
        "position": position,
        "alt": file["alt"],
        "width": file["width"],
        "height": file["height"],
        "src": media.url(shop, file),
        "variant_ids": [entry["id"] for entry in data["variants"] if file["id"] in entry["media"]],
        "created_at": local(file["created_at"], offset),
        "updated_at": local(file["updated_at"], offset),
    }


def _media(image: dict, file: dict) -> dict:
    same = ("admin_graphql_api_id", "id", "product_id", "position", "alt", "variant_ids", "created_at", "updated_at")
    preview = {"width": image["width"], "height": image["height"], "src": image["src"], "status": "READY"}
    return {
        **{key: image[key] for key in same},
        "media_content_type": file["kind"],
        "status": file["status"],
        "preview_image": preview,
    }


def collection(shop: Shop, data: dict) -> dict:
    offset = shop.config["utc_offset"]
    online = data["published"].get(catalogue.online_store(shop))
    body = {
        "admin_graphql_api_id": gid("Collection", data["id"]),
        "id": data["id"],
        "title": data["title"],
        "handle": data["handle"],
        "body_html": data["description_html"],
        "sort_order": data["sort"].lower().replace("_", "-"),
        "template_suffix": data["template_suffix"],
        "published_scope": "web",
        "published_at": local(online, offset),
        "updated_at": local(data["updated_at"], offset),
    }
    if data["rules"]:
        rules = [{key: rule[key].lower() for key in ("column", "relation")} for rule in data["rules"]["rules"]]
        conditions = [rule["condition"] for rule in data["rules"]["rules"]]
        body["disjunctive"] = data["rules"]["any"]
        body["rules"] = [{**rule, "condition": text} for rule, text in zip(rules, conditions, strict=True)]
    return body


def inventory_item(shop: Shop, data: dict) -> dict:
    """Of a variant's document."""
    offset = shop.config["utc_offset"]
    return {
        "admin_graphql_api_id": gid("InventoryItem", data["inventory_item_id"]),
        "id": data["inventory_item_id"],
        "sku": data["sku"],
        "cost": data["cost"],
        "tracked": data["tracked"],
        "requires_shipping": data["requires_shipping"],
        "country_code_of_origin": data["origin"],
        "province_code_of_origin": data["province"],
        "harmonized_system_code": data["hs_code"],
        "country_harmonized_system_codes": [],
        "created_at": local(data["created_at"], offset),
        "updated_at": local(data["updated_at"], offset),
    }
