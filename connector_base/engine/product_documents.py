from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools.mail import plaintext2html

from ..canonical import UNSET, CustomAttribute, Image, Option, Product, Translation, Variant, quantize

# Odoo keeps more decimals than mean anything
WEIGHT_STEP = Decimal("0.000001")
# {field of `Translation`: the Odoo field that holds it, some with the website only}
TRANSLATED = {
    "title": "name",
    "description": "description_ecommerce",
    "seo_title": "website_meta_title",
    "seo_description": "website_meta_description",
}


class Stated(NamedTuple):
    """A product as Odoo states it, and the ids of its variants in the order of the document's.

    `beginnings` are values of fields that are only stated when the product is new on the platform.
    """

    document: Product
    variant_ids: tuple[int, ...]
    beginnings: dict


@dataclass(slots=True)
class Lookups:
    """What the documents of a page are built from, found with a number of queries that doesn't grow with the page."""

    currency: str
    kilograms: Decimal  # in one unit of weight
    variants: dict = field(default_factory=dict)  # {template id: active variants}
    variant_bindings: dict = field(default_factory=dict)  # {(external product id, variant id): variant binding}
    prices: dict | None = None  # {variant id: float} of those that have one
    compare_prices: dict | None = None
    costs: dict = field(default_factory=dict)  # {variant id: float in the currency} of those that have one
    checksums: dict = field(default_factory=dict)  # {(model, record id): checksum}
    further_images: dict = field(default_factory=dict)  # {template id: its further pictures}
    images_there: dict = field(default_factory=dict)  # {product binding id: {checksum: binding of the picture}}
    unread_images: set = field(default_factory=set)  # ids of product bindings whose pictures aren't all read yet
    attributes: list = field(default_factory=list)  # mappings of product fields
    translations: dict = field(default_factory=dict)  # {BCP 47 tag of a language: templates in it}
    has_categories: bool = False
    has_channels: bool = False


