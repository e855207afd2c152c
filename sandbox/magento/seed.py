"""Filling a shop: its catalogue, what lies at its sources, and what was sold."""

from . import catalogue_seed, sales_seed
from .shop import Shop


def fill(shop: Shop, *, products: int = 0, orders: int = 0, days: int = 120, seed: int = 1) -> dict:
    """Add products, then customers and their orders of the last ``days`` days; what was added."""
    added = catalogue_seed.fill(shop, products=products, seed=seed)
    return {**added, **sales_seed.fill(shop, orders=orders, days=days, seed=seed)}
