"""The shop's pages: choose products, place an order, and do to an order what a merchant would."""

from itertools import islice

from werkzeug.wrappers import Request, Response

from ..framework import people
from ..framework.html import Markup, back_to, button, deliveries_table, frame, join, link, options, table, tag
from . import catalogue_pages, pricing, status, stock, storefront_stock
from .events import money_text
from .placing import CODES, Invalid
from .shop import Shop, gid
from .taxes import CURRENCY_OF

SHOWN_PRODUCTS, SHOWN_ORDERS = 24, 25
SHIPPING = {"Standard": "5.90", "Express": "14.50", "Free": "0"}


def page(platform, shop: Shop, request: Request, parts: list[str]) -> Response:
    """``/shop/<domain>/``, ``.../order`` (POST), ``.../orders/<id>`` and ``.../orders/<id>/<action>`` (POST)."""
    try:
        answer = _answer(platform, shop, request, parts) if shop.exists else None
    except (Invalid, ValueError) as error:
        text = Markup('<section class="bad">{}</section>{}').format(error, link(f"/shop/{shop.domain}/", "Back"))
        return frame("That does not work", text, status=400)
    except KeyError as error:
        return frame("Not found", Markup("<p>{}</p>").format(error.args[0]), status=404)
    return answer or frame("Not found", Markup("<p>No such page at {}.</p>").format(shop.domain), status=404)


def _answer(platform, shop: Shop, request: Request, parts: list[str]) -> Response | None:
    posted = request.method == "POST"
    if parts == ["order"] and posted:
        order = platform.controls.place(shop, _wanted(shop, request))
        return back_to(f"/shop/{shop.domain}/orders/{order['id']}")
    if parts[:1] == ["products"]:
        return catalogue_pages.page(platform, shop, request, parts)
    if len(parts) == 3 and parts[0] == "orders" and posted:
        return _act(platform, shop, request, parts[1], parts[2])
    if len(parts) == 2 and parts[0] == "orders":
        return _order(platform, shop, parts[1])
    return storefront_stock.page(platform, shop, request, parts) if parts else _front(shop, request)


def _front(shop: Shop, request: Request) -> Response:
    asked = request.args.get("q", "").lower()
    products = (p for p in shop.store.all(shop.domain, "product") if p["status"] == "ACTIVE")
    found = list(islice((p for p in products if asked in p["title"].lower()), SHOWN_PRODUCTS))
    items = join(
        Markup(
            '<div class="item">{}<b>{}</b><span class="dim">{}</span><div class="row">'
            '<select name="variant">{}</select>'
            '<input type="number" name="quantity" min="0" value="0"></div></div>'
        ).format(
            catalogue_pages.thumbnail(shop, product["media"], 120),
            link(f"/shop/{shop.domain}/products/{product['id']}", product["title"]),
            product["vendor"],
            options((v["id"], _choice(v, shop.config["currency"])) for v in product["variants"]),
        )
        for product in found
    )
    places = [(str(n), f"{p[6]} - {p[3] or p[4]}") for n, p in enumerate(people.PLACES)]
    customers = [("", "guest"), ("none", "guest without e-mail")]
    customers += [
        (str(c["id"]), f"{c['first_name']} {c['last_name']} <{c['email']}>")
        for c in islice(shop.store.all(shop.domain, "customer"), 100)
    ]
    currencies = [("", "of the country"), *((c, c) for c in shop.config["currencies"])]
    form = Markup(
        '<form method="get" class="row"><input name="q" placeholder="Search products" value="{q}">'
        '<button class="quiet">Search</button><a href="/shop/{domain}/products">Manage products</a></form>'
        '<form method="post" action="/shop/{domain}/order">'
        '<h2>Products</h2><div class="grid">{items}</div><h2>Check out</h2><section class="row">'
        '<label>Customer <select name="customer">{customers}</select></label>'
        '<label>E-mail <input name="email" type="email" placeholder="guest@example.com"></label>'
        '<label>Ship to <select name="place">{places}</select></label>'
        '<label>Currency <select name="currency">{currencies}</select></label>'
        '<label>Delivery <select name="shipping">{shipping}</select></label>'
        '<label>Code <input name="code" list="codes" size="10"><datalist id="codes">{codes}</datalist></label>'
        '<label>Payment <select name="financial">{states}</select></label>'
        '<label>Tip <input name="tip" size="5" placeholder="0.00"></label>'
        '<label><input type="checkbox" name="test"> test order</label>'
        "<button>Place order</button></section></form>"
    ).format(
        q=asked,
        domain=shop.domain,
        items=items or Markup('<p class="dim">No products.</p>'),
        customers=options(customers),
        places=options(places),
        currencies=options(currencies),
        shipping=options(["Standard", "Express", "Free", ("none", "no delivery")]),
        codes=options(CODES),
        states=options(("paid", "pending", "authorized", "partially_paid")),
    )
    orders = sorted(shop.store.all(shop.domain, "order"), key=lambda order: -order["id"])[:SHOWN_ORDERS]
    listing = table(
        ("Order", "Placed", "Customer", "Payment", "Delivery", ">Total"),
        [
            (
                link(f"/shop/{shop.domain}/orders/{o['id']}", o["name"]), o["created_at"], o["email"] or "guest",
                tag("CANCELLED" if o["cancelled_at"] else status.financial(o)), tag(status.fulfillment(o)),
                money_text(o["totals"]["total"], o),
            )
            for o in orders
        ],
    )  # fmt: skip
    body = join(
        (storefront_stock.menu(shop), form, Markup("<h2>Newest orders</h2><section>{}</section>").format(listing))
    )
    return frame(shop.config["name"], body, place=shop.clock.iso())


