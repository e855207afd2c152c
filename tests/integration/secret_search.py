"""Looks for a secret in a text (a database dump, a log), also where it is encoded or compressed."""

import base64
import binascii
import gzip
import html
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterator

BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
HEX_RUN = re.compile(rb"(?:[0-9a-fA-F]{2}){16,}")
# How deep to look into what was decoded: compressed, then base64, then as text of a column
DEPTH = 3


def spellings(secret: str) -> dict[str, bytes]:
    """Return {name of an encoding: how the secret looks in it}."""
    raw = secret.encode()
    found = {
        "plain": raw,
        "reversed": raw[::-1],
        "url": urllib.parse.quote(secret, safe="").encode(),
        "form": urllib.parse.quote_plus(secret).encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "html": html.escape(secret).encode(),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "utf-16": secret.encode("utf-16-le"),
        "rot13": secret.translate(_rot13()).encode(),
    }
    for shift in range(3):
        # the characters that hold bits of the bytes before or after the secret differ: they are left out
        encoded = base64.b64encode(b"\0" * shift + raw)
        core = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        found[f"base64+{shift}"] = core
        found[f"base64url+{shift}"] = core.replace(b"+", b"-").replace(b"/", b"_")
    return found


def find(text: bytes, secret: str) -> list[str]:
    """Return the names of the encodings in which `text` holds `secret`, those inside of encoded parts included."""
    wanted = spellings(secret)
    found = {name for name, spelling in wanted.items() if spelling in text}
    for path, part in _parts(text, DEPTH):
        found |= {f"{path}/{name}" for name, spelling in wanted.items() if spelling in part}
    return sorted(found)


def _parts(text: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield (how it was encoded, what it says) for everything in `text` that can be decoded."""
    if not depth:
        return
    for name, part in _decoded(text):
        yield name, part
        for path, inner in _parts(part, depth - 1):
            yield f"{name}/{path}", inner


def _decoded(text: bytes) -> Iterator[tuple[str, bytes]]:
    for inflate in (gzip.decompress, zlib.decompress):
        try:
            yield inflate.__module__, inflate(text)
        except (OSError, EOFError, zlib.error):
            continue
    for run in HEX_RUN.findall(text):
        yield "hex", binascii.unhexlify(run)
    for run in BASE64_RUN.findall(text):
        body = run.replace(b"-", b"+").replace(b"_", b"/")
        if len(body) % 4 == 1:  # no base64 has such a length: the last character belongs to something else
            body = body[:-1]
        yield "base64", base64.b64decode(body + b"=" * (-len(body) % 4))


def _rot13() -> dict[int, int]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    turned = letters[13:] + letters[:13]
    return str.maketrans(letters + letters.upper(), turned + turned.upper())
