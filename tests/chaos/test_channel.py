"""Products, stock and shipments while workers die, the platform is away, and webhooks come as they like."""

import random

PUSHES = {"push_products": "ProductVariantsUpdate", "push_stock": "InventorySet", "push_shipments": "FulfillmentCreate"}


def test_workers_killed_while_they_push(channel):
    """Each worker dies after the platform did what it was told and before it could say so."""
    channel.serve(workers=4, channels="root:6,root.integration_webhooks:1")
    channel.connect(3)
    sold = [channel.sell("A0") for _order in range(2)]
    with channel.held(ProductVariantsUpdate=2, InventorySet=1, FulfillmentCreate=2) as held:
        for sku in channel.articles:
            channel.write(sku, list_price=12.5)
        channel.count("A1", 25)
        for number, (_order, picking) in enumerate(sold):
            channel.ship(picking, f"1Z{number}")
        for operation, call in PUSHES.items():
            channel.wait(held[call].reached.is_set, what=f"{operation} did not call")
        for operation in PUSHES:
            channel.kill_worker(channel.worker_at(operation))
        channel.write("A0", list_price=13.5)
        channel.count("A1", 24)
    seconds = channel.wait(channel.settled, what="the pushes did not go on")
    print(f"settled {seconds:.1f} s after the kills")
    channel.check_same()
    assert len(channel.account.products()) == 3
    prices = {s: v["price"] for p in channel.account.products().values() for s, v in p["variants"].items()}
    assert prices == {"A0": 13.5, "A1": 12.5, "A2": 12.5}
    assert channel.account.stock()["A1", channel.place] == 24
    for number, (order, _picking) in enumerate(sold):
        assert channel.account.shipments(order) == [{"numbers": [f"1Z{number}"], "units": {"A0": 1}}]
    calls = channel.account.calls()
    assert calls.count("FulfillmentCreate") == 2, "what was told is found, not told again"


def test_platform_away_for_an_hour(channel):
    """Nobody answers, no webhook arrives; work goes on on both sides and comes together afterwards."""
    channel.serve()
    channel.connect(4)
    sold = channel.sell("A3")
    products = {product["title"]: external_id for external_id, product in channel.account.products().items()}
    channel.account.fault("status", status=503)
    channel.account.fault("webhook_drop")
    channel.write("A0", list_price=11.5)
    channel.count("A1", 7)
    channel.ship(sold[1], "1Z0")
    channel.account.change_product(products["Article 2"], title="Renamed there")
    order = channel.account.place_of({"A2": 1})
    postponed = [
        ("operation", "in", ["push_products", "push_stock", "push_shipments"]),
        ("retry_count", ">", 0),
        ("state", "=", "pending"),
    ]
    channel.wait(lambda: channel.rpc.search_count("sync.job", postponed) == 3, what="the pushes are not postponed")
    assert channel.rpc.search_count("sync.job", [("state", "=", "failed")]) == 0, "an outage is no failure"
    state = channel.rpc.search_read("integration.backend", [], ["state"])[0]["state"]
    assert state == "connected"

    channel.stand_in.control("clock", {"advance": 3600})
    channel.account.no_faults()
    channel.rpc.call("integration.backend", "action_sync_now", [channel.backend])
    channel.hurry()
    channel.settle()
    channel.check_same()
    assert [quantity for (sku, _place), quantity in sorted(channel.account.stock().items())] == [10, 7, 9, 9]
    assert channel.account.products()[products["Article 2"]]["title"] == "Renamed there"
    assert channel.rpc.search_count("sale.order", [("integration_external_id", "=", order)]) == 1
    assert channel.account.shipments(sold[0]) == [{"numbers": ["1Z0"], "units": {"A3": 1}}]
    assert channel.account.calls().count("FulfillmentCreate") <= 2


def test_webhooks_twice_and_out_of_order_on_two_servers(channel):
    """Two servers take webhooks of products and stock, some of them late and twice, and push at the same time."""
    channel.serve()
    channel.serve()
    channel.connect(6)
    products = sorted(channel.account.products())
    channel.account.fault("webhook_duplicate", probability=0.4, seed=7)
    channel.account.fault("webhook_reorder", probability=0.3, after=2)
    rng, servers = random.Random(7), [server.rpc() for server in channel.servers]
    for number in range(30):
        channel.account.change_product(rng.choice(products[:3]), title=f"Title {number}")
        channel.account.set_stock(f"A{rng.randrange(3)}", channel.place, rng.randrange(5, 20))
        if number % 3 == 0:
            channel.rpc = servers[number % 2]
            channel.write(f"A{rng.randrange(3, 6)}", list_price=20 + number)
            channel.count(f"A{rng.randrange(3, 6)}", rng.randrange(5, 20))
    channel.account.no_faults()
    channel.stand_in.control("deliveries", {"release": channel.account.domain})
    channel.wait(channel.settled, what="events or jobs were left behind")
    states = channel.sql("SELECT state, count(*) FROM integration_webhook_event GROUP BY 1")
    print("events:", states)
    assert {row.split("|")[0] for row in states} <= {"done", "superseded", "ignored"}, states
    # What the merchant set by hand is Odoo's to say, once it is clear that no order explains it.
    channel.settle()
    channel.check_same()
