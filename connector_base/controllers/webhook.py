import logging

from psycopg2 import errors as pg_errors
from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import request

from ..models.integration_backend_sync import WEBHOOK_PATH
from ..transport.errors import DataError, SignatureError
from ..transport.ports import WebhookRequest

_logger = logging.getLogger(__name__)

MAX_BYTES = 2 * 1024 * 1024


class WebhookController(http.Controller):
    def _max_bytes(self):
        """Return the largest body taken, in bytes. Odoo asks before anything of the body is read."""
        parameter = request.env["ir.config_parameter"].sudo().get_param("connector_base.webhook_max_bytes")
        return int(parameter or MAX_BYTES)

    @http.route(
        f"{WEBHOOK_PATH}/<string:platform>/<string:token>",
        type="http",
        auth="public",
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=_max_bytes,
    )
    def webhook(self, platform, token, **_query):
        """Store a platform's event; see "The way in" in the design.

        Answers 200 stored (now or before), 400 not understood, 401 signature, 404 no such address, 405 method,
        413 size, 415 content type. Nothing is stored of a refused call, which is only counted. Anything else is a 500,
        upon which platforms send again.
        """
        backend = self._backend(platform, token)
        if not backend:
            return self._refuse(None, "address", 404)
        adapter = backend._adapter()
        httprequest = request.httprequest
        if httprequest.method not in adapter._webhook_methods():
            return self._refuse(backend, "method", 405)
        if httprequest.method == "POST" and httprequest.mimetype not in adapter._webhook_content_types():
            return self._refuse(backend, "content_type", 415)
        try:
            body = httprequest.get_data(cache=False)
        except RequestEntityTooLarge:
            return self._refuse(backend, "size", 413)
        inbound = WebhookRequest(
            method=httprequest.method,
            url=httprequest.url,
            headers={name.lower(): value for name, value in httprequest.headers.items()},
            query=httprequest.args.to_dict(),
            body=body,
        )
        try:
            adapter._verify_webhook(backend, inbound)
            envelope = adapter._read_webhook(backend, inbound)
        except SignatureError as error:
            return self._refuse(backend, "signature", 401, error)
        except DataError as error:
            return self._refuse(backend, "malformed", 400, error)
        if envelope.reply:
            status, content_type, answer = envelope.reply
            return request.make_response(answer, [("Content-Type", content_type)], status=status)
        self._store(backend, envelope, body)
        return self._answer(200)

    def _backend(self, platform, token):
        """Return the backend whose address this is; only one that is or was working takes events."""
        return (
            request.env["integration.backend"]
            .sudo()
            .search(
                [
                    ("webhook_token", "=", token),
                    ("platform", "=", platform),
                    ("state", "in", ("connected", "error")),
                ],
                limit=1,
            )
        )

    def _store(self, backend, envelope, body):
        """Store, commit, then look for a waiting drain in a new snapshot: whatever drain is found not started sees
        the event. An error after the commit lets the platform send again, which comes here again."""
        cr = request.env.cr
        try:
            request.env["integration.webhook.event"].sudo()._store(backend, envelope, body)
        except pg_errors.SerializationFailure:
            cr.rollback()  # the same delivery has just been stored by another request
        else:
            cr.commit()
        if envelope.resource and backend.state == "connected":
            backend._ensure_drain(eta=1)

    def _refuse(self, backend, reason, status, error=None):
        _logger.info("webhook call refused with %s: %s %s", status, backend or "unknown address", error or reason)
        request.env["integration.webhook.refusal"].sudo()._count(backend and backend.id, reason)
        return self._answer(status)

    def _answer(self, status):
        return request.make_response(b"", [("Content-Type", "text/plain")], status=status)
