"""Websites, store views, their settings and currencies; modules; tokens.

https://developer.adobe.com/commerce/webapi/rest/
"""

from . import oauth
from .errors import invalid
from .money import num
from .routes import ADMIN, ANONYMOUS, Call, route

STORE = "Magento_Backend::store"


@route("GET", "modules", ADMIN)
def modules(call: Call):
    return call.shop.modules()


@route("GET", "store/websites", STORE)
def websites(call: Call):
    return [
        {key: site[key] for key in ("id", "code", "name", "default_group_id")} for site in call.shop.config["websites"]
    ]


@route("GET", "store/storeGroups", STORE)
def groups(call: Call):
    return call.shop.config["groups"]


@route("GET", "store/storeViews", STORE)
def views(call: Call):
    keys = ("id", "code", "name", "website_id", "store_group_id", "is_active")
    return [{key: view[key] for key in keys} for view in call.shop.stores]


@route("GET", "store/storeConfigs", STORE)
def configs(call: Call):
    shop, codes = call.shop, call.query.get("storeCodes")
    wanted = set(codes.values() if isinstance(codes, dict) else [codes] if codes else ())
    result = []
    for view in shop.stores[1:]:
        if wanted and view["code"] not in wanted:
            continue
        base = f"https://{shop.domain}/"
        urls = {
            "base_url": base,
            "base_link_url": base,
            "base_static_url": f"{base}static/",
            "base_media_url": f"{base}media/",
        }
        result.append(
            {
                "id": view["id"], "code": view["code"], "website_id": view["website_id"], "locale": view["locale"],
                "base_currency_code": shop.website_of(view["id"])["currency"],
                "default_display_currency_code": view["currency"], "timezone": shop.config["timezone"],
                "weight_unit": "kgs", **urls, **{f"secure_{name}": url for name, url in urls.items()},
            }
        )  # fmt: skip
    return result


SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "PLN": "zł"}


@route("GET", "directory/currency", ANONYMOUS)
def currency(call: Call):
    shop = call.shop
    base, shown = shop.website_of(call.view_id)["currency"], shop.store_view(call.view_id)["currency"]
    rates = {base: 1, **shop.config["currencies"]}
    return {
        "base_currency_code": base,
        "base_currency_symbol": SYMBOLS.get(base, base),
        "default_display_currency_code": shown,
        "default_display_currency_symbol": SYMBOLS.get(shown, shown),
        "available_currency_codes": list(rates),
        "exchange_rates": [{"currency_to": code, "rate": num(rate)} for code, rate in rates.items()],
    }


@route("POST", "integration/admin/token", ANONYMOUS, username=str, password=str)
def token(call: Call):
    return oauth.admin_token(call.shop, call.body["username"], call.body["password"])


@route("POST", "tfa/provider/google/authenticate", ANONYMOUS, username=str, password=str, otp=str)
def two_factor_token(call: Call):
    """The sandbox takes any six digits for a right one-time password."""
    if len(call.body["otp"]) != 6 or not call.body["otp"].isdigit():
        raise invalid("Invalid code.")
    return oauth.admin_token(call.shop, call.body["username"], call.body["password"], second_factor=True)
