"""Keeps secrets out of everything that is logged, stored or shown.

What is sensitive is found by name (headers, JSON keys, query parameters, form fields) and by value (the secrets the
caller knows, in every encoding they travel in). Personal data is not the subject: bodies are only kept for debugging.
"""

import json
import re
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

MASK = "[redacted]"

# Shorter values are not looked for in texts: they would blank out half of every answer, and are no secrets.
MIN_SECRET = 4

_SENSITIVE = (
    "accesskey",
    "apikey",
    "assertion",
    "authorization",
    "cookie",
    "consumerkey",
    "credential",
    "hmac",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "session",
    "signature",
    "token",
)
_WORDS = "|".join("[_-]?".join((word[:-3], "key")) if word.endswith("key") else word for word in _SENSITIVE)
_NAME = rf"[A-Za-z0-9_.-]{{0,64}}(?:{_WORDS})[A-Za-z0-9_.-]{{0,64}}"
# A member of a JSON object, whole or cut off, also of JSON inside a JSON text (quotes are escaped then).
_JSON_MEMBER = re.compile(
    rf'(\\{{0,8}}"{_NAME}\\{{0,8}}"\s*:\s*)'
    r'(?!null\b|true\b|false\b)(?:(")(?:[^"\\]|\\.)*|(\\{1,8}")[^"\\]*|[^\s",:{}\[\]\\]+)',
    re.IGNORECASE | re.DOTALL,
)
_PARAMETER = re.compile(rf"(?<![A-Za-z0-9_.-])({_NAME}=)[^&\s\"'<>]+", re.IGNORECASE)
# A JSON document that is nothing but one long word: a token. So some platforms answer who asks for one.
_BARE_WORD = re.compile(r'\s*"[^"\s]{16,}"\s*')
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|OAuth)(\s+)([A-Za-z0-9+/=._~:\-]{8,})", re.IGNORECASE)


def is_sensitive(name):
    """Return whether a header, key or parameter of that name holds something secret."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return any(word in plain for word in _SENSITIVE)


def redact(text, secrets=()):
    """Return `text` with everything secret in it masked.

    :param str text: any text: a URL, a body, the message of an error
    :param secrets: values known to be secret; masked in plain, URL-encoded and JSON-escaped form
    """
    if _BARE_WORD.fullmatch(text):
        return f'"{MASK}"'
    text = _JSON_MEMBER.sub(_mask_member, text)
    text = _PARAMETER.sub(rf"\g<1>{MASK}", text)
    text = _SCHEME.sub(rf"\g<1>\g<2>{MASK}", text)
    return _mask_values(text, secrets)


def redact_url(url, secrets=()):
    """Return `url` without credentials in it: user information and sensitive query parameters are masked."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all, so nobody will be asked with it
        return redact(url, secrets)
    netloc = parts.netloc.rpartition("@")[2]
    query = urlencode(
        [
            (name, MASK if is_sensitive(name) else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ],
        safe="[]:,@/",
    )
    return _mask_values(urlunsplit((parts.scheme, netloc, parts.path, query, "")), secrets)


def sensitive_values(headers):
    """Return the secret values a request's headers carry, to be masked wherever else they show up.

    The scheme of an `Authorization` header is no part of the secret.
    """
    values = set()
    for name, value in headers.items():
        if is_sensitive(name):
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            values.add(text)
            values.add(text.rpartition(" ")[2])
    return values


def _mask_member(match):
    head, quote_mark, escaped_quote_mark = match.groups()
    return head + (quote_mark or escaped_quote_mark or "") + MASK


def _mask_values(text, secrets):
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    if not forms:
        return text
    masked = re.sub("|".join(map(re.escape, forms)), MASK, text)
    # What the mask puts side by side may spell a secret anew; then nothing of the text is worth the risk.
    if any(form in masked for form in forms):
        return ""
    return masked


def _forms(secret):
    """Yield how a secret may be written in a text."""
    if len(secret) < MIN_SECRET:
        return
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
