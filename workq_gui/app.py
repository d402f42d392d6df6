"""The composition root: builds every object once, and connects wishes to those who fulfil them."""

import asyncio
import contextlib
import logging
import logging.handlers
import signal
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import qasync
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication

from workq_gui import __version__
from workq_gui.broker_choice import BrokerChoice
from workq_gui.broker_help import BrokerHelp
from workq_gui.broker_wiring import BrokerWiring
from workq_gui.cluster_wiring import ClusterWiring
from workq_gui.command_line import BUILT_IN, CLUSTER, RABBITMQ, Options
from workq_gui.comparing import Comparing
from workq_gui.core.clock import SessionClock
from workq_gui.core.comparison import Comparison
from workq_gui.core.events import Narrated
from workq_gui.core.playhead import Playhead
from workq_gui.core.recording import Header
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint
from workq_gui.messaging.examination import Standing
from workq_gui.messaging.pace import Pace
from workq_gui.opening import Opening
from workq_gui.remembering import Remembering, preferences_for, with_looks
from workq_gui.replaying import replay
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.chaos import Chaos
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.garbage import GarbageCollector
from workq_gui.runtime.loop_thread import LoopThread
from workq_gui.runtime.own_broker import BrokerNode, OwnBroker
from workq_gui.runtime.own_cluster import OwnCluster
from workq_gui.runtime.preferences import Preferences
from workq_gui.runtime.rabbitmq_cluster import RabbitMqCluster
from workq_gui.runtime.rabbitmq_node import RabbitMqNode
from workq_gui.runtime.recorder import Recorder
from workq_gui.runtime.recordings import Recordings
from workq_gui.runtime.room_keeper import RoomKeeper
from workq_gui.runtime.scenario_player import ScenarioFailed, ScenarioPlayer
from workq_gui.showing import Showing
from workq_gui.ui.boxes import ask, tell
from workq_gui.ui.style import prepare
from workq_gui.wiring import Wiring
from workq_gui.worker_wiring import WorkerWiring

FIRST_WORKERS = 2
MOST_SPOOL_BYTES = 1_000_000_000
"""So much of a session that nobody asked to record is kept on the disk, besides the older ones."""
EXIT_SCENARIO_FAILED = 1
EXIT_USAGE = 2
EXIT_NO_BROKER = 3

log = logging.getLogger(__name__)


def run(options: Options) -> int:
    """Open the window, and return the program's exit code when it is closed."""
    qt_app = QApplication(sys.argv[:1])
    qt_app.setApplicationName("WorkQ")
    qt_app.setApplicationVersion(__version__)
    qt_app.setDesktopFileName("org.workq.WorkQ")
    # The end is awaited in `Application.run`; quitting under it would skip the clean-up.
    qt_app.setQuitOnLastWindowClosed(False)
    _set_up_logging()
    prepare(qt_app)
    preferences = preferences_for(options)
    options = with_looks(options, preferences)
    if options.recording is not None:
        with qasync.QEventLoop(qt_app) as loop:
            return int(loop.run_until_complete(replay(options, qt_app, preferences)))
    with _broker_dir(options) as broker_dir, qasync.QEventLoop(qt_app) as loop:
        application = Application(options, qt_app, broker_dir, preferences)
        return int(loop.run_until_complete(application.run()))


