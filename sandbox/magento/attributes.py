"""Attributes of products: what there is, in which set, with which options, and whose values differ by store view.

A document ``attribute`` (key: its code) has the API's properties, and ``choices``: ``{id, labels: {store id: text},
sort_order}``. A document ``attribute_set`` (key: its id): ``attribute_set_name, sort_order, attributes: [codes]``.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog/ (ProductAttributeInterface)
"""

from .errors import missing
from .shop import Shop

GLOBAL, WEBSITE, STORE = "global", "website", "store"
ENTITY_TYPE, DEFAULT_SET, DEFAULT_GROUP = 4, 4, 7
#: The first id of what a merchant adds.
USER_ATTRIBUTES, USER_OPTIONS, USER_SETS = 150, 20, 9
#: (id, code, label, input, type in the database, scope, required): those that a new shop has.
SYSTEM = (
    (73, "name", "Product Name", "text", "varchar", STORE, True),
    (74, "sku", "SKU", "text", "static", GLOBAL, True),
    (75, "description", "Description", "textarea", "text", STORE, False),
    (76, "short_description", "Short Description", "textarea", "text", STORE, False),
    (77, "price", "Price", "price", "decimal", WEBSITE, True),
    (78, "special_price", "Special Price", "price", "decimal", WEBSITE, False),
    (79, "special_from_date", "Special Price From Date", "date", "datetime", WEBSITE, False),
    (80, "special_to_date", "Special Price To Date", "date", "datetime", WEBSITE, False),
    (81, "cost", "Cost", "price", "decimal", WEBSITE, False),
    (82, "weight", "Weight", "weight", "decimal", GLOBAL, False),
    (83, "manufacturer", "Manufacturer", "select", "int", GLOBAL, False),
    (84, "meta_title", "Meta Title", "text", "varchar", STORE, False),
    (85, "meta_keyword", "Meta Keywords", "textarea", "text", STORE, False),
    (86, "meta_description", "Meta Description", "textarea", "varchar", STORE, False),
    (87, "image", "Base", "media_image", "varchar", STORE, False),
    (88, "small_image", "Small", "media_image", "varchar", STORE, False),
    (89, "thumbnail", "Thumbnail", "media_image", "varchar", STORE, False),
    (93, "color", "Color", "select", "int", GLOBAL, False),
    (94, "news_from_date", "Set Product as New from Date", "date", "datetime", WEBSITE, False),
    (95, "news_to_date", "Set Product as New to Date", "date", "datetime", WEBSITE, False),
    (97, "status", "Enable Product", "select", "int", WEBSITE, False),
    (99, "visibility", "Visibility", "select", "int", STORE, False),
    (104, "category_ids", "Categories", "text", "static", GLOBAL, False),
    (106, "options_container", "Display Product Options In", "select", "varchar", STORE, False),
    (107, "required_options", "Required Options", "text", "static", GLOBAL, False),
    (108, "has_options", "Has Options", "text", "static", GLOBAL, False),
    (113, "created_at", "Created At", "date", "static", GLOBAL, False),
    (114, "updated_at", "Updated At", "date", "static", GLOBAL, False),
    (115, "country_of_manufacture", "Country of Manufacture", "select", "varchar", WEBSITE, False),
    (119, "url_key", "URL Key", "text", "varchar", STORE, False),
    (122, "gift_message_available", "Allow Gift Message", "select", "varchar", STORE, False),
    (123, "price_type", "Dynamic Price", "boolean", "int", GLOBAL, False),
    (124, "sku_type", "Dynamic SKU", "boolean", "int", GLOBAL, False),
    (125, "weight_type", "Dynamic Weight", "boolean", "int", GLOBAL, False),
    (126, "price_view", "Price View", "select", "int", GLOBAL, False),
    (127, "shipment_type", "Ship Bundle Items", "select", "int", GLOBAL, False),
    (128, "links_purchased_separately", "Links can be purchased separately", "text", "int", GLOBAL, False),
    (129, "samples_title", "Samples title", "text", "varchar", STORE, False),
    (130, "links_title", "Links title", "text", "varchar", STORE, False),
    (131, "links_exist", "Links exist", "text", "int", GLOBAL, False),
    (132, "swatch_image", "Swatch", "media_image", "varchar", STORE, False),
    (133, "tax_class_id", "Tax Class", "select", "int", WEBSITE, False),
)
#: Not in forms, and not said among custom attributes.
COLUMNS = frozenset(
    ("name", "sku", "price", "weight", "status", "visibility", "created_at", "updated_at", "attribute_set_id")
)
#: Those whose choices are fixed.
FIXED = {
    "status": (("1", "Enabled"), ("2", "Disabled")),
    "visibility": (
        ("1", "Not Visible Individually"),
        ("2", "Catalog"),
        ("3", "Search"),
        ("4", "Catalog, Search"),
    ),
    "options_container": (("container1", "Product Info Column"), ("container2", "Block after Info Column")),
    "gift_message_available": (("1", "Yes"), ("0", "No"), ("2", "Use config")),
    "price_view": (("0", "Price Range"), ("1", "As Low as")),
    "shipment_type": (("0", "Together"), ("1", "Separately")),
    "tax_class_id": (("0", "None"), ("2", "Taxable Goods"), ("4", "Reduced Goods")),
    "country_of_manufacture": (("CN", "China"), ("DE", "Germany"), ("IT", "Italy"), ("PT", "Portugal")),
}
#: Inputs whose value is one of the choices, or several of them.
CHOICES = ("select", "multiselect")
#: What the merchant of every new shop of the sandbox has added: code, label, input, scope, choices.
ADDED = (
    ("size", "Size", "select", GLOBAL, ("S", "M", "L", "XL")),
    ("material", "Material", "select", GLOBAL, ("Wool", "Cotton", "Linen")),
    ("barcode", "Barcode", "text", GLOBAL, ()),
    ("care", "Care", "multiselect", STORE, ("Hand wash", "Dry clean", "Do not bleach")),
)
COLOURS = ("Black", "Green", "Red", "Blue")
BACKENDS = {
    "text": "varchar", "textarea": "text", "texteditor": "text", "pagebuilder": "text", "date": "datetime",
    "datetime": "datetime", "boolean": "int", "multiselect": "text", "select": "int", "price": "decimal",
    "media_image": "varchar", "weee": "static", "swatch_visual": "int", "swatch_text": "int",
}  # fmt: skip


