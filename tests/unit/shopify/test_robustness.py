"""Whatever a payload looks like, the parsers answer with an order or a DataError, and so does what comes after them."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import digest
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import parser, parser_webhook

from . import samples

GRAPHQL = samples.graphql_order(
    refunds=[samples.refund(7, [(11, 1, "cancel", "54.0", "9.0"), (12, 1, "return", "20.0", "3.33")])]
)
WEBHOOK = samples.webhook_order(
    refunds=[samples.rest_refund(7, [(11, 1, "no_restock", "54.0", "9.0")], payments=[(32, "54.00")])],
    transactions=[],
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", "0", "-1", "1E+999999", "NaN", "Infinity", "0001-01-01T00:00:00+14:00", "gid://shopify/Order/", "\ud800"]
    )
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def places(node, path=()):
    """Yield the path of every value in `node`."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def mutated(payload, path, action, value):
    """Return a copy of `payload` with the value at `path` replaced, removed or doubled."""
    changed = copy.deepcopy(payload)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    if action == "remove":
        del parent[path[-1]]
    elif action == "add" and isinstance(parent, dict):
        parent["unknown"] = value
    elif action == "double" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[path[-1]]))
    else:
        parent[path[-1]] = value
    return changed


def check(parse, payload):
    try:
        order = parse(payload)
    except DataError as error:
        assert error.message
        return
    if order is not None:
        assert len(digest(order)) == 64
        assert order.difference.is_finite()
        assert all(amount.is_finite() for amount in order.tax_by_rate.values())


def mutations(payload):
    return st.tuples(
        st.sampled_from(list(places(payload))), st.sampled_from(["replace", "remove", "add", "double"]), values
    )


@pytest.mark.parametrize("currency", ["presentment", "shop"])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_graphql(currency, data):
    payload = mutated(GRAPHQL, *data.draw(mutations(GRAPHQL)))
    check(lambda order: parser.parse_order(order, currency=currency), payload)


@pytest.mark.parametrize("currency", ["presentment", "shop"])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_webhook(currency, data):
    payload = mutated(WEBHOOK, *data.draw(mutations(WEBHOOK)))
    check(lambda order: parser_webhook.parse_order(order, currency=currency), payload)
    check(lambda order: parser_webhook.parse_whole_order(order, currency=currency), payload)


@settings(max_examples=100, deadline=None)
@given(payload=values)
def test_anything(payload):
    check(parser.parse_order, payload)
    check(parser_webhook.parse_order, payload)
    check(parser_webhook.parse_whole_order, payload)


@pytest.mark.parametrize("path", list(places(GRAPHQL)), ids=lambda path: ".".join(map(str, path)))
def test_every_field_missing_or_null(path):
    for action in ("remove", "replace"):
        check(parser.parse_order, mutated(GRAPHQL, path, action, None))


@pytest.mark.parametrize("path", list(places(WEBHOOK)), ids=lambda path: ".".join(map(str, path)))
def test_every_webhook_field_missing_or_null(path):
    for action in ("remove", "replace"):
        check(parser_webhook.parse_whole_order, mutated(WEBHOOK, path, action, None))
