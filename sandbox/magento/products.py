"""Products in the API: listing, reading, saving, deleting, their websites and types.

https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (products)
"""

from . import criteria, product, product_save, product_show
from .errors import invalid, missing
from .product_save import PRODUCT
from .routes import Call, route

#: What reads and writes products; lists of categories and attributes have resources of their own.
READ = "Magento_Catalog::products"
WEBSITE = {"sku": str, "website_id": int}


@route("GET", "products", READ)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    read = product_show.reader(call.shop, call.store_id)

    def show(record: dict) -> dict:
        return product_show.shown(call.shop, record, call.store_id)

    return criteria.answer(call.shop.all("product"), asked, read, show)


@route("GET", "products/types", READ)
def types(_call: Call):
    return [{"name": name, "label": label} for name, label in product.TYPES.items()]


@route("GET", "products/{sku}", READ)
def one(call: Call, sku: str):
    view = call.query.get("storeId")
    store_id = int(view) if isinstance(view, str) and view.isdigit() else call.store_id
    return product_show.shown(call.shop, product.by_sku(call.shop, sku), store_id, single=True)


def _save(call: Call) -> dict:
    record = product_save.save(call.shop, call.body["product"], call.store_id)
    return product_show.shown(call.shop, record, call.store_id, single=True)


@route("POST", "products", READ, product=PRODUCT, saveOptions__=bool)
def create(call: Call):
    return _save(call)


@route("PUT", "products/{sku}", READ, entity="product.sku", product=PRODUCT, saveOptions__=bool)
def change(call: Call, _sku: str):
    """PUT makes the product too if there is none of this SKU."""
    return _save(call)


@route("DELETE", "products/{sku}", READ)
def remove(call: Call, sku: str):
    product.delete(call.shop, product.by_sku(call.shop, sku))
    return True


# --- websites ----------------------------------------------------------------------------------------------------
def _assign(call: Call, sku: str):
    record, number = product.by_sku(call.shop, sku), call.body["productWebsiteLink"].get("website_id")
    if not any(site["id"] == number for site in call.shop.config["websites"]):
        raise invalid('Could not assign product "%1" to websites "%2"', record["id"], number)
    known = record["extension_attributes"]["website_ids"]
    product.touch(call.shop, record, website_ids=sorted({*known, number}))
    return True


@route("POST", "products/{sku}/websites", READ, productWebsiteLink=WEBSITE)
def assign(call: Call, sku: str):
    return _assign(call, sku)


@route("PUT", "products/{sku}/websites", READ, productWebsiteLink=WEBSITE)
def assign_again(call: Call, sku: str):
    return _assign(call, sku)


@route("DELETE", "products/{sku}/websites/{websiteId:int}", READ)
def unassign(call: Call, sku: str, number: int):
    record = product.by_sku(call.shop, sku)
    known = record["extension_attributes"]["website_ids"]
    if number not in known:
        raise missing('The product with SKU "%1" is not on the website with id %2.', sku, number)
    product.touch(call.shop, record, website_ids=[other for other in known if other != number])
    return True
