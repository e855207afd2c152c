"""Adobe I/O Events beside a shop: registrations of addresses, the challenge, signed deliveries, the keys' host.

https://developer.adobe.com/events/docs/guides/: an address is tried with a challenge when it is registered; each event
carries two signatures (RSA, SHA-256) and the paths of the public keys; answers of 429 and 500 on are tried again, no
others; a registration whose deliveries fail is disabled.
"""

import base64
import json
import uuid
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from werkzeug.wrappers import Response

from ..framework.store import Store
from .shop import Shop

KEY_HOST = "static.adobeioevents.com"
KINDS = "event_registration"
HEADERS = (("x-adobe-public-key1-path", "x-adobe-digital-signature-1"),
           ("x-adobe-public-key2-path", "x-adobe-digital-signature-2"))  # fmt: skip
_PEM = serialization.Encoding.PEM


# --- keys ------------------------------------------------------------------------------------------------------------
def keys(store: Store) -> dict[str, str]:
    """Path of the public key -> private key (PEM) of the two that sign; made when they are first wanted."""
    known = store.setting("adobe keys")
    return known or renew_keys(store)


def renew_keys(store: Store) -> dict[str, str]:
    """Two new keys: the old ones sign nothing any more, and are gone from their host."""
    made = {}
    for _number in HEADERS:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        text = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
        made[f"/prod/keys/pub-key-{uuid.uuid4().hex[:10]}.pem"] = text
    store.set_setting("adobe keys", made)
    return made


@lru_cache(maxsize=8)
def _key(text: str):
    return serialization.load_pem_private_key(text.encode(), None)


def key_page(store: Store, path: str) -> Response:
    """What lies on Adobe's host of keys."""
    text = keys(store).get(f"/{path}")
    if text is None:
        return Response("<Error><Code>AccessDenied</Code></Error>", 403, content_type="application/xml")
    public = _key(text).public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Response(public, content_type="application/x-pem-file")


def _signed(store: Store, body: bytes) -> dict[str, str]:
    headers = {}
    for (path_name, signature_name), (path, text) in zip(HEADERS, keys(store).items(), strict=True):
        headers[path_name] = path
        headers[signature_name] = base64.b64encode(_key(text).sign(body, PKCS1v15(), SHA256())).decode()
    return headers


def forge(headers: dict) -> dict:
    """The same headers with signatures that nobody made."""
    return {**headers, **{name: base64.b64encode(b"\0" * 256).decode() for _path, name in HEADERS}}


# --- registrations ---------------------------------------------------------------------------------------------------
def register(shop: Shop, deliveries, wanted: dict) -> dict:
    """A registration of the merchant's in the Developer Console: ``url``, and ``client_id`` if it is to be a given one.

    Raises ValueError if the address does not answer the challenge.
    """
    challenge = str(uuid.uuid4())
    joint = "&" if "?" in wanted["url"] else "?"
    status, problem, answer = deliveries.send("GET", f"{wanted['url']}{joint}challenge={challenge}", {})
    if status != 200 or answer.decode("utf-8", "replace").strip('"') != challenge:
        raise ValueError(f"{wanted['url']} does not answer the challenge: {problem or status}")
    number = str(shop.id("event registration"))
    entry = {
        "id": number, "url": wanted["url"], "client_id": wanted.get("client_id") or uuid.uuid4().hex,
        "state": "active",
    }  # fmt: skip
    return shop.put(KINDS, number, entry)


def disable(shop: Shop, number: str):
    """Nothing arrived for a day: Adobe sends nothing any more, until the merchant edits the registration."""
    shop.put(KINDS, number, {**shop.get(KINDS, number), "state": "disabled"})


def retries(status: int | None) -> bool:
    return status is None or status == 429 or (status >= 500 and status != 505)


# --- deliveries ------------------------------------------------------------------------------------------------------
def deliver(shop: Shop, deliveries, subject: str, code: str, data: dict):
    """Queue an event for every registration that is active."""
    for entry in shop.all(KINDS):
        if entry["state"] != "active":
            continue
        event_id, source = str(uuid.uuid4()), uuid.uuid5(uuid.NAMESPACE_DNS, shop.domain)
        event = {
            "specversion": "1.0", "id": str(uuid.uuid4()), "source": f"urn:uuid:{source}",
            "type": code, "datacontenttype": "application/json", "time": f"{shop.clock.iso()[:-1]}.000Z", "data": data,
            "eventid": event_id, "recipientclientid": entry["client_id"],
        }  # fmt: skip
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        deliveries.enqueue(
            shop.domain,
            subject=subject,
            topic=code,
            subscription=entry["id"],
            uri=entry["url"],
            headers={
                "Content-Type": "application/cloudevents+json; charset=UTF-8",
                "User-Agent": "Adobe/1.0",
                "x-adobe-event-code": code,
                "x-adobe-event-id": event_id,
                "x-adobe-delivery-id": str(uuid.uuid4()),
                "x-adobe-provider": f"commerce_{shop.domain}",
                **_signed(shop.store, body),
            },
            body=body,
        )
