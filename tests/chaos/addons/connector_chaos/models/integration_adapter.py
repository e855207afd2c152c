import json
import os
from datetime import datetime
from decimal import Decimal

from odoo import models

from odoo.addons.connector_base.canonical import Order, OrderLine, OrderStub
from odoo.addons.connector_base.transport import DataError, Page, WebhookEnvelope, WebhookReport
from odoo.addons.connector_base.transport.responses import raise_for_status, read_json
from odoo.addons.connector_base.transport.signatures import verify_hmac


class IntegrationAdapterChaos(models.AbstractModel):
    """Speaks to the shop in tests/chaos/shop.py, whose address stands in the environment."""

    _name = "integration.adapter.chaos"
    _inherit = "integration.adapter"
    _description = "Chaos Adapter"

    def _capabilities(self):
        return frozenset({"orders_in", "webhooks"})

    def _credential_keys(self):
        return {"webhook_secret": ("Webhook Secret", True)}

    def _default_budget(self):
        return {"api": (1000, 1000)}

    def _get(self, backend, path, **params):
        response = backend._session().request("GET", os.environ["CHAOS_SHOP"] + path, operation=path, params=params)
        raise_for_status(response)
        return read_json(response)

    def _document(self, payload):
        if payload.get("poison"):
            raise DataError(f"Order {payload['id']} has no lines")
        version = payload["version"]
        return Order(
            external_id=payload["id"],
            name=f"#{payload['id']}",
            created_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
            updated_at=datetime.fromisoformat(payload["updated_at"]),
            currency=payload["currency"],
            taxes_included=False,
            email=f"buyer{int(payload['id']) % 37}@example.com",
            lines=(
                OrderLine(
                    external_id=f"{payload['id']}-1",
                    title=f"Version {version}",
                    quantity=Decimal(1),
                    unit_price=Decimal(version),
                ),
            ),
            total=Decimal(version),
        )

    def _fetch_orders(self, backend, since, page=None):
        answer = self._get(backend, "/orders", since=since.isoformat() if since else "", page=page or "")
        return Page(documents=tuple(map(self._document, answer["orders"])), next_page=answer["next"])

    def _count_orders(self, backend, since):
        return self._get(backend, "/count", since=since.isoformat() if since else "")["count"]

    def _fetch_orders_by_id(self, backend, external_ids):
        answer = self._get(backend, "/by_id", ids=",".join(external_ids))
        return [self._document(payload) for payload in answer["orders"]]

    def _list_order_ids(self, backend, since, until, page=None):
        answer = self._get(backend, "/orders", page=page or "")
        stubs = [
            OrderStub(
                external_id=document.external_id,
                name=document.name,
                created_at=document.created_at,
                updated_at=document.updated_at,
            )
            for document in map(self._document, answer["orders"])
            if (not since or since <= document.created_at) and document.created_at < until
        ]
        return Page(documents=tuple(stubs), next_page=answer["next"])

    def _count_order_ids(self, backend, since, until):
        return None

    def _order_url(self, backend, external_id):
        return f"{os.environ['CHAOS_SHOP']}/orders/{external_id}"

    def _verify_webhook(self, backend, request):
        verify_hmac(request.body, request.headers.get("x-signature"), backend._webhook_secrets())

    def _read_webhook(self, backend, request):
        payload = json.loads(request.body)
        return WebhookEnvelope(
            event_id=request.headers["x-delivery"],
            topic="orders/updated",
            resource="order",
            external_id=payload["id"],
            updated_at=datetime.fromisoformat(payload["updated_at"]),
        )

    def _parse_event(self, backend, topic, body):
        payload = json.loads(body)
        return None if payload.get("thin") else self._document(payload)

    def _ensure_webhooks(self, backend, address):
        return WebhookReport()

    def _remove_webhooks(self, backend, address):
        return None
