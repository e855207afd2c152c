"""Whatever is wanted, left and refused: each level has one result, and no unit is sent twice or out of nothing."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import StockLevel
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.parser_shipment import LineToSend, ToSend
from odoo.addons.connector_shopify.shipment_push import _taken
from odoo.addons.connector_shopify.stock_push import push_levels

LINES = ("11", "12", "13")
CODES = (None, const.STALE, "INVALID_LOCATION", "NON_MUTABLE_INVENTORY_ITEM")


class Shop:
    """Sets quantities as Shopify does: all or none; says which it objects to, or not."""

    def __init__(self, codes, told):
        self.codes, self.told, self.quantities, self.calls = codes, told, {}, 0

    def inventory_set(self, quantities, *, key):
        self.calls += 1
        errors = []
        for index, entry in enumerate(quantities):
            code = self.codes[int(entry["inventoryItemId"].rpartition("/")[2])]
            if code:
                field = ["input", "quantities", str(index), "quantity"] if self.told else ["input"]
                errors.append({"field": field, "message": "No", "code": code})
        if not errors:
            self.quantities.update({entry["inventoryItemId"]: entry["quantity"] for entry in quantities})
        return errors if self.told else errors[:1]


@given(codes=st.lists(st.sampled_from(CODES), max_size=40), told=st.booleans())
def test_each_level_has_one_result(codes, told):
    shop = Shop(codes, told)
    levels = [
        StockLevel(item_external_id=str(number), location_external_id="7", quantity=5, expected=1)
        for number in range(len(codes))
    ]
    results = {int(result.level.item_external_id): result for result in push_levels(shop, levels, "k")}
    assert sorted(results) == list(range(len(codes)))
    for number, code in enumerate(codes):
        result = results[number]
        assert result.stale == (code == const.STALE)
        assert bool(result.error) == (code not in (None, const.STALE))
    assert len(shop.quantities) == codes.count(None)
    assert shop.calls <= (min(len(codes), 2) if told else 2 * len(codes))


@st.composite
def places(draw):
    """Fulfillment orders, each of a location, some not ready, with units left of some lines."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        lines = draw(st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 3)), max_size=3))
        found.append(
            ToSend(
                gid=f"order-{number}",
                location_external_id=draw(st.sampled_from(("7", "8"))),
                ready=draw(st.booleans()),
                holds=(),
                lines=tuple(
                    LineToSend(gid=f"line-{number}-{index}", line_external_id=line, remaining=units)
                    for index, (line, units) in enumerate(lines)
                ),
            )
        )
    return found


@given(to_send=places(), wanted=st.dictionaries(st.sampled_from(LINES), st.integers(1, 4), max_size=3))
def test_units_are_taken_from_what_is_left(to_send, wanted):
    ready = [place for place in to_send if place.ready]
    left = Counter()
    for place in ready:
        for line in place.lines:
            left[line.line_external_id] += line.remaining
    try:
        taken = _taken(to_send, Counter(wanted), "7")
    except DataError:
        assert any(left[line] < units for line, units in wanted.items())
        return
    assert all(left[line] >= units for line, units in wanted.items())
    lines = {line.gid: line for place in ready for line in place.lines}
    where = {place.gid: place.location_external_id for place in ready}
    found = Counter()
    for location, orders in taken.items():
        for gid, units_by_line in orders.items():
            assert where[gid] == location
            for line_gid, units in units_by_line.items():
                assert 0 < units <= lines[line_gid].remaining
                found[lines[line_gid].line_external_id] += units
    assert found == Counter(wanted)
