"""The address of a Shopify store, as people paste it. No Odoo import."""

import re

# https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant: the rule for
# a store's host name
_STORE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ADMIN = re.compile(r"(?:https?://)?admin\.shopify\.com/store/([a-z0-9][a-z0-9-]{0,59})(?:[/?#].*)?")
_HOST = re.compile(r"(?:https?://)?([a-z0-9][a-z0-9-]{0,59})\.myshopify\.com\.?(?::443)?(?:[/?#].*)?")


def normalize_domain(text):
    """Return `<store>.myshopify.com` for what a person enters: that, its URL, the admin's URL, or the bare store name.

    :raise ValueError: it is none of these (a store's public domain can't be used for the API)
    """
    entered = (text or "").strip().lower()
    match = _ADMIN.fullmatch(entered) or _HOST.fullmatch(entered)
    if match:
        return f"{match[1]}.myshopify.com"
    if _STORE.fullmatch(entered):
        return f"{entered}.myshopify.com"
    raise ValueError(text)
