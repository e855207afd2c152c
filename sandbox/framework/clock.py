"""The stand-in's clock: real time plus an offset, or frozen. Survives a restart."""

import threading
import time
from datetime import datetime, timezone

from .store import Store


def iso(seconds: float) -> str:
    """``2026-11-21T08:00:00Z`` for seconds since the epoch."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 text; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


class Clock:
    """Seconds since the epoch, as this stand-in sees them; ``retry_scale`` shortens webhook retry delays in tests."""

    def __init__(self, store: Store):
        self._store = store
        self._changed = threading.Condition()
        saved = store.setting("clock") or {}
        self._offset = float(saved.get("offset", 0.0))
        self._frozen_at = saved.get("frozen_at")
        self.retry_scale = float(saved.get("retry_scale", 1.0))

    def now(self) -> float:
        return self._frozen_at if self._frozen_at is not None else time.time() + self._offset

    def iso(self) -> str:
        return iso(self.now())

    def change(self, *, at=None, advance=None, freeze=None, retry_scale=None) -> dict:
        """Set the time, advance it by seconds, freeze or thaw it; whatever is not given stays. Raises ValueError."""
        with self._changed:
            now = self.now()
            if at is not None:
                now = parse_iso(at)
            if advance is not None:
                now += float(advance)
            frozen = self._frozen_at is not None if freeze is None else bool(freeze)
            self._frozen_at = now if frozen else None
            self._offset = now - time.time()
            if retry_scale is not None:
                if float(retry_scale) < 0:
                    raise ValueError("retry_scale must not be negative")
                self.retry_scale = float(retry_scale)
            saved = {"offset": self._offset, "frozen_at": self._frozen_at, "retry_scale": self.retry_scale}
            self._store.set_setting("clock", saved)
        return self.state()

    def state(self) -> dict:
        return {
            "now": self.iso(),
            "frozen": self._frozen_at is not None,
            "offset_seconds": round(self._offset, 3),
            "retry_scale": self.retry_scale,
        }
