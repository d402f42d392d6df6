"""The bar at the top: which broker, how it is, and the settings that concern everything."""

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from workq_gui.core.projections.broker import BrokerState
from workq_gui.core.session import Session
from workq_gui.ui.style import CONTROL_RADIUS, SMALL_SIZE, TEXT_SIZE, plain_tooltip, set_role
from workq_gui.ui.theme import DARK, Theme, mono_font, text_font

BAR_HEIGHT = 56
LINES_HEIGHT = 40
LEFT = 24
"""Where the words begin, beside the dot."""
BANNER_WIDTH = 160
"""What trouble has at least; a longer address is cut for it."""
BANNER_LEFT, BANNER_RIGHT, BANNER_LINE = 34, 10, 17
TENTHS = range(1, 21)
"""The lengths of a dot that can be chosen, in tenths of a second."""


class TopBar(QFrame):
    """Shows which broker is used and how it is; offers what concerns all. GUI thread.

    Signals:
        dot_seconds_requested: The user wants a dot to take so many seconds of work.
        broker_restart_requested: The user wants our own broker to stop and start again.
        broker_kill_requested: The user wants our own broker to die, as in a power cut.
        broker_start_requested: The user wants our own broker to start.
        theme_requested: The user wants another look: "system", "dark" or "light".
    """

    dot_seconds_requested = Signal(float)
    broker_restart_requested = Signal()
    broker_kill_requested = Signal()
    broker_start_requested = Signal()
    theme_requested = Signal(str)

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
        self._identity = _Identity(list(self._words.values()))
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setObjectName("copy")
        self._copy.setAccessibleName(self.tr("Copy the address"))
        self._copy.setToolTip(self.tr("Copy the broker's address, for a client of your own."))
        self._copy.clicked.connect(self._copy_address)
        self._dot_words = QLabel()
        self._dot_words.setObjectName("dot_seconds")
        widest = QFontMetrics(text_font(TEXT_SIZE)).horizontalAdvance(self.tr("1 dot = {:.1f} s").format(2.0))
        self._dot_words.setMinimumWidth(widest + 4)  # or the slider would move under the mouse
        self._slider = self._make_slider()
        self._broker = QPushButton(self.tr("Broker ▾"))
        self._broker.setObjectName("broker")
        self._broker.setAccessibleName(self.tr("Broker"))
        self._broker.setMenu(self._make_broker_menu())
        self._broker.hide()
        self._theme = QPushButton(self.tr("Theme ▾"))
        self._theme.setObjectName("theme")
        self._theme.setAccessibleName(self.tr("Theme"))
        self._theme.setMenu(self._make_theme_menu())
        self._banner = _Banner()
        self._banner.setObjectName("banner")
        self._banner.hide()
        self._lay_out()
        self.set_dot_seconds(1.0)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._identity.set_theme(theme)
        self._banner.set_theme(theme)

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
        """Show which look is chosen: "system", "dark" or "light"; utters no wish."""
        for action in self._theme_group.actions():
            action.setChecked(action.data() == choice)

    def display(self, session: Session, at_ns: int) -> None:
        """Show how the broker of `session` is, and how long a dot takes."""
        if self._slider.value() != round(session.pace.dot_s * 10) and not self._slider.isSliderDown():
            self.set_dot_seconds(session.pace.dot_s)
        broker = session.broker
        word, token = self._status(broker)
        trouble = self._trouble(broker, session.queue)
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

    def _trouble(self, broker: BrokerState, queue: str) -> str:
        if not broker.connected:
            if not broker.trouble:
                return ""
            return self.tr("{}: {}").format(self._status(broker)[0], broker.trouble)
        if broker.blocked:
            return self.tr("The broker takes no more messages for now: {}").format(broker.trouble)
        if broker.queue_missing:
            return self.tr("The broker does not know the queue {} any more.").format(queue)
        return ""

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
        slider.setFixedWidth(120)
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

    def _make_theme_menu(self) -> QMenu:
        menu = QMenu(self)
        self._theme_group = QActionGroup(self)
        for choice, text in (
            ("system", self.tr("System")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        ):
            action = QAction(text, self, checkable=True)
            action.setData(choice)
            self._theme_group.addAction(action)
            menu.addAction(action)
        self._theme_group.actions()[0].setChecked(True)
        self._theme_group.triggered.connect(lambda action: self.theme_requested.emit(action.data()))
        return menu

    def _lay_out(self) -> None:
        self.setFixedHeight(BAR_HEIGHT)
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
        bar.addWidget(self._theme)

    # --- wishes ---------------------------------------------------------------------------

    def _choose_dot_seconds(self, tenths: int) -> None:
        self._show_dot_seconds()
        self.dot_seconds_requested.emit(tenths / 10)

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self._address)


