"""Which calls make a product in Magento be as a document wants it: the fewest that touch nothing else. No Odoo import.

What is there is read for a whole page first: by that a change is sent only where there is one, and a product that is
gone is no new one. Products are named by their SKU, so creating one twice is creating it once; a product that Magento
has under the SKU already is taken for the same one if it has the same name, and left alone otherwise.
https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/
"""

from dataclasses import replace

from odoo.addons.connector_base.canonical import UNSET, pair_languages
from odoo.addons.connector_base.transport import DataError, TransientError

from . import const, tables
from .attribute_keeping import AttributeKeeper
from .bulk_push import is_plain, send_changes
from .errors import crash_over_one
from .gallery import send_pictures
from .product_calls import Shelf, change_product, create_product
from .product_family import FamilyPusher, beginning
from .product_work import Work, failure, gone, no_sku, other_structure, parts_to_send, success
from .renderer_product import Fields, labels_of, render_product, render_texts, render_variant
from .terms import read_terms


class ProductPusher:
    """Pushes products to one shop.

    :param client: `MagentoClient`
    :param read_image: a function (checksum) -> (content, media type, file name)
    :param languages: BCP 47 tags of those that products are translated into
    :param str barcode: code of the attribute that holds barcodes
    :param bool in_bulk: the shop carries out what it is sent in bulk
    :param known_parents: as of `product_reading.read_families`
    """

    def __init__(self, client, read_image, *, known_parents, languages=(), barcode="", in_bulk=False):
        self.client = client
        self._read_image = read_image
        self._languages = languages
        self._barcode = barcode
        self._in_bulk = in_bulk
        self._known_terms = None
        self._attributes = AttributeKeeper(client, self.terms)
        self._shelf = Shelf(client)
        self._family = FamilyPusher(client, self.terms, self._attributes, self._shelf, known_parents)

    def terms(self):
        """Return the shop's terms, read when they are needed first."""
        if self._known_terms is None:
            self._known_terms = read_terms(self.client, barcode=self._barcode)
        return self._known_terms

    def push(self, pushes):
        """Yield a `ProductPushResult` for each of `pushes`.

        :raise TransportError: what is not the fault of one document; all that was done before is yielded first. What
            may be when all others are done.
        """
        self._shelf.look(pushes)
        works = [Work(push=push, wanted=push.document, parts=parts_to_send(push)) for push in pushes]
        if self._in_bulk:
            works = yield from self._send_in_bulk(works)
        crash = None
        for work in works:
            try:
                self._send(work)
            except DataError as error:
                yield failure(work, error)
            except TransientError as error:
                crash = crash_over_one(error)
            else:
                yield success(work, self._known_terms)
        if crash:
            raise crash

    def _send(self, work):
        document = work.wanted
        if document.external_id:
            work.present = self._shelf.get(document.external_id)
            if work.present is None:
                raise gone()
            if bool(document.options) != (work.present.get("type_id") == tables.CONFIGURABLE):
                raise other_structure(document)
        self._ensure_choices(work)
        children = self._send_family(work) if document.options else self._send_single(work)
        self._take_ids(work, children)
        if "images" in work.parts and work.wanted.images is not UNSET:
            send_pictures(self.client, work, self._shelf, self._read_image)
        if "translations" in work.parts:
            self._tell(work)

    def _send_in_bulk(self, works):
        """Send changes that are one call each together, where they are many; yield what became of them.

        :return: the works that are left to be sent one by one
        """
        plain = [work for work in works if is_plain(work, self._shelf)]
        if len(plain) < const.BULK_FROM:
            return works
        changes, left = [], [work for work in works if work not in plain]
        for work in plain:
            work.present = self._shelf.get(work.wanted.external_id)
            try:
                self._ensure_choices(work)
                changes.append((work, self._single_fields(work).differing(work.present)))
            except DataError as error:
                yield failure(work, error)
        for work, outcome in send_changes(self.client, changes):
            if isinstance(outcome, DataError):
                yield failure(work, outcome)
            elif outcome is None:
                left.append(work)
            else:
                work.present = {**work.present, **outcome}
                self._take_ids(work, [work.present])
                yield success(work, self._known_terms)
        return left

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
                raise no_sku(work.wanted)
            work.present = self._shelf.claim(variant.sku, work.wanted.title)
        fields = self._single_fields(work)
        if not work.present:
            fields |= beginning(variant, self._set_id(fields))
        self._save(work, fields)
        return [work.present]

    def _single_fields(self, work):
        fields = render_product(work.wanted, work.parts, self.terms, work.present)
        return fields | render_variant(work.wanted.variants[0], work.parts, self.terms, work.present)

    def _send_family(self, work):
        """Create or change a configurable product, then its variants; return the products that these are."""
        if not work.present:
            work.present = self._shelf.find(work.push.key)  # nobody else's
        fields = render_product(work.wanted, work.parts, self.terms, work.present)
        if not work.present:
            fields |= Fields(
                {
                    "sku": work.push.key,
                    "type_id": tables.CONFIGURABLE,
                    "attribute_set_id": int(self._set_id(fields)),
                }
            )
        self._save(work, fields)
        return self._family.push(work)

    def _set_id(self, fields):
        """Return the attribute set of a new product: the one it names, else the one that every shop begins with."""
        sets = self.terms().sets
        return fields.own.get("attribute_set_id") or next(one for one in (const.DEFAULT_SET, *sets) if one in sets)

    def _save(self, work, fields):
        """Create the product, or send what differs."""
        if not work.present:
            work.present = create_product(self.client, fields)
        elif fields := fields.differing(work.present):
            work.present = change_product(self.client, work.present, fields)
        work.wanted = replace(work.wanted, external_id=str(work.present["id"]))

    def _take_ids(self, work, children):
        """Take over the ids that Magento gave."""
        variants = tuple(
            replace(variant, external_id=str(child["id"]), inventory_external_id=child["sku"])
            for variant, child in zip(work.wanted.variants, children, strict=True)
        )
        work.wanted = replace(work.wanted, variants=variants)
        for child in children:
            self._shelf.keep(child)

    def _tell(self, work):
        """Tell the texts in other languages, in each store view that speaks one; keep what no view speaks."""
        wanted = work.wanted.translations or ()
        if not wanted:
            return
        pairs = pair_languages(self.terms().languages, self._languages)
        locales = {language: locale for locale, language in pairs.items()}
        work.untold = tuple(text for text in wanted if text.language not in locales)
        sku = work.present["sku"]
        for language in sorted({text.language for text in wanted} & locales.keys()):
            texts = [text for text in wanted if text.language == language]
            fields = render_texts(work.wanted, texts, work.present)
            for store in self.terms().languages[locales[language]]:
                self.client.call("PUT", "products/{}", sku, json=fields.body(sku=sku), store=store)
