"""Addons that are there only beside others of Odoo: installed by themselves with these, and tested there."""

import subprocess

from scripts.databases import odoo_task
from scripts.state import ROOT, free_port

BESIDE = ("mrp", "sale_mrp", "stock_dropshipping", "website_sale")
GLUE = ("connector_base_mrp", "connector_base_website_sale")
TESTS = (*(f"{addon}/tests" for addon in GLUE), "connector_base/tests/test_shipments_kits.py")


def test_glue_addons(workshop, yard):
    database = yard.database()
    odoo_task(workshop, database, "-i", ",".join(BESIDE), what="Installing what is glued")
    installed = workshop.server.psql("SELECT name FROM ir_module_module WHERE state = 'installed'", database).split()
    assert set(GLUE) <= set(installed)
    config = workshop.write_config(f"glue-{database}", database, port=free_port())
    command = [str(workshop.state.python), "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    done = subprocess.run(
        [*command, "-q", "-rs", *(str(ROOT / path) for path in TESTS)],
        env=workshop.environment(ODOO_RC=str(config)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
