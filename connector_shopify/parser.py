"""Orders as the GraphQL Admin API states them (graphql/fragments.graphql, OrderFields) -> canonical. Pure.

https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Order. Amounts are those before returns and refunds
(`totalPriceSet`, `quantity`, `discountAllocations`, `taxLines`): they add up.
"""

import dataclasses
from decimal import Decimal

from odoo.addons.connector_base.canonical import (
    UNSET,
    Campaign,
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
    UTM_NAMES,
    ZERO,
    LineFacts,
    RefundFacts,
    address,
    build_order,
    financial_status,
    fulfillment_status,
    full_name,
    guest,
    landing_page,
    refunded_duty,
    restocking,
    taxes,
)
from .parser_shipment import parse_fulfillments
from .reader import Reader

ADDRESS_KEYS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "name": "name",
    "company": "company",
    "street": "address1",
    "street2": "address2",
    "city": "city",
    "zip": "zip",
    "state_code": "provinceCode",
    "state_name": "province",
    "country_code": "countryCodeV2",
    "country_name": "country",
    "phone": "phone",
}


def parse_order(payload, *, currency="presentment"):
    """Return the canonical Order of a GraphQL order.

    :param dict payload: what OrderFields selects, its connections complete
    :param str currency: `presentment` (what the customer paid in) or `shop`
    :raise DataError: something needed is missing or not as documented; it names the place
    """
    order = Reader(payload, "order")
    order.external_id = order.identifier("id")
    read = _OrderReader(order, currency)
    return read.order()


