"""Stand-ins for what a client is given: a session that answers from a list, a budget, a way to sign."""

import json

from requests.structures import CaseInsensitiveDict

from odoo.addons.connector_base.transport import Response
from odoo.addons.connector_shopify.client import ShopifyClient

DOMAIN = "one-shop.myshopify.com"
COST = {
    "requestedQueryCost": 100,
    "actualQueryCost": 40,
    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1960, "restoreRate": 100.0},
}


def answer(data=None, *, errors=None, cost=COST, status=200, version="2026-10"):
    """An HTTP answer of the Admin API."""
    body = {key: value for key, value in (("data", data), ("errors", errors)) if value is not None}
    if cost:
        body["extensions"] = {"cost": cost}
    return raw(json.dumps(body), status=status, headers={"X-Shopify-API-Version": version, "X-Request-Id": "req-1"})


def raw(content, *, status=200, headers=None):
    """An HTTP answer with this body."""
    return Response(status_code=status, headers=CaseInsensitiveDict(headers or {}), content=content.encode())


def error(code, message="No", **extensions):
    """One entry of a GraphQL answer's `errors`."""
    return {"message": message, "extensions": {"code": code, **extensions}}


class FakeBudget:
    def __init__(self, waits=()):
        self.waits = list(waits)
        self.taken = []
        self.fed = []

    def acquire(self, api, cost):
        self.taken.append((api, cost))
        return self.waits.pop(0) if self.waits else 0.0

    def feed(self, api, **what):
        self.fed.append((api, what))


class FakeSession:
    """Gives the prepared answers, one per call; keeps what was sent."""

    def __init__(self, *answers, budget=None):
        self.answers = list(answers)
        self.calls = []
        self.budget = budget
        self.patience = 0.0

    def request(self, method, url, **call):
        self.calls.append({"method": method, "url": url, **call})
        response = self.answers.pop(0)
        if isinstance(response, Exception):
            raise response
        if call.get("inspect") and response.status_code == 200 and response.content.startswith(b"{"):
            self.calls[-1]["outcome"] = call["inspect"](response)
        return response

    @property
    def variables(self):
        return [call["json"]["variables"] for call in self.calls]

    @property
    def operations(self):
        return [call["operation"] for call in self.calls]


class FakeAuth:
    """Signs nothing; renews as often as it may."""

    def __init__(self, renewals=0):
        self.renewals = renewals

    def renew(self):
        self.renewals -= 1
        return self.renewals >= 0


def client(*answers, budget=None, renewals=0):
    """Return (client, session) that gives these answers."""
    session = FakeSession(*answers, budget=budget)
    return ShopifyClient(session, DOMAIN, FakeAuth(renewals)), session
