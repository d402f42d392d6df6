"""Something breaks at random every few seconds, and is mended: what a work queue is for."""

import random
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from workq_gui.core.events import WorkerId
from workq_gui.core.fault_events import ChaosStarted, ChaosStopped
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.session import Session
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub

PAUSE_MS = (1_500, 4_000)
MENDED_AFTER_MS = 2_000
WHOLE = (WorkerStatus.WAITING, WorkerStatus.WORKING, WorkerStatus.FINISHED)
"""What is broken already, perhaps by the user, is left alone."""


class Chaos(QObject):
    """Breaks one worker after the other, mildly: no task is lost by it. Belongs to the GUI thread."""

    def __init__(
        self,
        demonstration: Demonstration,
        session: Session,
        hub: EventHub,
        parent: QObject | None = None,
        dice: random.Random | None = None,
    ) -> None:
        """Break what `session` shows at work; `dice` decides what, and when."""
        super().__init__(parent)
        self._demonstration = demonstration
        self._session = session
        self._hub = hub
        self._dice = dice or random.Random()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._break_something)
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Whether something will break by itself."""
        return self._is_on

    def set_on(self, is_on: bool) -> None:
        """Begin, or leave off; what is broken is mended."""
        if is_on == self._is_on:
            return
        self._is_on = is_on
        kind = ChaosStarted if is_on else ChaosStopped
        self._hub.post(kind(at_ns=self._session.clock.now_ns()))
        if is_on:
            self._wait()
        else:
            self._timer.stop()

    def crash_one(self) -> WorkerId | None:
        """Crash one worker, at work if there is one; return which, or None if none runs."""
        view = self._pick()
        if view is None:
            return None
        self._demonstration.crash_worker(view.worker_id)
        return view.worker_id

    def _wait(self) -> None:
        self._timer.start(self._dice.randint(*PAUSE_MS))

    def _break_something(self) -> None:
        view = self._pick()
        if view is not None:
            break_, mend = self._dice.choice(self._ways(view))
            break_(view.worker_id)
            # Mended even if the chaos is over by then.
            QTimer.singleShot(MENDED_AFTER_MS, self, lambda: mend(view.worker_id))
        self._wait()

    def _pick(self) -> WorkerView | None:
        whole = [view for view in self._session.workers.views.values() if view.status in WHOLE]
        at_work = [view for view in whole if view.status is WorkerStatus.WORKING]
        return self._dice.choice(at_work or whole) if whole else None

    def _ways(self, view: WorkerView) -> list[tuple[Callable[[WorkerId], None], Callable[[WorkerId], None]]]:
        verbs = self._demonstration
        ways: list[tuple[Callable[[WorkerId], None], Callable[[WorkerId], None]]] = [
            (verbs.crash_worker, verbs.restart_worker),
            (verbs.stop_worker, verbs.restart_worker),
            (verbs.freeze_worker, verbs.thaw_worker),
        ]
        if view.status is WorkerStatus.WORKING and not view.auto_ack:
            ways += [(verbs.raise_in_worker, verbs.restart_worker), (verbs.nack_task, verbs.restart_worker)]
        return ways
