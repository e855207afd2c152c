"""The control API's part of sales and stock: what customers and merchants do in the shop."""

from werkzeug.wrappers import Request, Response

from ..framework.web import json_body, json_response
from . import creditmemos, customers, invoices, ledger, orders, placing, sales_seed, shipments, stock
from .creditmemos import Wanted
from .errors import ApiError
from .money import dec, num
from .sales import Sale
from .shop import Shop


class SalesControl:
    """Pages below ``/_control/shops/<domain>/``; errors are ValueError (400) and KeyError (404)."""

    # --- orders ----------------------------------------------------------------------------------------------------
    def _orders(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        if rest == ["bulk"]:
            return json_response(sales_seed.fill(shop, **json_body(request)), 201)
        if rest:
            return self._order(shop, request, rest)
        if request.method == "POST":
            order = place(shop, json_body(request))
            return json_response({"id": order["entity_id"], "increment_id": order["increment_id"]}, 201)
        names = ("increment_id", "state", "status", "grand_total", "order_currency_code", "updated_at")
        listed = [{"id": order["entity_id"], **{name: order[name] for name in names}} for order in shop.all("order")]
        return json_response({"orders": listed})

    def _order(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        order = shop.get("order", int(rest[0]))
        if order is None:
            raise KeyError(rest[0])
        if len(rest) == 1:
            return json_response(told(shop, order["entity_id"]))
        action = ACTIONS.get(rest[1]) if request.method == "POST" else None
        if action is None:
            raise KeyError("/".join(rest))
        try:
            with shop.store.transaction():
                result = action(Sale(shop, order["entity_id"]), json_body(request))
        except ApiError as error:
            raise ValueError(error.text) from error
        return json_response(result if result is not None else told(shop, order["entity_id"]))

    def _ledger(self, shop: Shop, _request: Request, _rest) -> Response:
        return json_response(ledger.of_shop(shop))

    # --- customers -------------------------------------------------------------------------------------------------
    def _customers(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        known = shop.get("customer", int(rest[0])) if rest else None
        if rest and known is None:
            raise KeyError(rest[0])
        if request.method == "POST":
            given = json_body(request)
            try:
                record = customers.save(shop, given if known else customers.describe(shop, given), known)
            except ApiError as error:
                raise ValueError(error.text) from error
            return json_response(record, 200 if known else 201)
        return json_response(known or {"customers": shop.all("customer")})

    # --- stock -----------------------------------------------------------------------------------------------------
    def _stock(self, shop: Shop, request: Request, _rest) -> Response:
        if request.method == "POST":
            given = json_body(request)
            code = given.get("source") or stock.DEFAULT_SOURCE
            if stock.source(shop, code) is None:
                raise ValueError(f"there is no source {code}")
            if not shop.find("product", "sku", given["sku"]):
                raise ValueError(f"there is no product {given['sku']}")
            quantity = dec(given["quantity"])
            stock.set_item(shop, given["sku"], code, quantity, given.get("status", quantity > 0))
        wanted = request.args.get("sku")
        skus = [wanted] if wanted else dict.fromkeys(item["sku"] for item in shop.all("source_item"))
        return json_response({"stock": [_article(shop, sku) for sku in skus]})

    def _sources(self, shop: Shop, request: Request, _rest) -> Response:
        if request.method == "POST":
            return json_response(stock.add_source(shop, json_body(request)), 201)
        return json_response({"sources": list(stock.sources(shop).values())})


PAGES = frozenset(("orders", "ledger", "customers", "stock", "sources"))


def place(shop: Shop, spec: dict) -> dict:
    """An order with its first payment: ``financial`` is pending, authorized or paid."""
    with shop.store.transaction():
        order = placing.place(shop, spec)
        invoices.first_payment(Sale(shop, order["entity_id"], order["created_at"]), spec.get("financial", "pending"))
    return order


def told(shop: Shop, number: int) -> dict:
    """The stored order as the API tells it, with its documents."""
    sale = Sale(shop, number)
    return {
        **orders.tell(sale.order), "id": number, "invoices": sale.documents("invoice"),
        "shipments": sale.documents("shipment"), "creditmemos": sale.documents("creditmemo"),
    }  # fmt: skip


def _article(shop: Shop, sku: str) -> dict:
    there = {item["source_code"]: item["quantity"] for item in stock.items(shop, sku)}
    salable = {str(number): num(stock.salable(shop, sku, number)) for number in stock.stocks(shop)}
    return {"sku": sku, "sources": there, "salable": salable}


# --- what happens to an order ----------------------------------------------------------------------------------------
def _rows(given: dict) -> list[dict] | None:
    """``lines``: dicts of item_id and quantity; None = all."""
    lines = given.get("lines")
    return lines and [{"order_item_id": line["item_id"], "qty": line["quantity"]} for line in lines]


def _touch(sale: Sale, given: dict):
    sale.comment(given.get("note") or "touched")
    sale.order.update({name: given[name] for name in ("customer_email", "status", "customer_note") if name in given})
    if "shipping_address" in given:
        sale.order["_shipping"]["address"].update(given["shipping_address"])
    sale.save()


def _cancel(sale: Sale, _given: dict):
    if not orders.cancel_rest(sale):
        raise ValueError("the order cannot be cancelled")


def _invoice(sale: Sale, given: dict):
    invoices.create(sale, _rows(given), paid=given.get("paid", True))
    sale.save()


def _ship(sale: Sale, given: dict):
    """``number`` or ``numbers``, ``carrier`` (a code), ``title``, ``lines``, ``source``."""
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    carrier = given.get("carrier", "custom")
    tracks = [
        {"track_number": number, "title": given.get("title") or carrier.upper(), "carrier_code": carrier}
        for number in numbers
    ]
    shipments.create(sale, _rows(given), tracks, given.get("source"))
    sale.save()


def _track(sale: Sale, given: dict):
    """One more number for the last shipment."""
    document = sale.documents("shipment")[-1]
    track = {
        "track_number": given["number"],
        "carrier_code": given.get("carrier", "custom"),
        "title": given.get("title"),
    }
    shipments.add_track(sale.shop, document, track)
    sale.save()


def _refund(sale: Sale, given: dict):
    """``lines``, ``shipping`` and ``adjustment`` (base currency, below 0: a fee), ``restock``. Unpaid: invoiced first.

    Without ``lines`` all goods; ``lines: []`` gives back money alone.
    """
    if sale.can_invoice and not sale.can_refund:
        invoices.create(sale)
    rows, adjustment = _rows(given), dec(given.get("adjustment"))
    if rows == []:
        rows = [{"order_item_id": sale.order["items"][0]["item_id"], "qty": 0}]
    shipping = given.get("shipping", 0 if given.get("lines") is not None else None)
    back = [item["item_id"] for item in sale.order["items"]] if given.get("restock") else ()
    wanted = Wanted(
        rows,
        None if shipping is None else dec(shipping),
        max(adjustment, dec(0)),
        max(-adjustment, dec(0)),
        tuple(back),
    )
    creditmemos.create(sale, wanted)
    sale.save()


def _edit(sale: Sale, given: dict) -> dict:
    """*Edit* of the admin: the order is cancelled and another one takes its place."""
    shop = sale.shop
    if not orders.cancel_rest(sale):
        raise ValueError("the order cannot be edited")
    order = placing.place(shop, {**given, "edited": sale.order})
    changed = {"relation_child_id": str(order["entity_id"]), "relation_child_real_id": order["increment_id"]}
    old = shop.get("order", sale.order["entity_id"])
    shop.put("order", old["entity_id"], {**old, **changed})
    return {"id": order["entity_id"], "increment_id": order["increment_id"]}


def _delete(sale: Sale, _given: dict) -> dict:
    shop, number = sale.shop, sale.order["entity_id"]
    for kind in ("invoice", "shipment", "creditmemo", "transaction"):
        for record in sale.documents(kind):
            shop.delete(kind, record["transaction_id" if kind == "transaction" else "entity_id"])
    shop.delete("order", number)
    return {"deleted": number}


ACTIONS = {
    "touch": _touch, "cancel": _cancel, "invoice": _invoice, "ship": _ship, "track": _track, "refund": _refund,
    "edit": _edit, "delete": _delete, "hold": lambda sale, _given: orders.hold_back(sale),
    "release": lambda sale, _given: orders.let_go(sale),
}  # fmt: skip
