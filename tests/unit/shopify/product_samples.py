"""A product as GraphQL states it, and the canonical document of one that Odoo sends."""

import copy
from decimal import Decimal

from odoo.addons.connector_base.canonical import CustomAttribute, Image, Option, Product, Variant

from .samples import connection


def graphql_variant(number=1, **changes):
    """A variant in the size M, the fields VariantFields selects."""
    variant = {
        "id": f"gid://shopify/ProductVariant/{500 + number}",
        "sku": f"TEE-{number}",
        "barcode": None,
        "price": "19.90",
        "compareAtPrice": None,
        "taxable": True,
        "updatedAt": "2026-11-20T10:00:00Z",
        "selectedOptions": [{"name": "Size", "value": "M"}],
        "inventoryItem": {
            "id": f"gid://shopify/InventoryItem/{700 + number}",
            "tracked": True,
            "requiresShipping": True,
            "harmonizedSystemCode": "610910",
            "countryCodeOfOrigin": "PT",
            "unitCost": {"amount": "7.5"},
            "measurement": {"weight": {"unit": "GRAMS", "value": 180.0}},
        },
        "media": {"nodes": []},
        "metafields": connection([]),
    }
    variant.update(copy.deepcopy(changes))
    return variant


def publication(number, catalog="AppCatalog"):
    return {"publication": {"id": f"gid://shopify/Publication/{number}", "catalog": {"__typename": catalog}}}


def picture(number, **changes):
    node = {
        "__typename": "MediaImage",
        "id": f"gid://shopify/MediaImage/{number}",
        "alt": f"Picture {number}",
        "image": {"url": f"https://cdn.shopify.com/{number}.png"},
    }
    return {**node, **changes}


def metafield(key, value, kind="single_line_text_field", namespace="custom"):
    return {
        "id": f"gid://shopify/Metafield/{key}",
        "namespace": namespace,
        "key": key,
        "type": kind,
        "value": value,
    }


def graphql_product(**changes):
    """A T-shirt in M and L with two pictures, a video, a custom field; in two collections, on two channels."""
    product = {
        "id": "gid://shopify/Product/41",
        "title": "Tee",
        "descriptionHtml": "<p>Soft</p>",
        "handle": "tee",
        "vendor": "Weavers",
        "productType": "Shirts",
        "tags": ["summer", "cotton"],
        "status": "ACTIVE",
        "onlineStoreUrl": "https://one-shop.myshopify.com/products/tee",
        "createdAt": "2026-11-01T10:00:00Z",
        "updatedAt": "2026-11-20T12:00:00Z",
        "seo": {"title": "A soft tee", "description": None},
        "priceRangeV2": {"minVariantPrice": {"currencyCode": "EUR"}},
        "options": [{"id": "gid://shopify/ProductOption/61", "name": "Size", "values": ["M", "L"]}],
        "variants": connection(
            [
                graphql_variant(1, media={"nodes": [{"id": "gid://shopify/MediaImage/92"}]}),
                graphql_variant(2, selectedOptions=[{"name": "Size", "value": "L"}], compareAtPrice="24.90"),
            ]
        ),
        "media": connection([picture(91), {**picture(95), "__typename": "Video"}, picture(92, alt=None)]),
        "collections": connection([{"id": "gid://shopify/Collection/9"}, {"id": "gid://shopify/Collection/10"}]),
        "metafields": connection(
            [
                metafield("material", "cotton"),
                metafield("odoo_key", "7:8", "id", namespace="app--123"),
            ]
        ),
        "resourcePublicationsV2": connection([publication(3), publication(2), publication(8, "MarketCatalog")]),
    }
    product.update(copy.deepcopy(changes))
    return product


def document(**changes):
    """The T-shirt as Odoo sends it, known to Shopify."""
    values = {
        "external_id": "41",
        "currency": "EUR",
        "title": "Tee",
        "description": "<p>Soft</p>",
        "handle": "tee",
        "vendor": "Weavers",
        "product_type": "Shirts",
        "tags": ("cotton", "summer"),
        "seo_title": "A soft tee",
        "seo_description": "",
        "status": "active",
        "options": (Option(name="Size", values=("M", "L")),),
        "variants": (variant("M", "501"), variant("L", "502", compare_at_price=Decimal("24.90"))),
        "images": (Image(external_id="91", alt="Front", checksum="aa"), Image(checksum="bb", alt="Back")),
        "category_ids": ("10", "9"),
        "attributes": (
            CustomAttribute(key="custom.material", value="cotton", kind="single_line_text_field"),
            CustomAttribute(key="custom.care", value=""),
        ),
        "channel_ids": ("2", "3"),
    }
    return Product(**(values | changes))


def variant(size, external_id="", **changes):
    values = {
        "external_id": external_id,
        "inventory_external_id": str(int(external_id) + 200) if external_id else "",
        "options": (("Size", size),) if size else (),
        "sku": f"TEE-{size}",
        "barcode": "",
        "price": Decimal("19.90"),
        "compare_at_price": None,
        "cost": Decimal("7.5"),
        "weight": Decimal("0.18"),
        "taxable": True,
        "tracked": True,
        "requires_shipping": True,
        "hs_code": "610910",
        "origin_country_code": "",
        "image": "",
    }
    return Variant(**(values | changes))
