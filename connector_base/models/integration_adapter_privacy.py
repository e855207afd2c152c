from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for what privacy law makes a platform ask of every app. Capability `privacy`."""

    _inherit = "integration.adapter"

    def _read_privacy_call(self, request):
        """Return the `PrivacyCall` of a request to the one address that all accounts of an app share.

        Which account is meant says the request; one that we know no backend of is all right if the app's secret signed
        it. No call to the platform.

        :raise SignatureError: missing or wrong signature, or no secret to check it with
        :raise DataError: the request is not what the platform sends
        """
        raise NotImplementedError()
