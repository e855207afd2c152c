"""What Shopify refuses of a product, in the words of people who keep products in Odoo. No Odoo import."""

import re

from odoo.addons.connector_base.transport import DataError

from . import const

_REFUSED = "Correct it on the product in Odoo, then send the product again."
_SAYS_GONE = re.compile(r"\b(?:product|owner|resource|publishable) (?:does not exist|not found)", re.IGNORECASE)
_GONE = "Publish the product again, or unlink it from the store."


def says_gone(error):
    """Whether the product isn't there any more. Mutations without codes say it in words."""
    return error.code in const.CODES_GONE or bool(_SAYS_GONE.search(error.message))


def bad_picture(reasons):
    """Return the error of pictures that Shopify took and then couldn't use."""
    return DataError(
        f"Shopify can't use a picture of the product: {'; '.join(filter(None, reasons)) or 'it gives no reason'}",
        remedy="Replace the picture by a JPEG, PNG, GIF or WebP of at most 20 MB and 25 megapixels, then send the "
        "product again.",
    )


def gone():
    """Return the error of a product that isn't there any more."""
    return DataError("The product was deleted at Shopify.", code="NOT_FOUND", status=404, remedy=_GONE)


def explained(error, document):
    """Return the error with the fields named as people know them, and what to do."""
    texts = [f"{_place(entry.get('field') or (), document)}{entry.get('message')}" for entry in error.user_errors]
    remedy = const.PRODUCT_REMEDIES.get(error.code, _REFUSED)
    return DataError(
        "Shopify refused the product: " + "; ".join(texts), code=error.code, request_id=error.request_id, remedy=remedy
    )


def refused_translation(error, translations):
    """Return the error with the texts named that were refused, and what to do.

    :param list translations: the `TranslationInput`s that were sent
    """
    texts = [f"{_text_at(entry.get('field') or (), translations)}{entry.get('message')}" for entry in error.user_errors]
    return DataError(
        "Shopify refused a translation of the product: " + "; ".join(texts),
        code=error.code,
        request_id=error.request_id,
        remedy=const.TRANSLATION_REMEDIES.get(error.code, const.TRANSLATION_REMEDY),
    )


def _text_at(path, translations):
    """Return which translation a path into what was sent leads to: "title in fr: "."""
    number = next((int(part) for part in map(str, path) if part.isdigit()), None)
    if number is None or number >= len(translations):
        return ""
    names = {key: field.replace("_", " ") for field, key in const.TRANSLATION_KEYS.items()}
    return f"{names[translations[number]['key']]} in {translations[number]['locale']}: "


def _place(path, document):
    """Return where in the product a path into what was sent leads: "Variant M / Blue, price: "."""
    names = [str(part) for part in path if not str(part).isdigit() and part not in ("input", "product")]
    numbers = [int(part) for part in path if str(part).isdigit()]
    if "variants" in names and numbers and numbers[0] < len(document.variants):
        variant = document.variants[numbers[0]]
        names = [f"variant {variant_name(variant)}", *names[names.index("variants") + 1 :]]
    return f"{', '.join(names)}: " if names else ""


def variant_name(variant):
    """Return what people call a variant by."""
    return " / ".join(value for _name, value in variant.options) or variant.sku or variant.external_id or "(only)"
