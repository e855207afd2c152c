from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from .product_page import combination, doubles, name_key

SHOWN = 5


class IntegrationProductLinker(models.AbstractModel):
    """Finds out which product of Odoo a product of the platform is: by what is bound, by what people have decided,
    else by codes, and never by a guess."""

    _name = "integration.product.linker"
    _description = "Product Linker"

    @api.model
    def _link(self, backend, entries):
        """Give the entries their templates and variants, as far as there are any, or make them new ones.

        :return: {external id: values of the `integration.product.conflict`} of those that people have to decide on,
            and {external id: reason} of those they have decided to leave out
        """
        self._find_bound(backend, entries)
        conflicts, ignored = {}, {}
        unbound = [entry for entry in entries if not entry.template]
        if unbound:
            Conflict = self.env["integration.product.conflict"]
            decisions = Conflict._decisions(backend, [entry.external_id for entry in unbound])
            page = self._look_up(backend, unbound)
            for entry in unbound:
                decision = decisions.get(entry.external_id)
                if decision and decision.state == "ignored":
                    ignored[entry.external_id] = self.env._("somebody has decided to leave it out")
                elif found := self._decide(backend, entry, page, decision):
                    conflicts[entry.external_id] = found
            self._note_doubly_linked(backend, entries, conflicts)
        settled = [entry for entry in entries if entry.external_id not in conflicts.keys() | ignored.keys()]
        self._match_variants(settled)
        for entry in settled:
            if not (entry.is_new or entry.follows or self._fits(entry)):
                conflicts[entry.external_id] = self._conflict(
                    entry,
                    "structure",
                    entry.template,
                    self.env._(
                        "Not all of its variants are in “%(product)s”, and they can't be added: give it the platform's "
                        "options (%(options)s) as attributes, and its variants the SKUs they have there; or, if an "
                        "order line made it, choose “Create in Odoo” for a whole one, and archive it when it is sold "
                        "out.",
                        product=entry.template.display_name,
                        options=", ".join(name for name, _values in entry.options) or "-",
                    ),
                )
        return conflicts, ignored

    @api.model
    def _find_bound(self, backend, entries):
        """Fill in what is bound: templates of bound products, and bindings of variants."""
        owners = {variant.external_id: entry for entry in entries for variant in entry.document.variants}
        bindings = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(owners))], ["external_id", "odoo_id"]
        )
        bindings.odoo_id.fetch(["product_tmpl_id", "active"])
        for binding in bindings:
            owners[binding.external_id].bound[binding.external_id] = binding
        for entry in entries:
            if entry.binding:
                entry.template = entry.binding.odoo_id
                entry.follows = entry.binding.follows_options and backend.product_owner in ("platform", "newest")

    # === WITHOUT A BINDING === #

    @api.model
    def _codes(self, backend):
        """Return a function (variant) -> (SKU, barcode) of the codes that count on this backend, "" for none."""
        by_sku, by_barcode = backend.product_link in ("code", "sku"), backend.product_link in ("code", "barcode")
        return lambda variant: (
            (variant.sku or "").strip() if by_sku else "",
            (variant.barcode or "").strip() if by_barcode else "",
        )

    @api.model
    def _new_codes(self, backend, entries):
        """Return {external id: set of codes} of the products to be created that have any."""
        codes = self._codes(backend)
        found = {
            entry.external_id: {code for variant in entry.document.variants for code in codes(variant) if code}
            for entry in entries
            if entry.is_new
        }
        return {external_id: of_product for external_id, of_product in found.items() if of_product}

    @api.model
    def _look_up(self, backend, entries):
        """Return {(0 for SKUs, 1 for barcodes, code): products of the company that have it}, active ones first."""
        codes = self._codes(backend)
        wanted = [codes(variant) for entry in entries for variant in entry.document.variants]
        skus, barcodes = ({pair[kind] for pair in wanted if pair[kind]} for kind in (0, 1))
        Product = self.env["product.product"]
        found = defaultdict(Product.browse)
        if skus or barcodes:
            any_code = Domain("default_code", "in", list(skus)) | Domain("barcode", "in", list(barcodes))
            domain = any_code & Domain(Product._check_company_domain(backend.company_id))
            products = Product.with_context(active_test=False).search_fetch(
                domain, ["default_code", "barcode", "active", "product_tmpl_id"]
            )
            for product in products:
                if product.default_code in skus:
                    found[0, product.default_code] += product
                if product.barcode in barcodes:
                    found[1, product.barcode] += product
        return {key: products.filtered("active") or products for key, products in found.items()}

    @api.model
    def _decide(self, backend, entry, page, decision):
        """Give `entry` a template or make it a new one; else return the values of its conflict."""
        codes = self._codes(backend)
        if self._was_decided(entry, decision):
            return None
        matches = [self._matches(entry, variant, codes(variant), page) for variant in entry.document.variants]
        candidates = self.env["product.template"].union(*(products.product_tmpl_id for products in matches))
        if twice := doubles(entry.document, codes):
            reason = self.env._("Several of its variants have the same code: %s", self._shown(twice))
            return self._conflict(entry, "duplicate", candidates, reason)
        if any(len(products.product_tmpl_id) > 1 for products in matches):
            reason = self.env._("Products with its codes: %s", self._shown(candidates.mapped("display_name")))
            return self._conflict(entry, "several", candidates, reason)
        if len(candidates) > 1:
            reason = self.env._(
                "Its variants are in different products: %s. If order lines made them, choose “Create in Odoo”: it is "
                "made whole, and orders find it from then on; archive those products when they are sold out.",
                self._shown(candidates.mapped("display_name")),
            )
            return self._conflict(entry, "templates", candidates, reason)
        if candidates:
            entry.template, entry.is_linked = candidates, True
            return None
        return self._decide_unmatched(backend, entry, codes)

    @api.model
    def _was_decided(self, entry, decision):
        """Do with `entry` what people have decided; say whether they have."""
        if decision and decision.state == "create":
            entry.is_new = True
        elif decision and decision.state == "link" and decision.product_tmpl_id:
            entry.template, entry.is_linked = decision.product_tmpl_id, True
        return entry.is_new or entry.is_linked

    @api.model
    def _matches(self, entry, variant, codes, page):
        if binding := entry.bound.get(variant.external_id):
            return binding.odoo_id
        for key in enumerate(codes):
            if key in page:
                return page[key]
        return self.env["product.product"]

    @api.model
    def _decide_unmatched(self, backend, entry, codes):
        coded = all(any(codes(variant)) for variant in entry.document.variants)
        if (
            backend.product_link == "none"
            or backend.product_unmatched == "create"
            or (backend.product_unmatched == "coded" and coded)
        ):
            entry.is_new = True
            return None
        reason = (
            self.env._("No product in Odoo has its codes.")
            if coded
            else self.env._("Some of its variants have neither SKU nor barcode, so they can't be found in Odoo.")
        )
        return self._conflict(entry, "missing", self.env["product.template"], reason)

    @api.model
    def _note_doubly_linked(self, backend, entries, conflicts):
        """Make conflicts of products whose codes lead to what another product of the platform is, or creates."""
        linked = [entry for entry in entries if entry.is_linked and entry.external_id not in conflicts]
        taken = {}
        if linked:
            templates = self.env["product.template"].union(*(entry.template for entry in linked))
            bindings = self.env["integration.binding.product"].search_fetch(
                [("backend_id", "=", backend.id), ("odoo_id", "in", templates.ids)], ["odoo_id", "external_id"]
            )
            for binding in bindings:
                if binding.external_id:
                    taken[binding.odoo_id] = binding.external_id
            unborn = {binding.odoo_id: binding for binding in bindings if not binding.external_id}
            counts = Counter(entry.template for entry in linked)
            for entry in linked:
                if entry.template in taken or counts[entry.template] > 1:
                    other = taken.get(entry.template) or self.env._("on the same page of the import")
                    reason = self.env._(
                        "“%(product)s” is another product of the platform (%(other)s): both have the same codes.",
                        product=entry.template.display_name,
                        other=other,
                    )
                    conflicts[entry.external_id] = self._conflict(entry, "duplicate", entry.template, reason)
                elif entry.template in unborn:
                    # somebody published it, and this is what came of it
                    entry.binding = unborn[entry.template]
        codes, claimed = self._codes(backend), {}
        for entry in entries:
            if not entry.is_new or entry.external_id in conflicts:
                continue
            own = {(kind, code) for v in entry.document.variants for kind, code in enumerate(codes(v)) if code}
            if twice := sorted(code for _kind, code in own & claimed.keys()):
                other = next(claimed[key] for key in own if key in claimed)
                reason = self.env._(
                    "Another product of the platform (%(other)s) has the same codes: %(codes)s",
                    other=other,
                    codes=self._shown(twice),
                )
                conflicts[entry.external_id] = self._conflict(entry, "duplicate", entry.template, reason)
            else:
                claimed.update(dict.fromkeys(own, entry.external_id))

    @api.model
    def _shown(self, names):
        names = sorted(names)
        return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")

    @api.model
    def _conflict(self, entry, kind, candidates, reason):
        codes = [code for v in entry.document.variants for code in (v.sku, v.barcode) if code]
        return {
            "name": entry.document.name,
            "codes": ", ".join(dict.fromkeys(codes[:SHOWN])) + (", …" if len(codes) > SHOWN else ""),
            "kind": kind,
            "reason": reason,
            "candidate_ids": [(6, 0, candidates.ids)],
            "product_tmpl_id": candidates.id if len(candidates) == 1 else False,
        }

    # === VARIANTS === #

    @api.model
    def _match_variants(self, entries):
        """Fill `variants` of the entries: by binding, by code within the template, by options, or the only one."""
        Product = self.env["product.product"].with_context(active_test=False)
        templates = self.env["product.template"].union(*(entry.template for entry in entries))
        variants = Product.search_fetch(
            [("product_tmpl_id", "in", templates.ids)],
            ["product_tmpl_id", "default_code", "barcode", "active", "product_template_attribute_value_ids"],
        )
        variants.product_template_attribute_value_ids.product_attribute_value_id.fetch(["name", "attribute_id"])
        of_template = variants.grouped("product_tmpl_id")
        for entry in entries:
            own = of_template.get(entry.template, Product)
            entry.variants = self._matched(entry, own.sorted(lambda product: not product.active))

    @api.model
    def _matched(self, entry, own):
        """Return the variants of the template `own` that are those of the document, in its order, each used once."""
        nobody = self.env["product.product"]
        documents = entry.document.variants
        found = [nobody] * len(documents)
        free = dict.fromkeys(own)
        if not entry.is_new:
            for index, variant in enumerate(documents):
                binding = entry.bound.get(variant.external_id)
                if binding and binding.odoo_id in free:
                    found[index] = binding.odoo_id
                    del free[binding.odoo_id]
        # a variant that another one of the platform is bound to is none of these
        for product in self._bound_elsewhere(entry, list(free)):
            del free[product]
        for tell_theirs, tell_ours in (
            (lambda variant: (variant.sku or "").strip(), lambda product: product.default_code),
            (lambda variant: (variant.barcode or "").strip(), lambda product: product.barcode),
            (combination, self._combination),
        ):
            ours = defaultdict(list)
            for product in free:
                ours[tell_ours(product)].append(product)
            for index, variant in enumerate(documents):
                key = tell_theirs(variant)
                if not found[index] and key and len(ours.get(key, ())) == 1:
                    found[index] = ours.pop(key)[0]
                    del free[found[index]]
        if len(documents) == 1 and not found[0] and len(free) == 1 == len(own):
            found[0] = next(iter(free))
        return found

    @api.model
    def _bound_elsewhere(self, entry, products):
        """Return those of `products` that are bound to variants of the backend that the document doesn't have."""
        if not entry.binding or not products:
            return []
        bindings = self.env["integration.binding.variant"].search(
            [("backend_id", "=", entry.binding.backend_id.id), ("odoo_id", "in", [p.id for p in products])]
        )
        return set(bindings.odoo_id) & set(products)

    @api.model
    def _combination(self, product):
        values = product.product_template_attribute_value_ids.product_attribute_value_id
        return frozenset((name_key(value.attribute_id.name), name_key(value.name)) for value in values)

    @api.model
    def _fits(self, entry):
        """Whether the template has all of the variants, or can be given those it lacks."""
        if not entry.incomplete:
            return True
        if self._attribute_keys(entry.template) != {name_key(name) for name, _values in entry.options}:
            return False
        taken = {self._combination(product) for product in entry.template.product_variant_ids}
        pairs = zip(entry.document.variants, entry.variants, strict=True)
        return not any(combination(variant) in taken for variant, product in pairs if not product)

    @api.model
    def _attribute_keys(self, template):
        lines = template.valid_product_template_attribute_line_ids._without_no_variant_attributes()
        return {name_key(attribute.name) for attribute in lines.attribute_id}
