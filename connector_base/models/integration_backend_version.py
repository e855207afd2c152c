from markupsafe import Markup

from odoo import api, fields, models

ACTIVITY_TYPE = "connector_base.mail_activity_type_api_version"


class IntegrationBackend(models.Model):
    """Whether the platform goes on speaking the version of its API that we use: asked once a day."""

    _inherit = "integration.backend"

    version_warning = fields.Text("API Version", readonly=True, copy=False, help="What is wrong, and what to do.")

    @api.model
    def _cron_check_versions(self):
        """Queue the check for each connected backend whose platform can tell."""
        for backend in self.search([("state", "=", "connected")]):
            if "api_version" in backend._adapter()._capabilities():
                backend._enqueue("check_version", identity_key=f"check_version:{backend.id}")

    def _note_version(self, sentences):
        """Keep what a check found; tell the responsible user when it is news, and close the activity when all is well.

        :param sentences: see `integration.adapter._check_version`
        """
        self.ensure_one()
        text = "\n".join(sentences)
        if text == (self.version_warning or ""):
            return
        self.version_warning = text
        if not text:
            self.activity_feedback([ACTIVITY_TYPE], feedback=self.env._("The version of the API is in order again."))
            return
        note = Markup("<p>%s</p>") % Markup("<br/>").join(sentences)
        activities = self.activity_search([ACTIVITY_TYPE])
        if activities:
            activities.write({"note": note})
            return
        user = self.user_id or self.create_uid
        backend = self.with_context(lang=user.lang)
        backend.activity_schedule(
            ACTIVITY_TYPE,
            summary=backend.env._("%(backend)s: version of the API", backend=self.name),
            note=note,
            user_id=user.id,
        )
