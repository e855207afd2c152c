"""Which calls read a page of products with all that belongs to them. No Odoo import.

Magento lists each variant as a product of its own, and does not say what it is a variant of. So for a page the
configurable products are looked for that the others belong to, and their further variants: a few listings in all.
"""

from odoo.addons.connector_base.canonical import pair_languages
from odoo.addons.connector_base.transport import DataError

from . import const, tables
from .criteria import listing_fields, search_criteria
from .parser_product import Family, child_ids, is_family, part_skus
from .terms import read_all

_INDEX_FIELDS = ("id", "extension_attributes[configurable_product_links]")
_TEXT_FIELDS = ("id", "name", "custom_attributes")


def read_families(client, payloads, known_parents, *, latest=None):
    """Return the `Family`s that `payloads` (products as listed) are, belong to, or are made of; each once.

    :param known_parents: a function (ids) -> {id of a product: id of the one it is a variant of}, its own id for one
        that is no variant; of those that are known
    :param latest: see `Family`
    """
    here = {int(payload["id"]): payload for payload in payloads}
    parts = read_by_sku(client, {sku for payload in payloads for sku in _part_skus(payload)})
    here.update((int(payload["id"]), payload) for payload in parts.values() if int(payload["id"]) not in here)
    parents = {number: payload for number, payload in here.items() if is_family(payload)}
    missing = _missing_parents(client, here, parents, known_parents)
    parents.update((int(payload["id"]), payload) for payload in read_by_id(client, missing) if is_family(payload))
    owned = {child for payload in parents.values() for child in child_ids(payload)}
    here.update((int(child["id"]), child) for child in read_by_id(client, sorted(owned - here.keys())))
    families = []
    for number, payload in {**here, **parents}.items():
        if number in parents:
            children = [here[child] for child in child_ids(payload) if child in here]
            families.append(Family(payload, children=children, latest=latest))
        elif number not in owned:
            families.append(Family(payload, latest=latest))
    for family in families:
        family.parts = {sku: parts[sku]["id"] for sku in _part_skus(family.payload) if sku in parts}
    return families


def read_by_id(client, ids, fields=()):
    """Return the products with these ids (int), as listed, as far as there are any."""
    found = []
    for start in range(0, len(ids), const.PAGE_SIZE):
        chunk = ids[start : start + const.PAGE_SIZE]
        criteria = search_criteria(("entity_id", "in", chunk), page_size=len(chunk))
        found += client.search("products", criteria, fields=fields)[0]
    return found


def read_by_sku(client, skus, fields=()):
    """Return {SKU as asked for: product as listed}, as far as there are any. Magento's database ignores case."""
    skus, found = sorted(set(skus)), {}
    for start in range(0, len(skus), const.SKUS):
        chunk = skus[start : start + const.SKUS]
        criteria = search_criteria(any_of("sku", chunk), page_size=len(chunk))
        entries, _total = client.search("products", criteria, fields=fields)
        by_key = {entry["sku"].casefold(): entry for entry in entries}
        found.update({sku: by_key[sku.casefold()] for sku in chunk if sku.casefold() in by_key})
    return found


def any_of(field, values):
    """Return the group of filters that finds any of `values`, also those with commas, which separate a list's."""
    plain = [value for value in values if "," not in value]
    group = [(field, "eq", value) for value in values if "," in value]
    return [*group, (field, "in", plain)] if plain else group


def read_texts(client, families, terms, languages):
    """Read the texts of `families` in `languages` (BCP 47), one call for each that the shop has; note them there."""
    if not families or not languages:
        return
    for family in families:
        family.texts = {}
    ids = [family.payload["id"] for family in families]
    for locale, language in pair_languages(terms.languages, languages).items():
        for start in range(0, len(ids), const.PAGE_SIZE):
            chunk = ids[start : start + const.PAGE_SIZE]
            parameters = search_criteria(("entity_id", "in", chunk), page_size=len(chunk))
            answer = client.call(
                "GET",
                "products",
                params={**parameters, **listing_fields(_TEXT_FIELDS)},
                store=terms.languages[locale][0],
            )
            texts = {entry["id"]: entry for entry in answer.get("items") or ()}
            for family in families:
                if family.payload["id"] in texts:
                    family.texts[language] = texts[family.payload["id"]]


def _missing_parents(client, here, parents, known_parents):
    """Return the ids of the configurable products, not among `parents`, that some of `here` are variants of."""
    covered = {child for payload in parents.values() for child in child_ids(payload)}
    plain = [number for number in here if here[number].get("type_id") in const.PLAIN_TYPES and number not in covered]
    if not plain:
        return []
    known = {int(child): int(parent) for child, parent in known_parents([str(number) for number in plain]).items()}
    found = {known[number] for number in plain if known.get(number, number) != number}
    if unknown := {number for number in plain if number not in known}:
        families = read_all(
            client,
            "products",
            "entity_id",
            ("type_id", "eq", tables.CONFIGURABLE),
            id_key="id",
            fields=_INDEX_FIELDS,
            page_size=const.STUBS_PAGE_SIZE,
        )
        found.update(int(payload["id"]) for payload in families if unknown & set(child_ids(payload)))
    return sorted(found - parents.keys())


def _part_skus(payload):
    """Return the SKUs that a kit is made of; a product that makes no sense is made of nothing: its parser says so."""
    try:
        return part_skus(payload)
    except DataError:
        return {}
