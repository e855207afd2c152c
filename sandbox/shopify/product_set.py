"""``productSet``: a product as a whole, created or brought to the state given.

Lists that are given (variants, options, metafields, files, collections) replace what was there; what is left out stays.
Large ones are done later: the answer names an operation that tells how it went.
"""

from . import catalogue, catalogue_events, file_edit, graph_shop, metafields, variant_edit
from .access import require
from .shop import Shop, gid, parse_gid
from .user_errors import UserErrors, refuse, shown

#: https://shopify.dev/docs/apps/build/graphql/migrate/new-product-model/api-updates: "2K variants when run
#: asynchronously and only 100 variants when run synchronously".
MAX_SYNCHRONOUS, MAX_QUANTITIES = 100, 50_000
ERRORS = "ProductSetUserErrorCode"
DELAY = 0.2
#: Input's name -> ours, for what is replaced only when given.
PLAIN = {
    "descriptionHtml": "description_html", "productType": "product_type", "status": "status", "vendor": "vendor",
    "templateSuffix": "template_suffix", "category": "category",
}  # fmt: skip


def product_set(_root, info, *, input, identifier=None, synchronous=True):
    require(info, "write_products", "productSet")
    context, shop = info.context, info.context.shop
    if identifier and identifier.get("customId"):
        catalogue.custom_id(shop, "PRODUCT", identifier["customId"])
    synchronous = synchronous is not False
    try:
        _check_size(input, synchronous)
        if synchronous:
            product = apply(shop, context.deliveries, context.later, identifier or {}, input)
            return {"product": graph_shop.product(shop, product), "productSetOperation": None, "userErrors": []}
    except UserErrors as error:
        return {
            "product": None,
            "productSetOperation": None,
            "userErrors": shown(info, error.errors, ERRORS, "INVALID_INPUT"),
        }
    entry = {
        "id": shop.id("ProductSetOperation"), "status": "CREATED", "product": None, "errors": [],
        "identifier": identifier or {}, "input": input,
    }  # fmt: skip
    shop.store.put(shop.domain, "product_operation", entry["id"], entry)
    run_later(shop, context.deliveries, context.later, entry["id"])
    return {"product": None, "productSetOperation": operation_node(info, entry), "userErrors": []}


def _check_size(wanted: dict, synchronous: bool):
    variants = wanted.get("variants") or ()
    limit = MAX_SYNCHRONOUS if synchronous else catalogue.MAX_VARIANTS
    if len(variants) > limit:
        way = " when run synchronously" if synchronous and len(variants) <= catalogue.MAX_VARIANTS else ""
        refuse(f"The number of variants exceeds the limit of {limit}{way}", "VARIANTS_OVER_LIMIT", "input", "variants")
    if sum(len(variant.get("inventoryQuantities") or ()) for variant in variants) > MAX_QUANTITIES:
        refuse("Too many inventory quantities", "INVENTORY_QUANTITIES_LIMIT_EXCEEDED", "input", "variants")


# --- operations ----------------------------------------------------------------------------------------------------
def run_later(shop: Shop, deliveries, later, number: int):
    """Carry out a stored operation in a moment: first it is ACTIVE, then COMPLETE."""

    def put(**changes):
        entry = shop.store.get(shop.domain, "product_operation", number)
        shop.store.put(shop.domain, "product_operation", number, {**entry, **changes})

    def work():
        entry = shop.store.get(shop.domain, "product_operation", number)
        if entry is None:
            return
        try:
            product = apply(shop, deliveries, later, entry["identifier"], entry["input"])
            put(status="COMPLETE", product=product["id"], input=None)
        except UserErrors as error:
            put(status="COMPLETE", errors=error.errors, input=None)

    def begin():
        if shop.store.get(shop.domain, "product_operation", number):
            put(status="ACTIVE")
            later.do(DELAY, work)

    later.do(DELAY, begin)


def resume(shop: Shop, deliveries, later):
    """Ask again for what was not done when the sandbox stopped."""
    for entry in shop.store.all(shop.domain, "product_operation"):
        if entry["status"] != "COMPLETE":
            run_later(shop, deliveries, later, entry["id"])


