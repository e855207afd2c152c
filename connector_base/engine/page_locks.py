"""What keeps two transactions from creating the same thing. Advisory locks live until the transaction ends."""

from odoo.tools import SQL


def try_lock(cr, keys):
    """Return the set of those `keys` (texts) that this transaction now holds; never waits, so never deadlocks."""
    if not keys:
        return set()
    cr.execute(
        SQL(
            "SELECT k FROM unnest(%s::text[]) k WHERE pg_try_advisory_xact_lock(hashtextextended(k, 0))",
            sorted(keys),
        )
    )
    return {key for (key,) in cr.fetchall()}


def appeared_meanwhile(env, query):
    """Return the keys of rows that others committed after this transaction's snapshot was taken.

    Odoo reads REPEATABLE READ: after a lock is won, what its former holder committed is still invisible here. Asked
    through a connection of its own, the database tells; the documents concerned wait for a new transaction.

    :param SQL query: gives rows (key, row id)
    """
    with env.registry.cursor() as fresh:
        fresh.execute(query)
        committed = fresh.fetchall()
    if not committed:
        return set()
    known = set(env.execute_query(query))
    return {key for key, row_id in committed if (key, row_id) not in known}
