"""A Magento shop of the sandbox in this process, called with signed requests."""

import itertools
from urllib.parse import quote

from werkzeug.test import Client

from sandbox.magento import oauth

NONCES = itertools.count(1)


class MagentoLab:
    """A sandbox and one of its Magento shops, with short hands for its APIs."""

    def __init__(self, sandbox, domain: str):
        self.sandbox, self.domain = sandbox, domain
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
            "oauth_timestamp": str(int(self.sandbox.services.clock.now())),
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
        return self.client.open(f"/{self.domain}{place}", method=method, json=body, headers=headers)

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