def operation_node(info, entry: dict) -> dict:
    shop = info.context.shop
    product = shop.store.get(shop.domain, "product", entry["product"]) if entry["product"] else None
    return {
        "__typename": "ProductSetOperation", "id": gid("ProductSetOperation", entry["id"]), "status": entry["status"],
        "product": graph_shop.product(shop, product) if product else None,
        "userErrors": shown(info, entry["errors"], ERRORS, "INVALID_INPUT"),
    }  # fmt: skip


def product_operation(_root, info, *, id):
    require(info, "read_products", "productOperation")
    shop, found = info.context.shop, parse_gid(id, "ProductSetOperation")
    entry = shop.store.get(shop.domain, "product_operation", found[1]) if found else None
    return operation_node(info, entry) if entry else None


# --- the product ---------------------------------------------------------------------------------------------------
def apply(shop: Shop, deliveries, later, identifier: dict, wanted: dict) -> dict:
    """Create or change the product; the stored one. Raises UserErrors."""
    with shop.store.transaction():
        before = find(shop, identifier, wanted)
        product = dict(before) if before else fresh(shop, wanted)
        set_plain(shop, product, wanted, ("input",))
        if wanted.get("metafields") is not None:
            path = ("input", "metafields")
            product["metafields"] = metafields.edited(
                shop, "Product", product, wanted["metafields"], path, replace=True
            )
        _keep_custom_id(shop, product, identifier)
        named, changed = {}, []
        if wanted.get("files") is not None:
            product["media"], changed, named = file_edit.product_files(shop, wanted["files"], ("input", "files"))
        _set_variants(shop, product, before, wanted, named)
        file_edit.store(shop, deliveries, later, changed)
        saved = catalogue_events.save_product(shop, deliveries, before, product)
        if saved is before:
            for file in changed:
                catalogue_events.media_changed(shop, deliveries, file)
        if wanted.get("collections") is not None:
            join(shop, deliveries, saved, set_to=wanted["collections"], path=("input", "collections"))
        return shop.store.get(shop.domain, "product", saved["id"])


