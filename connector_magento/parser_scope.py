"""Websites, stores and store views -> canonical scopes. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/store-management/
"""

from odoo.addons.connector_base.canonical import Scope

from . import const


def scope_id(kind, number):
    """Return the external id of a scope: Magento counts websites, stores and store views each from 1.

    :param str kind: `const.WEBSITE`, `const.STORE_GROUP` or `const.STORE_VIEW`
    :param number: its id in Magento; the `store_id` of an order is that of a store view
    """
    return f"{kind}:{int(number)}"


def order_scope_id(order):
    """Return the external id of the store view an order (Reader) was placed in, "" when that was deleted since."""
    number = order.identifier("store_id")
    return f"{const.STORE_VIEW}:{number}" if number else ""


def scope_number(external_id):
    """Return the id in Magento of a scope of any kind."""
    return int(external_id.rpartition(":")[2])


def parse_scopes(websites, groups, views, configs):
    """Return the `Scope`s of what Magento lists, without the administration's own.

    :param configs: of `store/storeConfigs`: locale, currencies and addresses of store views
    """
    settings = {config["id"]: config for config in configs}
    currencies = {config["website_id"]: config.get("base_currency_code") or "" for config in configs}
    scopes = [
        Scope(
            external_id=scope_id(const.WEBSITE, site["id"]),
            name=site["name"],
            kind=const.WEBSITE,
            code=site["code"],
            channel_external_id=str(site["id"]),
            currency=currencies.get(site["id"], ""),
        )
        for site in websites
    ]
    scopes += [
        Scope(
            external_id=scope_id(const.STORE_GROUP, group["id"]),
            name=group["name"],
            kind=const.STORE_GROUP,
            code=group.get("code") or "",
            parent_external_id=scope_id(const.WEBSITE, group["website_id"]),
        )
        for group in groups
    ]
    scopes += [_view(view, settings.get(view["id"], {})) for view in views]
    return tuple(scopes)


def _view(view, config):
    return Scope(
        external_id=scope_id(const.STORE_VIEW, view["id"]),
        name=view["name"],
        kind=const.STORE_VIEW,
        code=view["code"],
        parent_external_id=scope_id(const.STORE_GROUP, view["store_group_id"]),
        active=bool(view.get("is_active", 1)),
        language=(config.get("locale") or "").replace("_", "-"),
        currency=config.get("default_display_currency_code") or "",
        url=config.get("secure_base_link_url") or config.get("base_link_url") or "",
    )