def prepare(shop: Shop):
    """The attributes, with their set, of a new shop."""
    for number, code, label, kind, backend, scope, needed in SYSTEM:
        add(
            shop, attribute_id=number, attribute_code=code, default_frontend_label=label, frontend_input=kind,
            backend_type=backend, scope=scope, is_required=needed,
            is_user_defined=code in ("color", "manufacturer", "cost"),
        )  # fmt: skip
    for code, label, kind, scope, labels in ADDED:
        add(shop, attribute_code=code, default_frontend_label=label, frontend_input=kind, scope=scope)
        for text in labels:
            add_choice(shop, attribute(shop, code), {"label": text})
    for text in COLOURS:
        add_choice(shop, attribute(shop, "color"), {"label": text})
    codes = [*(entry[1] for entry in SYSTEM), *(entry[0] for entry in ADDED)]
    new_set(shop, "Default", codes, number=DEFAULT_SET)


def attribute(shop: Shop, code: str) -> dict:
    """An attribute by its code, or its id; raises ApiError."""
    found = shop.get("attribute", code)
    if found is None and str(code).isdigit():
        found = next(iter(shop.find("attribute", "id", int(code))), None)
    if found is None:
        text = 'The attribute with a "%1" attributeCode doesn\'t exist. Verify the attribute and try again.'
        raise missing(text, code)
    return found