def find(shop: Shop, identifier: dict, wanted: dict) -> dict | None:
    """The product to change, None to create one. Raises UserErrors and, for an unusable identifier, GraphQLError."""
    given = {key: value for key, value in identifier.items() if value is not None}
    if given and wanted.get("id"):
        refuse("The id field is not allowed if identifier is provided.", "ID_NOT_ALLOWED", "input", "id")
    if wanted.get("id"):
        given = {"id": wanted["id"]}
    if not given:
        return None
    before = catalogue.by_identifier(shop, "product", "Product", given)
    if "id" in given and before is None:
        refuse("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "input")
    if "handle" in given:
        if not wanted.get("handle"):
            refuse(
                "The input field corresponding to the identifier is required.",
                "MISSING_FIELD_REQUIRED",
                "input",
                "handle",
            )
        if wanted["handle"] != given["handle"]:
            refuse("The identifier value does not match the value of the corresponding field in the input.",
                   "INPUT_MISMATCH", "input", "handle")  # fmt: skip
    if "customId" in given and wanted.get("metafields") is not None:
        namespace, key = catalogue.custom_id(shop, "PRODUCT", given["customId"])
        named = {
            (catalogue.namespace_of(shop, m.get("namespace")), m.get("key"), m.get("value"))
            for m in wanted["metafields"]
        }
        if (namespace, key, given["customId"]["value"]) not in named:
            refuse("The input argument `metafields` (if present) must contain the `customId` value.",
                   "METAFIELD_MISMATCH", "input", "metafields")  # fmt: skip
    return before


def fresh(shop: Shop, wanted: dict) -> dict:
    """A product that holds nothing yet but its id and title."""
    now, title = shop.clock.iso(), (wanted.get("title") or "").strip()
    if not title:
        refuse("Title can't be blank", "INVALID_PRODUCT", "input", "title")
    return catalogue.whole_product({
        "id": shop.id("Product"), "title": title, "handle": "", "status": "ACTIVE", "vendor": shop.config["name"],
        "product_type": "", "tags": [], "created_at": now, "updated_at": now, "options": [], "variants": [],
    })  # fmt: skip


def set_plain(shop: Shop, product: dict, wanted: dict, path: tuple):
    """Put an input's plain fields into a product that may be changed."""
    for theirs, ours in PLAIN.items():
        if wanted.get(theirs) is not None or (theirs in wanted and ours in ("template_suffix", "category")):
            product[ours] = wanted[theirs]
    if "title" in wanted:
        product["title"] = (wanted["title"] or "").strip()
        if not product["title"] or len(product["title"]) > 255:
            refuse("Title can't be blank or longer than 255 characters", "INVALID_PRODUCT", *path, "title")
    if wanted.get("tags") is not None:
        product["tags"] = clean_tags(wanted["tags"])
    if wanted.get("seo") is not None:
        product["seo"] = {**product["seo"], **{key: value or None for key, value in wanted["seo"].items()}}
    handle = catalogue.handle_of(wanted["handle"]) if wanted.get("handle") else None
    if handle and handle != product["handle"]:
        if catalogue.free_handle(shop, "product", handle, product["id"]) != handle:
            refuse(
                f"Handle '{handle}' already in use. Please provide a new handle.", "HANDLE_NOT_UNIQUE", *path, "handle"
            )
        product["handle"] = handle
    if not product["handle"]:
        product["handle"] = catalogue.free_handle(shop, "product", catalogue.handle_of(product["title"]))


def clean_tags(tags: list[str]) -> list[str]:
    """Tags without doubles (case aside), sorted, as the platform keeps them. Commas separate."""
    split = [tag.strip() for text in tags for tag in text.split(",") if tag.strip()]
    return sorted({tag.lower(): tag for tag in reversed(split)}.values())


def _keep_custom_id(shop: Shop, product: dict, identifier: dict):
    """A product that was found or is made by a custom id has it."""
    if not identifier.get("customId"):
        return
    namespace, key = catalogue.custom_id(shop, "PRODUCT", identifier["customId"])
    if catalogue.find_metafield(product, namespace, key) is None:
        wanted = {"namespace": namespace, "key": key, "type": "id", "value": identifier["customId"]["value"]}
        product["metafields"] = [*product["metafields"], catalogue.metafield(shop, wanted, shop.clock.iso())]


def _set_variants(shop: Shop, product: dict, before: dict | None, wanted: dict, named: dict):
    """Options and variants of an input; both or none of them are given."""
    inputs, options = wanted.get("variants"), wanted.get("productOptions")
    now = max(shop.clock.iso(), product["updated_at"])
    if inputs is None and options is None:
        if before is None:
            product["options"] = variant_edit.default_options(shop)
            entry = variant_edit.new_variant(shop, product["id"], [catalogue.DEFAULT_VALUE], now)
            product["variants"] = variant_edit.numbered([entry])
        elif named or wanted.get("files") is not None:
            product["variants"] = file_edit.without_media(product)["variants"]
        return
    if inputs is None:
        refuse("Must specify variants when updating options", "VARIANTS_INPUT_MISSING", "input", "variants")
    if options is None:
        refuse(
            "Must specify product options when updating variants",
            "PRODUCT_OPTIONS_INPUT_MISSING",
            "input",
            "productOptions",
        )
    if not inputs:
        refuse("A product must have at least one variant", "INVALID_INPUT", "input", "variants")
    product["options"] = variant_edit.set_options(shop, before, options, ("input", "productOptions"))
    renamed = _renamed(before, product)
    known = {
        entry["id"]: {**entry, "options": [renamed.get(v, v) for v in entry["options"]]}
        for entry in product["variants"]
    }
    by_values = {tuple(entry["options"]): entry for entry in known.values()}
    made = []
    for position, given in enumerate(inputs):
        place = ("input", "variants", position)
        values = variant_edit.chosen_values(shop, product["options"], given["optionValues"], place, extend=False)
        number = parse_gid(given["id"], "ProductVariant") if given.get("id") else None
        old = known.get(number[1]) if number else by_values.get(tuple(values))
        if given.get("id") and old is None:
            refuse("Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST", *place, "id")
        entry = {**(old or variant_edit.new_variant(shop, product["id"], values, now)), "options": values}
        entry = variant_edit.edited_variant(shop, entry, given, place, replace=True)
        entry = _quantities(shop, entry, given, old, place)
        made.append(_with_file(product, entry, given, named, place))
    variant_edit.check_distinct(made, lambda index: ("input", "variants", index), "INVALID_VARIANT")
    if any(entry.get("position") is not None for entry in inputs):
        order = sorted(range(len(made)), key=lambda index: inputs[index].get("position") or 0)
        made = [made[index] for index in order]
    product["variants"] = variant_edit.numbered(made)
    product["variants"] = file_edit.without_media(product)["variants"]


def _renamed(before: dict | None, product: dict) -> dict[str, str]:
    """{old name: new name} of option values that keep their id."""
    old = {
        value["id"]: value["name"] for option in (before or {"options": ()})["options"] for value in option["values"]
    }
    new = {value["id"]: value["name"] for option in product["options"] for value in option["values"]}
    return {old[number]: name for number, name in new.items() if number in old and old[number] != name}


def _quantities(shop: Shop, entry: dict, given: dict, old: dict | None, place: tuple) -> dict:
    quantities: dict[int, int] = {}
    for wanted in given.get("inventoryQuantities") or ():
        location = parse_gid(wanted["locationId"], "Location")
        if wanted["name"] not in ("available", "on_hand"):
            refuse("The quantity's name must be available or on_hand", "INVALID_INPUT", *place, "inventoryQuantities")
        quantities[location[1] if location else 0] = wanted["quantity"]
    if old and quantities:
        refuse("Use inventorySetQuantities for variants that exist: the sandbox sets quantities of new ones only",
               "INVALID_INPUT", *place, "inventoryQuantities")  # fmt: skip
    return variant_edit.opening_stock(shop, entry, quantities, place)


def _with_file(product: dict, entry: dict, given: dict, named: dict, place: tuple) -> dict:
    if "file" not in given:
        return entry
    wanted = given["file"]
    if wanted is None:
        return {**entry, "media": []}
    key = wanted.get("id") or wanted.get("originalSource") or ""
    number = named.get(key)
    if number is None:
        found = parse_gid(key, "MediaImage")
        number = found[1] if found and found[1] in product["media"] else None
    if number is None:
        refuse(
            "The variant's file must also be specified in the files of the product", "INVALID_VARIANT", *place, "file"
        )
    return {**entry, "media": [number]}


def join(shop: Shop, deliveries, product: dict, *, path: tuple, set_to=None, add=(), remove=()):
    """Put a product into collections and take it out of others; only those of chosen products. Raises UserErrors."""
    for position, text in enumerate(set_to if set_to is not None else (*add, *remove)):
        entry = catalogue.get(shop, "collection", "Collection", text)
        if entry is None or entry["rules"]:
            why = "Collection does not exist" if entry is None else "Can't add products to a smart collection"
            refuse(why, "INVALID_INPUT", *path, position)
    for entry in shop.store.all(shop.domain, "collection"):
        if entry["rules"]:
            continue
        text, there = gid("Collection", entry["id"]), product["id"] in entry["products"]
        wanted = text in set_to if set_to is not None else (there or text in add) and text not in remove
        if wanted and not there:
            catalogue_events.save_collection(
                shop, deliveries, entry, {**entry, "products": [*entry["products"], product["id"]]}
            )
        elif there and not wanted:
            left = [number for number in entry["products"] if number != product["id"]]
            catalogue_events.save_collection(shop, deliveries, entry, {**entry, "products": left})


QUERY = {"productOperation": product_operation}
MUTATION = {"productSet": product_set}