@contextlib.contextmanager
def _broker_dir(options: Options) -> Iterator[Path]:
    """Yield the folder for the data of a broker of our own: the user's, or one for this run alone."""
    if options.data_dir is not None:
        yield options.data_dir
    else:
        with tempfile.TemporaryDirectory(prefix="workq-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)


class Application:
    """All objects of the running program. Belongs to the GUI thread; coroutines run on qasync's loop."""

    def __init__(
        self, options: Options, qt_app: QApplication, broker_dir: Path, kept: Preferences | None = None
    ) -> None:
        self._options = options
        self._qt_app = qt_app
        self._session = Session(SessionClock(), options.queue)
        self._hub = EventHub(self._session)
        self._pace = Pace()
        began = datetime.now(UTC).isoformat(timespec="seconds")
        self._header = Header(made_by=f"WorkQ {__version__}", queue=options.queue, began=began)
        self._showing = Showing(self._session, Playhead(self._session), qt_app, options, began=began)
        self._window = self._showing.window
        self._lookout = LoopThread("doctor")
        built_in = BrokerProcess(broker_dir / "broker", keep=options.keeps_broker)
        self._room_keeper = RoomKeeper(built_in, self._session.clock, self._hub.post, self._window)
        nodes: dict[str, BrokerNode] = {
            BUILT_IN: built_in,
            RABBITMQ: RabbitMqNode(broker_dir / "rabbitmq"),
        }
        self._own_brokers = {
            word: OwnBroker(node, self._session.clock, self._hub.post, self._window)
            for word, node in nodes.items()
        }
        self._own_brokers[CLUSTER] = OwnCluster(
            RabbitMqCluster(broker_dir / CLUSTER), self._session.clock, self._hub.post, self._window
        )
        self._remembering = Remembering(self._window, kept)
        self._choice = BrokerChoice(
            options,
            self._window,
            self._session,
            self._own_brokers,
            self._lookout,
            self._remembering.passwords,
        )
        self._cluster_wiring = ClusterWiring(self._window, self._theme_wish)
        self._garbage = GarbageCollector(self._window)
        # Unattended, it goes with the program, or stays beside the data.
        is_users = options.data_dir is None and not options.quit_when_done and kept is not None
        folder = Recordings.usual_folder() if is_users else broker_dir / "recordings"
        self._recordings = Recordings(folder)
        self._opening = Opening(self._window, self._theme_wish, self._recordings, options.data_dir)
        self._recorder: Recorder | None = None
        self._demonstration: Demonstration | None = None
        self._wiring: Wiring | None = None
        self._help: BrokerHelp | None = None
        self._more_wiring: list[WorkerWiring | BrokerWiring] = []
        self._chaos: Chaos | None = None
        self._comparing: Comparing | None = None
        self._closed = asyncio.Event()
        self._closes_anyway = False
        self._recorder_failed = False
        self._unrecorded = ""
        # Unattended, nothing is well before the scenario was played to its end.
        self._exit_code = EXIT_SCENARIO_FAILED if options.quit_when_done else 0

    async def run(self) -> int:
        """Show the window, find a broker, demonstrate; return the exit code when the window is closed."""
        if not self._start_recording(self._options.record):
            return EXIT_USAGE
        self._connect_window()
        self._remembering.restore()
        self._showing.show()
        if self._unrecorded and not self._options.quit_when_done:
            text = self._window.tr("This session is not recorded. {}. The work is not concerned.")
            tell(self._window, text.format(self._unrecorded))
        self._lookout.start()
        showing = asyncio.create_task(self._show())
        closing = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait({showing, closing}, return_when=asyncio.FIRST_COMPLETED)
            if showing.done():
                showing.result()  # a bug in there must not be silent
        finally:
            showing.cancel()
            closing.cancel()
            await self._shut_down()
            await asyncio.gather(showing, closing, return_exceptions=True)
        return self._exit_code or (EXIT_SCENARIO_FAILED if self._recorder_failed else 0)

    async def _show(self) -> None:
        """Find a broker, demonstrate on it, and play what there is to play, until cancelled or done."""
        endpoint = await self._choice.find()
        if endpoint is None:
            if self._options.quit_when_done:
                self._exit_code = EXIT_NO_BROKER
            return
        self._demonstrate(endpoint)
        await self._play()
        if not self._options.quit_when_done:
            await self._closed.wait()

    # --- with a broker ----------------------------------------------------------------------

    def _demonstrate(self, endpoint: Endpoint) -> None:
        demonstration = Demonstration(
            endpoint, self._session, self._hub, self._pace, self._window, self._choice.first_queue
        )
        self._demonstration = demonstration
        if self._choice.own_broker is None:
            self._remembering.note_broker(endpoint)
        window = self._window
        window.top_bar.set_broker(self._choice.product, str(endpoint))
        window.top_bar.set_own_broker(self._choice.own_broker is not None)
        self._chaos = Chaos(demonstration, self._session, self._hub, window)
        self._wiring = Wiring(window, self._session, demonstration)
        self._more_wiring.append(WorkerWiring(window, self._session, demonstration, self._chaos))
        theme, own_broker = self._showing.theme, self._choice.own_broker
        self._comparing = Comparing(window, self._session, self._hub, endpoint, own_broker, theme)
        self._showing.on_theme = self._comparing.set_theme
        is_built_in = own_broker is self._own_brokers[BUILT_IN]
        keeper = self._room_keeper if is_built_in else None
        is_cluster = isinstance(own_broker, OwnCluster)
        standing = Standing(own_broker is not None, is_cluster, self._choice.first_queue)
        self._help = BrokerHelp(window, self._session, self._lookout, endpoint, standing, keeper)
        if self._choice.own_broker is not None:
            self._more_wiring.append(BrokerWiring(window, self._choice.own_broker))
        if isinstance(self._choice.own_broker, OwnCluster):
            self._cluster_wiring.use(self._choice.own_broker)
        window.show_work()
        demonstration.start()

    async def _play(self) -> None:
        demonstration = self._demonstration
        assert demonstration is not None
        scenario = self._options.scenario
        if scenario is None:
            for _ in range(FIRST_WORKERS):
                demonstration.add_worker()
            if self._options.comparison is not None:
                await self._compare(self._options.comparison)
            return
        own_broker, chaos = self._choice.own_broker, self._chaos
        player = ScenarioPlayer(demonstration, self._session, self._hub, own_broker, chaos)
        try:
            await player.play(scenario)
        except ScenarioFailed as failure:
            print(f"workq: {scenario.title}: {failure}", file=sys.stderr)  # noqa: T201
            self._hub.post(
                Narrated(at_ns=self._session.clock.now_ns(), sentence=f"✕ The scenario ended: {failure}")
            )
            self._exit_code = EXIT_SCENARIO_FAILED
        except asyncio.CancelledError:
            if self._options.quit_when_done:
                print(f"workq: {scenario.title}: interrupted before its end", file=sys.stderr)  # noqa: T201
            raise
        else:
            self._exit_code = 0

    async def _compare(self, comparison: Comparison) -> None:
        """Play `comparison`; unattended, say what came of it."""
        assert self._comparing is not None
        playing = self._comparing.open(comparison)
        if not self._options.quit_when_done:
            return
        result = await playing
        if result is None:
            print(f"workq: {comparison.title}: {self._comparing.failure}", file=sys.stderr)  # noqa: T201
            return
        print(result)  # noqa: T201
        self._exit_code = 0

    def _theme_wish(self) -> str:
        return self._showing.theme_wish

    def _may_close(self) -> bool:
        """Return whether nothing that was accepted would be lost; else ask, and close if that is wanted."""
        count = sum(1 for _ in self._session.board.unconfirmed())
        if not count or self._closes_anyway:
            return True
        tr = self._window.tr
        words = tr("The broker has not confirmed {:,} of the tasks. Closed now, they may be lost.")
        ask(self._window, words.format(count), tr("Close anyway"), tr("Wait"), self._close_anyway)
        return False

    def _close_anyway(self) -> None:
        self._closes_anyway = True
        self._window.close()

    # --- the program itself -----------------------------------------------------------------

    def _connect_window(self) -> None:
        window = self._window
        self._hub.drained.connect(self._showing.take_note)
        self._hub.drained.connect(self._garbage.look)
        window.may_close = self._may_close
        window.closing.connect(self._closed.set)
        self._showing.connect()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, self._closed.set)

    def _start_recording(self, path: Path | None) -> bool:
        """Record every event, to the user's file or to one of our own; return whether the show may go on.

        The history keeps the latest in memory; here is the rest.
        """
        try:
            if path is not None:
                self._recorder = Recorder(path, self._header)
            else:
                self._recordings.prune()
                self._recorder = Recorder(self._recordings.new_path(), self._header, MOST_SPOOL_BYTES)
        except OSError as error:
            where = path or self._recordings.folder
            print(f"workq: cannot record to {where}: {error.strerror}", file=sys.stderr)  # noqa: T201
            self._unrecorded = f"{where}: {error.strerror}"
            return path is None  # nobody asked for it: the show goes on
        self._recorder.failed.connect(self._on_recorder_failed)
        self._recorder.filled.connect(self._on_recorder_filled)
        self._hub.recorded.connect(self._recorder.record)
        return True

    def _on_recorder_failed(self, words: str) -> None:
        text = self._window.tr("The recording ends here: {}. What was written so far stays.").format(words)
        print(f"workq: {text}", file=sys.stderr)  # noqa: T201
        self._recorder_failed = True
        tell(self._window, text)

    def _on_recorder_filled(self) -> None:
        text = self._window.tr(
            "The recording of this session has {} GB, and ends here: what follows is not recorded. "
            "To record more, start WorkQ with --record."
        ).format(MOST_SPOOL_BYTES // 1_000_000_000)
        print(f"workq: {text}", file=sys.stderr)  # noqa: T201
        tell(self._window, text)

    async def _shut_down(self) -> None:
        self._remembering.save()
        self._showing.close()
        if self._wiring is not None:
            await self._wiring.close()
        if self._comparing is not None:
            await self._comparing.close()
        if self._help is not None:
            await self._help.close()
        if self._demonstration is not None and not self._demonstration.shutdown():
            log.error("workers or the publisher did not end in time")
        self._lookout.stop()
        self._lookout.wait()
        for broker in self._own_brokers.values():
            await broker.close()
        self._hub.flush()
        if self._recorder is not None:
            self._recorder.close()
        self._recordings.close()
        self._garbage.close()


def _set_up_logging() -> None:
    places = QStandardPaths.StandardLocation
    log_dir = Path(QStandardPaths.writableLocation(places.AppLocalDataLocation))
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    with contextlib.suppress(OSError):  # a read-only home: the terminal has to do
        log_dir.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(log_dir / "workq.log", maxBytes=1_000_000, backupCount=1)
        )
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=handlers
    )
    # What pika has to say reaches us as an exception or a close reason, and the user as an event.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    sys.excepthook = lambda kind, error, trace: log.critical("a bug", exc_info=(kind, error, trace))
