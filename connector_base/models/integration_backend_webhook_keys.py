from datetime import datetime, timedelta

from odoo import fields, models

from ..transport import SignatureError, TransientError

# How long a key is trusted, and after which time it is read again while it is: a platform may take one back.
TRUSTED = timedelta(hours=24)
READ_AGAIN = timedelta(hours=12)
# ... and after which time one is asked for again that the platform didn't have.
ASK_AGAIN = timedelta(minutes=5)
KEPT_KEYS = 8


class IntegrationBackend(models.Model):
    """Public keys that a platform signs its calls with. They are no secret; only where they came from counts."""

    _inherit = "integration.backend"

    webhook_keys = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS, prefetch=False)

    def _webhook_public_keys(self, names):
        """Return {name: public key in PEM} of those of `names` that were read within a day.

        The platform is not asked within its call: a job reads what is missing or getting old, and the platform sends
        again what could not be checked.

        :raise TransientError: none of them is known yet
        :raise SignatureError: the platform has none of them
        """
        self.ensure_one()
        now = fields.Datetime.now()
        kept = {
            name: (pem, now - datetime.fromisoformat(read_at)) for name, (pem, read_at) in self._kept_keys().items()
        }
        kept = {name: (pem, age) for name, (pem, age) in kept.items() if name in names and age < TRUSTED}
        if any(name not in kept or kept[name][1] > (READ_AGAIN if kept[name][0] else ASK_AGAIN) for name in names):
            self._enqueue(
                "read_webhook_keys",
                arguments={"names": sorted(names)},
                identity_key=f"read_webhook_keys:{self.id}",
            )
        known = {name: pem for name, (pem, _age) in kept.items() if pem}
        if not known and len(kept) < len(set(names)):
            raise TransientError("The key that the call is signed with is not known yet. It is being read.")
        if not known:
            raise SignatureError("The platform has no such key as the call says it is signed with.")
        return known

    def _kept_keys(self):
        """Return {name: [PEM, "" for one that there is not; when it was read, naive UTC]}."""
        return self.sudo().webhook_keys or {}

    def _keep_keys(self, keys):
        """Keep {name: PEM or ""}, read just now, and a few that were read before."""
        now = fields.Datetime.now().isoformat()
        merged = {**self._kept_keys(), **{name: [pem, now] for name, pem in keys.items()}}
        newest = sorted(merged.items(), key=lambda item: item[1][1], reverse=True)
        self.sudo().webhook_keys = dict(newest[:KEPT_KEYS])
