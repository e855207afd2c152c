"""Websites, stores and store views."""

from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.parser_scope import parse_scopes, scope_id, scope_number

WEBSITES = [{"id": 1, "code": "base", "name": "Main Website", "default_group_id": 1}]
GROUPS = [{"id": 1, "website_id": 1, "root_category_id": 2, "default_store_id": 1, "name": "Main", "code": "main"}]
VIEWS = [
    {"id": 1, "code": "de", "name": "German", "website_id": 1, "store_group_id": 1, "is_active": 1},
    {"id": 2, "code": "fr", "name": "French", "website_id": 1, "store_group_id": 1, "is_active": 0},
]
CONFIGS = [
    {
        "id": 1,
        "code": "de",
        "website_id": 1,
        "locale": "de_DE",
        "base_currency_code": "EUR",
        "default_display_currency_code": "CHF",
        "base_link_url": "http://shop.example.com/",
        "secure_base_link_url": "https://shop.example.com/",
    }
]


def test_the_tree():
    website, group, german, french = parse_scopes(WEBSITES, GROUPS, VIEWS, CONFIGS)
    assert (website.external_id, website.name, website.code, website.currency) == (
        "website:1",
        "Main Website",
        "base",
        "EUR",
    )
    assert (website.channel_external_id, group.channel_external_id) == ("1", "")
    assert (group.external_id, group.parent_external_id, group.kind) == ("store:1", "website:1", "store")
    assert (german.external_id, german.parent_external_id, german.kind) == ("store_view:1", "store:1", "store_view")
    assert (german.language, german.currency, german.active) == ("de-DE", "CHF", True)
    assert german.url == "https://shop.example.com/"
    assert (french.language, french.currency, french.active, french.url) == ("", "", False, "")


def test_what_old_versions_leave_out():
    """A group's code and a view's activity came with 2.2 and 2.3."""
    group = {key: value for key, value in GROUPS[0].items() if key != "code"}
    view = {key: value for key, value in VIEWS[1].items() if key != "is_active"}
    scopes = parse_scopes(WEBSITES, [group], [view], [])
    assert (scopes[1].code, scopes[2].active, scopes[0].currency) == ("", True, "")


def test_ids_are_told_apart_by_their_kind():
    assert scope_id(const.STORE_VIEW, "3") == scope_id(const.STORE_VIEW, 3) == "store_view:3"
    assert scope_number(scope_id(const.WEBSITE, 12)) == 12
