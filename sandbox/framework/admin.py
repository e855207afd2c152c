"""The first page and the admin page: state, clock, faults, deliveries, API log."""

from werkzeug.wrappers import Request, Response

from .faults import API_KINDS, SHOP_KINDS, WEBHOOK_KINDS
from .html import Markup, back_to, button, deliveries_table, frame, join, link, options, table


def index(sandbox, _request: Request) -> Response:
    """Every shop with its storefront and API log."""
    shops = [shop for platform in sandbox.platforms for shop in platform.shops()]
    rows = [
        (
            link(f"/shop/{shop['domain']}/", shop["name"]),
            shop["platform"],
            Markup("<code>{}</code>").format(shop["domain"]),
            shop["counts"].get("products", ""),
            shop["counts"].get("orders", ""),
            link(f"/admin/log/{shop['domain']}", "API log"),
        )
        for shop in shops
    ]
    body = Markup(
        "<section>{}</section><p class='dim'>Open a shop to place an order. Calls to "
        "<code>/&lt;host&gt;/&lt;path&gt;</code> answer like <code>https://&lt;host&gt;/&lt;path&gt;</code>; "
        "the control API is under <code>/_control/</code>.</p>"
    ).format(table(("Shop", "Platform", "Domain", ">Products", ">Orders", ""), rows))
    return frame("Stand-in shops", body, place=sandbox.services.clock.iso())


def page(sandbox, request: Request, parts: list[str]) -> Response:
    if parts and parts[0] == "log" and len(parts) == 2:
        return _log(sandbox, parts[1])
    if request.method == "POST":
        problem = _change(sandbox, request, parts[0] if parts else "")
        return _state(sandbox, problem) if problem else back_to("/admin/")
    return _state(sandbox)


def _change(sandbox, request: Request, what: str) -> str | None:
    """Carry out a form; the reason if it could not be."""
    form, services = request.form, sandbox.services
    try:
        if what == "clock":
            services.clock.change(advance=form.get("advance") or None, freeze=form.get("freeze") == "on")
            services.deliveries.wake()
        elif what == "fault":
            details = {"seconds": float(form["seconds"])} if form.get("seconds") else {}
            if form.get("status"):
                details["status"] = int(form["status"])
            count = int(form["count"]) if form.get("count") else None
            services.faults.add(
                form["kind"], shop=form.get("shop") or "*", match=form.get("match") or "*", count=count,
                probability=float(form.get("probability") or 1), **details,
            )  # fmt: skip
        elif what == "clear":
            services.faults.clear(int(form["id"]) if form.get("id") else None)
    except ValueError as error:
        return str(error)
    return None


def _state(sandbox, problem: str | None = None) -> Response:
    services = sandbox.services
    clock, deliveries = services.clock.state(), services.deliveries
    warning = Markup('<section class="bad">{}</section>').format(problem) if problem else ""
    clock_form = Markup(
        '<form class="card row" method="post" action="/admin/clock"><b>{}</b><span class="dim">offset {} s</span>'
        '<label>advance <input name="advance" size="8" placeholder="seconds"></label>'
        '<label><input type="checkbox" name="freeze" {}> frozen</label><button>Apply</button></form>'
    ).format(clock["now"], clock["offset_seconds"], Markup("checked") if clock["frozen"] else "")
    faults = [
        (
            fault["kind"], fault["shop"], fault["match"], "∞" if fault["left"] is None else fault["left"],
            fault["probability"], fault["hits"], button("/admin/clear", "remove", quiet=True, id=fault["id"]),
        )
        for fault in services.faults.list()
    ]  # fmt: skip
    fault_form = Markup(
        '<form class="card row" method="post" action="/admin/fault"><select name="kind">{}</select>'
        '<input name="shop" placeholder="shop (all)"><input name="match" placeholder="operation or topic (any)">'
        '<input type="number" name="count" placeholder="times"><input type="number" step="0.01" name="probability" '
        'placeholder="chance"><input type="number" name="seconds" step="0.1" placeholder="seconds">'
        '<input type="number" name="status" placeholder="status"><button>Add fault</button></form>'
    ).format(options((kind, f"{kind}: {text}") for kind, text in {**API_KINDS, **SHOP_KINDS, **WEBHOOK_KINDS}.items()))
    recent = []
    for platform in sandbox.platforms:
        for shop in platform.shops():
            recent += deliveries.listing(shop["domain"], limit=20)
    recent.sort(key=lambda entry: -entry["id"])
    body = join(
        (
            warning,
            Markup("<h2>Clock</h2>"),
            clock_form,
            Markup("<h2>Faults</h2>"),
            fault_form,
            Markup("<section>{}</section>").format(
                table(("Kind", "Shop", "Match", ">Left", ">Chance", ">Hits", ""), faults)
                if faults
                else Markup('<span class="dim">Nothing goes wrong.</span>')
            ),
            Markup("<h2>Webhooks</h2><section><p class='dim'>To {} · {} waiting</p>{}</section>").format(
                deliveries.deliver_to or "their own addresses", deliveries.pending(), deliveries_table(recent[:20])
            ),
        )
    )
    return frame("State", body, place=services.clock.iso())


def _log(sandbox, shop: str) -> Response:
    log = sandbox.services.log.of(shop)
    priced = any("requested_cost" in call for call in log["calls"])
    calls = [
        (
            call["at"], call["operation"], call["status"],
            *((call.get("requested_cost", ""), call.get("actual_cost", "")) if priced else ()),
            call.get("error") or call.get("fault") or "", call["ms"],
        )
        for call in log["calls"]
    ]  # fmt: skip
    counts = table(("What", ">Count"), sorted(log["counts"].items()))
    costs = (">Asked", ">Cost") if priced else ()
    listing = table(("At", "Operation", ">Status", *costs, "Problem", ">ms"), calls)
    body = Markup("<section>{}</section><section>{}</section>").format(counts, listing)
    return frame(f"API calls of {shop}", body, place=sandbox.services.clock.iso())
