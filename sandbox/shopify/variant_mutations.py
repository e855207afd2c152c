"""Mutations of variants: many of one product at once; the media they show."""

from . import catalogue, catalogue_events, file_edit, graph_shop, stock, variant_edit
from .access import require
from .shop import parse_gid
from .user_errors import UserErrors, refuse, shown


def variants_create(_root, info, *, productId, variants, media=None, strategy="DEFAULT"):
    require(info, "write_products", "productVariantsBulkCreate")
    enum = "ProductVariantsBulkCreateUserErrorCode"
    try:
        product, made = _changed(info, productId, lambda product: _created(info, product, variants, media, strategy))
    except UserErrors as error:
        return _variants_refused(info, productId, error.errors, enum)
    return _variants_payload(info, product, made)


def _created(info, product: dict, inputs: list[dict], media, strategy: str) -> list[int]:
    """Add variants to a product that may be changed; their ids."""
    shop, kept = info.context.shop, list(product["variants"])
    standalone = len(kept) == 1 and kept[0]["options"] == [catalogue.DEFAULT_VALUE]
    if (standalone and strategy != "PRESERVE_STANDALONE_VARIANT") or (
        len(kept) == 1 and strategy == "REMOVE_STANDALONE_VARIANT"
    ):
        kept = []
    if len(kept) + len(inputs) > catalogue.MAX_VARIANTS:
        refuse(f"A product has at most {catalogue.MAX_VARIANTS} variants", "INVALID_INPUT", "variants")
    product["options"] = [dict(option) for option in product["options"]]
    sources, made = _added_media(info, product, media), []
    for position, wanted in enumerate(inputs):
        place = ("variants", position)
        if wanted.get("id"):
            refuse("Variant ids are given by the platform", "NO_KEY_ON_CREATE", *place, "id")
        given = wanted.get("optionValues") or [
            {"optionName": catalogue.DEFAULT_OPTION, "name": catalogue.DEFAULT_VALUE}
        ]
        values = variant_edit.chosen_values(shop, product["options"], given, place, extend=True)
        entry = variant_edit.new_variant(shop, product["id"], values, shop.clock.iso())
        entry = variant_edit.edited_variant(shop, entry, wanted, place, replace=False)
        levels = wanted.get("inventoryQuantities") or ()
        found = {
            (parse_gid(level["locationId"], "Location") or ("", 0))[1]: level["availableQuantity"] for level in levels
        }
        entry = variant_edit.opening_stock(shop, entry, found, place)
        made.append(_with_media(shop, product, entry, wanted, sources=sources, place=place))
    everything = [*kept, *made]
    variant_edit.check_distinct(everything, lambda i: ("variants", max(i - len(kept), 0)), "VARIANT_ALREADY_EXISTS")
    product["variants"] = variant_edit.numbered(everything)
    return [entry["id"] for entry in made]


def variants_update(_root, info, *, productId, variants, media=None, allowPartialUpdates=False):
    require(info, "write_products", "productVariantsBulkUpdate")
    enum, problems = "ProductVariantsBulkUpdateUserErrorCode", []
    try:
        product, changed = _changed(
            info,
            productId,
            lambda product: _updated(
                info, product, variants, media, problems=problems, partial=bool(allowPartialUpdates)
            ),
        )
    except UserErrors as error:
        return _variants_refused(info, productId, error.errors, enum)
    payload = _variants_payload(info, product, changed)
    return {**payload, "userErrors": shown(info, problems, enum, "INVALID_INPUT")}


def _updated(info, product: dict, inputs: list[dict], media, *, problems: list[dict], partial: bool) -> list[int]:
    """Change variants of a product that may be changed; ids of those that were. Adds to ``problems`` if ``partial``."""
    shop, known = info.context.shop, {entry["id"]: entry for entry in product["variants"]}
    product["options"] = [dict(option) for option in product["options"]]
    sources, changed = _added_media(info, product, media), {}
    for position, wanted in enumerate(inputs):
        try:
            entry = _updated_one(shop, product, known, wanted, sources=sources, place=("variants", position))
            changed[entry["id"]] = entry
        except UserErrors as error:
            problems += error.errors
    if problems and not partial:
        raise UserErrors(problems)
    product["variants"] = variant_edit.numbered([changed.get(number, entry) for number, entry in known.items()])
    variant_edit.check_distinct(product["variants"], lambda _index: ("variants",), "VARIANT_ALREADY_EXISTS")
    return list(changed)


