"""The bar at the top: which broker, how it is, and the settings that concern everything."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSlider, QWidget

from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.projections.queues import Queues
from workq_gui.core.session import Session
from workq_gui.ui.banner import Banner
from workq_gui.ui.broker_identity import BrokerIdentity
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
        broker_kill_requested: The user wants our own broker to die, as in a power cut.
        broker_start_requested: The user wants our own broker to start.
        theme_requested: The user wants another look: "system", or the name of a theme.
        reduced_motion_requested: The user wants things to fade instead of move, or to move again.
        kitchen_requested: The user wants to see a kitchen, or the queue itself again.
        deed_requested: The user wants what a key does, too; carries its name from the table of shortcuts.
    """

    dot_seconds_requested = Signal(float)
    broker_restart_requested = Signal()
    broker_kill_requested = Signal()
    broker_start_requested = Signal()
    theme_requested = Signal(str)
    reduced_motion_requested = Signal(bool)
    kitchen_requested = Signal(bool)
    deed_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._address = ""
        self._shown: tuple[object, ...] = ()
        self._words = {
            "connecting": self.tr("connecting…"),
            "reconnecting": self.tr("reconnecting…"),
            "blocked": self.tr("blocked"),
            "connected": self.tr("connected"),
        }
        self._identity = BrokerIdentity(list(self._words.values()))
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setObjectName("copy")
        self._copy.setAccessibleName(self.tr("Copy the address"))
        self._copy.setToolTip(self.tr("Copy the broker's address, for a client of your own."))
        self._copy.clicked.connect(self._copy_address)
        self._dot_words = QLabel()
        self._dot_words.setObjectName("dot_seconds")
        self._slider = self._make_slider()
        self._broker = QPushButton(self.tr("Broker ▾"))
        self._broker.setObjectName("broker")
        self._broker.setAccessibleName(self.tr("Broker"))
        self._broker.setMenu(self._make_broker_menu())
        self._broker.hide()
        self._view = QPushButton(self.tr("View ▾"))
        self._view.setObjectName("view")
        self._view.setAccessibleName(self.tr("View"))
        self._menu = ViewMenu(self)
        self._menu.theme_requested.connect(self.theme_requested)
        self._menu.reduced_motion_requested.connect(self.reduced_motion_requested)
        self._menu.kitchen_requested.connect(self.kitchen_requested)
        self._menu.deed_requested.connect(self.deed_requested)
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

    def set_own_broker(self, is_own: bool) -> None:
        """Offer to restart and kill the broker, if it is our own."""
        self._broker.setVisible(is_own)

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
        broker = session.broker
        word, token = self._status(broker)
        trouble = self._trouble(broker, session.queues)
        shown = (word, token, trouble, session.queue, broker.connected)
        if shown == self._shown:
            return
        self._shown = shown
        self._identity.display(word, token, f"{self._address} · {session.queue}")
        self._banner.display(trouble)
        self._start.setEnabled(not broker.connected)
        self._kill.setEnabled(broker.connected)

    # --- words ----------------------------------------------------------------------------

    def _status(self, broker: BrokerState) -> tuple[str, str]:
        if not broker.connected:
            return self._words["reconnecting" if broker.was_connected else "connecting"], "warn"
        return (self._words["blocked"], "warn") if broker.blocked else (self._words["connected"], "ok")

    def _trouble(self, broker: BrokerState, queues: Queues) -> str:
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

    def _make_broker_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, hint, signal in (
            (
                self.tr("Restart"),
                self.tr("Stop the broker and start it again."),
                self.broker_restart_requested,
            ),
            (
                self.tr("Kill (as in a power cut)"),
                self.tr("SIGKILL: no goodbye."),
                self.broker_kill_requested,
            ),
            (self.tr("Start"), self.tr("Start the broker again."), self.broker_start_requested),
        ):
            action = menu.addAction(text)
            action.setToolTip(hint)
            action.triggered.connect(signal)
        menu.setToolTipsVisible(True)
        _, self._kill, self._start = menu.actions()
        self._start.setEnabled(False)
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
        bar.addSpacing(16)
        bar.addWidget(self._broker)
        bar.addWidget(self._view)

    # --- wishes ---------------------------------------------------------------------------

    def _choose_dot_seconds(self, tenths: int) -> None:
        self._show_dot_seconds()
        self.dot_seconds_requested.emit(tenths / 10)

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
