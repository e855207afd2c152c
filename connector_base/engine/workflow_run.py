"""What passes from one step of a workflow to the next."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a step of an order can't be done.

    It `waits` when the workflow goes on by itself once the reason is gone; else it stops, and `remedy` says what
    somebody has to do. `error` is the exception of a programming error.
    """

    reason: str
    remedy: str = ""
    waits: bool = False
    error: Exception | None = None


@dataclass(slots=True, eq=False)
class Run:
    """One order on its way through the steps of its rule."""

    order: object
    rule: object
    done: list = field(default_factory=list)
    obstacles: dict = field(default_factory=dict)  # {step: Obstacle}
    stopped: str = ""
    moved: bool = False

    def wants(self, step):
        return not self.stopped and step in self.rule._steps() and step not in self.done and step not in self.obstacles

    def finish(self, step):
        self.done.append(step)
        self.moved = True

    def meet(self, step, obstacle):
        self.obstacles[step] = obstacle
        if not obstacle.waits:
            self.stopped = step

    @property
    def remaining(self):
        """Steps of the rule that are not done."""
        return [step for step in self.rule._steps() if step not in self.done]

    @property
    def state(self):
        return "stopped" if self.stopped else "waiting" if self.obstacles else "done"

    @property
    def at(self):
        """(step, obstacle) that the order is at, (False, None) when nothing is in its way."""
        step = self.stopped or next(iter(self.obstacles), False)
        return step, self.obstacles.get(step)


@dataclass(frozen=True, slots=True)
class WorkflowResult:
    """What became of orders: recordsets, and {order: error} of those that stopped.

    `idle` orders have no rule or are held; `busy` ones are held by another transaction: run them again in a second.
    """

    done: object
    waiting: object
    idle: object
    busy: object
    stopped: dict
