"""Which calls read a page of products with all that belongs to them. No Odoo import.

Magento lists each variant as a product of its own, and does not say what it is a variant of. So for a page the
configurable products are looked for that the others belong to, and their further variants: a few listings in all.
"""

from odoo.addons.connector_base.canonical import pair_languages
from odoo.addons.connector_base.transport import DataError

from . import const, tables
from .criteria import search_criteria
from .parser_product import Family, child_ids, is_family, part_skus
from .parser_reader import read
from .terms import read_all

_INDEX_FIELDS = ("id", "extension_attributes[configurable_product_links]")
_TEXT_FIELDS = ("id", "name", "custom_attributes")


def read_families(client, payloads, known_parents, *, latest=None):
    """Return the `Family`s that `payloads` (products as listed) are, belong to, or are made of; each once.

    :param list payloads: those that `identified` found good
    :param known_parents: a function (ids) -> {id of a product: id of the one it is a variant of}, its own id for one
        that is no variant; of those that are known
    :param latest: see `Family`
    """
    here = {int(payload["id"]): payload for payload in payloads}
    parts, no_parts = read_by_sku(client, {sku for payload in payloads for sku in _part_skus(payload)})
    here.update((int(payload["id"]), payload) for payload in parts.values() if int(payload["id"]) not in here)
    parents = {number: payload for number, payload in here.items() if is_family(payload)}
    parent_of, failed = _parents(client, here, parents, known_parents)
    found, no_parents = read_by_id(client, sorted(set(parent_of.values()) - parents.keys()))
    parents.update((int(payload["id"]), payload) for payload in found if is_family(payload))
    failed.update((child, no_parents[number]) for child, number in parent_of.items() if number in no_parents)
    owned = {child for payload in parents.values() for child in child_ids(payload)}
    found, no_children = read_by_id(client, sorted(owned - here.keys()))
    here.update((int(child["id"]), child) for child in found)
    families = []
    for number, payload in {**here, **parents}.items():
        if number in parents:
            children = [here[child] for child in child_ids(payload) if child in here]
            families.append(Family(payload, children=children, latest=latest))
            failed.update((number, no_children[child]) for child in child_ids(payload) if child in no_children)
        elif number not in owned:
            families.append(Family(payload, latest=latest))
    for family in families:
        skus = _part_skus(family.payload)
        family.parts = {sku: parts[sku]["id"] for sku in skus if sku in parts}
        errors = [failed.get(int(family.payload["id"])), *(no_parts.get(sku) for sku in skus)]
        if error := next(filter(None, errors), None):
            family.error = DataError(error.message, remedy=error.remedy, external_id=str(family.payload["id"]))
    return families


def identified(payloads, *, sku=True, time=False):
    """Return ([products as listed that say which ones they are], [DataError of each other one]).

    :param bool sku: they are listed with their SKU
    :param bool time: they are listed by when they were changed
    """
    good, failed = [], []
    for payload in payloads:
        try:
            good.append(checked(payload, sku=sku, time=time))
        except DataError as error:
            failed.append(error)
    return good, failed


def checked(payload, *, sku=True, time=False):
    """Return a product as Magento states it.

    :raise DataError: it lacks its id, or its SKU, or its links to variants make no sense
    """
    node = read(payload, "product", "id")
    if not node.external_id.isdecimal():
        raise node.error("is not a number", "id")
    if sku and not isinstance(payload.get("sku"), str):
        raise node.error("is not a text" if node.has("sku") else "is missing", "sku")
    if time:
        node.required_time("updated_at")
    child_ids(payload)
    return payload


def read_by_id(client, ids, fields=()):
    """Return products by their ids (int).

    :return: the products as listed, as far as there are any; and {id: DataError} of those that may be there, but what
        is listed makes no sense
    """
    found, failed = [], {}
    for start in range(0, len(ids), const.PAGE_SIZE):
        chunk = ids[start : start + const.PAGE_SIZE]
        criteria = search_criteria(("entity_id", "in", chunk), page_size=len(chunk))
        good, errors = identified(client.search("products", criteria, fields=fields)[0])
        found += good
        told = {int(error.external_id): error for error in errors if error.external_id.isdecimal()}
        silent = [error for error in errors if not error.external_id.isdecimal()]
        failed.update({**_blame(chunk, {int(payload["id"]) for payload in good}, silent), **told})
    return found, failed


def read_whole(client, ids, fields=()):
    """Return products by their ids (int), as far as there are any.

    :raise DataError: what is listed of one makes no sense
    """
    found, failed = read_by_id(client, ids, fields=fields)
    if failed:
        raise next(iter(failed.values()))
    return found


def read_by_sku(client, skus, fields=()):
    """Return products by their SKUs. Magento's database ignores case.

    :return: {SKU as asked for: product as listed} as far as there are any, {SKU: DataError} as of `read_by_id`
    """
    skus, found, failed = sorted(set(skus)), {}, {}
    for start in range(0, len(skus), const.SKUS):
        chunk = skus[start : start + const.SKUS]
        criteria = search_criteria(any_of("sku", chunk), page_size=len(chunk))
        good, errors = identified(client.search("products", criteria, fields=fields)[0])
        by_key = {entry["sku"].casefold(): entry for entry in good}
        found.update({sku: by_key[sku.casefold()] for sku in chunk if sku.casefold() in by_key})
        failed.update(_blame(chunk, found.keys(), errors))
    return found, failed


def _blame(wanted, found, errors):
    """Return {key: DataError} of what was asked for and not found, where entries don't say which ones they are."""
    return {key: errors[0] for key in wanted if key not in found} if errors else {}


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
            criteria = search_criteria(("entity_id", "in", chunk), page_size=len(chunk))
            entries, _total = client.search("products", criteria, fields=_TEXT_FIELDS, store=terms.languages[locale][0])
            texts = {str(entry["id"]): entry for entry in identified(entries, sku=False)[0]}
            for family in families:
                if found := texts.get(str(family.payload["id"])):
                    family.texts[language] = found


def _parents(client, here, parents, known_parents):
    """Return whose variants some of `here` are that are none of those of `parents`.

    :return: {id: id of the configurable product}, and {id: DataError} of those of whom nobody can tell
    """
    covered = {child for payload in parents.values() for child in child_ids(payload)}
    plain = [number for number in here if here[number].get("type_id") in const.PLAIN_TYPES and number not in covered]
    if not plain:
        return {}, {}
    known = {int(child): int(parent) for child, parent in known_parents([str(number) for number in plain]).items()}
    parent_of = {number: known[number] for number in plain if known.get(number, number) != number}
    unknown, failed = {number for number in plain if number not in known}, {}
    if unknown:
        entries = read_all(
            client,
            "products",
            "entity_id",
            ("type_id", "eq", tables.CONFIGURABLE),
            id_key="id",
            fields=_INDEX_FIELDS,
            page_size=const.STUBS_PAGE_SIZE,
        )
        families, errors = identified(entries, sku=False)
        parent_of.update(
            (child, int(payload["id"])) for payload in families for child in unknown.intersection(child_ids(payload))
        )
        failed = _blame(unknown, parent_of, errors)
    return parent_of, failed


def _part_skus(payload):
    """Return the SKUs that a kit is made of; a product that makes no sense is made of nothing: its parser says so."""
    try:
        return part_skus(payload)
    except DataError:
        return {}
