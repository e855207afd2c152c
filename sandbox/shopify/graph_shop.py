"""GraphQL shape of shop, app, catalogue, customers and locations."""

from . import graph_catalogue, graph_media, rest
from .paging import nested
from .shop import PLANS, Shop, gid


def attributes(pairs: list[list[str]]) -> list[dict]:
    return [{"key": key, "value": value} for key, value in pairs]


def mailing_address(data: dict | None) -> dict | None:
    if data is None:
        return None
    city = " ".join(part for part in (data.get("city"), data.get("province_code"), data.get("zip")) if part)
    printed = [data.get("address1"), data.get("address2"), city, data.get("country")]
    return {
        "__typename": "MailingAddress",
        "id": f"{gid('MailingAddress', data['id'])}?model_name=Address",
        "firstName": data.get("first_name"),
        "lastName": data.get("last_name"),
        "name": rest.full_name(data),
        "company": data.get("company"),
        "address1": data.get("address1"),
        "address2": data.get("address2"),
        "city": data.get("city"),
        "province": data.get("province"),
        "provinceCode": data.get("province_code"),
        "country": data.get("country"),
        "countryCode": data.get("country_code"),
        "countryCodeV2": data.get("country_code"),
        "zip": data.get("zip"),
        "phone": data.get("phone"),
        "latitude": data.get("latitude"),
        "longitude": data.get("longitude"),
        "formatted": lambda _info, **_with: [part for part in printed if part],
        "coordinatesValidated": False,
    }


def customer(shop: Shop, data: dict) -> dict:
    return {
        "__typename": "Customer",
        "id": gid("Customer", data["id"]),
        "legacyResourceId": str(data["id"]),
        "firstName": data["first_name"],
        "lastName": data["last_name"],
        "displayName": rest.full_name(data) or data["email"] or "",
        "email": data["email"],
        "phone": data["phone"],
        "defaultEmailAddress": (
            {"emailAddress": data["email"], "marketingState": "NOT_SUBSCRIBED", "validFormat": True}
            if data["email"]
            else None
        ),
        "defaultPhoneNumber": {"phoneNumber": data["phone"]} if data["phone"] else None,
        "defaultAddress": mailing_address(data["default_address"]),
        "state": "DISABLED",
        "verifiedEmail": True,
        "taxExempt": data["tax_exempt"],
        "note": data["note"],
        "tags": data["tags"],
        "locale": data["locale"],
        "numberOfOrders": lambda _info: str(
            sum(order["customer"] == data["id"] for order in shop.store.all(shop.domain, "order"))
        ),
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
    }


def product(shop: Shop, data: dict) -> dict:
    count = len(data["variants"])

    def variants(info, sortKey=None, **arguments):
        return nested(data["variants"], lambda entry: variant(shop, data, entry))(info, **arguments)

    return {
        "__typename": "Product",
        "id": gid("Product", data["id"]),
        "legacyResourceId": str(data["id"]),
        "title": data["title"],
        "handle": data["handle"],
        "status": data["status"],
        "vendor": data["vendor"],
        "productType": data["product_type"],
        "tags": data["tags"],
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
        "hasOnlyDefaultVariant": count == 1 and data["variants"][0]["title"] == "Default Title",
        "isGiftCard": False,
        "hasOutOfStockVariants": any(entry["tracked"] and entry["inventory"] <= 0 for entry in data["variants"]),
        "options": lambda _info, first=None: graph_catalogue.option_nodes(data)[:first],
        "variants": variants,
        "variantsCount": {"count": count, "precision": "EXACT"},
        "totalInventory": sum(entry["inventory"] for entry in data["variants"]),
        "tracksInventory": any(entry["tracked"] for entry in data["variants"]),
        **graph_catalogue.product_fields(shop, data),
    }


def variant(shop: Shop, owner: dict, data: dict) -> dict:
    return {
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", data["id"]),
        "legacyResourceId": str(data["id"]),
        "title": data["title"],
        "displayName": f"{owner['title']} - {data['title']}",
        "sku": data["sku"],
        "barcode": data["barcode"],
        "price": data["price"],
        "compareAtPrice": data["compare_at_price"],
        "position": data["position"],
        "taxable": data["taxable"],
        "selectedOptions": lambda _info: graph_catalogue.selected_options(owner, data),
        "inventoryItem": lambda _info: inventory_item(shop, data),
        "inventoryQuantity": data["inventory"],
        "inventoryPolicy": data["policy"],
        "availableForSale": data["inventory"] > 0 or not data["tracked"] or data["policy"] == "CONTINUE",
        "sellableOnlineQuantity": data["inventory"],
        "media": graph_media.media_connection(shop, data["media"]),
        **graph_catalogue.metafields(shop, "ProductVariant", data),
        "product": lambda _info: product(shop, owner),
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
    }


