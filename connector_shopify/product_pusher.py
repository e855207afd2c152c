"""Which calls make a product at Shopify be as a document wants it: the fewest that touch nothing else. No Odoo import.

`productSet` replaces each list it is sent, so it is sent lists that are whole, and only where one has changed; texts,
status and prices have mutations of their own that leave everything else alone. A product is created under a key in a
custom field of type id, so that creating it twice is creating it once.
https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productSet
"""

import time
from dataclasses import replace

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError, TransientError, TransportError

from . import const
from .errors import Refused
from .parser_product import parse_channel_ids
from .product_errors import bad_picture, gone, says_gone, variant_name
from .product_work import Work, failure, parts_to_send, success
from .reader import Reader
from .renderer_product import gid, render_basics, render_metafields, render_prices, render_set
from .translation_flow import tell_translations

# The stores that know our custom field, as far as this process has seen
_prepared = set()


class ProductPusher:
    """Pushes products to one store.

    :param client: `ShopifyClient`
    :param str domain: the store's
    :param read_image: a function (checksum) -> (content, media type, file name)
    :param sleep: for tests
    :param languages: BCP 47 tags of those that products are translated into
    """

    def __init__(self, client, domain, read_image, sleep=time.sleep, languages=()):
        self.client = client
        self._domain = domain
        self._read_image = read_image
        self._languages = languages
        self._sleep = sleep

    def push(self, pushes):
        """Yield a `ProductPushResult` for each of `pushes`: those that Shopify works on in the background, and those
        with translations, which are told together, last.

        :raise TransportError: what is not the fault of one document; all that was done before is yielded first
        """
        waiting, stopped = [], None
        for push in pushes:
            parts = parts_to_send(push)
            untold = push.document.translations or () if "translations" in parts else ()
            work = Work(push=push, wanted=push.document, parts=parts, untold=untold)
            try:
                self._send(work)
                if not work.operation:
                    self._finish(work)
            except DataError as error:
                yield failure(work, error)
            except TransportError as error:
                stopped = error
                break
            else:
                if work.operation or work.uploaded or work.untold:
                    waiting.append(work)
                else:
                    yield success(work)
        yield from self._after(waiting, stopped)

    def _after(self, waiting, stopped):
        """Yield the results of what is done once Shopify is; raise what has `stopped` the pushes, if anything."""
        done = []
        for work in waiting:
            try:
                if work.operation:
                    if stopped:
                        continue  # sent again with the rest, which is harmless
                    self._await_operation(work)
                    self._finish(work)
            except DataError as error:
                yield failure(work, error)
            except TransportError as error:
                stopped = error
            else:
                done.append(work)
        stopped = stopped or self._translate([work for work in done if work.untold])
        refused = {} if stopped else self._refused_pictures([media for work in done for media in work.uploaded])
        for work in done:
            why = [refused[media] for media in work.uploaded if media in refused]
            if work.refusal or why:
                yield failure(work, work.refusal or bad_picture(why))
            elif stopped and work.untold and work.parts == {"translations"}:
                continue  # nothing of it was done
            else:
                yield success(work)
        if stopped:
            raise stopped

    # === STEPS === #

    def _send(self, work):
        """Create the product, or change what of it takes one call."""
        document, parts = work.wanted, work.parts
        if not document.external_id:
            self._create(work)
        elif parts & {"variants", "images", "categories"}:
            self._set(work, {"id": gid("Product", document.external_id)})
        elif values := render_basics(document, parts):
            product_id = gid("Product", document.external_id)
            work.product = self.client.product_update({"id": product_id, **values})

    def _create(self, work):
        """Create the product under its key.

        The custom field for that may have gone with an earlier installation of the app, after this process saw it.
        """
        identifier = {"customId": {"key": const.PRODUCT_KEY, "value": work.push.key}}
        seen_before = self._domain in _prepared
        self._prepare()
        try:
            self._set(work, identifier, key=work.push.key)
        except DataError as error:
            if not seen_before or error.code != const.CODE_NOT_FOUND:
                raise
            _prepared.discard(self._domain)
            self._prepare()
            self._set(work, identifier, key=work.push.key)

    def _prepare(self):
        if self._domain not in _prepared:
            self.client.define_product_key()
            _prepared.add(self._domain)

    def _set(self, work, identifier, key=""):
        sources = self._pictures(work) if "images" in work.parts and work.wanted.images is not UNSET else []
        document, parts = work.wanted, work.parts
        # A variant's picture is set with the variants, and these only as a whole
        shown_with = bool(sources) and any(variant.image for variant in document.variants)
        work.listed = "variants" in parts or shown_with
        work.product, work.operation = self.client.product_set(
            identifier,
            render_set(document, parts, sources, shown_with=shown_with, key=key),
            variants=len(document.variants) if work.listed else 0,
            media=len(sources),
            synchronous=not work.listed or len(document.variants) <= const.SYNCHRONOUS_VARIANTS,
        )
        if work.product:
            self._take_ids(work)

    def _pictures(self, work):
        """Return the `FileSetInput`s of the product: its pictures, then what else it shows (videos, 3D models).

        A picture is sent once; one that was removed at Shopify meanwhile is sent again.
        """
        document, present, others = work.wanted, {}, []
        if document.external_id:
            shown = self.client.product_pictures(gid("Product", document.external_id))
            if shown is None:
                raise gone()
            self._detach(document, shown)
            nodes = shown["media"]["nodes"]
            present = {node["id"].rpartition("/")[2]: node["id"] for node in nodes if _is_picture(node)}
            others = [{"id": node["id"]} for node in nodes if not _is_picture(node)]
        # What Odoo never read and Shopify has no more is nowhere
        images = tuple(image for image in document.images if image.external_id in present or image.checksum)
        new = [self._read_image(image.checksum) for image in images if image.external_id not in present]
        addresses = iter(self.client.upload_pictures(new) if new else ())
        work.wanted = replace(document, images=images)
        work.files = tuple(present.get(image.external_id) for image in images)
        return [
            {"id": picture, "alt": image.alt}
            if picture
            else {"originalSource": next(addresses), "contentType": "IMAGE", "alt": image.alt}
            for image, picture in zip(images, work.files, strict=True)
        ] + others

    def _detach(self, document, shown):
        """Take the pictures off the variants that shall show none of their own: `productSet` can't."""
        bare = {gid("ProductVariant", variant.external_id) for variant in document.variants if variant.image == ""}
        found = [
            {"variantId": node["id"], "mediaIds": [media["id"] for media in node["media"]["nodes"]]}
            for node in shown["variants"]["nodes"]
            if node["id"] in bare and node["media"]["nodes"]
        ]
        if found:
            self.client.product_variant_detach_media(gid("Product", document.external_id), found)

    def _take_ids(self, work):
        """Take over the ids that Shopify gave: of the product, its variants and its new pictures."""
        product = Reader(work.product, "product")
        variants = work.wanted.variants
        if work.listed:
            nodes = product.required_child("variants").children("nodes")
            found = {_choices(node): node for node in nodes} | {node.text("id"): node for node in nodes}
            variants = tuple(_identified(variant, found) for variant in variants)
        work.wanted = replace(work.wanted, external_id=product.identifier("id"), variants=variants)
        if work.files:
            media = work.product["media"]["nodes"][: len(work.files)]
            pairs = zip(work.files, media, strict=False)
            work.uploaded = tuple(node["id"] for known, node in pairs if not known and node["status"] != "READY")
            work.files = tuple(node["id"] for node in media)

    def _await_operation(self, work):
        """Wait for what Shopify does in the background.

        :raise TransientError: it takes too long; sending the same again is harmless
        """
        for _attempt in range(int(const.OPERATION_PATIENCE / const.POLL_EVERY)):
            work.product = self.client.product_operation(
                work.operation,
                variants=len(work.wanted.variants) if work.listed else 0,
                media=len(work.files),
            )
            if work.product:
                return self._take_ids(work)
            self._sleep(const.POLL_EVERY)
        raise TransientError("Shopify is still at work on a big product.", retry_after=const.OPERATION_PATIENCE)

    def _finish(self, work):
        """Change what takes calls of its own, now that the product and its variants have their ids."""
        document, parts, created = work.wanted, work.parts, not work.push.document.external_id
        product_id = gid("Product", document.external_id)
        if "prices" in parts and "variants" not in parts and (prices := render_prices(document)):
            work.product = self.client.product_variants_update(product_id, prices)
        if "attributes" in parts and not created:
            wanted, unwanted = render_metafields(document)
            self.client.metafields_set(wanted)
            self.client.metafields_delete(unwanted)
        if "channels" in parts and document.channel_ids is not UNSET:
            self._publish(work, product_id, created)

    def _publish(self, work, product_id, created):
        """Show the product on the wanted publications, and on no other of the sales channels."""
        wanted = set(work.wanted.channel_ids)
        if wanted:
            product = work.product = self.client.product_publish(product_id, _publications(wanted))
        elif created:
            return
        else:
            product = self.client.product_publications(product_id)
            if product is None:
                raise gone()
        surplus = set(parse_channel_ids(Reader(product, "product"))) - wanted
        if surplus:
            work.product = self.client.product_unpublish(product_id, _publications(surplus))

    def _translate(self, works):
        """Tell the translations, now that the texts they are of are there; return what stopped it, if anything."""
        by_id = {gid("Product", work.wanted.external_id): work for work in works}
        wanted = {product: work.untold for product, work in by_id.items()}
        try:
            for product, untold, refusal in tell_translations(self.client, wanted, self._languages) if wanted else ():
                by_id[product].untold, by_id[product].refusal = untold, refusal
        except TransportError as error:
            return error
        return None

    def _refused_pictures(self, waiting):
        """Wait a moment for Shopify to look at new pictures; return {global id: why it can't use it}."""
        refused = {}
        for _attempt in range(int(const.PICTURE_PATIENCE / const.POLL_EVERY)):
            if not waiting:
                break
            try:
                found = self.client.media_status(waiting)
            except TransientError:
                break  # the products are sent: that nobody looks at their pictures is no reason to send them again
            refused |= {media: why for media, (status, why) in found.items() if status == "FAILED"}
            waiting = [media for media, (status, _why) in found.items() if status not in ("READY", "FAILED")]
            if waiting:
                self._sleep(const.POLL_EVERY)
        return refused


