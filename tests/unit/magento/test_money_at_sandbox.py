"""Orders of the sandbox's shop, whatever is done to them: each amount that is read is Magento's own, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import RefundRequest, RefundRequestLine
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento import sales
from odoo.addons.connector_magento.client import MagentoClient
from odoo.addons.connector_magento.parser import parse_order
from odoo.addons.connector_magento.parser_reckoning import Reckoning
from odoo.addons.connector_magento.renderer_refund import refund_body

pytest.importorskip("sandbox.magento.catalogue", reason="the sandbox has no catalogue yet")

from sandbox.factory import build
from sandbox.magento import ledger
from tests.sandbox.magento_lab import MagentoLab

from .test_products_at_sandbox import DOMAIN, LabSession

HOME = {"first_name": "Zoé", "last_name": "Martin", "address1": "1 rue du Bac", "city": "Paris", "country_code": "FR"}
TAXES = ([], ["0.2"], ["0.055"], ["0.0825"], ["0.05", "0.09975"])

prices = st.integers(0, 30_000).map(lambda cents: str(Decimal(cents) / 100))
numbers = st.integers(1, 7)


@st.composite
def lines(draw):
    line = {"title": "Mug", "sku": f"SKU-{draw(st.integers(1, 999))}", "quantity": draw(numbers), "price": draw(prices)}
    kind = draw(st.sampled_from(("simple", "simple", "virtual", "configurable", "fixed", "dynamic")))
    if kind in ("simple", "virtual"):
        eco = st.fixed_dictionaries({"title": st.just("Eco"), "amount": prices, "taxed": st.booleans()})
        line["weee"] = draw(st.lists(eco, max_size=1))
        line["type"] = kind
    else:
        line["type"] = "configurable" if kind == "configurable" else "bundle"
        count = 1 if kind == "configurable" else draw(st.integers(1, 3))
        line["children"] = [
            {
                "title": f"Part {number}",
                "sku": f"PART-{number}",
                "quantity": 1 if kind == "configurable" else draw(st.integers(1, 3)),
                "price": draw(prices) if kind == "dynamic" else 0,
            }
            for number in range(count)
        ]
    return line | {"discount_percent": draw(st.sampled_from((0, 0, 15, 100)))}


@st.composite
def specs(draw):
    discounts = (None, {"percent": "10"}, {"percent": "33", "shipping": True}, "7.77")
    spec = {
        "lines": draw(st.lists(lines(), min_size=1, max_size=3)),
        "rates": [{"title": f"T{n}", "rate": rate} for n, rate in enumerate(draw(st.sampled_from(TAXES)))],
        "compound": draw(st.booleans()),
        "tax_algorithm": draw(st.sampled_from(("unit", "row", "total"))),
        "currency": draw(st.sampled_from(("USD", "EUR", "JPY"))),
        "payment": draw(st.sampled_from(("checkmo", "braintree"))),
        "discount": draw(st.sampled_from(discounts)),
        "shipping": draw(st.one_of(st.none(), prices.map(lambda price: {"title": "Flat", "price": price}))),
    }
    for name in ("prices_include_tax", "shipping_includes_tax", "discount_tax", "tax_after_discount"):
        spec[name] = draw(st.booleans())
    for name in ("store_credit", "gift_card", "reward_points"):
        spec[name] = draw(prices) if draw(st.integers(0, 4)) == 0 else None
    return {key: value for key, value in spec.items() if value is not None}


class Shop:
    """A shop of the sandbox: what its customers and staff do, and what the connector reads of it."""

    def __init__(self, lab):
        self.lab = lab
        self.client = MagentoClient(LabSession(lab), f"https://{DOMAIN}")

    def place(self, spec):
        given = {"email": "zoe@example.com", "billing_address": HOME, "shipping_address": HOME, **spec}
        return self.lab.control("POST", "/orders", given, status=201)["id"]

    def act(self, number, action, **given):
        """What staff do; whether the shop lets them."""
        path = f"/_control/shops/{DOMAIN}/orders/{number}/{action}"
        return self.lab.client.post(path, json=given).status_code == 200

    def payload(self, number):
        return self.client.call("GET", "orders/{}", number)

    def belongings(self, number):
        payload = self.payload(number)
        return payload, sales.read_belongings(self.client, [payload], shipments=True).of(payload)

    def read(self, number, currency="order", **more):
        payload, belongings = self.belongings(number)
        return parse_order(payload, currency=currency, **belongings, **more)

    def books(self, number):
        shop = self.lab.sandbox.platforms[1].shop(DOMAIN)
        return ledger.of_order(shop, shop.get("order", number))

    def sold(self, number):
        """[(id of an item that is a line, units ordered)]."""
        return [(line.external_id, line.quantity) for line in self.read(number).lines if line.kind == "product"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    sandbox = build(tmp_path_factory.mktemp("money"))
    sandbox.services.later.pace = 0
    lab = MagentoLab(sandbox, DOMAIN)
    given = {"domain": DOMAIN, "edition": "Enterprise", "currencies": {"USD": "1.1", "JPY": "161.3"}}
    response = lab.client.post("/_control/shops", json=given)
    assert response.status_code == 201, response.text
    yield Shop(lab)
    sandbox.close()


def worth(refund, included):
    """What a canonical refund comes to, taxes included."""
    parts = (*refund.lines, *refund.shipping, *refund.adjustments)
    return sum((part.subtotal + (0 if included else part.tax) for part in parts), Decimal(0))


def some(data, sold):
    """Some units of some lines."""
    chosen = [(item, data.draw(st.integers(0, int(quantity)))) for item, quantity in sold]
    return [{"item_id": int(item), "quantity": quantity} for item, quantity in chosen if quantity]


@settings(max_examples=40, deadline=None)
@given(spec=specs(), data=st.data())
def test_what_is_read_is_what_the_shop_reckons(shop, spec, data):
    number = shop.place(spec)
    placed = shop.read(number)
    book = shop.books(number)
    assert placed.total == Decimal(book["total"])
    sold = shop.sold(number)
    for _step in range(data.draw(st.integers(0, 5))):
        action = data.draw(st.sampled_from(("invoice", "ship", "refund", "refund", "cancel")))
        given = {} if action == "cancel" else {"lines": some(data, sold)}
        if action == "refund":
            given["shipping"] = data.draw(st.sampled_from((None, 0, 1)))
            given["adjustment"] = data.draw(st.sampled_from((0, 2, -1)))
            given = {key: value for key, value in given.items() if value is not None}
        shop.act(number, action, **given)
    payload, _belongings = shop.belongings(number)
    for currency, side in (("order", ""), ("base", "base_")):
        order = shop.read(number, currency)
        assert order.difference == 0
        assert order.tax_total == Decimal(str(payload[f"{side}tax_amount"]))
        taxes = sum(sum(tax.amount for tax in part.taxes) for part in (*order.lines, *order.shipping_lines))
        assert taxes == order.tax_total
    order = shop.read(number)
    assert order.total == placed.total
    told = {refund.external_id: refund for refund in order.refunds}
    for memo in (memo for memo in shop.books(number)["refunds"] if Decimal(memo["amount"])):
        refund = told.pop(memo["id"])
        assert worth(refund, order.taxes_included) == Decimal(memo["amount"])
        assert not [one for one in refund.adjustments if one.external_id.endswith("-rest")], refund
    # units that are canceled while others were sent and are still to be paid
    left = [refund for key, refund in told.items() if not key.startswith("canceled")]
    assert not any(worth(refund, order.taxes_included) for refund in left)


@settings(max_examples=40, deadline=None)
@given(spec=specs(), data=st.data())
def test_a_refund_is_worth_what_was_shown(shop, spec, data):
    spec = {**spec, "payment": "checkmo"}
    number = shop.place(spec)
    sold = shop.sold(number)
    shop.act(number, "invoice", **({"lines": chosen} if (chosen := some(data, sold)) else {}))
    payload = shop.payload(number)
    shipping = Decimal(str(payload.get("shipping_amount") or 0))
    for step in range(data.draw(st.integers(1, 3))):
        wanted = some(data, sold)
        request = RefundRequest(
            order_external_id=str(number),
            key=f"refund-{number}-{step}",
            lines=tuple(
                RefundRequestLine(line_external_id=str(line["item_id"]), quantity=Decimal(line["quantity"]))
                for line in wanted
            ),
            shipping=data.draw(st.sampled_from((Decimal(0), Decimal("1.37"), shipping))),
        )
        payload, found = shop.belongings(number)
        currency = data.draw(st.sampled_from(("order", "base")))
        try:
            reckoning = Reckoning(payload, found["invoices"], found["creditmemos"], request, currency=currency)
        except DataError:
            continue
        preview = reckoning.preview()
        if preview.amount <= 0:
            continue
        body = refund_body(request, reckoning)
        made = shop.client.call("POST", "order/{}/refund", number, json=body)
        order = shop.read(number, currency)
        [refund] = [one for one in order.refunds if one.external_id == str(made)]
        # Magento is asked in its base currency: in another one its cent is none of ours
        foreign = order.currency != order.shop_currency
        most = Decimal(str(payload["base_to_order_rate"])) / 100 if foreign else Decimal(0)
        assert abs(worth(refund, order.taxes_included) - preview.amount) <= most, (body, refund)
