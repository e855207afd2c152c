import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import DataError, TransientError, send_in_halves


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 12))
def test_only_what_is_bad_fails_and_all_else_is_sent_once(good, size):
    items, done = list(enumerate(good)), []

    def send(part):
        assert 0 < len(part) <= size
        if not all(fine for _number, fine in part):
            raise DataError("bad")
        done.extend(part)

    results = list(send_in_halves(items, send, size))
    assert [item for item, _error in results] == items
    assert [error is None for _item, error in results] == good
    assert done == [item for item in items if item[1]]


def test_results_are_told_before_the_next_call():
    sent = []
    results = send_in_halves([1, 2, 3], sent.append, 1)
    assert (next(results), sent) == ((1, None), [[1]])


def test_other_errors_end_it():
    def send(items):
        if 2 in items:
            raise TransientError("later")

    results = send_in_halves([1, 2], send, 1)
    assert next(results) == (1, None)
    with pytest.raises(TransientError):
        next(results)
