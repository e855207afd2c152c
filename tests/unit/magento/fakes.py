"""Stand-ins for what a client is given: a session that answers from a list or a function, a way to sign."""

import json

from requests.structures import CaseInsensitiveDict

from odoo.addons.connector_base.transport import Response
from odoo.addons.connector_magento.client import MagentoClient

BASE = "https://shop.example.com/store"


def answer(data, *, status=200, headers=None):
    """An HTTP answer of the API."""
    return raw(json.dumps(data, default=float), status=status, headers=headers)


def raw(content, *, status=200, headers=None):
    """An HTTP answer with this body."""
    return Response(status_code=status, headers=CaseInsensitiveDict(headers or {}), content=content.encode(), url=BASE)


def refusal(message, *, status, parameters=None, **more):
    """An HTTP answer that says what is wrong, as Magento does."""
    body = {"message": message, **more}
    return answer({**body, "parameters": parameters} if parameters is not None else body, status=status)


def denial(resource):
    """What Magento answers who has no access to a resource."""
    return refusal(
        "The consumer isn't authorized to access %resources.", status=401, parameters={"resources": resource}
    )


class FakeSession:
    """Gives the prepared answers, one per call, or what `answers` (a function of the call) returns; keeps the calls."""

    def __init__(self, *answers, budget=None):
        self.answers = answers[0] if answers and callable(answers[0]) else list(answers)
        self.calls = []
        self.budget = budget
        self.patience = 0.0

    def request(self, method, url, **call):
        self.calls.append({"method": method, "url": url, **call})
        response = self.answers(self.calls[-1]) if callable(self.answers) else self.answers.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    @property
    def operations(self):
        return [call["operation"] for call in self.calls]


class FakeAuth:
    """Signs nothing; renews as often as it may."""

    remedy = "Enter other keys."

    def __init__(self, renewals=0):
        self.renewals = renewals

    def renew(self):
        self.renewals -= 1
        return self.renewals >= 0


def client_of(*answers, auth=None, budget=None):
    """Return (client, its session)."""
    session = FakeSession(*answers, budget=budget)
    return MagentoClient(session, BASE, auth or FakeAuth()), session
