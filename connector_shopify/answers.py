"""Taking apart what the Admin API answered. No Odoo import."""

from odoo.addons.connector_base.transport import TransientError


def take(data, *keys):
    """Return what stands at `keys` in an answer.

    :raise TransientError: it isn't there, though we asked for it
    """
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
        if data is None:
            raise TransientError(f"Shopify's answer lacks {'.'.join(keys)}.")
    return data


def next_cursor(connection):
    """Return the cursor of the page after this one of a connection, None on the last one."""
    info = connection.get("pageInfo") or {}
    return info.get("endCursor") if info.get("hasNextPage") else None
