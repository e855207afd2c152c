"""Values of metafields: which type takes what, and how an input list changes an owner's metafields."""

import json
import re

from . import catalogue
from .shop import Shop, parse_gid
from .user_errors import UserErrors, problem

MAX_SET = 25
_PATTERNS = {
    "boolean": r"true|false",
    "color": r"#[0-9A-Fa-f]{6}",
    "date": r"\d{4}-\d\d-\d\d",
    "date_time": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?",
    "id": r"\S.{0,254}",
    "number_decimal": r"-?\d{1,13}(\.\d{1,9})?",
    "number_integer": r"-?\d{1,16}",
    "single_line_text_field": r"[^\n\r]+",
    "url": r"(https?|mailto|sms|tel):.+",
}
_JSON = ("dimension", "json", "link", "money", "rating", "rich_text_field", "volume", "weight")
_TEXTS = ("multi_line_text_field", "collection_reference", "file_reference", "product_reference", "variant_reference")


def type_problem(kind: str, value: str) -> str | None:
    """Why a value is not of a type; None = it is."""
    if kind.startswith("list."):
        return _list_problem(kind[5:], value)
    if kind in _PATTERNS:
        return None if re.fullmatch(_PATTERNS[kind], value) else f"Value must be a valid {kind}."
    if kind in _JSON:
        return _json_problem(value)
    return None if kind in _TEXTS else f"Type must be one of the known types, not {kind}."


def _json_problem(value: str) -> str | None:
    try:
        json.loads(value)
    except ValueError as error:
        return f"Value is invalid JSON: {error}."
    return None


def _list_problem(kind: str, value: str) -> str | None:
    wrong = _json_problem(value)
    entries = [] if wrong else json.loads(value)
    if not isinstance(entries, list):
        return "Value must be an array."
    texts = (entry if isinstance(entry, str) else json.dumps(entry) for entry in entries)
    return wrong or next((found for found in (type_problem(kind, text) for text in texts) if found), None)


def check(shop: Shop, kind: str, owner: dict | None, wanted: dict, old: dict | None) -> tuple[dict, list[dict]]:
    """(metafield in full, problems): what an input means for an owner. Fields of the problems are the input's own."""
    full = {
        "namespace": catalogue.namespace_of(shop, wanted.get("namespace") or (old and old["namespace"])),
        "key": wanted.get("key") or (old["key"] if old else ""),
        "type": wanted.get("type") or (old["type"] if old else ""),
        "value": wanted.get("value") if wanted.get("value") is not None else (old["value"] if old else ""),
    }
    known = catalogue.definition(shop, catalogue.OWNERS[kind][1], full["namespace"], full["key"])
    full["type"] = full["type"] or (known["type"] if known else "")
    problems = []
    if not 2 <= len(full["key"]) <= 64:
        problems.append(problem("Key must have between 2 and 64 characters", "TOO_SHORT", "key"))
    if not full["type"]:
        problems.append(problem("Type can't be blank", "BLANK", "type"))
    elif known and known["type"] != full["type"]:
        problems.append(problem(f"Type must be {known['type']}, as its definition says", "INVALID_TYPE", "type"))
    elif full["value"] == "":
        problems.append(problem("Value can't be blank", "BLANK", "value"))
    elif wrong := type_problem(full["type"], full["value"]):
        problems.append(problem(wrong, "INVALID_VALUE", "value"))
    elif known and known["unique"] and _taken(shop, kind, owner, full):
        problems.append(problem("Value has already been taken", "CAPABILITY_VIOLATION", "value"))
    return full, problems


def _taken(shop: Shop, kind: str, owner: dict | None, full: dict) -> bool:
    """Has another owner this value of a metafield that must be unique?"""
    own = owner["id"] if owner else None
    if kind == "ProductVariant":
        records = [entry for _, entry in shop.variants().values()]
        found = (catalogue.find_metafield(r, full["namespace"], full["key"]) for r in records if r["id"] != own)
        return any(entry and entry["value"] == full["value"] for entry in found)
    found = catalogue.unique_owner(shop, catalogue.OWNERS[kind][0], full["namespace"], full["key"], full["value"])
    return found is not None and found["id"] != own


def edited(shop: Shop, kind: str, owner: dict, inputs: list[dict], path: tuple, *, replace: bool) -> list[dict]:
    """The owner's metafields after a list of ``MetafieldInput``; with ``replace`` those not named are gone.

    Raises UserErrors, their fields below ``path``.
    """
    now, problems, given = shop.clock.iso(), [], {}
    for position, wanted in enumerate(inputs):
        number = parse_gid(wanted["id"], "Metafield") if wanted.get("id") else None
        if number:
            old = next((entry for entry in owner["metafields"] if entry["id"] == number[1]), None)
        else:
            full_name = catalogue.namespace_of(shop, wanted.get("namespace"))
            old = catalogue.find_metafield(owner, full_name, wanted.get("key") or "")
        full, wrong = check(shop, kind, owner, wanted, old)
        problems += [{**entry, "field": [*map(str, path), str(position), *entry["field"]]} for entry in wrong]
        if not wrong:
            same = old and all(old[key] == full[key] for key in full)
            given[full["namespace"], full["key"]] = old if same else catalogue.metafield(shop, full, now, old)
    if problems:
        raise UserErrors(problems)
    kept = {} if replace else {(entry["namespace"], entry["key"]): entry for entry in owner["metafields"]}
    return list({**kept, **given}.values())
