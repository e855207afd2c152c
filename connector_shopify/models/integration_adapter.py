import json
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

from odoo import models

from odoo.addons.connector_base.canonical import UNSET, OrderStub
from odoo.addons.connector_base.transport import (
    ConnectionReport,
    DataError,
    SignatureError,
    WebhookEnvelope,
    WebhookReport,
    parsed_page,
    verify_hmac,
)

from .. import const, parser, parser_webhook
from ..listing import OrderListing, StubListing
from ..reader import Reader


class IntegrationAdapterShopify(models.AbstractModel):
    _name = "integration.adapter.shopify"
    _inherit = "integration.adapter"
    _description = "Shopify Adapter"

    # === WHAT THE PLATFORM CAN DO === #

    def _capabilities(self):
        """Override of `connector_base`."""
        return frozenset({"orders_in", "orders_cancel", "webhooks"})

    def _credential_keys(self):
        """Override of `connector_base`."""
        return {
            "client_id": (self.env._("Client ID"), False),
            "client_secret": (self.env._("Client secret"), True),
            "access_token": (self.env._("Admin API access token"), False),
            "api_secret": (self.env._("API secret key"), True),
            "oauth_token": (self.env._("Access token of the day"), False),
        }

    def _default_budget(self):
        """Override of `connector_base`."""
        return {const.BUDGET_API: const.DEFAULT_BUDGET}

    # === CONNECTION === #

    def _check_connection(self, backend):
        """Override of `connector_base`."""
        client = backend._shopify_client()
        found = client.connection()
        shop, scopes = Reader(found["shop"], "shop"), found["scopes"]
        plan = shop.required_child("plan")
        everything = const.ALL_ORDERS_SCOPE in scopes
        return ConnectionReport(
            account_name=shop.text("name"),
            account_key=shop.required_text("myshopifyDomain").lower(),
            currency=shop.text("currencyCode"),
            history_days=const.HISTORY_DAYS if everything else const.RECENT_DAYS,
            visible_days=None if everything else const.RECENT_DAYS,
            facts=(
                (self.env._("Plan"), plan.text("publicDisplayName")),
                (self.env._("Time zone"), shop.text("ianaTimezone")),
                (self.env._("Access scopes"), ", ".join(sorted(scopes))),
                (self.env._("API version"), client.api_version),
            ),
            missing=tuple(self._missing(backend, scopes, client.api_version)),
        )

    def _missing(self, backend, scopes, api_version):
        """Yield what the app lacks and what to do, a sentence each."""
        wanted = dict(const.SCOPES)
        for flow, needed in const.FLOW_SCOPES.items():
            if backend._syncs(flow):
                wanted.update(needed)
        if not backend._translation_languages():
            wanted = {scope: lack for scope, lack in wanted.items() if scope not in const.TRANSLATION_SCOPES}
        for scope, lack in wanted.items():
            if scope not in scopes and scope.replace("read_", "write_") not in scopes:
                yield self.env._(
                    "The access scope %(scope)s is missing: %(lack)s. Add it to the app at Shopify, install the new "
                    "version, then test the connection again.",
                    scope=scope,
                    lack=lack,
                )
        if const.ALL_ORDERS_SCOPE not in scopes:
            yield self.env._(
                "Only orders of the last %(days)s days can be read. To read older ones, request the access scope "
                "%(scope)s for the app at Shopify.",
                days=const.RECENT_DAYS,
                scope=const.ALL_ORDERS_SCOPE,
            )
        if not backend._webhook_secrets():
            yield self.env._(
                "Webhooks can't be checked, so they are refused: enter the app's API secret key under Credentials."
            )
        if api_version != const.API_VERSION:
            yield self.env._(
                "Shopify answers with version %(used)s of its API instead of %(wanted)s: update the connector.",
                used=api_version,
                wanted=const.API_VERSION,
            )

    # === ORDERS === #

    def _fetch_orders(self, backend, since, page=None):
        """Override of `connector_base`."""
        listing = OrderListing.resume(page) if page else OrderListing.begin(since)
        nodes, following = listing.read_page(backend._shopify_client(), **self._order_contents(backend))
        parse = partial(parser.parse_order, currency=backend.order_currency)
        return parsed_page(nodes, parse, following.token if following else None)

    def _order_contents(self, backend):
        """Return what orders are read with, as arguments of the client's methods."""
        return {"presentment": backend.order_currency == "presentment"}

    def _count_orders(self, backend, since):
        """Override of `connector_base`."""
        return backend._shopify_client().orders_count(OrderListing.begin(since).query)

    def _fetch_orders_by_id(self, backend, external_ids):
        """Override of `connector_base`."""
        gids = [f"gid://shopify/Order/{external_id}" for external_id in external_ids]
        nodes = backend._shopify_client().orders_by_id(gids, **self._order_contents(backend))
        return [parser.parse_order(node, currency=backend.order_currency) for node in nodes]

    def _list_order_ids(self, backend, since, until, page=None):
        """Override of `connector_base`."""
        listing = StubListing.resume(page) if page else StubListing.begin(since, until)
        nodes, following = listing.read_page(backend._shopify_client())
        return parsed_page(nodes, _stub, following.token if following else None)

    def _count_order_ids(self, backend, since, until):
        """Override of `connector_base`."""
        return backend._shopify_client().orders_count(StubListing.begin(since, until).query)

    def _visible_days(self):
        """Override of `connector_base`: older orders need a scope that an app may lose."""
        return const.RECENT_DAYS

    def _cancel_order(self, backend, external_id, *, reason, restock, refund, notify):
        """Override of `connector_base`."""
        backend._shopify_client().order_cancel(
            f"gid://shopify/Order/{external_id}",
            reason=const.CANCEL_REASONS[reason],
            restock=restock,
            refund=refund,
            notify=notify,
        )

    def _order_url(self, backend, external_id):
        """Override of `connector_base`."""
        return self._record_url(backend, "order", external_id)

    def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
        """Override of `connector_base`."""
        path = const.ADMIN_PATHS.get(resource)
        if not path or (resource == "variant" and not parent_external_id):
            return ""
        return f"https://{backend.shopify_domain}/admin/{path.format(id=external_id, parent=parent_external_id)}"

    def _order_mirror_values(self, document):
        """Override of `connector_base`."""
        values = {
            "shopify_order_id": document.external_id,
            "shopify_order_name": document.name,
            "shopify_confirmation_number": document.confirmation_number,
            "shopify_financial_status": document.financial_status,
            "shopify_fulfillment_status": document.fulfillment_status,
            "shopify_source_name": document.source,
            "shopify_tags": _joined(document.tags),
            "shopify_risk_level": document.risk,
            "shopify_gateway": _joined(document.gateways),
            "shopify_cancel_reason": document.cancel_reason,
        }
        return {name: value for name, value in values.items() if value is not UNSET}

    # === WEBHOOKS === #

    def _verify_webhook(self, backend, request):
        """Override of `connector_base`: Shopify signs the raw body, and says which store it is of."""
        verify_hmac(request.body, request.headers.get(const.SIGNATURE_HEADER), backend._webhook_secrets())
        domain = request.headers.get(const.DOMAIN_HEADER, "").lower()
        if domain != backend.shopify_domain:
            raise SignatureError(f"The call is of another store: {domain or 'none is named'}.")

    def _read_webhook(self, backend, request):
        """Override of `connector_base`."""
        headers = request.headers
        topic, event_id = headers.get(const.TOPIC_HEADER, ""), headers.get(const.WEBHOOK_ID_HEADER, "")
        if not topic or not event_id:
            raise DataError("The call lacks Shopify's headers: it is not a webhook of Shopify's.")
        body = Reader(_parsed(request.body), "body")
        resource, keys = const.TOPIC_RESOURCES.get(topic.partition("/")[0], ("", ()))
        triggered = Reader({"at": headers.get(const.TRIGGERED_AT_HEADER)}, "headers").time("at")
        return WebhookEnvelope(
            event_id=event_id,
            topic=topic,
            resource="account" if topic == const.UNINSTALLED_TOPIC else resource,
            external_id=":".join(body.identifier(key) for key in keys),
            updated_at=(body.time("updated_at") if resource else None) or triggered,
            correlation_id=headers.get(const.EVENT_ID_HEADER, ""),
        )

    def _parse_event(self, backend, topic, body):
        """Override of `connector_base`: what is not an order itself only says which one to read."""
        if topic.partition("/")[0] != "orders":
            return None
        return parser_webhook.parse_whole_order(_parsed(body), currency=backend.order_currency)

    def _tells_deletion(self, topic):
        """Override of `connector_base`."""
        return topic == const.DELETED_TOPIC

    def _ensure_webhooks(self, backend, address):
        """Override of `connector_base`: one subscription per topic.

        Ours are those whose path holds this backend's token: another Odoo may use the same app.
        """
        client = backend._shopify_client()
        ours = {}
        for subscription in client.webhook_subscriptions():
            if _path(subscription["uri"]) == _path(address):
                ours.setdefault(subscription["topic"], []).append(subscription)
        done = {"registered": [], "created": [], "repaired": [], "removed": [], "failed": []}
        wanted = self._shopify_topics(backend)
        for topic, name in wanted.items():
            found = sorted(ours.pop(topic, ()), key=lambda subscription: not _is_right(subscription, address))
            try:
                done[_ensure_webhook(client, topic, found[:1], address)].append(name)
            except DataError as error:
                done["failed"].append((name, error.message))
            if found[1:]:
                ours[topic] = found[1:]
        for topic, surplus in ours.items():
            for subscription in surplus:
                client.webhook_subscription_delete(subscription["id"])
                done["removed"].append(wanted.get(topic, topic))
        return WebhookReport(**{key: tuple(value) for key, value in done.items()})

    def _shopify_topics(self, backend):
        """Return {topic in GraphQL: in the header} of what a backend wants to be told."""
        topics = dict(const.TOPICS)
        for flow, more in const.FLOW_TOPICS.items():
            if backend._syncs(flow):
                topics.update(more)
        return topics

    def _remove_webhooks(self, backend, address):
        """Override of `connector_base`."""
        client = backend._shopify_client()
        for subscription in client.webhook_subscriptions():
            if _path(subscription["uri"]) == _path(address):
                client.webhook_subscription_delete(subscription["id"])


def _stub(node):
    """Return the `OrderStub` of what GraphQL states of an order."""
    reader = Reader(node, "order")
    return OrderStub(
        external_id=reader.identifier("id"),
        name=reader.required_text("name"),
        created_at=reader.required_time("createdAt"),
        updated_at=reader.required_time("updatedAt"),
    )


def _ensure_webhook(client, topic, found, address):
    """Make the subscription in `found` (none or one) right, or create it; return what was done."""
    if not found:
        client.webhook_subscription_create(topic, address)
        return "created"
    if _is_right(found[0], address):
        return "registered"
    client.webhook_subscription_update(found[0]["id"], address)
    return "repaired"


def _is_right(subscription, address):
    """Whether the subscription sends whole JSON payloads to `address`."""
    return (
        subscription["uri"] == address
        and subscription["format"] == "JSON"
        and not subscription["filter"]
        and not subscription["includeFields"]
    )


def _path(uri):
    return urlsplit(uri).path


def _parsed(body):
    """Return the JSON in `body` (bytes), its fractions exact.

    :raise DataError: it is no JSON
    """
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise DataError("The webhook's body is no JSON.") from None


def _joined(values):
    return UNSET if values is UNSET else ", ".join(values)
