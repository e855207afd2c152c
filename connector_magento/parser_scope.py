"""Websites, stores and store views -> canonical scopes. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/store-management/
"""

from odoo.addons.connector_base.canonical import Scope

from . import const
from .parser_reader import Reader


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
    configs = [Reader(config, "storeConfig") for config in configs]
    settings = {_number(config, "id"): config for config in configs}
    currencies = {_number(config, "website_id"): config.text("base_currency_code") for config in configs}
    scopes = [
        Scope(
            external_id=scope_id(const.WEBSITE, _number(site, "id")),
            name=site.text("name") or site.text("code"),
            kind=const.WEBSITE,
            code=site.text("code"),
            channel_external_id=str(_number(site, "id")),
            currency=currencies.get(_number(site, "id"), ""),
        )
        for site in (Reader(website, "website") for website in websites)
    ]
    scopes += [
        Scope(
            external_id=scope_id(const.STORE_GROUP, _number(group, "id")),
            name=group.text("name") or group.text("code"),
            kind=const.STORE_GROUP,
            code=group.text("code"),
            parent_external_id=scope_id(const.WEBSITE, _number(group, "website_id")),
        )
        for group in (Reader(group, "storeGroup") for group in groups)
    ]
    empty = Reader({}, "storeConfig")
    for view in (Reader(view, "storeView") for view in views):
        scopes.append(_view(view, settings.get(_number(view, "id"), empty)))
    return tuple(scopes)


def _view(view, config):
    return Scope(
        external_id=scope_id(const.STORE_VIEW, _number(view, "id")),
        name=view.text("name") or view.text("code"),
        kind=const.STORE_VIEW,
        code=view.text("code"),
        parent_external_id=scope_id(const.STORE_GROUP, _number(view, "store_group_id")),
        active=view.flag("is_active", True),
        language=config.text("locale").replace("_", "-"),
        currency=config.text("default_display_currency_code"),
        url=config.text("secure_base_link_url") or config.text("base_link_url"),
    )


def _number(node, key):
    return int(node.number(key, None))
