"""Orders as webhooks state them (the REST shape) -> canonical. Pure.

https://shopify.dev/docs/api/webhooks?reference=toml&accordionItem=webhooks-orders-create and, for the fields,
https://shopify.dev/docs/api/admin-rest/latest/resources/order. This shape does not state: payments (the order's
transactions), the risk, the fees one by one, barcodes, the name and tax number of a purchasing company.
"""

import dataclasses
from decimal import Decimal

from odoo.addons.connector_base.canonical import (
    UNSET,
    Customer,
    Discount,
    OrderLine,
    Payment,
    Refund,
    RefundAdjustment,
    RefundLine,
    RefundShipping,
    ShippingLine,
    TaxLine,
)

from . import const
from .parser_common import (
    ZERO,
    LineFacts,
    RefundFacts,
    address,
    build_order,
    campaign,
    financial_status,
    fulfillment_status,
    full_name,
    guest,
    landing_page,
    refunded_duty,
    restocking,
    taxes,
)
from .parser_shipment import parse_webhook_fulfillments
from .reader import Reader

_ADDRESS_KEYS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "name": "name",
    "company": "company",
    "street": "address1",
    "street2": "address2",
    "city": "city",
    "zip": "zip",
    "state_code": "province_code",
    "state_name": "province",
    "country_code": "country_code",
    "country_name": "country",
    "phone": "phone",
}
# Without one of these a payload was cut down (`includeFields`) or is no order: nothing is guessed, it is read again.
_WHOLE = (
    "id",
    "name",
    "created_at",
    "updated_at",
    "processed_at",
    "cancelled_at",
    "currency",
    "presentment_currency",
    "taxes_included",
    "total_price_set",
    "total_tax_set",
    "total_discounts_set",
    "total_shipping_price_set",
    "financial_status",
    "fulfillment_status",
    "email",
    "discount_applications",
    "line_items",
    "shipping_lines",
    "refunds",
)


def parse_order(payload, *, currency="presentment"):
    """Return the canonical Order of a webhook's payload.

    :param dict payload: the parsed body
    :param str currency: `presentment` (what the customer paid in) or `shop`
    :raise DataError: something needed is missing or not as documented; it names the place
    """
    return _OrderReader(payload, currency).order()


def parse_whole_order(payload, *, currency="presentment"):
    """Return the canonical Order of a webhook's payload, None when it should be read from the API instead.

    That is when the payload was cut down, states an amount only as part of a sum or in the other currency, or when its
    lines don't add up to its total (a list was cut). Raises like `parse_order` for what is no order at all.
    """
    if not isinstance(payload, dict) or any(key not in payload for key in _WHOLE):
        Reader(payload, "order").identifier("id")
        return None
    reader = _OrderReader(payload, currency)
    order = reader.order()
    return None if reader.guessed or order.difference else order


