"""What inputs of mutations make of a product's options and variants. Raises UserErrors; stores nothing."""

from decimal import Decimal, InvalidOperation

from . import catalogue, metafields
from .shop import Shop, gid, parse_gid
from .user_errors import UserErrors, problem, refuse

_ITEM = {"cost": "cost", "countryCodeOfOrigin": "origin", "harmonizedSystemCode": "hs_code",
         "provinceCodeOfOrigin": "province", "requiresShipping": "requires_shipping", "tracked": "tracked"}  # fmt: skip
_PLAIN = {"barcode": "barcode", "inventoryPolicy": "policy", "taxable": "taxable", "sku": "sku"}
MAX_SKU = MAX_NAME = 255


# --- options -------------------------------------------------------------------------------------------------------
def set_options(shop: Shop, product: dict | None, inputs: list[dict], path: tuple) -> list[dict]:
    """The options that a list of ``OptionSetInput`` makes; known ones, by id or name, keep their ids."""
    known = product["options"] if product else []
    if len(inputs) > catalogue.MAX_OPTIONS:
        refuse(f"Can only specify a maximum of {catalogue.MAX_OPTIONS} options", "OPTIONS_OVER_LIMIT", *path)
    if any(entry.get("position") is not None for entry in inputs):
        inputs = sorted(inputs, key=lambda entry: entry.get("position") or 0)
    options, names = [], set()
    for position, wanted in enumerate(inputs):
        place = (*path, position)
        old = _known(known, wanted, "ProductOption")
        if old is None and wanted.get("id"):
            refuse("Option does not exist", "OPTION_DOES_NOT_EXIST", *place, "id")
        name = (wanted.get("name") or (old["name"] if old else "")).strip()
        if not name or len(name) > MAX_NAME:
            refuse("Option name is blank or too long", "INVALID_INPUT", *place, "name")
        if name.lower() in names:
            refuse(f"Option '{name}' already exists", "DUPLICATED_OPTION_NAME", *place, "name")
        names.add(name.lower())
        number = old["id"] if old else shop.id("ProductOption")
        values = _set_values(shop, old, wanted.get("values"), place)
        options.append({"translations": [], **(old or {}), "id": number, "name": name, "values": values})
    return options


def _set_values(shop: Shop, option: dict | None, inputs: list[dict] | None, place: tuple) -> list[dict]:
    known = option["values"] if option else []
    if inputs is None and known:
        return known
    if not inputs:
        refuse("Each option must have at least one option value specified", "OPTION_VALUES_MISSING", *place, "values")
    values, names = [], set()
    for position, wanted in enumerate(inputs):
        old = _known(known, wanted, "ProductOptionValue")
        if old is None and wanted.get("id"):
            refuse("Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST", *place, "values", position, "id")
        name = (wanted.get("name") or (old["name"] if old else "")).strip()
        if not name or len(name) > MAX_NAME:
            refuse("Option value name is blank or too long", "INVALID_INPUT", *place, "values", position, "name")
        if name in names:
            refuse(f"Option value '{name}' already exists", "DUPLICATED_OPTION_VALUE", *place, "values", position)
        names.add(name)
        values.append({**(old or {"id": shop.id("ProductOptionValue")}), "name": name})
    return values


def _known(records: list[dict], wanted: dict, type_name: str) -> dict | None:
    """The option or value that an input means, by id, else by name."""
    if wanted.get("id"):
        number = parse_gid(wanted["id"], type_name)
        return next((entry for entry in records if number and entry["id"] == number[1]), None)
    return next((entry for entry in records if entry["name"] == wanted.get("name")), None)


def default_options(shop: Shop) -> list[dict]:
    value = {"id": shop.id("ProductOptionValue"), "name": catalogue.DEFAULT_VALUE}
    return [{"id": shop.id("ProductOption"), "name": catalogue.DEFAULT_OPTION, "values": [value], "translations": []}]


def chosen_values(shop: Shop, options: list[dict], inputs: list[dict], place: tuple, *, extend: bool) -> list[str]:
    """Names of one value per option for a list of ``VariantOptionValueInput``; ``extend`` adds unknown values."""
    chosen: dict[int, str] = {}
    for position, wanted in enumerate(inputs):
        where = (*place, "optionValues", position)
        option = _known(options, {"id": wanted.get("optionId"), "name": wanted.get("optionName")}, "ProductOption")
        if option is None and wanted.get("id"):
            number = parse_gid(wanted["id"], "ProductOptionValue")
            option = next((o for o in options for v in o["values"] if number and v["id"] == number[1]), None)
        if option is None:
            refuse("Option does not exist", "OPTION_DOES_NOT_EXIST", *where)
        value = _known(option["values"], {"id": wanted.get("id"), "name": wanted.get("name")}, "ProductOptionValue")
        if value is None and extend and wanted.get("name"):
            value = {"id": shop.id("ProductOptionValue"), "name": wanted["name"].strip()}
            option["values"] = [*option["values"], value]
        if value is None:
            refuse("Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST", *where)
        chosen[option["id"]] = value["name"]
    if len(chosen) != len(options):
        names = ", ".join(option["name"] for option in options if option["id"] not in chosen)
        refuse(f"You need to add option values for {names}", "NEED_TO_ADD_OPTION_VALUES", *place, "optionValues")
    return [chosen[option["id"]] for option in options]