def _updated_one(shop, product: dict, known: dict, wanted: dict, *, sources: dict, place: tuple) -> dict:
    if not wanted.get("id"):
        refuse("Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING", *place, "id")
    found = parse_gid(wanted["id"], "ProductVariant")
    entry = known.get(found[1]) if found else None
    if entry is None:
        refuse("Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST", *place, "id")
    if wanted.get("inventoryQuantities"):
        text = "Inventory quantities can only be provided during create. To update inventory for existing variants, "
        refuse(text + "use inventoryAdjustQuantities.", "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE", *place)
    if wanted.get("optionValues"):
        current = [
            {"optionId": f"gid://shopify/ProductOption/{option['id']}", "name": value}
            for option, value in zip(product["options"], entry["options"], strict=True)
        ]
        given = [*current, *wanted["optionValues"]]
        values = variant_edit.chosen_values(shop, product["options"], given, place, extend=True)
        entry = {**entry, "options": values}
    entry = variant_edit.edited_variant(shop, entry, wanted, place, replace=False)
    return _with_media(shop, product, entry, wanted, sources=sources, place=place)


def variants_delete(_root, info, *, productId, variantsIds):
    require(info, "write_products", "productVariantsBulkDelete")
    enum = "ProductVariantsBulkDeleteUserErrorCode"

    def work(product: dict) -> list[int]:
        numbers = {(parse_gid(text, "ProductVariant") or ("", 0))[1] for text in variantsIds}
        known = {entry["id"] for entry in product["variants"]}
        if numbers - known:
            text = "At least one variant does not belong to the product"
            refuse(text, "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT", "variantsIds")
        if numbers == known:
            refuse("Cannot delete the last variant of a product", "CANNOT_DELETE_LAST_VARIANT", "variantsIds")
        left = [entry for entry in product["variants"] if entry["id"] not in numbers]
        product["variants"] = variant_edit.numbered(left)
        return []

    try:
        product, _ = _changed(info, productId, work)
    except UserErrors as error:
        return _variants_refused(info, productId, error.errors, enum, "PRODUCT_DOES_NOT_EXIST")
    return {"product": graph_shop.product(info.context.shop, product), "userErrors": []}


def item_update(_root, info, *, id, input):
    """``inventoryItemUpdate``: cost, customs data, whether it is counted."""
    require(info, "write_inventory", "inventoryItemUpdate")
    shop, found = info.context.shop, parse_gid(id, "InventoryItem")
    variant = stock.variant_of(shop, found[1]) if found else None
    try:
        if variant is None:
            refuse("Inventory item does not exist", "NOT_FOUND", "id")
        product, _variant = shop.variants()[variant["id"]]
        with shop.store.transaction():
            before = shop.store.get(shop.domain, "product", product["id"])
            old = next(entry for entry in before["variants"] if entry["id"] == variant["id"])
            entry = variant_edit.edited_variant(shop, old, {"inventoryItem": input}, ("input",), replace=False)
            variants = [entry if other is old else other for other in before["variants"]]
            after = {**before, "variants": variants}
            after = catalogue_events.save_product(shop, info.context.deliveries, before, after)
    except UserErrors as error:
        errors = [
            {**entry, "field": [part for part in entry["field"] if part != "inventoryItem"]} for entry in error.errors
        ]
        return {"inventoryItem": None, "userErrors": shown(info, errors)}
    stored = next(entry for entry in after["variants"] if entry["id"] == old["id"])
    return {"inventoryItem": graph_shop.inventory_item(shop, stored), "userErrors": []}