class IntegrationProductDocuments(models.AbstractModel):
    """States products as Odoo has them, as canonical documents: the whole of a page in O(1) queries."""

    _name = "integration.product.documents"
    _description = "Product Documents"

    @api.model
    def _build(self, backend, bindings):
        """Return {binding: `Stated`}: all that Odoo can say of the products, whoever decides about it."""
        company = backend.company_id
        # sudo: what is sent never depends on who changed something
        context = {
            "lang": backend._product_lang(),
            "active_test": True,
            "allowed_company_ids": company.ids,
            "prefetch_langs": False,
        }
        env = self.env(su=True, context=context)
        bindings_here = bindings.with_env(env).with_company(company)
        templates = bindings_here.odoo_id
        found = self.with_env(env)._look_up(backend.with_env(env), bindings_here, templates)
        stated = {}
        for binding, here in zip(bindings, bindings_here, strict=True):
            variants = found.variants.get(here.odoo_id.id, here.odoo_id.product_variant_ids.browse())
            document = self._product(backend, here, variants, found)
            stated[binding] = Stated(document, tuple(variants.ids), self._beginnings(here.odoo_id))
        return stated

    # === LOOK-UPS === #

    @api.model
    def _look_up(self, backend, bindings, templates):
        currency = backend._shop_currency()
        found = Lookups(currency.name or "", self._kilograms())
        self._find_variants(backend, bindings, templates, found)
        variants = self.env["product.product"].union(*found.variants.values())
        self._find_prices(backend, currency, variants, found)
        self._find_images(bindings, templates, variants, found)
        found.attributes = list(self.env["integration.mapping"]._attributes(backend))
        known = [("backend_id", "=", backend.id)]
        found.has_categories = bool(self.env["integration.category"].search_count(known, limit=1))
        found.has_channels = bool(self.env["integration.channel"].search_count(known, limit=1))
        for lang, tag in backend._translation_languages().items():
            found.translations[tag] = templates.with_context(lang=lang)
        return found

    @api.model
    def _find_variants(self, backend, bindings, templates, found):
        variants = self.env["product.product"].search([("product_tmpl_id", "in", templates.ids)])
        found.variants = dict(variants.grouped(lambda variant: variant.product_tmpl_id.id))
        known = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_parent_id", "in", bindings.mapped("external_id"))],
            ["external_id", "external_parent_id", "odoo_id", "inventory_external_id"],
        )
        found.variant_bindings = {(binding.external_parent_id, binding.odoo_id.id): binding for binding in known}
        # read together, as they are needed one by one below
        values = variants.product_template_attribute_value_ids
        values.mapped("product_attribute_value_id.name")
        values.attribute_line_id.mapped("attribute_id.create_variant")

    @api.model
    def _find_prices(self, backend, currency, variants, found):
        company, prices = backend.company_id, self.env["integration.product.prices"]
        found.prices = prices._stated(company, backend.pricelist_id, currency, variants)
        if backend.compare_at == "list_price":
            found.compare_prices = prices._stated(company, self.env["product.pricelist"], currency, variants)
        elif backend.compare_at == "pricelist":
            found.compare_prices = prices._stated(company, backend.compare_at_pricelist_id, currency, variants)
        if currency == company.currency_id:
            found.costs = {variant.id: variant.standard_price for variant in variants if variant.standard_price}

    @api.model
    def _find_images(self, bindings, templates, variants, found):
        images, pictures = self.env["integration.product.image"], self.env["integration.product.pictures"]
        found.further_images = pictures._further(templates)
        further = pictures._picture_model().union(*found.further_images.values())
        further.product_variant_ids.ids  # noqa: B018 - read together
        for records, name in (
            (templates, "image_1920"),
            (variants, "image_variant_1920"),
            (further, "image_1920"),
        ):
            checksums = images._image_checksums(records, name)
            found.checksums.update({(records._name, res_id): checksum for res_id, checksum in checksums.items()})
        for known in self.env["integration.binding.image"].search([("product_binding_id", "in", bindings.ids)]):
            if known.checksum:
                there = found.images_there.setdefault(known.product_binding_id.id, {})
                there.setdefault(known.checksum, known)
            else:
                found.unread_images.add(known.product_binding_id.id)

    # === DOCUMENTS === #

    @api.model
    def _product(self, backend, binding, variants, found):
        template = binding.odoo_id
        options = self._options(template, variants)
        images, shown = self._images(binding, variants, found)
        product = Product(
            external_id=binding.external_id or "",
            currency=found.currency,
            title=template.name,
            description=self._optional(template, "description_ecommerce"),
            tags=tuple(template.product_tag_ids.mapped("name")),
            seo_title=self._optional(template, "website_meta_title"),
            seo_description=self._optional(template, "website_meta_description"),
            status=self._status(backend, binding, template),
            options=options,
            variants=tuple(self._variant(binding, variant, options, shown, found) for variant in variants),
            images=images,
            category_ids=self._external_ids(
                binding.category_ids.filtered(lambda category: not category.automatic), found.has_categories
            ),
            channel_ids=self._external_ids(binding.channel_ids, found.has_channels),
            attributes=self._attributes(template, "product.template", found),
            translations=self._translations(template, found),
        )
        return replace(product, **self._mapped_texts(template, found))

    @api.model
    def _beginnings(self, template):
        """Return what a product that is new on the platform has there beside its document.

        The text for quotations is the beginning of the shop's text where Odoo has no field for that; it never replaces
        what was written there.
        """
        if "description_ecommerce" in template._fields or not template.description_sale:
            return {}
        return {"description": str(plaintext2html(template.description_sale))}

    @api.model
    def _optional(self, template, name):
        return str(template[name] or "") if name in template._fields else UNSET

    @api.model
    def _status(self, backend, binding, template):
        if not template.active or binding.wanted == "removed":
            return UNSET if backend.product_removal == "nothing" else "archived"
        return "active" if template.sale_ok and binding.wanted == "published" else "draft"

    @api.model
    def _options(self, template, variants):
        """Return the `Option`s variants differ in, with the values that are in use, in their order."""
        options = []
        used = variants.product_template_attribute_value_ids
        for line in template.attribute_line_ids:
            if line.attribute_id.create_variant != "no_variant":
                values = line.product_template_value_ids & used
                if values:
                    options.append(Option(name=line.attribute_id.name, values=tuple(values.mapped("name"))))
        return tuple(options)

    @api.model
    def _variant(self, binding, variant, options, shown, found):
        known = found.variant_bindings.get((binding.external_id, variant.id)) if binding.external_id else None
        price = self._money((found.prices or {}).get(variant.id), found.currency)
        names = {value.attribute_id.name: value.name for value in variant.product_template_attribute_value_ids}
        return Variant(
            external_id=known.external_id if known else "",
            inventory_external_id=known.inventory_external_id or "" if known else "",
            options=tuple((option.name, names[option.name]) for option in options if option.name in names),
            sku=variant.default_code or "",
            barcode=variant.barcode or "",
            price=price,
            compare_at_price=self._compare_price(variant, price, found),
            cost=self._money(found.costs.get(variant.id), found.currency),
            weight=self._weight(variant, found),
            requires_shipping=variant.type == "consu",
            tracked=variant.is_storable,
            hs_code=variant.hs_code or "",
            origin_country_code=variant.country_of_origin.code or "",
            image=shown.get(variant.id, "") if shown is not UNSET else UNSET,
            attributes=self._attributes(variant, "product.product", found),
        )

    @api.model
    def _compare_price(self, variant, price, found):
        """Return the price before a reduction, None where there is none."""
        if found.compare_prices is None or price is UNSET:
            return UNSET
        compared = self._money(found.compare_prices.get(variant.id), found.currency)
        return compared if compared is not UNSET and compared > price else None

    @api.model
    def _money(self, amount, currency):
        """Return `amount` as it is stated; what Odoo has none of is not."""
        return UNSET if amount is None else quantize(Decimal(repr(amount)), currency)

    @api.model
    def _weight(self, variant, found):
        return (Decimal(repr(variant.weight)) * found.kilograms).quantize(WEIGHT_STEP, ROUND_HALF_UP)

    @api.model
    def _kilograms(self):
        """Return how many kilograms the database's unit of weight has."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        return Decimal(repr(unit._compute_quantity(1.0, self.env.ref("uom.product_uom_kgm"), round=False)))

    @api.model
    def _images(self, binding, variants, found):
        """Return the product's `Image`s and {variant id: key of its image}; both UNSET while some are still read.

        Pictures that are there keep the descriptions they have there, unless Odoo has one of its own.
        """
        if binding.id in found.unread_images:
            return UNSET, UNSET
        template = binding.odoo_id
        further = found.further_images.get(template.id, ())
        pictures = {}  # {checksum: (description, what a new one is called without)}
        shown = {}  # {variant id: checksum}
        main = found.checksums.get(("product.template", template.id))
        if main:
            pictures[main] = "", template.name
        for image in further:
            checksum = found.checksums.get((image._name, image.id))
            if checksum:
                before, _called = pictures.get(checksum, ("", ""))
                pictures[checksum] = before or image.name or "", template.name
                for variant in image.product_variant_ids:
                    shown.setdefault(variant.id, checksum)
        for variant in variants:
            checksum = found.checksums.get(("product.product", variant.id))
            if checksum:
                pictures.setdefault(checksum, ("", variant.display_name if len(variants) > 1 else template.name))
                shown[variant.id] = checksum
        there = found.images_there.get(binding.id, {})
        images = {}
        for checksum, (description, called) in pictures.items():
            known = there.get(checksum)
            alt = description or (known.alt or "" if known else called)
            images[checksum] = Image(external_id=known.external_id if known else "", alt=alt, checksum=checksum)
        return tuple(images.values()), {variant_id: images[checksum].key for variant_id, checksum in shown.items()}

    @api.model
    def _external_ids(self, records, known):
        return tuple(sorted(records.mapped("external_id"))) if known else UNSET

    @api.model
    def _attributes(self, record, model_name, found):
        mappings = [
            mapping
            for mapping in found.attributes
            if mapping._attribute_target()[0] == model_name and not mapping._is_standard()
        ]
        if not mappings:
            return UNSET
        return tuple(
            CustomAttribute(
                key=mapping.external_value, value=mapping._attribute_text(record), kind=mapping.external_type or ""
            )
            for mapping in mappings
        )

    @api.model
    def _mapped_texts(self, template, found):
        """Return {field of `Product`: text} of what every product of a platform has, and Odoo by mapping."""
        return {
            mapping.external_value: mapping._attribute_text(template)
            for mapping in found.attributes
            if mapping._is_standard() and mapping._attribute_target()[0] == "product.template"
        }

    @api.model
    def _translations(self, template, found):
        """Return the texts in the other languages; empty ones where they are the same as the original."""
        if not found.translations:
            return UNSET
        texts = []
        for tag, templates in found.translations.items():
            translated = templates.browse(template.id)
            for name, field_name in TRANSLATED.items():
                if field_name in template._fields:
                    text, original = str(translated[field_name] or ""), str(template[field_name] or "")
                    texts.append(Translation(language=tag, field=name, value=text if text != original else ""))
        return tuple(texts)
