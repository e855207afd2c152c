"""Faults on demand: what should go wrong, for whom, how often. Kept in the store, so that a restart keeps them."""

import random
import threading
import time

from werkzeug.wrappers import Response

from .server import Hangup
from .store import Store

#: kind -> what it does. API kinds act on a call, webhook kinds on a delivery.
API_KINDS = {
    "latency": "answer after `seconds`",
    "status": "answer with HTTP `status` (402, 423, 429, 430, 500, 502, 503, 504 ...)",
    "throttled": "answer HTTP 200 with the platform's own throttle error",
    "hang": "accept the call, hold it `seconds` (default 120), answer nothing",
    "reset": "cut the connection without an answer; with `after` the call is carried out first",
    "truncated": "cut the JSON answer in half; the call is carried out",
    "html": "answer HTTP 200 with an HTML page",
}
#: What befalls a shop that somebody hosts and looks after himself.
SHOP_KINDS = {
    "maintenance": "answer as a shop under maintenance (HTTP 503, HTML)",
    "token_revoked": "answer that the access was taken away (HTTP 401)",
}
#: What happens to work that is done later; `code` says why.
LATER_KINDS = {"bulk_failed": "fail a bulk operation, which may be tried again, with `code`"}
WEBHOOK_KINDS = {
    "webhook_duplicate": "deliver twice, same ids",
    "webhook_reorder": "hold back until `after` (default 1) later deliveries of the shop were sent",
    "webhook_bad_signature": "sign with another key",
    "webhook_drop": "never send",
    "webhook_delay": "send `seconds` later",
}


class Faults:
    """The list of faults: each hits a shop (``*`` = all) and an operation or topic (``*`` = any)."""

    def __init__(self, store: Store):
        self._store = store
        self._lock = threading.Lock()
        self._faults: list[dict] = store.setting("faults") or []
        self._random = random.Random(20)

    def add(self, kind: str, *, shop="*", match="*", count=None, probability=1.0, seed=None, **details) -> dict:
        """Add a fault; ``count`` None = until removed. Raises ValueError for an unknown kind."""
        kinds = [*API_KINDS, *SHOP_KINDS, *LATER_KINDS, *WEBHOOK_KINDS]
        if kind not in kinds:
            raise ValueError(f"kind must be one of {', '.join(kinds)}")
        if kind == "status" and not 400 <= int(details.get("status", 0)) < 600:
            raise ValueError("the fault 'status' needs a status from 400 to 599")
        fault = {
            "id": self._store.next_ids("fault")[0], "kind": kind, "shop": shop, "match": match, "left": count,
            "probability": float(probability), "hits": 0, **details,
        }  # fmt: skip
        with self._lock:
            if seed is not None:
                self._random.seed(seed)
            self._faults.append(fault)
            self._save()
        return fault

    def clear(self, number: int | None = None) -> int:
        """Remove one fault or all; how many were removed."""
        with self._lock:
            kept = [] if number is None else [fault for fault in self._faults if fault["id"] != number]
            removed = len(self._faults) - len(kept)
            self._faults = kept
            self._save()
        return removed

    def list(self) -> list[dict]:
        with self._lock:
            return [dict(fault) for fault in self._faults]

    def take(self, shop: str, names: tuple[str, ...], kinds) -> dict | None:
        """The first fault of ``kinds`` that hits this call or topic, counted down; None = nothing goes wrong."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault["kind"] not in kinds or fault["left"] == 0:
                    continue
                if fault["shop"] not in ("*", shop) or (fault["match"] != "*" and fault["match"] not in names):
                    continue
                if self._random.random() >= fault["probability"]:
                    continue
                fault["hits"] += 1
                if fault["left"] is not None:
                    fault["left"] -= 1
                self._save()
                return dict(fault)
        return None

    def _save(self):
        self._store.set_setting("faults", self._faults)


def before(fault: dict):
    """What a fault does to the connection before a call is carried out; how it is answered is the platform's affair."""
    kind = fault["kind"]
    if kind == "latency":
        time.sleep(float(fault.get("seconds", 1)))
    elif kind == "hang":
        time.sleep(float(fault.get("seconds", 120)))
        raise Hangup(reset=False)
    elif kind == "reset" and not fault.get("after"):
        raise Hangup(reset=True)


def after(fault: dict, response: Response) -> Response:
    """What a fault does to an answer whose call was carried out."""
    if fault["kind"] == "reset":
        raise Hangup(reset=True)
    if fault["kind"] == "truncated":
        whole = response.get_data()
        response.set_data(whole[: len(whole) // 2])
    return response
