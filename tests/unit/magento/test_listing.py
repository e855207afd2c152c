"""Reading to the end while the shop goes on: nothing that changed is skipped, and an end is reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_magento.listing import Listing

from .shop_listing import find


def moment(second):
    return f"2026-01-01 00:{second // 60:02}:{second % 60:02}"


def entry(number, second):
    return {"entity_id": number, "updated_at": moment(second)}


def read_all(listing, entries, *, between=lambda items: None, **period):
    """Read `entries` page by page; `between` happens after each page but the last. Return the pages."""
    pages, after = [], None
    while True:
        items, total = find(entries, listing.criteria(after=after, **period))
        pages.append([dict(item) for item in items])
        after = listing.next_page(items, total)
        if after is None:
            return pages
        between(items)


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 7))
def test_reads_everything_once_in_order(seconds, size):
    entries = [entry(number, second) for number, second in enumerate(seconds, start=1)]
    pages = read_all(Listing(page_size=size), entries, since=moment(0))
    read = [item for page in pages for item in page]
    assert read == sorted(entries, key=lambda item: (item["updated_at"], item["entity_id"]))
    assert len(pages) == max(1, -(-len(entries) // size))


@given(
    seconds=st.lists(st.integers(0, 8), min_size=1, max_size=25),
    size=st.integers(1, 5),
    changes=st.lists(st.lists(st.integers(0, 40), max_size=4), max_size=12),
)
def test_skips_nothing_while_entries_change_and_come(seconds, size, changes):
    """What changes gets a later time, as Magento's clock gives it, or the same one within a second."""
    entries = [entry(number, second) for number, second in enumerate(seconds, start=1)]
    clock, waiting, late = max(seconds), iter(changes), set()

    def change(items):
        nonlocal clock
        for number in next(waiting, ()):
            clock += number % 2
            if number < len(entries):
                entries[number]["updated_at"] = moment(clock)
                # what changes in the very second that is being read is left to the cursor's overlap
                (late.add if moment(clock) == items[-1]["updated_at"] else late.discard)(number + 1)
            else:
                entries.append(entry(len(entries) + 1, clock))

    seen = {}
    for page in read_all(Listing(page_size=size), entries, between=change, since=moment(0)):
        for item in page:
            seen[item["entity_id"]] = item["updated_at"]
    for item in entries:
        if item["entity_id"] not in late:
            assert seen.get(item["entity_id"]) == item["updated_at"]


@given(st.lists(st.integers(0, 5), min_size=2, max_size=20), st.integers(1, 3), st.data())
def test_skips_nothing_while_entries_are_deleted(seconds, size, data):
    entries = [entry(number, second) for number, second in enumerate(seconds, start=1)]
    doomed = set(data.draw(st.lists(st.sampled_from([item["entity_id"] for item in entries]))))

    def delete(_items):
        entries[:] = [item for item in entries if item["entity_id"] not in doomed]

    pages = read_all(Listing(page_size=size), entries, between=delete, since=moment(0))
    read = {item["entity_id"] for page in pages for item in page}
    assert read >= {item["entity_id"] for item in entries} if len(pages) > 1 else True


def test_numbered_pages_would_skip():
    """Why this is not done by the number of the page."""
    entries = [entry(number, number) for number in range(1, 5)]
    parameters = Listing(page_size=2).criteria(since=moment(0))
    first, _total = find(entries, parameters)
    entries[0]["updated_at"] = moment(50)
    second, _total = find(entries, {**parameters, "searchCriteria[currentPage]": "2"})
    assert 3 not in {item["entity_id"] for item in (*first, *second)}


def test_a_period_of_creation():
    listing = Listing(time_field="created_at", id_key="id", page_size=2)
    entries = [{"entity_id": number, "id": number, "created_at": moment(number)} for number in range(10)]
    pages = read_all(listing, entries, since=moment(2), until=moment(7))
    assert [item["id"] for page in pages for item in page] == [2, 3, 4, 5, 6]


def test_more_filters_hold_on_each_page():
    listing = Listing(page_size=1)
    entries = [{**entry(number, number), "store_id": number % 2} for number in range(6)]
    read, after = [], None
    while True:
        items, total = find(entries, listing.criteria(after=after, also=[("store_id", "eq", 1)]))
        read += [item["entity_id"] for item in items]
        after = listing.next_page(items, total)
        if after is None:
            break
    assert read == [1, 3, 5]


@pytest.mark.parametrize("last", [{}, {"updated_at": None}, {"updated_at": ""}])
def test_an_entry_without_what_it_is_sorted_by(last):
    """A page after nothing would be an empty one: all that is left would be skipped."""
    with pytest.raises(DataError, match="updated_at"):
        Listing().next_page([{"entity_id": 1, **last}], 2)


def test_more_are_counted_than_shown():
    with pytest.raises(TransientError):
        Listing().next_page([], 3)
