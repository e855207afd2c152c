"""What a process of a race does: it loads the database with the test platform, and prepares or races."""

import json
import os
import sys
from contextlib import ExitStack

import odoo.tools
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry


def main(set_up, race, *, log_level):
    """Run `set_up(env)` or `race(registry, *numbers)` as the command line says; print what it returns as JSON."""
    odoo.tools.config.parse_config(["-c", os.environ["ODOO_RC"], "--no-http", f"--log-level={log_level}"])
    # the addons' path is known only now
    from odoo.addons.connector_base.tests.order_common import add_test_platform  # noqa: PLC0415

    registry = Registry(odoo.tools.config["db_name"][0])
    with ExitStack() as stack:
        for patcher in add_test_platform(registry):
            stack.enter_context(patcher)
        if sys.argv[1] == "setup":
            with registry.cursor() as cr:
                print(json.dumps(set_up(api.Environment(cr, SUPERUSER_ID, {}))))
        else:
            print(json.dumps(race(registry, *map(int, sys.argv[2:]))))
