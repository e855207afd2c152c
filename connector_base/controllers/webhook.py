import logging

from psycopg2 import errors as pg_errors

from odoo import http
from odoo.http import request

from ..models.integration_backend_sync import WEBHOOK_PATH
from ..transport.errors import DataError, SignatureError, TransientError
from ..transport.ports import WebhookRequest

_logger = logging.getLogger(__name__)

MAX_BYTES = 2 * 1024 * 1024


class Refused(Exception):
    """The call is answered with `status` and counted under `reason`."""

    def __init__(self, status, reason, detail=""):
        super().__init__(detail or reason)
        self.status = status
        self.reason = reason


class WebhookController(http.Controller):
    def _max_bytes(self):
        """Return the largest body taken, in bytes."""
        parameter = request.env["ir.config_parameter"].sudo().get_param("connector_base.webhook_max_bytes")
        return int(parameter or MAX_BYTES)

    def _max_content_length(self):
        """Return what Odoo itself may read: asked before anything of the body is.

        Nothing of a body that says its size: we look at it first, and count what we refuse. Odoo parses forms by
        itself, and cuts what comes in chunks at this limit.
        """
        received = request.httprequest
        is_form = received.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data")
        return self._max_bytes() if is_form or received.content_length is None else None

    @http.route(
        f"{WEBHOOK_PATH}/<string:platform>/<string:token>",
        type="http",
        auth="public",
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=_max_content_length,
    )
    def webhook(self, platform, token, **_query):
        """Store a platform's event or events, whatever the platform.

        Answers 200 stored (now or before), 400 not understood, 401 signature, 404 no such address, 405 method,
        413 size, 415 content type, 503 not to be checked yet. Nothing is stored of a refused call, which is only
        counted. Upon a 503, and anything else, which is a 500, platforms send again.
        """
        backend = self._backend(platform, token)
        try:
            if not backend:
                raise Refused(404, "address")
            adapter = backend._adapter()
            received = self._read_events(adapter, backend, self._read_request(adapter))
        except Refused as refusal:
            _logger.info("webhook call refused, %s: %s (%s)", refusal.status, refusal, backend)
            request.env["integration.webhook.refusal"].sudo()._count(backend.id, refusal.reason)
            return self._answer(refusal.status)
        if reply := received and received[0][0].reply:
            status, content_type, answer = reply
            return self._answer(status, answer, content_type)
        self._store(backend, received)
        return self._answer(200)

    def _backend(self, platform, token):
        """Return the backend whose address this is; only one that is or was working takes events."""
        backends = request.env["integration.backend"].sudo()
        # Only what is looked at here: a backend has many fields, and this is done for every call.
        return backends.search_fetch(
            [("webhook_token", "=", token), ("platform", "=", platform), ("state", "in", ("connected", "error"))],
            ["platform", "state"],
            limit=1,
        )

    def _read_request(self, adapter):
        """Return the `WebhookRequest`, with the raw body.

        :raise Refused: method, content type or size
        """
        received = request.httprequest
        if received.method not in adapter._webhook_methods():
            raise Refused(405, "method", received.method)
        if received.method == "POST" and received.mimetype not in adapter._webhook_content_types():
            raise Refused(415, "content_type", received.mimetype)
        limit = self._max_bytes()
        if (received.content_length or 0) > limit:
            raise Refused(413, "size")
        body = received.get_data(cache=False)
        if received.content_length is None and len(body) >= limit:
            raise Refused(413, "size")
        return WebhookRequest(
            method=received.method,
            url=received.url,
            headers={name.lower(): value for name, value in received.headers.items()},
            query=received.args.to_dict(),
            body=body,
        )

    def _read_events(self, adapter, backend, inbound):
        """Return the events of a request whose signature is right, as [(`WebhookEnvelope`, raw bytes)].

        :raise Refused: signature, or not what the platform sends
        """
        try:
            adapter._verify_webhook(backend, inbound)
            return [(adapter._read_webhook(backend, part), part.body) for part in adapter._split_webhook(inbound)]
        except SignatureError as error:
            raise Refused(401, "signature", str(error)) from error
        except TransientError as error:
            raise Refused(503, "later", str(error)) from error
        except DataError as error:
            raise Refused(400, "malformed", str(error)) from error

    def _store(self, backend, received):
        """Store, commit, then look for a waiting drain in a new snapshot: a drain that has not started sees the events.

        Each event by itself: one that another request stores at the same moment takes none of the others away. An
        error after a commit lets the platform send again, which ends up here again.
        """
        cr = request.env.cr
        to_drain = backend.state == "connected" and any(envelope.resource for envelope, _body in received)
        for envelope, body in received:
            try:
                request.env["integration.webhook.event"].sudo()._store(backend, envelope, body)
            except pg_errors.SerializationFailure:
                cr.rollback()  # another request has just stored the same delivery
            else:
                cr.commit()  # pylint: disable=invalid-commit
        if to_drain:
            backend._ensure_drain(eta=1)

    def _answer(self, status, body=b"", content_type="text/plain"):
        return request.make_response(body, [("Content-Type", content_type)], status=status)
