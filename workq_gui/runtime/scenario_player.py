"""Plays a scenario: does what its author wrote, through the same verbs as the buttons."""

import asyncio
from collections.abc import Callable

from workq_gui.core.events import Event, Narrated, TaskDelivered, TaskId, WorkerId
from workq_gui.core.projections.workers import WorkerStatus, WorkerView
from workq_gui.core.scenario import (
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeWorker,
    Condition,
    Publish,
    Say,
    Scenario,
    SetDotSeconds,
    Step,
    Wait,
    WaitUntil,
    WorkerVerb,
)
from workq_gui.core.session import Session
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.rabbitmq_node import NodeError

END_LIMIT_S = 10.0


class ScenarioFailed(Exception):
    """A wait was not met; the message says which, by its line, and what was seen instead."""


class ScenarioPlayer:
    """Plays scenarios. Its coroutines run on qasync's loop, in the GUI thread.

    Args of the constructor:
        own_broker: The broker that scenarios may kill and restart, or None.
    """

    def __init__(
        self,
        demonstration: Demonstration,
        session: Session,
        hub: EventHub,
        own_broker: OwnBroker | None,
    ) -> None:
        self._demonstration = demonstration
        self._session = session
        self._hub = hub
        self._own_broker = own_broker
        self._last_task_id: TaskId | None = None
        self._log_before_end = 0  # how long the log was when the scenario ended a worker last
        self._drained = asyncio.Event()
        hub.drained.connect(self._drained.set)

    async def play(self, scenario: Scenario) -> None:
        """Do every step, in order.

        Raises:
            ScenarioFailed: a wait was not met.
        """
        if scenario.needs_own_broker and self._own_broker is None:
            raise ScenarioFailed(
                f"“{scenario.title}” restarts the broker, and this is not WorkQ's own. "
                "Begin WorkQ without --broker, or with --broker rabbitmq."
            )
        for step in scenario.steps:
            await self._do(step)

    async def _do(self, step: Step) -> None:
        match step:
            case AddWorkers():
                for _ in range(step.count):
                    self._demonstration.add_worker()
            case Publish():
                tasks = step.tasks()
                self._demonstration.publish(tasks)
                self._last_task_id = tasks[-1].task_id
            case ChangeWorker():
                await self._change_worker(step)
            case SetDotSeconds():
                self._demonstration.set_dot_seconds(step.seconds)
            case Say():
                self._hub.post(Narrated(at_ns=self._session.clock.now_ns(), sentence=step.sentence))
            case Wait():
                await asyncio.sleep(step.seconds)
            case WaitUntil():
                await self._wait_until(step)
            case ChangeBroker():
                await self._change_broker(step)
        # What was asked for is in the log before the next step looks at it.
        self._hub.flush()

    async def _change_worker(self, step: ChangeWorker) -> None:
        worker_id = _worker_id(step.number)
        is_running = self._view(step, step.number).is_running
        if step.verb is WorkerVerb.RESTART and is_running:
            raise ScenarioFailed(f"line {step.line}: {worker_id} cannot be restarted: it has not ended.")
        if step.verb in (WorkerVerb.CRASH, WorkerVerb.STOP) and not is_running:
            raise ScenarioFailed(f"line {step.line}: {worker_id} cannot be ended: it has ended already.")
        verbs: dict[WorkerVerb, Callable[[WorkerId], None]] = {
            WorkerVerb.CRASH: self._demonstration.crash_worker,
            WorkerVerb.STOP: self._demonstration.stop_worker,
            WorkerVerb.RESTART: self._demonstration.restart_worker,
            WorkerVerb.REMOVE: self._demonstration.remove_worker,
        }
        self._hub.flush()
        if step.verb in (WorkerVerb.CRASH, WorkerVerb.STOP):
            self._log_before_end = len(self._session.log)
        verbs[step.verb](worker_id)
        if step.verb in (WorkerVerb.CRASH, WorkerVerb.STOP):
            ended = WaitUntil(
                line=step.line,
                condition=Condition.WORKER_ENDED,
                worker=step.number,
                task=None,
                within_s=END_LIMIT_S,
            )
            await self._wait_until(ended)

    async def _change_broker(self, step: ChangeBroker) -> None:
        broker = self._own_broker
        assert broker is not None
        try:
            match step.verb:
                case BrokerVerb.KILL:
                    await broker.kill()
                case BrokerVerb.STOP:
                    await broker.stop()
                case BrokerVerb.START:
                    await broker.start()
                case BrokerVerb.RESTART:
                    await broker.stop()
                    await broker.start()
        except NodeError as error:
            raise ScenarioFailed(f"line {step.line}: {error}") from error

    async def _wait_until(self, step: WaitUntil) -> None:
        try:
            async with asyncio.timeout(step.within_s):
                while not self._is_met(step):
                    self._drained.clear()
                    await self._drained.wait()
        except TimeoutError:
            raise ScenarioFailed(
                f"line {step.line}: waited {step.within_s:g} s for “{step.condition.value}” in vain: "
                f"{self._what_is(step)}."
            ) from None

    def _is_met(self, step: WaitUntil) -> bool:
        board, broker = self._session.board, self._session.broker
        match step.condition:
            case Condition.CONNECTED:
                return broker.connected
            case Condition.WORKER_WAITING:
                return self._view(step, step.worker).status is WorkerStatus.WAITING
            case Condition.WORKER_WORKING:
                return self._view(step, step.worker).status is WorkerStatus.WORKING
            case Condition.WORKER_ENDED:
                return not self._view(step, step.worker).is_running
            case Condition.ALL_CONFIRMED:
                return self._is_all_accepted() and not any(board.unconfirmed())
            case Condition.REDELIVERED:
                late = self._session.log.since(self._log_before_end)
                return any(_is_redelivery(event, step.task) for event in late)
            case Condition.ALL_DONE:
                # Ours are settled, and the broker itself says that its queue is empty.
                return broker.ready_count == 0 and self._is_all_accepted() and not any(board.unsettled())

    def _is_all_accepted(self) -> bool:
        """Whether the publisher, in its thread, has heard of all that this scenario published."""
        return self._last_task_id is None or self._last_task_id in self._session.board.tasks

    def _what_is(self, step: WaitUntil) -> str:
        board, broker = self._session.board, self._session.broker
        if step.worker is not None:
            view = self._view(step, step.worker)
            return f"{view.worker_id} is {view.status.name.lower()}" + (
                f" ({view.note})" if view.note else ""
            )
        if not broker.connected:
            return f"the publisher is not connected ({broker.trouble or 'still connecting'})"
        return (
            f"{board.ready_count} ready, {board.unacked_count} un-acked, {board.acked_count} acked, "
            f"{board.confirmed_count} confirmed of {len(board.tasks)} tasks; "
            f"the broker counts {broker.ready_count} ready"
        )

    def _view(self, step: Step, number: int | None) -> WorkerView:
        assert number is not None
        view = self._session.workers.views.get(_worker_id(number))
        if view is None:
            raise ScenarioFailed(f"line {step.line}: worker {number} is not there any more.")
        return view


def _worker_id(number: int) -> WorkerId:
    return WorkerId(f"worker {number}")


def _is_redelivery(event: Event, text: str | None) -> bool:
    return isinstance(event, TaskDelivered) and event.redelivered and text in (None, event.text)
