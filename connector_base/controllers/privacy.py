import logging

from odoo import http
from odoo.http import request

from ..models.integration_privacy_request import PRIVACY_PATH
from ..transport.errors import DataError, SignatureError
from .webhook import Refused, WebhookController

_logger = logging.getLogger(__name__)


class PrivacyController(WebhookController):
    def _max_privacy_length(self):
        """Return what Odoo itself may read: see `_max_content_length`."""
        return self._max_content_length()

    @http.route(
        f"{PRIVACY_PATH}/<string:platform>",
        type="http",
        auth="public",
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=_max_privacy_length,
    )
    def privacy(self, platform, **_query):
        """Keep what a platform asks by law of the data of a customer or an account: one address for all accounts.

        Answers as `webhook` does. What is asked is done right afterwards, not in this request.
        """
        try:
            adapter = request.env.get(f"integration.adapter.{platform}")
            if adapter is None or "privacy" not in adapter._capabilities():
                raise Refused(404, "address")
            call = self._read_privacy_call(adapter.sudo())
        except Refused as refusal:
            _logger.info("privacy call refused, %s: %s (%s)", refusal.status, refusal, platform)
            request.env["integration.webhook.refusal"].sudo()._count(None, refusal.reason)
            return self._answer(refusal.status)
        request.env["integration.privacy.request"].sudo()._store(platform, call)
        return self._answer(200)

    def _read_privacy_call(self, adapter):
        """Return the `PrivacyCall` of the request, whose signature is right.

        :raise Refused: what `_read_request` refuses; signature, or not what the platform sends
        """
        inbound = self._read_request(adapter)
        try:
            return adapter._read_privacy_call(inbound)
        except SignatureError as error:
            raise Refused(401, "signature", str(error)) from error
        except DataError as error:
            raise Refused(400, "malformed", str(error)) from error
