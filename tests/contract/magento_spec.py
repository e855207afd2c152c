"""Calls and answers of Magento's REST API, held against the official schema.

The schema stands beside the repository (../shared/specs) or in the folder that MAGENTO_SPECS names; it is the Swagger
document that Adobe publishes of each version (https://developer.adobe.com/commerce/webapi/rest/quick-reference/).
What it says is not always what Magento does; these are left alone:

- a value may be null wherever it is not told what it is;
- custom attributes have lists and numbers as values, not texts alone;
- what an object of a request must have: Magento takes parts of it;
- a request may write numbers and truth as texts: they are converted.
"""

import gzip
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

VERSION, OLDEST = "2.4.9", "2.4.6"


def specification(version=VERSION):
    """Return the path of the official schema of a version, None where it isn't."""
    folders = [Path(os.environ["MAGENTO_SPECS"])] if "MAGENTO_SPECS" in os.environ else []
    folders += [parent / "shared" / "specs" / "magento" for parent in Path(__file__).resolve().parents]
    name = f"admin-schema-{version}.yaml.gz"
    return next((folder / name for folder in folders if (folder / name).exists()), None)


SPECIFICATION = specification()
needs_specification = pytest.mark.skipif(
    SPECIFICATION is None, reason=f"no admin-schema-{VERSION}.yaml.gz in ../shared/specs/magento or MAGENTO_SPECS"
)
ASYNC_ANSWER = "#/definitions/asynchronous-operations-data-async-response-interface"
ERROR = "#/definitions/error-response"
ATTRIBUTE_VALUE = "framework-attribute-interface"
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


@cache
def official(version=VERSION):
    """Return the official schema of a version."""
    return Schema(yaml.load(gzip.decompress(specification(version).read_bytes()), Loader=yaml.CSafeLoader))


class Schema:
    """A Swagger document, asked about calls."""

    def __init__(self, document):
        self.definitions = document["definitions"]
        self._routes = {}
        for path, methods in document["paths"].items():
            parts = tuple(path.removeprefix("/V1/").strip("/").split("/"))
            for method, operation in methods.items():
                self._routes.setdefault((method.upper(), len(parts)), []).append((parts, operation))

    def operation(self, method, path):
        """Return what the schema says of a call, None where it knows none.

        :param path: what follows `/V1/`, without the query
        """
        given = path.strip("/").split("/")
        found = [
            (sum(part.startswith("{") for part in parts), operation)
            for parts, operation in self._routes.get((method.upper(), len(given)), ())
            if all(own.startswith("{") or own == unquote(part) for own, part in zip(parts, given, strict=True))
        ]
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def problems_of_request(self, method, path, body=None):
        """Return what is wrong with a request: an address, parameters or properties that there are not."""
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path}: there is no such address"]
        schema = next((p["schema"] for p in operation.get("parameters", ()) if p["in"] == "body"), None)
        if schema is None:
            return [f"{method} {path}: takes no body"] if body else []
        problems = [f"{name} is missing" for name in schema.get("required", ()) if name not in (body or {})]
        problems += self._problems(body or {}, schema, "", sent=True)
        return [f"{method} {path}: {problem}" for problem in problems]

    def problems_of_answer(self, method, path, status, body, *, whole=True):
        """Return what is wrong with an answer.

        :param whole: whether it tells everything: `fields` leaves out what must be there
        """
        if status >= 400:
            schema = {"$ref": ERROR}
            return [f"{method} {path}: {p}" for p in self._problems(body, schema, "", whole=True)]
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path}: there is no such address"]
        schema = operation["responses"].get("200", {}).get("schema", {})
        return [f"{method} {path}: {p}" for p in self._problems(body, schema, "", whole=whole)]

    def problems_of_bulk(self, body):
        """Return what is wrong with the answer to an asynchronous call."""
        return self._problems(body, {"$ref": ASYNC_ANSWER}, "", whole=True)

    def _problems(self, value, schema, place, *, sent=False, whole=False):
        """Return what of a value does not fit, each with its place."""
        name = schema.get("$ref", "").rpartition("/")[2]
        if name:
            if name not in self.definitions:
                return []
            schema = self.definitions[name]
        kind = schema.get("type")
        if value is None or kind is None or (name.startswith("error-") and name != "error-response"):
            return []
        if not _fits(value, kind, sent):
            return [f"{place or 'the answer'}: {str(value)[:60]!r} is no {kind}"]
        how = {"sent": sent, "whole": whole}
        if kind == "array":
            entries = [(f"{place}[{index}]", entry) for index, entry in enumerate(value)]
            return [text for where, entry in entries for text in self._problems(entry, schema["items"], where, **how)]
        if kind == "object" and not sent and whole:
            lacking = [f"{place}.{key} is missing" for key in schema.get("required", ()) if key not in value]
        else:
            lacking = []
        if kind == "object":
            lacking += self._properties(value, schema.get("properties", {}), name, place, how)
        return lacking

    def _properties(self, value, known, name, place, how):
        problems = []
        for key, entry in value.items():
            if key not in known:
                if known:
                    problems.append(f"{place}.{key} is unknown")
            elif not (name == ATTRIBUTE_VALUE and key == "value"):
                problems += self._problems(entry, known[key], f"{place}.{key}", **how)
        return problems


def _fits(value, kind, sent):
    if sent and kind == "string":
        return not isinstance(value, (list, dict))
    if sent and kind in ("integer", "number"):
        return isinstance(value, (int, float)) or re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None
    if sent and kind == "boolean":
        return not isinstance(value, (list, dict))
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[kind])
