"""The benches of products and stock, in small: they run to their end, and what they count is right."""

import json
import math
import subprocess

import pytest

from scripts.bench import CHANNELS
from scripts.state import ROOT, free_port


@pytest.fixture
def bench(workshop, yard, tmp_path):
    """A function that runs a bench on a fresh database and returns its figures."""

    def run(name, *arguments):
        database, figures = yard.database(), tmp_path / f"{name}.json"
        config = workshop.write_config(f"bench-{database}", database, port=free_port(), channels=CHANNELS)
        environment = workshop.environment(ODOO_RC=str(config), BENCH_DATABASE=database, PYTHONPATH=str(ROOT))
        command = [str(workshop.state.python), "-m", f"tests.bench.{name}", "--json", str(figures), *arguments]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        found = json.loads(figures.read_text())
        return found, {row["stage"]: row for row in found["rows"]}

    return run


def test_products(bench):
    found, rows = bench("products", "--products", "20", "--step", "10", "--page", "5", "--floor", "5")
    assert found["pushed_after_import"] == 0
    assert rows["in"]["products"] == 20
    assert [rows[f"out: {stage}"]["calls"] for stage in ("create", "new prices", "nothing changed")] == [20, 20, 0]


def test_stock(bench):
    articles, batch = 50, 40
    options = {"articles": articles, "batch": batch, "moves": 10, "runs": 1, "rate": 50, "burst": 1}
    _found, rows = bench("stock", *(text for name, value in options.items() for text in (f"--{name}", str(value))))
    assert rows["push"]["levels"] == articles * 3
    assert rows["push"]["calls"] == math.ceil(articles * 3 / batch)
    assert rows["nothing changed"]["calls"] == 0
