"""Shopify's Admin API as far as the connector uses it: methods named after the platform's operations. No Odoo import.

Every method may raise the errors of `connector_base.transport`: RateLimited and TransientError (later), Configuration-
Error (credentials, scopes, the store), DataError (this query or document).
"""

import logging

from gql import Client
from gql.transport import Transport
from graphql import ExecutionResult

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    Outcome,
    RateLimited,
    TransientError,
    raise_for_status,
    with_rate_limit,
)

from . import const, documents
from .answers import next_cursor, take
from .client_bulk import BulkCalls
from .client_customers import CustomerCalls
from .client_operations import OperationCalls
from .client_payouts import PayoutCalls
from .client_prices import PriceCalls
from .client_products import ProductCalls
from .client_translations import TranslationCalls
from .errors import QueryTooCostly, describe, graphql_error, user_error

_logger = logging.getLogger(__name__)

# {(store, document): how many records one query by ids may ask for}, where more was refused as too dear
_affordable_ids = {}

# Nested connections of an order, and of its refunds: answer key -> document that reads on.
_ORDER_CONNECTIONS = {
    "lineItems": "order_line_items",
    "shippingLines": "order_shipping_lines",
    "discountApplications": "order_discount_applications",
}
_REFUND_CONNECTIONS = {
    "refundLineItems": "refund_line_items",
    "refundShippingLines": "refund_shipping_lines",
    "orderAdjustments": "refund_adjustments",
    "transactions": "refund_transactions",
}
_SHIPMENT_CONNECTIONS = {"fulfillmentLineItems": "fulfillment_line_items"}
# These hold no money, so nothing is said of its currency
_WITHOUT_MONEY = {"discountApplications", "fulfillmentLineItems"}


class SessionTransport(Transport):
    """gql over our session: one POST per request, errors as our tree, cost fed to the budget.

    :param session: `transport.Session`
    :param auth: what the session signs with; its `renew()` is tried once when a token is refused
    """

    def __init__(self, session, domain, auth):
        self.api_version = ""
        self._session = session
        self._auth = auth
        self._url = f"https://{domain}{const.GRAPHQL_PATH.format(version=const.API_VERSION)}"

    def execute(self, request, *args, **kwargs):
        """Send `request`; return the ExecutionResult of an answer without errors."""
        response = self._post(request)
        if response.status_code == 401 and self._auth.renew():
            response = self._post(request)
        try:
            raise_for_status(response, extract=describe)
        except ConfigurationError as error:
            error.remedy = const.REMEDIES.get(error.status, error.remedy)
            raise
        answer = _answer(response)
        self._note_version(response)
        self._feed(answer, request.operation_name)
        if error := graphql_error(answer, response.request_id):
            raise error
        if not isinstance(answer.get("data"), dict):
            raise TransientError("Shopify's answer holds no data.", request_id=response.request_id)
        return ExecutionResult(data=answer["data"], errors=None, extensions=answer.get("extensions"))

    def _post(self, request):
        return self._session.request(
            "POST",
            self._url,
            operation=request.operation_name,
            json={
                "query": documents.text_of(request.operation_name),
                "operationName": request.operation_name,
                "variables": request.variable_values,
            },
            inspect=_outcome,
        )

    def _note_version(self, response):
        self.api_version = response.headers.get(const.VERSION_HEADER, "") or const.API_VERSION
        if self.api_version != const.API_VERSION:
            _logger.warning("Shopify answered with API version %s instead of %s", self.api_version, const.API_VERSION)

    def _feed(self, answer, operation):
        """Tell the budget the bucket's size and level, and give back what the call did not cost."""
        if self._session.budget is None:
            return
        cost = _cost(answer)
        status = cost.get("throttleStatus")
        status = status if isinstance(status, dict) else {}
        self._session.budget.feed(
            const.BUDGET_API,
            capacity=status.get("maximumAvailable"),
            rate=status.get("restoreRate"),
            remaining=status.get("currentlyAvailable"),
            refund=max(0.0, expected_cost(operation) - float(cost.get("actualQueryCost") or 0)),
        )


def _answer(response):
    """Return the GraphQL answer in `response`.

    :raise TransientError: it is something else
    """
    answer = response.json()
    if not isinstance(answer, dict):
        raise TransientError("Shopify's answer is not what its API sends.", request_id=response.request_id)
    return answer


