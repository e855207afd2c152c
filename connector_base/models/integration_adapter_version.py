from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for the version of a platform's API. Capability `api_version`."""

    _inherit = "integration.adapter"

    def _check_version(self, backend):
        """Ask the platform about the version of its API that we use; return what staff should know, () if all is well.

        :return: sentences that say what is or will be wrong, until when, and what to do
        """
        return ()
