"""The merchant's pages about what is where: stock by location, shipments of an order, payouts, privacy requests."""

from itertools import islice

from werkzeug.wrappers import Request, Response

from ..framework.html import Markup, back_to, button, deliveries_table, frame, join, link, options, table, tag
from . import fulfilling, payments, privacy, stock
from .money import text
from .shop import Shop

SHOWN = 60


def menu(shop: Shop) -> Markup:
    """Links to these pages."""
    pages = (("stock", "Stock"), ("payouts", "Payouts"), ("privacy", "Privacy requests"))
    return Markup('<p class="row">{}</p>').format(
        join(link(f"/shop/{shop.domain}/{path}", name) for path, name in pages)
    )


def page(platform, shop: Shop, request: Request, parts: list[str]) -> Response | None:
    """``stock``, ``locations/<id>`` (POST), ``payouts``, ``privacy``; None if it is none of them."""
    posted = request.method == "POST"
    if parts == ["stock"]:
        return _save_stock(platform, shop, request) if posted else _stock(shop, request)
    if len(parts) == 2 and parts[0] == "locations" and posted:
        wanted = {"name": request.form["name"]} if parts[1] == "new" else {"active": request.form["active"] == "yes"}
        number = None if parts[1] == "new" else int(parts[1])
        platform.controls.change_location(shop, number, wanted)
        return back_to(f"/shop/{shop.domain}/stock")
    if parts == ["payouts"]:
        return _payouts(shop)
    if parts == ["privacy"]:
        return _ask(platform, shop, request) if posted else _privacy(platform, shop)
    return None


def _stock(shop: Shop, request: Request) -> Response:
    asked, places = request.args.get("q", "").lower(), stock.locations(shop)
    pairs = (
        (product, variant)
        for product, variant in shop.variants().values()
        if asked in product["title"].lower() or asked in (variant["sku"] or "").lower()
    )
    rows = []
    for product, variant in islice(pairs, SHOWN):
        levels = {entry["location_id"]: entry for entry in stock.levels(shop, variant)}
        title = product["title"] if variant["title"] == "Default Title" else f"{product['title']} - {variant['title']}"
        rows.append(
            (title, variant["sku"] or "", *(_cell(shop, variant, place["id"], levels) for place in places),
             stock.available(shop, variant))
        )  # fmt: skip
    heads = ("Article", "SKU", *(f">{place['name']}" for place in places), ">Available")
    body = Markup(
        '{menu}<form method="get" class="row"><input name="q" placeholder="Article or SKU" value="{q}">'
        '<button class="quiet">Search</button></form><form method="post"><section>{listing}<p><button>Save</button></p>'
        '</section></form><p class="dim">Available; committed to orders in brackets. An empty field: not stocked '
        "there.</p><h2>Locations</h2><section>{places}{new}</section><p>{back}</p>"
    ).format(
        menu=menu(shop), q=asked, listing=table(heads, rows), places=_places(shop), new=_new_place(shop),
        back=link(f"/shop/{shop.domain}/", "Back to the shop"),
    )  # fmt: skip
    return frame("Stock", body, place=f"{shop.config['name']} · {shop.clock.iso()}")


def _cell(shop: Shop, variant: dict, location_id: int, levels: dict) -> Markup:
    entry = levels.get(location_id)
    value = entry["available"] if entry else ""
    waiting = stock.quantities(shop, variant, entry)["committed"] if entry else 0
    note = Markup(' <span class="dim">({})</span>').format(waiting) if waiting else ""
    name = f"{variant['id']}-{location_id}"
    return Markup(
        '<input type="number" name="{0}" value="{1}"><input type="hidden" name="was-{0}" value="{1}">{2}'
    ).format(name, value, note)


def _places(shop: Shop) -> Markup:
    rows = []
    for place in stock.locations(shop, inactive=True):
        active = place.get("active", True)
        way = button(
            f"/shop/{shop.domain}/locations/{place['id']}", "Close" if active else "Open", quiet=True,
            active="no" if active else "yes",
        )  # fmt: skip
        rows.append((place["name"], place["city"], tag("open" if active else "closed"), way))
    return table(("Location", "City", "State", ""), rows)


def _new_place(shop: Shop) -> Markup:
    return Markup(
        '<form method="post" action="/shop/{}/locations/new" class="row"><input name="name" placeholder="New location" '
        "required><button>Add</button></form>"
    ).format(shop.domain)


def _save_stock(platform, shop: Shop, request: Request) -> Response:
    """Set what was changed on the page; fields that were left alone are not touched."""
    form = request.form
    for name, value in form.items():
        if name.startswith("was-") or value == form.get(f"was-{name}") or value == "":
            continue
        variant_id, location_id = map(int, name.split("-"))
        platform.controls.set_stock(shop, shop.variants()[variant_id][1], location_id, int(value))
    return back_to(request.full_path.rstrip("?"))


