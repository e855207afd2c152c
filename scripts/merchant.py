"""What a merchant does in Odoo's screens to connect a shop and keep everything in step, done over RPC."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from .console import Failure, say
from .rpc import Rpc
from .shop import Shop

# The seed goes back 120 days; the connect form's default is 90.
HISTORY_DAYS = 150
IMPORT_SECONDS = 1800
# What is kept in step from the first moment on; stock is told when Odoo has counted.
FLOWS = ("import_products", "export_products", "import_shipments", "export_shipments", "import_customers")
LATER = ("export_stock", "export_customers")
# Units per euro, for the currencies the shops sell in: a user enters rates, or lets Odoo fetch them.
RATES = {
    "EUR": 1.0,
    "USD": 1.08,
    "GBP": 0.85,
    "CAD": 1.47,
    "AUD": 1.64,
    "CHF": 0.95,
    "SEK": 11.3,
    "NOK": 11.6,
    "DKK": 7.46,
    "PLN": 4.3,
    "JPY": 162.0,
    "NZD": 1.78,
    "MXN": 18.5,
    "KWD": 0.33,
}


# === WAITING === #


def waiting(rpc: Rpc, backend_id: int) -> list[dict]:
    """Return the sync jobs of a backend that are not done yet."""
    domain = [("backend_id", "=", backend_id), ("state", "in", ["pending", "processing"])]
    return rpc.search_read(
        "sync.job", domain, ["name", "operation", "state", "items_done", "items_total", "items_failed"]
    )


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something that is looked at several times a second.

    :raises Failure: it did not come true in time
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"Not within {seconds:.0f} s: {what}.")
        time.sleep(0.25)


def wait_until_done(
    rpc: Rpc, backend_id: int, seconds: float = IMPORT_SECONDS, *, quiet: bool = False, but: tuple[str, ...] = ()
) -> None:
    """Wait until no sync job waits and no webhook event is unprocessed; show how far it is.

    :param but: operations that are not waited for
    :raises Failure: it takes too long, or the connection failed
    """
    deadline, shown = time.monotonic() + seconds, ""
    while time.monotonic() < deadline:
        jobs = [job for job in waiting(rpc, backend_id) if job["operation"] not in but]
        events = rpc.search_count("integration.webhook.event", [("backend_id", "=", backend_id), ("state", "=", "new")])
        if not jobs and not events:
            return
        backend = rpc.call("integration.backend", "read", [backend_id], ["state", "state_message"])[0]
        if backend["state"] == "error":
            raise Failure(f"The connection to the shop failed: {backend['state_message']}")
        imports = [job for job in jobs if job["operation"].startswith("import_") and job["items_total"]] or jobs
        text = "; ".join(f"{job['name']}: {job['items_done']} of {job['items_total'] or '?'}" for job in imports[:2])
        if text and text != shown and not quiet:
            say(f"    {text}")
            shown = text
        time.sleep(0.5)
    raise Failure(f"It is not done after {seconds:.0f} s: {waiting(rpc, backend_id)}")


# === STEPS === #


def prepare_company(rpc: Rpc, currency: str, currencies: set[str]) -> None:
    """Let the company keep its books in a currency and know a rate for each other one; once."""
    if rpc.search_count("integration.backend", [("active", "in", [True, False])]):
        return
    found = rpc.search_read(
        "res.currency", [("name", "in", [*currencies, currency]), ("active", "in", [True, False])], ["name", "active"]
    )
    ids = {entry["name"]: entry["id"] for entry in found}
    rpc.call("res.currency", "write", list(ids.values()), {"active": True})
    company = rpc.search_read("res.company", [], ["id"], limit=1)[0]["id"]
    # nobody is sent text messages: Odoo would ask about it before the first delivery is done
    values = {"name": "Demo Company", "currency_id": ids[currency], "stock_text_confirmation": False}
    rpc.call("res.company", "write", [company], values)
    unknown = sorted(set(ids) - set(RATES))
    if unknown:
        say(f"  no rate known for {', '.join(unknown)}: orders in them will be held until you enter one")
    day = (datetime.now(timezone.utc) - timedelta(days=2 * HISTORY_DAYS)).strftime("%Y-%m-%d")
    rates = rpc.search_read("res.currency.rate", [("company_id", "=", company)], ["currency_id"])
    rated = {entry["currency_id"][1] for entry in rates}
    for name in sorted((set(ids) & set(RATES)) - {currency} - rated):
        rate = RATES[name] / RATES[currency]
        rpc.create("res.currency.rate", {"currency_id": ids[name], "company_id": company, "name": day, "rate": rate})


def connect(rpc: Rpc, shop: Shop) -> int:
    """Connect a shop with the form a user fills in, unless it is connected; return the backend's id.

    Orders from now on: those placed before come when their products are there. Taxes that Odoo lacks are created. The
    defaults in the context are settings of the new channel that the form does not ask for: the shop's test orders are
    imported too, and its products whether they have a SKU or not.
    """
    domain = [("platform", "=", shop.platform), ("state", "in", ("connected", "error"))]
    known = rpc.search_read("integration.backend", domain, ["state"], limit=1)
    if known:
        if known[0]["state"] == "error":  # somebody tried a fault: what its page says to do
            rpc.call("integration.backend", "action_test_connection", [known[0]["id"]])
        return known[0]["id"]
    wizard = rpc.create(
        "integration.connect",
        {
            "platform": shop.platform,
            "name": f"{shop.title} demo store",
            "import_from": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
            "unknown_product": "create",
            "tax_policy": "create",
            **dict.fromkeys(FLOWS, True),
            **shop.wizard_values(),
        },
    )
    settings = {"skip_test_orders": False, "product_unmatched": "create", **shop.settings}
    context = {f"default_{name}": value for name, value in settings.items()}
    rpc.call("integration.connect", "action_connect", [wizard], context=context)
    return rpc.search_read("integration.backend", domain, ["id"], limit=1)[0]["id"]


def import_everything(
    rpc: Rpc, shop: Shop, backend_id: int, seconds: float = IMPORT_SECONDS, *, quiet: bool = False
) -> None:
    """Take over what the shop has: products, orders, what is in stock. Then let it hear of the stock. Harmless again.

    Stock comes last: what the shop has available is less by its open orders, and Odoo must know what those hold.
    """
    options = {"seconds": seconds, "quiet": quiet}
    backend = rpc.call("integration.backend", "read", [backend_id], list(FLOWS))[0]
    off = [name for name in FLOWS if not backend[name]]
    if off:  # connected by an earlier version of this program
        rpc.call("integration.backend", "write", [backend_id], dict.fromkeys(off, True))
        rpc.call("integration.backend", "action_import_all_products", [backend_id])
    # pictures take long and nothing depends on them
    wait_until_done(rpc, backend_id, but=("import_product_images",), **options)
    decide(rpc, backend_id)
    since = datetime.now(timezone.utc) - timedelta(days=HISTORY_DAYS)
    wizard = rpc.create("integration.import", {"backend_id": backend_id, "since": since.strftime("%Y-%m-%d %H:%M:%S")})
    rpc.call("integration.import", "action_start", [wizard])
    rpc.call("integration.backend", "action_read_locations", [backend_id])
    wait_until_done(rpc, backend_id, **options)
    map_places(rpc, shop, backend_id)
    take_stock(rpc, backend_id)
    wait_until_done(rpc, backend_id, **options)
    rpc.call("integration.backend", "write", [backend_id], dict.fromkeys(LATER, True))
    wait_until_done(rpc, backend_id, **options)


def decide(rpc: Rpc, backend_id: int) -> None:
    """Have the products created that wait for a decision: those of the shop whose variants share a SKU."""
    undecided = rpc.search_read(
        "integration.product.conflict", [("backend_id", "=", backend_id), ("state", "=", "open")], ["id"]
    )
    if undecided:
        rpc.call("integration.product.conflict", "action_create", [row["id"] for row in undecided])


def map_places(rpc: Rpc, shop: Shop, backend_id: int) -> None:
    """Give each place of the shop a warehouse of Odoo: the first one the company's own, others new ones.

    So all shops send from the company's own warehouse: what is sold on several has one stock.
    """
    places = rpc.search_read(
        "integration.location",
        [("backend_id", "=", backend_id)],
        ["name", "location_ids", "external_id"],
    )
    warehouses = rpc.search_read("stock.warehouse", [], ["lot_stock_id", "name"])
    by_name = {warehouse["name"]: warehouse for warehouse in warehouses}
    for number, place in enumerate(sorted(places, key=lambda place: shop.rank(place["external_id"]))):
        if place["location_ids"]:
            continue
        warehouse = warehouses[0] if number == 0 else by_name.get(place["name"])
        if not warehouse:
            code = f"{shop.title[0]}{number + 1}"
            new = rpc.create("stock.warehouse", {"name": place["name"], "code": code})
            warehouse = rpc.call("stock.warehouse", "read", [new], ["lot_stock_id", "name"])[0]
        values = {"warehouse_id": warehouse["id"], "location_ids": [[6, 0, [warehouse["lot_stock_id"][0]]]]}
        rpc.call("integration.location", "write", [place["id"]], values)


def take_stock(rpc: Rpc, backend_id: int) -> None:
    """Make what the shop has in stock Odoo's first inventory; what somebody has counted in Odoo is left alone."""
    action = rpc.call("integration.backend", "action_import_stock", [backend_id])
    rpc.call(action["res_model"], "action_start", [action["res_id"]])
