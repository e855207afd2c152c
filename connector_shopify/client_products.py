"""Products, their pictures, custom fields and publications in Shopify's Admin API. No Odoo import.

What may be raised: see `client`.
"""

from urllib3.filepost import encode_multipart_formdata

from odoo.addons.connector_base.transport import DataError, TransientError, raise_for_status, read_picture

from . import const
from .answers import next_cursor, take
from .errors import user_error

# Nested connections of a product: answer key -> document that reads on.
_CONNECTIONS = {
    "variants": "product_variants",
    "media": "product_media",
    "collections": "product_collections",
    "metafields": "product_metafields",
    "resourcePublicationsV2": "product_publications",
}


class ProductCalls:
    """The part of `ShopifyClient` that is about products."""

    # === IN === #

    def products(self, query, *, first, after=None):
        """Return (products, cursor of the next page or None) of the search `query`, oldest update first.

        Products are complete: their nested connections are read to the end.

        :raise QueryTooCostly: `first` is too big
        """
        connection = take(self._execute("products", {"query": query, "first": first, "after": after}), "products")
        return [self._complete_product(node) for node in take(connection, "nodes")], next_cursor(connection)

    def products_by_id(self, gids):
        """Return the complete products with the global ids `gids`; unknown ones are left out."""
        return [self._complete_product(node) for node in self._by_ids("products_by_id", gids)]

    def products_count(self, query):
        """Return how many products the search `query` finds."""
        count = self._execute("products_count", {"query": query}).get("productsCount")
        return take(count, "count") if count else None

    def collections(self, *, first, after=None):
        """Return (collections, cursor of the next page or None) of all collections."""
        connection = take(self._execute("collections", {"first": first, "after": after}), "collections")
        return take(connection, "nodes"), next_cursor(connection)

    def publications(self):
        """Return all publications, those of markets and companies too."""
        return self._all_nodes("publications", "publications")

    def read_picture(self, url):
        """Return the content (bytes) that lies at `url`.

        :raise DataError: it is gone, no picture, or bigger than Shopify takes pictures
        """
        remedy = "Look at the picture in Shopify's admin; upload it there again or remove it."
        if not url:
            raise DataError("Shopify has no address for the picture yet.", remedy="Import the product again later.")
        return read_picture(self.files, url, limit=const.PICTURE_MEGABYTES, remedy=remedy)

    def _complete_product(self, product):
        for key, document in _CONNECTIONS.items():
            self._read_on(product, key, document)
        for variant in take(product, "variants", "nodes"):
            self._read_on(variant, "metafields", "variant_metafields")
        return product

    # === OUT === #

    def product_set(self, identifier, values, *, variants, media, synchronous=True):
        """Create or change a product; return (product or None, id of the operation that is still at work or None).

        :param dict identifier: `ProductSetIdentifiers`
        :param dict values: `ProductSetInput`; lists in it replace what is there
        :param int variants: of so many the answer states the ids
        :param int media: likewise
        :raise DataError: refused
        """
        variables = {
            "identifier": identifier,
            "input": values,
            "synchronous": synchronous,
            "variants": max(1, min(variants, const.LIST_LIMIT)),
            "media": max(1, min(media, const.LIST_LIMIT)),
        }
        payload = self._mutate("product_set", variables)
        if operation := payload.get("productSetOperation"):
            return None, take(operation, "id")
        return self._with_variant_ids(take(payload, "product"), variants), None

    def product_operation(self, operation_id, *, variants, media):
        """Return the product that a `product_set` makes in the background; None while it is at work.

        :raise DataError: refused
        """
        media = max(1, min(media, const.LIST_LIMIT))
        operation = self._execute("product_operation", {"id": operation_id, "media": media}).get("productOperation")
        if not operation:
            raise TransientError("Shopify forgot that it is changing a product.")
        if operation.get("status") != "COMPLETE":
            return None
        if operation.get("userErrors"):
            raise user_error(operation["userErrors"])
        return self._with_variant_ids(take(operation, "product"), variants)

    def _with_variant_ids(self, product, variants):
        """Return `product` with the ids of all of its `variants` (their number), read where the answer lacks some."""
        nodes = (product.get("variants") or {}).get("nodes") or []
        if len(nodes) < variants:
            asked = {"id": product["id"], "first": const.LIST_LIMIT, "after": None}
            page = take(self._execute("product_variant_ids", asked), "node")
            self._read_on(page | {"id": product["id"]}, "variants", "product_variant_ids")
            nodes = page["variants"]["nodes"]
        return {**product, "variants": {"nodes": nodes}}

    def product_update(self, values):
        """Change texts or status of a product (`ProductUpdateInput`); return the product."""
        return take(self._mutate("product_update", {"product": values}), "product")

    def product_variants_update(self, gid, variants):
        """Change variants (`ProductVariantsBulkInput`), as many per call as the API takes; return the product."""
        product = None
        for start in range(0, len(variants), const.LIST_LIMIT):
            part = variants[start : start + const.LIST_LIMIT]
            product = take(self._mutate("product_variants_update", {"id": gid, "variants": part}), "product")
        return product

    def product_pictures(self, gid):
        """Return {"media": {"nodes": ...}, "variants": {"nodes": ...}} of a product; None when it is gone."""
        variables = {"id": gid, "media": const.LIST_LIMIT, "variants": const.LIST_LIMIT}
        product = self._execute("product_pictures", variables).get("node")
        if product:
            self._read_on(product, "media", "product_media")
            self._read_on(product, "variants", "product_variant_media")
        return product

    def product_variant_detach_media(self, gid, variants):
        """Let variants (`ProductVariantDetachMediaInput`) show no picture of their own; return the product."""
        product = None
        for start in range(0, len(variants), const.LIST_LIMIT):
            variables = {"id": gid, "variants": variants[start : start + const.LIST_LIMIT]}
            product = take(self._mutate("product_variant_detach_media", variables), "product")
        return product

    def product_delete(self, gid):
        """Delete a product for good."""
        self._mutate("product_delete", {"id": gid})

    def product_publish(self, gid, publications):
        """Show a product on `publications` (global ids); return the product with all it is shown on."""
        variables = {"id": gid, "input": _publications(publications), "first": const.LIST_LIMIT}
        return take(self._mutate("product_publish", variables), "publishable")

    def product_publications(self, gid):
        """Return {"resourcePublicationsV2": ...} of a product; None when it is gone."""
        variables = {"id": gid, "first": const.LIST_LIMIT, "after": None}
        return self._execute("product_publications", variables).get("node")

    def product_unpublish(self, gid, publications):
        """Take a product off `publications` (global ids); return the product."""
        variables = {"id": gid, "input": _publications(publications)}
        return take(self._mutate("product_unpublish", variables), "publishable")

    def metafields_set(self, metafields):
        """Set custom fields (`MetafieldsSetInput`), as many per call as the API takes."""
        for start in range(0, len(metafields), const.METAFIELDS_PAGE):
            self._mutate("metafields_set", {"metafields": metafields[start : start + const.METAFIELDS_PAGE]})

    def metafields_delete(self, metafields):
        """Delete custom fields (`MetafieldIdentifierInput`); done for those that aren't there."""
        for start in range(0, len(metafields), const.LIST_LIMIT):
            self._mutate("metafields_delete", {"metafields": metafields[start : start + const.LIST_LIMIT]})

    def define_product_key(self):
        """Make sure that the store knows the custom field by which a product is found again that we created.

        https://shopify.dev/docs/apps/build/custom-data/metafields/working-with-custom-ids
        """
        definition = {"name": "Odoo key", "key": const.PRODUCT_KEY, "ownerType": "PRODUCT", "type": "id"}
        try:
            self._mutate("metafield_definition_create", {"definition": definition})
        except DataError as error:
            if error.code != "TAKEN":
                raise

    # === PICTURES === #

    def upload_pictures(self, pictures):
        """Put pictures where Shopify fetches them from; return the address of each.

        https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/stagedUploadsCreate

        :param list pictures: of (content, media type, file name)
        """
        asked = [
            {
                "resource": "PRODUCT_IMAGE",
                "filename": name,
                "mimeType": kind,
                "httpMethod": "POST",
                "fileSize": str(len(content)),
            }
            for content, kind, name in pictures
        ]
        targets = []
        for start in range(0, len(asked), const.LIST_LIMIT):
            payload = self._mutate("staged_uploads_create", {"input": asked[start : start + const.LIST_LIMIT]})
            targets += take(payload, "stagedTargets")
        for target, (content, kind, name) in zip(targets, pictures, strict=True):
            self._upload(target, content, kind, name)
        return [take(target, "resourceUrl") for target in targets]

    def _upload(self, target, content, kind, name):
        """Send one file: the target's own fields first, the file last, and nothing else."""
        fields = [(field["name"], field["value"]) for field in take(target, "parameters")]
        body, content_type = encode_multipart_formdata([*fields, ("file", (name, content, kind))])
        response = self.files.request(
            "POST", take(target, "url"), operation="StagedUpload", data=body, headers={"Content-Type": content_type}
        )
        if 400 <= response.status_code < 500 and response.status_code not in (408, 429):
            raise DataError(
                f"Shopify's storage refused the picture {name} (HTTP {response.status_code}).",
                remedy="Look whether the file is a JPEG, PNG, GIF or WebP picture of at most 20 MB and 25 megapixels.",
                status=response.status_code,
            )
        raise_for_status(response)

    def media_status(self, gids):
        """Return {global id: (status, why it failed)} of pictures; those that are gone are left out."""
        nodes = self._by_ids("media_status", gids)
        return {node["id"]: (node["status"], _media_errors(node)) for node in nodes}


def _publications(gids):
    return [{"publicationId": gid} for gid in gids]


def _media_errors(node):
    errors = node.get("mediaErrors") or ()
    return "; ".join(error.get("details") or error.get("message") for error in errors)
