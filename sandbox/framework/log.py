"""API calls seen, per shop: the newest ones in full, counts of all. In memory; a restart starts anew."""

import threading
from collections import Counter, deque

KEPT = 1000


class CallLog:
    def __init__(self):
        self._lock = threading.Lock()
        self._calls: dict[str, deque] = {}
        self._counts: dict[str, Counter] = {}

    def add(self, shop: str, entry: dict):
        """``entry``: at, operation, status, ms, plus what the platform knows (cost, error, fault ...)."""
        with self._lock:
            self._calls.setdefault(shop, deque(maxlen=KEPT)).append(entry)
            counts = self._counts.setdefault(shop, Counter())
            counts["calls"] += 1
            counts[f"operation:{entry['operation']}"] += 1
            counts[f"status:{entry['status']}"] += 1
            if entry.get("change"):
                counts[f"change:{entry['operation']}"] += 1
            counts["cost"] += entry.get("actual_cost") or 0
            for name in ("error", "fault"):
                if entry.get(name):
                    counts[f"{name}:{entry[name]}"] += 1

    def of(self, shop: str, limit: int = 100) -> dict:
        """Counts, and calls newest first."""
        with self._lock:
            calls = list(self._calls.get(shop, ()))[::-1][:limit]
            return {"counts": dict(self._counts.get(shop, {})), "calls": calls}

    def clear(self, shop: str):
        with self._lock:
            self._calls.pop(shop, None)
            self._counts.pop(shop, None)
