"""Placing an order: as a customer does in the shop, or as somebody describes it to the control API."""

from decimal import Decimal

from . import order_document, stock, totals
from .catalogue_view import Catalogue
from .goods import Good, goods
from .money import ZERO, cents, dec
from .payment_methods import METHODS
from .shop import Shop
from .totals import Discount, Row, Rules, Sum

#: States that an order may be placed in.
STATES = ("new", "pending_payment", "payment_review")
#: Settings that each website may have of its own; an order can be placed by others than the shop's.
TAX_SETTINGS = (
    "prices_include_tax", "shipping_includes_tax", "discount_tax", "tax_after_discount", "tax_algorithm",
)  # fmt: skip
#: Words of the control API -> what Adobe Commerce calls what else an order was paid by.
OTHER_MEANS = {"gift_card": "gift_cards", "store_credit": "customer_balance", "reward_points": "reward_currency"}


def place(shop: Shop, spec: dict, catalogue: Catalogue | None = None, at: str | None = None) -> dict:
    """A new order, kept, its units reserved; its document. Raises ValueError for what makes no sense.

    ``spec``: lines (goods.py), store (code), currency, customer (id), email, billing_address, shipping_address,
    country, region, rates ([{title, rate}] instead of the shop's taxes), shipping {title, code, price}, discount
    ({percent or amount, shipping} or an amount), coupon, payment (a method), po_number, gift_message, store_credit,
    gift_card, reward_points, note, state (STATES), status, created_at, edited (the order this one replaces), and
    TAX_SETTINGS.
    """
    sold = goods(catalogue or Catalogue(shop), spec.get("lines") or [])
    quote = Quote(shop, spec, sold)
    order = order_document.build(quote, at or spec.get("created_at") or shop.now())
    with shop.store.transaction():
        shop.put("order", order["entity_id"], order)
        stock.sell(shop, quote.website["code"], quote.units())
    return order


class Quote:
    """What is about to be ordered, with all its amounts: ``base`` and ``shown`` (in the customer's currency)."""

    def __init__(self, shop: Shop, spec: dict, sold: list[Good]):
        self.shop, self.spec, self.goods = shop, spec, sold
        self.view = _view(shop, spec.get("store"))
        self.website = shop.website_of(self.view["id"])
        self.base_currency = self.website["currency"]
        self.currency = spec.get("currency") or self.view["currency"]
        self.rate = _rate(shop, self.base_currency, self.currency)
        self.virtual = all(good.virtual for good in sold)
        self.customer = self._customer()
        self.billing = spec.get("billing_address") or spec.get("shipping_address") or self._home()
        self.delivery = None if self.virtual else spec.get("shipping_address") or self.billing
        self._rules = Rules.of({**shop.config, **{name: spec[name] for name in TAX_SETTINGS if name in spec}})
        self.carriers = [good for part in sold for good in _carriers(part)]
        self.base = self._sum(Decimal(1))
        self.shown = self.base if self.rate == 1 else self._sum(self.rate)
        self.others = self._other_means()
        paid_otherwise = sum((shown for _, shown in self.others.values()), ZERO)
        covered = self.shown.total <= paid_otherwise
        self.method = "free" if covered else spec.get("payment") or "checkmo"
        if spec.get("state", "new") not in STATES:
            raise ValueError(f"a new order's state must be one of {', '.join(STATES)}")
        if self.method not in METHODS:
            raise ValueError(f"payment must be one of {', '.join(METHODS)}")

    @property
    def discount_percent(self) -> Decimal:
        return self._discount(Decimal(1)).percent

    def units(self) -> dict[str, Decimal]:
        """What is sold of the products in stock."""
        found: dict[str, Decimal] = {}
        for good in self.goods:
            for part, each in good.children or [(good, Decimal(1))]:
                if part.stocked:
                    found[part.sku] = found.get(part.sku, ZERO) + good.quantity * each
        return found

    def _customer(self) -> dict | None:
        number = self.spec.get("customer")
        if number is None:
            return None
        customer = self.shop.get("customer", int(number))
        if customer is None:
            raise ValueError(f"there is no customer {number}")
        return customer

    def _home(self) -> dict | None:
        return next(iter((self.customer or {}).get("addresses") or ()), None)

    def _taxes(self, tax_class: int):
        """What is charged at the destination, or what the order's own ``rates`` say."""
        if not tax_class:
            return ()
        if (rates := self.spec.get("rates")) is not None:
            named = [(rate["title"], rate["title"], dec(rate["rate"]) * 100) for rate in rates]
            return totals.compound([[rate] for rate in named] if self.spec.get("compound") else [named])
        place = self.delivery or self.billing or {}
        country = self.spec.get("country") or place.get("country_code") or place.get("country_id")
        region = self.spec.get("region") or place.get("province_code") or place.get("region_code")
        return totals.taxes_for(self.shop.config, tax_class, country or self.shop.config["country"], region)

    def _discount(self, rate: Decimal) -> Discount:
        given = self.spec.get("discount") or {}
        if not isinstance(given, dict):
            given = {"amount": given}
        amount = cents(dec(given.get("amount")) * rate)
        return Discount(dec(given.get("percent")), amount, bool(given.get("shipping")))

    def _sum(self, rate: Decimal) -> Sum:
        rows = [self._row(good, quantity, rate) for good, quantity in self.carriers]
        shipping = dec((self.spec.get("shipping") or {}).get("price"))
        taxes = self._taxes(self.shop.config["shipping_tax_class"]) if not self.virtual else ()
        row = Row(cents(shipping * rate) if not self.virtual else ZERO, Decimal(1), taxes)
        return totals.reckon(self._rules, rows, self._discount(rate), row)

    def _row(self, good: Good, quantity: Decimal, rate: Decimal) -> Row:
        if quantity <= 0:
            raise ValueError("a quantity must be above 0")
        fixed = tuple(
            (entry["title"], cents(dec(entry["amount"]) * rate), bool(entry.get("taxed")))
            for entry in good.spec.get("weee") or ()
        )
        return Row(
            cents(good.price * rate),
            quantity,
            self._taxes(good.tax_class),
            dec(good.spec.get("discount_percent")),
            cents(dec(good.spec.get("discount")) * rate),
            fixed,
        )

    def _other_means(self) -> dict[str, tuple[Decimal, Decimal]]:
        """{what Adobe Commerce calls it: (base amount, shown amount)}, at most what the order costs."""
        if any(self.spec.get(word) for word in OTHER_MEANS) and self.shop.config["edition"] == "Community":
            raise ValueError("gift cards, store credit and reward points are of Adobe Commerce: change the edition")
        found, base_left, left = {}, self.base.total, self.shown.total
        for word, name in OTHER_MEANS.items():
            base = min(dec(self.spec.get(word)), base_left)
            if base > 0:
                shown = left if base == base_left else min(cents(base * self.rate), left)
                found[name] = (base, shown)
                base_left, left = base_left - base, left - shown
        return found


def _carriers(good: Good):
    """(good, quantity) of what carries the amounts."""
    if good.by_children:
        return [(child, good.quantity * each) for child, each in good.children]
    return [(good, good.quantity)]


def _view(shop: Shop, code) -> dict:
    number = shop.scope(code)
    if not number:
        raise ValueError(f"there is no store view {code}")
    return shop.store_view(number)


def _rate(shop: Shop, base: str, currency: str) -> Decimal:
    if currency == base:
        return Decimal(1)
    if currency not in shop.config["currencies"]:
        raise ValueError(f"the shop's currencies have no rate for {currency}")
    return dec(shop.config["currencies"][currency])
