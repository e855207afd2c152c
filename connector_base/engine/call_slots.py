"""How many calls an account takes at once, kept in PostgreSQL."""

from odoo.tools import SQL

from ..database import autocommit_cursor

# Seconds after which a slot that nobody gave back is free again: longer than any call lasts
LEASE = 180
_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


class PgSlots:
    """`transport.ports.Slots` on the table `integration_call_slot`, shared by all workers on all nodes.

    Each call to the database is a short transaction of its own.

    :param registry: of the database
    :param str platform: with `account_key`, whose calls they are
    :param int count: how many there are
    """

    def __init__(self, registry, platform, account_key, count):
        self.registry = registry
        self.platform = platform
        self.account_key = account_key
        self.count = count

    def enter(self):
        """Return (id, until) of a slot, None when all are taken."""
        # SQL: one statement that skips what others are taking at this moment; the ORM would wait for it, and fail.
        query = SQL(
            """
            UPDATE integration_call_slot SET taken_until = %(now)s + %(lease)s * INTERVAL '1 second'
             WHERE id = (
                SELECT id FROM integration_call_slot
                 WHERE %(key)s AND number <= %(count)s AND taken_until <= %(now)s
                 ORDER BY number LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id, taken_until
            """,
            now=_NOW,
            lease=LEASE,
            key=self._key(),
            count=self.count,
        )
        with autocommit_cursor(self.registry) as cr:
            cr.execute(query)
            slot = cr.fetchone()
            if not slot and self._complete(cr):
                cr.execute(query)
                slot = cr.fetchone()
        return slot

    def leave(self, slot):
        """Give back what `enter` returned, unless it has lapsed meanwhile."""
        slot_id, until = slot
        with autocommit_cursor(self.registry) as cr:
            cr.execute(
                SQL(
                    "UPDATE integration_call_slot SET taken_until = %s WHERE id = %s AND taken_until = %s",
                    _NOW,
                    slot_id,
                    until,
                )
            )

    def _key(self):
        return SQL("platform = %s AND account_key = %s", self.platform, self.account_key)

    def _complete(self, cr):
        """Create the slots that are missing; say whether there were any."""
        cr.execute(SQL("SELECT count(*) FROM integration_call_slot WHERE %s AND number <= %s", self._key(), self.count))
        if cr.fetchone()[0] >= self.count:
            return False
        cr.execute(
            SQL(
                """
                INSERT INTO integration_call_slot (platform, account_key, number, taken_until)
                SELECT %s, %s, number, %s FROM generate_series(1, %s) AS number
                ON CONFLICT DO NOTHING
                """,
                self.platform,
                self.account_key,
                _NOW,
                self.count,
            )
        )
        return True
