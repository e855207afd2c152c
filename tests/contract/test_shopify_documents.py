"""Every GraphQL document we send is valid in the official Admin schema of our API version, and we know its scopes.

The schema stands beside the repository (../shared/specs) or in the folder that SHOPIFY_SPECS names; it is the file
`dist/data/admin_<version>.json.gz` of the npm package @shopify/dev-mcp.
"""

import gzip
import json
import os
import re
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, TypeInfo, TypeInfoVisitor, build_client_schema, get_named_type, validate, visit
from graphql.language import Visitor

from odoo.addons.connector_shopify import const, documents

from sandbox.shopify.schema import schema as sandbox_schema


def specification():
    """Return the path of the official schema, None where it isn't."""
    name = f"admin_{const.API_VERSION}.json.gz"
    folders = [Path(os.environ["SHOPIFY_SPECS"])] if "SHOPIFY_SPECS" in os.environ else []
    folders += [parent / "shared" / "specs" / "shopify" for parent in Path(__file__).resolve().parents]
    return next((folder / name for folder in folders if (folder / name).exists()), None)


SPECIFICATION = specification()
needs_specification = pytest.mark.skipif(
    SPECIFICATION is None, reason=f"no admin_{const.API_VERSION}.json.gz in ../shared/specs/shopify or SHOPIFY_SPECS"
)


@cache
def official():
    """Return (schema, [what each type and field needs])."""
    data = json.loads(gzip.decompress(SPECIFICATION.read_bytes()))
    return build_client_schema(data["data"], assume_valid=True), data["offline_scopes"]["items"]


class _Used(Visitor):
    """Collects the types and fields that a document uses."""

    def __init__(self, info):
        super().__init__()
        self.info = info
        self.names = set()

    def enter_field(self, node, *_args):
        parent, definition = self.info.get_parent_type(), self.info.get_field_def()
        self.names.add((parent.name, node.name.value))
        if definition:
            self.names.add((get_named_type(definition.type).name, None))


def used(name):
    info = TypeInfo(official()[0])
    visitor = _Used(info)
    visit(documents.document(name), TypeInfoVisitor(info, visitor))
    return visitor.names


def needed_scopes(name):
    """Return a list of sets: of each set the app needs one scope."""
    needs = {(item["typeName"], item.get("fieldName")): item["offlineScopes"] for item in official()[1]}
    return [set(needs[use]) for use in used(name) if needs.get(use)]


@needs_specification
@pytest.mark.parametrize("name", documents.names())
def test_valid_in_the_official_schema(name):
    assert validate(official()[0], documents.document(name)) == []


@pytest.mark.parametrize("name", documents.names())
def test_valid_in_the_sandbox(name):
    assert validate(sandbox_schema(), documents.document(name)) == []


OUR_SCOPES = set(const.SCOPES).union(*const.FLOW_SCOPES.values())


@needs_specification
@pytest.mark.parametrize("name", documents.names())
def test_our_scopes_are_enough(name):
    assert [scopes for scopes in needed_scopes(name) if not scopes & OUR_SCOPES] == []


@needs_specification
def test_no_scope_is_asked_for_in_vain():
    wanted = [scopes for name in documents.names() for scopes in needed_scopes(name)]
    vain = {scope for scope in const.SCOPES if not any(scopes & {scope} for scopes in wanted)}
    assert vain == set()


@needs_specification
@pytest.mark.parametrize("name", documents.names())
def test_nothing_deprecated_is_used(name):
    schema = official()[0]
    deprecated = [
        f"{type_name}.{field}"
        for type_name, field in used(name)
        if field and field != "__typename" and schema.type_map[type_name].fields[field].deprecation_reason
    ]
    assert deprecated == []


@needs_specification
def test_topics():
    topics = official()[0].type_map["WebhookSubscriptionTopic"]
    assert isinstance(topics, GraphQLEnumType)
    ours = {key: name for flow in (const.TOPICS, *const.FLOW_TOPICS.values()) for key, name in flow.items()}
    assert set(ours) <= set(topics.values)
    # the header's name of a topic is the enum's, one underscore a slash
    assert all(topic.lower() == header.replace("/", "_") for topic, header in ours.items())


@needs_specification
@pytest.mark.parametrize(
    ("enum", "known"),
    [
        ("OrderDisplayFulfillmentStatus", const.FULFILLMENT_STATUSES),
        ("OrderTransactionStatus", const.PAYMENT_STATUSES),
        ("OrderTransactionKind", {**const.PAYMENT_KINDS, "suggested_refund": None}),
        ("RiskAssessmentResult", {*const.RISK_LEVELS, "none", "pending"}),
        ("OrderRiskRecommendationResult", {**const.RISK_OF_RECOMMENDATION, "none": None}),
    ],
)
def test_every_word_of_an_enum_is_known(enum, known):
    assert {value.lower() for value in official()[0].type_map[enum].values} <= set(known)


@needs_specification
def test_financial_statuses_are_the_canonical_ones():
    from odoo.addons.connector_base.canonical import FINANCIAL_STATUSES  # noqa: PLC0415

    values = official()[0].type_map["OrderDisplayFinancialStatus"].values
    assert {value.lower() for value in values} == set(FINANCIAL_STATUSES)


@pytest.mark.parametrize("name", documents.names())
def test_every_fragment_is_used(name):
    assert documents.operation(name)
    used_fragments = set(re.findall(r"\.\.\.(\w+)", "".join(map(documents.text, documents.names()))))
    assert set(documents.fragments()) <= used_fragments
