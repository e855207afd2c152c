"""The tree of categories, and which products are in them.

A document ``category`` (key: its id) has the API's properties; ``store_values`` as products have them. Which products
are in a category stands with the products.
https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (categories)
"""

from . import criteria, product
from .errors import NO_SUCH_ENTITY, invalid, missing, required
from .inputs import ANY, ATTRIBUTES
from .routes import Call, route
from .shop import Shop

#: The resource of the tree; listing the products of a category takes the catalogue's.
TREE, CATALOG = "Magento_Catalog::categories", "Magento_Catalog::catalog"
ROOT, DEFAULT, FIRST = 1, 2, 3
CATEGORY = {
    "id": int, "parent_id": int, "name": str, "is_active": bool, "position": int, "level": int, "children": str,
    "created_at": str, "updated_at": str, "path": str, "available_sort_by": [str], "include_in_menu": bool,
    "extension_attributes": ANY, "custom_attributes": ATTRIBUTES,
}  # fmt: skip
LINK = {"sku": str, "position": int, "category_id": str, "extension_attributes": ANY}
#: What may differ by store view.
PER_VIEW = ("name", "is_active", "include_in_menu")


def prepare(shop: Shop):
    """The root of all trees and the default category of a new shop."""
    now = shop.now()
    for number, parent, name, path in ((ROOT, 0, "Root Catalog", "1"), (DEFAULT, ROOT, "Default Category", "1/2")):
        shop.put("category", number, _new(number, parent, name, path, now))


def _new(number: int, parent: int, name: str, path: str, now: str) -> dict:
    return {
        "id": number, "parent_id": parent, "name": name, "is_active": True, "position": 1, "level": path.count("/"),
        "created_at": now, "updated_at": now, "path": path, "available_sort_by": [], "include_in_menu": True,
        "custom_attributes": {}, "store_values": {},
    }  # fmt: skip


def category(shop: Shop, number) -> dict:
    found = shop.get("category", int(number)) if str(number).isdigit() else None
    if found is None:
        raise missing(NO_SUCH_ENTITY, fieldName="id", fieldValue=number)
    return found


def children(shop: Shop, number: int) -> list[dict]:
    found = [record for record in shop.all("category") if record["parent_id"] == number]
    return sorted(found, key=lambda record: (record["position"], record["id"]))


def shown(shop: Shop, record: dict, store_id: int) -> dict:
    own = record["store_values"].get(str(store_id), {})
    below = ",".join(str(child["id"]) for child in children(shop, record["id"]))
    customs = {**record["custom_attributes"], **{key: value for key, value in own.items() if key not in PER_VIEW}}
    customs |= {"path": record["path"], "children_count": str(_below(shop, record))}
    body = {key: own.get(key, record[key]) for key in _ORDER if key in record}
    body["children"] = below
    body["custom_attributes"] = [{"attribute_code": code, "value": value} for code, value in customs.items()]
    if not record["available_sort_by"]:
        del body["available_sort_by"]
    return body


_ORDER = (
    "id", "parent_id", "name", "is_active", "position", "level", "created_at", "updated_at", "path",
    "available_sort_by", "include_in_menu",
)  # fmt: skip


def _below(shop: Shop, record: dict) -> int:
    return sum(other["path"].startswith(f"{record['path']}/") for other in shop.all("category"))


@route("GET", "categories", TREE)
def tree(call: Call):
    """The tree below ``rootCategoryId``, ``depth`` levels of it."""
    shop, depth = call.shop, call.query.get("depth")
    start = category(shop, call.query.get("rootCategoryId") or (ROOT if call.store_id == 0 else DEFAULT))
    counts: dict[str, int] = {}
    for record in shop.all("product"):
        for link in record["extension_attributes"].get("category_links", ()):
            counts[link["category_id"]] = counts.get(link["category_id"], 0) + 1

    def branch(record: dict, levels: int | None) -> dict:
        below = [] if levels == 0 else children(shop, record["id"])
        name = record["store_values"].get(str(call.store_id), {}).get("name", record["name"])
        return {
            "id": record["id"], "parent_id": record["parent_id"], "name": name, "is_active": record["is_active"],
            "position": record["position"], "level": record["level"],
            "product_count": counts.get(str(record["id"]), 0),
            "children_data": [branch(child, None if levels is None else levels - 1) for child in below],
        }  # fmt: skip

    return branch(start, int(depth) if depth else None)


@route("GET", "categories/list", TREE)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])

    def read(record: dict, field: str):
        if field == "entity_id":
            return record["id"]
        value = record["custom_attributes"].get(field) if field not in record else record[field]
        return int(value) if isinstance(value, bool) else value

    return criteria.answer(
        call.shop.all("category"), asked, read, lambda record: shown(call.shop, record, call.store_id)
    )  # fmt: skip


@route("GET", "categories/{categoryId:int}", TREE)
def one(call: Call, number: int):
    return shown(call.shop, category(call.shop, number), call.store_id)


def make(shop: Shop, wanted: dict) -> dict:
    """A category ``{name, parent_id, is_active, position, ...}`` below its parent; raises ApiError."""
    if not wanted.get("name"):
        raise required("name")
    parent = category(shop, wanted.get("parent_id") or DEFAULT)
    number = shop.id("category", FIRST)
    record = _new(number, parent["id"], wanted["name"], f"{parent['path']}/{number}", shop.now())
    last = max((child["position"] for child in children(shop, parent["id"])), default=0)
    record |= {key: wanted[key] for key in (*PER_VIEW, "available_sort_by") if wanted.get(key) is not None}
    record["position"] = wanted.get("position") or last + 1
    record["custom_attributes"] = {"url_key": product.slug(wanted["name"]), **(wanted.get("custom_attributes") or {})}
    keys = {child["custom_attributes"].get("url_key") for child in children(shop, parent["id"])}
    if record["custom_attributes"]["url_key"] in keys:
        raise invalid("URL key for specified store already exists.")
    return shop.put("category", number, record)


