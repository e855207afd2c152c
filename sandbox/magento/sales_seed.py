"""What a shop has sold: customers, and orders that have been paid, sent, given back or cancelled since.

The same seed on the same data gives the same sales, apart from ids that were already taken and from the clock.
"""

import random

from ..framework import people
from . import creditmemos, customers, invoices, orders, placing, shipments, stock
from .catalogue_view import Catalogue
from .creditmemos import Wanted
from .money import dec
from .sales import PROCESSING, Sale
from .shop import Shop, instant, moment

DAY = 86400
#: Settings of a shop that has none of taxes.
TAXES = [
    {"code": "DE-VAT", "title": "MwSt. 19 %", "percent": "19", "country": "DE"},
    {"code": "FR-VAT", "title": "TVA 20 %", "percent": "20", "country": "FR"},
    {"code": "GB-VAT", "title": "VAT 20 %", "percent": "20", "country": "GB"},
    {"code": "MT-VAT", "title": "VAT 18 %", "percent": "18", "country": "MT"},
    {"code": "US-CA-*-Rate 1", "percent": "8.25", "country": "US", "region": "CA"},
    {"code": "US-NY-*-Rate 1", "percent": "8.375", "country": "US", "region": "NY"},
    {"code": "CA-GST", "title": "GST", "percent": "5", "country": "CA"},
    {"code": "CA-QC-QST", "title": "QST", "percent": "9.975", "country": "CA", "region": "QC"},
]
CURRENCIES = {"USD": 1.0842, "GBP": 0.8361}
CURRENCY_OF = {"US": "USD", "GB": "GBP"}
CARRIERS = (
    ("Flat Rate - Fixed", "flatrate_flatrate", "5.00"), ("Best Way - Table Rate", "tablerate_bestway", "9.90"),
    ("Free Shipping - Free", "freeshipping_freeshipping", "0"), ("DHL - Express worldwide", "dhl_P", "24.50"),
)  # fmt: skip
METHODS = (("checkmo", 10), ("banktransfer", 12), ("cashondelivery", 5), ("braintree", 40), ("paypal_express", 33))
#: Orders of one transaction: more are slower.
BATCH = 25
PLENTY = 10**6


