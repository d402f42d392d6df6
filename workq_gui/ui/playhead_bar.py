"""Which moment the picture shows, and what is held: the bar below the stage."""

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.playhead import SPEEDS, Playhead
from workq_gui.core.playhead_pair import PlayheadPair
from workq_gui.ui.hold_button import HoldButton
from workq_gui.ui.icons import icon
from workq_gui.ui.past_only import disable
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import DARK, Theme, zoomed

TENTH_NS = 100_000_000
WIDE = 700
"""From this width on, in pixels of the design, the buttons say all, and two rows do."""
SPEED_SIGNS = {0.125: "⅛×", 0.25: "¼×", 0.5: "½×", 1.0: "1×", 2.0: "2×", 4.0: "4×"}
NARROWEST = 340
ICON_SIZE = 16


class PlayheadBar(QFrame):
    """Shows which moment the picture shows and what is held; offers to change both. GUI thread.

    Signals:
        hold_requested: The picture is to stand still.
        play_requested: It is to go on.
        step_requested: It is to show the next event, and stop.
        step_back_requested: It is to show the moment before the latest event.
        seek_requested: It is to show this moment; carries nanoseconds of the session's clock.
        now_requested: It is to show the present.
        speed_requested: Its time is to pass so many times as fast as the clock's.
        workers_hold_requested: The workers are to be held, or to go on.
        producer_hold_requested: The producer is to be held, or to go on.
    """

    hold_requested = Signal()
    play_requested = Signal()
    step_requested = Signal()
    step_back_requested = Signal()
    seek_requested = Signal(object)
    now_requested = Signal()
    speed_requested = Signal(float)
    workers_hold_requested = Signal(bool)
    producer_hold_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._theme = DARK
        self._first_ns = 0
        self._is_wide: bool | None = None
        self._is_past_only = False
        self._make_holds()
        self._back = self._make_button("step-back", self.tr("Step back"), self.step_back_requested)
        self._back.setToolTip(self.tr("Show the moment before the latest event (Left, or Page Up)."))
        self._step = self._make_button("step-forward", self.tr("Step"), self.step_requested)
        self._step.setToolTip(self.tr("Show the next event, and stop (Right, or Page Down)."))
        self._timeline = _Timeline()
        self._timeline.setAccessibleName(self.tr("The moment that the picture shows"))
        self._timeline.setToolTip(self.tr("Look at the past. The work goes on meanwhile."))
        self._timeline.valueChanged.connect(self._seek)
        self._time = QLabel()
        self._time.setObjectName("time")
        set_role(self._time, "mono")
        self._speed = QPushButton()
        self._speed.setObjectName("speed")
        set_role(self._speed, "compact")
        self._speed.setMenu(self._make_speed_menu())
        self._now = QPushButton(self.tr("Now"))
        self._now.setObjectName("now")
        self._now.setAccessibleName(self.tr("Show now"))
        self._now.setToolTip(self.tr("Show the present again (End)."))
        self._now.clicked.connect(self.now_requested)
        set_role(self._now, "compact")
        self._behind = _ElidedLabel()
        self._behind.setObjectName("behind")
        self._make_rows()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_theme(DARK)
        self._show_speed(1.0, True)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        size = QSize(zoomed(ICON_SIZE), zoomed(ICON_SIZE))
        for button in (self._back, self._step):
            button.setIcon(icon(button.objectName(), theme))
            button.setIconSize(size)
            button.setFixedWidth(zoomed(36))
        for hold in self._holds:
            hold.set_theme(theme)
        self._speed.setFixedWidth(zoomed(52))
        self._now.setFixedWidth(zoomed(52))
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance("0:00.0"))
        pad, gap = zoomed(12), zoomed(6)
        rows = self.layout()
        assert rows is not None
        rows.setContentsMargins(pad, pad - 2, pad, pad - 2)
        rows.setSpacing(gap)
        self._is_wide = None
        self._lay_out()

    def offer_steps(self, is_offered: bool) -> None:
        """Offer to go from event to event, or not: two pictures have no common next event."""
        for button in (self._back, self._step):
            button.setVisible(is_offered)

    def set_past_only(self, reason: str) -> None:
        """Show a recording: nobody can be held, and its end stands for now."""
        self._is_past_only = True
        for hold in (self._workers, self._producer):
            disable(hold, reason)
        self._now.setText(self.tr("End"))
        self._now.setAccessibleName(self.tr("Show the end"))
        self._now.setToolTip(self.tr("Show the end of the recording (End)."))
        self._timeline.setToolTip(self.tr("Which moment of the recording is shown."))
        self._picture.set_words(self.tr("Pause"), self.tr("Play"), self.tr("Play"))
        self._picture.setToolTip(self.tr("Stand still, or play on (Space)."))

    def display(self, playhead: Playhead | PlayheadPair, workers_held: bool, producer_held: bool) -> None:
        """Show where `playhead` is, and what is held."""
        for button, is_held in zip(self._holds, (playhead.is_held, workers_held, producer_held), strict=True):
            button.display(is_held)
        self._show_moment(playhead)
        self._show_behind(playhead)
        self._show_speed(playhead.speed, playhead.is_live)

    def minimumSizeHint(self) -> QSize:
        """Return the width that three rows need: wider than that, it can always become narrower."""
        return QSize(zoomed(NARROWEST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width there is."""
        super().resizeEvent(event)
        self._lay_out()

    # --- what is shown --------------------------------------------------------------------

    def _show_moment(self, playhead: Playhead | PlayheadPair) -> None:
        self._time.setText(_clock(playhead.at_ns))
        if self._timeline.isSliderDown():
            return  # under the mouse the scale keeps still
        self._first_ns = playhead.first_ns
        now = max(0, playhead.now_ns - self._first_ns) // TENTH_NS
        here = now if playhead.is_live else max(0, playhead.at_ns - self._first_ns) // TENTH_NS
        self._timeline.blockSignals(True)
        self._timeline.setMaximum(max(now, 1))
        self._timeline.setValue(max(here, 1) if playhead.is_live else here)
        self._timeline.blockSignals(False)

    def _show_behind(self, playhead: Playhead | PlayheadPair) -> None:
        if playhead.is_live:
            words, role = self.tr("at the end") if self._is_past_only else self.tr("live"), "mute"
        else:
            behind_words = self.tr("{} before the end") if self._is_past_only else self.tr("{} behind now")
            behind = behind_words.format(_length(playhead.behind_ns))
            count = playhead.behind_count
            words = (
                behind
                + " · "
                + (self.tr("1 event to come") if count == 1 else self.tr("{:,} events to come").format(count))
            )
            role = "mute" if self._is_past_only else "warn"
        self._behind.display(words)
        set_role(self._behind, role)
        set_role(self._now, "compact" if playhead.is_live or self._is_past_only else "now")

    def _show_speed(self, speed: float, is_live: bool) -> None:
        self._speed.setText(f"{SPEED_SIGNS[speed]} ▾")
        self._speed.setAccessibleName(self.tr("Speed of the picture: {:g} ×").format(speed))
        hint = self.tr("How fast the picture's time passes; the work keeps its own pace.")
        if is_live:
            hint += " " + self.tr("Live it cannot be ahead: 2× and 4× are for catching up.")
        self._speed.setToolTip(hint)
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    # --- parts ----------------------------------------------------------------------------

    def _make_holds(self) -> None:
        self._picture = HoldButton(self.tr("Hold the picture"), self.tr("Picture held"), self.tr("Picture"))
        self._picture.setToolTip(
            self.tr("The picture stands still; the work goes on, and is shown later (Space).")
        )
        self._workers = HoldButton(self.tr("Hold the workers"), self.tr("Workers held"), self.tr("Workers"))
        self._workers.setToolTip(
            self.tr("They stop between two dots, and keep their tasks and their heartbeats (Ctrl+Shift+W).")
        )
        self._producer = HoldButton(
            self.tr("Hold the producer"), self.tr("Producer held"), self.tr("Producer")
        )
        self._producer.setToolTip(self.tr("Tasks are accepted, and not published (Ctrl+Shift+P)."))
        self._holds = (self._picture, self._workers, self._producer)
        self._hold_word = QLabel(self.tr("Hold"))
        set_role(self._hold_word, "mute")
        self._picture.hold_requested.connect(
            lambda hold: self.hold_requested.emit() if hold else self.play_requested.emit()
        )
        self._workers.hold_requested.connect(self.workers_hold_requested)
        self._producer.hold_requested.connect(self.producer_hold_requested)

    def _make_button(self, name: str, words: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.setAccessibleName(words)
        set_role(button, "icon")
        button.clicked.connect(signal)
        return button

    def _make_speed_menu(self) -> QMenu:
        menu = QMenu(self)
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = QAction(SPEED_SIGNS[speed], self, checkable=True)
            action.setData(speed)
            self._speeds.addAction(action)
            menu.addAction(action)
        self._speeds.triggered.connect(lambda action: self.speed_requested.emit(action.data()))
        return menu

    def _make_rows(self) -> None:
        self._hold_row, self._time_row, self._words_row = rows = (QHBoxLayout(), QHBoxLayout(), QHBoxLayout())
        layout = QVBoxLayout(self)
        for row in rows:
            row.setSpacing(8)
            layout.addLayout(row)
        for part in (self._hold_word, *self._holds):
            self._hold_row.addWidget(part)
        self._hold_row.addStretch()
        for control in (self._back, self._step, self._timeline, self._speed, self._now):
            self._time_row.addWidget(control, 1 if control is self._timeline else 0)

    def _lay_out(self) -> None:
        """Put everything into two rows, or into three where that is too narrow."""
        is_wide = self.width() >= zoomed(WIDE)
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        self._hold_word.setVisible(not is_wide)
        for hold in self._holds:
            hold.set_short(not is_wide)
        for row in (self._hold_row, self._time_row, self._words_row):
            row.removeWidget(self._behind)
            row.removeWidget(self._time)
        (self._hold_row if is_wide else self._words_row).addWidget(self._behind, 1000)
        if is_wide:
            self._time_row.insertWidget(self._time_row.indexOf(self._speed), self._time)
        else:
            self._words_row.insertWidget(0, self._time)
        side = Qt.AlignmentFlag.AlignRight if is_wide else Qt.AlignmentFlag.AlignLeft
        self._behind.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    # --- wishes ---------------------------------------------------------------------------

    def _seek(self, tenths: int) -> None:
        if tenths >= self._timeline.maximum():
            self.now_requested.emit()
        else:
            self.seek_requested.emit(self._first_ns + tenths * TENTH_NS)


class _Timeline(QSlider):
    """A slider that goes where it is clicked, in tenths of a second."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("timeline")
        self.setRange(0, 1)
        self.setSingleStep(10)
        self.setPageStep(50)
        self.setMinimumWidth(40)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and let the mouse take the handle along."""
        if event.button() is Qt.MouseButton.LeftButton:
            # Half a handle on either side cannot be reached by its centre.
            half = zoomed(8)
            x, width = round(event.position().x()) - half, self.width() - 2 * half
            self.setSliderDown(True)
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), x, width))
        super().mousePressEvent(event)


class _ElidedLabel(QLabel):
    """One line that is cut where there is no room; all of it in the tool tip."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line; any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def display(self, words: str) -> None:
        """Show `words`, or as much as fits."""
        self._words = words
        self.setAccessibleName(words)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width there is."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        text = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width())
        if text != self.text():
            self.setText(text)
        self.setToolTip(self._words if text != self._words else "")


def _clock(at_ns: int) -> str:
    """Return a moment of the session as minutes and seconds."""
    tenths = at_ns // TENTH_NS
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _length(ns: int) -> str:
    """Return a length of time in words."""
    tenths = ns // TENTH_NS
    return f"{tenths / 10:.1f} s" if tenths < 600 else f"{tenths // 600} min {tenths % 600 // 10} s"
