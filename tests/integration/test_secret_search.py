"""The search for secrets finds what it is to find."""

import base64
import gzip
import json
import urllib.parse
import zlib

import pytest

from .secret_search import find

SECRET = "shpss_7f3a/9c+01d2=e4 b5&86ä"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain", SECRET.encode()),
        ("reversed", SECRET.encode()[::-1]),
        ("json", json.dumps({"secret": SECRET}).encode()),
        ("url", urllib.parse.quote(SECRET, safe="").encode()),
        ("form", urllib.parse.urlencode({"secret": SECRET}).encode()),
        ("hex", b"\\x" + SECRET.encode().hex().encode()),
        ("base64+0", base64.b64encode(SECRET.encode())),
        ("base64+1", base64.b64encode(f"u{SECRET}, and more".encode())),
        ("base64+2", base64.b64encode(f"user:{SECRET}!".encode())),
        ("base64url+2", base64.urlsafe_b64encode(f"user:{SECRET}!".encode())),
        ("hex/gzip/plain", b"\\x" + gzip.compress(f"token={SECRET}".encode()).hex().encode()),
        ("base64/zlib/plain", base64.b64encode(zlib.compress(f"token={SECRET}".encode()))),
        ("base64/base64/plain", base64.b64encode(base64.b64encode(f"long enough: {SECRET}".encode()))),
    ],
)
def test_found(name, text):
    assert name in find(b"COPY public.x (id, y) FROM stdin;\n1\t" + text + b"\t\\N\n\\.\n", SECRET)


def test_not_found():
    assert find(b"1\t" + base64.b64encode(b"something else entirely, of some length") + b"\n", SECRET) == []
