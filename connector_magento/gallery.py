"""Which calls give a product and its variants their pictures. No Odoo import.

Each of Magento's products has a gallery of its own; what a variant is shown with is in the variant's.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog-products/ (products/{sku}/media)

Magento tells no content and takes the same picture twice. What was sent is known by its file's name, which begins with
the content's checksum: so a push of unknown outcome can be repeated.
"""

import base64

from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_reader import Reader

# Digits of the checksum that a file's name has: see `integration.product.pusher`
NAME_DIGITS = 16


class Gallery:
    """The pictures of one of Magento's products.

    :param str sku: of the product
    :param dict payload: the product as listed; one that was just made has none
    """

    def __init__(self, client, sku, payload, read_image):
        self._client, self._sku, self._read_image = client, sku, read_image
        entries = [Reader(entry, "media", sku) for entry in payload.get("media_gallery_entries") or ()]
        pictures = [entry for entry in entries if entry.text("media_type", "image") == "image"]
        self.entries = {entry.required_identifier("id"): entry for entry in pictures if not entry.flag("disabled")}

    def find(self, image):
        """Return the id of the entry that has a picture; None when none has."""
        if image.external_id in self.entries:
            return image.external_id
        name = image.checksum[:NAME_DIGITS]
        return next((key for key, entry in self.entries.items() if name and f"/{name}" in entry.text("file")), None)

    def show(self, images):
        """Make these be the pictures, the first one the product's own; return their ids."""
        ids, place = [], 0
        for image in images:
            found = self.find(image)
            types = [] if ids else const.PICTURE_ROLES
            if found is None:
                place += 1
                found = self._add(image, place, types)
            else:
                # who comes after the one before stays where it is
                there = int(self.entries[found].number("position"))
                place = there if there > place or not ids else place + 1
                self._change(found, image, place, types)
            ids.append(found)
        for key in self.entries.keys() - set(ids):
            self.remove(key)
        return ids

    def remove(self, key):
        """Take a picture away; done when there is none."""
        try:
            self._client.call("DELETE", "products/{}/media/{}", self._sku, key)
        except DataError as error:
            if error.status != 404:
                raise
        self.entries.pop(key, None)

    def _add(self, image, position, types):
        content, media_type, name = self._read_image(image.checksum)
        if media_type not in const.PICTURE_TYPES:
            raise DataError(
                f"Magento can't use a picture of the product: it is of the kind {media_type}.",
                remedy="Replace it by a JPEG, PNG or GIF, then send the product again.",
            )
        entry = {
            "media_type": "image",
            "label": image.alt,
            "position": position,
            "disabled": False,
            "types": types,
            "content": {
                "base64_encoded_data": base64.b64encode(content).decode(),
                "type": media_type,
                "name": name,
            },
        }
        return str(self._client.call("POST", "products/{}/media", self._sku, json={"entry": entry}))

    def _change(self, key, image, position, types):
        """Give a picture that is there its place, its text and its role, if it has others."""
        entry = self.entries[key]
        roles = entry.items("types")
        wanted = types if types and "image" not in roles else roles
        same = (entry.text("label"), int(entry.number("position"))) == (image.alt, position)
        if same and wanted == roles:
            return
        body = {
            "id": int(key),
            "media_type": "image",
            "label": image.alt,
            "position": position,
            "disabled": False,
            "types": wanted,
            "file": entry.text("file"),
        }
        self._client.call("PUT", "products/{}/media/{}", self._sku, key, json={"entry": body})


def send_pictures(client, work, shelf, read_image):
    """Show what a variant is shown with in its own gallery, everything else in the product's.

    :param Work work: of the product, whose variants have their ids; gets the ids of the pictures
    """
    document = work.wanted
    galleries = {}
    for one in (document, *document.variants):
        payload = shelf.get(one.external_id) or work.present
        galleries.setdefault(one.external_id, Gallery(client, payload["sku"], payload, read_image))
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
    found = {image.external_id for image in document.images} & (elsewhere | own.entries.keys())
    for image, key in zip(images, own.show(images), strict=True):
        work.image_ids[image.checksum] = key
    if document.options:
        _send_variant_pictures(work, galleries)
    for image in document.images:
        if image.external_id in found:
            work.image_ids.setdefault(image.checksum, image.external_id)


def _send_variant_pictures(work, galleries):
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
