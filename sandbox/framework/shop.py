"""What shops of all platforms are: documents by kind, settings among them, and secrets that a seed gives again."""

import hashlib
import secrets
from dataclasses import dataclass

from .clock import Clock
from .store import Store


@dataclass(frozen=True)
class BaseShop:
    """Access to one shop's documents; cheap to make, holds nothing itself."""

    store: Store
    clock: Clock
    domain: str

    @property
    def config(self) -> dict:
        """Every setting; raises KeyError if there is no such shop."""
        config = self.get("shop", "shop")
        if config is None:
            raise KeyError(self.domain)
        return config

    @property
    def exists(self) -> bool:
        return self.get("shop", "shop") is not None

    def configure(self, **changes) -> dict:
        """Change settings; all of them."""
        return self.put("shop", "shop", {**self.config, **changes})

    def get(self, kind: str, key):
        return self.store.get(self.domain, kind, key)

    def all(self, kind: str) -> list[dict]:
        return self.store.all(self.domain, kind)

    def find(self, kind: str, name: str, value) -> list[dict]:
        return self.store.find(self.domain, kind, name, value)

    def put(self, kind: str, key, body: dict) -> dict:
        self.store.put(self.domain, kind, key, body)
        return body

    def delete(self, kind: str, key):
        self.store.delete(self.domain, kind, key)

    def count(self, kind: str) -> int:
        return self.store.count(self.domain, kind)

    def derived(self, label: str) -> str:
        """A secret of 32 hexadecimal digits: of domain and a salt, so that a seed gives the same one again."""
        salt = self.store.setting("salt")
        if salt is None:
            salt = secrets.token_hex(16)
            self.store.set_setting("salt", salt)
        return hashlib.sha256(f"{salt}:{self.domain}:{label}".encode()).hexdigest()[:32]


def settings(defaults: dict, given: dict) -> dict:
    """A new shop's settings; raises ValueError for one that shops don't have."""
    unknown = set(given) - set(defaults)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
    return {**defaults, **given}


def changeable(given: dict, names) -> dict:
    """Changes of settings, as given; raises ValueError for one that can't be changed."""
    unknown = set(given) - set(names)
    if unknown:
        raise ValueError(f"cannot be changed: {', '.join(sorted(unknown))}")
    return given