@route("POST", "categories", TREE, category=CATEGORY)
def create(call: Call):
    wanted = call.body["category"]
    record = _change(call, wanted["id"], wanted) if wanted.get("id") else make(call.shop, wanted)
    return shown(call.shop, record, call.store_id)


@route("PUT", "categories/{id:int}", TREE, category=CATEGORY)
def change(call: Call, number: int):
    return shown(call.shop, _change(call, number, call.body["category"]), call.store_id)


def _change(call: Call, number: int, wanted: dict) -> dict:
    """What is sent for a store view holds for it alone; ``parent_id`` moves nothing, as in Magento."""
    shop, record = call.shop, category(call.shop, number)
    sent = {key: wanted[key] for key in PER_VIEW if wanted.get(key) is not None}
    customs = wanted.get("custom_attributes") or {}
    view = 0 if len(shop.stores) < 3 else call.store_id
    if view:
        views = dict(record["store_values"])
        views[str(view)] = {**views.get(str(view), {}), **sent, **customs}
        after = {**record, "store_values": views}
    else:
        after = {**record, **sent, "custom_attributes": {**record["custom_attributes"], **customs}}
    plain = {key: wanted[key] for key in ("position", "available_sort_by") if wanted.get(key) is not None}
    return shop.put("category", number, {**after, **plain, "updated_at": shop.now()})


@route("PUT", "categories/{categoryId:int}/move", TREE, parentId=int, afterId__=int)
def move(call: Call, number: int):
    shop, record, parent = call.shop, category(call.shop, number), category(call.shop, call.body["parentId"])
    if f"{parent['path']}/".startswith(f"{record['path']}/"):
        raise invalid("Operation do not allow to move a parent category to any of children category")
    after = call.body.get("afterId")
    siblings = [child for child in children(shop, parent["id"]) if child["id"] != number]
    places = [child["id"] for child in siblings]
    place = places.index(after) + 1 if after in places else len(siblings) if after is None else 0
    old, path = record["path"], f"{parent['path']}/{number}"
    for position, child in enumerate([*siblings[:place], record, *siblings[place:]], 1):
        moved = {"parent_id": parent["id"], "path": path} if child is record else {}
        shop.put("category", child["id"], {**child, **moved, "position": position, "updated_at": shop.now()})
    for other in [record, *(other for other in shop.all("category") if other["path"].startswith(f"{old}/"))]:
        known = shop.get("category", other["id"])
        whole = path + other["path"][len(old) :]
        shop.put("category", other["id"], {**known, "path": whole, "level": whole.count("/")})
    return True


@route("DELETE", "categories/{categoryId:int}", TREE)
def remove(call: Call, number: int):
    """The categories below go too; products stay."""
    shop, record = call.shop, category(call.shop, number)
    if record["level"] < 2:
        raise invalid("Cannot delete category with id %1", number)
    below = [other for other in shop.all("category") if f"{other['path']}/".startswith(f"{record['path']}/")]
    gone = {str(other["id"]) for other in below}
    for other in below:
        shop.delete("category", other["id"])
    for entry in shop.all("product"):
        extension = entry["extension_attributes"]
        left = [link for link in extension.get("category_links", ()) if link["category_id"] not in gone]
        if len(left) < len(extension.get("category_links", ())):
            after = {**entry, "extension_attributes": {**extension, "category_links": left}}
            shop.put("product", entry["id"], after)
    return True


# --- products in them --------------------------------------------------------------------------------------------
@route("GET", "categories/{categoryId:int}/products", CATALOG)
def products(call: Call, number: int):
    category(call.shop, number)
    return [
        {"sku": record["sku"], "position": link["position"], "category_id": str(number)}
        for record in call.shop.all("product")
        for link in record["extension_attributes"].get("category_links", ())
        if link["category_id"] == str(number)
    ]


def _assign(call: Call, number: int):
    wanted = call.body["productLink"]
    category(call.shop, number)
    record = product.by_sku(call.shop, wanted.get("sku") or "")
    link = {"position": wanted.get("position") or 0, "category_id": str(number)}
    kept = [e for e in record["extension_attributes"].get("category_links", ()) if e["category_id"] != str(number)]
    _links(call.shop, record, [*kept, link])
    return True


def _links(shop: Shop, record: dict, links: list[dict]):
    """The category is what is saved: the product's time stays."""
    extension = {**record["extension_attributes"], "category_links": links}
    shop.put("product", record["id"], {**record, "extension_attributes": extension})


@route("POST", "categories/{categoryId:int}/products", TREE, productLink=LINK)
def assign(call: Call, number: int):
    return _assign(call, number)


@route("PUT", "categories/{categoryId:int}/products", TREE, productLink=LINK)
def assign_again(call: Call, number: int):
    return _assign(call, number)


@route("DELETE", "categories/{categoryId:int}/products/{sku}", TREE)
def unassign(call: Call, number: int, sku: str):
    category(call.shop, number)
    record = product.by_sku(call.shop, sku)
    known = record["extension_attributes"].get("category_links", [])
    left = [link for link in known if link["category_id"] != str(number)]
    if len(left) == len(known):
        raise invalid("The category doesn't contain the specified product.")
    _links(call.shop, record, left)
    return True
