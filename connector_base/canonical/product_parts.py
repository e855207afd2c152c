"""What each part of a product holds, fingerprints of the parts, and where two statements of a product differ."""

import dataclasses
import hashlib
import html
import json
import re
from decimal import Decimal

from .product import PRODUCT_PARTS
from .values import UNSET, digest

# {part: (fields of Product, fields of Variant)}
PART_FIELDS = {
    "basics": (
        ("title", "description", "handle", "vendor", "product_type", "tags", "seo_title", "seo_description"),
        (),
    ),
    "status": (("status",), ()),
    "variants": (
        ("options",),
        (
            "options",
            "sku",
            "barcode",
            "weight",
            "requires_shipping",
            "taxable",
            "tracked",
            "hs_code",
            "origin_country_code",
        ),
    ),
    "prices": ((), ("price", "compare_at_price", "cost")),
    "images": (("images",), ("image",)),
    "categories": (("category_ids",), ()),
    "attributes": (("attributes",), ("attributes",)),
    "translations": (("translations",), ()),
    "channels": (("channel_ids",), ()),
}
# Who decides about a field is said for some fields together; the others have their own name, or nobody decides
OWNED_AS = {
    "seo_title": "seo",
    "seo_description": "seo",
    "hs_code": "customs",
    "origin_country_code": "customs",
    "image": "images",
    "category_ids": "categories",
    "channel_ids": "channels",
}
GRAM = Decimal("0.001")


def part_digests(document):
    """Return {part: fingerprint} of the parts of which `document` states anything.

    Ids the platform gives count for nothing: a product has the same fingerprints before and after it was created
    there. What variants state is told apart by their options.
    """
    plain = _without_ids(document)
    return {part: fingerprint for part in PRODUCT_PARTS if (fingerprint := _part_digest(plain, part))}


def _part_digest(document, part):
    product_fields, variant_fields = PART_FIELDS[part]
    stated = {name: value for name in product_fields if (value := getattr(document, name)) is not UNSET}
    variants = []
    for variant in document.variants:
        values = {name: value for name in variant_fields if (value := getattr(variant, name)) is not UNSET}
        if values:
            variants.append([variant.options, sorted(values.items())])
    if not (stated or variants):
        return ""
    text = json.dumps([sorted(stated.items()), variants], separators=(",", ":"), default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value):
    # as `values.digest` writes it
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return digest(value)


def _without_ids(document):
    """Return `document` with pictures named by their content and nothing named by the platform."""
    if document.images:
        names = {image.key: image.checksum or image.key for image in document.images}
        images = tuple(dataclasses.replace(image, external_id="", url="") for image in document.images)
    else:
        names, images = {}, document.images
    variants = tuple(
        dataclasses.replace(
            variant,
            external_id="",
            inventory_external_id="",
            image=names.get(variant.image, variant.image) if variant.image else variant.image,
        )
        for variant in document.variants
    )
    options = tuple(dataclasses.replace(option, external_id="") for option in document.options)
    return dataclasses.replace(document, images=images, variants=variants, options=options)


def restrict(document, fields):
    """Return `document` with everything UNSET that somebody decides about and that is not of `fields`.

    :param fields: names as in rules on who decides: `title`, `seo`, `images` ...
    """

    def unset(item, names):
        return dataclasses.replace(item, **{name: UNSET for name in names if OWNED_AS.get(name, name) not in fields})

    product_fields = [name for names, _variant in PART_FIELDS.values() for name in names if name != "options"]
    variant_fields = ["sku", "barcode", "weight", "hs_code", "origin_country_code", "price", "compare_at_price", "cost"]
    variant_fields += ["image", "attributes"]
    variants = tuple(unset(variant, variant_fields) for variant in document.variants)
    return dataclasses.replace(unset(document, product_fields), variants=variants)


def differences(ours, theirs):
    """Return [(field, variant or None, our value, their value)] where both state a field, and state it differently.

    Variants are paired by the platform's ids. A variant only one side has is a difference of `options`. Custom fields
    and translations are compared as far as `ours` states them.
    """
    found = []
    for part in PRODUCT_PARTS:
        for name in PART_FIELDS[part][0]:
            if name != "options":
                _compare(found, name, None, ours, theirs)
    their_variants = {variant.external_id: variant for variant in theirs.variants}
    for variant in ours.variants:
        other = their_variants.pop(variant.external_id, None) if variant.external_id else None
        if other is None:
            found.append(("options", variant, variant.options, None))
            continue
        for part in PRODUCT_PARTS:
            for name in PART_FIELDS[part][1]:
                _compare(found, name, variant, variant, other)
    found += [("options", variant, None, variant.options) for variant in their_variants.values()]
    return found


def _compare(found, name, variant, ours, theirs):
    our_value, their_value = getattr(ours, name), getattr(theirs, name)
    if UNSET in (our_value, their_value):
        return
    normal = _NORMAL.get(name, lambda value: value)
    if name in ("attributes", "translations"):
        stated = {_name_of(item) for item in our_value}
        their_value = tuple(item for item in their_value if _name_of(item) in stated)
    if normal(our_value) != normal(their_value):
        found.append((name, variant, our_value, their_value))


def parts_of(found):
    """Return the frozenset of the parts in which `differences` were found."""
    names = {(variant is not None, name) for name, variant, _ours, _theirs in found}
    return frozenset(
        part
        for part, (product_fields, variant_fields) in PART_FIELDS.items()
        if any((False, name) in names for name in product_fields)
        or any((True, name) in names for name in variant_fields)
    )


def owner_key(name):
    """Return what rules on who decides call the field `name` of a product or variant."""
    return OWNED_AS.get(name, name)


def _name_of(item):
    return item.key if hasattr(item, "key") else (item.language, item.field)


def _html(text):
    """Return the words and tags of HTML: platforms write attributes, spaces and entities in their own way."""
    text = re.sub(r"<(/?\w+)[^>]*>", lambda tag: f"<{tag[1].lower()}>", text or "")
    text = re.sub(r"\s+", " ", html.unescape(text))
    return re.sub(r"\s*(</?\w+>)\s*", r"\1", text).strip()


def _text(text):
    return (text or "").strip()


_NORMAL = {
    "title": _text,
    "description": _html,
    "sku": _text,
    "barcode": _text,
    "tags": lambda tags: sorted(tag.strip().lower() for tag in tags),
    "category_ids": sorted,
    "channel_ids": sorted,
    "images": lambda images: [image.external_id or image.checksum for image in images],
    "attributes": lambda items: sorted((item.key, _text(item.value)) for item in items if item.value),
    "translations": lambda items: sorted((*_name_of(item), _html(item.value)) for item in items if item.value),
    "weight": lambda weight: weight.quantize(GRAM),
    "options": lambda options: [(name.strip().lower(), value.strip().lower()) for name, value in options],
}
