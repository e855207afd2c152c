from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..transport.errors import DataError

SPECIAL_PRODUCTS = {
    "shipping": "connector_base.product_shipping",
    "tip": "connector_base.product_tip",
    "duty": "connector_base.product_duty",
    "fee": "connector_base.product_fee",
    "rounding": "connector_base.product_rounding",
    "placeholder": "connector_base.product_placeholder",
}


@dataclass(frozen=True, slots=True)
class ProductKey:
    """How a line names its product."""

    variant: str
    sku: str
    barcode: str
    title: str

    @classmethod
    def of(cls, line):
        return cls(line.variant_external_id, line.sku.strip(), line.barcode.strip(), line.title)


@dataclass(slots=True)
class ProductPage:
    """Products of one page: `found` per key; `unknown` per key why, `lines` per key (external id, line).

    `archived` are the bindings, per key, of products that are archived; `currencies` are per external id.
    """

    found: dict = field(default_factory=dict)
    archived: dict = field(default_factory=dict)
    unknown: dict = field(default_factory=dict)
    ambiguous: set = field(default_factory=set)
    lines: dict = field(default_factory=lambda: defaultdict(list))
    currencies: dict = field(default_factory=dict)


class IntegrationProductResolver(models.AbstractModel):
    """Finds the variants of order lines: by binding, else by SKU, else by barcode, each only when unambiguous.

    An active product comes before an archived one. When there is only an archived one, it is what was sold: the order
    is imported with it, as what is left over may still be delivered, and the product stays archived.
    """

    _name = "integration.product.resolver"
    _description = "Product Resolver"

    @api.model
    def _special(self, kind):
        """Return the product of lines that aren't goods: shipping, tip, duty, fee, rounding, placeholder."""
        return self.env.ref(SPECIAL_PRODUCTS[kind])

    @api.model
    def _plan(self, backend, documents):
        """Look up the products of all lines of goods; return a `ProductPage`."""
        page = ProductPage()
        for document in documents:
            page.currencies[document.external_id] = document.currency
            for line in document.lines:
                if line.kind in ("product", "gift_card"):
                    page.lines[ProductKey.of(line)].append((document.external_id, line))
        self._find_bound(backend, page)
        self._find_by_code(backend, page, [key for key in page.lines if key not in page.found])
        for key, binding in page.archived.items():
            if not (key in page.found and page.found[key].active):
                page.found[key] = binding.odoo_id
                page.unknown.pop(key, None)
                page.ambiguous.discard(key)
        everything = {product.id for product in page.found.values()}  # read together from here on
        page.found = {key: product.with_prefetch(everything) for key, product in page.found.items()}
        return page

    @api.model
    def _find_bound(self, backend, page):
        variants = {key.variant for key in page.lines if key.variant}
        if not variants:
            return
        bindings = self.env["integration.binding.variant"].search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(variants))], ["external_id", "odoo_id"]
        )
        bound = {binding.external_id: binding for binding in bindings}
        for key in page.lines:
            if binding := bound.get(key.variant):
                if binding.odoo_id.active:
                    page.found[key] = binding.odoo_id
                else:
                    page.archived[key] = binding

    @api.model
    def _find_by_code(self, backend, page, keys):
        if not keys:
            return
        skus = {key.sku for key in keys if key.sku}
        barcodes = {key.barcode for key in keys if key.barcode}
        Product = self.env["product.product"].with_context(active_test=False)
        by_sku, by_barcode = defaultdict(Product.browse), defaultdict(Product.browse)
        codes = Domain("default_code", "in", list(skus)) | Domain("barcode", "in", list(barcodes))
        if skus or barcodes:
            domain = codes & Domain(Product._check_company_domain(backend.company_id))
            for product in Product.search_fetch(domain, ["default_code", "barcode", "active"]):
                product = product.with_context(active_test=True)  # noqa: PLW2901
                by_sku[product.default_code] += product
                by_barcode[product.barcode] += product
        for key in keys:
            matches = (key.sku and by_sku.get(key.sku)) or (key.barcode and by_barcode.get(key.barcode))
            if matches:
                matches = matches.filtered("active") or matches
            if matches and len(matches) == 1:
                page.found[key] = matches
            elif matches:
                page.ambiguous.add(key)
                page.unknown[key] = self.env._(
                    "%(count)s products have the code %(code)s",
                    count=len(matches),
                    code=key.sku or key.barcode,
                )
            else:
                page.unknown[key] = self.env._("no product has the SKU or barcode of this line")

    # === UNKNOWN PRODUCTS === #

    @api.model
    def _errors(self, backend, page):
        """Return {external id: DataError} of the documents that can't be imported as the backend is set."""
        if backend.unknown_product != "fail":
            return {}
        errors = {}
        for key, reason in page.unknown.items():
            for external_id, line in page.lines[key]:
                errors[external_id] = DataError(
                    self.env._(
                        "The product of line “%(title)s” (SKU %(sku)s) is unknown: %(reason)s.",
                        title=line.title,
                        sku=line.sku or "-",
                        reason=reason,
                    ),
                    remedy=self.env._(
                        "Give exactly one product this SKU as internal reference, or choose on the sales channel to "
                        "use a placeholder or to create unknown products. Then retry."
                    ),
                    external_id=external_id,
                )
        return errors

    @api.model
    def _creatable(self, backend, page):
        if backend.unknown_product != "create":
            return []
        return [key for key in page.unknown if key not in page.ambiguous]

    @api.model
    def _lock_keys(self, backend, page):
        """Return {advisory lock key: external ids} of the products that `_complete` will create."""
        return {
            f"product:{backend.id}:{key.variant}:{key.sku or key.barcode or key.title}": {
                external_id for external_id, _line in page.lines[key]
            }
            for key in self._creatable(backend, page)
        }

    @api.model
    def _appeared_query(self, backend, page):
        """Return SQL of (variant id or SKU, id) of what others may have created since the look-up."""
        keys = self._creatable(backend, page)
        return SQL(
            """SELECT external_id, id FROM integration_binding_variant WHERE backend_id = %s AND external_id = ANY(%s)
               UNION ALL SELECT default_code, id FROM product_product WHERE default_code = ANY(%s)""",
            backend.id,
            [key.variant for key in keys if key.variant],
            [key.sku for key in keys if key.sku],
        )

    @api.model
    def _complete(self, backend, page, external_ids):
        """Create and bind unknown products of some documents if the backend says so; others get the placeholder.

        Bindings of archived products follow to the active one of the same code.
        """
        for key, binding in page.archived.items():
            if binding.odoo_id != page.found[key]:
                binding.odoo_id = page.found[key]
        keys = [
            key
            for key in self._creatable(backend, page)
            if any(external_id in external_ids for external_id, _line in page.lines[key])
        ]
        if not keys:
            return
        products = self.env["product.product"].create(
            [self._product_values(key, page.lines[key], page.currencies, backend.company_id) for key in keys]
        )
        page.found.update(zip(keys, products, strict=True))
        bindings, bound = [], set()
        for key, product in zip(keys, products, strict=True):
            del page.unknown[key]
            if key.variant and key.variant not in bound:
                bound.add(key.variant)
                bindings.append({"backend_id": backend.id, "external_id": key.variant, "odoo_id": product.id})
        self.env["integration.binding.variant"].create(bindings)

    @api.model
    def _product_values(self, key, lines, currencies, company):
        """Return the values of a product that nothing but orders tell of: it costs what one in our currency says."""
        own, line = company.currency_id.name, lines[0][1]
        prices = (line.unit_price for external_id, line in lines if currencies[external_id] == own)
        return {
            "name": line.title,
            "default_code": key.sku or False,
            "barcode": key.barcode or False,
            "type": "consu" if line.requires_shipping else "service",
            "list_price": float(next(prices, 0)),
        }
