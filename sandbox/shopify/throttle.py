"""The leaky bucket of points per shop and app, restored on the stand-in's clock.

A query is admitted when the bucket holds what it asks for; what it did not use is given back after it ran. The level is
kept in memory: a restart starts with a full bucket.
"""

import threading

from .shop import Shop


class Buckets:
    def __init__(self):
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def _level(self, shop: Shop) -> tuple[float, float, float]:
        size, rate = shop.bucket()
        now = shop.clock.now()
        level, at = self._levels.get(shop.domain, (size, now))
        return min(size, level + max(now - at, 0.0) * rate), size, rate

    def take(self, shop: Shop, points: int) -> bool:
        """Take points if there are enough; False = throttled."""
        with self._lock:
            level, _, _ = self._level(shop)
            enough = points <= level
            self._levels[shop.domain] = (level - points if enough else level, shop.clock.now())
            return enough

    def give_back(self, shop: Shop, points: int):
        with self._lock:
            level, size, _ = self._level(shop)
            self._levels[shop.domain] = (min(size, level + points), shop.clock.now())

    def refill(self, shop: Shop):
        """Start full again: the bucket's size or rate was changed."""
        with self._lock:
            self._levels.pop(shop.domain, None)

    def empty(self, shop: Shop):
        """Nothing left: what a throttle fault does."""
        with self._lock:
            self._levels[shop.domain] = (0.0, shop.clock.now())

    def status(self, shop: Shop) -> dict:
        """``throttleStatus`` as in ``extensions.cost``."""
        with self._lock:
            level, size, rate = self._level(shop)
        return {"maximumAvailable": size, "currentlyAvailable": int(level), "restoreRate": rate}