def inventory_item(shop: Shop, data: dict) -> dict:
    number = data["inventory_item_id"]
    return {
        "__typename": "InventoryItem",
        "id": gid("InventoryItem", number),
        "legacyResourceId": str(number),
        "sku": data["sku"],
        "tracked": data["tracked"],
        "unitCost": {"amount": data["cost"], "currencyCode": shop.config["currency"]} if data["cost"] else None,
        "harmonizedSystemCode": data["hs_code"],
        "countryCodeOfOrigin": data["origin"],
        "provinceCodeOfOrigin": data["province"],
        "duplicateSkuCount": lambda _info: sum(
            other["sku"] == data["sku"] for _, other in shop.variants().values() if data["sku"]
        ),
        "variant": lambda _info: variant(shop, *shop.variants()[data["id"]]),
        "variants": nested([data], lambda _: variant(shop, *shop.variants()[data["id"]])),
        "requiresShipping": data["requires_shipping"],
        "measurement": {
            "id": gid("InventoryItemMeasurement", number),
            "weight": data["weight"],
        },
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
    }


def location(data: dict) -> dict:
    keys = {"countryCode": "country_code", "provinceCode": "province_code"}
    plain = ("address1", "city", "country", "province", "zip", "phone")
    place = {key: data[key] for key in plain} | {key: data[source] for key, source in keys.items()}
    printed = [data["address1"], f"{data['city']} {data['province_code']} {data['zip']}", data["country"]]
    return {
        "__typename": "Location",
        "id": gid("Location", data["id"]),
        "legacyResourceId": str(data["id"]),
        "name": data["name"],
        "isActive": True,
        "fulfillsOnlineOrders": True,
        "shipsInventory": True,
        "isFulfillmentService": False,
        "address": {**place, "address2": None, "formatted": printed},
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
    }


def shop_node(config: dict) -> dict:
    hours, minutes = divmod(abs(config["utc_offset"]), 60)
    return {
        "__typename": "Shop",
        "id": gid("Shop", config["id"]),
        "name": config["name"],
        "email": config["email"],
        "contactEmail": config["email"],
        "shopOwnerName": "Sam Owner",
        "myshopifyDomain": config["domain"],
        "url": f"https://{config['domain']}",
        "primaryDomain": {
            "__typename": "Domain", "id": gid("Domain", config["id"]), "host": config["domain"],
            "url": f"https://{config['domain']}", "sslEnabled": True,
        },
        "currencyCode": config["currency"],
        "enabledPresentmentCurrencies": config["currencies"],
        "ianaTimezone": config["timezone"],
        "timezoneOffset": f"{'-' if config['utc_offset'] < 0 else '+'}{hours:02d}{minutes:02d}",
        "timezoneOffsetMinutes": config["utc_offset"],
        "plan": {
            "publicDisplayName": PLANS[config["plan"]][1],
            "displayName": PLANS[config["plan"]][1],
            "partnerDevelopment": False,
            "shopifyPlus": config["plan"] == "plus",
        },
        "taxesIncluded": config["taxes_included"],
        "taxShipping": config["tax_shipping"],
        "weightUnit": "KILOGRAMS",
        "shopAddress": {
            "id": gid("ShopAddress", config["id"]), "address1": "410 Industrial Way", "city": "Tempe",
            "province": "Arizona", "provinceCode": "AZ", "zip": "85281", "country": "United States",
            "countryCodeV2": "US", "phone": None,
        },
        "createdAt": config["created_at"],
        "updatedAt": config["created_at"],
    }  # fmt: skip


def installation(config: dict, scopes) -> dict:
    return {
        "__typename": "AppInstallation",
        "id": gid("AppInstallation", config["id"]),
        "launchUrl": f"https://{config['domain']}/admin/apps/{config['client_id']}",
        "accessScopes": [{"handle": scope, "description": scope.replace("_", " ").capitalize()} for scope in scopes],
        "app": {
            "__typename": "App", "id": gid("App", config["id"]), "title": "Odoo connector", "handle": "odoo-connector",
            "apiKey": config["client_id"],
        },
    }  # fmt: skip
