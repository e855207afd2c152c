"""Events of Adobe Commerce by HTTP to a running server that polls nothing: they alone keep both sides the same."""

from sandbox.magento import eventing

SECONDS = 15


def orders(channel, external_id):
    return channel.rpc.search_count("sale.order", [("integration_external_id", "=", external_id)])


def placed(channel):
    """Have an order placed; return (its id, the seconds until it is in Odoo)."""
    external_id = channel.account.place_of({"A0": 1})
    return external_id, channel.wait(lambda: orders(channel, external_id), SECONDS, "the order does not come in")


def refused(channel):
    """Return how many calls were refused, by reason."""
    rows = channel.rpc.search_read("integration.webhook.refusal", [], ["reason", "count"])
    return {row["reason"]: row["count"] for row in rows}


def title(channel, sku):
    [article] = channel.rpc.search_read("product.product", [("default_code", "=", sku)], ["name"])
    return article["name"]


def seen_there(channel, sku):
    """Return what Odoo knows of the quantity there."""
    [row] = channel.sql(
        "SELECT l.remote_quantity FROM integration_stock_level l JOIN integration_binding_variant v"
        f"  ON v.id = l.binding_id JOIN product_product p ON p.id = v.odoo_id WHERE p.default_code = '{sku}'"
    )
    return row


def subscribed(channel):
    return {entry["name"] for entry in channel.account.shop.all(eventing.SUBSCRIPTION)}


def test_a_life_with_events(commerce):
    """From the first call, which no key is known for, until the channel is disconnected."""
    channel = commerce
    channel.serve()
    channel.account.shop.put(eventing.SUBSCRIPTION, "observer.other", {"name": "observer.other", "fields": []})
    channel.connect(4)
    [state] = channel.rpc.search_read("integration.backend", [], ["webhook_state", "webhook_message"])
    assert state["webhook_state"] == "registered", state
    assert len(subscribed(channel)) > 5

    # What is signed with keys that are not known yet is refused, and sent again: here after a second.
    channel.stand_in.control(f"shops/{channel.account.domain}/event-keys", {})
    before = refused(channel).get("later", 0)
    _order, first = placed(channel)
    assert refused(channel)["later"] > before
    _order, second = placed(channel)
    print(f"an order is in Odoo after {second:.1f} s, the first one with new keys after {first:.1f} s")
    assert refused(channel).keys() == {"later"}

    # Who signs with another key gets nothing in, and Adobe does not send it again.
    channel.account.fault("webhook_bad_signature")
    forged = channel.account.place_of({"A0": 1})
    channel.wait(channel.settled, what="the forged events do not end")
    channel.account.no_faults()
    assert refused(channel)["signature"] >= 1
    assert not orders(channel, forged)
    channel.account.touch(forged)
    channel.wait(lambda: orders(channel, forged), SECONDS, "what happens to the order next does not bring it")

    products = {product["title"]: external_id for external_id, product in channel.account.products().items()}
    channel.account.change_product(products["Article 1"], title="Renamed there")
    seconds = channel.wait(lambda: title(channel, "A1") == "Renamed there", SECONDS, "the title does not come in")
    channel.account.set_stock("A2", channel.place, 7)
    other = channel.wait(lambda: seen_there(channel, "A2") == "7", SECONDS, "the quantity does not come in")
    print(f"a product is in Odoo after {seconds:.1f} s, a quantity after {other:.1f} s")

    # What Odoo sent comes back as events: they cost a look, and nothing is sent again.
    channel.wait(channel.settled, what="the changes do not settle")
    channel.account.calls()
    channel.write("A1", list_price=12.5)
    channel.count("A1", 25)
    channel.wait(channel.settled, what="the echo does not end")
    calls = channel.account.calls()
    print(f"a price and a quantity that are sent, and their echo: {calls}")
    assert sorted(channel.account.writes(calls)) == ["POST inventory/source-items", "PUT products/{}"]

    lost = _come_as_they_like(channel, [products["Article 0"], products["Article 1"]], products["Article 3"])
    channel.rpc.call("integration.backend", "action_sync_now", [channel.backend])
    channel.settle()
    channel.check_same()
    assert orders(channel, lost) == 1
    assert title(channel, "A3") == "Told by nobody"
    states = {row.split("|")[0] for row in channel.sql("SELECT DISTINCT state FROM integration_webhook_event")}
    assert states <= {"done", "superseded", "ignored"}, states

    channel.rpc.call("integration.backend", "action_disconnect", [channel.backend])
    assert subscribed(channel) == {"observer.other"}


def _come_as_they_like(channel, changed, untold):
    """Events come twice, out of order, and in the end not at all; return an order that nobody told of."""
    channel.account.fault("webhook_duplicate", probability=0.4, seed=7)
    channel.account.fault("webhook_reorder", probability=0.3, after=2)
    for number in range(12):
        channel.account.change_product(changed[number % 2], title=f"Title {number}")
        channel.account.set_stock(f"A{number % 2}", channel.place, 5 + number)
        channel.write(f"A{2 + number % 2}", list_price=20 + number)
    placed_ids = [channel.account.place_of({"A3": 1}) for _order in range(4)]
    channel.account.no_faults()
    channel.stand_in.control("deliveries", {"release": channel.account.domain})
    channel.wait(channel.settled, what="events or jobs were left behind")
    assert all(orders(channel, external_id) == 1 for external_id in placed_ids)
    channel.account.fault("webhook_drop")
    lost = channel.account.place_of({"A3": 1})
    channel.account.change_product(untold, title="Told by nobody")
    channel.wait(channel.settled, what="there is something to do")
    channel.account.no_faults()
    assert not orders(channel, lost)
    return lost
