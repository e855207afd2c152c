from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port between the engine and one platform: these docstrings are the contract.

    A platform addon adds `integration.adapter.<platform>` inheriting this model, and the platform's value to
    `integration.backend.platform`. Methods take the backend explicitly, talk through `backend._session(...)` and
    raise nothing but the errors of `connector_base.transport`. They know nothing of Odoo's business models.

    External ids are plain text without the platform's wrapping (`"123"`, not a URI), unique per resource and backend.
    """

    _name = "integration.adapter"
    _description = "Platform Adapter"

    # === WHAT THE PLATFORM CAN DO === #

    def _capabilities(self):
        """Return a frozenset of capability names: `orders_in`, `webhooks`, ... UI and crons follow it."""
        raise NotImplementedError()

    def _credential_keys(self):
        """Return {key: (label, is_webhook_secret)} of the credentials a backend may have.

        A webhook secret may be replaced without losing calls: see `integration.backend._webhook_secrets`.
        """
        raise NotImplementedError()

    def _default_budget(self):
        """Return {api: (capacity, rate per second)}: where the budget starts before the platform has said anything."""
        raise NotImplementedError()

    # === CONNECTION === #

    def _check_connection(self, backend):
        """Call the platform and return a `ConnectionReport`.

        :raise ConfigurationError: credentials refused
        """
        raise NotImplementedError()

    # === ORDERS === #

    def _fetch_orders(self, backend, since, page=None):
        """Return the `Page` of canonical orders updated at or after `since`, oldest update first.

        :param datetime since: aware UTC
        :param str page: `next_page` of the page before; None for the first one
        """
        raise NotImplementedError()

    def _count_orders(self, backend, since):
        """Return how many orders `_fetch_orders` will give, or None when the platform can't say cheaply."""
        raise NotImplementedError()

    def _fetch_orders_by_id(self, backend, external_ids):
        """Return the canonical orders of `external_ids` in as few calls as possible; unknown ones are left out."""
        raise NotImplementedError()

    def _list_order_ids(self, backend, since, until, page=None):
        """Return the `Page` of `OrderStub`s of the orders created from `since` on and before `until`, oldest first.

        Part of `orders_in`: with it imports of a period and the reconciliation find what is missing. Cheap: as many on
        a page as the platform gives, nothing but what a stub holds. The order is that of the creation time, which never
        changes; orders created in the same second may come in any order.

        :param datetime since: aware UTC, with whole seconds; None for all before `until`
        :param datetime until: aware UTC, with whole seconds
        :param str page: `next_page` of the page before; None for the first one
        """
        raise NotImplementedError()

    def _count_order_ids(self, backend, since, until):
        """Return how many orders `_list_order_ids` will give, or None when the platform can't say cheaply."""
        raise NotImplementedError()

    def _order_url(self, backend, external_id):
        """Return the address of the order in the platform's own back office."""
        raise NotImplementedError()

    def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
        """Return the address of a record in the platform's back office; "" if it has none.

        :param str resource: order, partner, company, product or variant; "" for any other
        :param str parent_external_id: of a variant: its product
        """
        return self._order_url(backend, external_id) if resource == "order" else ""

    def _visible_days(self):
        """Return how many days after it was placed an order can surely be read by its id; None for ever.

        A younger order that is not found was deleted.
        """
        return None

    def _cancel_order(self, backend, external_id, *, reason, restock, refund, notify):
        """Cancel an order on the platform. Capability `orders_cancel`. It may take effect a moment later.

        :param str reason: one of `canonical.CANCEL_REASONS`
        :param bool restock: put what was not shipped back into stock
        :param bool refund: give back what was paid, the way it was paid
        :param bool notify: tell the customer
        :raise DataError: the platform refuses, for instance because the order is shipped; it says what to do
        """
        raise NotImplementedError()

    def _order_mirror_values(self, document):
        """Return the values of the platform addon's own mirror fields on the Odoo order, of what `document` states."""
        return {}

    # === WEBHOOKS === #

    def _webhook_methods(self):
        """Return the HTTP methods the webhook address takes; a challenge may be a GET."""
        return ("POST",)

    def _webhook_content_types(self):
        """Return the media types accepted in a POST."""
        return ("application/json",)

    def _verify_webhook(self, backend, request):
        """Check the signature of a `WebhookRequest` over its raw bytes, in constant time.

        :raise SignatureError: missing, wrong, or no secret to check with (fails closed)
        :raise TransientError: it can't be checked yet: the platform is made to send it again
        """
        raise NotImplementedError()

    def _fetch_webhook_keys(self, backend, names):
        """Return {name: public key in PEM} of those of `names` that the platform shows.

        For platforms that sign with private keys. Called by a job, for what was asked of
        `integration.backend._webhook_public_keys` and isn't known.

        :param list names: what calls say they are signed with
        """
        return {}

    def _split_webhook(self, request):
        """Return a `WebhookRequest` for each event of a verified one, where the platform sends several in one call.

        :raise DataError: the request is not what the platform sends
        """
        return (request,)

    def _read_webhook(self, backend, request):
        """Return the `WebhookEnvelope` of a verified request with one event. No call to the platform.

        :raise DataError: the request is not what the platform sends
        """
        raise NotImplementedError()

    def _parse_event(self, backend, topic, body):
        """Return the canonical document of a stored webhook body, or None when it must be read from the platform.

        :param bytes body: as received
        :raise DataError: the body can't be understood
        """
        raise NotImplementedError()

    def _tells_deletion(self, topic):
        """Whether events of `topic` say that their record was deleted."""
        return False

    def _ensure_webhooks(self, backend, address):
        """Make the platform's subscriptions be the wanted ones, all at `address`; return a `WebhookReport`."""
        raise NotImplementedError()

    def _remove_webhooks(self, backend, address):
        """Remove the subscriptions that point to `address`. Done when there are none."""
        raise NotImplementedError()
