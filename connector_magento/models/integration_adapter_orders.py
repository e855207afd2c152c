from odoo import models

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import parsed_page

from .. import const, sales
from ..order_cancel import cancel_order, hold_order
from ..order_comment import add_comment
from ..parser import parse_order


class IntegrationAdapterMagento(models.AbstractModel):
    """Orders of a shop."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"orders_in", "orders_cancel", "orders_hold", "orders_update"}

    # === IN === #

    def _fetch_orders(self, backend, since, page=None):
        """Override of `connector_base`: one call for the orders, one for each kind of document they have."""
        client = backend._magento_client()
        payloads, following = sales.read_page(client, "orders", sales.CHANGED, since=since, page=page)
        return parsed_page(payloads, self._magento_order_parser(backend, client, payloads), following)

    def _count_orders(self, backend, since):
        """Override of `connector_base`."""
        return sales.count(backend._magento_client(), "orders", "updated_at", since=since)

    def _fetch_orders_by_id(self, backend, external_ids):
        """Override of `connector_base`."""
        client = backend._magento_client()
        payloads = sales.read_by_id(client, "orders", external_ids)
        return list(map(self._magento_order_parser(backend, client, payloads), payloads))

    def _magento_order_parser(self, backend, client, payloads):
        """Return the function that makes a canonical order of each of `payloads`, with what belongs to it."""
        belongings = sales.read_belongings(client, payloads, shipments=backend._syncs("shipments_in"))
        groups = self._magento_customer_groups(backend, client) if payloads else None
        terms = backend._magento_order_terms()

        def parse(payload):
            return parse_order(
                payload, groups=groups, restock=backend.magento_restock, **terms, **belongings.of(payload)
            )

        return parse

    def _list_order_ids(self, backend, since, until, page=None):
        """Override of `connector_base`."""
        client = backend._magento_client()
        payloads, following = sales.read_page(
            client, "orders", sales.PLACED, since=since, until=until, page=page, fields=sales.STUB_FIELDS
        )
        return parsed_page(payloads, sales.parse_stub, following)

    def _count_order_ids(self, backend, since, until):
        """Override of `connector_base`."""
        return sales.count(backend._magento_client(), "orders", "created_at", since=since, until=until)

    # === OUT === #

    def _cancel_order(self, backend, external_id, *, reason, restock, refund, notify):
        """Override of `connector_base`: what is paid is refunded, the rest canceled."""
        cancel_order(
            backend._magento_client(),
            external_id,
            comment=self._magento_cancel_comment(reason),
            restock=restock,
            refund=refund,
            notify=notify,
        )

    def _hold_order(self, backend, external_id, *, hold):
        """Override of `connector_base`."""
        hold_order(backend._magento_client(), external_id, hold=hold)

    def _magento_cancel_comment(self, reason):
        """Return what the customer reads."""
        if reason == "inventory":
            return self.env._("Your order is canceled: what you ordered is not in stock.")
        if reason == "declined":
            return self.env._("Your order is canceled: the payment was declined.")
        return self.env._("Your order is canceled.")

    def _update_order(self, backend, change):
        """Override of `connector_base`: a note is a comment, which only staff see; orders have no tags."""
        if change.note is not UNSET:
            add_comment(backend._magento_client(), change.order_external_id, change.note)

    # === SHOWN === #

    def _order_url(self, backend, external_id):
        """Override of `connector_base`."""
        return self._record_url(backend, "order", external_id)

    def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
        """Override of `connector_base`."""
        path = const.ADMIN_PATHS.get(resource)
        if not path:
            return super()._record_url(backend, resource, external_id, parent_external_id=parent_external_id)
        return f"{backend.magento_base_url}/{backend.magento_admin_path or 'admin'}/{path.format(external_id)}"

    def _order_mirror_values(self, document):
        """Override of `connector_base`."""
        stated = {} if document.attributes is UNSET else dict(document.attributes)
        return {
            "magento_order_id": document.external_id,
            "magento_increment_id": document.name,
            "magento_state": state if (state := stated.get("state")) in const.ORDER_STATES else False,
            "magento_store": document.source or False,
            "magento_payment": stated.get("payment") or (document.gateways or ("",))[0] or False,
            **{field: stated.get(name, False) for field, name in const.MIRRORED_ATTRIBUTES.items()},
        }