def _changed(info, text: str, work) -> tuple[dict, list[int]]:
    """(product after, what ``work`` gives): ``work`` changes a copy, which is stored."""
    shop = info.context.shop
    with shop.store.transaction():
        before = catalogue.get_product(shop, text)
        if before is None:
            refuse("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "productId")
        after = dict(before)
        numbers = work(after)
        return catalogue_events.save_product(shop, info.context.deliveries, before, after), numbers


def _added_media(info, product: dict, media: list[dict] | None) -> dict[str, int]:
    """Add media to a product that may be changed; {source: file id}."""
    shop, context = info.context.shop, info.context
    files = [file_edit.new_file(shop, file_edit.of_media(entry), ("media", n)) for n, entry in enumerate(media or ())]
    file_edit.store(shop, context.deliveries, context.later, files)
    product["media"] = [*product["media"], *(file["id"] for file in files)]
    return {file["source"]: file["id"] for file in files}


def _with_media(shop, product: dict, entry: dict, wanted: dict, *, sources: dict, place: tuple) -> dict:
    """The variant with the medium that its input names: by id, or the source of one that is added."""
    if wanted.get("mediaId"):
        file = file_edit.get_file(shop, wanted["mediaId"])
        if file is None or file["id"] not in product["media"]:
            refuse("Media does not exist on the product", "INVALID_INPUT", *place, "mediaId")
        return {**entry, "media": [file["id"]]}
    if wanted.get("mediaSrc"):
        number = sources.get(wanted["mediaSrc"][0])
        if number is None:
            refuse("mediaSrc must be among the media given", "INVALID_INPUT", *place, "mediaSrc")
        return {**entry, "media": [number]}
    return {**entry, "media": []} if "mediaId" in wanted else entry


def _variants_payload(info, product: dict, numbers: list[int]) -> dict:
    shop, by_id = info.context.shop, {entry["id"]: entry for entry in product["variants"]}
    nodes = [graph_shop.variant(shop, product, by_id[number]) for number in numbers]
    return {"product": graph_shop.product(shop, product), "productVariants": nodes, "userErrors": []}


def _variants_refused(info, text: str, errors: list[dict], enum: str, fallback="INVALID_INPUT") -> dict:
    shop = info.context.shop
    found = catalogue.get_product(shop, text)
    return {
        "product": graph_shop.product(shop, found) if found else None, "productVariants": None,
        "userErrors": shown(info, errors, enum, fallback),
    }  # fmt: skip


def _variant_media(name: str, *, attach: bool):
    """A resolver that gives variants a medium of their product, or takes it away; a variant shows at most one."""

    def one(shop, product: dict, wanted: dict, place: tuple) -> int:
        found = parse_gid(wanted["variantId"], "ProductVariant")
        entry = next((v for v in product["variants"] if found and v["id"] == found[1]), None)
        if entry is None:
            text = "Variant does not exist on the product"
            refuse(text, "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT", *place, "variantId")
        files = [file_edit.get_file(shop, text) for text in wanted["mediaIds"]]
        if not all(file and file["id"] in product["media"] for file in files):
            refuse("Media does not exist on the product", "MEDIA_DOES_NOT_EXIST_ON_PRODUCT", *place, "mediaIds")
        numbers = [file["id"] for file in files]
        if attach and (entry["media"] or len(numbers) != 1):
            refuse("A variant shows one medium", "PRODUCT_VARIANT_ALREADY_HAS_MEDIA", *place, "variantId")
        if not attach and set(numbers) - set(entry["media"]):
            refuse("The medium is not the variant's", "MEDIA_IS_NOT_ATTACHED_TO_VARIANT", *place, "mediaIds")
        left = numbers if attach else [number for number in entry["media"] if number not in numbers]
        changed = {**entry, "media": left}
        product["variants"] = [changed if v["id"] == entry["id"] else v for v in product["variants"]]
        return entry["id"]

    def resolve(_root, info, *, productId, variantMedia):
        require(info, "write_products", name)
        shop = info.context.shop

        def work(product: dict) -> list[int]:
            places = (("variantMedia", number) for number in range(len(variantMedia)))
            return [one(shop, product, wanted, place) for wanted, place in zip(variantMedia, places, strict=True)]

        try:
            product, numbers = _changed(info, productId, work)
        except UserErrors as error:
            return _variants_refused(info, productId, error.errors, "MediaUserErrorCode", "INVALID")
        return _variants_payload(info, product, numbers)

    return resolve


MUTATION = {
    "inventoryItemUpdate": item_update,
    "productVariantsBulkCreate": variants_create,
    "productVariantsBulkUpdate": variants_update,
    "productVariantsBulkDelete": variants_delete,
    "productVariantAppendMedia": _variant_media("productVariantAppendMedia", attach=True),
    "productVariantDetachMedia": _variant_media("productVariantDetachMedia", attach=False),
}
