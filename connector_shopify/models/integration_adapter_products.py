from odoo import models

from odoo.addons.connector_base.canonical import PRODUCT_PARTS
from odoo.addons.connector_base.transport import DataError, Page, parsed_page

from .. import bulk, const, parser_product
from ..listing import ProductListing
from ..product_pusher import ProductPusher, remove_product
from ..renderer_product import gid
from ..translation_flow import read_translations


class IntegrationAdapterShopify(models.AbstractModel):
    """Products, collections (categories) and publications (channels) of Shopify."""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"products_in", "products_out"}

    # === IN === #

    def _fetch_products(self, backend, since, page=None):
        """Override of `connector_base`: very many products are read by bulk operations."""
        client = backend._shopify_client()
        listing = bulk.resume(page) if page else ProductListing.begin(since)
        nodes, following = listing.read_page(client)
        reached = nodes[-1].get("updatedAt") if nodes else None
        if following and reached and not page:
            following = bulk.choose(client, following, reached)
        texts = self._read_translations(backend, client, nodes)

        def parse(node):
            return parser_product.parse_product(node, texts.get(node.get("id")))

        return parsed_page(nodes, parse, following.token if following else None)

    def _count_products(self, backend, since):
        """Override of `connector_base`."""
        return backend._shopify_client().products_count(ProductListing.begin(since).query)

    def _fetch_products_by_id(self, backend, external_ids):
        """Override of `connector_base`."""
        client = backend._shopify_client()
        nodes = client.products_by_id([gid("Product", external_id) for external_id in external_ids])
        texts = self._read_translations(backend, client, nodes)
        return [parser_product.parse_product(node, texts.get(node.get("id"))) for node in nodes]

    def _read_translations(self, backend, client, nodes):
        """Return the translations of products as `parse_product` takes them; none where Odoo has but one language."""
        languages = backend._translation_languages().values()
        return read_translations(client, [node["id"] for node in nodes if node.get("id")], languages)

    def _parse_product_event(self, backend, topic, body):
        """Override of `connector_base`: a webhook states no texts for search engines, no cost, custom fields,
        collections or publications, and not all of many variants, so the product is always read."""
        return None

    def _fetch_categories(self, backend, page=None):
        """Override of `connector_base`."""
        nodes, cursor = backend._shopify_client().collections(first=const.COLLECTIONS_PAGE, after=page)
        return Page(documents=tuple(map(parser_product.parse_category, nodes)), next_page=cursor)

    def _fetch_channels(self, backend):
        """Override of `connector_base`."""
        channels = map(parser_product.parse_channel, backend._shopify_client().publications())
        return tuple(channel for channel in channels if channel)

    def _read_image(self, backend, url):
        """Override of `connector_base`."""
        return backend._shopify_client().read_picture(url)

    # === OUT === #

    def _product_parts(self):
        """Override of `connector_base`."""
        return frozenset(PRODUCT_PARTS)

    def _push_products(self, backend, pushes, read_image):
        """Override of `connector_base`."""
        languages = backend._translation_languages().values()
        client = backend._shopify_client()
        pusher = ProductPusher(client, backend.shopify_domain, read_image, languages=languages)
        yield from pusher.push(pushes)

    def _remove_products(self, backend, external_ids, *, delete):
        """Override of `connector_base`."""
        client, errors = backend._shopify_client(), {}
        for external_id in external_ids:
            try:
                remove_product(client, external_id, delete=delete)
            except DataError as error:
                errors[external_id] = error
        return errors

    # === WEBHOOKS === #

    def _tells_deletion(self, topic):
        """Override of `connector_base`."""
        return topic in const.PRODUCT_DELETED_TOPICS or super()._tells_deletion(topic)
