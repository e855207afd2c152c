"""What a caller sends, read as the web API reads it: PHP's query strings, and values made to fit declared types.

A type is ``int``, ``float``, ``str``, ``bool``, ``ANY``, ``[type]`` for a list, or a dict of the properties an object
may have. Unknown properties and values that cannot be converted are refused with HTTP 400.
"""

import re
from urllib.parse import unquote_plus

from .errors import WRONG_TYPE, ApiError, invalid, required

ANY = object
#: ``custom_attributes``: a list of codes and values, or an object of them.
ATTRIBUTES = "attributes"
NAMES = {int: "int", float: "float", str: "string", bool: "bool"}


class WrongType(ValueError):
    """A value does not fit; the text tells which."""


def nested(query: str) -> dict:
    """A query string with brackets as nested dicts, as ``parse_str`` reads it."""
    result: dict = {}
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if not name:
            continue
        head, brackets = re.match(r"([^\[]*)(.*)", name).groups()
        path = [head, *re.findall(r"\[([^\]]*)\]", brackets)]
        place = result
        for key in path[:-1]:
            place = place.setdefault(key or str(len(place)), {})
            if not isinstance(place, dict):
                break
        else:
            place[path[-1] or str(len(place))] = value
    return result


def camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    return re.sub(r"(?<=\w)([A-Z])", r"_\1", name).lower()


def parameters(sent: dict, declared: dict) -> dict:
    """The declared parameters of a call, found by their name or its snake case; ``name?`` need not be there."""
    found, absent = {}, []
    for entry, kind in declared.items():
        name = entry.rstrip("?")
        value = next((sent[key] for key in (name, snake(name)) if sent.get(key) is not None), None)
        if value is None:
            if not entry.endswith("?"):
                absent.append(name)
            continue
        try:
            found[name] = convert(value, kind)
        except WrongType as error:
            raise ApiError(400, str(error)) from error
    if absent:
        raise required(*absent)
    return found


def convert(value, kind):
    """The value as a type wants it; raises WrongType, or ApiError for a property that no object has."""
    if kind is ANY or value is None:
        return value
    if kind is ATTRIBUTES:
        return _attributes(value)
    if isinstance(kind, list):
        if not isinstance(value, (list, dict)):
            raise WrongType(WRONG_TYPE.format(_shown(value), f"{NAMES.get(kind[0], 'array')}[]"))
        entries = value.values() if isinstance(value, dict) else value
        # An entry that is null is an object without properties, as below.
        return [convert({} if entry is None and isinstance(kind[0], dict) else entry, kind[0]) for entry in entries]
    if isinstance(kind, dict):
        return _object(value, kind)
    if isinstance(value, (dict, list)):
        raise WrongType(WRONG_TYPE.format("Array", NAMES[kind]))
    return _simple(value, kind)


def _object(value, kind: dict) -> dict:
    if not isinstance(value, dict):
        # PHP makes an empty object of what is no array.
        return {}
    result = {}
    for key, entry in value.items():
        name = key if key in kind else snake(key)
        if name not in kind:
            raise required(camel(key))
        try:
            result[name] = convert(entry, kind[name])
        except WrongType as error:
            raise WrongType(f'Error occurred during "{name}" processing. {error}') from error
    return result


def _attributes(value) -> dict:
    """Custom attributes by their code."""
    if isinstance(value, dict):
        return dict(value)
    result = {}
    for entry in value:
        code = entry.get("attribute_code") or entry.get("attributeCode") if isinstance(entry, dict) else None
        if not code:
            raise WrongType("A custom attribute is specified without an attribute code.")
        if "value" not in entry:
            raise WrongType(f'Value is not set for attribute code "{code}"')
        result[code] = entry["value"]
    return result


def _shown(value) -> str:
    return "1" if value is True else "" if value is False else str(value)


def _simple(value, kind):
    text = _shown(value).strip()
    if kind is str:
        return _shown(value)
    if kind is bool:
        return text.lower() not in ("", "0", "false")
    try:
        return int(float(text)) if kind is int else float(text or "x")
    except (ValueError, OverflowError):
        raise WrongType(WRONG_TYPE.format(_shown(value), NAMES[kind])) from None


def path_value(text: str, kind):
    """A value out of the address."""
    try:
        return _simple(text, kind)
    except WrongType as error:
        raise invalid(str(error)) from error
