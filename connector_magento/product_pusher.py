"""Which calls make a product in Magento be as a document wants it: the fewest that touch nothing else. No Odoo import.

What is there is read for a whole page first: by that a change is sent only where there is one, and a product that is
gone is no new one. Products are named by their SKU, so creating one twice is creating it once; a product that Magento
has under the SKU already is taken for the same one if it has the same name, and left alone otherwise.
https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/
"""

from dataclasses import dataclass, field, replace

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, UNSET, Product, ProductPushResult, pair_languages
from odoo.addons.connector_base.transport import DataError

from . import const, tables
from .attribute_keeping import AttributeKeeper
from .gallery import Gallery
from .parser_product import attribute_values, child_ids, page_url, status_of
from .parser_reader import read
from .price_push import send_base_prices
from .product_reading import read_by_id, read_by_sku
from .renderer_product import Fields, labels_of, render_product, render_texts, render_variant
from .terms import read_terms


@dataclass(slots=True)
class Work:
    """A push on its way.

    :param Product wanted: the document, with the external ids known so far
    :param dict present: the product as Magento has it
    :param dict galleries: {SKU: Gallery}
    """

    push: object
    wanted: Product
    parts: frozenset
    present: dict = field(default_factory=dict)
    image_ids: dict = field(default_factory=dict)  # {checksum: external id}
    untold: tuple = ()


