"""Comparing what two shapes state of one order."""

import dataclasses

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_shopify import parser, parser_webhook


def differences(left, right, path="order"):
    """Return the places where two canonical documents differ in what both state."""
    if left is UNSET or right is UNSET or left == right:
        return []
    if dataclasses.is_dataclass(left) and type(left) is type(right):
        return [
            difference
            for field in dataclasses.fields(left)
            for difference in differences(getattr(left, field.name), getattr(right, field.name), f"{path}.{field.name}")
        ]
    if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
        return [
            difference
            for index, (one, other) in enumerate(zip(left, right, strict=True))
            for difference in differences(one, other, f"{path}[{index}]")
        ]
    return [f"{path}: {left!r} != {right!r}"]


def both(graphql, webhook, currency="presentment"):
    """Parse both shapes; they must agree. Returns the document of the GraphQL shape."""
    document = parser.parse_order(graphql, currency=currency)
    assert differences(document, parser_webhook.parse_order(webhook, currency=currency)) == []
    return document
