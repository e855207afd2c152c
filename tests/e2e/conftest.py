"""One Odoo server and one sandbox per module; shops of a few orders, so that an import takes a second."""

import time
from dataclasses import dataclass

import pytest

from scripts.rpc import Rpc
from scripts.servers import OdooServer, SandboxServer

from .page import Page


@dataclass
class Stage:
    """What a browser test plays on."""

    odoo: OdooServer
    sandbox: SandboxServer
    rpc: Rpc

    def shop(self, domain: str, *, orders: int, **settings) -> dict:
        """Make a shop in the sandbox, in the company's currency; return it."""
        seed = {"products": 10, "orders": orders, "days": 20}
        return self.sandbox.control(
            "shops", {"domain": domain, "name": domain.partition(".")[0].title(), "seed": seed, **SHOP, **settings}
        )

    def connect(self, shop: dict, **choices) -> int:
        """Connect a shop as the form does, wait for its first import; return the backend's id."""
        wizard = self.rpc.create(
            "integration.connect",
            {
                "platform": "shopify",
                "shopify_domain": shop["domain"],
                "shopify_client_id": shop["client_id"],
                "shopify_client_secret": shop["client_secret"],
                "tax_policy": "create",
                **choices,
            },
        )
        backend = self.rpc.call("integration.connect", "action_connect", [wizard])["res_id"]
        self.wait_jobs(backend)
        return backend

    def wait_jobs(self, backend: int, seconds: float = 30) -> None:
        """Wait until the backend has no job under way and no event waiting."""
        waiting = [("backend_id", "=", backend), ("state", "in", ["pending", "processing"])]
        events = [("backend_id", "=", backend), ("state", "=", "new")]
        wait_for(
            lambda: (
                not self.rpc.search_count("sync.job", waiting)
                and not self.rpc.search_count("integration.webhook.event", events)
            ),
            seconds,
        )

    def fault(self, kind: str, **details) -> None:
        """Let the sandbox fail."""
        self.sandbox.control("faults", {"kind": kind, **details})

    def heal(self) -> None:
        """End all faults."""
        self.sandbox.control("faults/clear", {})

    def place(self, domain: str, **order) -> dict:
        """Place an order in a shop; return it."""
        return self.sandbox.control(f"shops/{domain}/orders", order)

    def order(self, backend: int, name: str, seconds: float = 15) -> int:
        """Return the id of the Odoo order with a platform name, once it is there."""
        domain = [("integration_backend_id", "=", backend), ("client_order_ref", "=", name)]
        return wait_for(lambda: self.rpc.search_read("sale.order", domain, ["id"]), seconds)[0]["id"]


SHOP = {"currency": "USD", "currencies": ["USD"]}


def wait_for(look, seconds: float):
    """Return what `look` returns, once that is true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def stage(module_yard):
    """A running Odoo whose platform calls go to a running sandbox."""
    sandbox = module_yard.sandbox(arguments=["--no-seed"])
    odoo = module_yard.odoo(sections={"integration": {"sandbox_url": sandbox.address}})
    sandbox.control("deliveries", {"deliver_to": odoo.address})
    return Stage(odoo, sandbox, odoo.rpc())


@pytest.fixture
def page(stage, browser):
    """The administrator's page."""
    return Page(browser, stage.odoo)