class ProductPusher:
    """Pushes products to one shop.

    :param client: `MagentoClient`
    :param read_image: a function (checksum) -> (content, media type, file name)
    :param languages: BCP 47 tags of those that products are translated into
    :param str barcode: code of the attribute that holds barcodes
    """

    def __init__(self, client, read_image, *, languages=(), barcode=""):
        self.client = client
        self._read_image = read_image
        self._languages = languages
        self._barcode = barcode
        self._known_terms = None
        self._attributes = AttributeKeeper(client, self.terms)
        self._present = {}  # {id: product as listed}
        self._taken = {}  # {SKU: product as listed} of the SKUs that new products shall have

    def terms(self):
        """Return the shop's terms, read when they are needed first."""
        if self._known_terms is None:
            self._known_terms = read_terms(self.client, barcode=self._barcode)
        return self._known_terms

    def push(self, pushes):
        """Yield a `ProductPushResult` for each of `pushes`.

        :raise TransportError: what is not the fault of one document; all that was done before is yielded first
        """
        self._look(pushes)
        for push in pushes:
            work = Work(push=push, wanted=push.document, parts=_parts_to_send(push))
            try:
                self._send(work)
            except DataError as error:
                yield _failure(work, error)
            else:
                yield _success(work, self._known_terms)

    # === WHAT IS THERE === #

    def _look(self, pushes):
        """Read what is there of the products and variants that are known, and who has the SKUs of new ones."""
        ids, skus = set(), set()
        for push in pushes:
            document = push.document
            ids.update(int(one.external_id) for one in (document, *document.variants) if one.external_id)
            skus.update(variant.sku for variant in document.variants if variant.sku and not variant.external_id)
            if document.options and not document.external_id:
                skus.add(push.key)
        self._present = {str(payload["id"]): payload for payload in read_by_id(self.client, sorted(ids))}
        self._taken = read_by_sku(self.client, skus) if skus else {}

    def _claim(self, sku, name):
        """Return the product that has a new one's SKU already, None for none.

        :raise DataError: it is another one
        """
        found = self._taken.get(sku)
        if found and found.get("name", "").strip().casefold() != name.strip().casefold():
            raise DataError(
                f"Magento has another product with the SKU {sku}: “{found.get('name')}”.",
                remedy="If it is the same, give both the same name, or import the products of Magento so that they are "
                "linked. Else give one of them another SKU (internal reference).",
            )
        return found

    # === STEPS === #

    def _send(self, work):
        document = work.wanted
        if document.external_id:
            work.present = self._present.get(document.external_id)
            if work.present is None:
                raise _gone()
            if bool(document.options) != (work.present.get("type_id") == tables.CONFIGURABLE):
                raise _other_structure(document)
        self._ensure_choices(work)
        if document.options:
            self._send_family(work)
        else:
            self._send_single(work)
        if "images" in work.parts and work.wanted.images is not UNSET:
            self._send_pictures(work)
        if "translations" in work.parts:
            self._tell(work)

    def _ensure_choices(self, work):
        """Have the options be there that custom fields name."""
        if "attributes" not in work.parts:
            return
        for holder in (work.wanted, *work.wanted.variants):
            for item in holder.attributes or ():
                attribute = self.terms().attributes.get(item.key)
                if attribute and attribute.is_choice:
                    for label in labels_of(attribute, item.value):
                        self._attributes.ensure_option(attribute, label)

    def _send_single(self, work):
        """Create or change a product that is its own variant."""
        variant = work.wanted.variants[0]
        if not work.present:
            if not variant.sku:
                raise _no_sku(work.wanted)
            work.present = self._claim(variant.sku, work.wanted.title) or {}
        fields = render_product(work.wanted, work.parts, self.terms, work.present or None)
        fields |= render_variant(variant, work.parts, self.terms, work.present or None)
        if not work.present:
            fields |= _beginning(variant, self._set_id(work, fields), type_id=_simple_type(variant))
        self._save(work, fields)
        self._take_ids(work, [work.present])

    def _send_family(self, work):
        """Create or change a configurable product and its variants."""
        document = work.wanted
        if not work.present:
            work.present = self._claim(work.push.key, document.title) or {}
        fields = render_product(document, work.parts, self.terms, work.present or None)
        if not work.present:
            fields |= Fields({"type_id": tables.CONFIGURABLE, "attribute_set_id": int(self._set_id(work, fields))})
        self._save(work, fields, sku=work.push.key)
        children = [self._child(work, variant) for variant in document.variants]
        if "variants" in work.parts:
            self._send_children(work, children)
        elif not work.parts.isdisjoint({"prices", "attributes"}):
            self._change_children(work, children, [Fields()] * len(children))
        self._take_ids(work, children)

    def _child(self, work, variant):
        """Return the product that a variant is, {} for one to be made."""
        if variant.external_id:
            found = self._present.get(variant.external_id)
            if found is None and "variants" not in work.parts:
                raise _gone_variant(variant)
            if found is not None:
                return found
        if not variant.sku:
            raise _no_sku(work.wanted, variant)
        return (self._taken.get(variant.sku) and self._claim(variant.sku, _child_name(work.wanted, variant))) or {}

    def _send_children(self, work, children):
        """Make the variants be those wanted, differing in the attributes wanted."""
        document, set_id = work.wanted, str(work.present["attribute_set_id"])
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
        """Send what differs of the variants that are there; prices alone go together."""
        prices = []
        for index, (variant, choices) in enumerate(zip(work.wanted.variants, chosen, strict=True)):
            child = children[index]
            if not child:
                continue
            fields = (render_variant(variant, work.parts, self.terms, child) | choices).differing(child)
            if fields.own.keys() == {"price"} and not (fields.attributes or fields.extension):
                prices.append((child["sku"], fields.own["price"]))
            elif fields:
                children[index] = self._put(child, fields)
        send_base_prices(self.client, prices)

    def _make_child(self, work, variant, choices, set_id):
        """Create the product that a variant is: it is shown with the configurable one only."""
        parts = frozenset({"variants", "prices", "attributes"})
        fields = render_variant(variant, parts, self.terms) | choices
        fields |= _beginning(variant, set_id, type_id=_simple_type(variant))
        websites = (work.present.get("extension_attributes") or {}).get("website_ids")
        fields |= Fields(
            {
                "name": _child_name(work.wanted, variant),
                "status": const.ENABLED,
                "visibility": const.NOT_VISIBLE,
            },
            extension={} if websites is None else {"website_ids": list(websites)},
        )
        return self.client.call("POST", "products", json=fields.body())

    def _link(self, work, child):
        """Make a product be a variant; one that is it already is left so."""
        sku = work.present["sku"]
        try:
            self.client.call("POST", "configurable-products/{}/child", sku, json={"childSku": child["sku"]})
        except DataError as error:
            if error.code != const.ALREADY_ATTACHED:
                raise

    def _drop(self, work, numbers):
        """Delete variants that are no more: by itself nobody sells such a product."""
        for child in read_by_id(self.client, sorted(numbers)):
            remove_product(self.client, child, delete=True)

    # === SAVING === #

    def _set_id(self, work, fields):
        """Return the attribute set of a new product: the one it names, else the one that every shop begins with."""
        named = fields.own.get("attribute_set_id")
        sets = self.terms().sets
        return str(named) if named else const.DEFAULT_SET if const.DEFAULT_SET in sets else next(iter(sets), "4")

    def _save(self, work, fields, sku=""):
        """Create the product, or send what differs."""
        if work.present:
            fields = fields.differing(work.present)
            if fields:
                work.present = self._put(work.present, fields)
        else:
            body = fields.body(**({"sku": sku} if sku else {}))
            work.present = self.client.call("POST", "products", json=body)
        work.wanted = replace(work.wanted, external_id=str(work.present["id"]))

    def _put(self, present, fields):
        """Change a product; return it as it is then, with what the answer to a change does not hold."""
        sku = fields.own.get("sku") or present["sku"]
        renamed = {} if sku == present["sku"] else {"id": present["id"]}
        answer = self.client.call("PUT", "products/{}", sku, json=fields.body(sku=sku, **renamed))
        return {**present, **answer}

    def _take_ids(self, work, children):
        """Take over the ids that Magento gave."""
        variants = tuple(
            replace(variant, external_id=str(child["id"]), inventory_external_id=child["sku"])
            for variant, child in zip(work.wanted.variants, children, strict=True)
        )
        work.wanted = replace(work.wanted, variants=variants)
        for child in children:
            self._present[str(child["id"])] = child

    # === PICTURES === #

    def _send_pictures(self, work):
        """Show what a variant is shown with in its own gallery, everything else in the product's."""
        document = work.wanted
        galleries = {
            external_id: Gallery(self.client, payload["sku"], payload, self._read_image)
            for external_id in dict.fromkeys((document.external_id, *(one.external_id for one in document.variants)))
            for payload in [self._present.get(external_id) or work.present]
        }
        own = galleries.pop(document.external_id)
        shown = {variant.image for variant in document.variants if variant.image} if document.options else set()
        elsewhere = {key for gallery in galleries.values() for key in gallery.entries}
        # What Odoo never read and Magento has no more is nowhere
        images = [
            image
            for image in document.images
            if image.key not in shown
            and image.external_id not in elsewhere
            and (image.checksum or image.external_id in own.entries)
        ]
        for image, key in zip(images, own.show(images), strict=True):
            work.image_ids[image.checksum] = key
        if document.options:
            self._send_variant_pictures(work, galleries)
        known = {image.external_id for image in document.images} & (elsewhere | own.entries.keys())
        for image in document.images:
            if image.external_id in known:
                work.image_ids.setdefault(image.checksum, image.external_id)

    def _send_variant_pictures(self, work, galleries):
        by_key = {image.key: image for image in work.wanted.images}
        for variant in work.wanted.variants:
            gallery, image = galleries[variant.external_id], by_key.get(variant.image)
            if image is None:
                if variant.image == "":
                    for key in list(gallery.entries):
                        gallery.remove(key)
                continue
            if gallery.find(image) is None and image.external_id and gallery.entries:
                continue  # the same picture under another id, as far as anybody can tell
            if image.checksum:
                [key] = gallery.show([image])
                work.image_ids.setdefault(image.checksum, key)

    # === TRANSLATIONS === #

    def _tell(self, work):
        """Tell the texts in other languages, in each store view that speaks one; keep what no view speaks."""
        wanted = work.wanted.translations or ()
        if not wanted:
            return
        pairs = pair_languages(self.terms().languages, self._languages)
        locales = {language: locale for locale, language in pairs.items()}
        work.untold = tuple(text for text in wanted if text.language not in locales)
        for language in sorted({text.language for text in wanted} & locales.keys()):
            texts = [text for text in wanted if text.language == language]
            fields = render_texts(work.wanted, texts, work.present)
            for store in self.terms().languages[locales[language]]:
                sku = work.present["sku"]
                self.client.call("PUT", "products/{}", sku, json=fields.body(sku=sku), store=store)