class _OrderReader:
    def __init__(self, order, currency):
        self.node = order
        self.money_key = f"{currency}Money"
        self.currency = order.required_text("presentmentCurrencyCode" if currency == "presentment" else "currencyCode")

    def order(self):
        node = self.node
        billing = address(node.child("billingAddress"), ADDRESS_KEYS)
        shipping = address(node.child("shippingAddress"), ADDRESS_KEYS)
        email, phone = node.text("email"), node.text("phone")
        tip = self.money_or_unset(node, "totalTipReceivedSet")
        return build_order(
            external_id=node.external_id,
            name=node.required_text("name"),
            created_at=node.required_time("createdAt"),
            updated_at=node.required_time("updatedAt"),
            processed_at=node.required_time("processedAt"),
            cancelled_at=node.time("cancelledAt"),
            cancel_reason=node.text("cancelReason").lower(),
            closed_at=node.time("closedAt"),
            currency=self.currency,
            shop_currency=node.required_text("currencyCode"),
            taxes_included=node.flag("taxesIncluded"),
            lines=[*self.lines(), *self.fees()],
            shipping_lines=[self.shipping_line(line) for line in self.nodes(node, "shippingLines") if not _gone(line)],
            tip=tip or ZERO,
            total=self.money(node, "totalPriceSet"),
            subtotal=self.money_or_unset(node, "subtotalPriceSet"),
            discount_total=self.money_or_unset(node, "totalDiscountsSet"),
            shipping_total=self.money_or_unset(node, "totalShippingPriceSet"),
            tax_total=self.money_or_unset(node, "totalTaxSet"),
            customer=self.buyer(self.customer(email) or guest(email, phone, billing, shipping)),
            email=email,
            phone=phone,
            billing_address=billing,
            shipping_address=shipping,
            discounts=tuple(self.discount(entry) for entry in self.nodes(node, "discountApplications")),
            payments=self.payments(node.children("transactions")),
            refunds=[self.refund(refund) for refund in node.children("refunds")],
            shipments=parse_fulfillments(node) if node.states("fulfillments") else UNSET,
            financial_status=financial_status(node.text("displayFinancialStatus")),
            fulfillment_status=fulfillment_status(node.text("displayFulfillmentStatus")),
            gateways=tuple(node.texts("paymentGatewayNames")),
            tags=tuple(sorted(node.texts("tags"))),
            note=node.text("note"),
            attributes=_attributes(node),
            source=node.text("sourceName"),
            risk=_risk(node.child("risk")),
            **_journey(node.child("customerJourneySummary")),
            confirmation_number=node.text("confirmationNumber"),
            test=node.flag("test", False),
        )

    # === MONEY === #

    def money(self, node, key):
        bag = node.required_child(key).required_child(self.money_key)
        if bag.required_text("currencyCode") != self.currency:
            raise bag.error(f"is not in {self.currency}", "currencyCode")
        return bag.amount("amount")

    def money_or_unset(self, node, key):
        return self.money(node, key) if node.has(key) else UNSET

    def taxes(self, node):
        return taxes(
            TaxLine(title=line.text("title"), rate=line.number("rate"), amount=self.money(line, "priceSet"))
            for line in node.children("taxLines")
        )

    def discount_of(self, node):
        return sum((self.money(entry, "allocatedAmountSet") for entry in node.children("discountAllocations")), ZERO)

    # === LINES === #

    def nodes(self, node, key):
        return node.required_child(key).children("nodes")

    def lines(self):
        duties_included = self.node.flag("dutiesIncluded", False)
        for node in self.nodes(self.node, "lineItems"):
            quantity = node.count("quantity")
            if quantity:
                yield self.line(node, quantity)
            if not duties_included:
                yield from self.duties(node)

    def line(self, node, quantity):
        product, variant = node.child("product"), node.child("variant")
        line = OrderLine(
            external_id=node.identifier("id"),
            title=node.text("name"),
            quantity=Decimal(quantity),
            unit_price=self.money(node, "originalUnitPriceSet"),
            discount=self.discount_of(node),
            taxes=self.taxes(node),
            kind="gift_card" if node.flag("isGiftCard", False) else "product",
            sku=node.text("sku"),
            product_external_id=product.identifier("id") if product else "",
            variant_external_id=variant.identifier("id") if variant else "",
            vendor=node.text("vendor"),
            requires_shipping=node.flag("requiresShipping", True),
            properties=_attributes(node),
        )
        unshipped = node.has("unfulfilledQuantity") and node.count("unfulfilledQuantity") == node.count(
            "currentQuantity", quantity
        )
        return LineFacts(line=line, unshipped=unshipped)

    def duties(self, node):
        for duty in node.children("duties"):
            yield LineFacts(line=self.charge(duty, "duty", "Duty"))

    def fees(self):
        for fee in self.node.children("additionalFees"):
            yield LineFacts(line=self.charge(fee, "fee", fee.text("name")))

    def charge(self, node, kind, title):
        return OrderLine(
            external_id=f"{kind}-{node.identifier('id')}",
            title=title,
            quantity=Decimal(1),
            unit_price=self.money(node, "price"),
            taxes=self.taxes(node),
            kind=kind,
            requires_shipping=False,
        )

    def shipping_line(self, node):
        return ShippingLine(
            external_id=node.identifier("id", ""),
            title=node.text("title"),
            price=self.money(node, "originalPriceSet"),
            discount=self.discount_of(node),
            taxes=self.taxes(node),
            code=node.text("code"),
            carrier=node.text("carrierIdentifier") or node.text("source"),
        )

    def discount(self, node):
        value = node.required_child("value")
        percentage = value.has("percentage")
        title, code = node.text("title"), node.text("code")
        return Discount(
            title=title or code,
            code=code,
            kind="percentage" if percentage else "fixed",
            value=value.number("percentage") if percentage else value.amount("amount"),
            target="shipping" if node.text("targetType") == "SHIPPING_LINE" else "line",
        )

    # === WHO AND WHAT ELSE === #

    def customer(self, order_email):
        node = self.node.child("customer")
        if node is None:
            return None
        email, phone = node.child("defaultEmailAddress"), node.child("defaultPhoneNumber")
        home = node.child("defaultAddress")
        return Customer(
            external_id=node.identifier("id", ""),
            email=(email.text("emailAddress") if email else "") or order_email,
            name=full_name(node.text("firstName"), node.text("lastName")),
            phone=phone.text("phoneNumber") if phone else "",
            company=home.text("company") if home else "",
            language=self.node.text("customerLocale") if self.node.has("customerLocale") else UNSET,
            tags=tuple(sorted(node.texts("tags"))) if node.states("tags") else UNSET,
            note=node.text("note") if node.states("note") else UNSET,
        )

    def buyer(self, customer):
        """The customer with the company it buys for, if any (B2B): https://shopify.dev/docs/apps/build/b2b"""
        entity = self.node.child("purchasingEntity")
        company = entity.child("company") if entity else None
        if company is None:
            return customer
        location = entity.child("location")
        taxes = location.child("taxSettings") if location else None
        return dataclasses.replace(
            customer or Customer(),
            company=company.required_text("name"),
            company_external_id=company.identifier("id"),
            vat=taxes.text("taxRegistrationId") if taxes else "",
        )

    def payments(self, nodes):
        return tuple(self.payment(node) for node in nodes if node.required_text("kind").lower() in const.PAYMENT_KINDS)

    def payment(self, node):
        parent = node.child("parentTransaction")
        return Payment(
            external_id=node.identifier("id"),
            kind=const.PAYMENT_KINDS[node.required_text("kind").lower()],
            status=const.PAYMENT_STATUSES.get(node.text("status").lower(), "error"),
            gateway=node.text("gateway"),
            amount=self.money(node, "amountSet"),
            currency=self.currency,
            processed_at=node.time("processedAt"),
            parent_external_id=parent.identifier("id") if parent else "",
        )

    def refund(self, node):
        lines = self.nodes(node, "refundLineItems")
        refund = Refund(
            external_id=node.identifier("id"),
            created_at=node.time("createdAt") or node.required_time("processedAt"),
            lines=(
                *(self.refund_line(line) for line in lines),
                *(self.refunded_duty(duty) for duty in node.children("duties")),
            ),
            shipping=tuple(self.refunded_shipping(line) for line in self.nodes(node, "refundShippingLines")),
            adjustments=tuple(self.adjustment(entry) for entry in self.nodes(node, "orderAdjustments")),
            payments=self.payments(self.nodes(node, "transactions")),
            note=node.text("note"),
        )
        return RefundFacts(refund=refund, restock_types=tuple(line.text("restockType").lower() for line in lines))

    def refund_line(self, node):
        return RefundLine(
            line_external_id=node.required_child("lineItem").identifier("id"),
            quantity=Decimal(node.count("quantity")),
            subtotal=self.money(node, "subtotalSet"),
            tax=self.money(node, "totalTaxSet"),
            **restocking(node.text("restockType")),
        )

    def refunded_duty(self, node):
        duty = node.child("originalDuty")
        return refunded_duty(duty.identifier("id") if duty else "", self.money(node, "amountSet"))

    def refunded_shipping(self, node):
        return RefundShipping(
            line_external_id=node.required_child("shippingLine").identifier("id", ""),
            subtotal=self.money(node, "subtotalAmountSet"),
            tax=self.money(node, "taxAmountSet"),
        )

    def adjustment(self, node):
        """A discrepancy: Shopify's amounts are what the order is worth more, ours what is given back on top."""
        return RefundAdjustment(
            external_id=node.identifier("id"),
            subtotal=-self.money(node, "amountSet"),
            tax=-self.money(node, "taxAmountSet"),
        )


