"""A database with a platform that lives in memory, and how servers on it are started."""

import os
from contextlib import contextmanager
from pathlib import Path

from scripts import databases
from scripts.state import ROOT

ADDONS = (Path(__file__).parent / "addons", ROOT / "tests" / "chaos" / "addons")


@contextmanager
def webhook_stage(workshop, name):
    """Yield (database, settings of its `OdooServer`s); the database is dropped afterwards."""
    database = workshop.database(f"bench_{name}_{os.getpid()}")
    addons_path = ",".join(str(path) for path in (*workshop.source.addons, ROOT, *ADDONS))
    try:
        databases.copy(workshop, databases.prepare_template(workshop), database)
        arguments = ("-i", "connector_chaos,bench_baseline", f"--addons-path={addons_path}")
        databases.odoo_task(workshop, database, *arguments, what="Installing the bench's addons")
        yield (
            database,
            {
                "workers": 2,
                "sections": {"options": {"addons_path": addons_path, "max_cron_threads": 0, "log_level": "warn"}},
                "environment": {"CHAOS_SHOP": "http://127.0.0.1:9"},
            },
        )
    finally:
        databases.drop(workshop, database)