def add(shop: Shop, **wanted) -> dict:
    """A new attribute, with the properties that were not given as Magento sets them."""
    kind = wanted.get("frontend_input") or "text"
    record = {
        "is_wysiwyg_enabled": False, "is_html_allowed_on_front": kind != "price", "used_for_sort_by": False,
        "is_filterable": False, "is_filterable_in_search": False, "is_used_in_grid": True, "is_visible_in_grid": False,
        "is_filterable_in_grid": False, "position": 0, "apply_to": [], "is_searchable": "0",
        "is_visible_in_advanced_search": "0", "is_comparable": "0", "is_used_for_promo_rules": "0",
        "is_visible_on_front": "0", "used_in_product_listing": "0", "is_visible": True, "scope": STORE,
        "entity_type_id": str(ENTITY_TYPE), "is_required": False, "is_user_defined": True, "frontend_labels": [],
        "default_value": "", "is_unique": "0", "validation_rules": [], "choices": [], **wanted,
    }  # fmt: skip
    record["frontend_input"] = kind
    record.setdefault("backend_type", BACKENDS.get(kind, "varchar"))
    if not record.get("attribute_id"):
        record["attribute_id"] = shop.id("attribute", USER_ATTRIBUTES)
    return shop.put("attribute", record["attribute_code"], record)


def add_choice(shop: Shop, record: dict, wanted: dict) -> str:
    """Add an option ``{label, sort_order, is_default, store_labels: [{store_id, label}]}``; its id."""
    number = str(shop.id("option", USER_OPTIONS))
    choice = {"id": number, "labels": _labels(wanted), "sort_order": wanted.get("sort_order") or len(record["choices"])}
    changes = {"choices": [*record["choices"], choice]}
    if wanted.get("is_default"):
        changes["default_value"] = number
    shop.put("attribute", record["attribute_code"], {**record, **changes})
    return number


def _labels(wanted: dict) -> dict:
    own = views(wanted.get("store_labels"))
    default = own.pop(0, "")
    return {"0": wanted.get("label") or default, **{str(number): text for number, text in own.items()}}


def views(labels: list[dict] | None) -> dict[int, str]:
    """Labels by the number of their store view, of what was sent of them."""
    return {entry["store_id"]: entry.get("label") or "" for entry in labels or () if entry.get("store_id") is not None}


def relabel(choice: dict, wanted: dict) -> dict:
    """The choice with other labels or another place."""
    after = {**choice, "labels": {**choice["labels"], **_labels({"label": choice["labels"]["0"], **wanted})}}
    return {**after, "sort_order": wanted["sort_order"]} if wanted.get("sort_order") is not None else after


def options(record: dict, store_id: int = 0) -> list[dict]:
    """``[{label, value}]`` in the words of a store view; the first one is none."""
    if record["frontend_input"] == "boolean":
        return [{"label": "Yes", "value": "1"}, {"label": "No", "value": "0"}]
    if record["attribute_code"] in FIXED:
        return [{"label": label, "value": value} for value, label in FIXED[record["attribute_code"]]]
    if record["frontend_input"] not in (*CHOICES, "swatch_visual", "swatch_text"):
        return []
    chosen = sorted(record["choices"], key=lambda entry: (entry["sort_order"], int(entry["id"])))
    listed = [{"label": _label(entry, store_id), "value": entry["id"]} for entry in chosen]
    return [{"label": " ", "value": ""}, *listed]


def _label(choice: dict, store_id: int) -> str:
    return choice["labels"].get(str(store_id)) or choice["labels"]["0"]


def new_set(shop: Shop, name: str, codes: list[str], *, sort_order: int = 0, number: int | None = None) -> dict:
    number = number or shop.id("attribute_set", USER_SETS)
    group = DEFAULT_GROUP if number == DEFAULT_SET else shop.id("attribute_group", 20)
    record = {
        "attribute_set_id": number, "attribute_set_name": name, "sort_order": sort_order, "entity_type_id": ENTITY_TYPE,
        "attributes": list(dict.fromkeys(codes)), "groups": [{"id": str(group), "name": "Product Details"}],
    }  # fmt: skip
    return shop.put("attribute_set", number, record)


def set_of(shop: Shop, number: int) -> dict:
    found = shop.get("attribute_set", number)
    if found is None:
        raise missing("No such entity with %fieldName = %fieldValue", fieldName="id", fieldValue=number)
    return found


def is_global(shop: Shop, code: str) -> bool:
    """Whether an attribute has one value for all stores."""
    record = shop.get("attribute", code)
    if record is None:
        return True
    if record["backend_type"] == "decimal" and record["frontend_input"] == "price":
        return shop.config["price_scope"] == GLOBAL
    return record["scope"] == GLOBAL