def _choice(variant: dict, currency: str) -> str:
    title = "" if variant["title"] == "Default Title" else f"{variant['title']} - "
    before = f" (was {variant['compare_at_price']})" if variant["compare_at_price"] else ""
    return f"{title}{variant['price']} {currency}{before}"


def _wanted(shop: Shop, request: Request) -> dict:
    """What the checkout form asks for, as ``placing.place`` wants it."""
    form = request.form
    lines = [
        {"variant_id": int(variant), "quantity": int(quantity)}
        for variant, quantity in zip(form.getlist("variant"), form.getlist("quantity"), strict=True)
        if quantity.isdigit() and int(quantity)
    ]
    if not lines:
        raise Invalid("Choose a quantity of at least one product.")
    for line in lines:
        product, variant = shop.variants()[line["variant_id"]]
        if not stock.sellable(shop, variant, line["quantity"]):
            left = max(stock.available(shop, variant), 0)
            raise Invalid(f"Not enough in stock of {product['title']} ({variant['title']}). Left: {left}.")
    place = people.PLACES[int(form.get("place", 0))]
    country, province = place[1], place[2]
    chosen = form.get("customer", "")
    buyer = shop.store.get(shop.domain, "customer", int(chosen)) if chosen.isdigit() else None
    name = (buyer["first_name"], buyer["last_name"]) if buyer else ("Gwen", "Guest")
    home = {
        "id": shop.id("MailingAddress"), "first_name": name[0], "last_name": name[1], "company": None,
        "address1": place[8].format(12), "address2": None, "city": place[4], "zip": place[5], "province": place[3],
        "province_code": province, "country": place[6], "country_code": country, "phone": None,
    }  # fmt: skip
    email = buyer["email"] if buyer else None if chosen == "none" else form.get("email") or "guest@example.com"
    delivery = form.get("shipping", "Standard")
    return {
        "lines": lines, "country": country, "province": province,
        "currency": form.get("currency") or CURRENCY_OF[country], "customer": buyer["id"] if buyer else None,
        "email": email, "billing_address": home,
        "shipping_address": {**home, "id": shop.id("MailingAddress")} if delivery in SHIPPING else None,
        "shipping": {"title": delivery, "price": SHIPPING[delivery]} if delivery in SHIPPING else None,
        "discount_code": form.get("code") or None, "tip": form.get("tip") or None,
        "test": form.get("test") == "on", "financial": form.get("financial", "paid"),
    }  # fmt: skip


def _act(platform, shop: Shop, request: Request, number: str, action: str) -> Response:
    order = platform.controls.order(shop, number)
    wanted: dict = {}
    if action == "edit":
        quantities = {key[5:]: int(value) for key, value in request.form.items() if key.startswith("line-")}
        present = {str(line["id"]): line["quantity"] - status.returned(order, line["id"]) for line in order["lines"]}
        wanted = {"quantities": {key: value for key, value in quantities.items() if value != present.get(key)}}
    elif action in ("track", "unfulfill"):
        wanted = {"fulfillment_id": int(request.form["fulfillment_id"])}
        if action == "track":
            wanted["tracking"] = [{key: request.form.get(key) or None for key in ("company", "number")}]
    elif action == "refund":
        amount = request.form.get("amount")
        wanted = {"amount": amount} if amount else {"full": True}
    platform.controls.act(shop, order, action, wanted)
    gone = action == "delete"
    return back_to(f"/shop/{shop.domain}/" if gone else f"/shop/{shop.domain}/orders/{order['id']}")


