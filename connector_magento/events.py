"""Events of Adobe Commerce as Adobe I/O Events delivers them: who signed them, whose they are, what they are about.

https://developer.adobe.com/events/docs/guides/ and https://developer.adobe.com/commerce/extensibility/events/. No Odoo
import. What an event says of its record is not used: it holds what the shop's code had in mind when it saved it, which
the database may have changed. Only the record's id counts, and it is read again.
"""

import hmac
import json
import logging
import re
from dataclasses import replace

from odoo.addons.connector_base.transport import (
    DataError,
    SignatureError,
    WebhookEnvelope,
    raise_for_status,
)

from . import const

_logger = logging.getLogger(__name__)

# /prod/keys/pub-key-<random>.pem
_KEY_PATH = re.compile(r"/prod/keys/pub-key-[A-Za-z0-9_-]{1,64}\.pem")
_KEY_BYTES = 8192
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_KINDS = {name: kind for events in const.EVENTS.values() for name, kind in events.items()}


def answer_challenge(query):
    """Return the `WebhookEnvelope` that answers a GET: Adobe tries an address before it sends anything there.

    :param dict query: of the call
    :raise DataError: it is no such try
    """
    challenge = query.get("challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        raise DataError("The call holds no challenge.")
    return WebhookEnvelope(event_id="", topic="", resource="", reply=(200, "text/plain", challenge.encode()))


def parse(body):
    """Return the events (dicts) that `body` (bytes) states: one, or in a list up to 20, as the merchant has registered.

    https://developer.adobe.com/events/docs/support/faq/ (batch delivery style)

    :raise DataError: it states none
    """
    try:
        events = json.loads(body)
    except (ValueError, RecursionError):
        raise DataError("The event is no JSON.") from None
    events = events if isinstance(events, list) else [events]
    if not all(isinstance(event, dict) for event in events):
        raise DataError("The event is no JSON object.")
    return events


def split(request):
    """Return a `WebhookRequest` for each event of one; what holds a single one stays as it is."""
    if not request.body.lstrip().startswith(b"["):
        return (request,)
    return [replace(request, body=json.dumps(event).encode()) for event in parse(request.body)]


def _stated(event, name):
    """Return what an event states under a name of Adobe's own, which had an underscore until the end of 2025.

    https://developer.adobe.com/events/docs/support/faq/ (duplicate fields)
    """
    return event.get(name) or event.get(const.EVENT_OLD_NAMES[name])


def check_recipient(events, client_id):
    """Check that events are meant for the registration of `client_id`, in constant time.

    :raise SignatureError: one is not, or nothing is known to compare it with
    """
    if not client_id:
        raise SignatureError("The Client ID of the event registration is not known.")
    for event in events:
        given = _stated(event, "recipientclientid")
        given = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else b""
        if not hmac.compare_digest(given, client_id.encode()):
            raise SignatureError("The event is meant for another Client ID.")


def signatures(headers):
    """Return {path of the public key: signature in base64} of a call.

    :param dict headers: with names in lower case
    :raise SignatureError: there is none
    """
    pairs = [(headers.get(path, ""), headers.get(signature, "")) for path, signature in const.EVENT_SIGNATURES]
    found = {path: signature for path, signature in pairs if signature and _KEY_PATH.fullmatch(path)}
    if not found:
        raise SignatureError("The call is not signed as Adobe signs events.")
    return found


def read_key(session, path):
    """Return the public key (PEM) that lies at `path` with Adobe; "" for one that there is not.

    :param session: a `transport.Session` without credentials
    """
    response = session.request("GET", const.EVENT_KEYS_URL + path, operation="Key of events")
    if response.status_code in (403, 404):  # what lies nowhere in the cloud's storage is forbidden
        return ""
    raise_for_status(response)
    return response.text if len(response.content) <= _KEY_BYTES else ""


def read_envelope(event):
    """Return the `WebhookEnvelope` of a verified event.

    :raise DataError: it is not as Adobe documents events
    """
    event_id, name = _stated(event, "eventid") or event.get("id"), event.get("type")
    data = event.get("data")
    if not (isinstance(event_id, str) and isinstance(name, str) and isinstance(data, dict)):
        raise DataError("The event lacks what Adobe says of events: its id, type and data.")
    topic = name.removeprefix(const.EVENT_TYPE_PREFIX)
    resource, keys = _KINDS.get(topic, ("", ()))
    value = data.get("value") if isinstance(data.get("value"), dict) else {}
    named = [str(value[key]) for key in keys if isinstance(value.get(key), (int, str))]
    return WebhookEnvelope(
        event_id=event_id,
        topic=topic,
        resource=resource,
        external_id=next((number for number in named if number.isdigit() and int(number)), ""),
        correlation_id=data["key"] if isinstance(data.get("key"), str) else "",
    )


def ensure_subscription(client, known, name, *, urgent):
    """Make the shop send an event with what names its record; return what was done: a word of `WebhookReport`.

    Nothing that others subscribed to is taken away: subscriptions belong to the shop, not to us.

    :param dict known: the shop's subscription to it, None if there is none
    """
    fields = [{"name": key} for key in _KINDS[name][1]]
    if known is None:
        client.call(
            "POST", "eventing/eventSubscribe", json={"event": {"name": name, "fields": fields, "priority": urgent}}
        )
        return "created"
    sent = {field.get("name") for field in known.get("fields") or ()}
    if "*" in sent or sent.issuperset(_KINDS[name][1]):
        return "registered"
    client.call("PUT", "eventing/eventSubscribe/{}", name, json={"event": {"name": name, "fields": fields}})
    return "repaired"


def remove_subscriptions(client, names):
    """Take subscriptions away; yield the name of each that is gone.

    :raise PermissionMissing: we may not
    """
    for name in names:
        try:
            client.call("POST", "eventing/eventUnsubscribe/{}", name)
        except DataError as error:
            # It was taken away by others, or is declared by a module of the shop by now
            _logger.info("the subscription to %s stays: %s", name, error.message)
        yield name
