"""Memory of one process that imports orders page by page, each page in a new environment as a chain of jobs does.

    python -m tests.bench.memory [--json FILE] [--orders N]

Reports the resident memory (RSS) after a tenth, half and all of the orders, the slope of the second half, and how many
canonical orders are alive between two pages: one page at a time is the design, none is left when it is stored.
"""

import argparse
import gc
import os
from pathlib import Path

from . import _shop
from .report import report

MEGABYTE = 1024 * 1024


def resident():
    """Return this process's resident memory in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def alive():
    """Return how many canonical orders are alive."""
    from odoo.addons.connector_base.canonical import Order  # noqa: PLC0415

    gc.collect()
    return sum(isinstance(found, Order) for found in gc.get_objects())


def slope(marks):
    """Return the least-squares slope of [(orders, MB)] in MB per 10,000 orders."""
    mean_x = sum(x for x, _y in marks) / len(marks)
    mean_y = sum(y for _x, y in marks) / len(marks)
    spread = sum((x - mean_x) ** 2 for x, _y in marks)
    return sum((x - mean_x) * (y - mean_y) for x, y in marks) / spread * 10_000


def run(bench, total):
    """Import `total` orders; return ([(orders so far, MB)], canonical orders alive between pages)."""
    marks, left = [], 0
    for done in range(0, total, _shop.BATCH):
        bench.measure(bench.run_engine, [bench.documents(bench.orders(_shop.BATCH))])
        marks.append((done + _shop.BATCH, resident()))
        if done % (_shop.BATCH * 20) == 0:
            left = max(left, alive())
    return marks, left


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--orders", type=int, default=5000)
    options = parser.parse_args()
    with _shop.opened() as bench:
        bench.measure(bench.run_engine, [bench.documents(bench.orders(_shop.BATCH)) for _page in range(4)])
        begin = resident()
        marks, left = run(bench, options.orders)
    rows = [
        {"orders": orders, "rss_mb": round(megabytes, 1), "since_start": round(megabytes - begin, 1)}
        for orders, megabytes in (marks[len(marks) // 10], marks[len(marks) // 2], marks[-1])
    ]
    half = marks[len(marks) // 2 :]
    report(
        "memory of importing orders in one process",
        rows,
        target=options.json,
        mb_per_10000_orders=round(slope(half), 2),
        orders_alive_between_pages=left,
    )


if __name__ == "__main__":
    main()
