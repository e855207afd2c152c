"""Putting the stand-in together: every platform over one data folder."""

from .framework.app import Sandbox
from .magento.platform import Magento
from .shopify.platform import Shopify


def build(data, deliver_to: str | None = None, *, seed: bool = False) -> Sandbox:
    """The WSGI application over the state in folder ``data``; ``start()`` sends webhooks, ``close()`` ends it.

    ``deliver_to``: ``http://host:port`` that gets all webhooks instead of the subscriptions' own hosts.
    """
    sandbox = Sandbox(data, deliver_to)
    sandbox.register(Shopify(sandbox.services))
    sandbox.register(Magento(sandbox.services))
    if seed:
        for platform in sandbox.platforms:
            platform.seed()
    return sandbox
