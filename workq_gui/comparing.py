"""Comparisons, put together: from a wish in the menu to two runs, their window, and the end of both."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject

from workq_gui.command_line import load_comparison, shipped_comparisons
from workq_gui.core.comparison import Comparison
from workq_gui.core.comparison_result import ComparisonResult
from workq_gui.core.playhead import Playhead
from workq_gui.core.playhead_pair import PlayheadPair
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint
from workq_gui.runtime.comparison_run import ComparisonRun
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.scenario_player import ScenarioFailed
from workq_gui.ui.comparison_window import ComparisonWindow
from workq_gui.ui.frame_clock import FrameClock
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.theme import Theme

Playing = asyncio.Task[ComparisonResult | None]


class Comparing(QObject):
    """Opens comparisons on the broker of the program, one at a time. Belongs to the GUI thread.

    Coroutines run on qasync's loop.

    Attributes:
        failure: Why the latest comparison did not come to its end; empty if it did.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        hub: EventHub,
        endpoint: Endpoint,
        own_broker: OwnBroker | None,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self.failure = ""
        self._main_window = window
        self._make_run: Callable[[Comparison], ComparisonRun] = lambda comparison: ComparisonRun(
            comparison, endpoint, own_broker, session, hub, self
        )
        self._has_own_broker = own_broker is not None
        self._theme = theme
        self._comparison: Comparison | None = None
        self._window: ComparisonWindow | None = None
        self._run: ComparisonRun | None = None
        self._pair: PlayheadPair | None = None
        self._turn = 0  # grows with every wish: what waits for an older one is not wanted any more
        self._acting: asyncio.Task[ComparisonResult] | None = None
        self._playing: list[Playing] = []  # the latest, and before it those that are still clearing up
        self._frame_clock = FrameClock(self._is_moving, self)
        self._frame_clock.tick.connect(self._show_frame)
        self._offer()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        if self._window is not None:
            self._window.set_theme(theme)

    def open(self, comparison: Comparison) -> Playing:
        """Play `comparison` in its window, and end what was played before; None if it comes to no end."""
        if self._window is None:
            self._window = self._make_window()
        self._stop()
        self._comparison, self.failure = comparison, ""
        self._window.begin(comparison)
        self._window.present()
        before = [playing for playing in self._playing if not playing.done()]
        playing = asyncio.ensure_future(self._play(comparison, self._window, before, self._turn))
        self._playing = [*before, playing]
        return playing

    async def close(self) -> None:
        """End what runs, and leave nothing on the broker."""
        if self._window is not None:
            self._window.hide()
        self._stop()
        await asyncio.gather(*self._playing, return_exceptions=True)

    # --- a run --------------------------------------------------------------------------------

    async def _play(
        self, comparison: Comparison, window: ComparisonWindow, before: list[Playing], turn: int
    ) -> ComparisonResult | None:
        if before:
            await asyncio.wait(before)
        if self._turn != turn:
            return None  # meanwhile the window was closed, or something else is wanted
        run = self._begin(comparison)
        acting = self._acting = asyncio.ensure_future(run.play())
        try:
            await asyncio.wait({acting})
            if acting.cancelled():
                return None
            result = acting.result()
            window.show_result(result)
        except ScenarioFailed as failure:
            self.failure = str(failure)
            window.show_failure(self.failure)
            return None
        else:
            return result
        finally:
            await run.close()

    def _stop(self) -> None:
        """Let what is played end now. Its clearing up is not interrupted: that would leave queues behind."""
        self._turn += 1
        if self._acting is not None:
            self._acting.cancel()

    def _begin(self, comparison: Comparison) -> ComparisonRun:
        if self._run is not None:
            self._run.deleteLater()
        run = self._run = self._make_run(comparison)
        a, b = (Playhead(side.session) for side in run.sides)
        self._pair = PlayheadPair(a, b)
        run.drained.connect(self._on_drained)
        return run

    def _is_moving(self) -> bool:
        if self._pair is None or self._run is None or self._window is None:
            return False
        if not self._pair.is_live:
            return self._pair.is_moving
        workers = [side.session.workers for side in self._run.sides]
        return self._window.is_moving or any(one.is_any_working and not one.is_held for one in workers)

    def _on_drained(self) -> None:
        if self._pair is not None and (self._pair.is_live or self._pair.is_moving):
            self._frame_clock.wake()
        else:
            self._frame_clock.stir()

    def _show_frame(self) -> None:
        if self._pair is None or self._run is None or self._window is None:
            return
        self._pair.tick()
        state = self._run.sides[0].session
        self._window.display(self._pair, state.workers.is_held, state.broker.is_producer_held)

    # --- the window ---------------------------------------------------------------------------

    def _offer(self) -> None:
        """Offer every comparison that ships in the menu of the main window."""
        bar = self._main_window.top_bar
        comparisons = {name: load_comparison(name) for name in shipped_comparisons()}
        reason = self.tr("It restarts the broker, and this one is not WorkQ's own.")
        bar.offer_comparisons(
            {
                name: (one.title, reason if one.needs_own_broker and not self._has_own_broker else "")
                for name, one in comparisons.items()
            }
        )
        bar.comparison_requested.connect(lambda name: self.open(comparisons[name]))

    def _make_window(self) -> ComparisonWindow:
        window, bar = ComparisonWindow(self._main_window), self._main_window.top_bar
        window.set_theme(self._theme)
        window.set_reduced_motion(bar.is_motion_reduced)
        window.set_kitchen(bar.is_kitchen)
        bar.reduced_motion_requested.connect(window.set_reduced_motion)
        bar.kitchen_requested.connect(window.set_kitchen)
        window.table.again_requested.connect(self._run_again)
        window.closing.connect(self._stop)
        self._connect_playhead(window)
        return window

    def _connect_playhead(self, window: ComparisonWindow) -> None:
        bar = window.playhead_bar
        for wish, fulfil in (
            (bar.hold_requested, lambda pair: pair.hold()),
            (bar.play_requested, lambda pair: pair.play()),
            (bar.now_requested, lambda pair: pair.go_to_now()),
        ):
            wish.connect(lambda fulfil=fulfil: self._move(fulfil))
        bar.seek_requested.connect(lambda at_ns: self._move(lambda pair: pair.seek(at_ns)))
        bar.speed_requested.connect(lambda speed: self._move(lambda pair: pair.set_speed(speed)))
        bar.workers_hold_requested.connect(self._hold_workers)
        bar.producer_hold_requested.connect(self._hold_producer)

    def _move(self, move: Callable[[PlayheadPair], None]) -> None:
        if self._pair is not None:
            move(self._pair)
            self._frame_clock.wake()

    def _hold_workers(self, hold: bool) -> None:
        if self._run is not None:
            self._run.hold_workers(hold)

    def _hold_producer(self, hold: bool) -> None:
        if self._run is not None:
            self._run.hold_producer(hold)

    def _run_again(self) -> None:
        if self._comparison is not None:
            self.open(self._comparison)
