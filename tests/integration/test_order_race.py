"""The same orders, in two channels of one company at once, in four processes: nothing twice, nothing lost."""

from tests.integration.order_race import ADDRESSES, GUESTS, KNOWN, ORDERS, PEOPLE


def test_four_processes_make_each_order_and_customer_once(race):
    processes = race("order_race")
    [backends] = processes.run(["setup"])
    happened = processes.run(*(["import", backends[number % 2], number] for number in range(4)))
    count = processes.count
    assert sum(each["created"] for each in happened) == 2 * ORDERS
    assert count("SELECT count(*) FROM integration_binding_order") == 2 * ORDERS
    assert count("SELECT count(*) FROM sale_order WHERE integration_backend_id IS NOT NULL") == 2 * ORDERS
    guests = "FROM res_partner WHERE email_normalized LIKE 'guest%@example.com'"
    assert count(f"SELECT count(*) {guests}") == GUESTS
    assert count(f"SELECT count(*) FROM res_partner WHERE parent_id IN (SELECT id {guests})") == GUESTS
    known = f"SELECT id FROM res_partner WHERE email_normalized = '{KNOWN}'"
    assert count(f"SELECT count(*) FROM ({known}) k") == 1
    assert count(f"SELECT count(*) FROM res_partner WHERE parent_id IN ({known})") == ADDRESSES
    assert count("SELECT count(*) FROM res_partner WHERE name = 'New Firm'") == 1
    assert count("SELECT count(*) FROM res_partner WHERE email_normalized LIKE 'person%@example.com'") == PEOPLE
    assert sum(each["busy"] for each in happened), "the processes never met: this test shows nothing"
