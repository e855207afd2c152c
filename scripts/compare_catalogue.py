"""Every product and every stock level of a shop against what Odoo shows of them."""

from collections import Counter, defaultdict

from .compare import Differences, Result
from .rpc import Rpc

TEMPLATE_FIELDS = ["name", "active", "sale_ok"]
VARIANT_FIELDS = ["default_code", "barcode", "lst_price", "active", "product_tmpl_id"]
ALL = [("active", "in", [True, False])]


class OdooCatalogue:
    """What Odoo has of a channel's products, read with one search per kind of record."""

    def __init__(self, rpc: Rpc, backend_id: int):
        domain = [("backend_id", "=", backend_id), ("external_id", "!=", False)]
        bindings = rpc.search_read("integration.binding.product", domain, ["external_id", "odoo_id", "remote_status"])
        self.products = [row for row in bindings if row["remote_status"] != "deleted"]
        variants = rpc.search_read("integration.binding.variant", domain, ["external_id", "odoo_id"])
        self.variants = {row["external_id"]: row["odoo_id"][0] for row in variants if row["odoo_id"]}
        chosen = [("id", "in", sorted({row["odoo_id"][0] for row in bindings})), *ALL]
        self.templates = {row["id"]: row for row in rpc.search_read("product.template", chosen, TEMPLATE_FIELDS)}
        chosen = [("product_tmpl_id", "in", list(self.templates)), *ALL]
        self.articles = {row["id"]: row for row in rpc.search_read("product.product", chosen, VARIANT_FIELDS)}
        self.pictures: Counter[int] = Counter()
        main = [("id", "in", list(self.templates)), ("image_1920", "!=", False), *ALL]
        self.pictures.update(row["id"] for row in rpc.search_read("product.template", main, ["id"]))
        further = [("product_tmpl_id", "in", list(self.templates))]
        for row in rpc.search_read("integration.product.image", further, ["product_tmpl_id"]):
            self.pictures[row["product_tmpl_id"][0]] += 1
        self.active_variants: Counter[int] = Counter(
            row["product_tmpl_id"][0] for row in self.articles.values() if row["active"]
        )


def compare_product(entry: dict, template: dict, catalogue: OdooCatalogue, places: int) -> list[str]:
    """Return what differs between a product of the shop and the same product in Odoo."""
    note = Differences(places)
    note.same("title", entry["title"], template["name"])
    note.same("on sale", entry["shown"], template["sale_ok"])
    note.same("archived", entry["archived"], not template["active"])
    note.same("pictures", len(entry["pictures"]), catalogue.pictures[template["id"]])
    if template["active"]:
        note.same("variants", len(entry["variants"]), catalogue.active_variants[template["id"]])
    for variant in entry["variants"]:
        article = catalogue.articles.get(catalogue.variants.get(variant["id"], 0))
        label = variant["sku"] or variant["title"]
        if article is None:
            note.found.append(f"variant {label}: not in Odoo")
            continue
        note.same(f"{label}: product", template["id"], article["product_tmpl_id"][0])
        note.same(f"{label}: SKU", variant["sku"] or "", article["default_code"] or "")
        note.same(f"{label}: barcode", variant["barcode"] or "", article["barcode"] or "")
        note.amount(f"{label}: price", variant["price"], article["lst_price"])
    return note.found


def compare_products(products: list[dict], rpc: Rpc, backend_id: int, places: int = 2) -> Result:
    """Compare all products of a shop with Odoo's: title, status, variants, SKU, barcode, price, number of pictures.

    Products that somebody has to decide about are counted as held.
    """
    catalogue = OdooCatalogue(rpc, backend_id)
    copies = Counter(row["external_id"] for row in catalogue.products)
    by_id = {row["external_id"]: catalogue.templates[row["odoo_id"][0]] for row in catalogue.products}
    conflicts = rpc.search_read(
        "integration.product.conflict", [("backend_id", "=", backend_id), ("state", "=", "open")], ["external_id"]
    )
    result = Result(in_shop=len(products), in_odoo=sum(copies.values()), held=len(conflicts))
    expected = {entry["id"]: entry for entry in products}
    for external_id, entry in expected.items():
        template = by_id.get(external_id)
        if template is None:
            result.missing.append(entry["title"])
            continue
        if copies[external_id] > 1:
            result.duplicates.append(entry["title"])
        if found := compare_product(entry, template, catalogue, places):
            result.problems[entry["title"]] = found
    result.unexpected = [f"product {external_id}" for external_id in copies.keys() - expected.keys()]
    return result


def compare_stock(stock: list[dict], rpc: Rpc, backend_id: int) -> Result:
    """Compare what the shop has of each article at each open place with what Odoo offers there; see `Shop.stock`.

    What the shop has sold more than it had counts as nothing: so much is there to be offered.
    """
    domain = [("backend_id", "=", backend_id)]
    places = {
        row["external_id"]: row["name"]
        for row in rpc.search_read("integration.location", domain, ["external_id", "name"])
    }
    names = {row["id"]: row["external_id"] for row in rpc.search_read("integration.location", domain, ["external_id"])}
    variants = {
        row["id"]: row["external_id"] for row in rpc.search_read("integration.binding.variant", domain, ["external_id"])
    }
    offered: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rpc.search_read("integration.stock.level", domain, ["binding_id", "location_id", "quantity"]):
        if row["location_id"][0] in names:
            offered[variants[row["binding_id"][0]]][names[row["location_id"][0]]] = row["quantity"]
    result = Result()
    for entry in stock:
        known = offered.get(entry["id"], {})
        shown = entry["levels"]
        for place, name in places.items():
            label = f"{entry['sku']} at {name}"
            if place in shown:
                result.in_shop += 1
                result.in_odoo += place in known
                if place not in known:
                    result.missing.append(label)
                elif known[place] != max(0, shown[place]):
                    result.problems[label] = [f"{shown[place]} in the shop, {known[place]} offered by Odoo"]
            elif known.get(place):
                result.problems[label] = [f"not stocked in the shop, {known[place]} offered by Odoo"]
    return result
