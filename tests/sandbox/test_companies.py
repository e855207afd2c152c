"""Who buys for a company: GraphQL states it whole, a webhook the ids only."""

from sandbox.shopify import rest
from sandbox.shopify.shop import Shop

FIRM = {"id": 77, "name": "Blue & Co. KG", "location_id": 78, "tax_id": "DE123456789"}
QUERY = """{ orders(first: 5, sortKey: ID) { nodes { purchasingEntity { __typename
  ... on Customer { id }
  ... on PurchasingCompany { company { id name } location { id taxSettings { taxRegistrationId } } } } } } }"""


def entities(lab) -> list:
    return [node["purchasingEntity"] for node in lab.gql(QUERY)["data"]["orders"]["nodes"]]


def test_purchasing_company(lab):
    lab.place()
    lab.place(company=FIRM)
    assert entities(lab) == [
        None,
        {
            "__typename": "PurchasingCompany",
            "company": {"id": "gid://shopify/Company/77", "name": "Blue & Co. KG"},
            "location": {
                "id": "gid://shopify/CompanyLocation/78",
                "taxSettings": {"taxRegistrationId": "DE123456789"},
            },
        },
    ]


def test_webhook(lab):
    services = lab.sandbox.services
    shop = Shop(services.store, services.clock, lab.domain)
    bodies = [rest.order(shop, lab.stored(lab.place(company=company))) for company in (FIRM, None)]
    assert [body["company"] for body in bodies] == [{"id": 77, "location_id": 78}, None]
