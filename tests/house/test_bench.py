"""`./run bench`: its command line, and the report every bench prints."""

import json

import pytest

from scripts import bench
from scripts.console import Failure
from tests.bench import report


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(bench, "benches", lambda: ["orders", "webhooks"])


@pytest.mark.usefixtures("two")
def test_bare_runs_all():
    assert bench.arguments([]) == (["orders", "webhooks"], None, [])


@pytest.mark.usefixtures("two")
def test_a_file_and_options_of_one_bench(tmp_path):
    names, target, extra = bench.arguments(["orders", "--json", str(tmp_path / "x.json"), "--rounds", "3"])
    assert (names, target, extra) == (["orders"], tmp_path / "x.json", ["--rounds", "3"])


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("arguments", [["--json"], ["nothing"], ["orders", "nothing"]])
def test_mistakes_are_said(arguments):
    with pytest.raises(Failure):
        bench.arguments(arguments)


def test_benches_are_found():
    assert {"burst", "flat", "memory", "orders", "products", "stock", "webhooks"} <= set(bench.benches())
    assert not {"report", "__init__", "_shop", "_api", "_jobs"} & set(bench.benches())


def test_a_table_lines_numbers_up():
    rows = [{"side": "floor", "per second": 120.0}, {"side": "engine", "per second": 1234.5}]
    assert report.show("orders", rows).splitlines() == [
        "orders",
        "side   | per second",
        "-------+-----------",
        "floor  |      120.0",
        "engine |    1,234.5",
    ]


def test_figures_are_written(tmp_path, capsys):
    report.report("orders", [{"n": 1}], target=tmp_path / "x.json", ratio=1.5)
    written = json.loads((tmp_path / "x.json").read_text())
    assert (written["rows"], written["ratio"], written["title"]) == ([{"n": 1}], 1.5, "orders")
    assert "ratio: 1.5" in capsys.readouterr().out


def test_sides_are_measured_in_turn():
    calls = []

    def side(name):
        calls.append(name)
        return len(calls)

    figures = report.in_turn(2, a=lambda: side("a"), b=lambda: side("b"))
    assert calls == ["a", "b", "a", "b"]
    assert figures == {"a": [1, 3], "b": [2, 4]}


def test_percentiles_are_of_what_was_measured():
    values = list(range(1, 101))
    assert report.percentile(values, 0.99) == 99
    assert report.percentile([5.0], 0.99) == 5.0
    assert report.median([3, 1, 2]) == 2
