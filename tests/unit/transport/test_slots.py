"""The session and how many calls an account takes at once."""

import pytest

from odoo.addons.connector_base.transport import RateLimited, TransientError
from odoo.addons.connector_base.transport import session as session_module


class MemorySlots:
    """`ports.Slots` of this process."""

    def __init__(self, count):
        self.free, self.most, self.taken = count, 0, 0

    def enter(self):
        if self.taken == self.free:
            return None
        self.taken += 1
        self.most = max(self.most, self.taken)
        return self.taken

    def leave(self, slot):
        self.taken -= 1


def test_a_slot_is_taken_for_the_call_and_given_back(platform, session):
    session.slots = slots = MemorySlots(1)
    seen = []
    url = platform.route("/", lambda handler: (seen.append(slots.taken), handler.answer()))
    session.request("GET", url, operation="ping")
    session.request("GET", url, operation="ping")
    assert (seen, slots.taken) == ([1, 1], 0)


def test_a_slot_is_given_back_after_a_failure(platform, hasty):
    hasty.slots = slots = MemorySlots(1)
    url = platform.route("/", lambda handler: handler.reset())
    with pytest.raises(TransientError):
        hasty.request("GET", url, operation="ping")
    assert (slots.most, slots.taken) == (1, 0)


def test_what_signs_a_call_may_call_itself(platform, session):
    """A token is asked for while a request is being signed: with one slot this must not wait for itself."""
    session.slots = MemorySlots(1)
    url = platform.route("/", body=b'"token"')

    def auth(request):
        session.auth = None
        request.headers["Authorization"] = session.request("GET", url, operation="token").json()
        return request

    session.auth = auth
    session.request("GET", url, operation="ping")
    assert len(platform.requests) == 2


def test_none_is_free(platform, session, recorder, monkeypatch):
    session.slots = MemorySlots(0)
    slept = []
    monkeypatch.setattr(session_module.time, "sleep", slept.append)
    monkeypatch.setattr(session_module.time, "monotonic", lambda: sum(slept))
    with pytest.raises(RateLimited, match="at once") as caught:
        session.request("GET", platform.route("/"), operation="ping")
    assert caught.value.retry_after == session_module.SLOT_PATIENCE
    assert sum(slept) == pytest.approx(session_module.SLOT_PATIENCE)
    assert not platform.requests
    assert not recorder.calls, "there was no call"


def test_one_becomes_free(platform, session, monkeypatch):
    session.slots = slots = MemorySlots(0)

    def sleep(_seconds):
        slots.free = 1

    monkeypatch.setattr(session_module.time, "sleep", sleep)
    assert session.request("GET", platform.route("/"), operation="ping").status_code == 200
