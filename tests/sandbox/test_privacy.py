"""What privacy law makes the platform ask: signed with the app's secret, to one address of the app."""

import base64
import hashlib
import hmac
import json

import pytest


@pytest.fixture
def asked(lab, receiver):
    lab.sandbox.services.deliveries.set_target(receiver.url)
    lab.sandbox.start()
    return receiver


def test_requests_go_to_the_apps_address(lab, asked):
    customer = lab.control("POST", "/customers", {"first_name": "Ann", "email": "ann@example.com"})
    order = lab.place(customer=customer["id"])
    lab.place()
    lab.control("POST", "/privacy", {"topic": "customers/data_request", "customer": customer["id"]})
    lab.control("PATCH", "", {"compliance_url": "https://odoo.example.com/elsewhere"})
    lab.control("POST", "/privacy", {"topic": "customers/redact", "customer": customer["id"]})
    lab.control("POST", "/uninstall", {})
    lab.control("POST", "/privacy", {"topic": "shop/redact"})
    calls = sorted(asked.wait(3), key=lambda call: call[1]["x-shopify-topic"])
    secret = lab.shop["client_secret"].encode()
    for _, headers, body in calls:
        digest = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        assert headers["x-shopify-hmac-sha256"] == digest
        assert headers["x-shopify-shop-domain"] == lab.domain
    assert [path for path, _, _ in calls] == ["/connector/privacy/shopify", "/elsewhere", "/elsewhere"]
    data, redact, shop = (json.loads(body) for _, _, body in calls)
    assert (data["customer"]["email"], data["orders_requested"]) == ("ann@example.com", [order["id"]])
    assert redact["orders_to_redact"] == [order["id"]]
    assert shop == {"shop_id": lab.shop["id"], "shop_domain": lab.domain}


def test_refused(lab):
    lab.control("POST", "/privacy", {"topic": "customers/forget"}, status=400)
    lab.control("POST", "/privacy", {"topic": "customers/redact", "customer": 5}, status=404)


def test_page(lab):
    customer = lab.control("POST", "/customers", {"first_name": "Ann", "email": "ann@example.com"})
    path = f"/shop/{lab.domain}/privacy"
    assert "ann@example.com" in lab.client.get(path).text
    form = {"topic": "customers/redact", "customer": customer["id"]}
    assert lab.client.post(path, data=form).status_code == 303
    assert "customers/redact" in lab.client.get(path).text