# --- variants ------------------------------------------------------------------------------------------------------
def new_variant(shop: Shop, product_id: int, values: list[str], now: str) -> dict:
    """A variant as the API makes it when nothing else is said: no price, not tracked."""
    number = shop.id("ProductVariant")
    return catalogue.whole_variant({
        "id": number, "product_id": product_id, "inventory_item_id": shop.id("InventoryItem"), "position": 1,
        "sku": None, "title": " / ".join(values), "options": values, "barcode": None, "price": "0.00",
        "compare_at_price": None, "taxable": True, "grams": 0, "requires_shipping": True, "tracked": False,
        "weight": {"value": 0.0, "unit": "KILOGRAMS"}, "inventory": 0, "created_at": now, "updated_at": now,
    })  # fmt: skip


def edited_variant(shop: Shop, variant: dict, wanted: dict, place: tuple, *, replace: bool) -> dict:
    """A variant after an input's own fields; ``replace`` is for its metafields. Media are the caller's."""
    variant, problems = dict(variant), []
    for theirs, ours in _PLAIN.items():
        if theirs in wanted:
            variant[ours] = wanted[theirs]
    for theirs, ours in (("price", "price"), ("compareAtPrice", "compare_at_price")):
        if theirs in wanted:
            variant[ours] = _price(wanted[theirs], theirs, place, problems)
    _set_item(variant, wanted.get("inventoryItem") or {}, (*place, "inventoryItem"), problems)
    for key in ("sku", "barcode"):
        variant[key] = variant[key] or None
        if variant[key] and len(variant[key]) > MAX_SKU:
            problems.append(problem(f"{key.title()} is too long (maximum is 255 characters)", "TOO_LONG", *place, key))
    if problems:
        raise UserErrors(problems)
    if wanted.get("metafields") is not None:
        path = (*place, "metafields")
        variant["metafields"] = metafields.edited(
            shop, "ProductVariant", variant, wanted["metafields"], path, replace=replace
        )
    return variant


def _set_item(variant: dict, item: dict, place: tuple, problems: list[dict]):
    """Put the fields of ``InventoryItemInput`` into a variant."""
    for theirs, ours in _ITEM.items():
        if theirs in item:
            variant[ours] = item[theirs]
    if "sku" in item:
        variant["sku"] = item["sku"]
    if "cost" in item:
        variant["cost"] = _price(item["cost"], "cost", place, problems)
    if (item.get("measurement") or {}).get("weight"):
        weight = item["measurement"]["weight"]
        variant["weight"] = {"value": float(weight["value"]), "unit": weight["unit"]}
        variant["grams"] = round(weight["value"] * catalogue.GRAMS[weight["unit"]])
        if weight["value"] < 0:
            problems.append(problem("Weight must be positive", "INVALID_INPUT", *place, "measurement"))


def _price(given, name: str, place: tuple, problems: list[dict]) -> str | None:
    """An amount with two places; None only where nothing is an answer."""
    if given is None:
        if name != "price":
            return None
        problems.append(problem("Price can't be blank", "INVALID_INPUT", *place, name))
        return "0.00"
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) >= Decimal(10) ** 18:
        problems.append(problem(f"{name} is not a number", "INVALID_INPUT", *place, name))
        return "0.00"
    if amount < 0:
        problems.append(problem(f"{name} must be greater than or equal to 0", "GREATER_THAN_OR_EQUAL_TO", *place, name))
    return f"{amount:.2f}"


def opening_stock(shop: Shop, variant: dict, quantities: dict[int, int], place: tuple) -> dict:
    """A new variant with what it has at locations ``{id: quantity}`` to begin with."""
    for number in quantities:
        if shop.store.get(shop.domain, "location", number) is None:
            refuse("Location was not found", "TRACKED_VARIANT_LOCATION_NOT_FOUND", *place, "inventoryQuantities")
    if not quantities:
        return variant
    opening = {str(number): quantity for number, quantity in quantities.items()}
    return {**variant, "inventory": sum(quantities.values()), "opening": opening}


def numbered(variants: list[dict]) -> list[dict]:
    """Variants with positions and titles that follow from their order and options."""
    return [
        {**entry, "position": position, "title": " / ".join(entry["options"])}
        for position, entry in enumerate(variants, 1)
    ]


def check_distinct(variants: list[dict], place, code: str):
    """Refuse two variants of the same values; ``place(index)`` is the field of a variant."""
    seen: dict[tuple, int] = {}
    for index, entry in enumerate(variants):
        key = tuple(value.lower() for value in entry["options"])
        if key in seen:
            title = " / ".join(entry["options"])
            refuse(
                f"The variant '{title}' already exists. Please change at least one option value.", code, *place(index)
            )
        seen[key] = index


def variant_gids(variants: list[dict]) -> list[str]:
    return [gid("ProductVariant", entry["id"]) for entry in variants]
