"""One run of a comparison: both sides at once, on one broker, with one clock."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from workq_gui.core.clock import SessionClock
from workq_gui.core.comparison import Comparison, Phase
from workq_gui.core.comparison_result import ComparisonResult, conclude
from workq_gui.core.events import BrokerStarted, BrokerStopped, Event, Narrated
from workq_gui.core.fault_events import BrokerFroze, BrokerThawed
from workq_gui.core.outcome import measure
from workq_gui.core.scenario import Scenario
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.errors import MessagingError
from workq_gui.messaging.pace import Pace
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.scenario_player import ScenarioFailed, ScenarioPlayer

LETTERS = ("A", "B")
CLOSING_LIMIT_S = 3.0
OF_THE_BROKER = (BrokerStarted, BrokerStopped, BrokerFroze, BrokerThawed)
"""What concerns both sides, and is told by neither."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunningSide:
    """All that one side has for itself."""

    letter: str
    session: Session
    hub: EventHub
    demonstration: Demonstration
    player: ScenarioPlayer


class ComparisonRun(QObject):
    """Plays both sides of a comparison. Belongs to the GUI thread; coroutines run on qasync's loop.

    Its queues have names that nobody else uses; `close` deletes them.

    Attributes:
        sides: A, and B; their sessions have one clock.

    Signals:
        drained: Something happened on one of the sides, and was recorded: now look.
    """

    drained = Signal()

    def __init__(
        self,
        comparison: Comparison,
        endpoint: Endpoint,
        own_broker: OwnBroker | None,
        broker_session: Session,
        broker_hub: EventHub,
        parent: QObject | None = None,
    ) -> None:
        """Prepare a run on the broker at `endpoint`; what becomes of that is told by `broker_hub`."""
        super().__init__(parent)
        self._comparison = comparison
        self._endpoint = endpoint
        self._own_broker = own_broker
        self._broker_clock = broker_session.clock
        self._clock = SessionClock()
        self._is_begun = False
        self._is_closed = False
        name = secrets.token_hex(2)  # nobody's queue is touched, and two windows do not meet
        self.sides = (self._make_side(0, name), self._make_side(1, name))
        self._broker_hub = broker_hub
        broker_hub.recorded.connect(self._tell_of_broker)

    async def play(self) -> ComparisonResult:
        """Do every step on both sides, and return what came of it.

        Raises:
            ScenarioFailed: a wait was not met; says on which side. Or the broker is to be restarted, and is
                none of our own.
        """
        if self._comparison.needs_own_broker and self._own_broker is None:
            raise ScenarioFailed(
                f"“{self._comparison.title}” restarts the broker, and this is not WorkQ's own. "
                "Begin WorkQ without --broker, or with --broker rabbitmq."
            )
        self._is_begun = True
        for side in self.sides:
            side.demonstration.start()
        *phases, last = self._comparison.phases()
        for phase in phases:
            await self._play_phase(phase)
        await self._play_phase(last, self._tell_the_end)
        a, b = (measure(side.session) for side in self.sides)
        return conclude(self._comparison, a, b)

    def hold_workers(self, is_wanted: bool) -> None:
        """Hold the workers of both sides, or let them go on."""
        for verbs in self._verbs():
            (verbs.hold_workers if is_wanted else verbs.release_workers)()

    def hold_producer(self, is_wanted: bool) -> None:
        """Hold both producers, or let them go on."""
        for verbs in self._verbs():
            (verbs.hold_producer if is_wanted else verbs.release_producer)()

    async def close(self) -> None:
        """End all workers, delete the queues, and end the rest; harmless if that was done."""
        if self._is_closed or not self._is_begun:
            return
        self._is_closed = True
        self._broker_hub.recorded.disconnect(self._tell_of_broker)
        await asyncio.gather(*(self._clear_up(side) for side in self.sides))
        for side in self.sides:
            if not side.demonstration.shutdown():
                log.error("side %s of a comparison did not end in time", side.letter)

    # --- how ----------------------------------------------------------------------------------

    def _verbs(self) -> list[Demonstration]:
        """Return whom a wish can still reach."""
        return [] if self._is_closed else [side.demonstration for side in self.sides]

    def _make_side(self, number: int, name: str) -> RunningSide:
        letter = LETTERS[number]
        session = Session(self._clock, f"compare-{letter.lower()}-{name}")
        hub = EventHub(session, self)
        settings = self._comparison.sides[number].queue
        demonstration = Demonstration(self._endpoint, session, hub, Pace(), self, settings)
        hub.drained.connect(self.drained)
        player = ScenarioPlayer(demonstration, session, hub, self._own_broker)
        return RunningSide(letter, session, hub, demonstration, player)

    async def _play_phase(self, phase: Phase, then: Callable[[RunningSide], object] = lambda _: None) -> None:
        if phase.is_common:
            await self._play_part(self.sides[0], phase.parts[0], then)
            return
        parts = zip(self.sides, phase.parts, strict=True)
        await _all_or_none([self._play_part(side, part, then) for side, part in parts])

    async def _play_part(
        self, side: RunningSide, part: Scenario, then: Callable[[RunningSide], object]
    ) -> None:
        try:
            await side.player.play(part)
        except ScenarioFailed as failure:
            raise ScenarioFailed(f"side {side.letter}, {failure}") from failure
        then(side)

    def _tell_the_end(self, side: RunningSide) -> None:
        """Say above the stage that this side has ended: the other one may go on for long."""
        outcome = measure(side.session)
        words = f"✓ {side.letter} has ended: {outcome.done_count} of {outcome.task_count} tasks are done."
        side.hub.post(Narrated(at_ns=self._clock.now_ns(), sentence=words))

    def _tell_of_broker(self, batch: list[Event]) -> None:
        """Hand on what became of the broker, in the time of this run."""
        shift_ns = self._clock.now_ns() - self._broker_clock.now_ns()
        for event in batch:
            if isinstance(event, OF_THE_BROKER):
                for side in self.sides:
                    side.hub.post(replace(event, at_ns=event.at_ns + shift_ns))

    async def _clear_up(self, side: RunningSide) -> None:
        """Leave nothing on the broker. Workers end first: one of them would declare its queue again."""
        workers = side.session.workers
        for worker_id in workers.views:
            side.demonstration.stop_worker(worker_id)
        try:
            async with asyncio.timeout(CLOSING_LIMIT_S):
                await _until(side.hub, lambda: workers.running_count == 0)
                await asyncio.wrap_future(side.demonstration.delete_queue(side.session.queue))
        except (MessagingError, TimeoutError) as error:
            log.warning("the queue %s stays on the broker: %s", side.session.queue, str(error) or "no answer")


async def _all_or_none(coroutines: list[Coroutine[Any, Any, None]]) -> None:
    """Wait for all; when one fails, end the others and raise its error."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(hub: EventHub, is_so: Callable[[], bool]) -> None:
    drained = asyncio.Event()
    wake = drained.set
    hub.drained.connect(wake)
    try:
        hub.flush()
        while not is_so():
            drained.clear()
            await drained.wait()
    finally:
        hub.drained.disconnect(wake)
