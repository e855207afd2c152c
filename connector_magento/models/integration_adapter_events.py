from odoo import models

from odoo.addons.connector_base.transport import DataError, PermissionMissing, SignatureError, WebhookReport, verify_rsa

from .. import const, events


class IntegrationAdapterMagento(models.AbstractModel):
    """Events of Adobe Commerce, for shops that send them to Adobe I/O Events and are registered there."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`: with the client id of a registration only, see `integration.backend._syncs`."""
        return super()._capabilities() | {"webhooks"}

    def _webhook_methods(self):
        """Override of `connector_base`."""
        return ("GET", "POST")

    def _webhook_content_types(self):
        """Override of `connector_base`."""
        return const.EVENT_MEDIA_TYPES

    def _verify_webhook(self, backend, request):
        """Override of `connector_base`: Adobe signs the raw body, and says within it for whom it is.

        The challenge is not signed; what it is answered says nothing.
        """
        if request.method == "GET":
            return
        signatures = events.signatures(request.headers)
        try:
            found = events.parse(request.body)
        except DataError as error:
            raise SignatureError(error.message) from error
        events.check_recipient(found, backend.magento_events_client)
        keys = backend._webhook_public_keys(signatures.keys())
        verify_rsa(request.body, [(pem, signatures[path]) for path, pem in keys.items()])

    def _split_webhook(self, request):
        """Override of `connector_base`: Adobe sends one by one or in batches, as was registered there."""
        return events.split(request)

    def _read_webhook(self, backend, request):
        """Override of `connector_base`."""
        if request.method == "GET":
            return events.answer_challenge(request.query)
        [event] = events.parse(request.body)
        return events.read_envelope(event)

    def _fetch_webhook_keys(self, backend, names):
        """Override of `connector_base`: from Adobe's own host."""
        session = backend._session()
        found = {path: events.read_key(session, path) for path in names}
        return {path: pem for path, pem in found.items() if pem}

    def _parse_event(self, backend, topic, body):
        """Override of `connector_base`: an event only says which order to read."""
        return None

    def _parse_stock_event(self, backend, topic, body):
        """Override of `connector_base`: an event only says which product to look at."""
        return None

    def _tells_deletion(self, topic):
        """Override of `connector_base`."""
        return topic in const.DELETIONS

    def _ensure_webhooks(self, backend, address):
        """Override of `connector_base`: the shop's subscriptions. That Adobe sends them here is registered with Adobe,
        by the merchant: nothing can be asked about it."""
        client = backend._magento_client()
        done = {"registered": [], "created": [], "repaired": [], "failed": []}
        try:
            if const.EVENTS_MODULE not in client.modules():
                return WebhookReport(failed=((const.EVENTS_MODULE, const.EVENTS_REMEDIES["NO_MODULE"]),))
            known = {entry.get("name"): entry for entry in client.call("GET", "eventing/getEventSubscriptions") or ()}
        except PermissionMissing as error:
            return WebhookReport(failed=((const.EVENTS_MODULE, f"{error.message} {error.remedy}"),))
        except DataError as error:
            if error.status != 404:
                raise
            return WebhookReport(failed=((const.EVENTS_MODULE, const.EVENTS_REMEDIES["TOO_OLD"]),))
        for flow, wanted in const.EVENTS.items():
            for name in wanted if backend._syncs(flow) else ():
                try:
                    what = events.ensure_subscription(client, known.get(name), name, urgent=flow in const.URGENT_FLOWS)
                    done[what].append(name)
                except (DataError, PermissionMissing) as error:
                    done["failed"].append((f"{backend._flow_label(flow)}, {name}", f"{error.message} {error.remedy}"))
        backend._magento_note_subscriptions(made=done["created"])
        return WebhookReport(**{key: tuple(value) for key, value in done.items()})

    def _remove_webhooks(self, backend, address):
        """Override of `connector_base`: the shop's subscriptions that we made. What points to `address` is the
        registration with Adobe, which is the merchant's."""
        names = backend._magento_given_up_subscriptions()
        if not names:
            return
        gone = []
        try:
            for name in events.remove_subscriptions(backend._magento_client(), names):
                gone.append(name)
        finally:
            backend._magento_note_subscriptions(gone=gone)
