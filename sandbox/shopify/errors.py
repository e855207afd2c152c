"""GraphQL errors as the platform words them."""

import re

from graphql import GraphQLError

#: graphql-core's wording -> (code, our message, extensions from the groups).
_PATTERNS = (
    (
        re.compile(r"Cannot query field '(?P<fieldName>\w+)' on type '(?P<typeName>\w+)'"),
        "undefinedField",
        "Field '{fieldName}' doesn't exist on type '{typeName}'",
    ),
    (
        re.compile(r"Unknown argument '(?P<argumentName>\w+)' on field '(?P<typeName>\w+)\.(?P<name>\w+)'"),
        "argumentNotAccepted",
        "Field '{name}' doesn't accept argument '{argumentName}'",
    ),
    (
        re.compile(r"Argument '\w+\.(?P<name>\w+)\((?P<arguments>\w+):\)' of type '[^']+' is required"),
        "missingRequiredArguments",
        "Field '{name}' is missing required arguments: {arguments}",
    ),
    (
        re.compile(r"Field '(?P<fieldName>\w+)' of type '(?P<typeName>[^']+)' must have a selection of subfields"),
        "selectionMismatch",
        "Field must have selections (field '{fieldName}' returns {typeName} but has no selections)",
    ),
    (
        re.compile(r"Variable '\$(?P<variableName>\w+)' is not defined"),
        "variableNotDefined",
        "Variable ${variableName} is used but not declared",
    ),
)


def shown(error: GraphQLError, operation=None, variables: dict | None = None) -> dict:
    """One entry of ``errors``: message, locations, path, extensions with a code."""
    body: dict = {"message": error.message}
    if error.locations:
        body["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        body["path"] = list(error.path)
    extensions = dict(error.extensions or {})
    for pattern, code, wording in _PATTERNS:
        match = pattern.match(error.message)
        if match:
            body["message"] = wording.format(**match.groupdict())
            extensions = {"code": code, **match.groupdict()}
            if operation is not None:
                kind = operation.operation.value
                body["path"] = [f"{kind} {operation.name.value}" if operation.name else kind]
            break
    else:
        if variables is not None and error.message.startswith("Variable '$"):
            extensions.setdefault("code", "INVALID_VARIABLE")
            extensions.setdefault("value", variables.get(error.message.split("'")[1].lstrip("$")))
    if extensions:
        body["extensions"] = extensions
    return body
