from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import float_compare

from .order_values import share_of

AMOUNT_FIELDS = ("price_unit", "discount", "extra_tax_data")


@dataclass(slots=True, eq=False)
class Merge:
    """What makes the lines of an order those of its document.

    `writes` holds (line, values), `new` values of lines to create, `gone` the lines the document no longer has.
    `changes` says it in words, a line each; `blocks` says what of it must not be done to a confirmed order.
    """

    writes: list = field(default_factory=list)
    new: list = field(default_factory=list)
    gone: object = None
    changes: list = field(default_factory=list)
    blocks: list = field(default_factory=list)


class IntegrationOrderMerger(models.AbstractModel):
    """Brings the lines of an order to those of its document, line by line.

    Lines are told apart by the platform's ids. What users added stays: lines of their own, a product chosen for a
    placeholder, analytic accounts, texts.
    """

    _name = "integration.order.merger"
    _description = "Order Merger"

    # === PLAN === #

    @api.model
    def _plan(self, draft):
        """Return the `Merge` of the order of `draft` with its lines. Nothing is written."""
        order, merge = draft.order, Merge()
        known = order.order_line.filtered("integration_kind").sorted(lambda line: (line.sequence, line.id))
        before = self._keyed(known, lambda line: (line.integration_kind, line.integration_external_id or ""))
        after = self._keyed(
            draft.lines, lambda values: (values["integration_kind"], values["integration_external_id"] or "")
        )
        shown = dict(zip(after, draft.shown, strict=True))
        for key, values in after.items():
            if line := before.pop(key, None):
                self._plan_line(merge, line, values, shown[key])
            else:
                merge.new.append(values)
                merge.changes.append(self._new_text(order, values))
        merge.gone = order.order_line.browse().union(*before.values())
        for number, line in enumerate(merge.gone, start=len(draft.lines) + 1):
            self._plan_removal(merge, line, number)
        return merge

    @api.model
    def _keyed(self, items, key_of):
        """Return {(key, how many had it before): item}: a line without an id of the platform has its place only."""
        counts, keyed = Counter(), {}
        for item in items:
            key = key_of(item)
            keyed[key, counts[key]] = item
            counts[key] += 1
        return keyed

    @api.model
    def _plan_line(self, merge, line, values, shown):
        wanted = {}
        if line.sequence != values["sequence"]:
            wanted["sequence"] = values["sequence"]
        tax_ids = values["tax_ids"][0][2]
        quantity_changes = line.product_uom_qty != values["product_uom_qty"]
        if (
            quantity_changes
            or set(line.tax_ids.ids) != set(tax_ids)
            or any((line[name] or False) != (values[name] or False) for name in AMOUNT_FIELDS)
        ):
            # the amounts count together with the price only: Odoo recomputes them when it is written
            wanted.update({name: values[name] for name in AMOUNT_FIELDS}, tax_ids=values["tax_ids"])
            if quantity_changes:
                wanted["product_uom_qty"] = values["product_uom_qty"]
            text = self._change_text(line, values, shown)
            if not text and self._given_taxes(line.extra_tax_data) != self._given_taxes(values["extra_tax_data"]):
                text = self.env._("%s: tax amounts", self._label(line))
            if text:
                merge.changes.append(text)
                merge.blocks += self._blocks(line, values, shown)
        if line.state != "sale" and line.integration_unknown_product and not values["integration_unknown_product"]:
            names = ("product_id", "product_uom_id", "customer_lead", "name")
            wanted.update({name: values[name] for name in names})
        if wanted:
            merge.writes.append((line, wanted))

    @api.model
    def _given_taxes(self, data):
        return (data or {}).get("manual_tax_amounts")

    @api.model
    def _plan_removal(self, merge, line, number):
        """A line of a confirmed order can't be deleted: it stays with quantity 0, behind the others."""
        if line.product_uom_qty:
            merge.changes.append(
                self.env._(
                    "%(line)s: removed (%(quantity)s)", line=self._label(line), quantity=f"{line.product_uom_qty:g}"
                )
            )
            merge.blocks += self._blocks(line, {"product_uom_qty": 0.0, "extra_tax_data": False}, (0, 0))
        if line.state == "sale":
            wanted = {"sequence": number}
            if line.product_uom_qty:
                # by itself, so that no cent of the other lines' rounding is given to it
                key = {"computation_key": f"removed,{line.id}"}
                wanted.update(product_uom_qty=0.0, price_unit=line.price_unit, extra_tax_data=key)
            merge.writes.append((line, wanted))

    # === IN WORDS === #

    @api.model
    def _label(self, line):
        return (line.name or "").splitlines()[0] if line.name else line.product_id.display_name

    @api.model
    def _amount(self, order, amount):
        return f"{amount:.{order.currency_id.decimal_places}f}"

    @api.model
    def _new_text(self, order, values):
        return self.env._(
            "%(line)s: added, %(quantity)s at %(price)s",
            line=values["name"].splitlines()[0],
            quantity=f"{values['product_uom_qty']:g}",
            price=self._amount(order, values["price_unit"]),
        )

    @api.model
    def _change_text(self, line, values, shown):
        """Return what changes of a line, before and after; empty if nothing that is seen."""
        order, parts = line.order_id, []
        for name, label, text in (
            ("product_uom_qty", self.env._("quantity"), lambda value: f"{value:g}"),
            ("price_unit", self.env._("unit price"), lambda value: self._amount(order, value)),
            ("discount", self.env._("discount"), lambda value: f"{value:g} %"),
        ):
            if line[name] != values[name]:
                parts.append(f"{label} {text(line[name])} → {text(values[name])}")
        taxes = self.env["account.tax"].browse(values["tax_ids"][0][2])
        if line.tax_ids != taxes:
            names = [", ".join(found.mapped("name")) or "-" for found in (line.tax_ids, taxes)]
            parts.append(f"{self.env._('taxes')} {names[0]} → {names[1]}")
        if self._amount(order, line.price_total) != self._amount(order, shown[1]):
            before, after = self._amount(order, line.price_total), self._amount(order, shown[1])
            parts.append(f"{self.env._('amount')} {before} → {after}")
        return f"{self._label(line)}: {', '.join(parts)}" if parts else ""

    # === WHAT IS NOT SAFE === #

    @api.model
    def _blocks(self, line, values, shown):
        """Return why a line of a confirmed order can't be changed, in words; empty if it can."""
        if line.state != "sale":
            return []
        quantity, label = values["product_uom_qty"], self._label(line)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        blocks = []
        for done, text in (
            (self._delivered(line), self.env._("%(line)s: delivered %(done)s of now %(quantity)s")),
            (line.qty_invoiced, self.env._("%(line)s: invoiced %(done)s of now %(quantity)s")),
        ):
            if float_compare(quantity, done, precision_digits=digits) < 0:
                blocks.append(text % {"line": label, "done": f"{done:g}", "quantity": f"{quantity:g}"})
        if not blocks and line.qty_invoiced and self._invoiced_changes(line, values, shown):
            blocks.append(
                self.env._(
                    "%(line)s: invoiced %(done)s at the earlier price", line=label, done=f"{line.qty_invoiced:g}"
                )
            )
        return blocks

    @api.model
    def _delivered(self, line):
        """Return how many have left, or moved towards the door already (picked, packed)."""
        done = defaultdict(float)
        for move in line.move_ids:
            if move.state == "done" and move.product_id == line.product_id:
                done[move.picking_type_id] += move.product_uom._compute_quantity(move.quantity, line.product_uom_id)
        return max(line.qty_delivered, *done.values(), 0.0)

    @api.model
    def _invoiced_changes(self, line, values, shown):
        """Whether what was invoiced of a line would have other amounts now: then its invoices don't make the whole."""
        digits, done = line.currency_id.decimal_places, line.qty_invoiced

        def shares(data, subtotal, total, quantity):
            amounts = {"": subtotal, "tax": total - subtotal}
            for tax_id, tax in (self._given_taxes(data) or {}).items():
                amounts[tax_id] = tax["tax_amount_currency"]
            return {key: share_of(amount, 0, done, quantity, digits=digits) for key, amount in amounts.items()}

        before = shares(line.extra_tax_data, line.price_subtotal, line.price_total, line.product_uom_qty or 1.0)
        after = shares(values["extra_tax_data"], *map(float, shown), values["product_uom_qty"])
        return before != after

    # === APPLY === #

    @api.model
    def _apply(self, draft, merge):
        """Do what `merge` says. Deliveries of a confirmed order follow: Odoo raises, lowers and launches them."""
        order = draft.order
        lines = order.order_line.with_context(sale_no_log_for_new_lines=True)
        if order.state != "sale":
            merge.gone.unlink()
        for line, values in merge.writes:
            line.write(values)
        if merge.new:
            constants = self.env["integration.order.writer"]._line_constants()
            lines.create([{**constants, **values, "order_id": order.id} for values in merge.new])