def remove_product(client, product, *, delete):
    """Disable a product, or delete it for good with its variants, which nobody sells by themselves.

    Done when there is none.

    :param dict product: as listed
    :raise DataError: refused
    """
    sku = product["sku"]
    try:
        if delete:
            for child in read_by_id(client, child_ids(product)):
                remove_product(client, child, delete=True)
            client.call("DELETE", "products/{}", sku)
        else:
            client.call("PUT", "products/{}", sku, json={"product": {"sku": sku, "status": const.DISABLED}})
    except DataError as error:
        if error.status != 404:
            raise


def _parts_to_send(push):
    """Return the parts to send: all of a new product; the variants as a whole as soon as one is new."""
    document = push.document
    if not document.external_id:
        return frozenset(PRODUCT_PARTS)
    if all(variant.external_id for variant in document.variants):
        return push.parts
    return push.parts | {"variants"}


def _beginning(variant, set_id, *, type_id):
    """Return what only a new product is told: its set, its type, and that nobody counts it if nobody does."""
    stock = {} if variant.tracked else {"stock_item": {"use_config_manage_stock": False, "manage_stock": False}}
    return Fields({"attribute_set_id": int(set_id), "type_id": type_id}, extension=stock)


def _simple_type(variant):
    return "virtual" if variant.requires_shipping is False else "simple"


