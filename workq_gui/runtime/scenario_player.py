"""Plays a scenario: does what its author wrote, through the same verbs as the buttons."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from workq_gui.core.counts import Counts
from workq_gui.core.events import (
    Event,
    Narrated,
    TaskDelivered,
    TaskId,
    TaskRejected,
    WorkerChannelClosed,
    WorkerCrashed,
    WorkerEvent,
    WorkerFroze,
    WorkerId,
    WorkerStopped,
    WorkerThawed,
)
from workq_gui.core.fault_events import NetworkChanged
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.scenario import Scenario
from workq_gui.core.session import Session
from workq_gui.core.settings import SettingError
from workq_gui.core.steps import (
    AddQueue,
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeCluster,
    ChangeWorker,
    ClusterVerb,
    Condition,
    DelayNetwork,
    Expect,
    Hold,
    Holdable,
    Publish,
    Purge,
    Release,
    Say,
    SetChaos,
    SetDotSeconds,
    Step,
    Wait,
    WaitUntil,
    WorkerVerb,
)
from workq_gui.messaging.errors import MessagingError
from workq_gui.runtime.chaos import Chaos
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.own_cluster import OwnCluster
from workq_gui.runtime.rabbitmq_node import NodeError
from workq_gui.runtime.scenario_needs import what_lacks

CHANGE_LIMIT_S = 10.0
ENDS = (WorkerCrashed, WorkerStopped)
CONNECTED = WaitUntil(line=1, condition=Condition.CONNECTED, worker=None, task=None, within_s=30.0)


class ScenarioFailed(Exception):
    """A wait was not met; the message says which, by its line, and what was seen instead."""


@dataclass(frozen=True, slots=True)
class _Change:
    """How a step changes a worker.

    Attributes:
        wish: What it asks for.
        seen_by: The events that tell that it happened; none if the next step need not wait for it.
        may_redeliver: Whether a redelivery can follow that a scenario waits for.
        refusal: Why the worker, as it is, cannot do it; empty if it can.
    """

    wish: Callable[[WorkerId], None]
    seen_by: tuple[type[Event], ...] = ()
    may_redeliver: bool = False
    refusal: Callable[[WorkerView], str] = lambda _: ""


class ScenarioPlayer:
    """Plays scenarios. Its coroutines run on qasync's loop, in the GUI thread.

    Args of the constructor:
        own_broker: The broker that scenarios may kill and restart, or None.
        chaos: What breaks things by itself; one of its own if there is none.
    """

    def __init__(
        self,
        demonstration: Demonstration,
        session: Session,
        hub: EventHub,
        own_broker: OwnBroker | None,
        chaos: Chaos | None = None,
    ) -> None:
        self._demonstration = demonstration
        self._session = session
        self._hub = hub
        self._own_broker = own_broker
        self._last_task_id: TaskId | None = None
        self._count_before_change = 0  # of events, when the scenario last took a task from a worker
        self._changes = _changes(demonstration)
        self._chaos = chaos or Chaos(demonstration, session, hub, demonstration)
        self._drained = asyncio.Event()
        hub.drained.connect(self._drained.set)

    async def play(self, scenario: Scenario) -> None:
        """Do every step, in order.

        Raises:
            ScenarioFailed: a wait was not met, or the broker is not one for this scenario.
        """
        if scenario.needs_consumer_timeout:  # only a broker that has answered tells what it is
            await self._wait_until(CONNECTED)
        if lack := what_lacks(scenario, self._own_broker, self._session.broker.product):
            raise ScenarioFailed(lack)
        for step in scenario.steps:
            await self._do(step)

    async def _do(self, step: Step) -> None:
        match step:
            case AddWorkers() | AddQueue() | Purge() | Hold() | Release():
                await self._set_the_stage(step)
            case Publish():
                tasks = step.tasks()
                self._demonstration.publish(tasks)
                self._last_task_id = tasks[-1].task_id
            case ChangeWorker():
                await self._change_worker(step)
            case DelayNetwork():
                self._demonstration.delay_network(_worker_id(step.number), step.seconds)
            case SetChaos():
                self._chaos.set_on(step.is_on)
            case Expect():
                await self._expect(step)
            case SetDotSeconds():
                self._demonstration.set_dot_seconds(step.seconds)
            case Say():
                self._hub.post(Narrated(at_ns=self._session.clock.now_ns(), sentence=step.sentence))
            case Wait():
                await asyncio.sleep(step.seconds)
            case WaitUntil():
                await self._wait_until(step)
            case ChangeBroker() | ChangeCluster():
                await self._change_broker(step)
        # What was asked for is in the log before the next step looks at it.
        self._hub.flush()

    async def _set_the_stage(self, step: AddWorkers | AddQueue | Purge | Hold | Release) -> None:
        verbs, first = self._demonstration, self._session.queue
        match step:
            case AddWorkers():
                queues = [name or first for name in step.queues]
                for _ in range(step.count):
                    verbs.add_worker(queues, step.how)
            case AddQueue():
                await self._wait_until(replace(CONNECTED, line=step.line))  # who is there can refuse it
                await self._granted(step, lambda: verbs.add_queue(step.name, step.how))
            case Purge():
                await self._granted(step, lambda: verbs.purge_queue(step.queue or first))
            case Hold(target=Holdable.WORKERS):
                verbs.hold_workers()
            case Hold(target=Holdable.PRODUCER):
                verbs.hold_producer()
            case Release(target=Holdable.WORKERS):
                verbs.release_workers()
            case Release(target=Holdable.PRODUCER):
                verbs.release_producer()

    async def _granted(self, step: Step, wish: "Callable[[], Future[None]]") -> None:
        """Wait until the broker has done what is wished for."""
        try:
            await asyncio.wrap_future(wish())
        except (SettingError, MessagingError) as error:
            raise ScenarioFailed(f"line {step.line}: {error}") from error

    async def _change_worker(self, step: ChangeWorker) -> None:
        worker_id, change = _worker_id(step.number), self._changes[step.verb]
        self._hub.flush()
        if reason := change.refusal(self._view(step, step.number)):
            raise ScenarioFailed(f"line {step.line}: {worker_id} cannot {reason}.")
        count_before = self._session.history.count
        if change.may_redeliver:
            self._count_before_change = count_before
        change.wish(worker_id)
        if change.seen_by:
            try:
                async with asyncio.timeout(CHANGE_LIMIT_S):
                    await self._until(lambda: self._is_seen(worker_id, change, count_before))
            except TimeoutError:
                raise ScenarioFailed(
                    f"line {step.line}: nothing came of {step.verb.value} within {CHANGE_LIMIT_S:g} s."
                ) from None

    def _is_seen(self, worker_id: WorkerId, change: _Change, count_before: int) -> bool:
        return any(
            isinstance(event, change.seen_by)
            and isinstance(event, WorkerEvent | TaskRejected)
            and event.worker_id == worker_id
            for event in self._session.history.since(count_before)
        )

    async def _change_broker(self, step: ChangeBroker | ChangeCluster) -> None:
        broker = self._own_broker
        assert broker is not None
        try:
            match step.verb:
                case ClusterVerb.KILL_LEADER:
                    await self._kill_leader(step)
                case ClusterVerb.START_NODES:
                    await broker.start()
                case BrokerVerb.KILL:
                    await broker.kill()
                case BrokerVerb.STOP:
                    await broker.stop()
                case BrokerVerb.START:
                    await broker.start()
                case BrokerVerb.FREEZE:
                    broker.freeze()
                case BrokerVerb.THAW:
                    broker.thaw()
                case BrokerVerb.RESTART:
                    await broker.stop()
                    await broker.start()
        except NodeError as error:
            raise ScenarioFailed(f"line {step.line}: {error}") from error

    async def _kill_leader(self, step: Step) -> None:
        cluster, seen, queue = self._own_broker, self._session.cluster, self._session.queue
        assert isinstance(cluster, OwnCluster)
        try:
            async with asyncio.timeout(CHANGE_LIMIT_S):
                await self._until(lambda: bool(seen.leader_of(queue)))
        except TimeoutError:
            raise ScenarioFailed(f"line {step.line}: no node leads {queue}.") from None
        await cluster.kill_node(seen.leader_of(queue))

    async def _wait_until(self, step: WaitUntil) -> None:
        try:
            async with asyncio.timeout(step.within_s):
                await self._until(lambda: self._is_met(step))
        except TimeoutError:
            raise ScenarioFailed(
                f"line {step.line}: waited {step.within_s:g} s for “{step.condition.value}” in vain: "
                f"{self._what_is(step)}."
            ) from None

    async def _expect(self, step: Expect) -> None:
        """Wait until all is counted as the author expects it."""
        counts = Counts(self._session)
        try:
            async with asyncio.timeout(step.within_s):
                await self._until(lambda: all(counts.of(count) == number for count, number in step.counts))
        except TimeoutError:
            wrong = [
                f"{number} {count.value}, and not {counts.of(count)}"
                for count, number in step.counts
                if counts.of(count) != number
            ]
            raise ScenarioFailed(f"line {step.line}: expected {'; '.join(wrong)}.") from None

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._drained.clear()
            await self._drained.wait()

    def _is_met(self, step: WaitUntil) -> bool:
        board, broker = self._session.board, self._session.broker
        match step.condition:
            case Condition.CONNECTED:
                return broker.connected
            case Condition.WORKER_WAITING:
                return self._view(step, step.worker).status is WorkerStatus.WAITING
            case Condition.WORKER_WORKING:
                return self._view(step, step.worker).status is WorkerStatus.WORKING
            case Condition.WORKER_FINISHED:
                return self._view(step, step.worker).status is WorkerStatus.FINISHED
            case Condition.CHANNEL_CLOSED:
                return self._is_channel_closed(_worker_id(step.worker or 0))
            case Condition.WORKER_ENDED:
                return not self._view(step, step.worker).is_running
            case Condition.ALL_CONFIRMED:
                return self._is_all_accepted() and not any(board.unconfirmed())
            case Condition.REDELIVERED:
                late = self._session.history.since(self._count_before_change)
                return any(_is_redelivery(event, step.task) for event in late)
            case Condition.LOST:
                return self._session.ledger.lost_count > 0
            case Condition.DONE_TWICE:
                return self._session.ledger.twice_count > 0
            case Condition.ALL_DONE:
                # Ours are settled, and the broker itself says that its queues are empty.
                return (
                    self._session.queues.ready_count == 0
                    and self._is_all_accepted()
                    and not any(board.unsettled())
                )

    def _is_channel_closed(self, worker_id: WorkerId) -> bool:
        return any(
            isinstance(event, WorkerChannelClosed) and event.worker_id == worker_id
            for event in self._session.history
        )

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
            f"the broker counts {self._session.queues.ready_count} ready"
        )

    def _view(self, step: Step, number: int | None) -> WorkerView:
        assert number is not None
        view = self._session.workers.views.get(_worker_id(number))
        if view is None:
            raise ScenarioFailed(f"line {step.line}: worker {number} is not there any more.")
        return view


def _worker_id(number: int) -> WorkerId:
    return WorkerId(f"worker {number}")


def _changes(verbs: Demonstration) -> dict[WorkerVerb, _Change]:
    ends = _when(lambda view: view.is_running, "be ended: it has ended already")
    gives_back = _when(
        lambda view: view.task_id is not None and not (view.auto_ack or view.is_frozen),
        "give a task back: it has none in its hands",
    )
    works = _when(
        lambda view: view.task_id is not None and not view.is_frozen, "do that: it works on nothing"
    )
    is_there = _when(lambda view: view.is_running, "do that: it has ended")
    return {
        WorkerVerb.RAISE: _Change(verbs.raise_in_worker, ENDS, True, works),
        WorkerVerb.CLOSE_CHANNEL: _Change(verbs.close_channel, (WorkerChannelClosed,), True, is_there),
        WorkerVerb.STALL: _Change(verbs.stall_network, (NetworkChanged,), True, is_there),
        WorkerVerb.CUT: _Change(verbs.cut_network, (NetworkChanged,), True, is_there),
        WorkerVerb.HEAL: _Change(verbs.heal_network, (NetworkChanged,), False, is_there),
        WorkerVerb.CRASH: _Change(verbs.crash_worker, ENDS, True, ends),
        WorkerVerb.STOP: _Change(verbs.stop_worker, ENDS, True, ends),
        WorkerVerb.RESTART: _Change(
            verbs.restart_worker,
            refusal=_when(lambda view: not view.is_running, "be restarted: it has not ended"),
        ),
        WorkerVerb.REMOVE: _Change(verbs.remove_worker),
        WorkerVerb.NACK: _Change(verbs.nack_task, (TaskRejected,), True, gives_back),
        WorkerVerb.REJECT: _Change(verbs.reject_task, (TaskRejected,), False, gives_back),
        WorkerVerb.FREEZE: _Change(
            verbs.freeze_worker,
            (WorkerFroze,),
            True,
            _when(lambda view: view.is_running and not view.is_frozen, "freeze: it does nothing anyway"),
        ),
        WorkerVerb.THAW: _Change(
            verbs.thaw_worker,
            (WorkerThawed,),
            False,
            _when(lambda view: view.is_frozen, "thaw: it is not frozen"),
        ),
    }


def _when(is_possible: Callable[[WorkerView], bool], else_: str) -> Callable[[WorkerView], str]:
    """Return what tells why something is not possible; that is `else_`."""
    return lambda view: "" if is_possible(view) else else_


def _is_redelivery(event: Event, text: str | None) -> bool:
    return isinstance(event, TaskDelivered) and event.redelivered and text in (None, event.text)
