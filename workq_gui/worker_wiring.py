"""What the user's wishes about workers come to, once there is a broker."""

from collections.abc import Callable, Sequence

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerView
from workq_gui.core.session import Session
from workq_gui.core.settings import SettingError
from workq_gui.core.worker_settings import AckHabit, WorkerSettings
from workq_gui.runtime.chaos import Chaos
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.ui.boxes import tell
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.stage import Stage
from workq_gui.ui.worker_menu import DELAY_S, WorkerWish
from workq_gui.ui.worker_panel import WorkerPanel
from workq_gui.ui.worker_settings_dialog import WorkerSettingsDialog


class WorkerWiring:
    """Connects the wishes about workers to the demonstration and the chaos. Belongs to the GUI thread."""

    def __init__(
        self, window: MainWindow, session: Session, demonstration: Demonstration, chaos: Chaos
    ) -> None:
        self._window = window
        self._session = session
        self._demonstration = demonstration
        panel = window.worker_panel
        panel.add_requested.connect(lambda queues: demonstration.add_worker(queues))
        panel.add_with_settings_requested.connect(self._add)
        panel.crash_one_requested.connect(chaos.crash_one)
        panel.chaos_requested.connect(chaos.set_on)
        for part in (panel, window.stage):
            self._connect(part)

    def _connect(self, part: WorkerPanel | Stage) -> None:
        demonstration = self._demonstration
        ways: dict[WorkerWish, Callable[[WorkerId], object]] = {
            WorkerWish.CRASH: demonstration.crash_worker,
            WorkerWish.STOP: demonstration.stop_worker,
            WorkerWish.RAISE: demonstration.raise_in_worker,
            WorkerWish.NACK: demonstration.nack_task,
            WorkerWish.REJECT: demonstration.reject_task,
            WorkerWish.FREEZE: demonstration.freeze_worker,
            WorkerWish.THAW: demonstration.thaw_worker,
            WorkerWish.CLOSE_CHANNEL: demonstration.close_channel,
            WorkerWish.DELAY: lambda worker_id: demonstration.delay_network(worker_id, DELAY_S),
            WorkerWish.STALL: demonstration.stall_network,
            WorkerWish.CUT: demonstration.cut_network,
            WorkerWish.HEAL: demonstration.heal_network,
            WorkerWish.SETTINGS: self._open_settings,
            WorkerWish.RESTART: self._restart,
            WorkerWish.REMOVE: demonstration.remove_worker,
        }
        for wish, fulfil in ways.items():
            part.wish_signal(wish).connect(lambda name, fulfil=fulfil: fulfil(WorkerId(name)))

    def _add(self, queues: Sequence[str], how: WorkerSettings) -> None:
        try:
            self._demonstration.add_worker(queues, how)
        except SettingError as error:
            tell(self._window, str(error))

    def _restart(self, worker_id: WorkerId) -> None:
        """Start a worker again; one whose channel is closed ends first, properly."""
        view = self._session.workers.views.get(worker_id)
        if view is not None and view.is_running:
            self._demonstration.stop_worker(worker_id)
        self._demonstration.restart_worker(worker_id)

    def _change(self, worker_id: WorkerId, how: WorkerSettings) -> None:
        try:
            self._demonstration.change_worker(worker_id, how)
        except SettingError as error:
            tell(self._window, str(error))

    def _open_settings(self, worker_id: WorkerId) -> None:
        """Ask how a worker is to work, beginning with how it does now."""
        view = self._session.workers.views.get(worker_id)
        if view is None:
            return  # the picture shows the past, and it was removed since
        dialog = WorkerSettingsDialog(settings_of(view), view.queues, self._window, worker_id)
        dialog.chosen.connect(lambda _, how: self._change(worker_id, how))
        dialog.open()


def settings_of(view: WorkerView) -> WorkerSettings:
    """Return how a worker works."""
    return WorkerSettings(
        auto_ack=view.auto_ack,
        prefetch_count=view.prefetch_count,
        ack=AckHabit(view.ack),
        naive_sleep=view.naive_sleep,
        slowness=view.slowness,
        crashes_on=view.crashes_on,
        heartbeat_s=view.heartbeat_s,
        behind_relay=view.behind_relay,
    )
