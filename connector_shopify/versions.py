"""How long Shopify supports a version of its API. No Odoo import.

https://shopify.dev/docs/api/usage/versioning: a version comes each quarter and is supported for 12 months at least;
calls to one that is not are answered with the oldest that is.
"""

import re
from datetime import date

_HANDLE = re.compile(r"(\d{4})-(\d{2})")


def end_of_support(handle):
    """Return the date until which a version (`2026-10`) is surely supported; None for what is no dated version."""
    match = _HANDLE.fullmatch(handle)
    return date(int(match[1]) + 1, int(match[2]), 1) if match else None


def newest_supported(versions):
    """Return the handle of the newest supported version among `publicApiVersions`, "" when there is none."""
    handles = (entry.get("handle") or "" for entry in versions if entry.get("supported"))
    return max((handle for handle in handles if _HANDLE.fullmatch(handle)), default="")
