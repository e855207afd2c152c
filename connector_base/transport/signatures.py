"""Signatures of inbound requests. Pure: bytes in, nothing or `SignatureError` out."""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

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


# Shorter ones can be broken: NIST SP 800-131A
MINIMUM_RSA_BITS = 2048


def verify_rsa(body, signed):
    """Check that the private key of one of `signed` signed `body`: RSA (PKCS #1 v1.5) over its SHA-256.

    :param bytes body: the raw bytes as received
    :param signed: (public key in PEM, signature in base64) pairs; keys that are none of RSA, or short, don't count
    :raise SignatureError: none of them did
    """
    for public_key, signature in signed:
        try:
            key = load_pem_public_key(public_key.encode())
            if isinstance(key, RSAPublicKey) and key.key_size >= MINIMUM_RSA_BITS:
                key.verify(base64.b64decode(signature, validate=True), body, PKCS1v15(), SHA256())
                return
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            continue
    raise SignatureError("The signature of the request is wrong, or none of its keys can be used.")
