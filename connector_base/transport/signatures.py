"""Signatures of inbound requests. Pure: bytes in, nothing or `SignatureError` out."""

import base64
import hashlib
import hmac

from .errors import SignatureError


def sign_hmac(body, secret, *, algorithm="sha256", encoding="base64"):
    """Return the HMAC of `body` as text, `base64` or `hex`.

    :param bytes body: the raw bytes as sent
    :param str secret:
    :param str algorithm: a name known to hashlib
    """
    digest = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()
    return base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()


def verify_hmac(body, signature, secrets, *, algorithm="sha256", encoding="base64"):
    """Check that one of `secrets` signed `body`, in constant time.

    During a rotation there are two secrets; all are tried, always, so that the time says nothing about which one fits.

    :param bytes body: the raw bytes as received, never JSON that was decoded and encoded again
    :param str signature: as received; None or empty when there was none
    :param secrets: the acceptable secrets; empty ones are ignored
    :raise SignatureError: missing or wrong signature, or no secret to check with
    """
    secrets = [secret for secret in secrets if secret]
    if not secrets:
        raise SignatureError(
            "The request can't be checked: no signing secret is stored for this store.",
            remedy="Enter the platform's signing secret in the store's credentials.",
        )
    if not signature:
        raise SignatureError("The request is not signed.")
    given = signature.strip().encode()
    if encoding == "hex":
        given = given.lower()
    matches = 0
    for secret in secrets:
        expected = sign_hmac(body, secret, algorithm=algorithm, encoding=encoding).encode()
        matches += hmac.compare_digest(expected, given)
    if not matches:
        raise SignatureError(
            "The signature of the request is wrong.",
            remedy="Check that the signing secret stored for this store is the platform's current one.",
        )