# --- an order's shipments ------------------------------------------------------------------------------------------
def shipments(shop: Shop, order: dict) -> Markup:
    """What is still to be sent from where, and what was sent, for the order's page."""
    titles = {line["id"]: line["title"] for line in order["lines"]}

    def named(place_id) -> str:
        place = shop.store.get(shop.domain, "location", place_id)
        return place["name"] if place else ""

    waiting = [
        (named(place["location_id"]), tag(place["status"]), _units(titles, place["lines"], "remaining"))
        for place in order.get("fulfillment_orders") or ()
        if fulfilling.is_open(place)
    ]
    sent = [
        (
            record["name"], record["created_at"], named(record.get("location_id")),
            tag(record.get("status", "SUCCESS")), _units(titles, record["lines"], "quantity"),
            join(_parcel(entry) for entry in fulfilling.tracking_of(record)), _ways(shop, order, record),
        )
        for record in order["fulfillments"]
    ]  # fmt: skip
    heads = ("Shipment", "At", "From", "State", "Units", "Tracking", "")
    base = f"/shop/{shop.domain}/orders/{order['id']}"
    held = any(place["status"] == "ON_HOLD" for place in order.get("fulfillment_orders") or ())
    way = button(f"{base}/release", "Release", quiet=True) if held else button(f"{base}/hold", "Hold", quiet=True)
    return Markup("<h2>To send</h2><section>{}{}</section><h2>Shipments</h2><section>{}</section>").format(
        table(("From", "State", "Units"), waiting) if waiting else "nothing",
        way if waiting else "",
        table(heads, sent) if sent else "none",
    )


def _ways(shop: Shop, order: dict, record: dict) -> Markup:
    """What can be done with a shipment: another tracking number, or take it back."""
    if record.get("status") == "CANCELLED":
        return Markup("")
    base = f"/shop/{shop.domain}/orders/{order['id']}"
    return Markup(
        '<form method="post" action="{}/track" class="row"><input type="hidden" name="fulfillment_id" value="{}">'
        '<input name="company" size="6" placeholder="carrier"><input name="number" size="9" placeholder="number">'
        "<button>Track</button></form>{}"
    ).format(base, record["id"], button(f"{base}/unfulfill", "Take back", quiet=True, fulfillment_id=record["id"]))


def _units(titles: dict, lines: list[dict], key: str) -> str:
    return ", ".join(f"{entry[key]} x {titles[entry['line_id']]}" for entry in lines if entry[key])


def _parcel(entry: dict) -> Markup:
    name = f"{entry['company'] or ''} {entry['number'] or ''}".strip()
    return Markup("<div>{}</div>").format(link(entry["url"], name) if entry["url"] else name)


# --- payouts and privacy -------------------------------------------------------------------------------------------
def _payouts(shop: Shop) -> Response:
    currency = shop.config["currency"]
    rows = []
    for payout in reversed(payments.books(shop)[1][-SHOWN:]):
        sums = payments.summary(payout)
        fees = sum(pair[1] for pair in sums.values())
        figures = [text(pair[0], currency) for pair in sums.values()]
        rows.append((payout["day"], payout["at"][:10], tag(payout["status"]), *figures, text(-fees, currency),
                     text(payout["net"], currency)))  # fmt: skip
    heads = ("Day", "Paid on", "State", ">Charges", ">Refunds", ">Adjustments", ">Reserves", ">Fees", ">Net")
    body = Markup("{}<section>{}</section>").format(menu(shop), table(heads, rows) if rows else "None yet.")
    return frame(f"Payouts in {currency}", body, place=shop.clock.iso())


def _privacy(platform, shop: Shop) -> Response:
    people = [
        (str(c["id"]), f"{c['first_name']} {c['last_name']} <{c['email']}>")
        for c in islice(shop.store.all(shop.domain, "customer"), 200)
    ]
    forms = join(
        Markup(
            '<form method="post" class="row"><input type="hidden" name="topic" value="{}"><select name="customer">{}'
            "</select><button>{}</button></form>"
        ).format(topic, options(people), label)
        for topic, label in (("customers/data_request", "Ask for data"), ("customers/redact", "Ask to forget"))
    )
    whole = button(f"/shop/{shop.domain}/privacy", "Ask to forget the whole shop", topic="shop/redact")
    sent = [entry for entry in platform.controls.deliveries_of(shop) if entry["topic"] in privacy.TOPICS]
    body = Markup(
        "{}<section>{}{}</section><p class='dim'>To {}</p><h2>Sent</h2><section>{}</section>"
    ).format(menu(shop), forms, whole, privacy.address(shop), deliveries_table(sent))  # fmt: skip
    return frame("Privacy requests", body, place=shop.clock.iso())


def _ask(platform, shop: Shop, request: Request) -> Response:
    platform.controls.ask(shop, request.form["topic"], request.form.get("customer"))
    return back_to(f"/shop/{shop.domain}/privacy")
