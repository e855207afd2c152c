"""What every bench does with its figures: print a table, write JSON, compare runs fairly."""

import argparse
import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def parser(description: str) -> argparse.ArgumentParser:
    """Return a command line with `--json FILE` and `--runs N`, to which a bench adds its own options."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    result.add_argument("--runs", type=int, default=5, help="repetitions; the median counts")
    return result


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def in_turn(runs: int, **sides: Callable[[], float]) -> dict[str, list[float]]:
    """Measure several sides in turn, `runs` times each, so that a slow moment hits all; return figures by side."""
    figures: dict[str, list[float]] = {name: [] for name in sides}
    for _run in range(runs):
        for name, measure in sides.items():
            figures[name].append(measure())
    return figures


def show(title: str, rows: Sequence[dict[str, object]]) -> str:
    """Return a table: one line per row, one column per key, numbers to the right."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_text(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[at]) for line in cells)) for at, column in enumerate(columns)]
    numeric = [all(isinstance(row.get(column, 0), int | float) for row in rows) for column in columns]

    def line(values: Sequence[str]) -> str:
        return " | ".join(
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        ).rstrip()

    rule = "-+-".join("-" * width for width in widths)
    return "\n".join([title, line(columns), rule, *(line(values) for values in cells)])


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def report(title: str, rows: Sequence[dict[str, object]], *, target: Path | None = None, **facts: object) -> None:
    """Print the table and, with `target`, write rows, facts and what they were measured on as JSON."""
    print(show(title, rows))
    for name, value in facts.items():
        print(f"{name}: {_text(value)}")
    if target:
        machine = {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
        content = {"title": title, "at": time.strftime("%FT%TZ", time.gmtime()), "machine": machine, "rows": list(rows)}
        target.write_text(json.dumps({**content, **facts}, indent=2) + "\n")
