from odoo import Command, api, models


class IntegrationProductPublisher(models.AbstractModel):
    """Puts products on sales channels: says on their bindings what is wanted; pushes do the rest."""

    _name = "integration.product.publisher"
    _description = "Product Publisher"

    @api.model
    def _bindings(self, backend, templates):
        return self.env["integration.binding.product"].search(
            [("backend_id", "=", backend.id), ("odoo_id", "in", templates.ids)]
        )

    @api.model
    def _publish(self, backend, templates, wishes):
        """Have `templates` published on `backend` and return their bindings there; nothing is sent yet.

        :param dict wishes: `wanted`, `channels` and `categories` (record ids) and whether these `replace` what a
            product has already; one that is new gets the channels for new products where None are given
        """
        bindings = self.env["integration.binding.product"]
        known = self._bindings(backend, templates)
        channels, categories = wishes.get("channels"), wishes.get("categories") or []
        default_channels = self.env["integration.channel"].search(
            [("backend_id", "=", backend.id), ("publish", "=", True)]
        )
        fresh = bindings.create(
            [
                {
                    "backend_id": backend.id,
                    "odoo_id": template.id,
                    "wanted": wishes["wanted"],
                    "channel_ids": [Command.set(default_channels.ids if channels is None else channels)],
                    "category_ids": [Command.set(categories)],
                }
                for template in templates - known.odoo_id
            ]
        )
        known.filtered(lambda binding: binding.remote_status == "deleted")._publish_again()
        if known:
            values = {"wanted": wishes["wanted"]}
            for name, ids in (("channel_ids", channels), ("category_ids", wishes.get("categories"))):
                if ids is not None:
                    replaced = [Command.set(ids)] if wishes.get("replace") else map(Command.link, ids)
                    values[name] = list(replaced)
            known.write(values)
        return known | fresh