class _Identity(QWidget):
    """The broker in two lines: a dot, its product and how it is; its address and the queue.

    Args:
        words: All that it may say about how the broker is.
    """

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.product = ""
        self._words = words
        self._theme = DARK
        self._word, self._token, self._place = "", "mute", ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(LINES_HEIGHT)
        self.setMinimumWidth(200)

    def sizeHint(self) -> QSize:
        """Return what both lines need, with the longest word: what stands beside must not move with it."""
        bold, word, mono = (QFontMetrics(font) for font in _fonts())
        longest = max(word.horizontalAdvance(one) for one in self._words)
        first = bold.horizontalAdvance(self.product) + longest + 16
        return QSize(LEFT + max(first, mono.horizontalAdvance(self._place)) + 4, LINES_HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        self.update()

    def display(self, word: str, token: str, place: str) -> None:
        """Show how the broker is, in a word and a colour, and where it is."""
        self._word, self._token, self._place = word, token, place
        self.setAccessibleName(f"{self.product}, {word}, {place}")
        self.setToolTip(plain_tooltip(f"{self.product}\n{place}"))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two lines."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_dot(painter)
            bold, medium, mono = _fonts()
            word_width = QFontMetrics(medium).horizontalAdvance(self._word)
            room = self.width() - LEFT
            end = self._line(painter, QRectF(LEFT, 2, room - word_width - 10, 18), self.product, bold, "ink")
            self._line(painter, QRectF(end + 10, 2, word_width + 2, 18), self._word, medium, self._token)
            self._line(painter, QRectF(LEFT, 20, room, 18), self._place, mono, "mute")
        finally:
            painter.end()

    def _paint_dot(self, painter: QPainter) -> None:
        """Paint a disc when all is well, and a ring when not: told apart without colour."""
        painter.setPen(QPen(self._theme.colour(self._token), 2))
        if self._token == "ok":
            painter.setBrush(self._theme.colour(self._token))
        painter.drawEllipse(QRectF(5, 16, 8, 8))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _line(self, painter: QPainter, box: QRectF, text: str, font: QFont, token: str) -> float:
        metrics = QFontMetrics(font)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(box.width()))
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        return box.left() + metrics.horizontalAdvance(elided)


class _Banner(QLabel):
    """What is wrong, in up to two lines beside a warning sign; all of it in the tool tip. Keeps its place."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self._theme = DARK
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)  # or everything would move when trouble comes
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return the least that is useful; the layout gives all that is left."""
        return QSize(BANNER_WIDTH, LINES_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the same: the text has no say in it."""
        return self.sizeHint()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        self.update()

    def display(self, trouble: str) -> None:
        """Show `trouble`, or nothing if it is empty."""
        self.setText(trouble)
        self.setAccessibleDescription(trouble)
        self.setToolTip(plain_tooltip(trouble))
        self.setVisible(bool(trouble))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a box that is as wide as the words, the sign, and the words."""
        font = text_font(SMALL_SIZE, QFont.Weight.Medium)
        lines = two_lines(self.text(), font, self.width() - BANNER_LEFT - BANNER_RIGHT)
        longest = max(QFontMetrics(font).horizontalAdvance(line) for line in lines)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_box(painter, BANNER_LEFT + longest + BANNER_RIGHT)
            self._paint_sign(painter)
            painter.setFont(font)
            top = (self.height() - BANNER_LINE * len(lines)) / 2
            for number, line in enumerate(lines):
                box = QRectF(BANNER_LEFT, top + number * BANNER_LINE, longest + 2, BANNER_LINE)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
        finally:
            painter.end()

    def _paint_box(self, painter: QPainter, width: int) -> None:
        soft = self._theme.colour("warn")
        soft.setAlphaF(0.12)
        painter.setPen(QPen(self._theme.colour("warn"), 1))
        painter.setBrush(soft)
        box = QRectF(0, 0, min(width, self.width()), self.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, CONTROL_RADIUS, CONTROL_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_sign(self, painter: QPainter) -> None:
        """Paint a triangle with an exclamation mark: told without colour too."""
        pen = QPen(self._theme.colour("warn"), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        centre = QPointF(18, self.height() / 2)
        corners = [QPointF(0, -7), QPointF(8, 7), QPointF(-8, 7)]
        painter.drawPolygon(QPolygonF([centre + corner for corner in corners]))
        painter.drawLine(centre + QPointF(0, -2), centre + QPointF(0, 2))
        painter.drawPoint(centre + QPointF(0, 4.6))


def two_lines(text: str, font: QFont, width: int) -> list[str]:
    """Return `text` in one line of `width`, or in two: broken between words, and ending in … if too long."""
    metrics = QFontMetrics(font)
    line = " ".join(text.split())
    if metrics.horizontalAdvance(line) <= width:
        return [line]
    lengths = range(len(line) + 1)
    fitting = bisect_right(lengths, width, key=lambda length: metrics.horizontalAdvance(line[:length])) - 1
    space = line.rfind(" ", 0, fitting + 1)
    end = space if space > 0 else max(1, fitting)
    return [line[:end], metrics.elidedText(line[end:].lstrip(), Qt.TextElideMode.ElideRight, width)]


def _fonts() -> tuple[QFont, QFont, QFont]:
    """Return the fonts of the product, of the word beside it, and of the address."""
    return (
        text_font(TEXT_SIZE, QFont.Weight.Bold),
        text_font(SMALL_SIZE, QFont.Weight.Medium),
        mono_font(11),
    )
