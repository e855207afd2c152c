from datetime import timedelta

import psycopg2.errors

from odoo import fields, models
from odoo.tools import SQL

from ..transport import TransientError

# A worker that renews a token holds its row for one call at most; another one waits that long for it.
LOCK_TIMEOUT = "40s"
LOCK_ATTEMPTS = 5


class IntegrationBackend(models.Model):
    """Tokens that a platform gives for a while, kept among the credentials and renewed by one worker at a time."""

    _inherit = "integration.backend"

    def _renewable_token(self, key, request, *, margin=0, refused=""):
        """Return a token that is valid a while longer, not `refused`; get a new one when there is none.

        Two workers may ask at once: the token's row is locked in a short transaction of its own, so that one renews
        and the other one takes what the first got. In the transaction that creates the backend nobody else can see the
        row: the token is then part of that transaction.

        :param str key: the credential that keeps the token
        :param request: callable () -> (token, seconds it is valid, None when nobody knows); it calls the platform
        :param margin: seconds before its end from which on a token isn't used any more
        :raise TransportError: what `request` raises
        :raise TransientError: another worker is renewing all the time
        """
        token = self._find_secret(key, valid_for=margin)
        if token and token != refused:
            return token
        with self.env.registry.cursor() as cr:
            own = self.with_env(self.env(cr=cr))
            if not own._lock_token(key):
                own = self
            token = own._find_secret(key, valid_for=margin)
            if token and token != refused:
                return token
            token, seconds = request()
            expires_at = fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None
            own._set_secret(key, token, expires_at)
        self.env["integration.credential"].invalidate_model()
        return token

    def _lock_token(self, key):
        """Lock the token's row in this transaction; return whether there is one that this transaction sees.

        Who waited for a worker that renewed the token gets a serialization failure from PostgreSQL: only a new
        transaction sees what that one wrote.

        :raise TransientError: others hold the row all the time
        """
        cr = self.env.cr
        for _attempt in range(LOCK_ATTEMPTS):
            cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_TIMEOUT))
            try:
                cr.execute(
                    SQL(
                        "SELECT id FROM integration_credential WHERE backend_id = %s AND key = %s FOR NO KEY UPDATE",
                        self.id,
                        key,
                    ),
                    log_exceptions=False,
                )
                return bool(cr.rowcount)
            except psycopg2.errors.SerializationFailure:
                cr.rollback()
            except psycopg2.errors.LockNotAvailable:
                break
        raise TransientError("Another worker is getting a new access token from the platform.", retry_after=5)