class _OrderReader:
    """Reads one payload; `guessed` tells whether an amount had to be derived from less than the API would state."""

    def __init__(self, payload, currency):
        self.node = node = Reader(payload, "order")
        node.external_id = node.identifier("id")
        self.guessed = False
        self.shop_currency = node.required_text("currency")
        presentment = node.text("presentment_currency") or self.shop_currency
        self.currency = presentment if currency == "presentment" else self.shop_currency
        self.money_key = f"{currency}_money"

    def order(self):
        node = self.node
        billing = address(node.child("billing_address"), _ADDRESS_KEYS)
        shipping = address(node.child("shipping_address"), _ADDRESS_KEYS)
        email = node.text("email") or node.text("contact_email")
        phone = node.text("phone")
        lines = [*self.lines(), *self.fees()]
        shipping_lines = [
            self.shipping_line(line) for line in node.children("shipping_lines") if not line.flag("is_removed", False)
        ]
        discount_total = self.total("total_discounts")
        if discount_total and not any(part.discount for part in (*(facts.line for facts in lines), *shipping_lines)):
            self.guessed = True
        return build_order(
            external_id=node.external_id,
            name=node.required_text("name"),
            created_at=node.required_time("created_at"),
            updated_at=node.required_time("updated_at"),
            processed_at=node.time("processed_at") or UNSET,
            cancelled_at=node.time("cancelled_at"),
            cancel_reason=node.text("cancel_reason").lower(),
            closed_at=node.time("closed_at") if node.states("closed_at") else UNSET,
            currency=self.currency,
            shop_currency=self.shop_currency,
            taxes_included=node.flag("taxes_included"),
            lines=lines,
            shipping_lines=shipping_lines,
            tip=self.tip(lines),
            total=self.money(node, "total_price"),
            subtotal=self.total("subtotal_price"),
            discount_total=discount_total,
            shipping_total=self.total("total_shipping_price"),
            tax_total=self.total("total_tax"),
            customer=self.buyer(self.customer(email) or guest(email, phone, billing, shipping)),
            email=email,
            phone=phone,
            billing_address=billing,
            shipping_address=shipping,
            discounts=self.discounts(),
            payments=self.payments(node) if node.states("transactions") else UNSET,
            refunds=[self.refund(refund) for refund in node.children("refunds")],
            shipments=parse_webhook_fulfillments(node) if node.states("fulfillments") else UNSET,
            financial_status=financial_status(node.text("financial_status")),
            fulfillment_status=fulfillment_status(node.text("fulfillment_status")),
            gateways=tuple(node.texts("payment_gateway_names")) if node.has("payment_gateway_names") else UNSET,
            tags=_tags(node),
            note=node.text("note"),
            attributes=_attributes(node, "note_attributes"),
            source=node.text("source_name") if node.states("source_name") else UNSET,
            confirmation_number=node.text("confirmation_number") if node.states("confirmation_number") else UNSET,
            utm=campaign(node.text("landing_site")) or UNSET,
            landing_url=landing_page(node.text("landing_site")) or UNSET,
            referrer_url=node.text("referring_site") or UNSET,
            test=node.flag("test", False),
        )

    # === MONEY === #

    def money(self, node, key):
        """The amount at `<key>_set` in our currency, else the one at `key` if the shop's currency is ours."""
        bag = node.child(f"{key}_set")
        if bag is None and self.currency == self.shop_currency:
            return node.amount(key)
        if bag is None:
            raise node.error("is missing", f"{key}_set")
        return self.bag(bag)

    def bag(self, node):
        """The amount in our currency of what holds it in both."""
        money = node.required_child(self.money_key)
        if money.required_text("currency_code") != self.currency:
            raise money.error(f"is not in {self.currency}", "currency_code")
        return money.amount("amount")

    def total(self, key):
        return self.money(self.node, key) if self.node.has(f"{key}_set") or self.node.has(key) else UNSET

    def taxes(self, node):
        return taxes(
            TaxLine(title=line.text("title"), rate=line.number("rate"), amount=self.money(line, "price"))
            for line in node.children("tax_lines")
        )

    def discount_of(self, node):
        return sum((self.money(entry, "amount") for entry in node.children("discount_allocations")), ZERO)

    def tip(self, lines):
        """All tips; stated in the shop's currency only, so in another one the lines must tell."""
        if not self.node.has("total_tip_received"):
            return ZERO
        tip = self.node.amount("total_tip_received")
        if self.currency == self.shop_currency or not tip:
            return tip
        stated = sum((facts.line.amount for facts in lines if facts.is_tip), ZERO)
        self.guessed = self.guessed or not stated
        return stated

    # === LINES === #

    def lines(self):
        duties_included = self.node.flag("duties_included", False)
        for node in self.node.children("line_items"):
            quantity = node.count("quantity")
            if quantity:
                yield self.line(node, quantity)
            if not duties_included:
                yield from self.duties(node)

    def line(self, node, quantity):
        line = OrderLine(
            external_id=node.identifier("id"),
            title=node.text("name") or node.text("title"),
            quantity=Decimal(quantity),
            unit_price=self.money(node, "price"),
            discount=self.discount_of(node),
            taxes=self.taxes(node),
            kind="gift_card" if node.flag("gift_card", False) else "product",
            sku=node.text("sku"),
            product_external_id=node.identifier("product_id", ""),
            variant_external_id=node.identifier("variant_id", ""),
            vendor=node.text("vendor"),
            requires_shipping=node.flag("requires_shipping", True),
            properties=_attributes(node, "properties"),
        )
        unshipped = node.has("fulfillable_quantity") and node.count("fulfillable_quantity") == node.count(
            "current_quantity", quantity
        )
        return LineFacts(line=line, is_tip=node.has("tip") or node.has("tip_payment_gateway"), unshipped=unshipped)

    def duties(self, node):
        for duty in node.children("duties"):
            line = OrderLine(
                external_id=f"duty-{duty.identifier('id')}",
                title="Duty",
                quantity=Decimal(1),
                unit_price=self.bag(duty),
                taxes=self.taxes(duty),
                kind="duty",
                requires_shipping=False,
            )
            yield LineFacts(line=line)

    def fees(self):
        """One line for all fees: this shape states only their sum."""
        fees = self.total("original_total_additional_fees")
        if fees:
            self.guessed = True
            line = OrderLine(
                external_id="fees",
                title="Additional fees",
                quantity=Decimal(1),
                unit_price=fees,
                kind="fee",
                requires_shipping=False,
            )
            yield LineFacts(line=line)

    def shipping_line(self, node):
        return ShippingLine(
            external_id=node.identifier("id", ""),
            title=node.text("title"),
            price=self.money(node, "price"),
            discount=self.discount_of(node),
            taxes=self.taxes(node),
            code=node.text("code"),
            carrier=node.text("carrier_identifier") or node.text("source"),
        )

    def discounts(self):
        if not self.node.states("discount_applications"):
            return UNSET
        return tuple(self.discount(entry) for entry in self.node.children("discount_applications"))

    def discount(self, node):
        code = node.text("code") if node.text("type") == "discount_code" else ""
        return Discount(
            title=code or node.text("title") or node.text("description"),
            code=code,
            kind="percentage" if node.text("value_type") == "percentage" else "fixed",
            value=node.number("value"),
            target="shipping" if node.text("target_type") == "shipping_line" else "line",
        )

    # === WHO AND WHAT ELSE === #

    def customer(self, order_email):
        node = self.node.child("customer")
        if node is None:
            return None
        home = node.child("default_address")
        return Customer(
            external_id=node.identifier("id", ""),
            email=node.text("email") or order_email,
            name=full_name(node.text("first_name"), node.text("last_name")),
            phone=node.text("phone"),
            company=home.text("company") if home else "",
            language=self.node.text("customer_locale") if self.node.has("customer_locale") else UNSET,
            tags=_tags(node),
            note=node.text("note") if node.states("note") else UNSET,
        )

    def buyer(self, customer):
        """The customer with the company it buys for, if any; of that this shape states only the id."""
        company = self.node.child("company")
        if company is None:
            return customer
        self.guessed = True
        return dataclasses.replace(customer or Customer(), company_external_id=company.identifier("id"))

    def payments(self, node):
        return tuple(
            self.payment(entry)
            for entry in node.children("transactions")
            if entry.required_text("kind").lower() in const.PAYMENT_KINDS
        )

    def payment(self, node):
        """A transaction; it is stated in the currency it was made in only."""
        currency = node.text("currency") or self.currency
        self.guessed = self.guessed or currency != self.currency
        return Payment(
            external_id=node.identifier("id"),
            kind=const.PAYMENT_KINDS[node.required_text("kind").lower()],
            status=const.PAYMENT_STATUSES.get(node.text("status").lower(), "error"),
            gateway=node.text("gateway"),
            amount=node.amount("amount"),
            currency=currency,
            processed_at=node.time("processed_at"),
            parent_external_id=node.identifier("parent_id", ""),
        )

    def refund(self, node):
        lines = node.children("refund_line_items")
        refund = Refund(
            external_id=node.identifier("id"),
            created_at=node.time("created_at") or node.required_time("processed_at"),
            lines=(
                *(self.refund_line(line) for line in lines),
                *(
                    refunded_duty(duty.identifier("duty_id", ""), self.bag(duty.required_child("amount_set")))
                    for duty in node.children("duties")
                ),
            ),
            shipping=tuple(self.refunded_shipping(node)),
            adjustments=tuple(
                self.adjustment(entry)
                for entry in node.children("order_adjustments")
                if entry.text("kind") != "shipping_refund"
            ),
            payments=self.payments(node),
            note=node.text("note"),
        )
        return RefundFacts(refund=refund, restock_types=tuple(line.text("restock_type").lower() for line in lines))

    def refund_line(self, node):
        return RefundLine(
            line_external_id=node.identifier("line_item_id"),
            quantity=Decimal(node.count("quantity")),
            subtotal=self.part(node, "subtotal"),
            tax=self.part(node, "total_tax"),
            **restocking(node.text("restock_type")),
        )

    def refunded_shipping(self, node):
        """Per shipping line where the payload states it so, else the adjustments that don't say of which line."""
        if node.states("refund_shipping_lines"):
            for entry in node.children("refund_shipping_lines"):
                line = entry.required_child("shipping_line")
                yield RefundShipping(
                    line_external_id=line.identifier("id", ""),
                    subtotal=self.money(entry, "subtotal_amount"),
                    tax=self.money(entry, "tax_amount"),
                )
            return
        charges = self.node.children("shipping_lines")
        for entry in node.children("order_adjustments"):
            if entry.text("kind") != "shipping_refund":
                continue
            self.guessed = self.guessed or len(charges) > 1
            yield RefundShipping(
                line_external_id=charges[0].identifier("id", "") if len(charges) == 1 else "",
                subtotal=-self.money(entry, "amount"),
                tax=-self.money(entry, "tax_amount"),
            )

    def adjustment(self, node):
        """A discrepancy: Shopify's amounts are what the order is worth more, ours what is given back on top."""
        return RefundAdjustment(
            external_id=node.identifier("id"),
            subtotal=-self.money(node, "amount"),
            tax=-self.money(node, "tax_amount"),
        )

    def part(self, node, key):
        """An amount of a refund; REST writes those without `_set` as numbers, exact when the body was parsed so."""
        if node.has(f"{key}_set") or self.currency != self.shop_currency:
            return self.money(node, key)
        return node.number(key)


def _attributes(node, key):
    return tuple((entry.text("name"), entry.text("value")) for entry in node.children(key))


def _tags(node):
    """The tags of an order or a customer, sorted; UNSET when the payload leaves them out."""
    if not node.states("tags"):
        return UNSET
    return tuple(sorted(tag.strip() for tag in node.text("tags").split(",") if tag.strip()))
