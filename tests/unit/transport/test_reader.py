from datetime import datetime, timezone

import pytest

from odoo.addons.connector_base import transport
from odoo.addons.connector_base.transport import DataError


class Reader(transport.Reader):
    """A platform that writes nothing in its own way."""

    __slots__ = ()

    platform = "Example"
    remedy = "Ask Example."


class LocalReader(Reader):
    """A platform that writes its times without an offset."""

    __slots__ = ()

    time_zone = timezone.utc


def reader(**data):
    return Reader(data, "order", "17")


def test_an_error_names_the_platform_the_place_the_document_and_the_remedy():
    node = reader(lines=[{"name": "Chair"}, {"name": []}])
    with pytest.raises(DataError) as caught:
        node.children("lines")[1].text("name")
    error = caught.value
    assert error.message == "The payload is not as Example documents it: order.lines[1].name is not a text."
    assert (error.remedy, error.external_id) == ("Ask Example.", "17")


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(DataError, match="order is not an object"):
        Reader(data, "order")


def test_readers_of_what_is_inside_are_of_the_same_class():
    node = LocalReader({"one": {"at": "2026-11-21 09:30:00"}, "many": [{"at": None}]}, "order", "17")
    (item,) = node.children("many")
    for inner in (node.child("one"), node.required_child("one"), item):
        assert type(inner) is LocalReader
        assert inner.external_id == "17"


def test_what_is_null_or_missing():
    node = reader(null=None, empty="")
    assert node.states("null")
    assert not node.states("gone")
    assert node.has("empty")
    for key in ("null", "gone"):
        assert not node.has(key)
        assert node.text(key, "default") == "default"
        assert (node.time(key), node.child(key), node.children(key), node.texts(key)) == (None, None, [], [])
    for read in (node.required_text, node.required_time):
        for key in ("null", "gone", "empty"):
            with pytest.raises(DataError, match=rf"order\.{key} is missing"):
                read(key)
    with pytest.raises(DataError, match=r"order\.null is missing"):
        node.required_child("null")


def test_texts_are_cleaned():
    node = reader(name=" Ch\x00air ", number=5, names=["a ", "b"], flag=True, mixed=["a", 1])
    assert (node.text("name"), node.text("number"), node.texts("names")) == ("Chair", "5", ["a", "b"])
    with pytest.raises(DataError, match=r"order\.flag is not a text"):
        node.text("flag")
    with pytest.raises(DataError, match=r"order\.mixed is not a list of texts"):
        node.texts("mixed")
    with pytest.raises(DataError, match=r"order\.name is not a list"):
        node.items("name")


def test_times_are_in_whole_seconds_of_utc():
    expected = datetime(2026, 11, 21, 9, 30, tzinfo=timezone.utc)
    for text in ("2026-11-21T09:30:00Z", "2026-11-21T10:30:00.123456789+01:00"):
        assert reader(at=text).time("at") == expected
    assert LocalReader({"at": "2026-11-21 09:30:00"}, "order").time("at") == expected


@pytest.mark.parametrize(
    ("kind", "text", "wrong"),
    [
        (Reader, "2026-11-21T09:30:00", "is not a time with its offset"),
        (Reader, "yesterday", "is not a time with its offset"),
        (LocalReader, "yesterday", "is not a time"),
        (LocalReader, "0001-01-01T00:00:00+12:00", "is not a time"),
    ],
)
def test_what_is_no_time_is_refused(kind, text, wrong):
    with pytest.raises(DataError, match=rf"order\.at {wrong}[.]"):
        kind({"at": text}, "order").time("at")
