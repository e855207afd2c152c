"""Access scopes and the sixty days: what a token may see."""

from dataclasses import dataclass, field

from graphql import GraphQLError

from ..framework.clock import iso
from ..framework.delivery import Deliveries
from ..framework.faults import Faults
from ..framework.later import Later
from .shop import Shop

RECENT_DAYS = 60


@dataclass
class Context:
    """One API call: the shop, what the token may do, the version answered in, where webhooks go, search warnings."""

    shop: Shop
    scopes: frozenset[str]
    version: str
    deliveries: Deliveries
    later: Later
    faults: Faults
    searches: list[dict] = field(default_factory=list)

    def sees(self, order: dict) -> bool:
        """Without ``read_all_orders`` only orders of the last sixty days exist."""
        return "read_all_orders" in self.scopes or order["created_at"] >= self.oldest()

    def oldest(self) -> str:
        return iso(self.shop.clock.now() - RECENT_DAYS * 86400)


class AccessDenied(GraphQLError):
    def __init__(self, field_name: str, scope: str):
        super().__init__(
            f"Access denied for {field_name} field. Required access: `{scope}` access scope.",
            extensions={
                "code": "ACCESS_DENIED",
                "documentation": "https://shopify.dev/api/usage/access-scopes",
                "requiredAccess": f"`{scope}` access scope.",
            },
        )


def require(info, scope: str, field_name: str):
    """Raise AccessDenied unless the token has the scope; a write scope includes the reading one."""
    scopes = info.context.scopes
    if scope not in scopes and scope.replace("read_", "write_", 1) not in scopes:
        raise AccessDenied(field_name, scope)
