"""A client for Odoo as its own web client speaks to it: a session and `call_kw`."""

import http.cookiejar
import itertools
import json
import urllib.request

PAGE = 500


class RpcError(Exception):
    """Odoo answered with an error: `name` is the exception's class, `debug` its traceback on the server."""

    def __init__(self, message: str, name: str, debug: str):
        super().__init__(f"{name}: {message}")
        self.message = message
        self.name = name
        self.debug = debug


class Rpc:
    """One user's session on one database."""

    def __init__(self, address: str, database: str, login: str, password: str):
        """Log in.

        :raises RpcError: wrong login or password
        """
        self.address = address
        self._ids = itertools.count(1)
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        session = self._post("/web/session/authenticate", {"db": database, "login": login, "password": password})
        self.uid = session["uid"]

    def _post(self, path: str, params: dict):
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with self._opener.open(request, timeout=300) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise RpcError(
                data.get("message") or answer["error"]["message"], data.get("name", ""), data.get("debug", "")
            )
        return answer.get("result")

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a public method; for a record method the first argument is the list of ids."""
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._post(path, {"model": model, "method": method, "args": args, "kwargs": kwargs})

    def create(self, model: str, values: dict) -> int:
        """Create one record; return its id."""
        return self.call(model, "create", [values])[0]

    def search_read(self, model: str, domain: list, fields: list[str], **kwargs) -> list[dict]:
        """Read all records of a domain, page by page, in order of their ids unless told otherwise."""
        kwargs.setdefault("order", "id")
        if "limit" in kwargs:
            return self.call(model, "search_read", domain, fields, **kwargs)
        records: list[dict] = []
        while True:
            page = self.call(model, "search_read", domain, fields, limit=PAGE, offset=len(records), **kwargs)
            records += page
            if len(page) < PAGE:
                return records

    def search_count(self, model: str, domain: list) -> int:
        """Return how many records a domain has."""
        return self.call(model, "search_count", domain)
