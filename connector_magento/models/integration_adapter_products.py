from odoo import models

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, Channel
from odoo.addons.connector_base.transport import DataError, Page, read_picture

from .. import const
from ..criteria import time_text
from ..listing import Listing
from ..parser_product import parse_category, parse_product
from ..parser_reader import Reader
from ..product_calls import remove_product
from ..product_pusher import ProductPusher
from ..product_reading import identified, read_by_id, read_families, read_texts
from ..terms import read_all, read_terms

PRODUCTS = Listing(id_key="id")


class IntegrationAdapterMagento(models.AbstractModel):
    """Products, categories and websites (channels) of Magento."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"products_in", "products_out"}

    def _fetch_products(self, backend, since, page=None):
        """Override of `connector_base`: a changed variant brings its whole product."""
        client = backend._magento_client()
        payloads, total = client.search("products", PRODUCTS.criteria(since=since_text(since), after=page))
        if not payloads:
            return Page(documents=(), next_page=PRODUCTS.next_page(payloads, total))
        following, (good, unread) = PRODUCTS.next_page(payloads, total), identified(payloads, time=True)
        # what changed later comes with a later page: the cursor must not pass it by
        latest = Reader(good[-1], "product").time("updated_at") if good else None
        documents, failed = self._magento_documents(backend, client, good, latest=latest)
        return Page(documents=tuple(documents), failed=(*unread, *failed), next_page=following)

    def _count_products(self, backend, since):
        """Override of `connector_base`: variants, which are rarely shown by themselves, are not counted."""
        filters = [("visibility", "neq", const.NOT_VISIBLE)]
        if since:
            filters.append(("updated_at", "gteq", since_text(since)))
        return backend._magento_client().count("products", *filters)

    def _fetch_products_by_id(self, backend, external_ids):
        """Override of `connector_base`: of a variant, the product that it is one of."""
        client = backend._magento_client()
        numbers = [int(external_id) for external_id in external_ids if external_id.isdigit()]
        payloads, unread = read_by_id(client, numbers)
        documents, failed = self._magento_documents(backend, client, payloads)
        if errors := [*unread.values(), *failed]:
            raise errors[0]
        return documents

    def _magento_documents(self, backend, client, payloads, latest=None):
        """Return (the canonical products that `payloads` are or belong to, [DataError of those not understood])."""
        if not payloads:
            return [], []
        families = read_families(client, payloads, backend._variant_parents, latest=latest)
        terms = self._magento_terms(backend, client)
        read_texts(client, families, terms, backend._translation_languages().values())
        documents, failed = [], []
        for family in families:
            try:
                documents.append(parse_product(family, terms))
            except DataError as error:
                failed.append(error)
        return documents, failed

    def _magento_terms(self, backend, client):
        return read_terms(client, barcode=backend.magento_barcode_attribute or "", currency=client.base_currency())

    def _product_mirror_values(self, document):
        """Override of `connector_base`."""
        return {f"magento_{name}": value or False for name, value in document.details}

    def _fetch_categories(self, backend, page=None):
        """Override of `connector_base`."""
        client = backend._magento_client()
        payloads = read_all(client, "categories/list", "entity_id", id_key="id")
        categories = [parse_category(payload) for payload in payloads if str(payload.get("id")) != const.ROOT_CATEGORY]
        return Page(documents=tuple(categories))

    def _fetch_channels(self, backend):
        """Override of `connector_base`: the websites that a product is assigned to."""
        websites = [Reader(payload, "website") for payload in backend._magento_client().websites()]
        return tuple(
            Channel(external_id=website.required_identifier("id"), name=website.required_text("name"))
            for website in websites
        )

    def _read_image(self, backend, url):
        """Override of `connector_base`."""
        return read_picture(
            backend._session(verify=not backend.magento_self_signed),
            url,
            limit=const.PICTURE_MEGABYTES,
            remedy="Look at the picture on the product's page in Magento; upload it there again or remove it.",
        )

    # === OUT === #

    def _product_parts(self):
        """Override of `connector_base`."""
        return frozenset(PRODUCT_PARTS)

    def _push_products(self, backend, pushes, read_image):
        """Override of `connector_base`."""
        pusher = ProductPusher(
            backend._magento_client(),
            read_image,
            languages=backend._translation_languages().values(),
            barcode=backend.magento_barcode_attribute or "",
            in_bulk=backend.magento_in_bulk,
            known_parents=backend._variant_parents,
        )
        yield from pusher.push(pushes)

    def _remove_products(self, backend, external_ids, *, delete):
        """Override of `connector_base`: Magento archives nothing, so such products are disabled."""
        client = backend._magento_client()
        found, failed = read_by_id(client, sorted(map(int, external_ids)))
        errors = {str(number): error for number, error in failed.items()}
        for product in found:
            try:
                remove_product(client, product, delete=delete)
            except DataError as error:
                errors[str(product["id"])] = error
        return errors


def since_text(since):
    """Return an aware time as Magento's filters take it; None for None."""
    return time_text(since) if since else None
