"""What makes two customers or two addresses the same. Pure: no database."""

import hashlib
import re

from odoo.tools import email_normalize

# https://taxation-customs.ec.europa.eu/taxation/vat/vat-directive/vat-identification-numbers_en: Greece writes EL
EU_PREFIXES = frozenset(re.findall("..", "ATBEBGCYCZDEDKEEELESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISKXI"))
_NOT_ALPHANUMERIC = re.compile(r"[^A-Z0-9]")


def first_email(*texts):
    """Return (normalised first e-mail address of the first text that has one, that text); ('', '') without any."""
    for text in texts:
        if normalized := email_normalize(text or "", strict=False):
            return normalized, text.strip()
    return "", ""


def bare_vat(vat):
    """Return `vat` in capitals without spaces, dots, dashes; the database's index says the same."""
    return _NOT_ALPHANUMERIC.sub("", (vat or "").upper())


def vat_key(vat, country_code=""):
    """Return what `vat` is compared by: bare, with the prefix of its country, '' for none.

    A number without prefix belongs to the country of the address; without one it only equals itself.
    """
    bare = bare_vat(vat)
    if len(bare) < 2:  # Odoo writes "/" for: not subject to tax
        return ""
    if bare.startswith("EL"):
        return f"GR{bare[2:]}"
    country = country_code.upper()
    return bare if bare[:2] in EU_PREFIXES or bare.startswith(country) else country + bare


def vat_spellings(key):
    """Return the bare forms in which the number of a `vat_key` may be stored."""
    spellings = {key, key[2:]} if key[:2].isalpha() else {key}
    return spellings | {f"EL{key[2:]}"} if key.startswith("GR") else spellings


def guest_key(name, address):
    """Return the id of a guest known by name and address only."""
    content = "|".join((name, *_content(address))) if address else name
    return f"guest:{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _content(address):
    return (
        address.name,
        address.company,
        address.street,
        address.street2,
        address.city,
        address.zip,
        address.state_code or address.state_name,
        address.country_code or address.country_name,
    )


def plain(text):
    """Return `text` without differences in case and spacing."""
    return " ".join((text or "").split()).casefold()


def label(name, company):
    """Return what stands above the street: company and name, each if there is one, once."""
    return f"{company}, {name}" if company and name and company != name else name or company or ""


def address_key(title, values):
    """Return what makes two addresses the same: all that is printed on a label, whatever case and spacing.

    :param str title: what stands above the street
    :param values: mapping with street, street2, city, zip and the ids state_id, country_id
    """
    texts = (title, *(values.get(name) for name in ("street", "street2", "city", "zip")))
    return (*map(plain, texts), values.get("state_id") or False, values.get("country_id") or False)