def _order(platform, shop: Shop, number: str) -> Response:
    order = platform.controls.order(shop, number)
    base, totals = f"/shop/{shop.domain}/orders/{order['id']}", order["totals"]
    editable = not order["cancelled_at"]
    rows = []
    for line in order["lines"]:
        present = line["quantity"] - status.returned(order, line["id"])
        ordered = "" if present == line["quantity"] else Markup("<br>of {}").format(line["quantity"])
        quantity = Markup('<input type="number" name="line-{}" min="0" value="{}">{}').format(
            line["id"], present, ordered
        )
        rows.append(
            (
                line["title"], line["variant_title"] or "", line["sku"] or "", money_text(line["unit"], order),
                quantity if editable and not line["tip"] else present,
                money_text(-pricing.discount_of(line), order) if line["allocations"] else "",
                ", ".join(f"{t['title']} {money_text(t['amount'], order)}" for t in line["taxes"]),
                money_text(pricing.net(line), order),
            )
        )  # fmt: skip
    for line in order["shipping"]:
        taxes = ", ".join(f"{t['title']} {money_text(t['amount'], order)}" for t in line["taxes"])
        discount = money_text(-pricing.discount_of(line), order) if line["allocations"] else ""
        price = money_text(line["price"], order)
        rows.append(("Delivery", line["title"], "", price, 1, discount, taxes, money_text(pricing.net(line), order)))
    lines = table(("Title", "Variant", "SKU", ">Price", ">Quantity", ">Discount", "Taxes", ">Amount"), rows)
    save = Markup('<p><button class="quiet">Save quantities</button></p>') if editable else ""
    actions = [button(f"{base}/{name}", name.title()) for name in ("pay", "fulfill", "cancel")]
    way = "unarchive" if order["closed_at"] else "archive"
    actions.append(button(f"{base}/{way}", way.title(), quiet=True))
    actions += [
        Markup(
            '<form method="post" action="{}/refund" class="row"><input name="amount" size="7" placeholder="all">'
            "<button>Refund</button></form>"
        ).format(base),
        button(f"{base}/touch", "Touch", quiet=True),
        button(f"{base}/delete", "Delete", quiet=True),
    ]
    sums = [
        ("Subtotal", "subtotal"),
        ("Delivery", "shipping_net"),
        ("Tip", "tip"),
        ("Taxes", "tax"),
        ("Total", "total"),
    ]
    included = " (included)" if order["taxes_included"] else ""
    figures = [(label + (included if key == "tax" else ""), money_text(totals[key], order)) for label, key in sums]
    figures.append(("After refunds and removals", money_text(status.current(order)["total"], order)))
    payments = [
        (t["created_at"], t["kind"], t["gateway"], money_text(t["amount"], order)) for t in order["transactions"]
    ]
    sent = platform.controls.deliveries_of(shop, gid("Order", order["id"]))
    body = Markup(
        '<p class="row">{tags}<span class="dim">{email} · placed {created} · changed {updated}</span></p>'
        '<div class="row">{actions}</div><h2>Lines</h2><form method="post" action="{base}/edit"><section>{lines}{save}'
        "</section></form><section>{figures}</section><h2>Payments</h2><section>{payments}</section>"
        "{shipments}<h2>Webhooks</h2><section>{sent}</section><p>{back}</p>"
    ).format(
        tags=join(
            tag(text)
            for text in (
                status.financial(order),
                status.fulfillment(order),
                "CANCELLED" if order["cancelled_at"] else "",
            )
            if text
        ),
        email=order["email"] or "guest without e-mail",
        created=order["created_at"],
        updated=order["updated_at"],
        actions=join(actions),
        base=base,
        lines=lines,
        save=save,
        figures=table(("", ">"), figures),
        payments=table(("At", "Kind", "Gateway", ">Amount"), payments) if payments else "none",
        shipments=storefront_stock.shipments(shop, order),
        sent=deliveries_table(sent),
        back=link(f"/shop/{shop.domain}/", "Back to the shop"),
    )
    return frame(f"Order {order['name']}", body, place=f"{shop.config['name']} · {shop.clock.iso()}")
