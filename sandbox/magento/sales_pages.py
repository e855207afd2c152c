"""Pages of a shop's orders: place one, and do to it what its merchant would."""

import random

from werkzeug.wrappers import Request, Response

from ..framework.html import Markup, back_to, button, frame, join, link, options, table, tag
from ..framework.people import PLACES, address, person
from . import sales_control, sales_seed, stock
from .errors import ApiError
from .sales import Sale
from .shop import Shop

SHOWN = 50
#: What can be done to an order: its name here and in the control API, and its button.
ACTIONS = (
    ("invoice", "Invoice"), ("ship", "Ship"), ("refund", "Refund all"), ("hold", "Hold"), ("release", "Release"),
    ("touch", "Comment"), ("cancel", "Cancel"),
)  # fmt: skip


def page(shop: Shop, request: Request, parts: list[str]) -> Response | None:
    """``orders``, ``orders/<id>``; posted, ``orders/place`` and ``orders/<id>/<action>``. None = no page of sales."""
    if not parts or parts[0] != "orders" or len(parts) > 3:
        return None
    if len(parts) == 1:
        return _listing(shop)
    if parts[1] == "place":
        return _place(shop, request) if request.method == "POST" else None
    order = shop.get("order", int(parts[1])) if parts[1].isdigit() else None
    if order is None:
        return None
    if len(parts) == 2:
        return _order(shop, order)
    return _act(shop, order, parts[2], request) if request.method == "POST" else None


def _listing(shop: Shop, problem: str = "") -> Response:
    rows = [
        (
            link(f"/shop/{shop.domain}/orders/{order['entity_id']}", order["increment_id"]), order["created_at"],
            tag(order["status"]), order["customer_email"], order["grand_total"], order["order_currency_code"],
        )
        for order in sorted(shop.all("order"), key=lambda order: -order["entity_id"])[:SHOWN]
    ]  # fmt: skip
    places = [(str(number), f"{place[6]} - {place[3] or place[4]}") for number, place in enumerate(PLACES)]
    line = Markup('<input name="sku" placeholder="SKU"> x <input type="number" name="quantity" value="1">')
    form = Markup(
        '<form class="card" method="post" action="/shop/{0}/orders/place"><div class="row">{1}</div><div class="row">'
        '<label>Sent to <select name="place">{2}</select></label><label>Paid by <select name="payment">{3}</select>'
        "</label><button>Place the order</button></div>"
        '<p class="dim">Without a SKU: what a customer might choose.</p></form>'
    ).format(shop.domain, join([line] * 3), options(places), options([name for name, _ in sales_seed.METHODS]))
    body = join((
        _warning(problem), form,
        Markup("<section>{}</section>").format(
            table(("Order", "Placed", "Status", "Customer", ">Total", "Currency"), rows)
        ),
    ))  # fmt: skip
    return frame(f"{shop.config['name']}: orders", body, place=shop.now())


def _warning(problem: str) -> Markup:
    return Markup('<section class="bad">{}</section>').format(problem) if problem else Markup("")


def _place(shop: Shop, request: Request) -> Response:
    """Lines of the form, or what a customer might choose."""
    form, chosen = request.form, random.Random()
    pairs = zip(form.getlist("sku"), form.getlist("quantity"), strict=False)
    lines = [{"sku": sku.strip(), "quantity": quantity or 1} for sku, quantity in pairs if sku.strip()]
    spec = sales_seed.Maker(shop, chosen, {}, shop.clock.now()).spec()
    if lines:
        place = PLACES[int(form.get("place", 0))]
        home = address(chosen, place, person(chosen, place[1]), 0)
        shipping = {"title": "Flat Rate - Fixed", "code": "flatrate_flatrate", "price": "5.00"}
        spec = {
            "lines": lines, "billing_address": home, "shipping_address": home, "shipping": shipping,
            "email": f"guest{chosen.randint(1, 10**6)}@example.com",
        }  # fmt: skip
    method = form.get("payment", "checkmo")
    paid = "paid" if method in ("braintree", "paypal_express") else "pending"
    try:
        order = sales_control.place(shop, {**spec, "payment": method, "financial": paid})
    except ValueError as error:
        return _listing(shop, str(error))
    return back_to(f"/shop/{shop.domain}/orders/{order['entity_id']}")


def _order(shop: Shop, order: dict, problem: str = "") -> Response:
    here, sale = f"/shop/{shop.domain}/orders/{order['entity_id']}", Sale(shop, order["entity_id"])
    counts = ("qty_ordered", "qty_invoiced", "qty_shipped", "qty_refunded", "qty_canceled")
    rows = [
        (
            ("· " if item.get("parent_item_id") else "") + item["name"], item["sku"], *(item[name] for name in counts),
            item.get("row_total", ""), item.get("tax_amount", ""), _salable(shop, item),
        )
        for item in order["items"]
    ]  # fmt: skip
    names = (
        "subtotal", "shipping_amount", "discount_amount", "tax_amount", "grand_total", "total_paid", "total_refunded",
    )  # fmt: skip
    sums = [(name.replace("_", " "), order[name]) for name in names if name in order]
    documents = [
        (kind, record["increment_id"], record["created_at"], record.get("grand_total", ""),
         ", ".join(track["track_number"] for track in record.get("tracks", ())))
        for kind in ("invoice", "shipment", "creditmemo")
        for record in sale.documents(kind)
    ]  # fmt: skip
    heads = ("Item", "SKU", ">Ordered", ">Invoiced", ">Shipped", ">Refunded", ">Canceled", ">Row", ">Tax", ">Salable")
    body = join((
        _warning(problem),
        Markup('<div class="row">{}</div>').format(join(button(f"{here}/{name}", label) for name, label in ACTIONS)),
        Markup("<section>{}</section>").format(table(heads, rows)),
        Markup("<section>{}</section>").format(table(("", f">{order['order_currency_code']}"), sums)),
        Markup("<section>{}</section>").format(table(("Document", "Number", "Made", ">Total", "Tracking"), documents)),
        link(f"/shop/{shop.domain}/orders", "All orders"),
    ))  # fmt: skip
    return frame(f"Order {order['increment_id']}", body, place=f"{order['status']} · changed {order['updated_at']}")


def _salable(shop: Shop, item: dict):
    if not item["_stocked"]:
        return ""
    website = shop.website_of(item["store_id"])["code"]
    return stock.salable(shop, item["sku"], stock.stock_of(shop, website)["stock_id"])


def _act(shop: Shop, order: dict, action: str, request: Request) -> Response | None:
    """Carry out a button; the order's page tells why it could not be."""
    if action not in dict(ACTIONS):
        return None
    given = {"number": f"SANDBOX{random.randint(10**8, 10**9)}", "carrier": "dhl"} if action == "ship" else {}
    try:
        with shop.store.transaction():
            sales_control.ACTIONS[action](Sale(shop, order["entity_id"]), {**given, **request.form})
    except (ApiError, ValueError) as error:
        return _order(shop, order, error.text if isinstance(error, ApiError) else str(error))
    return back_to(f"/shop/{shop.domain}/orders/{order['entity_id']}")