def _gone(shipping_line):
    return shipping_line.flag("isRemoved", False)


def _attributes(node):
    return tuple((entry.text("key"), entry.text("value")) for entry in node.children("customAttributes"))


def _journey(node):
    """The visit before the order; utm parameters of the first visit count when the last one has none.

    Null while Shopify attributes the order's sessions, and for orders that no visit led to.
    https://shopify.dev/docs/api/admin-graphql/2026-10/objects/CustomerJourneySummary
    """
    visits = [visit for key in ("lastVisit", "firstVisit") if node and (visit := node.child(key))]
    if not visits:
        return {}
    stated = [utm for visit in visits if (utm := visit.child("utmParameters"))]
    campaigns = (Campaign(**{name: utm.text(name) for name in UTM_NAMES}) for utm in stated)
    last = visits[0]
    return {
        "utm": next((found for found in campaigns if found != Campaign()), UNSET),
        "landing_url": landing_page(last.text("landingPage")) or UNSET,
        "referrer_url": last.text("referrerUrl") or UNSET,
    }


def _risk(node):
    """The worst assessment, else what the recommendation implies; UNSET while there is neither."""
    if node is None:
        return UNSET
    levels = {entry.text("riskLevel").lower() for entry in node.children("assessments")}
    worst = next((level for level in const.RISK_LEVELS if level in levels), None)
    return worst or const.RISK_OF_RECOMMENDATION.get(node.text("recommendation").lower(), UNSET)
