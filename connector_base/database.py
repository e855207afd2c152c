"""What call records and budgets need of PostgreSQL beyond the ORM."""

from contextlib import contextmanager

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tools import SQL

GC_BATCH = 10_000


@contextmanager
def autocommit_cursor(registry, *, lock_timeout=None):
    """Open a cursor of its own, each statement of which is a transaction: visible at once, and never rolled back.

    Autocommit also means READ COMMITTED: an UPDATE that waited for another one sees its result, where Odoo's ordinary
    cursor would fail. In test mode the cursor is a part of the test's transaction and can't be switched.

    :param str lock_timeout: how long a statement waits for a lock, as PostgreSQL writes it (`2s`); None: for ever
    """
    with registry.cursor() as cr:
        if isinstance(cr, Cursor):  # the pool resets all of this when the connection is used again
            cr.connection.autocommit = True
            if lock_timeout:
                cr.execute(SQL("SET lock_timeout = %s", lock_timeout))
        yield cr


def gc_batch(model, action, condition):
    """Do `action`, the head of an UPDATE or DELETE, to a batch of the rows of `model` that meet `condition`.

    :return: (rows done, whether there may be more), as an autovacuum method returns it
    """
    # SQL: these are logs that nothing refers to; unlink() would search for references and read what it deletes.
    model.env.cr.execute(
        SQL(
            "%s WHERE id IN (SELECT id FROM %s WHERE %s LIMIT %s)",
            action,
            SQL.identifier(model._table),
            condition,
            GC_BATCH,
        )
    )
    done = model.env.cr.rowcount
    model.invalidate_model()
    return done, int(done == GC_BATCH)


def int_parameter(env, name, default):
    """Return a whole number kept in the system parameters; the default when it is missing or none."""
    value = env["ir.config_parameter"].sudo().get_param(name) or ""
    return int(value) if value.isdigit() else default


class LooseMany2one(fields.Many2one):
    """A Many2one without a foreign key, for append-only logs.

    A log must take the rows of a transaction whose records were rolled back, and must not lock what it refers to.
    """

    def update_db_foreign_key(self, model, column):
        """Override of `odoo` to create none."""
