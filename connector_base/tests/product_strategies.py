"""Products as merchants build them, generated: what options they have, and which combinations are for sale."""

from decimal import Decimal
from itertools import product

from hypothesis import strategies as st

from .product_in_common import make_product, make_variant

NAMES = ("Size", "color", "Cut", "FINISH")
VALUES = ("S", "m", "L", "Übergröße", "7 / 8")
PRICES = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)


@st.composite
def trees(draw, external_id="1", minutes=0, ids=12):
    """Return a product of up to three options; its variants have some of the combinations, and ids of a small set, so
    that of two products with the same id some variants stay, some move and some are new."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    values = [draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True)) for _name in names]
    combinations = list(product(*values))
    chosen = draw(st.lists(st.sampled_from(combinations), min_size=1, max_size=ids, unique=True))
    keys = draw(st.permutations(range(ids)))
    variants = [
        make_variant(
            f"{external_id}-{key}",
            draw(PRICES),
            tuple(zip(names, combination, strict=True)),
            sku=f"{external_id}-{key}",
        )
        for key, combination in zip(keys, chosen, strict=False)
    ]
    return make_product(external_id, minutes, variants=variants)


@st.composite
def additive_prices(draw):
    """Return ({option: value}, price) of all combinations of some options, prices being sums of what values add."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    extras = {name: draw(st.lists(PRICES, min_size=1, max_size=3)) for name in names}
    base = draw(PRICES)
    return [
        (
            dict(zip(names, places, strict=True)),
            base + sum((extras[n][p] for n, p in zip(names, places, strict=True)), 0),
        )
        for places in product(*(range(len(extras[name])) for name in names))
    ]
