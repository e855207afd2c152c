from odoo import api, models

from .payment_importer import CAPTURED, CAPTURES
from .workflow_run import Obstacle

# What `_check_<step>` says of an order that has it behind it already, whoever did it
DONE = object()
PAID = ("paid", "partially_refunded", "refunded")
# A pick-pack-ship delivery needs three rounds; what is not done after these waits for something else.
ROUNDS = 5


class IntegrationWorkflowSteps(models.AbstractModel):
    """The steps of the order workflow.

    `_check_<step>(backend, run)` looks at one order and returns None (do it), DONE, or an `Obstacle`; it changes
    nothing. `_do_<step>(backend, runs)` does the step for many orders together and returns {order: Obstacle} of those
    that it could not bring to the step's end.
    """

    _name = "integration.workflow.steps"
    _description = "Order Workflow Steps"

    @api.model
    def _orders(self, runs):
        return self.env["sale.order"].union(*(run.order for run in runs))

    @api.model
    def _quotation(self, run):
        """Return what keeps the steps after the confirmation from being done on a quotation."""
        if run.order.state != "sale":
            return Obstacle(self.env._("The order is a quotation. Confirm it, and the workflow goes on."), waits=True)
        return None

    # === CONFIRM === #

    @api.model
    def _check_confirm(self, backend, run):
        order = run.order
        if order.state == "sale":
            return DONE
        if unknown := order.order_line.filtered("integration_unknown_product"):
            return Obstacle(
                self.env._("Odoo doesn't know these products: %s", ", ".join(unknown.mapped("name"))),
                self.env._("Give the products the SKUs of the lines, or choose the right products on the lines."),
            )
        if message := order._confirmation_error_message():
            return Obstacle(message, self.env._("Correct the order."))
        return None

    @api.model
    def _do_confirm(self, backend, runs):
        orders, launcher = self._orders(runs), self.env["integration.delivery.launcher"]
        launcher._confirm(orders)
        launcher._launch(orders)
        return {}

    # === RESERVE === #

    @api.model
    def _check_reserve(self, backend, run):
        return self._quotation(run) or (None if self._unreserved(run.order.picking_ids) else DONE)

    @api.model
    def _unreserved(self, pickings):
        return pickings.filtered(
            lambda picking: any(move.state in ("confirmed", "partially_available") for move in picking.move_ids)
        )

    @api.model
    def _do_reserve(self, backend, runs):
        """Reserve what is there; Odoo reserves what comes in later."""
        self._unreserved(self._orders(runs).picking_ids).action_assign()
        return {}

    # === INVOICE === #

    @api.model
    def _check_invoice(self, backend, run):
        return self._quotation(run) or self._check_invoice_of_confirmed(backend, run)

    @api.model
    def _check_invoice_of_confirmed(self, backend, run):
        order, basis = run.order, run.rule.invoice_basis
        if self._is_invoiced(order):
            return DONE
        if obstacle := self._check_paid_basis(run):
            return obstacle
        if basis == "policy" and order.invoice_status != "to invoice":
            return self._invoiced_when_delivered()
        return self._check_accounting(backend) or self._check_period(backend, order)

    @api.model
    def _check_paid_basis(self, run):
        if run.rule.invoice_basis == "paid" and run.order.integration_financial_status not in PAID:
            return self._not_paid()
        return None

    @api.model
    def _not_paid(self):
        return Obstacle(self.env._("It is not paid on the platform yet."), waits=True)

    @api.model
    def _invoiced_when_delivered(self):
        return Obstacle(self.env._("What is invoiced by delivery is invoiced when it is delivered."), waits=True)

    @api.model
    def _is_invoiced(self, order):
        lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        return order.state == "sale" and all(
            line.product_uom_id.compare(line.qty_invoiced, line.product_uom_qty) >= 0 for line in lines
        )

    @api.model
    def _check_accounting(self, backend):
        company = backend.company_id
        journals = self.env["account.journal"].sudo()
        if journals.search_count([*journals._check_company_domain(company), ("type", "=", "sale")], limit=1):
            return None
        return Obstacle(
            self.env._("%s has no sales journal: its accounting is not set up.", company.name),
            self.env._("Install a chart of accounts: Invoicing, Configuration, Settings, Fiscal Localization."),
        )

    @api.model
    def _check_period(self, backend, order):
        dates = self.env["integration.accounting.dates"]
        found = dates._dates(backend, order)
        if found.booked <= dates._today(backend):
            return None
        return Obstacle(found.note, self.env._("Open the period, or wait until that day and continue the workflow."))

    @api.model
    def _do_invoice(self, backend, runs):
        """Make one draft invoice per order."""
        orders, dates = self._orders(runs), self.env["integration.accounting.dates"]
        # as Odoo does when an online payment makes it invoice
        self._orders(run for run in runs if run.rule.invoice_basis != "policy")._force_lines_to_invoice_policy_order()
        values = {}
        for order in orders:
            found = dates._dates(backend, order)
            values[order.id] = {
                "invoice_date": found.invoice,
                "date": found.booked,
                "integration_date_note": found.note,
                "integration_by_workflow": True,
            }
        orders.with_context(integration_invoice_values=values)._create_invoices(grouped=True)
        return {order: self._invoiced_when_delivered() for order in orders if not self._is_invoiced(order)}

    # === POST === #

    @api.model
    def _drafts(self, orders):
        return orders.invoice_ids.filtered(lambda move: move.state == "draft" and move.integration_by_workflow)

    @api.model
    def _check_post(self, backend, run):
        if obstacle := self._quotation(run):
            return obstacle
        if drafts := self._drafts(run.order):
            dates = self.env["integration.accounting.dates"]
            for move in drafts:
                found = dates._booked(move.company_id, move.date, has_tax=move._affect_tax_report())
                if found.booked > dates._today(backend):
                    return Obstacle(
                        found.note, self.env._("Open the period, or wait until that day and continue the workflow.")
                    )
            return None
        if "invoice" in run.obstacles:
            return run.obstacles["invoice"]
        if others := run.order.invoice_ids.filtered(lambda move: move.state == "draft"):
            return Obstacle(
                self.env._("The workflow didn't make the draft invoice (%s), so it doesn't post it.", others[:1].id),
                waits=True,
            )
        return DONE

    @api.model
    def _do_post(self, backend, runs):
        moves = self._drafts(self._orders(runs))
        self.env["integration.accounting.dates"]._reopen(moves)
        moves.action_post()
        return {run.order: run.obstacles["invoice"] for run in runs if "invoice" in run.obstacles}

    # === REGISTER PAYMENT === #

    @api.model
    def _check_register_payment(self, backend, run):
        order = run.order
        if obstacle := self._quotation(run):
            return obstacle
        if obstacle := self._check_paid(order):
            return obstacle
        invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
        if run.rule.step_post and not invoices:
            return run.obstacles.get("post") or Obstacle(self.env._("No invoice is posted yet."), waits=True)
        if invoices and not run.obstacles and all(move.payment_state in ("paid", "in_payment") for move in invoices):
            return DONE
        return None

    @api.model
    def _check_paid(self, order):
        if order.integration_financial_status not in CAPTURED:
            return self._not_paid()
        captured = order.integration_payment_ids.filtered(
            lambda payment: payment.kind in CAPTURES and payment.status == "success"
        )
        if order.amount_total and not captured:
            return Obstacle(self.env._("The platform has not said yet how it was paid."), waits=True)
        return None

    @api.model
    def _do_register_payment(self, backend, runs):
        remedy = self.env._("Map the payment method to a journal, or register the payment by hand.")
        reasons = self.env["integration.payment.importer"]._register_payments(self._orders(runs))
        obstacles = {run.order: run.obstacles["invoice"] for run in runs if "invoice" in run.obstacles}
        return {**obstacles, **{order: Obstacle(reason, remedy) for order, reason in reasons.items()}}

    # === DELIVER === #

    @api.model
    def _open_pickings(self, orders):
        """Return the deliveries, and what leads to them in the warehouse, that are not done."""
        return orders.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel") and picking.picking_type_id.code in ("outgoing", "internal")
            )
        )

    @api.model
    def _check_deliver(self, backend, run):
        order = run.order
        if obstacle := self._quotation(run):
            return obstacle
        pickings = self._open_pickings(order)
        if not pickings:
            return DONE
        return self._check_fulfilled(run) or self._check_pickings(order, pickings)

    @api.model
    def _check_fulfilled(self, run):
        if run.rule.deliver_when == "always" or run.order.integration_fulfillment_status == "fulfilled":
            return None
        return Obstacle(self.env._("It is not fulfilled on the platform yet."), waits=True)

    @api.model
    def _check_pickings(self, order, pickings):
        by_hand = self.env._("Validate the delivery by hand, then continue the workflow.")
        for picking in pickings:
            # the goods of an order that the platform calls fulfilled are on their way: no second label
            if (
                order.integration_fulfillment_status != "fulfilled"
                and picking.carrier_id.integration_level == "rate_and_ship"
            ):
                return Obstacle(
                    self.env._(
                        "%(carrier)s makes a label when %(picking)s is validated.",
                        carrier=picking.carrier_id.name,
                        picking=picking.name,
                    ),
                    by_hand,
                )
            picked = set(picking.move_ids.filtered(lambda move: move.state != "cancel").mapped("picked"))
            if len(picked) > 1:
                return Obstacle(self.env._("Somebody has begun to pick %s.", picking.name), by_hand)
        return None

    @api.model
    def _missing(self, pickings):
        """Return what is not reserved, as a text; '' when all is. Moves that wait for other ones don't count."""
        short = pickings.move_ids.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available")
                or (move.state == "assigned" and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0)
            )
        )
        return ", ".join(
            f"{move.product_uom_qty - move.quantity:g} {move.product_uom.name} {move.product_id.display_name}"
            for move in short
        )

    @api.model
    def _not_in_stock(self, missing):
        return Obstacle(
            self.env._("Not everything is in stock. Missing: %s", missing),
            self.env._(
                "Receive the goods and continue the workflow, or deliver what is there and decide on a backorder."
            ),
        )

    @api.model
    def _do_deliver(self, backend, runs):
        orders = self._orders(runs)
        if unreserved := self._unreserved(self._open_pickings(orders)):
            unreserved.action_assign()
        obstacles = {}
        for order in orders:
            if missing := self._missing(self._open_pickings(order)):
                obstacles[order] = self._not_in_stock(missing)
        complete = orders - self.env["sale.order"].union(*obstacles)
        for _round in range(ROUNDS):
            ready = self._open_pickings(complete).filtered(lambda picking: picking.state == "assigned")
            if not ready:
                break
            # nobody is there to answer, and nothing is missing: no wizard
            ready.with_context(skip_backorder=True, skip_sms=True, integration_in_workflow=True).button_validate()
        for picking in self._open_pickings(complete):
            obstacles[picking.sale_id] = Obstacle(
                self.env._("%s could not be validated.", picking.name),
                self.env._("Validate the delivery by hand, then continue the workflow."),
            )
        return obstacles

    # === LOCK === #

    @api.model
    def _check_lock(self, backend, run):
        if obstacle := self._quotation(run):
            return obstacle
        if run.order.locked:
            return DONE
        if run.remaining != ["lock"]:
            return Obstacle(self.env._("The order is locked when all other steps are done."), waits=True)
        return None

    @api.model
    def _do_lock(self, backend, runs):
        self._orders(runs).action_lock()
        return {}
