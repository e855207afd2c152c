"""Signatures fail closed."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import SignatureError, sign_hmac, verify_hmac, verify_rsa

BODY = b'{"id": 1}'


def expected(secret, body=BODY):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_the_right_signature():
    verify_hmac(BODY, expected("current"), ["current"])
    assert sign_hmac(BODY, "current") == expected("current")


def test_hex_and_other_algorithms():
    digest = hmac.new(b"current", BODY, hashlib.sha512).hexdigest()
    verify_hmac(BODY, digest.upper(), ["current"], algorithm="sha512", encoding="hex")


def test_during_a_rotation_both_secrets_count():
    for secret in ("current", "previous"):
        verify_hmac(BODY, expected(secret), ["current", "previous"])


@pytest.mark.parametrize("signature", [None, "", "   ", "x", "é€", expected("other"), expected("current")[:-2]])
def test_a_wrong_or_missing_signature(signature):
    with pytest.raises(SignatureError):
        verify_hmac(BODY, signature, ["current", "previous"])


@pytest.mark.parametrize("secrets", [[], [""], [None], ["", None]])
def test_without_a_secret_nothing_is_right(secrets):
    with pytest.raises(SignatureError, match="can't be checked"):
        verify_hmac(BODY, expected(""), secrets)


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_only_the_very_bytes_pass(body, other, secret):
    signature = sign_hmac(body, secret)
    verify_hmac(body, signature, [secret])
    if body != other:
        with pytest.raises(SignatureError):
            verify_hmac(other, signature, [secret])


def test_all_secrets_are_compared(monkeypatch):
    """The time must not tell which of the secrets fits."""
    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append(a) or real(a, b))
    verify_hmac(BODY, expected("current"), ["current", "previous"])
    assert len(compared) == 2


# === RSA === #


@pytest.fixture(scope="module")
def rsa_keys():
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _number in range(2)]


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(key, body=BODY):
    return base64.b64encode(key.sign(body, PKCS1v15(), SHA256())).decode()


def test_one_of_two_keys_is_enough(rsa_keys):
    first, second = rsa_keys
    verify_rsa(BODY, [(pem(first), signed(first))])
    verify_rsa(BODY, [(pem(second), signed(first)), (pem(first), signed(first))])
    verify_rsa(BODY, [("no key", "no signature"), (pem(second), signed(second))])


def test_another_body_or_key(rsa_keys):
    first, second = rsa_keys
    for pairs in (
        [],
        [(pem(first), signed(first, BODY + b" "))],
        [(pem(second), signed(first))],
        [(pem(first), "")],
        [(pem(first), signed(first)[:-4])],
        [(pem(first), f"{signed(first)}é")],
        [("", signed(first))],
    ):
        with pytest.raises(SignatureError):
            verify_rsa(BODY, pairs)


def test_keys_that_can_be_broken_do_not_count():
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(SignatureError):
        verify_rsa(BODY, [(pem(short), signed(short)), (pem(curve), "")])
