"""Orders as Magento's REST API states them -> canonical. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (OrderInterface), schema `sales-data-order-interface`.
Amounts are those of the order as it was placed. What the customer owes for a row is

    row_total - discount_amount + discount_tax_compensation_amount   without tax, and
    tax_amount                                                       its tax

whether discounts were taken off prices with tax or without, before tax or after. That is also how Magento adds up
`grand_total`, and so the lines give it exactly.
"""

from decimal import Decimal

from odoo.addons.connector_base.canonical import (
    UNSET,
    Discount,
    Order,
    OrderLine,
    ShippingLine,
)
from odoo.addons.connector_base.transport import DataError

from . import tables
from .parser_items import OrderItems, amounts, fixed_tax_amounts, fixed_tax_id, prices_include_tax, unit_price
from .parser_parties import address, buyer
from .parser_payment import method_title, other_payments, payments
from .parser_reader import ZERO, read
from .parser_refund import RefundReader
from .parser_scope import order_scope_id
from .parser_shipment import read_shipment
from .parser_states import cancellation, financial_status, fulfillment_status
from .parser_taxes import AppliedTaxes


def parse_order(
    payload,
    *,
    currency="order",
    taxes_included=None,
    groups=None,
    invoices=None,
    creditmemos=None,
    shipments=None,
    restock=False,
):
    """Return the canonical Order of an order.

    What was paid by gift card, store credit and reward points is part of the order's total, as payments: Magento takes
    it off `grand_total`, but the goods and their taxes are worth the whole.

    :param dict payload: GET /V1/orders/{id} or an item of GET /V1/orders
    :param str currency: `order` (what the customer paid in) or `base` (the website's)
    :param bool taxes_included: whether prices are set with tax; None: as the amounts tell
    :param dict groups: {id: name} of the customer groups, as texts; None when they are not read
    :param invoices: the order's invoices (GET /V1/invoices); None when they are not read: payments are UNSET then
    :param creditmemos: its credit memos (GET /V1/creditmemos); None when they are not read
    :param shipments: its shipments (GET /V1/shipments); None when they are not read
    :param bool restock: whether goods that were sent and refunded count as put back into stock; Magento doesn't say
    :raise DataError: something needed is missing or not as documented; it names the place, and the order's scope. An
        order that doesn't add up is none: see `Order.difference`.
    """
    order = read(payload, "order", base=currency == "base")
    try:
        return OrderReader(order, taxes_included).order(groups, invoices, creditmemos, shipments, restock=restock)
    except DataError as error:
        error.scope_external_id = order_scope_id(order)
        raise


def parse_refund(payload, order, *, currency="order", taxes_included=None, restock=False):
    """Return the canonical Refund of a credit memo, None for one that was canceled.

    Its lines name the lines that `parse_order` makes of the order. What the memo's total has beyond what it lists, by
    rounding or by an extension, is an adjustment: the refund is worth what Magento says.

    :param dict payload: GET /V1/creditmemo/{id} or an item of GET /V1/creditmemos
    :param dict order: its order, as for `parse_order`; the other parameters as there
    :raise DataError: as `parse_order`
    """
    reader = OrderReader(read(order, "order", base=currency == "base"), taxes_included)
    return RefundReader(reader, restock=restock).refund(payload)


