"""Changing and removing one of Magento's products, and what is there of those that are pushed. No Odoo import."""

import re
from copy import copy

from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_product import child_ids
from .parser_reader import Reader
from .product_reading import checked, read_by_id, read_by_sku, read_whole
from .renderer_product import Fields


class Shelf:
    """What Magento has of a page of products that are pushed, as listed."""

    def __init__(self, client):
        self._client = client
        self._by_id = {}
        self._by_sku = {}  # those that have the SKUs of new products
        # {id or SKU: DataError} of what is listed and makes no sense
        self._no_ids, self._no_skus = {}, {}

    def look(self, pushes):
        """Read what is there of the products and variants that are known, and who has the SKUs of new ones."""
        ids, skus = set(), set()
        for push in pushes:
            document = push.document
            ids.update(int(one.external_id) for one in (document, *document.variants) if one.external_id)
            skus.update(variant.sku for variant in document.variants if variant.sku and not variant.external_id)
            if document.options and not document.external_id:
                skus.add(push.key)
        found, failed = read_by_id(self._client, sorted(ids))
        self._by_id = {str(payload["id"]): payload for payload in found}
        self._no_ids = {str(number): error for number, error in failed.items()}
        self._by_sku, self._no_skus = read_by_sku(self._client, skus)

    def has(self, external_id):
        """Whether a product is there as it should be."""
        return external_id in self._by_id

    def get(self, external_id):
        """Return a product, None where there is none.

        :raise DataError: what is listed makes no sense
        """
        if external_id in self._no_ids:
            raise copy(self._no_ids[external_id])
        return self._by_id.get(external_id)

    def keep(self, payload):
        """Remember how a product is by now."""
        self._by_id[str(payload["id"])] = payload

    def find(self, sku):
        """Return the product that has a new one's SKU already, {} for none; errors as of `get`."""
        if sku in self._no_skus:
            raise copy(self._no_skus[sku])
        return self._by_sku.get(sku) or {}

    def claim(self, sku, name):
        """As `find`.

        :raise DataError: it is another one, going by its name
        """
        found = self.find(sku)
        if found and (found.get("name") or "").strip().casefold() != name.strip().casefold():
            raise DataError(
                f"Magento has another product with the SKU {sku}: “{found.get('name')}”.",
                remedy="If it is the same, give both the same name, or import the products of Magento so that they are "
                "linked. Else give one of them another SKU (internal reference).",
            )
        return found


def create_product(client, fields):
    """Create a product; return it.

    Magento makes the address of its page of its name. Where another one of that name has it, the SKU is added.
    """
    try:
        return checked(client.call("POST", "products", json=fields.body()))
    except DataError as error:
        if error.code != const.ADDRESS_TAKEN or "url_key" in fields.attributes:
            raise
    url_key = url_key_of(f"{fields.own['name']} {fields.own['sku']}")
    return checked(client.call("POST", "products", json=(fields | Fields(attributes={"url_key": url_key})).body()))


def url_key_of(text):
    """Return the end of a page's address that a text makes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def is_shown_alone(product):
    """Whether a product (payload) is sold by itself: it has a page of its own."""
    return str(product.get("visibility")) != str(const.NOT_VISIBLE)


def change_product(client, present, fields):
    """Change a product; return it as it is then, with what the answer does not hold.

    By another SKU Magento finds the product by its id.
    """
    sku = fields.own.get("sku") or present["sku"]
    renamed = {} if sku == present["sku"] else {"id": present["id"]}
    answer = client.call("PUT", "products/{}", sku, json=fields.body(sku=sku, **renamed))
    return checked({**present, **Reader(answer, "product").data})


def remove_product(client, product, *, delete):
    """Disable a product, or delete it for good with its variants that are not sold by themselves.

    Done when there is none.

    :param dict product: as listed
    :raise DataError: refused
    """
    sku = product["sku"]
    try:
        if delete:
            for child in read_whole(client, child_ids(product)):
                if not is_shown_alone(child):
                    remove_product(client, child, delete=True)
            client.call("DELETE", "products/{}", sku)
        else:
            client.call("PUT", "products/{}", sku, json={"product": {"sku": sku, "status": const.DISABLED}})
    except DataError as error:
        if error.status != 404:
            raise
