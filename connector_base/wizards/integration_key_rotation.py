from collections import Counter

from odoo import api, fields, models

from .. import encryption
from ..transport import ConfigurationError

BATCH_SIZE = 500


class IntegrationKeyRotation(models.TransientModel):
    """Shows which encryption keys are in use, and re-encrypts all credentials with the first one.

    Keys are told apart by fingerprints; the keys themselves are never shown.
    """

    _name = "integration.key.rotation"
    _description = "Encryption Keys"

    problem = fields.Text(compute="_compute_usage")
    usage = fields.Json(compute="_compute_usage")
    outdated_count = fields.Integer(compute="_compute_usage")
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    command = fields.Char(string="Command that makes a key", compute="_compute_command")
    result = fields.Text(readonly=True)

    def _compute_usage(self):
        try:
            encryption.check_keys()
        except ConfigurationError as error:
            self.update({"problem": f"{error.message}\n{error.remedy}", "usage": False, "outdated_count": 0})
            return
        counts, lost_ids = Counter(), []
        for credential in self._credentials():
            position = encryption.key_of(credential.ciphertext)
            if position is None:
                lost_ids.append(credential.id)
            else:
                counts[position] += 1
        # names only of what the user may see; the count is complete
        lost = self.env["integration.credential"].search([("id", "in", lost_ids)])
        usage = {
            "keys": [
                {"fingerprint": encryption.fingerprint(key), "count": counts[position]}
                for position, key in enumerate(encryption.configured_keys())
            ],
            "lost_count": len(lost_ids),
            "lost": [f"{credential.backend_id.name}: {credential.label}" for credential in lost],
        }
        self.update({"problem": False, "usage": usage, "outdated_count": counts.total() - counts[0]})

    @api.depends("usage")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = (
                self.env["ir.qweb"]._render("connector_base.key_usage", wizard.usage) if wizard.usage else False
            )

    def _compute_command(self):
        self.command = encryption.NEW_KEY_COMMAND

    def action_rotate(self):
        """Encrypt every credential anew that was not made with the first key; say how many."""
        self.ensure_one()
        self.check_access("write")
        done = lost = 0
        for credential in self._credentials():
            try:
                done += credential._reencrypt()
            except ConfigurationError:
                lost += 1
        self.result = self.env._("Credentials encrypted anew: %(done)s.", done=done)
        if lost:
            self.result += " " + self.env._(
                "%(lost)s can't be read with any of the keys and were left as they are.", lost=lost
            )
        return self._get_records_action(target="new", name=self.env._("Encryption Keys"))

    def _credentials(self):
        credentials = self.env["integration.credential"].sudo()
        last_id = 0
        while batch := credentials.search(
            [("id", ">", last_id), ("ciphertext", "!=", False)], order="id", limit=BATCH_SIZE
        ):
            yield from batch
            last_id = batch[-1].id
