"""The same products, in two channels of one company at once, in four processes: nothing twice, nothing lost."""

from tests.integration.product_race import PRODUCTS, SIZES


def test_four_processes_make_each_product_and_attribute_once(race):
    processes = race("product_race")
    [backends] = processes.run(["setup"])
    happened = processes.run(*(["import", backends[number % 2], number] for number in range(4)))
    count = processes.count
    templates = "FROM product_template WHERE name->>'en_US' LIKE 'Product %'"
    assert count(f"SELECT count(*) {templates}") == PRODUCTS
    assert count("SELECT count(*) FROM integration_binding_product") == 2 * PRODUCTS
    assert count("SELECT count(DISTINCT odoo_id) FROM integration_binding_product") == PRODUCTS
    variants = sum(len(SIZES[number % 3 :]) for number in range(PRODUCTS))
    assert count("SELECT count(*) FROM product_product WHERE default_code LIKE 'R%-%'") == variants
    assert count("SELECT count(*) FROM integration_binding_variant") == 2 * variants
    assert count("SELECT count(*) FROM product_attribute WHERE name->>'en_US' LIKE 'Option %'") == 4
    values = "SELECT 1 FROM product_attribute_value GROUP BY attribute_id, name->>'en_US' HAVING count(*) > 1"
    assert count(f"SELECT count(*) FROM ({values}) v") == 0
    assert count("SELECT count(*) FROM product_tag WHERE name->>'en_US' LIKE 'Tag %'") == 5
    assert sum(each["created"] for each in happened) == PRODUCTS
    assert sum(each["busy"] for each in happened), "the processes never met: this test shows nothing"