def fill(shop: Shop, *, orders: int = 0, days: int = 120, seed: int = 1) -> dict:
    """Add customers and orders of the last ``days`` days, and stock; what was added."""
    chosen = random.Random(f"{seed}:{shop.domain}:sales")
    now = shop.clock.now()
    if not shop.config["taxes"]:
        shop.configure(taxes=TAXES, currencies={**CURRENCIES, **shop.config["currencies"]}, prices_include_tax=True)
    skus = [record["sku"] for record in shop.all("product") if record["type_id"] not in stock.COMPOSED]
    if shop.config["msi"] and len(stock.sources(shop)) == 1:
        stock.add_source(shop, {"name": "Berlin store", "code": "berlin", "country": "DE", "postcode": "10115"})
    _lay_in(shop, {sku: {stock.DEFAULT_SOURCE: PLENTY} for sku in skus})
    buyers = _buyers(shop, chosen, (orders + 2) // 3, moment(now - (days + 30) * DAY))
    maker = Maker(shop, chosen, buyers, now)
    moments = sorted(now - chosen.random() * days * DAY for _ in range(orders))
    for start in range(0, orders, BATCH):
        with shop.store.transaction():
            for at in moments[start : start + BATCH]:
                maker.live(at)
    _lay_in(shop, {sku: _quantities(shop, chosen) for sku in skus})
    return {"customers": sum(map(len, buyers.values())), "orders": orders}


def _lay_in(shop: Shop, quantities: dict[str, dict[str, int]]):
    with shop.store.transaction():
        for sku, places in quantities.items():
            for code, quantity in places.items():
                stock.set_item(shop, sku, code, quantity, quantity > 0)


def _quantities(shop: Shop, chosen) -> dict[str, int]:
    """What lies where in the end: some articles are sold out, few lie at every source."""
    places = {stock.DEFAULT_SOURCE: 0 if chosen.random() < 0.04 else chosen.randint(25, 400)}
    for code in stock.sources(shop) if shop.config["msi"] else ():
        if code not in places and chosen.random() < 0.4:
            places[code] = chosen.randint(5, 60)
    return places


def _buyers(shop: Shop, chosen, count: int, at: str) -> dict[str, list[dict]]:
    """Customers by country."""
    found: dict[str, list[dict]] = {}
    with shop.store.transaction():
        known = shop.store.count(shop.domain, "customer")
        for index in range(known, known + count):
            place = people.pick_place(chosen)
            name = people.person(chosen, place[1])
            home = people.address(chosen, place, name, 0)
            home.update(zip=home["zip"] or "00000", phone=home["phone"] or "+490000000")
            wanted = {
                "first_name": name[0], "last_name": name[1], "default_address": home,
                "email": f"customer{index + 1}.{shop.domain.partition('.')[0]}@example.com",
                "group": chosen.choices(("General", "Wholesale", "Retailer"), (85, 10, 5))[0],
                "subscribed": chosen.random() < 0.3,
            }  # fmt: skip
            record = customers.save(shop, customers.describe(shop, wanted), at=at)
            found.setdefault(place[1], []).append(record)
    return found


class Maker:
    """Places orders and lets happen to them what happens to orders, up to ``now``."""

    def __init__(self, shop: Shop, chosen: random.Random, buyers: dict[str, list[dict]], now: float):
        self.shop, self.chosen, self.buyers, self.now = shop, chosen, buyers, now
        self.catalogue = Catalogue(shop)
        enabled = [record for record in shop.all("product") if record["status"] == 1]
        self.skus = [
            record["sku"] for record in enabled if record["type_id"] not in stock.COMPOSED or self._parts(record)
        ]
        self.views = [view["code"] for view in shop.stores[1:]]
        self.placed = 0

    def _parts(self, record: dict) -> bool:
        if record["type_id"] == "configurable":
            return self.catalogue.first_child(record) is not None
        return bool(self.catalogue.members(record))

    def live(self, at: float):
        """One order and its life."""
        chosen, spec = self.chosen, self.spec()
        order = placing.place(self.shop, spec, self.catalogue, moment(at))
        number, dice = order["entity_id"], chosen.random()
        online = spec["payment"] in ("braintree", "paypal_express")

        def sale(hours: float) -> Sale:
            """The order some time after it was touched last."""
            before = instant(self.shop.get("order", number)["updated_at"])
            return Sale(self.shop, number, moment(min(before + chosen.uniform(0.1, hours) * 3600, self.now)))

        if dice < 0.06:
            orders.cancel_rest(sale(40))
            return
        if dice < 0.08:
            orders.hold_back(sale(5))
            return
        if dice < 0.09:
            self._edit(sale(10), spec)
            return
        if not online and dice < 0.2:
            return
        invoices.first_payment(sale(0.5 if online else 60), "authorized" if online and dice < 0.12 else "paid")
        if dice < 0.82 and self.shop.get("order", number)["state"] == PROCESSING:
            self._ship(sale(70))
        if 0.3 < dice < 0.4 and sale(1).can_refund:
            self._refund(sale(300))

    def _edit(self, sale: Sale, spec: dict):
        if orders.cancel_rest(sale):
            old = sale.order
            new = placing.place(self.shop, {**spec, "edited": old}, self.catalogue, sale.at)
            relation = {"relation_child_id": str(new["entity_id"]), "relation_child_real_id": new["increment_id"]}
            self.shop.put("order", old["entity_id"], {**old, **relation})

    def _ship(self, sale: Sale):
        if not sale.can_ship:
            return
        rows = [{"order_item_id": item["item_id"], "qty": sale.to_ship(item)} for item in sale.counted(True)]
        rows = [row for row in rows if row["qty"]]
        if len(rows) > 1 and self.chosen.random() < 0.12:
            rows = rows[:1]
        number = "".join(self.chosen.choices("0123456789", k=12))
        carrier = self.chosen.choice(("dhl", "ups", "custom"))
        track = {"track_number": number, "title": {"custom": "Local courier"}.get(carrier, carrier.upper())}
        shipments.create(sale, rows, [{**track, "carrier_code": carrier}], stock.DEFAULT_SOURCE)
        sale.save()

    def _refund(self, sale: Sale):
        way = self.chosen.random()
        rows = [
            {"order_item_id": item["item_id"], "qty": sale.to_refund(item)}
            for item in sale.counted()
            if sale.to_refund(item) and dec(item["row_total"]) > dec(item["discount_amount"])
        ]
        if not rows:
            return
        if way < 0.35:
            wanted = Wanted()
        elif way < 0.5:
            wanted = Wanted([{**rows[0], "qty": 0}], dec(0), dec("1.00"))
        else:
            row = self.chosen.choice(rows)
            back = (row["order_item_id"],) if self.chosen.random() < 0.7 else ()
            wanted = Wanted([{**row, "qty": 1}], dec(0), to_stock=back)
        creditmemos.create(sale, wanted)
        sale.save()

    # --- what is ordered -------------------------------------------------------------------------------------------
    def spec(self) -> dict:
        """A believable order: see ``placing.place``."""
        chosen, self.placed = self.chosen, self.placed + 1
        place = people.pick_place(chosen)
        country, known = place[1], self.buyers.get(place[1])
        buyer = chosen.choice(known) if known and chosen.random() > 0.25 else None
        name = people.person(chosen, country)
        home = buyer["addresses"][0] if buyer else people.address(chosen, place, name, 0)
        title, code, price = chosen.choice(CARRIERS)
        currency = CURRENCY_OF.get(country)
        if currency not in self.shop.config["currencies"] or chosen.random() > 0.8:
            currency = None
        count = 120 if self.placed == 8 else chosen.choices((1, 2, 3, 4, 6, 9), (38, 26, 16, 10, 7, 3))[0]
        spec = {
            "customer": buyer and buyer["id"], "email": f"guest{chosen.randint(1, 10**6)}@example.com",
            "billing_address": home, "shipping_address": home, "country": country, "region": place[2],
            "currency": currency,
            "store": chosen.choices(self.views, [6, *[1] * (len(self.views) - 1)])[0],
            "lines": [self._line() for _ in range(count)], "shipping": {"title": title, "code": code, "price": price},
            "payment": chosen.choices([name for name, _ in METHODS], [weight for _, weight in METHODS])[0],
            "prices_include_tax": country not in ("US", "CA"), "tax_algorithm": chosen.choice(("unit", "row", "total")),
            "note": "Please leave at the door - merci 🙂" if chosen.random() < 0.06 else None,
        }  # fmt: skip
        if chosen.random() < 0.18:
            percent = chosen.choice(("5", "10", "15", "33"))
            spec.update(discount={"percent": percent, "shipping": chosen.random() < 0.3}, coupon=f"SAVE{percent}")
        elif chosen.random() < 0.05:
            spec.update(discount={"amount": "7.77"}, coupon="SEVEN")
        if chosen.random() < 0.04:
            spec["gift_message"] = {"sender": name[0], "recipient": "Zoë", "message": "Alles Gute!"}
        return spec

    def _line(self) -> dict:
        chosen = self.chosen
        quantity = chosen.choices((1, 2, 3, 5, 12), (60, 20, 10, 7, 3))[0]
        if not self.skus or chosen.random() < 0.03:
            price = f"{chosen.randint(1, 90)}.{chosen.randint(0, 99):02d}"
            return {"title": "Engraving", "sku": "ENGRAVING", "price": price, "quantity": quantity, "type": "virtual"}
        line = {"sku": chosen.choice(self.skus), "quantity": quantity}
        if chosen.random() < 0.03:
            line["weee"] = [{"title": "WEEE", "amount": "0.35"}]
        if chosen.random() < 0.06:
            line["discount_percent"] = chosen.choice(("10", "12.5", "33"))
        return line
