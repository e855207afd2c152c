"""The address of a Magento shop, as people paste it. No Odoo import."""

import re
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9_]+(?:-+[a-z0-9_]+)*"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\]")
# What people copy with the address: the API's own path
_REST = re.compile(r"/(?:rest|soap)(?:/.*)?\Z")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


class NotSecure(ValueError):
    """The address is one without encryption: credentials must not go there."""


def normalize_base_url(text):
    """Return `https://host[:port][/path]` of the shop for what a person enters: its address, with or without https.

    :raise NotSecure: it begins with http://
    :raise ValueError: it is no address of a shop
    """
    entered = (text or "").strip()
    scheme, found, rest = entered.partition("://")
    if found and scheme.lower() == "http":
        raise NotSecure(text)
    if found and scheme.lower() != "https":
        raise ValueError(text)
    parts = urlsplit(f"https://{rest if found else entered}")
    port = parts.port  # raises ValueError where it is no number
    host = (parts.hostname or "").encode("idna").decode() if "[" not in parts.netloc else f"[{parts.hostname}]"
    path = _REST.sub("", parts.path).rstrip("/")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(path) or "@" in parts.netloc:
        raise ValueError(text)
    return f"https://{host}{f':{port}' if port and port != 443 else ''}{path}"


def account_key(base_url):
    """Return what names the shop, whatever the way to it: host and path."""
    return base_url.removeprefix("https://")