def _child_name(document, variant):
    return "-".join([document.title or "", *(value for _name, value in variant.options)])


def _choices(document, variant, axes):
    """Return the attributes that a variant is chosen by."""
    chosen = dict(variant.options)
    found = {}
    for option, attribute in zip(document.options, axes, strict=True):
        if option.name in chosen:
            found[attribute.code] = attribute.value_of(chosen[option.name])
    return Fields(attributes=found)


def _success(work, terms):
    return ProductPushResult(
        key=work.push.key, document=_answered(work, terms), image_ids=_pairs(work), untold=work.untold
    )


def _failure(work, error):
    """Return the result of a push that failed, with what is there already: the rest is sent another time."""
    known = bool(work.push.document.external_id)
    error.external_id = work.wanted.external_id
    result = ProductPushResult(key=work.push.key, error=error, missing=known and error.code == const.GONE)
    if known or not work.wanted.external_id:
        return result
    return replace(result, document=work.wanted, image_ids=_pairs(work))


def _pairs(work):
    return tuple((checksum, key) for checksum, key in work.image_ids.items() if checksum)


def _answered(work, terms):
    """Return the document with what Magento says of it in its own way."""
    node = read(work.present, "product", "id")
    values = {"updated_at": node.required_time("updated_at"), "handle": attribute_values(node).get("url_key", "")}
    if "status" in work.parts:
        values["status"] = status_of(node) if work.wanted.status in ("active", "unlisted") else work.wanted.status
    if terms:
        values["url"] = page_url(node, terms)
    return replace(work.wanted, **values)


def _gone():
    return DataError(
        "The product was deleted in Magento.",
        code=const.GONE,
        status=404,
        remedy="Publish the product again, or unlink it from the shop.",
    )


def _gone_variant(variant):
    return DataError(
        f"The variant {variant.sku or variant.external_id} was deleted in Magento.",
        remedy="Send the product again as a whole: change one of its variants, or import it from Magento.",
    )


def _other_structure(document):
    return DataError(
        "Magento can't turn a product without variants into one with variants, or back."
        if document.options
        else "The product has no options in Odoo, and is a configurable one in Magento.",
        remedy="Give it the same options in Odoo as in Magento; or unlink it from the shop and publish it anew.",
    )


def _no_sku(document, variant=None):
    name = " / ".join(value for _name, value in variant.options) if variant else document.title
    return DataError(
        f"“{name}” has no SKU, and Magento knows products by nothing else.",
        remedy="Enter an internal reference on the product in Odoo; it is sent then.",
    )
