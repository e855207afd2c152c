"""A Magento shop of the sandbox in this process, called with signed requests."""

import itertools
import time
from urllib.parse import quote

from werkzeug.test import Client

from sandbox.magento import oauth

NONCES = itertools.count(1)


class MagentoLab:
    """A sandbox and one of its Magento shops, with short hands for its APIs."""

    def __init__(self, sandbox, domain: str, schema=None):
        """``schema``: the official one, which every call and answer is held against."""
        self.sandbox, self.domain, self.schema = sandbox, domain, schema
        self.client = Client(sandbox)

    @property
    def config(self) -> dict:
        return self.sandbox.services.store.get(self.domain, "shop", "shop")

    def control(self, method: str, path: str, body=None, *, status=None):
        """A control call below the shop; its JSON."""
        response = self.client.open(f"/_control/shops/{self.domain}{path}", method=method, json=body)
        assert response.status_code == status if status else response.status_code < 300, response.text
        return response.json

    def header(self, method: str, url: str, **changes) -> str:
        """The Authorization header of a signed call; ``changes`` make it wrong."""
        config = {**self.config, **changes.pop("config", {})}
        given = {
            "oauth_consumer_key": config["consumer_key"],
            "oauth_token": config["access_token"],
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_nonce": f"nonce{next(NONCES)}",
            "oauth_timestamp": str(int(time.time())),
            "oauth_version": "1.0",
            **changes,
        }
        key = f"{quote(config['consumer_secret'])}&{quote(config['access_token_secret'])}"
        given.setdefault("oauth_signature", oauth.signature(key, method, url, given))
        return "OAuth " + ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in given.items())

    def raw(self, method: str, path: str, body=None, *, store="", query: str = "", headers=None, **changes):
        """The HTTP response of one signed call; ``path`` follows ``/V1/``, ``query`` is sent as it is."""
        place = f"/rest/{store + '/' if store else ''}V1/{path}" + (f"?{query}" if query else "")
        if headers is None:
            headers = {"Authorization": self.header(method, f"https://{self.domain}{place}", **changes)}
        response = self.client.open(f"/{self.domain}{place}", method=method, json=body, headers=headers)
        if self.schema and response.get_json(silent=True) is not None:
            self._hold(method, path, body, response, whole="fields=" not in query)
        return response

    def _hold(self, method: str, path: str, body, response, *, whole: bool):
        """Hold a call that is carried out, and any answer, against the official schema."""
        problems = self.schema.problems_of_answer(method, path, response.status_code, response.json, whole=whole)
        if response.status_code < 400:
            problems += self.schema.problems_of_request(method, path, body)
        assert not problems, "\n".join(problems[:20])

    def bulk(self, method: str, path: str, bodies: list, *, store="all") -> dict:
        """The answer to many calls in one, to be carried out later."""
        place = f"/rest/{store}/async/bulk/V1/{path}"
        headers = {"Authorization": self.header(method, f"https://{self.domain}{place}")}
        response = self.client.open(f"/{self.domain}{place}", method=method, json=bodies, headers=headers)
        assert response.status_code == 202, response.text
        assert not (self.schema and self.schema.problems_of_bulk(response.json))
        return response.json

    def call(self, method: str, path: str, body=None, *, status: int = 200, **options):
        """The JSON of one signed call that must be answered with ``status``."""
        response = self.raw(method, path, body, **options)
        assert response.status_code == status, response.text
        return response.json

    def get(self, path: str, query: str = "", **options):
        return self.call("GET", path, query=query, **options)

    def search(self, path: str, *filters: tuple, query: str = "", **options):
        """A listing by (field, value, condition) filters that all must be met."""
        pieces = [query] if query else []
        for index, (field, value, kind) in enumerate(filters):
            start = f"searchCriteria[filter_groups][{index}][filters][0]"
            pieces += [
                f"{start}[field]={field}",
                f"{start}[value]={quote(str(value))}",
                f"{start}[condition_type]={kind}",
            ]
        if not any("searchCriteria" in piece for piece in pieces):
            pieces.append("searchCriteria=")
        return self.get(path, "&".join(pieces), **options)
