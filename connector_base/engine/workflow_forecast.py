from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import format_date

from .words import words
from .workflow_run import Obstacle, Run
from .workflow_steps import DONE


@dataclass(slots=True, eq=False)
class Forecast:
    """What the workflow would do to one order: `steps` and `obstacles` are sentences for staff, `verdict` is one of
    nothing, runs, waits, stops."""

    order: object
    rule: object
    steps: str = ""
    obstacles: list = field(default_factory=list)
    verdict: str = "nothing"

    def meet(self, label, obstacle):
        self.obstacles.append(f"{label}: {' '.join(filter(None, [obstacle.reason, obstacle.remedy]))}")
        if self.verdict != "stops":
            self.verdict = "waits" if obstacle.waits else "stops"


@dataclass(frozen=True, slots=True)
class Known:
    """Looked up once for all orders: payment methods that have a journal (in lower case), and {(warehouse id, product
    id): free quantity}."""

    journals: set
    stock: dict


class IntegrationWorkflowForecast(models.AbstractModel):
    """Says what the workflow would do, without doing it."""

    _name = "integration.workflow.forecast"
    _inherit = "integration.workflow.steps"
    _description = "Workflow Forecast"

    @api.model
    def _forecasts(self, backend, orders):
        """Return the `Forecast` of each order, in order."""
        backend = backend.sudo().with_company(backend.company_id)
        self = self.with_env(backend.env)  # noqa: PLW0642
        orders = orders.with_env(backend.env)
        rules = backend.workflow_rule_ids.filtered("active")._first_for(orders)
        known = Known(self._mapped_gateways(backend, orders), self._free_stock(orders))
        return [self._forecast(backend, order, rules.get(order), known) for order in orders]

    @api.model
    def _forecast(self, backend, order, rule, known):
        if not rule:
            forecast = Forecast(order, self.env["integration.workflow.rule"])
            forecast.obstacles.append(self.env._("No rule applies to it."))
            return forecast
        labels = dict(order._fields["integration_workflow_step"]._description_selection(self.env))
        run = Run(order, rule, (order.integration_workflow_done or "").split())
        forecast = Forecast(order, rule)
        if order.state == "cancel":
            forecast.obstacles.append(self.env._("It is cancelled."))
            return forecast
        found = {step: self._look_at(backend, run, step, known) for step in run.remaining}
        steps = [step for step in run.remaining if found[step] is not DONE]
        if not steps:
            forecast.obstacles.append(self.env._("All of its steps are done."))
            return forecast
        forecast.verdict = "runs"
        forecast.steps = ", ".join(self._described(backend, order, step, labels[step]) for step in steps)
        if order.integration_held:
            held = Obstacle(order.integration_hold_reason, order.integration_hold_remedy or "")
            forecast.meet(self.env._("Held"), held)
        for step in steps:
            if found[step]:
                forecast.meet(labels[step], found[step])
        return forecast

    @api.model
    def _described(self, backend, order, step, label):
        if step != "invoice":
            return label
        dates = self.env["integration.accounting.dates"]._dates(backend, order)
        return self.env._("%(step)s dated %(day)s", step=label, day=format_date(self.env, dates.invoice))

    @api.model
    def _look_at(self, backend, run, step, known):
        """Return what `_check_<step>` would, after the steps before it."""
        order = run.order
        if step == "confirm":
            # a hold is said once, apart
            if order.integration_held and not order.order_line.filtered("integration_unknown_product"):
                return None
            return self._check_confirm(backend, run)
        if order.state != "sale" and not run.rule.step_confirm:
            return self._quotation(run)
        if step == "lock":
            return DONE if order.locked else None
        if step == "reserve":
            return None if order.state != "sale" else self._check_reserve(backend, run)
        return getattr(self, f"_foresee_{step}")(backend, run, known)

    @api.model
    def _foresee_invoice(self, backend, run, known):
        order = run.order
        if order.state == "sale":
            return self._check_invoice_of_confirmed(backend, run)
        if obstacle := self._check_paid_basis(run):
            return obstacle
        by_delivery = order.order_line.filtered(lambda line: line.product_id.invoice_policy == "delivery")
        if run.rule.invoice_basis == "policy" and by_delivery and not run.rule.step_deliver:
            return self._invoiced_when_delivered()
        return self._check_accounting(backend) or self._check_period(backend, order)

    @api.model
    def _foresee_post(self, backend, run, known):
        if run.order.state == "sale" and (self._drafts(run.order) or self._is_invoiced(run.order)):
            return self._check_post(backend, run)
        return None  # what keeps the invoice from being made is said there

    @api.model
    def _foresee_register_payment(self, backend, run, known):
        order = run.order
        if obstacle := self._check_paid(order):
            return obstacle
        if unmapped := set(words(order.integration_gateway)) - known.journals:
            return Obstacle(
                self.env._("No journal is mapped to the payment method: %s", ", ".join(sorted(unmapped))),
                self.env._("Choose one under Configuration, Mappings."),
            )
        return None

    @api.model
    def _foresee_deliver(self, backend, run, known):
        order = run.order
        pickings = self._open_pickings(order)
        if order.state == "sale" and not pickings:
            return DONE
        if obstacle := self._check_fulfilled(run) or self._check_pickings(order, pickings):
            return obstacle
        if missing := self._missing_in(order, known.stock):
            return self._not_in_stock(missing)
        return None

    # === LOOK-UPS OF THE PAGE === #

    @api.model
    def _mapped_gateways(self, backend, orders):
        """Return the payment methods of the orders that have a journal, in lower case."""
        values = {name for order in orders for name in (order.integration_gateway or "").split(", ") if name}
        found = self.env["integration.mapping"]._find(backend, "payment_method", values) if values else {}
        return {value.lower() for value in found}

    @api.model
    def _free_stock(self, orders):
        """Return {(warehouse, product): free quantity} of the storable products of the orders."""
        stock = {}
        for warehouse, of_warehouse in orders.grouped("warehouse_id").items():
            products = of_warehouse.order_line.product_id.filtered("is_storable").with_context(
                warehouse_id=warehouse.id
            )
            for product in products:
                stock[warehouse.id, product.id] = product.free_qty
        return stock

    @api.model
    def _missing_in(self, order, stock):
        """Return what an order lacks, as a text; each order is looked at as if it were the only one."""
        needed = defaultdict(float)
        for line in order.order_line.filtered("product_id.is_storable"):
            reserved = sum(
                move.product_qty
                if move.state == "done"
                else move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
                for move in line.move_ids
                if move.state != "cancel" and move.location_dest_usage == "customer"
            )
            wanted = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            needed[line.product_id] += wanted - reserved
        return ", ".join(
            f"{lack:g} {product.uom_id.name} {product.display_name}"
            for product, quantity in needed.items()
            if product.uom_id.compare(lack := quantity - max(0.0, stock[order.warehouse_id.id, product.id]), 0.0) > 0
            and product.uom_id.compare(quantity, 0.0) > 0
        )
