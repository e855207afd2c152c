from collections import defaultdict
from dataclasses import dataclass, field

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import float_compare

from ..canonical import UNSET
from ..transport.errors import DataError
from .product_page import lowest_price, name_key

# Odoo field of a template per field of a canonical product; those of addons that are not installed are left out.
TEXT_FIELDS = {
    "title": ("title", "name"),
    "description": ("description", "description_ecommerce"),
    "seo_title": ("seo", "website_meta_title"),
    "seo_description": ("seo", "website_meta_description"),
}
# The rule on who decides about each key that can be mapped beside those of custom fields.
STANDARD_RULES = {
    "handle": "handle",
    "vendor": "vendor",
    "product_type": "product_type",
    "seo_title": "seo",
    "seo_description": "seo",
}


@dataclass(slots=True)
class ProductLookups:
    """What the values of a page's products refer to: records by the platform's words for them."""

    countries: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)
    channels: dict = field(default_factory=dict)
    mappings: list = field(default_factory=list)
    languages: dict = field(default_factory=dict)
    barcodes: dict = field(default_factory=dict)
    per_kilogram: float = 1.0
    currency: str = ""
    shared: set = field(default_factory=set)


class IntegrationProductWriter(models.AbstractModel):
    """Says what templates and variants have to be for what the platform states, and writes what differs."""

    _name = "integration.product.writer"
    _description = "Product Writer"

    # === LOOK-UPS === #

    @api.model
    def _look_up(self, backend, entries):
        """Return the `ProductLookups` of `entries`, one query per kind."""
        documents = [entry.document for entry in entries]
        variants = [variant for document in documents for variant in document.variants]
        kilogram, unit = self.env.ref("uom.product_uom_kgm"), self._weight_unit()
        page = ProductLookups(
            currency=backend.company_id.currency_id.name,
            per_kilogram=kilogram._compute_quantity(1.0, unit, round=False),
            mappings=list(self.env["integration.mapping"]._attributes(backend)),
        )
        codes = {variant.origin_country_code for variant in variants if variant.origin_country_code}
        countries = self.env["res.country"].search_fetch([("code", "in", sorted(codes))], ["code"]) if codes else ()
        page.countries = {country.code: country for country in countries}
        page.categories = self._known(
            backend, "integration.category", {key for d in documents for key in d.category_ids or ()}
        )
        page.channels = self._known(
            backend, "integration.channel", {key for d in documents for key in d.channel_ids or ()}
        )
        if any(document.translations for document in documents):
            installed = self.env["res.lang"].search_fetch([], ["code"]).mapped("code")
            page.languages = {code: code for code in installed}
            page.languages.update({code.split("_")[0]: code for code in reversed(installed)})
        page.barcodes = self._barcodes(
            backend, {v.barcode.strip() for v in variants if v.barcode and v.barcode.strip()}
        )
        templates = self.env["product.template"].union(*(entry.template for entry in entries))
        page.shared = set(
            self.env["integration.binding.product"]
            .search([("odoo_id", "in", templates.ids), ("backend_id", "!=", backend.id)])
            .odoo_id.ids
        )
        self._note_attributes(backend, documents)
        return page

    @api.model
    def _weight_unit(self):
        return self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()

    @api.model
    def _known(self, backend, model, external_ids):
        """Return {external id: record}; what was never read yet is made and gets its name later."""
        if not external_ids:
            return {}
        Model = self.env[model].with_context(active_test=False)
        domain = [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))]
        found = {record.external_id: record for record in Model.search_fetch(domain, ["external_id"])}
        missing = sorted(external_ids - found.keys())
        if missing:
            created = Model.create([{"backend_id": backend.id, "external_id": key, "name": key} for key in missing])
            found.update(zip(missing, created, strict=True))
            backend._enqueue("import_categories", identity_key=f"import_categories:{backend.id}")
        return found

    @api.model
    def _barcodes(self, backend, barcodes):
        """Return {barcode: the variants (none: a packaging) that have it}, those of the company."""
        if not barcodes:
            return {}
        Product = self.env["product.product"].with_context(active_test=False)
        domain = Domain("barcode", "in", list(barcodes)) & Domain(Product._check_company_domain(backend.company_id))
        found = {product.barcode: product for product in Product.search_fetch(domain, ["barcode"])}
        packagings = self.env["product.uom"].search_fetch([("barcode", "in", list(barcodes))], ["barcode"])
        return {**found, **{packaging.barcode: Product.browse() for packaging in packagings}}

    @api.model
    def _note_attributes(self, backend, documents):
        """Offer custom fields that were never met before to be mapped."""
        labels = {a.key: a.key for d in documents for owner in (d, *d.variants) for a in owner.attributes or ()}
        if labels:
            self.env["integration.mapping"]._note_missing(backend, "attribute", labels)

    # === TEMPLATES === #

    @api.model
    def _new_template(self, backend, entry, page, lookups):
        """Return the values of a product that is not in Odoo yet."""
        document = entry.document
        variants = document.variants
        goods = any(variant.requires_shipping is not False or variant.tracked for variant in variants)
        return {
            "type": "consu" if goods else "service",
            "is_storable": goods and any(variant.tracked for variant in variants),
            "list_price": float(lowest_price(document) or 0) if self._is_own_currency(backend, document) else 0.0,
            **self._template_values(entry, page, lookups),
            "name": document.title or document.external_id,
        }

    @api.model
    def _is_own_currency(self, backend, document):
        return document.currency in ("", backend.company_id.currency_id.name)

    @api.model
    def _template_values(self, entry, page, lookups):
        """Return the values of the template for those stated fields that the platform decides about."""
        document, applied, template = entry.document, entry.applied, self.env["product.template"]
        values = {}
        for stated, (rule, name) in TEXT_FIELDS.items():
            text = getattr(document, stated)
            if text is not UNSET and rule in applied and name in template._fields and (text or name != "name"):
                values[name] = text or False
        if "tags" in applied and document.tags is not UNSET:
            tags = {page.tags[name_key(tag)].id for tag in document.tags if name_key(tag)}
            values["product_tag_ids"] = [Command.set(sorted(tags))]
        if "status" in applied and document.status:
            shown = document.status in ("active", "unlisted")
            if shown or entry.template.id not in lookups.shared:
                values["sale_ok"] = shown
                if shown or document.status == "archived" or entry.is_new:
                    # what is archived in Odoo is a draft on platforms that archive nothing: it stays so
                    values["active"] = document.status != "archived"
        if "customs" in applied:
            values.update(self._customs(document, lookups))
        if entry.is_new:
            kept = [lookups.categories[key].categ_id for key in document.category_ids or ()]
            if category := next(filter(None, kept), None):
                values["categ_id"] = category.id
        values.update(self._mapped(entry, document, "product.template", lookups))
        return values

    @api.model
    def _customs(self, document, lookups):
        """Return code and origin: Odoo has one of each per product, so it is that of the first variant stating it."""
        codes = [variant.hs_code for variant in document.variants if variant.hs_code is not UNSET]
        origins = [
            variant.origin_country_code for variant in document.variants if variant.origin_country_code is not UNSET
        ]
        values = {}
        if codes:
            values["hs_code"] = next(filter(None, codes), False)
        if origins:
            country = lookups.countries.get(next(filter(None, origins), ""))
            values["country_of_origin"] = country.id if country else False
        return values

    @api.model
    def _mapped(self, entry, stating, model_name, lookups):
        """Return the values of mapped custom fields of `model_name` that `stating`, a product or variant, has."""
        values = {}
        for mapping in lookups.mappings:
            target, name = mapping._attribute_target()
            key = mapping.external_value
            if target != model_name or STANDARD_RULES.get(key, "attributes") not in entry.applied:
                continue
            if key in STANDARD_RULES:
                text = getattr(stating, key, UNSET)
            elif stating.attributes is UNSET:
                text = UNSET
            else:
                text = next((attribute.value for attribute in stating.attributes if attribute.key == key), "")
            if text is UNSET:
                continue
            try:
                values[name] = mapping._attribute_value(text)
            except DataError as error:
                entry.notes.append(error.message)
        return values

    # === VARIANTS === #

    @api.model
    def _variant_values(self, entry, index, lookups):
        """Return the values of a variant for those stated fields that the platform decides about."""
        variant, product = entry.document.variants[index], entry.variants[index]
        # a variant that is new in Odoo gets all there is to know
        applied = entry.applied if product else entry.applied | {"sku", "barcode", "weight", "cost"}
        values = {}
        if "sku" in applied and variant.sku is not UNSET:
            values["default_code"] = variant.sku.strip() or False
        if "barcode" in applied and variant.barcode is not UNSET and self._may_have(entry, variant, product, lookups):
            values["barcode"] = variant.barcode.strip() or False
        if "weight" in applied and variant.weight is not UNSET:
            values["weight"] = float(variant.weight) * lookups.per_kilogram
        if (
            "cost" in applied
            and variant.cost not in (None, UNSET)
            and entry.document.currency in ("", lookups.currency)
        ):
            values["standard_price"] = float(variant.cost)
        values.update(self._mapped(entry, variant, "product.product", lookups))
        return values

    @api.model
    def _may_have(self, entry, variant, product, lookups):
        """Whether the barcode is free; else note that it is left out. It is taken from here on."""
        barcode = variant.barcode.strip()
        if not barcode:
            return True
        if barcode in lookups.barcodes and not (product and lookups.barcodes[barcode] == product):
            owner = lookups.barcodes[barcode]
            entry.notes.append(
                self.env._(
                    "Barcode %(barcode)s of %(sku)s: it is that of %(owner)s already.",
                    barcode=barcode,
                    sku=variant.sku or variant.external_id,
                    owner=owner.display_name if owner else self.env._("a packaging or another new product"),
                )
            )
            return False
        lookups.barcodes[barcode] = product
        return True

    # === WRITING === #

    @api.model
    def _update(self, entries, page, lookups):
        """Write what differs on the templates and variants that were there before."""
        for entry in entries:
            if not entry.is_new:
                values = self._template_values(entry, page, lookups)
                if values.get("active") and not entry.template.active:
                    # first its variants: a template without active ones would get all combinations
                    self.env["product.product"].union(*entry.variants).write({"active": True})
                self._write_differing(entry.template, values)
            for index, product in enumerate(entry.variants):
                if product and not entry.is_new:
                    self._write_differing(product, self._variant_values(entry, index, lookups))

    @api.model
    def _write_differing(self, record, values):
        differing = {name: value for name, value in values.items() if self._differs(record, name, value)}
        if differing:
            record.write(differing)

    @api.model
    def _differs(self, record, name, value):
        known, kind = record[name], record._fields[name].type
        if kind == "many2many":
            return sorted(known.ids) != sorted(value[0][2])
        if kind == "many2one":
            return known.id != (value or False)
        if kind == "float":
            digits = record._fields[name].get_digits(self.env)
            return bool(float_compare(known, value or 0.0, precision_digits=digits[1] if digits else 6))
        return known != value if known or value else False

    @api.model
    def _translate(self, entries, lookups):
        """Write the texts in the other languages of the database that the platform states."""
        base = self.env.lang or "en_US"
        texts, entry_of = defaultdict(dict), {entry.template: entry for entry in entries}
        for entry in entries:
            for translation in entry.document.translations or () if "translations" in entry.applied else ():
                tag = translation.language.replace("-", "_")
                language = lookups.languages.get(tag) or lookups.languages.get(tag.split("_")[0])
                _rule, name = TEXT_FIELDS.get(translation.field, ("", ""))
                if language and language != base and name in entry.template._fields and translation.value:
                    texts[language][entry.template, name] = translation.value
        for language, of_language in texts.items():
            for (template, name), text in of_language.items():
                if callable(template._fields[name].translate):
                    self._translate_terms(entry_of[template], language, name, text)
                else:
                    self._write_differing(template.with_context(lang=language), {name: text})

    @api.model
    def _translate_terms(self, entry, language, name, text):
        """Write a text that Odoo translates paragraph by paragraph: writing it as a whole would replace the original.

        Where it has other paragraphs than the original it is left out, and staff are told.
        """
        template, base = entry.template, self.env.lang or "en_US"
        field = template._fields[name]
        if not self._differs(template.with_context(lang=language), name, text):
            return
        original, translated = field.get_trans_terms(template[name]), field.get_trans_terms(text)
        if len(original) != len(translated):
            entry.notes.append(
                self.env._(
                    "%(field)s in %(language)s: it has other paragraphs than the original.",
                    field=field._description_string(self.env),
                    language=language,
                )
            )
            return
        terms = dict(zip(original, translated, strict=True))
        template._update_field_translations(name, {language: terms}, source_lang=base)
