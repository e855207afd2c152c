from odoo import api, fields, models


class IntegrationBackend(models.Model):
    """What is to be known of a registration for events of Adobe Commerce."""

    _inherit = "integration.backend"

    magento_events_client = fields.Char(
        string="Client ID of Events",
        copy=False,
        tracking=True,
        help="Adobe Commerce only: the Client ID of the credential in the project of the Adobe Developer Console where "
        "the shop's events are registered to be sent to this sales channel's webhook address. Changes are then read "
        "within seconds. Empty: the shop is asked for changes.",
    )

    magento_subscriptions = fields.Json(
        readonly=True, copy=False, groups=fields.NO_ACCESS, prefetch=False, help="Those that this channel made."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `connector_base` to cut off blanks, as left by copying."""
        return super().create([_stripped(vals) for vals in vals_list])

    def write(self, vals):
        """Override of `connector_base` to subscribe to the shop's events when they are wanted from now on."""
        result = super().write(_stripped(vals))
        if vals.get("magento_events_client"):
            for backend in self.filtered(lambda backend: backend.state == "connected" and backend._takes_webhooks()):
                backend._enqueue("check_webhooks", identity_key=f"check_webhooks:{backend.id}")
        return result

    def _syncs(self, flow):
        """Override of `connector_base`: of events nothing is known without their registration."""
        if flow == "webhooks" and self.platform == "magento" and not self.magento_events_client:
            return False
        return super()._syncs(flow)

    def _is_told(self):
        """Override of `connector_base`: whether Adobe delivers can't be asked, but be seen by what came in a day."""
        told = super()._is_told()
        if not told or self.platform != "magento":
            return told
        came = [("backend_id", "=", self.id), ("received_at", ">", "-1d")]
        return bool(self.env["integration.webhook.event"].sudo().search_count(came, limit=1))

    @api.depends("magento_events_client")
    def _compute_webhook_state(self):
        """Override of `connector_base`: that the shop tells Adobe does not mean that Adobe tells us."""
        result = super()._compute_webhook_state()
        for backend in self.filtered(lambda backend: backend.platform == "magento" and backend._takes_webhooks()):
            if not backend._is_told():
                text = self.env._(
                    "No event came for a day: look at the state of the registration in the Adobe Developer Console. "
                    "Until one comes, the shop is asked for changes."
                )
                backend.webhook_message = ". ".join(filter(None, (backend.webhook_message, text)))
        return result

    def _magento_note_subscriptions(self, made=(), gone=()):
        """Remember which of the shop's subscriptions to events are ours."""
        channel = self.sudo()
        channel.magento_subscriptions = sorted({*(channel.magento_subscriptions or ()), *made} - set(gone))

    def _magento_given_up_subscriptions(self):
        """Return the subscriptions (names of events) that we made and nobody of ours needs any more.

        Another channel of the same shop takes them over.
        """
        channel = self.sudo()
        names = channel.magento_subscriptions or []
        heirs = channel._account_sharers().filtered("magento_events_client")
        if names and heirs:
            heirs[0]._magento_note_subscriptions(made=names)
            channel._magento_note_subscriptions(gone=names)
            return []
        return names


def _stripped(vals):
    client = vals.get("magento_events_client")
    return dict(vals, magento_events_client=client.strip()) if client else vals
