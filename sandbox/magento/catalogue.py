"""The catalogue of a shop: what a new one begins with."""

from . import attributes, categories
from .shop import Shop


def prepare(shop: Shop):
    """Attributes, the default set and the default category, as an installation has them."""
    with shop.store.transaction():
        attributes.prepare(shop)
        categories.prepare(shop)