class OrderReader:
    """Reads one order (Reader); what it finds out of prices, taxes and items serves its refunds too."""

    def __init__(self, order, taxes_included):
        self.node = order
        self.base_currency = order.required_text("base_currency_code")
        self.currency = self.base_currency if order.base else order.required_text("order_currency_code")
        self.items = OrderItems(order)
        self.taxes = AppliedTaxes(order, self.currency)
        self.taxes_included = prices_include_tax(self.items.sold) if taxes_included is None else taxes_included

    def order(self, groups, invoices, creditmemos, shipments, *, restock):
        node = self.node
        billing, shipping = address(node.child("billing_address")), address(self.shipping.child("address"))
        stated = bool(shipping) or node.extension.has("shipping_assignments")
        others = other_payments(node, self.currency)
        payment = node.child_or_empty("payment")
        return Order(
            external_id=node.external_id,
            name=node.required_text("increment_id"),
            created_at=node.required_time("created_at"),
            updated_at=node.required_time("updated_at"),
            **cancellation(node),
            currency=self.currency,
            shop_currency=self.base_currency,
            taxes_included=self.taxes_included,
            lines=tuple(self.lines()),
            shipping_lines=self.shipping_lines(),
            total=node.amount("grand_total", None) + sum((paid.amount for paid in others), ZERO),
            subtotal=self.stated("subtotal_incl_tax" if self.taxes_included else "subtotal"),
            discount_total=self.stated("discount_amount", sign=-1),
            shipping_total=self.stated("shipping_incl_tax" if self.taxes_included else "shipping_amount"),
            tax_total=self.stated("tax_amount"),
            customer=buyer(node, billing, groups),
            email=node.text("customer_email"),
            phone=billing.phone if billing else UNSET,
            billing_address=billing or UNSET,
            shipping_address=shipping if stated else UNSET,
            discounts=self.discounts(),
            payments=UNSET if invoices is None else (*others, *payments(invoices, node, self.currency)),
            refunds=UNSET if creditmemos is None else RefundReader(self, restock=restock).refunds(creditmemos),
            shipments=UNSET if shipments is None else tuple(read_shipment(sent, self.items) for sent in shipments),
            financial_status=financial_status(node),
            fulfillment_status=fulfillment_status(node, self.items),
            gateways=tuple(filter(None, (payment.text("method"), *(paid.gateway for paid in others)))),
            note="\n".join(self.notes()),
            attributes=tuple(self.attributes(groups)),
            scope_external_id=order_scope_id(node) or UNSET,
            risk="high" if node.text("status") == tables.SUSPECTED_FRAUD else UNSET,
            source=" / ".join(filter(None, map(str.strip, node.text("store_name").splitlines()))),
        )

    @property
    def shipping(self):
        """The Reader of how the order is sent; multi-address checkouts make several orders, so there is one."""
        assignments = self.node.extension.children("shipping_assignments")
        return (assignments[0] if assignments else self.node.extension).child_or_empty("shipping")

    def stated(self, key, sign=1):
        """Return the order's own amount at `key`, UNSET when it states none."""
        amount = self.node.amount(key, UNSET)
        return amount if amount is UNSET else sign * amount

    # === LINES === #

    def lines(self):
        for sold in self.items.sold:
            yield self.line(sold)
            yield from self.fixed_taxes(sold)
        yield from self.fees()

    def line(self, sold):
        node, article = sold.node, sold.article
        net, tax = amounts(node)
        key, row = ("price_incl_tax", "row_total_incl_tax") if self.taxes_included else ("price", "row_total")
        price = unit_price(node, key, node.amount(row, None))
        quantity = node.number("qty_ordered", None)
        return OrderLine(
            external_id=sold.line_id,
            title=article.text("name") or node.text("name"),
            quantity=quantity,
            unit_price=price,
            discount=price * quantity - self.shown(net, tax),
            taxes=self.taxes.lines(tables.TAXED_PRODUCT, sold.line_id, tax, node.number("tax_percent")),
            kind="gift_card" if node.text("product_type") == tables.GIFT_CARD else "product",
            sku=article.text("sku"),
            product_external_id=node.identifier("product_id"),
            variant_external_id=article.identifier("product_id"),
            requires_shipping=not article.flag("is_virtual"),
            properties=_properties(node),
        )

    def shown(self, net, tax):
        """What the customer pays, with or without tax as the order's prices are."""
        return net + tax if self.taxes_included else net

    def fixed_taxes(self, sold):
        """Fixed product taxes (FPT) are charged beside the product's row: a fee each, with the tax on it."""
        node, quantity = sold.node, sold.node.number("qty_ordered")
        applied, stated = node.embedded("weee_tax_applied"), node.amount("weee_tax_applied_row_amount")
        if not applied and stated:
            yield self.fee(fixed_tax_id(sold.line_id, 0), "FPT", stated, ())
        for index, entry in enumerate(applied):
            net, tax = fixed_tax_amounts(entry)
            if net:
                title = entry.text("title") or "FPT"
                taxes = self.taxes.lines(tables.TAXED_FPT, sold.line_id, tax, node.number("tax_percent"))
                yield self.fee(fixed_tax_id(sold.line_id, index), title, net, taxes, quantity)

    def fees(self):
        extension = self.node.extension
        for title, key, tax_key, kind in tables.GIFT_WRAPPINGS:
            if price := extension.amount(key):
                taxes = self.taxes.lines(kind, "", extension.amount(tax_key))
                yield self.fee(kind, title, price, taxes)
        for entry in extension.children("custom_fees"):
            code, price = entry.required_text("custom_fee_code"), entry.amount("custom_fee_amount")
            yield self.fee(f"fee-{code}", entry.text("custom_fee_label") or code, price, ())

    def fee(self, external_id, title, net, taxes, quantity=Decimal(1)):
        amount = self.shown(net, sum((tax.amount for tax in taxes), ZERO))
        price = amount / quantity if quantity else amount
        if price * quantity != amount:
            price, quantity = amount, Decimal(1)
        return OrderLine(
            external_id=external_id,
            title=title,
            quantity=quantity,
            unit_price=price,
            taxes=taxes,
            kind="fee",
            requires_shipping=False,
        )

    def shipping_lines(self):
        node, method = self.node, self.shipping.text("method") or self.node.text("shipping_method")
        title = node.text("shipping_description")
        gross = node.amount("shipping_amount")
        if not (gross or title or method):
            return ()
        tax = node.amount("shipping_tax_amount")
        compensation = node.amount("shipping_discount_tax_compensation_amount")
        net = gross - node.amount("shipping_discount_amount") + compensation
        price = node.amount("shipping_incl_tax", gross + tax) if self.taxes_included else gross
        line = ShippingLine(
            external_id=tables.SHIPPING_ID,
            title=title or method,
            price=price,
            discount=price - self.shown(net, tax),
            taxes=self.taxes.lines(tables.TAXED_SHIPPING, "", tax),
            code=method,
            carrier=method.partition("_")[0],
        )
        return (line,)

    # === WHAT ELSE === #

    def discounts(self):
        node = self.node
        code, value = node.text("coupon_code"), abs(node.amount("discount_amount"))
        title = node.text("discount_description") or node.text("coupon_rule_name") or code
        if not (value or code):
            return ()
        return (Discount(title=title or "Discount", code=code, value=value),)

    def notes(self):
        """What the customer wants to be known: the note, gift messages of the order and of its items."""
        if note := self.node.text("customer_note"):
            yield note
        for node in (self.node, *(sold.node for sold in self.items.sold)):
            message = node.extension.child("gift_message")
            if message and (text := message.text("message")):
                about = f" ({node.text('name')})" if node is not self.node else ""
                sender, recipient = message.text("sender"), message.text("recipient")
                yield f"Gift message from {sender} to {recipient}{about}: {text}"

    def attributes(self, groups):
        """What has no field of its own: Magento's words for where the order stands, and what was said about it."""
        node = self.node
        payment = node.child_or_empty("payment")
        for name in ("state", "status", "hold_before_status", "customer_group_id"):
            if node.has(name):
                yield name, node.text(name)
        if group := groups and groups.get(node.text("customer_group_id")):
            yield "customer_group", group
        for name in ("relation_parent_real_id", "relation_child_real_id"):
            if node.identifier(name):
                yield name, node.text(name)
        if node.extension.text("pickup_location_code"):
            yield "pickup_location_code", node.extension.text("pickup_location_code")
        facts = (
            ("payment", method_title(node)),
            ("transaction_id", payment.text("last_trans_id") or payment.text("cc_trans_id")),
            ("po_number", payment.text("po_number")),
        )
        yield from ((name, value) for name, value in facts if value)
        for entry in node.children("status_histories"):
            if comment := entry.text("comment"):
                moment = entry.time("created_at")
                yield f"comment {moment:%Y-%m-%d %H:%M:%S}" if moment else "comment", comment


def _properties(node):
    """What the customer chose or wrote for the item: the texts of custom options."""
    options = node.child_or_empty("product_option").extension.children("custom_options")
    chosen = ((f"Option {option.text('option_id')}", option.text("option_value")) for option in options)
    named = (
        (option.text("label"), option.text("value"))
        for option in node.child_or_empty("product_options").children("options")
    )
    return tuple((title, value) for title, value in (*named, *chosen) if value)
