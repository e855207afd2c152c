from odoo import models

from odoo.addons.connector_base.transport import DataError, PrivacyCall, verify_hmac

from .. import const
from ..reader import Reader
from .integration_adapter import _parsed


class IntegrationAdapterShopify(models.AbstractModel):
    """The compliance webhooks, configured in the app: https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance"""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"privacy"}

    def _read_privacy_call(self, request):
        """Override of `connector_base`: signed with the app's secret, as every webhook; a header names the store.

        The secrets of the store's own channels are tried; of a store without one, those of all channels, for they may
        be of the same app.
        """
        domain = request.headers.get(const.DOMAIN_HEADER, "").lower()
        backends = self.env["integration.backend"].with_context(active_test=False)
        channels = backends.search([("platform", "=", "shopify")])
        own = channels.filtered(lambda backend: backend.shopify_domain == domain)
        secrets = [secret for backend in own or channels for secret in backend._webhook_secrets()]
        verify_hmac(request.body, request.headers.get(const.SIGNATURE_HEADER), secrets)
        kind = const.PRIVACY_TOPICS.get(request.headers.get(const.TOPIC_HEADER, ""))
        event_id = request.headers.get(const.WEBHOOK_ID_HEADER, "")
        if not kind or not event_id:
            raise DataError("The call is none of Shopify's compliance webhooks.")
        body = Reader(_parsed(request.body), "body")
        customer = body.child("customer") or Reader({}, "customer")
        orders = body.items("orders_requested") + body.items("orders_to_redact")
        return PrivacyCall(
            event_id=event_id,
            kind=kind,
            account_key=domain,
            customer_external_id=customer.identifier("id", ""),
            email=customer.text("email"),
            order_external_ids=tuple(str(order) for order in orders),
        )
