"""What each part of a product holds, fingerprints of its fields, and where two statements of a product differ."""

import dataclasses
import hashlib
import html
import json
import re
from decimal import Decimal

from .product_translations import translation_digests, translation_name
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
# What is said of a field goes by one name: `title` of the product, `variants.sku` of its variants
PART_OF = {
    **{name: part for part, (names, _of_variants) in PART_FIELDS.items() for name in names},
    **{f"variants.{name}": part for part, (_of_product, names) in PART_FIELDS.items() for name in names},
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
NOT_OWNED = {"options", "variants.options", "variants.requires_shipping", "variants.taxable", "variants.tracked"}
GRAM = Decimal("0.001")


def parts_of(names):
    """Return the frozenset of the parts that fields belong to."""
    return frozenset(PART_OF[name] for name in names)


def owner_key(name):
    """Return what rules on who decides call a field."""
    name = name.removeprefix("variants.")
    return OWNED_AS.get(name, name)


def field_digests(document):
    """Return {field: fingerprint} of the fields that `document` states, those of all variants together.

    Ids the platform gives count for nothing: a product has the same fingerprints before and after it was created
    there. What variants state is told apart by their options. Translations have one fingerprint each.
    """
    plain = _without_ids(document)
    found = {} if plain.translations is UNSET else {"translations": translation_digests(plain)}
    for name in PART_OF.keys() - found:
        if name.startswith("variants."):
            values = [(variant.options, getattr(variant, name[9:])) for variant in plain.variants]
            stated = [[options, value] for options, value in values if value is not UNSET]
        elif name == "options":
            stated = plain.options
        else:
            stated = getattr(plain, name)
        if stated not in (UNSET, []) and (stated or name != "options"):
            found[name] = _fingerprint(stated)
    return found


def _fingerprint(value):
    text = json.dumps(value, separators=(",", ":"), default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value):
    # as `values.digest` writes it
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return digest(value)


def _without_ids(document):
    """Return `document` with pictures named by their content and nothing named by the platform."""
    names, images = {}, document.images
    if images:
        names = {image.key: image.checksum or image.key for image in images}
        images = tuple(dataclasses.replace(image, external_id="", url="") for image in images)
    variants = tuple(
        dataclasses.replace(variant, image=names.get(variant.image, variant.image)) for variant in document.variants
    )
    options = tuple(dataclasses.replace(option, external_id="") for option in document.options)
    return dataclasses.replace(document, images=images, variants=variants, options=options)


def restrict(document, owned):
    """Return `document` with everything UNSET that somebody decides about and that is not of `owned`.

    :param owned: names as in rules on who decides: `title`, `seo`, `images` ...
    """
    left_out = [name for name in PART_OF if name not in NOT_OWNED and owner_key(name) not in owned]
    of_product = {name: UNSET for name in left_out if not name.startswith("variants.")}
    of_variants = {name[9:]: UNSET for name in left_out if name.startswith("variants.")}
    variants = tuple(dataclasses.replace(variant, **of_variants) for variant in document.variants)
    return dataclasses.replace(document, **of_product, variants=variants)


def differences(ours, theirs):
    """Return [(field, variant or None, our value, their value)] where both state a field, and state it differently.

    Variants are paired by the platform's ids. A variant only one side has is a difference of `variants.options`.
    Custom fields are compared as far as `ours` states them, translations as far as both do; of these, those that
    differ are returned.
    """
    found = []
    of_variants = [name for name in PART_OF if name.startswith("variants.")]
    for name in PART_OF:
        if name not in of_variants and name != "options":
            _compare(found, name, name, None, (ours, theirs))
    their_variants = {variant.external_id: variant for variant in theirs.variants}
    for variant in ours.variants:
        other = their_variants.pop(variant.external_id, None) if variant.external_id else None
        if other is None:
            found.append(("variants.options", variant, variant.options, None))
            continue
        for name in of_variants:
            _compare(found, name, name[9:], variant, (variant, other))
    found += [("variants.options", variant, None, variant.options) for variant in their_variants.values()]
    return found


def _compare(found, name, attribute, variant, sides):
    our_value, their_value = (getattr(side, attribute) for side in sides)
    if UNSET in (our_value, their_value):
        return
    normal = _NORMAL.get(attribute, lambda value: value)
    if attribute == "attributes":
        stated = {item.key for item in our_value}
        their_value = tuple(item for item in their_value if item.key in stated)
    elif attribute == "translations":
        our_value, their_value = _differing(our_value, their_value), _differing(their_value, our_value)
    if normal(our_value) != normal(their_value):
        found.append((name, variant, our_value, their_value))


def _differing(translations, others):
    """Return those of `translations` that `others` states in another way, or as not there."""
    stated = {translation_name(text): _html(text.value) for text in others}
    pairs = ((text, stated.get(translation_name(text))) for text in translations)
    return tuple(text for text, other in pairs if text.value and other not in (None, _html(text.value)))


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
    "weight": lambda weight: weight.quantize(GRAM),
    "options": lambda options: [(name.strip().lower(), value.strip().lower()) for name, value in options],
}
