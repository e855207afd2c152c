"""What a platform's stand-in is given to work with, and what it must offer."""

from dataclasses import dataclass
from typing import Protocol

from werkzeug.wrappers import Request, Response

from .clock import Clock
from .delivery import Deliveries
from .faults import Faults
from .later import Later
from .log import CallLog
from .store import Store


@dataclass(frozen=True)
class Services:
    store: Store
    clock: Clock
    faults: Faults
    deliveries: Deliveries
    log: CallLog
    later: Later


class Platform(Protocol):
    """One platform. ``hosts`` are patterns (``*.myshopify.com``) of the API hosts it answers for."""

    name: str
    hosts: tuple[str, ...]

    def handle(self, request: Request, host: str, path: str) -> Response:
        """An API call to ``https://<host>/<path>``."""

    def control(self, request: Request, parts: list[str]) -> Response:
        """A control call below ``/_control/shops``; ``parts`` starts with the shop's domain, or is empty."""

    def page(self, request: Request, domain: str, parts: list[str]) -> Response:
        """A page of the shop's storefront below ``/shop/<domain>/``."""

    def shops(self) -> list[dict]:
        """Every shop: domain, name, and the counts its control page shows."""

    def seed(self) -> None:
        """Make the demonstration shops that do not exist yet."""
