from odoo import models

from odoo.addons.connector_base.transport import ConnectionReport

from .. import const
from ..addresses import account_key
from ..connection import survey
from ..versions import untried


class IntegrationAdapterMagento(models.AbstractModel):
    _name = "integration.adapter.magento"
    _inherit = "integration.adapter"
    _description = "Magento Adapter"

    # === WHAT THE PLATFORM CAN DO === #

    def _capabilities(self):
        """Override of `connector_base`: no webhooks, Magento tells nobody of changes."""
        return frozenset()

    def _credential_keys(self):
        """Override of `connector_base`."""
        return {
            "consumer_key": (self.env._("Consumer key"), False),
            "consumer_secret": (self.env._("Consumer secret"), False),
            "access_token": (self.env._("Access token"), False),
            "access_token_secret": (self.env._("Access token secret"), False),
            "admin_name": (self.env._("Administrator's name"), False),
            "admin_password": (self.env._("Administrator's password"), False),
            "admin_token": (self.env._("Administrator's token of the day"), False),
        }

    def _default_budget(self):
        """Override of `connector_base`."""
        return {const.BUDGET_API: const.DEFAULT_BUDGET}

    def _default_concurrency(self):
        """Override of `connector_base`."""
        return const.DEFAULT_CONCURRENCY

    # === CONNECTION === #

    def _check_connection(self, backend):
        """Override of `connector_base`: what the shop is, and which rights are missing for what is kept in step."""
        found = survey(backend._magento_client(), [flow for flow in self._capabilities() if backend._syncs(flow)])
        account = account_key(backend.magento_base_url)
        facts = (
            (self.env._("Version"), " ".join((found.product, found.version, found.edition)).strip()),
            (self.env._("Websites"), _names(found.websites)),
            (self.env._("Stores"), _names(found.store_groups)),
            (self.env._("Store views"), _names(found.store_views)),
            (self.env._("Currencies"), ", ".join(found.currencies)),
            (self.env._("Stock"), self._magento_stock_text(found.modules)),
        )
        return ConnectionReport(
            account_name=account,
            account_key=account,
            currency=found.currency,
            facts=tuple((label, text) for label, text in facts if text),
            missing=tuple(self._magento_missing(backend, found)),
        )

    def _magento_missing(self, backend, found):
        """Yield what a `Survey` found to be missing and what to do, a sentence each."""
        if tried := untried(found.product, found.version):
            yield self.env._(
                "The shop says it is %(product)s %(version)s. The connector is made for %(tried)s: try everything that "
                "you need before you rely on it.",
                product=found.product,
                version=found.version,
                tried=tried,
            )
        for resource, flows in found.denied:
            yield self.env._(
                "The access to %(resource)s is missing, which this needs: %(flows)s. Give it to the integration "
                "(System > Integrations > API), or to the administrator's role, in Magento. Then test the connection "
                "again.",
                resource=resource,
                flows=", ".join(map(backend._flow_label, flows)) or self.env._("the connection"),
            )

    def _magento_stock_text(self, modules):
        if modules is None:
            return ""
        return self.env._("By source") if const.MSI_MODULE in modules else self.env._("One quantity per product")


def _names(scopes):
    return ", ".join(scope["name"] for scope in scopes or () if scope.get("name"))
