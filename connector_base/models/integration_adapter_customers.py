from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for customers beside their orders. Capabilities `customers_in`, `customers_out`, `companies_in`."""

    _inherit = "integration.adapter"

    def _fetch_customers(self, backend, since, page=None):
        """Return the `Page` of `CustomerAccount`s updated at or after `since`, oldest update first.

        :param datetime since: aware UTC; None for all
        :param str page: `next_page` of the page before; None for the first one
        """
        raise NotImplementedError()

    def _count_customers(self, backend, since):
        """Return how many customers `_fetch_customers` will give, or None when the platform can't say cheaply."""
        raise NotImplementedError()

    def _fetch_companies(self, backend, since, page=None):
        """Return the `Page` of the companies that customers buy for, as `_fetch_customers`. Capability `companies_in`.

        `customer` is the company: its `external_id` is `company:` and the platform's id, which stands in
        `company_external_id` too; `name` and `company` are its name.
        """
        raise NotImplementedError()

    def _count_companies(self, backend, since):
        """Return how many companies `_fetch_companies` will give, or None when the platform can't say cheaply."""
        return None

    def _fetch_customers_by_id(self, backend, external_ids):
        """Return the `CustomerAccount`s of `external_ids` in as few calls as possible; unknown ones are left out."""
        raise NotImplementedError()

    def _push_customers(self, backend, pushes):
        """Create or change customers; yield a `CustomerPushResult` for each of `pushes` as soon as it is known.

        Who is to be created and is there already, by e-mail, is changed. Errors as in `_push_products`.

        :param list pushes: of `CustomerPush`
        """
        raise NotImplementedError()