def _cost(answer):
    extensions = answer.get("extensions")
    cost = extensions.get("cost") if isinstance(extensions, dict) else None
    return cost if isinstance(cost, dict) else {}


def _outcome(response):
    """Return what the body says of the call, for its record."""
    answer = _answer(response)
    error = graphql_error(answer)
    return Outcome(
        cost=float(_cost(answer).get("actualQueryCost") or 0),
        error=f"{error.code} {error.message}".strip() if error else "",
        throttled=isinstance(error, RateLimited),
    )


def expected_cost(operation):
    """Return the points that `operation` is expected to take, before its answer tells."""
    return const.EXPECTED_COST.get(operation, const.DEFAULT_EXPECTED_COST)


class ShopifyClient(BulkCalls, CustomerCalls, OperationCalls, PayoutCalls, PriceCalls, ProductCalls, TranslationCalls):
    """One store's Admin API.

    :param session: `transport.Session` that signs with `auth`
    :param str domain: `<store>.myshopify.com`
    :param auth: `auth.TokenAuth` or `auth.RenewableTokenAuth`
    :param files: `transport.Session` without credentials, for the files that lie outside of the API
    """

    def __init__(self, session, domain, auth, files=None):
        self.budget = session.budget
        self.files = files
        self._domain = domain
        self.patience = session.patience
        self._transport = SessionTransport(session, domain, auth)
        self._gql = Client(transport=self._transport, fetch_schema_from_transport=False)

    @property
    def api_version(self):
        """The version that the last answer was made with; empty before the first."""
        return self._transport.api_version

    # === SHOP === #

    def connection(self):
        """Return {"shop": {...}, "scopes": frozenset}: who we talk to and what we may."""
        data = self._execute("connection", {})
        scopes = take(data, "currentAppInstallation", "accessScopes")
        return {"shop": take(data, "shop"), "scopes": frozenset(take(scope, "handle") for scope in scopes)}

    # === ORDERS === #

    def orders(self, query, *, first, after=None, presentment=True, shipments=False):
        """Return (orders, cursor of the next page or None) of the search `query`, oldest update first.

        Orders are complete: their nested connections are read to the end.

        :param bool shipments: with what was sent, which takes the scope to read locations
        :raise QueryTooCostly: `first` is too big
        """
        variables = {"query": query, "first": first, "after": after, "presentment": presentment}
        variables |= {"shipments": True} if shipments else {}
        connection = take(self._execute("orders", variables), "orders")
        nodes = [self._complete_order(node, presentment) for node in take(connection, "nodes")]
        return nodes, next_cursor(connection)

    def orders_by_id(self, gids, *, presentment=True, shipments=False):
        """Return the complete orders with the global ids `gids`; unknown ones are left out."""
        wanted = {"shipments": True} if shipments else {}
        nodes = self._by_ids("orders_by_id", gids, presentment=presentment, **wanted)
        return [self._complete_order(node, presentment) for node in nodes]

    def order_ids(self, query, *, first, after=None):
        """Return (stubs of orders, cursor of the next page or None) of the search `query`, oldest first.

        A stub has id, name, createdAt and updatedAt.
        """
        variables = {"query": query, "first": first, "after": after}
        connection = take(self._execute("order_ids", variables), "orders")
        return take(connection, "nodes"), next_cursor(connection)

    def orders_count(self, query):
        """Return how many orders the search `query` finds."""
        count = self._execute("orders_count", {"query": query}).get("ordersCount")
        return take(count, "count") if count else None

    def order_cancel(self, gid, *, reason, restock, refund, notify):
        """Have the order cancelled; Shopify does it a moment later.

        :param str reason: a value of `OrderCancelReason`
        :raise DataError: refused, with what to do; or the app lacks the scope for it, which harms nothing else
        """
        variables = {"id": gid, "reason": reason, "restock": restock, "refund": refund, "notify": notify}
        try:
            self._mutate("order_cancel", variables)
        except DataError as error:
            error.remedy = const.CANCEL_REMEDIES.get(error.code, error.remedy or const.CANCEL_REMEDY)
            raise

    def _complete_order(self, order, presentment):
        self._complete(order, _ORDER_CONNECTIONS, presentment)
        for refund in order.get("refunds") or ():
            self._complete(refund, _REFUND_CONNECTIONS, presentment)
        for fulfillment in order.get("fulfillments") or ():
            self._complete(fulfillment, _SHIPMENT_CONNECTIONS, presentment)
        return order

    def _complete(self, node, connections, presentment):
        """Read the connections of `node` to their end, in place."""
        for key, document in connections.items():
            self._read_on(node, key, document, **({} if key in _WITHOUT_MONEY else {"presentment": presentment}))

    # === WEBHOOKS === #

    def webhook_subscriptions(self):
        """Return all of our app's subscriptions: dicts with id, topic, uri, format, filter, includeFields."""
        return self._all_nodes("webhook_subscriptions", "webhookSubscriptions")

    def webhook_subscription_create(self, topic, uri):
        """Subscribe to `topic` (an enum value) with JSON payloads sent to `uri`.

        :raise DataError: refused, for instance because `uri` is not public https or the topic's scope is missing
        """
        self._mutate("webhook_subscription_create", {"topic": topic, "subscription": _subscription(uri)})

    def webhook_subscription_update(self, subscription_id, uri):
        """Make the subscription send whole JSON payloads to `uri`."""
        self._mutate("webhook_subscription_update", {"id": subscription_id, "subscription": _subscription(uri)})

    def webhook_subscription_delete(self, subscription_id):
        """Delete the subscription."""
        self._mutate("webhook_subscription_delete", {"id": subscription_id})

    # === PLUMBING === #

    def _connection(self, owner, key):
        """Return (nodes, cursor of the next page or None) of the connection at `key` of `owner`."""
        connection = take(owner, key)
        return take(connection, "nodes"), next_cursor(connection)

    def _by_ids(self, document, gids, most=const.IDS_PAGE, **variables):
        """Return the nodes that `document` reads by their ids, `most` at once, without those that aren't there.

        How many one query may ask for is learned from refusals, once per store and process.
        """
        nodes, rest, learned = [], list(gids), (self._domain, document)
        while rest:
            page = rest[: _affordable_ids.get(learned, most)]
            try:
                nodes += take(self._execute(document, {"ids": page, **variables}), "nodes")
            except QueryTooCostly:
                if len(page) == 1:
                    raise
                _affordable_ids[learned] = len(page) // 2
                continue
            rest = rest[len(page) :]
        return [node for node in nodes if node and node.get("id")]

    def _read_on(self, node, key, document, **variables):
        """Read the connection `key` of `node` to its end, in place.

        :raise TransientError: its pages go in circles, or the node was deleted meanwhile
        """
        connection, seen = node.get(key) or {}, set()
        cursor = next_cursor(connection)
        while cursor:
            if cursor in seen:
                raise TransientError(f"Shopify's pages of {key} of {node['id']} go in circles.")
            seen.add(cursor)
            page = {"id": node["id"], "first": const.NESTED_PAGE, "after": cursor, **variables}
            owner = self._execute(document, page).get("node")
            if not owner:
                raise TransientError(f"{node['id']} was deleted while its {key} were read.")
            connection["nodes"] += take(owner, key, "nodes")
            cursor = next_cursor(owner[key])

    def _all_nodes(self, document, key):
        """Return all nodes of a listing that `document` reads page by page."""
        nodes, after = [], None
        while True:
            connection = take(self._execute(document, {"first": const.NESTED_PAGE, "after": after}), key)
            nodes += take(connection, "nodes")
            after = next_cursor(connection)
            if not after:
                return nodes

    @with_rate_limit(const.BUDGET_API, cost=lambda self, name, variables: expected_cost(documents.operation(name)))
    def _execute(self, name, variables):
        """Send the document `name`; return its data."""
        return self._gql.execute(documents.request(name, variables))

    def _mutate(self, name, variables):
        """Send a document with one mutation; return its payload.

        :raise DataError: it states user errors
        """
        data = self._execute(name, variables)
        payload = next(iter(data.values()))
        if payload is None:
            raise DataError(f"Shopify gave no answer to {documents.operation(name)}.")
        if payload.get("userErrors"):
            raise user_error(payload["userErrors"])
        return payload


def _subscription(uri):
    return {"uri": uri, "format": "JSON", "filter": "", "includeFields": []}
