from datetime import timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Datetime

from .clock import naive


class IntegrationOrderUpdater(models.AbstractModel):
    """Brings what changed on the platform to orders that are in Odoo already.

    Quotations follow the platform. A confirmed order follows where nothing of the change is delivered, invoiced or
    locked, and the sales channel allows it; else it is held, and the reason says what differs. All of a change of the
    lines is done or nothing of it, so that an order's total is one the platform has stated.
    """

    _name = "integration.order.updater"
    _description = "Order Updater"

    @api.model
    def _update(self, backend, drafts):
        """Update the orders of `drafts`; return those drafts whose amounts have to be those of their orders now."""
        follows = backend.confirmed_order_edits == "apply"
        quotations, confirmed, cancelled = [], [], []
        for draft in drafts:
            order, entry, values = draft.order, draft.entry, dict(draft.mirror)
            is_quotation = order.state in ("draft", "sent")
            if self._cancels(draft):
                cancelled.append(draft)
            if is_quotation:
                values.update(draft.parties)
            if order.integration_adopted:
                self._compare_adopted(draft)
            elif is_quotation and entry.lines_due:
                values.update(draft.head)
                quotations.append(draft)
            elif order.state == "sale" and not entry.document.cancelled_at and self._lines_changed(draft):
                confirmed.append(draft)
            if order.state == "sale" and entry.parties_due:
                self._follow_parties(draft, follows)
            self._is_there(order)
            changed = {name: value for name, value in values.items() if self._differs(order, name, value)}
            if changed:
                order.write(changed)
        self._rewrite_quotations(quotations)
        for draft in confirmed:
            self._follow_lines(draft, follows)
        for draft in cancelled:
            self._cancel(draft, follows)
        return quotations

    @api.model
    def _differs(self, order, name, value):
        field = order._fields[name]
        return field.convert_to_cache(value, order) != field.convert_to_cache(order[name], order)

    @api.model
    def _say(self, order, title, sentences=()):
        """Post what happened to the order, a sentence each, where its users read it."""
        items = Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences)
        order.message_post(body=Markup("<p>%s</p>") % title + (Markup("<ul>%s</ul>") % items if sentences else ""))

    @api.model
    def _total(self, order, amount):
        return f"{amount:.{order.currency_id.decimal_places}f} {order.currency_id.name}"

    # === LINES === #

    @api.model
    def _rewrite_quotations(self, drafts):
        """Make the lines of quotations those of their documents, and look anew at whether they have to be held."""
        if not drafts:
            return
        orders = self.env["sale.order"].union(*(draft.order for draft in drafts))
        self.env.add_to_compute(orders._fields["currency_rate"], orders)  # a missing rate may be there now
        writer, merger = self.env["integration.order.writer"], self.env["integration.order.merger"]
        for draft in drafts:
            order = draft.order
            before = self._total(order, order.amount_total)
            order.write({**writer._hold_values(draft), "integration_edit_holds": False})
            merge = merger._plan(draft)
            merger._apply(draft, merge)
            if merge.changes:
                self._say_changes(order, before, merge.changes)

    @api.model
    def _say_changes(self, order, before, changes):
        after = self._total(order, order.amount_total)
        title = self.env._("The platform changed this order: total %(before)s → %(after)s", before=before, after=after)
        self._say(order, title, changes)

    @api.model
    def _lines_changed(self, draft):
        """Whether the lines of a confirmed order have to be looked at: changed there, or not followed before."""
        order = draft.order
        changed = draft.entry.lines_digest != order.integration_lines_digest
        return changed or (draft.entry.lines_due and order._integration_is_held_about("lines"))

    @api.model
    def _follow_lines(self, draft, follows):
        """Make the lines of a confirmed order those of its document where that is safe, else hold the order."""
        order, merger = draft.order, self.env["integration.order.merger"]
        merge = merger._plan(draft)
        if blocks := self._line_blocks(draft, merge, follows):
            order._integration_hold_about("lines", [self._line_hold(draft, merge, blocks)])
            return
        before = self._total(order, order.amount_total)
        if merge.changes or not order.locked:  # a locked line takes not even an order of its own among the others
            merger._apply(draft, merge)
        self.env.flush_all()
        holds = []
        if order.currency_id.compare_amounts(order.amount_total, float(draft.total)) or (
            order.currency_id.compare_amounts(order.amount_untaxed, float(draft.untaxed))
        ):
            holds.append(
                (
                    self.env._(
                        "After the platform's change Odoo computes %(odoo)s (%(odoo_untaxed)s without taxes), the "
                        "platform says %(total)s (%(untaxed)s).",
                        odoo=self._total(order, order.amount_total),
                        odoo_untaxed=self._total(order, order.amount_untaxed),
                        total=self._total(order, draft.total),
                        untaxed=self._total(order, draft.untaxed),
                    ),
                    self.env._("Compare the lines with the platform, correct them and release the order."),
                )
            )
        order._integration_hold_about("lines", holds)
        if merge.changes:
            self._say_changes(order, before, merge.changes)

    @api.model
    def _line_blocks(self, draft, merge, follows):
        """Return why the lines of a confirmed order can't follow the platform, as (why, what to do) pairs."""
        order, document = draft.order, draft.entry.document
        blocks = list(draft.holds)
        if document.currency != order.currency_id.name:
            blocks.append(
                (
                    self.env._("the currency is %s now", document.currency),
                    self.env._("Cancel the order here and enter it in the other currency, then release it."),
                )
            )
        if not merge.changes:
            return blocks
        if not follows:
            blocks.append(
                (
                    self.env._("this sales channel leaves confirmed orders alone"),
                    self.env._("Compare the lines with the platform, change the order or credit it, then release it."),
                )
            )
        if order.locked:
            blocks.append((self.env._("the order is locked"), self.env._("Unlock the order, then check again.")))
        if merge.blocks:
            blocks.append(
                (
                    ", ".join(merge.blocks),
                    self.env._(
                        "Take back or credit what is too much, then check again; or settle it by hand, then release it."
                    ),
                )
            )
        return blocks

    @api.model
    def _line_hold(self, draft, merge, blocks):
        order, document = draft.order, draft.entry.document
        reason = self.env._(
            "The platform changed this order after it was confirmed here, total %(before)s → %(after)s: %(changes)s. "
            "Not applied: %(why)s.",
            before=self._total(order, order.amount_total),
            after=f"{document.total} {document.currency}",
            changes="; ".join(merge.changes) or "-",
            why="; ".join(why.rstrip(".") for why, _remedy in blocks),
        )
        return reason, " ".join(dict.fromkeys(remedy for _why, remedy in blocks))

    @api.model
    def _compare_adopted(self, draft):
        """An adopted order keeps the lines it had: hold it when the platform's total is another one."""
        order, document = draft.order, draft.entry.document
        if document.cancelled_at or order.state == "cancel":
            return
        same = document.currency == order.currency_id.name and not order.currency_id.compare_amounts(
            order.amount_total, float(document.total)
        )
        if same:
            order._integration_hold_about("lines", [])
        elif self._lines_changed(draft):
            reason = self.env._(
                "The platform changed this order, which was in Odoo before its sales channel: its total is %(after)s "
                "now, here it is %(before)s.",
                before=self._total(order, order.amount_total),
                after=f"{document.total} {document.currency}",
            )
            remedy = self.env._("Compare the lines with the platform, change the order or credit it, then check again.")
            order._integration_hold_about("lines", [(reason, remedy)])

    # === CUSTOMER AND ADDRESSES === #

    @api.model
    def _follow_parties(self, draft, follows):
        """Give a confirmed order the document's addresses where nothing is shipped or invoiced to the earlier ones."""
        order, names = draft.order, ("partner_invoice_id", "partner_shipping_id")
        customer = order.partner_id.browse(draft.parties["partner_id"])
        addresses = {name: order[name].browse(draft.parties[name]) for name in names}
        changes = {name: (order[name], found) for name, found in addresses.items() if order[name] != found}
        if customer != order.partner_id:
            changes["partner_id"] = (order.partner_id, customer)
        if not changes:
            order._integration_hold_about("parties", [])
            return
        texts = [
            f"{order._fields[name]._description_string(self.env)}: {self._place(before)} → {self._place(after)}"
            for name, (before, after) in changes.items()
        ]
        if blocks := self._party_blocks(order, changes, follows):
            reason = self.env._(
                "The platform changed the customer or an address after the order was confirmed here: %(changes)s. "
                "Not applied: %(why)s.",
                changes="; ".join(texts),
                why=", ".join(blocks),
            )
            remedy = self.env._(
                "Compare the addresses with the platform, correct the order and open deliveries, then release it."
            )
            order._integration_hold_about("parties", [(reason, remedy)])
            return
        values = {name: after.id for name, (_before, after) in changes.items()}
        # given, else Odoo looks for another fiscal position: what the customer paid does not change
        values["fiscal_position_id"] = order.fiscal_position_id.id
        order.with_context(update_delivery_shipping_partner=True).write(values)
        order._integration_hold_about("parties", [])
        self._say(order, self.env._("The platform changed an address; open deliveries follow."), texts)

    @api.model
    def _place(self, partner):
        """Return name and address of `partner` in one line: two addresses of a customer may have one name."""
        return ", ".join(
            filter(None, (partner.name or partner.parent_id.name, partner.street, partner.zip, partner.city))
        )

    @api.model
    def _party_blocks(self, order, changes, follows):
        blocks = []
        if not follows:
            blocks.append(self.env._("this sales channel leaves confirmed orders alone"))
        if order.locked:
            blocks.append(self.env._("the order is locked"))
        if "partner_id" in changes:
            blocks.append(self.env._("it is another customer"))
        shipped = order.picking_ids.filtered(lambda picking: picking.state == "done")
        if "partner_shipping_id" in changes and shipped:
            blocks.append(self.env._("shipped already: %s", ", ".join(shipped.mapped("name"))))
        invoices = order.invoice_ids.filtered(lambda move: move.state != "cancel")
        if "partner_invoice_id" in changes and invoices:
            blocks.append(self.env._("invoiced already: %s", ", ".join(invoices.mapped("display_name"))))
        return blocks

    # === CANCELLED === #

    @api.model
    def _cancels(self, draft):
        """Whether the document cancels the order and nobody has been told so yet, or it is to be tried again."""
        order = draft.order
        if not draft.entry.document.cancelled_at:
            return False
        return not order.integration_cancelled_at or order._integration_is_held_about("cancel")

    @api.model
    def _cancel(self, draft, follows):
        """Cancel a quotation, and a confirmed order of which nothing is shipped or invoiced; else hold it."""
        order, document = draft.order, draft.entry.document
        if order.state == "cancel":
            return
        moment = Datetime.to_string(naive(document.cancelled_at))
        blocks = self._cancel_blocks(order, follows) if order.state == "sale" else []
        if blocks:
            reason = self.env._(
                "The platform cancelled this order on %(moment)s, after it was confirmed here. Not cancelled here: "
                "%(why)s.",
                moment=moment,
                why=", ".join(blocks),
            )
            remedy = self.env._(
                "Stop its deliveries, take back what was shipped, credit its invoices and cancel it here, then release "
                "it."
            )
            order._integration_hold_about("cancel", [(reason, remedy)])
            return
        deliveries = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        order._action_cancel()
        for topic in list(order.integration_edit_holds or ()):
            order._integration_hold_about(topic, [])
        sentences = [self.env._("Cancelled with it: %s", ", ".join(deliveries.mapped("name")))] if deliveries else []
        if document.cancel_reason:
            sentences.insert(0, self.env._("Reason given there: %s", document.cancel_reason))
        self._say(order, self.env._("The platform cancelled this order on %s.", moment), sentences)

    @api.model
    def _cancel_blocks(self, order, follows):
        """Return why a confirmed order can't be cancelled with its platform's, in words."""
        blocks = []
        if not follows and not order.integration_cancel_requested_at:
            blocks.append(self.env._("this sales channel leaves confirmed orders alone"))
        if order.locked:
            blocks.append(self.env._("it is locked"))
        moved = order.order_line.move_ids.filtered(lambda move: move.state == "done").picking_id
        if moved:
            blocks.append(self.env._("shipped: %s", ", ".join(moved.mapped("display_name"))))
        elif any(line.qty_delivered > 0 for line in order.order_line):
            blocks.append(self.env._("part of it is delivered"))
        posted = order.invoice_ids.filtered(lambda move: move.state == "posted")
        if posted and any(line.qty_invoiced > 0 for line in order.order_line):
            blocks.append(self.env._("invoiced: %s", ", ".join(posted.mapped("name"))))
        return blocks

    # === DELETED === #

    @api.model
    def _note_deleted(self, backend, external_ids):
        """Say on the orders with these ids that the platform has them no longer; return the orders.

        Quotations are cancelled, confirmed orders are held: nothing is known of why.
        """
        if not external_ids:
            return self.env["sale.order"]
        bindings = self.env["integration.binding.order"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", list(external_ids)),
                ("remote_state", "=", "present"),
            ]
        )
        # without a fingerprint, the order is looked at again should it come back
        bindings.write({"remote_state": "deleted", "digest_in": False})
        bindings.odoo_id.integration_deleted_at = Datetime.now()
        for order in bindings.odoo_id:
            self._say(order, self.env._("The platform has deleted this order."))
            if order.state in ("draft", "sent"):
                order._action_cancel()
            elif order.state == "sale":
                reason = self.env._("The platform has deleted this order, which is confirmed here.")
                remedy = self.env._(
                    "Stop its deliveries and cancel it here, or credit it; or release it if it stays valid."
                )
                order._integration_hold_about("deleted", [(reason, remedy)])
        return bindings.odoo_id

    @api.model
    def _note_missing(self, backend, external_ids):
        """The platform was asked for these orders and does not find them; return those that were deleted.

        The others are too old for the platform to show them.
        """
        if not external_ids:
            return self.env["sale.order"]
        days = backend._adapter()._visible_days()
        domain = [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))]
        if days is not None:
            domain.append(("odoo_id.date_order", ">", Datetime.now() - timedelta(days=days)))
        bindings = self.env["integration.binding.order"].search(domain)
        return self._note_deleted(backend, bindings.mapped("external_id"))

    @api.model
    def _is_there(self, order):
        """The platform states the order: take back that it was deleted, if anybody said so."""
        if not order.integration_deleted_at:
            return
        order.integration_deleted_at = False
        self.env["integration.binding.order"].search([("odoo_id", "=", order.id)]).remote_state = "present"
        order._integration_hold_about("deleted", [])
        self._say(order, self.env._("The platform has this order (again)."))
