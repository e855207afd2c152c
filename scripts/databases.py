"""Databases: a template with our addons installed, cheap copies of it, updates when the addons changed."""

import os
import shutil
from functools import partial
from pathlib import Path

from .addons import outer_dependencies
from .console import Failure, execute, progress
from .packages import CONSTRAINTS, REQUIREMENTS
from .state import free_port
from .workshop import Workshop

DEPENDENCIES = "deps"
TEMPLATE = "template"
ASSETS = "assets"

SET_PASSWORD = """
env["res.users"].browse(2).write({{"password": {password!r}}})
env.cr.commit()
"""
# The bundles that the login page and the web client load, light and dark.
BUILD_ASSETS = """
for name in ("web.assets_web", "web.assets_web_dark", "web.assets_frontend", "web.assets_frontend_lazy"):
    env["ir.qweb"]._get_asset_bundle(name, css=False).js()
    env["ir.qweb"]._get_asset_bundle(name, js=False).css()
env.cr.commit()
"""


def exists(workshop: Workshop, database: str) -> bool:
    """Tell whether the database is there."""
    return bool(workshop.server.psql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))


def drop(workshop: Workshop, database: str) -> None:
    """Remove a database and its files, if there.

    Not WITH (FORCE): who is no superuser is refused as long as the server's own autovacuum works in the database, which
    a plain DROP sends away.
    """
    workshop.server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{database}' AND usename = current_user AND pid <> pg_backend_pid()"
    )
    workshop.server.psql(f'DROP DATABASE IF EXISTS "{database}"')
    shutil.rmtree(filestore(workshop, database), ignore_errors=True)


def filestore(workshop: Workshop, database: str) -> Path:
    """Return the folder of a database's attachments."""
    return workshop.state.data / "filestore" / database


def copy(workshop: Workshop, source: str, target: str) -> None:
    """Make `target` a copy of the database `source`, with an identity of its own; what was there goes.

    Odoo names attachments' files by their content and never changes one: hard links are safe, and take no space.
    """
    drop(workshop, target)
    workshop.server.psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if filestore(workshop, source).exists():
        shutil.copytree(filestore(workshop, source), filestore(workshop, target), copy_function=os.link)
    workshop.server.psql(
        "UPDATE ir_config_parameter SET value = gen_random_uuid() WHERE key IN ('database.uuid', 'database.secret')",
        target,
    )


def odoo_task(workshop: Workshop, database: str, *args: str, what: str) -> None:
    """Run Odoo once on a database (`-i`, `-u`) and wait for its end.

    :raises Failure: Odoo failed or logged an error while loading modules
    """
    config = workshop.write_config(f"task-{database}", database, port=free_port())
    log = workshop.state.log(f"task-{database}")
    output = execute(
        workshop.odoo("-c", str(config), *args, "--stop-after-init", "--no-http", "--log-level=warn"),
        log,
        what=what,
        env=workshop.environment(),
    )
    # PyPI's PostgreSQL has no pg_trgm: Odoo says so once as an error, and does without those indexes.
    errors = [
        line
        for line in output.splitlines()
        if (" CRITICAL " in line or " ERROR " in line) and "extension" not in line.lower()
    ]
    if errors:
        raise Failure(f"{what}: Odoo reported\n    {errors[0]}", f"The whole log: {log}")


def odoo_script(workshop: Workshop, database: str, script: str, *, what: str) -> None:
    """Run Python code in Odoo's shell (`env` is the superuser's environment)."""
    config = workshop.write_config(f"task-{database}", database, port=free_port())
    execute(
        workshop.odoo("shell", "-c", str(config), "--no-http", "--log-level=warn", "--shell-interface=python"),
        workshop.state.log(f"script-{database}"),
        what=what,
        env=workshop.environment(),
        stdin=script,
    )


def base_inputs(workshop: Workshop) -> list:
    """Return what the dependencies' database depends on."""
    return [
        workshop.source.identity,
        outer_dependencies(workshop.addons),
        workshop.server.host,
        *(path.read_text() for path in (*REQUIREMENTS, CONSTRAINTS)),
    ]


def prepare_template(workshop: Workshop, *, assets: bool = False) -> str:
    """Return the name of a database in which our addons, as their files are now, are freshly installed.

    Always built from a copy of a database that has everything they depend on, never by an update, so that a removed
    field or record cannot linger.

    :param assets: build the web client's bundles too, so that no copy needs to (it takes seconds)
    """
    state, base, template = workshop.state, workshop.database(DEPENDENCIES), workshop.database(TEMPLATE)
    with state.lock("databases.lock"):
        needs = outer_dependencies(workshop.addons)
        inputs = base_inputs(workshop)
        if not exists(workshop, base):
            state.forget(DEPENDENCIES)

        def install_dependencies() -> None:
            drop(workshop, base)
            odoo_task(workshop, base, "-i", ",".join(needs), what="Installing Odoo's own addons")

        if state.once(DEPENDENCIES, f"database with {', '.join(needs)}", inputs, install_dependencies):
            state.forget(TEMPLATE)
        if not exists(workshop, template):
            state.forget(TEMPLATE)
        own = [addon.name for addon in workshop.addons]

        def install_own() -> None:
            copy(workshop, base, template)
            if own:
                odoo_task(workshop, template, "-i", ",".join(own), what="Installing the addons")

        digests = {addon.name: addon.digest() for addon in workshop.addons}
        if state.once(TEMPLATE, f"database with {', '.join(own) or 'no addons'}", [inputs, digests], install_own):
            state.forget(ASSETS)
        if assets:
            build = partial(odoo_script, workshop, template, BUILD_ASSETS, what="Building the web client's bundles")
            state.once(ASSETS, "web client's bundles", [], build)
    return template


def prepare_own(workshop: Workshop, name: str) -> str:
    """Return the name of the lasting database `name` (demo, serve): a copy of the template, updated when addons change.

    Its administrator's password is the generated one.
    """
    database, step = workshop.database(name), f"database-{name}"
    digests = {addon.name: addon.digest() for addon in workshop.addons}
    if exists(workshop, database) and (workshop.state.folder / "stamps" / step).exists():
        if not workshop.state.is_done(step, digests):
            with progress(f"database {name}: update of the addons"):
                odoo_task(workshop, database, *_changed(workshop, database), what="Updating the addons")
            workshop.state.mark_done(step, digests)
        return database
    template = prepare_template(workshop, assets=True)
    with progress(f"database {name}"):
        copy(workshop, template, database)
        script = SET_PASSWORD.format(password=workshop.state.secret("admin_password"))
        odoo_script(workshop, database, script, what="Setting the administrator's password")
    workshop.state.mark_done(step, digests)
    return database


def _changed(workshop: Workshop, database: str) -> list[str]:
    """Return Odoo's arguments that install our addons that are missing in a database and update the others."""
    rows = workshop.server.psql("SELECT name FROM ir_module_module WHERE state = 'installed'", database).split()
    own = [addon.name for addon in workshop.addons]
    new = [name for name in own if name not in rows]
    old = [name for name in own if name in rows]
    return [*(["-i", ",".join(new)] if new else []), *(["-u", ",".join(old)] if old else [])]
