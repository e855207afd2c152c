"""The budget of calls, kept in PostgreSQL."""

from odoo.tools import SQL

from ..database import autocommit_cursor

# Share of the bucket a lane leaves to those before it.
LANE_FLOORS = {"interactive": 0.0, "webhooks": 0.10, "orders": 0.20, "stock": 0.35, "catalogue": 0.50}

# Datetimes are naive UTC in Odoo's columns.
_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


class PgBudget:
    """`transport.ports.Budget` on the table `integration_rate_limit`, shared by all workers on all nodes.

    A bucket of `capacity` tokens refills at `rate` per second. Each call to the database is a short transaction of
    its own: nothing waits for a job's end, and nothing is given back when the job rolls back, for the platform has
    counted the call.

    :param registry: of the database
    :param str platform: with `account_key`, whose budget it is
    :param str lane: one of `LANE_FLOORS`; an urgent lane may use what others must leave
    :param defaults: callable -> {api: (capacity, rate)}: where a bucket starts
    """

    def __init__(self, registry, platform, account_key, lane, defaults):
        self.registry = registry
        self.platform = platform
        self.account_key = account_key
        self.floor = LANE_FLOORS[lane]
        self.defaults = defaults

    def acquire(self, api, cost):
        """Take `cost` tokens. Return 0.0 when granted, else the seconds until there may be enough.

        A call dearer than what the lane may ever have is granted when the bucket is full, else it would wait for ever;
        the bucket is in debt then.

        :raise KeyError: the adapter knows no such API
        """
        # SQL: one statement that locks, refills, decides and answers; the ORM would need several, and a retry loop.
        # `now` is read once, and again by PostgreSQL after it waited for the lock: no refill is lost or counted twice.
        query = SQL(
            """
            WITH cur AS MATERIALIZED (
                SELECT id, now, rate, %(available)s AS avail, LEAST(%(floor)s * capacity + %(cost)s, capacity) AS needed
                  FROM (
                    SELECT *, %(now)s AS now FROM integration_rate_limit WHERE %(key)s FOR NO KEY UPDATE
                  ) AS bucket
            )
            UPDATE integration_rate_limit AS b
               SET tokens = cur.avail - CASE WHEN cur.avail >= cur.needed THEN %(cost)s ELSE 0 END,
                   updated = cur.now
              FROM cur
             WHERE b.id = cur.id
         RETURNING cur.avail >= cur.needed, (cur.needed - cur.avail) / cur.rate
            """,
            now=_NOW,
            floor=self.floor,
            cost=float(cost),
            available=_available(SQL("now")),
            key=self._key(api),
        )
        with autocommit_cursor(self.registry) as cr:
            cr.execute(query)
            row = cr.fetchone()
            if not row:
                self._create(cr, api)
                cr.execute(query)
                row = cr.fetchone()
        granted, wait = row
        return 0.0 if granted else wait

    def feed(self, api, *, capacity=None, rate=None, remaining=None, refund=0.0, retry_after=None):
        """Adjust the bucket to what the platform says; see `transport.ports.Budget`.

        What is left is only ever lowered: an answer that comes late tells of a past before other calls. Size and rate
        are taken as said; with another size (the first answer, or a new plan) what is left is taken as said too.
        """
        query = SQL(
            """
            UPDATE integration_rate_limit
               SET tokens = LEAST(
                       CASE WHEN %(capacity)s <> capacity AND %(remaining)s IS NOT NULL
                            THEN %(remaining)s ELSE %(available)s + %(refund)s END,
                       COALESCE(%(capacity)s, capacity),
                       %(remaining)s,
                       -%(retry_after)s * COALESCE(%(rate)s, rate)
                   ),
                   capacity = COALESCE(%(capacity)s, capacity),
                   rate = COALESCE(%(rate)s, rate),
                   updated = %(now)s
             WHERE %(key)s
            """,
            available=_available(_NOW),
            now=_NOW,
            refund=float(refund),
            capacity=SQL("%s::float8", capacity or None),
            rate=SQL("%s::float8", rate or None),
            remaining=SQL("%s::float8", remaining),
            retry_after=SQL("%s::float8", retry_after),
            key=self._key(api),
        )
        with autocommit_cursor(self.registry) as cr:
            cr.execute(query)
            if not cr.rowcount:
                self._create(cr, api)
                cr.execute(query)

    def _key(self, api):
        return SQL("platform = %s AND account_key = %s AND api = %s", self.platform, self.account_key, api)

    def _create(self, cr, api):
        """Create the bucket, full, unless somebody else just did."""
        capacity, rate = self.defaults()[api]
        cr.execute(
            SQL(
                """
                INSERT INTO integration_rate_limit (platform, account_key, api, capacity, rate, tokens, updated)
                VALUES (%s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT DO NOTHING
                """,
                self.platform,
                self.account_key,
                api,
                capacity,
                rate,
                capacity,
                _NOW,
            )
        )


def _available(now):
    """Return the tokens there are at `now`: what was left, and what has flown in since."""
    return SQL(
        "LEAST(capacity, tokens + rate * GREATEST(0, EXTRACT(EPOCH FROM %s - updated)::float8))",
        now,
    )
