from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for products, categories and pictures. Capabilities `products_in`, `products_out`."""

    _inherit = "integration.adapter"

    # === IN: `products_in` === #

    def _fetch_products(self, backend, since, page=None):
        """Return the `Page` of canonical products, whole, updated at or after `since`, oldest update first.

        :param datetime since: aware UTC; None for all
        :param str page: `next_page` of the page before; None for the first one
        """
        raise NotImplementedError()

    def _count_products(self, backend, since):
        """Return how many products `_fetch_products` will give, or None when the platform can't say cheaply."""
        raise NotImplementedError()

    def _fetch_products_by_id(self, backend, external_ids):
        """Return the canonical products of `external_ids` in as few calls as possible; unknown ones are left out."""
        raise NotImplementedError()

    def _parse_product_event(self, backend, topic, body):
        """Return the `Product` of a stored webhook body, or None when it must be read from the platform.

        :param bytes body: as received
        :raise DataError: the body can't be understood
        """
        return None

    def _product_mirror_values(self, document):
        """Return the values of the platform addon's own mirror fields on the binding of a product, of what `document`
        states (`Product.details`)."""
        return {}

    def _fetch_categories(self, backend, page=None):
        """Return the `Page` of all canonical categories."""
        raise NotImplementedError()

    def _fetch_channels(self, backend):
        """Return all `Channel`s the platform shows products on; () when it has but one."""
        return ()

    def _read_image(self, backend, url):
        """Return the content (bytes) of a picture of the platform.

        :raise DataError: it is gone, too big or no picture
        """
        raise NotImplementedError()

    # === OUT: `products_out` === #

    def _product_parts(self):
        """Return those of `canonical.PRODUCT_PARTS` that the platform can be told."""
        raise NotImplementedError()

    def _push_products(self, backend, pushes, read_image):
        """Create or change products; yield a `ProductPushResult` for each of `pushes` as soon as it is known.

        What is refused of one product is the `error` of its result and keeps no other from being sent. Temporary and
        configuration errors are raised: what was yielded before stays valid, the rest is pushed again later. Pushing
        the same thing twice, also after an unknown outcome, has the effect of pushing it once.

        :param list pushes: of `ProductPush`
        :param read_image: a function (checksum) -> (content, media type, file name)
        """
        raise NotImplementedError()

    def _remove_products(self, backend, external_ids, *, delete):
        """Take products off the shop: archive them, or `delete` them for good; unknown ones count as done.

        :return: {external id: error} of those that could not be
        """
        raise NotImplementedError()
