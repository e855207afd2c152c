"""The decorator on client methods: who waits, who is told when to come back."""

import pytest

from odoo.addons.connector_base.transport import RateLimited, rate_limit, take, with_rate_limit


class Client:
    def __init__(self, budget, patience=0.0, error=None):
        self.budget = budget
        self.patience = patience
        self.error = error
        self.calls = 0

    @with_rate_limit("graphql", cost=lambda self, pages=1: 10 * pages)
    def fetch(self, pages=1):
        """Fetch pages."""
        self.calls += 1
        if self.error:
            raise self.error
        return pages


@pytest.fixture
def slept(monkeypatch):
    """Seconds slept, on a clock of our own."""
    slept = []
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: sum(slept))
    monkeypatch.setattr(rate_limit.time, "sleep", slept.append)
    return slept


def test_granted(budget, slept):
    client = Client(budget)
    assert client.fetch(pages=3) == 3
    assert budget.acquired == [("graphql", 30)]
    assert slept == []


def test_no_budget_is_no_limit():
    assert Client(None).fetch() == 1


def test_the_method_keeps_its_name():
    assert (Client.fetch.__name__, Client.fetch.__doc__) == ("fetch", "Fetch pages.")


def test_a_job_never_sleeps(budget, slept):
    budget.waits = [0.1]
    client = Client(budget)
    with pytest.raises(RateLimited, match=r"graphql.* in 1 s") as caught:
        client.fetch()
    assert caught.value.retry_after == 0.1
    assert slept == []
    assert client.calls == 0


def test_a_person_waits_a_little(budget, slept):
    budget.waits = [1.0, 1.5]
    assert Client(budget, patience=3.0).fetch() == 1
    assert slept == [1.0, 1.5]


def test_patience_ends(budget, slept):
    """What another worker snatched away is waited for only while patience lasts."""
    budget.waits = [1.0, 1.0, 1.0, 1.0, 7.0]
    with pytest.raises(RateLimited) as caught:
        Client(budget, patience=3.0).fetch()
    assert slept == [1.0, 1.0, 1.0]
    assert caught.value.retry_after == 1.0


def test_a_long_wait_is_not_begun(budget, slept):
    budget.waits = [60.0]
    with pytest.raises(RateLimited):
        take(budget, "rest", 1, patience=3.0)
    assert slept == []


def test_a_tiny_wait_does_not_spin(budget, slept):
    budget.waits = [1e-9, 1e-9]
    take(budget, "rest", 1, patience=3.0)
    assert slept == [0.01, 0.01]


@pytest.mark.parametrize("status", [429, 430])
def test_a_platform_that_wants_silence_gets_it_from_all(budget, status):
    with pytest.raises(RateLimited):
        Client(budget, error=RateLimited("no more", status=status, retry_after=12.0)).fetch()
    assert budget.fed == [("graphql", {"retry_after": 12.0})]


def test_a_refusal_with_figures_is_the_clients_to_feed(budget):
    with pytest.raises(RateLimited):
        Client(budget, error=RateLimited("THROTTLED", status=200, retry_after=2.0)).fetch()
    assert budget.fed == []
