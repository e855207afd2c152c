"""``@idempotent(key:)``: mutations that an app may repeat without doing them twice.

From 2026-04 on the directive must be there for the mutations that know it. A key is remembered for 24 hours: the same
request again is not carried out but answered from what there is now; other parameters, or a key whose first request was
refused, are errors. https://shopify.dev/docs/api/usage/implementing-idempotency
"""

import hashlib
import json

from graphql import GraphQLError
from graphql.execution.values import get_directive_values

from ..framework.clock import parse_iso

KEPT_SECONDS = 24 * 3600
_REQUIRED = "The @idempotent directive is required for this mutation but was not provided."
_REFUSED = {
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": "The same idempotency key cannot be used with different operation "
    "parameters.",
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": "A previous request with this idempotency key failed. "
    "Retry with a new idempotency key.",
}


def key_of(info) -> str:
    """The directive's key; raises the platform's error if there is none or a blank one."""
    directive = info.schema.get_directive("idempotent")
    values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
    if values is None:
        raise GraphQLError(_REQUIRED, extensions={"code": "BAD_REQUEST"})
    if not values["key"].strip():
        raise GraphQLError("The idempotency key cannot be blank.", extensions={"code": "BAD_REQUEST"})
    return values["key"]


def once(info, arguments: dict, run, again, refuse) -> dict:
    """Carry out a mutation once per key; its payload.

    ``run()`` gives (payload, note); the note, a JSON value, is what ``again(note)`` builds the answer of a repeated
    request from, None = it was refused. ``refuse(code, message)`` is a payload with one user error.
    """
    shop, key = info.context.shop, key_of(info)
    text = json.dumps([info.field_name, arguments], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with shop.store.transaction():
        known = shop.store.get(shop.domain, "idempotency", f"key:{key}")
        if known and parse_iso(known["at"]) > shop.clock.now() - KEPT_SECONDS:
            if known["digest"] != digest:
                code = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
                return refuse(code, _REFUSED[code])
            if known["note"] is None:
                code = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
                return refuse(code, _REFUSED[code])
            return again(known["note"])
        payload, note = run()
        record = {"digest": digest, "at": shop.clock.iso(), "note": note}
        shop.store.put(shop.domain, "idempotency", f"key:{key}", record)
    return payload
