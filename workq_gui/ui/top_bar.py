"""The bar at the top: which broker, how it is, and the settings that concern everything."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSlider, QWidget

from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.queues import Queues
from workq_gui.core.session import Session
from workq_gui.ui.banner import Banner
from workq_gui.ui.broker_identity import BrokerIdentity
from workq_gui.ui.broker_tools import BrokerTools
from workq_gui.ui.cluster_menu import ClusterMenu
from workq_gui.ui.style import TEXT_SIZE, set_role
from workq_gui.ui.theme import DARK, Theme, text_font, zoomed
from workq_gui.ui.view_menu import ViewMenu

BAR_HEIGHT = 56
TENTHS = range(1, 21)
"""The lengths of a dot that can be chosen, in tenths of a second."""


class TopBar(QFrame):
    """Shows which broker is used and how it is; offers what concerns all. GUI thread.

    Signals:
        dot_seconds_requested: The user wants a dot to take so many seconds of work.
        broker_restart_requested: The user wants our own broker to stop and start again.
        broker_stop_requested: The user wants our own broker to end properly.
        broker_kill_requested: The user wants our own broker to die, as in a power cut.
        broker_freeze_requested: The user wants our own broker to do nothing any more, with its sockets open.
        broker_thaw_requested: The user wants it to go on where it froze.
        broker_start_requested: The user wants our own broker to start.
        node_kill_requested: The user wants a node of our own cluster to die; carries its name.
        node_start_requested: The user wants a node of it back; carries its name.
        cluster_requested: The user wants a window with a cluster.
        doctor_requested: The user wants the broker examined.
        room_requested: The user wants to let other machines of the network in.
        broker_requested: The user wants a window with another broker; carries its address.
        theme_requested: The user wants another look: "system", or the name of a theme.
        reduced_motion_requested: The user wants things to fade instead of move, or to move again.
        kitchen_requested: The user wants to see a kitchen, or the queue itself again.
        deed_requested: The user wants what a key does, too; carries its name from the table of shortcuts.
        open_requested: The user wants to see a recording or a scenario; carries its path.
        comparison_requested: The user wants to see two runs side by side; carries the comparison's name.
    """

    dot_seconds_requested = Signal(float)
    broker_restart_requested = Signal()
    broker_stop_requested = Signal()
    broker_kill_requested = Signal()
    broker_freeze_requested = Signal()
    broker_thaw_requested = Signal()
    broker_start_requested = Signal()
    node_kill_requested = Signal(str)
    node_start_requested = Signal(str)
    cluster_requested = Signal()
    doctor_requested = Signal()
    room_requested = Signal()
    broker_requested = Signal(str)
    theme_requested = Signal(str)
    reduced_motion_requested = Signal(bool)
    kitchen_requested = Signal(bool)
    deed_requested = Signal(str)
    comparison_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._address = ""
        self._shown: tuple[object, ...] = ()
        self._recording: tuple[str, str, str] | None = None
        self._words = {
            "connecting": self.tr("connecting…"),
            "reconnecting": self.tr("reconnecting…"),
            "blocked": self.tr("blocked"),
            "frozen": self.tr("frozen"),
            "connected": self.tr("connected"),
        }
        self._identity = BrokerIdentity(list(self._words.values()))
        self._identity.room_badge.clicked.connect(self.room_requested)
        self._copy = self._make_copy_button()
        self._dot_words = QLabel()
        self._dot_words.setObjectName("dot_seconds")
        self._slider = self._make_slider()
        self._broker = QPushButton(self.tr("Broker ▾"))
        self._broker.setObjectName("broker")
        self._broker.setAccessibleName(self.tr("Broker"))
        self._broker.setMenu(self._make_broker_menu())
        self._broker.hide()
        self._compare = QPushButton(self.tr("Compare ▾"))
        self._compare.setObjectName("compare")
        self._compare.setAccessibleName(self.tr("Compare"))
        self._compare.setToolTip(self.tr("The same tasks twice, side by side, with one thing changed."))
        self._compare.hide()
        self._menu = self._make_view_menu()
        self._view = QPushButton(self.tr("View ▾"))
        self._view.setObjectName("view")
        self._view.setAccessibleName(self.tr("View"))
        self._view.setMenu(self._menu)
        self._banner = Banner()
        self._banner.setObjectName("banner")
        self._banner.hide()
        self._lay_out()
        self.set_theme(DARK)
        self.set_dot_seconds(1.0)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._identity.set_theme(theme)
        self._banner.set_theme(theme)
        self.setFixedHeight(zoomed(BAR_HEIGHT))
        widest = QFontMetrics(text_font(TEXT_SIZE)).horizontalAdvance(self.tr("1 dot = {:.1f} s").format(2.0))
        self._dot_words.setMinimumWidth(widest + 4)  # or the slider would move under the mouse
        self._slider.setFixedWidth(zoomed(120))

    def set_broker(self, product: str, address: str) -> None:
        """Name the broker: its product, and its address without a password."""
        self._address = address
        self._identity.product = product
        self._shown = ()

    def set_past_only(self, name: str, words: str) -> None:
        """Show the recording `name`, of which `words` tell more, instead of a broker."""
        self._recording = (self.tr("Recording"), words, name)
        for part in (self._copy, self._dot_words, self._slider, self._compare, self._broker):
            part.hide()
        self._show_recording()

    @property
    def is_motion_reduced(self) -> bool:
        """Whether motion is reduced, by the menu."""
        return self._menu.reduced_motion.isChecked()

    @property
    def is_kitchen(self) -> bool:
        """Whether the stage is a kitchen, by the menu."""
        return self._menu.kitchen.isChecked()

    def offer_recent(self, recent: Callable[[], list[str]]) -> None:
        """Let `recent` be asked for the paths of what was open lately."""
        self._menu.recent_files = recent

    def offer_recorded(self, recorded: Callable[[], list[str]]) -> None:
        """Let `recorded` be asked for the paths of the sessions that were recorded, latest first."""
        self._menu.recorded_sessions = recorded

    def offer_comparisons(self, comparisons: Mapping[str, tuple[str, str]]) -> None:
        """Offer `comparisons` by their names: the title of each, and why it cannot be shown if it cannot."""
        menu = QMenu(self, toolTipsVisible=True)
        for name, (title, reason) in comparisons.items():
            action = menu.addAction(title)
            action.setEnabled(not reason)
            action.setToolTip(reason)
            action.triggered.connect(lambda _=False, name=name: self.comparison_requested.emit(name))
        self._compare.setMenu(menu)
        self._compare.show()

    def set_own_broker(self, is_own: bool) -> None:
        """Offer what can be done about the broker; to restart and kill it only if it is our own."""
        for action in self._own_actions:
            action.setVisible(is_own)
        self._broker.show()

    def offer_room(self, *, is_possible: bool) -> None:
        """Offer to let other machines in, or say that only the built-in broker can."""
        self._tools.offer_room(is_possible=is_possible)

    def offer_broker(self, address: str) -> None:
        """Offer a window with the broker at `address`; nothing, if it is empty."""
        self._tools.offer_broker(address)

    def offer_cluster(self, refusal: str) -> None:
        """Offer a window with a cluster, or say why that cannot be: `refusal`."""
        self._cluster_menu.offer(refusal)

    def set_dot_seconds(self, dot_s: float) -> None:
        """Show how long a dot takes; utters no wish."""
        self._slider.blockSignals(True)
        self._slider.setValue(round(dot_s * 10))
        self._slider.blockSignals(False)
        self._show_dot_seconds()

    def set_theme_choice(self, choice: str) -> None:
        """Show which look is chosen: "system", or the name of a theme; utters no wish."""
        self._menu.set_theme_choice(choice)

    def set_reduced_motion_choice(self, is_reduced: bool) -> None:
        """Show whether motion is reduced; utters no wish."""
        self._menu.reduced_motion.setChecked(is_reduced)

    def set_kitchen_choice(self, is_kitchen: bool) -> None:
        """Show whether the stage is a kitchen; utters no wish."""
        self._menu.kitchen.setChecked(is_kitchen)

    def display(self, session: Session) -> None:
        """Show how the broker of `session` is, and how long a dot takes: now, since that can be changed."""
        if self._slider.value() != round(session.pace.dot_s * 10) and not self._slider.isSliderDown():
            self.set_dot_seconds(session.pace.dot_s)
        self._cluster_menu.display(session.cluster, session.queue)
        if self._recording is not None:
            self._show_recording()
            return
        broker = session.broker
        self._identity.room_badge.display(broker.room_port)
        word, token = self._status(broker)
        trouble = self._trouble(broker, session.queues)
        shown = (word, token, trouble, session.queue, broker.connected, broker.is_frozen)
        if shown == self._shown:
            return
        self._shown = shown
        self._identity.display(word, token, f"{self._address} · {session.queue}")
        self._banner.display(trouble)
        is_up = broker.connected or broker.is_frozen
        self._start.setEnabled(not is_up)
        self._thaw.setEnabled(broker.is_frozen)
        for action in (self._stop, self._kill):
            action.setEnabled(is_up)
        self._freeze.setEnabled(is_up and not broker.is_frozen)

    def _show_recording(self) -> None:
        assert self._recording is not None
        self._identity.product, words, name = self._recording
        self._identity.make_room_for(words)
        self._identity.display(words, "info", name)

    # --- words ----------------------------------------------------------------------------

    def _status(self, broker: BrokerState) -> tuple[str, str]:
        if broker.is_frozen:
            return self._words["frozen"], "warn"
        if not broker.connected:
            return self._words["reconnecting" if broker.was_connected else "connecting"], "warn"
        return (self._words["blocked"], "warn") if broker.blocked else (self._words["connected"], "ok")

    def _trouble(self, broker: BrokerState, queues: Queues) -> str:
        if broker.is_frozen:
            return self.tr("The broker is frozen: its sockets are open, and it answers nobody.")
        if not broker.connected:
            if not broker.trouble:
                return ""
            return self.tr("{}: {}").format(self._status(broker)[0], broker.trouble)
        if broker.blocked:
            return self.tr("The broker takes no more messages for now: {}").format(broker.trouble)
        missing = next((view.name for view in queues.views.values() if view.is_missing), "")
        return self.tr("The broker does not know the queue {} any more.").format(missing) if missing else ""

    def _show_dot_seconds(self) -> None:
        words = self.tr("1 dot = {:.1f} s").format(self._slider.value() / 10)
        self._dot_words.setText(words)
        self._slider.setAccessibleDescription(words)

    # --- parts ----------------------------------------------------------------------------

    def _make_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName("slider")
        slider.setRange(TENTHS.start, TENTHS.stop - 1)
        slider.setPageStep(5)
        slider.setAccessibleName(self.tr("Seconds of work for one dot"))
        slider.setToolTip(self.tr("How long a worker works for each dot in a task."))
        slider.valueChanged.connect(self._choose_dot_seconds)
        return slider

    def _make_copy_button(self) -> QPushButton:
        copy = QPushButton(self.tr("Copy"))
        copy.setObjectName("copy")
        copy.setAccessibleName(self.tr("Copy the address"))
        copy.setToolTip(self.tr("Copy the broker's address, for a client of your own."))
        copy.clicked.connect(self._copy_address)
        return copy

    def _make_view_menu(self) -> ViewMenu:
        menu = ViewMenu(self)
        menu.theme_requested.connect(self.theme_requested)
        menu.reduced_motion_requested.connect(self.reduced_motion_requested)
        menu.kitchen_requested.connect(self.kitchen_requested)
        menu.deed_requested.connect(self.deed_requested)
        menu.open_requested.connect(self.open_requested)
        return menu

    def _broker_verbs(self) -> tuple[tuple[str, str, SignalInstance], ...]:
        """Return what can be done to a broker of our own: its name, what it really is, and the wish."""
        return (
            (
                self.tr("Restart"),
                self.tr("Stop the broker and start it again."),
                self.broker_restart_requested,
            ),
            (
                self.tr("Stop"),
                self.tr("End the broker properly: what is durable and persistent stays on disk."),
                self.broker_stop_requested,
            ),
            (
                self.tr("Kill (as in a power cut)"),
                self.tr("SIGKILL: no goodbye."),
                self.broker_kill_requested,
            ),
            (
                self.tr("Freeze"),
                self.tr("SIGSTOP: its sockets stay open, and it answers nobody; heartbeats find out."),
                self.broker_freeze_requested,
            ),
            (self.tr("Thaw"), self.tr("SIGCONT: it goes on where it froze."), self.broker_thaw_requested),
            (self.tr("Start"), self.tr("Start the broker again."), self.broker_start_requested),
        )

    def _make_broker_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, hint, signal in self._broker_verbs():
            action = menu.addAction(text)
            action.setToolTip(hint)
            action.triggered.connect(signal)
        menu.setToolTipsVisible(True)
        _, self._stop, self._kill, self._freeze, self._thaw, self._start = menu.actions()
        for action in (self._start, self._thaw):
            action.setEnabled(False)
        self._own_actions = menu.actions()
        self._cluster_menu = ClusterMenu(menu)
        self._cluster_menu.kill_requested.connect(self.node_kill_requested)
        self._cluster_menu.start_requested.connect(self.node_start_requested)
        self._cluster_menu.cluster_requested.connect(self.cluster_requested)
        self._tools = BrokerTools(menu)
        self._tools.doctor_requested.connect(self.doctor_requested)
        self._tools.room_requested.connect(self.room_requested)
        self._tools.broker_requested.connect(self.broker_requested)
        return menu

    def _lay_out(self) -> None:
        bar = QHBoxLayout(self)
        bar.setContentsMargins(20, 0, 16, 0)
        bar.setSpacing(8)
        bar.addWidget(self._identity)
        bar.addSpacing(8)
        bar.addWidget(self._copy)
        bar.addSpacing(8)
        bar.addWidget(self._banner, 1)
        bar.addSpacing(8)
        bar.addWidget(self._dot_words)
        bar.addWidget(self._slider)
        bar.addSpacing(8)
        bar.addWidget(self._compare)
        bar.addWidget(self._broker)
        bar.addWidget(self._view)

    # --- wishes ---------------------------------------------------------------------------

    def _choose_dot_seconds(self, tenths: int) -> None:
        self._show_dot_seconds()
        self.dot_seconds_requested.emit(tenths / 10)

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
