import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..transport.errors import DataError
from .job_errors import is_lost_race
from .page_importer import QUIET
from .result import BugError
from .workflow_run import Obstacle, Run, WorkflowResult
from .workflow_steps import DONE

_logger = logging.getLogger(__name__)

# (step, only for rules with this invoicing basis): what is invoiced by delivery is delivered first.
PASSES = (
    ("confirm", None),
    ("reserve", None),
    ("deliver", "policy"),
    ("invoice", None),
    ("post", None),
    ("register_payment", None),
    ("deliver", None),
    ("lock", None),
)
ACTIVITY = "connector_base.mail_activity_type_workflow"


class IntegrationOrderWorkflow(models.AbstractModel):
    """Brings imported orders forward, step by step, as the rules of their sales channel say.

    Each step is done for all orders of a page together; when that fails, for each alone, so that only the bad ones
    stop. What is done is noted on the order and never done again; a run goes on where the one before stopped.
    """

    _name = "integration.order.workflow"
    _inherit = "integration.workflow.steps"
    _description = "Order Workflow"

    @api.model
    def _after_import(self, backend, orders):
        """Queue one job for those of the orders just imported or changed that a rule has something to do with.

        :param orders: orders that are not held
        """
        if not orders or not backend.workflow_active:
            return
        due = self.env["sale.order"].union(*(run.order for run in self._runs(backend, orders) if run.remaining))
        if due:
            backend._enqueue("run_workflow", arguments={"order_ids": due.ids})

    @api.model
    def _runs(self, backend, orders):
        """Return a `Run` for each order that a rule applies to."""
        rules = backend.workflow_rule_ids.filtered("active")
        return [
            Run(order, rule, (order.integration_workflow_done or "").split())
            for order, rule in rules._first_for(orders).items()
            if order.state != "cancel" and not order.integration_held
        ]

    @api.model
    def _run(self, backend, orders):
        """Do what is to be done with `orders` (a page, at most 50) of one backend; return a `WorkflowResult`.

        :raise psycopg2.Error: concurrency errors: the caller runs its transaction again
        """
        backend = backend.sudo().with_company(backend.company_id).with_context(**QUIET)
        self = self.with_env(backend.env)  # noqa: PLW0642
        orders = orders.with_env(backend.env)
        # Whoever ran these orders since this transaction's snapshot wrote on them: PostgreSQL then refuses the lock.
        mine = orders.try_lock_for_update(allow_referencing=True)
        runs = self._runs(backend, mine) if backend.workflow_active else []
        for step, basis in PASSES:
            self._run_step(
                backend, step, [run for run in runs if run.wants(step) and basis in (None, run.rule.invoice_basis)]
            )
        self._store(runs)
        by_state = {state: self._orders(run for run in runs if run.state == state) for state in ("done", "waiting")}
        stopped = {run.order: self._error(run) for run in runs if run.stopped}
        idle = mine - self._orders(runs)
        self._forget(idle)
        return WorkflowResult(
            done=by_state["done"], waiting=by_state["waiting"], idle=idle, busy=orders - mine, stopped=stopped
        )

    # === ONE STEP === #

    @api.model
    def _run_step(self, backend, step, runs):
        todo = []
        check = getattr(self, f"_check_{step}")
        for run in runs:
            found = check(backend, run)
            if found is DONE:
                run.finish(step)
            elif found:
                run.meet(step, found)
            else:
                todo.append(run)
        if not todo:
            return
        obstacles = self._attempt(backend, step, todo)
        for run in todo:
            run.moved = True
            if run.order in obstacles:
                run.meet(step, obstacles[run.order])
            else:
                run.finish(step)

    @api.model
    def _attempt(self, backend, step, runs):
        """Do the step for `runs` together; when that fails, one by one. Return {order: Obstacle}."""
        try:
            with self.env.cr.savepoint():
                return getattr(self, f"_do_{step}")(backend, runs)
        except Exception as error:
            # Programming errors are caught too: an order must not stop the others of its page.
            if is_lost_race(error) or isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)):
                raise
            if len(runs) == 1:
                return {runs[0].order: self._obstacle(runs[0], step, error)}
        obstacles = {}
        for run in runs:
            obstacles.update(self._attempt(backend, step, [run]))
        return obstacles

    @api.model
    def _obstacle(self, run, step, error):
        if isinstance(error, UserError):
            return Obstacle(str(error.args[0]), self.env._("Correct what Odoo objects to, then continue the workflow."))
        if isinstance(error, psycopg2.IntegrityError):
            return Obstacle(
                self.env._("The database refuses it: %s", (error.diag.message_primary or str(error)).strip()),
                self.env._("Correct the value named above, then continue the workflow."),
            )
        _logger.error("workflow step %s of %s failed", step, run.order, exc_info=error)
        return Obstacle(
            f"{type(error).__name__}: {error}",
            self.env._("Report it with the traceback of its failed sync job; continue the workflow after an update."),
            error=error,
        )

    @api.model
    def _error(self, run):
        """Return what stopped an order as an error for its failed job."""
        obstacle = run.obstacles[run.stopped]
        if obstacle.error:
            return BugError(obstacle.error)
        return DataError(
            self.env._(
                "Workflow stopped at: %(step)s. %(reason)s", step=self._label(run.stopped), reason=obstacle.reason
            ),
            remedy=obstacle.remedy,
            external_id=run.order.integration_external_id,
        )

    @api.model
    def _label(self, step):
        labels = self.env["sale.order"]._fields["integration_workflow_step"]._description_selection(self.env)
        return dict(labels)[step]

    # === WHAT STAFF SEE === #

    @api.model
    def _store(self, runs):
        """Note on the orders how far they are; tell the responsible users about those that stopped."""
        now, groups = fields.Datetime.now(), {}
        relieved, newly = self.env["sale.order"], []
        for run in runs:
            order, (step, obstacle) = run.order, run.at
            values = {
                "integration_workflow_rule_id": run.rule.id,
                "integration_workflow_state": run.state,
                "integration_workflow_step": step,
                "integration_workflow_error": obstacle.reason if obstacle else False,
                "integration_workflow_remedy": obstacle.remedy or False if obstacle else False,
                "integration_workflow_done": " ".join(run.done) or False,
            }
            was = order.integration_workflow_state, order.integration_workflow_error
            if was[0] == "stopped" and not run.stopped:
                relieved |= order
            if run.stopped and was != ("stopped", obstacle.reason):
                newly.append((run, was[0] == "stopped"))
            if run.moved or any(
                order._fields[name].convert_to_cache(value, order)
                != order._fields[name].convert_to_cache(order[name], order)
                for name, value in values.items()
            ):
                groups.setdefault(tuple(values.items()), []).append(order)
        for values, orders in groups.items():
            self.env["sale.order"].union(*orders).write({**dict(values), "integration_workflow_at": now})
        self._relieve(relieved | self._orders(run for run, again in newly if again))
        for run, _again in newly:
            self._tell(run)

    @api.model
    def _forget(self, orders):
        """No rule applies any more: nobody waits for these. Held ones go on when they are released."""
        left = orders.filtered(
            lambda order: order.integration_workflow_state in ("waiting", "stopped") and not order.integration_held
        )
        if left:
            self._relieve(left.filtered(lambda order: order.integration_workflow_state == "stopped"))
            left.write(
                {
                    "integration_workflow_state": False,
                    "integration_workflow_step": False,
                    "integration_workflow_error": False,
                    "integration_workflow_remedy": False,
                }
            )

    @api.model
    def _relieve(self, orders):
        if orders:
            orders.with_context(mail_activity_automation_skip=False).activity_unlink([ACTIVITY])

    @api.model
    def _tell(self, run):
        order, obstacle = run.order, run.obstacles[run.stopped]
        order.with_context(mail_activity_automation_skip=False, mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            user_id=(order.user_id or order.integration_backend_id.user_id or self.env.user).id,
            summary=self.env._(
                "Workflow stopped at: %(step)s. %(reason)s", step=self._label(run.stopped), reason=obstacle.reason
            ),
            note=obstacle.remedy,
        )