def remove_product(client, external_id, *, delete):
    """Archive a product, or delete it for good; done when there is none.

    :raise DataError: refused
    """
    product_id = gid("Product", external_id)
    try:
        if delete:
            client.product_delete(product_id)
        else:
            client.product_update({"id": product_id, "status": "ARCHIVED"})
    except Refused as error:
        if not says_gone(error):
            raise


def _publications(external_ids):
    return [gid("Publication", external_id) for external_id in sorted(external_ids)]


def _choices(node):
    """Return what is chosen for a variant, as `_chosen` writes it."""
    choices = [(choice.text("name"), choice.text("value")) for choice in node.children("selectedOptions")]
    return () if choices == [(const.DEFAULT_OPTION, const.DEFAULT_VALUE)] else _chosen(choices)


def _chosen(choices):
    """Return (name, value) pairs in an order and a spelling in which two lists of them can be compared."""
    return tuple(sorted((name.strip().casefold(), value.strip().casefold()) for name, value in choices))


def _identified(variant, found):
    """Return `variant` with its ids: by the one it has, else by what is chosen for it."""
    node = found.get(gid("ProductVariant", variant.external_id)) or found.get(_chosen(variant.options))
    if node is None:
        raise DataError(
            f"Shopify's answer lacks the variant {variant_name(variant)}.", remedy="Send the product again."
        )
    return replace(
        variant,
        external_id=node.identifier("id"),
        inventory_external_id=node.required_child("inventoryItem").identifier("id"),
    )


def _is_picture(node):
    return node["__typename"] == "MediaImage"
