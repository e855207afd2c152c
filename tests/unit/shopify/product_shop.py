"""A store that remembers its products: what `ProductPusher` is given instead of a client."""

from odoo.addons.connector_base.transport import TransientError
from odoo.addons.connector_shopify.errors import user_error


class Shop:
    """Answers the client's calls about products; `calls` lists them as (name, arguments).

    :param refusals: {call: user errors} that refuse that call
    :param outages: {call: how often it fails after it was carried out}
    :param locales: codes of its further languages
    """

    def __init__(self, *, refusals=None, outages=None, locales=("fr", "pt-BR")):
        self.calls = []
        self.products = {}
        self.refusals = refusals or {}
        self.outages = outages or {}
        self.background = {}
        self.locales = list(locales)
        self.empty_texts = {"meta_description"}
        self.translations = {}
        self.status = {}
        self._last = 1000

    def _id(self, kind):
        self._last += 1
        return f"gid://shopify/{kind}/{self._last}"

    def _note(self, name, *args):
        self.calls.append((name, *args))
        if name in self.refusals:
            raise user_error(self.refusals[name])

    def _done(self, name):
        if self.outages.get(name):
            self.outages[name] -= 1
            raise TransientError("broken")

    @property
    def names(self):
        return [call[0] for call in self.calls]

    def add(self, gid, *, variants=(), media=(), publications=()):
        """Put a product into the store; `variants` are (gid, picture's gid or ""), `media` (gid, kind)."""
        self.products[gid] = {
            "id": gid,
            "key": None,
            "variants": {variant: {"media": picture, "choices": None} for variant, picture in variants},
            "media": dict(media),
            "publications": set(publications),
        }

    def _answer(self, product):
        return {
            "id": product["id"],
            "title": "Tee",
            "descriptionHtml": "<p>Soft</p>",
            "handle": "tee",
            "vendor": "One Shop",
            "productType": "Shirts",
            "tags": ["summer", "cotton"],
            "status": "ACTIVE",
            "seo": {"title": "A soft tee", "description": None},
            "onlineStoreUrl": None,
            "updatedAt": "2026-11-21T09:00:00Z",
            "variants": {
                "nodes": [
                    {
                        "id": gid,
                        "inventoryItem": {"id": gid.replace("ProductVariant", "InventoryItem")},
                        "selectedOptions": entry["choices"],
                    }
                    for gid, entry in product["variants"].items()
                ]
            },
            "media": {"nodes": [{"id": gid, "status": self.status.get(gid, "UPLOADED")} for gid in product["media"]]},
        }

    # === WHAT THE CLIENT OFFERS === #

    def define_product_key(self):
        self._note("define_product_key")

    def product_set(self, identifier, values, *, variants, media, synchronous=True):
        self._note("product_set", identifier, values, synchronous)
        product = self._found(identifier)
        if "variants" in values:
            self._set_variants(product, values["variants"])
        if "files" in values:
            product["media"] = {file.get("id") or self._id("MediaImage"): "MediaImage" for file in values["files"]}
        self._done("product_set")
        if synchronous:
            return self._answer(product), None
        operation = self._id("ProductSetOperation")
        self.background[operation] = (product, 2)
        return None, operation

    def _found(self, identifier):
        if "id" in identifier:
            return self.products[identifier["id"]]
        key = identifier["customId"]["value"]
        found = next((product for product in self.products.values() if product["key"] == key), None)
        if found is None:
            gid = self._id("Product")
            self.add(gid)
            found = self.products[gid]
            found["key"] = key
        return found

    def _set_variants(self, product, variants):
        kept = {}
        by_choices = {str(entry["choices"]): gid for gid, entry in product["variants"].items()}
        for variant in variants:
            choices = [{"name": choice["optionName"], "value": choice["name"]} for choice in variant["optionValues"]]
            gid = variant.get("id") or by_choices.get(str(choices)) or self._id("ProductVariant")
            kept[gid] = {"media": "", "choices": choices}
        product["variants"] = kept

    def product_operation(self, operation, *, variants, media):
        self._note("product_operation", operation)
        product, polls = self.background[operation]
        self.background[operation] = (product, polls - 1)
        return None if polls else self._answer(product)

    def product_update(self, values):
        self._note("product_update", values)
        return self._answer(self.products[values["id"]])

    def product_variants_update(self, gid, variants):
        self._note("product_variants_update", gid, variants)
        return self._answer(self.products[gid])

    def product_pictures(self, gid):
        self._note("product_pictures", gid)
        product = self.products.get(gid)
        return product and {
            "media": {"nodes": [{"id": media, "__typename": kind} for media, kind in product["media"].items()]},
            "variants": {
                "nodes": [
                    {"id": variant, "media": {"nodes": [{"id": entry["media"]}] if entry["media"] else []}}
                    for variant, entry in product["variants"].items()
                ]
            },
        }

    def product_variant_detach_media(self, gid, variants):
        self._note("product_variant_detach_media", gid, variants)
        return self._answer(self.products[gid])

    def product_delete(self, gid):
        self._note("product_delete", gid)

    def product_publish(self, gid, publications):
        self._note("product_publish", gid, publications)
        self.products[gid]["publications"] |= set(publications)
        return {**self._answer(self.products[gid]), **self._shown(gid)}

    def product_publications(self, gid):
        self._note("product_publications", gid)
        return self._shown(gid) if gid in self.products else None

    def _shown(self, gid):
        publications = sorted(self.products[gid]["publications"])
        return {
            "resourcePublicationsV2": {
                "nodes": [
                    {"publication": {"id": publication, "catalog": {"__typename": "AppCatalog"}}}
                    for publication in publications
                ]
            }
        }

    def product_unpublish(self, gid, publications):
        self._note("product_unpublish", gid, publications)
        self.products[gid]["publications"] -= set(publications)
        return self._answer(self.products[gid])

    def metafields_set(self, metafields):
        self._note("metafields_set", metafields)

    def metafields_delete(self, metafields):
        self._note("metafields_delete", metafields)

    def upload_pictures(self, pictures):
        self._note("upload_pictures", pictures)
        return [f"https://storage.example/{name}" for _content, _kind, name in pictures]

    def media_status(self, gids):
        self._note("media_status", gids)
        return {gid: (self.status.get(gid, "READY"), "too small" if self.status.get(gid) else "") for gid in gids}

    # === TRANSLATIONS === #

    def translatable_contents(self, gids):
        self._note("translatable_contents", gids)
        keys = {"title", "body_html", "meta_title", "meta_description"} - self.empty_texts
        return self.locales, {gid: {key: f"digest of {key}" for key in keys} for gid in gids if gid in self.products}

    def translations_register(self, gid, translations):
        self._note("translations_register", gid, translations)
        self.translations |= {(gid, entry["locale"], entry["key"]): entry["value"] for entry in translations}

    def translations_remove(self, gid, keys, locales):
        self._note("translations_remove", gid, keys, locales)
        for name in [(gid, locale, key) for locale in locales for key in keys]:
            self.translations.pop(name, None)
