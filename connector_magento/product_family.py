"""Which calls make the variants of a configurable product be as a document wants them. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/
"""

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_product import child_ids
from .parser_reader import Reader
from .price_push import send_base_prices
from .product_calls import change_product, create_product, is_shown_alone, remove_product, url_key_of
from .product_reading import read_whole
from .product_work import gone_variant, no_sku
from .renderer_product import Fields, render_variant


class FamilyPusher:
    """Pushes the variants of configurable products.

    :param client: `MagentoClient`
    :param terms: a function that returns the shop's `Terms`
    :param AttributeKeeper attributes: of the shop
    :param Shelf shelf: what is there
    :param known_parents: see `ProductPusher`
    """

    def __init__(self, client, terms, attributes, shelf, known_parents):
        self.client, self.terms = client, terms
        self._attributes, self._shelf, self._known_parents = attributes, shelf, known_parents

    def push(self, work):
        """Change, make and delete variants; return the products they are, in the document's order."""
        children = [self._child(work, variant) for variant in work.wanted.variants]
        if "variants" in work.parts:
            self._send_children(work, children)
        elif not work.parts.isdisjoint({"prices", "attributes", "channels"}):
            self._change_children(work, children, [Fields()] * len(children))
        return children

    def _child(self, work, variant):
        """Return the product that a variant is, {} for one to be made."""
        if variant.external_id:
            found = self._shelf.get(variant.external_id)
            if found is None and "variants" not in work.parts:
                raise gone_variant(variant)
            if found is not None:
                return found
        if not variant.sku:
            raise no_sku(work.wanted, variant)
        found = self._shelf.find(variant.sku)
        if found and int(found["id"]) in child_ids(work.present):
            return found
        return self._shelf.claim(variant.sku, child_name(work.wanted, variant))

    def _send_children(self, work, children):
        """Make the variants be those wanted, differing in the attributes wanted."""
        document, set_id = work.wanted, Reader(work.present, "product").required_identifier("attribute_set_id")
        axes = [self._attributes.axis(option, set_id) for option in document.options]
        self._ensure_axes(work, axes)
        chosen = [_choices(document, variant, axes) for variant in document.variants]
        self._change_children(work, children, chosen)
        linked = set(child_ids(work.present))
        for index, variant in enumerate(document.variants):
            if not children[index]:
                children[index] = self._make_child(work, variant, chosen[index], set_id)
            if int(children[index]["id"]) not in linked:
                self._link(work, children[index])
        self._drop(work, linked - {int(child["id"]) for child in children})

    def _ensure_axes(self, work, axes):
        """Have the product's variants differ in these attributes.

        https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/define-config-product-options
        """
        options = (work.present.get("extension_attributes") or {}).get("configurable_product_options") or ()
        known = {str(option.get("attribute_id")) for option in options}
        for position, (option, attribute) in enumerate(zip(work.wanted.options, axes, strict=True)):
            if attribute.attribute_id in known:
                continue
            values = [{"value_index": int(attribute.value_of(label))} for label in option.values]
            body = {
                "attribute_id": attribute.attribute_id,
                "label": attribute.label,
                "position": position,
                "is_use_default": True,
                "values": values,
            }
            self.client.call("POST", "configurable-products/{}/options", work.present["sku"], json={"option": body})

    def _change_children(self, work, children, chosen):
        """Send what differs of the variants that are there; prices alone go together.

        A website sells those only that are assigned to it, with the configurable product or without.
        """
        prices, ids = [], work.wanted.channel_ids
        told = "channels" in work.parts and ids is not UNSET
        websites = Fields(extension={"website_ids": [int(one) for one in ids]}) if told else Fields()
        for index, (variant, choices) in enumerate(zip(work.wanted.variants, chosen, strict=True)):
            child = children[index]
            if not child:
                continue
            fields = (render_variant(variant, work.parts, self.terms, child) | choices | websites).differing(child)
            if fields.own.keys() == {"price"} and not (fields.attributes or fields.extension):
                prices.append((child["sku"], fields.own["price"]))
            elif fields:
                children[index] = change_product(self.client, child, fields)
        send_base_prices(self.client, prices)

    def _make_child(self, work, variant, choices, set_id):
        """Create the product that a variant is: it is shown with the configurable one only."""
        parts = frozenset({"variants", "prices", "attributes"})
        fields = render_variant(variant, parts, self.terms) | choices
        fields |= beginning(variant, set_id)
        websites = (work.present.get("extension_attributes") or {}).get("website_ids")
        fields |= Fields(
            {
                "name": child_name(work.wanted, variant),
                "status": const.ENABLED,
                "visibility": const.NOT_VISIBLE,
            },
            # nobody sees the address of its page; two of one name would get the same
            {"url_key": url_key_of(variant.sku) or UNSET},
            {} if websites is None else {"website_ids": list(websites)},
        )
        return create_product(self.client, fields)

    def _link(self, work, child):
        """Make a product be a variant; one that is it already is left so."""
        sku = work.present["sku"]
        try:
            self.client.call("POST", "configurable-products/{}/child", sku, json={"childSku": child["sku"]})
        except DataError as error:
            if error.code != const.ALREADY_ATTACHED:
                raise

    def _drop(self, work, numbers):
        """Delete variants that are no more; one that has a page of its own is sold by itself and only let go.

        Those that Odoo has never known were made in Magento meanwhile, and come in.
        """
        known = self._known_parents([str(number) for number in sorted(numbers)])
        for child in read_whole(self.client, sorted(map(int, known))):
            if is_shown_alone(child):
                path = "configurable-products/{}/children/{}"
                self.client.call("DELETE", path, work.present["sku"], child["sku"])
            else:
                remove_product(self.client, child, delete=True)


def beginning(variant, set_id):
    """Return what only a new product is told: its set, its type, and that nobody counts it if nobody does."""
    stock = {} if variant.tracked else {"stock_item": {"use_config_manage_stock": False, "manage_stock": False}}
    kind = "virtual" if variant.requires_shipping is False else "simple"
    return Fields({"attribute_set_id": int(set_id), "type_id": kind}, extension=stock)


def child_name(document, variant):
    return "-".join([document.title or "", *(value for _name, value in variant.options)])


def _choices(document, variant, axes):
    """Return the attributes that a variant is chosen by."""
    chosen = dict(variant.options)
    found = {}
    for option, attribute in zip(document.options, axes, strict=True):
        if option.name in chosen:
            found[attribute.code] = attribute.value_of(chosen[option.name])
    return Fields(attributes=found)
