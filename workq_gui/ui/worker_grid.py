"""Many workers as small cells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workq_gui.core.events import WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus, WorkerView
from workq_gui.core.tasks import count_dots, shown_text
from workq_gui.ui.style import plain_tooltip
from workq_gui.ui.theme import DARK, KINDS, Theme, text_font, zoomed
from workq_gui.ui.worker_card_words import card_facts, has_task, holding_words, queue_words, status_word
from workq_gui.ui.worker_menu import WorkerWish, has_open_menu, is_menu_key, worker_menu

GAP = 4
SMALLEST_CELL = 28
INSET = 3
CELL_RADIUS = 6
OUTLINES = {
    WorkerStatus.CHANNEL_CLOSED: ("bad", Qt.PenStyle.DashLine),
    WorkerStatus.CRASHED: ("bad", Qt.PenStyle.SolidLine),
    WorkerStatus.RECONNECTING: ("warn", Qt.PenStyle.DashLine),
    WorkerStatus.STOPPED: ("mute", Qt.PenStyle.DashLine),
    WorkerStatus.CONNECTING: ("mute", Qt.PenStyle.DotLine),
    WorkerStatus.FINISHED: ("info", Qt.PenStyle.SolidLine),
    WorkerStatus.FROZEN: ("warn", Qt.PenStyle.SolidLine),
}
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, slots=True)
class _Cell:
    """All that the picture of one worker shows; equal cells look equal."""

    status: WorkerStatus
    kind: int
    height: int


class WorkerGrid(QWidget):
    """Shows each worker as a cell whose filling is its progress. GUI thread.

    Signals:
        selected: The user wants to see this worker's card; carries its WorkerId.
        focus_moved: The keyboard's place is this worker's cell now; carries its WorkerId.
        wished: The user wants something of a worker; carries a WorkerWish and the WorkerId.
    """

    selected = Signal(str)
    focus_moved = Signal(str)
    wished = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._ids: list[WorkerId] = []
        self._views: Mapping[WorkerId, WorkerView] = {}
        self._cells: list[_Cell] = []
        self._layers: dict[str, QPixmap] = {}
        self._current = 0
        self._with_queues = False
        self._column_count = 1
        self._cell_size = float(zoomed(SMALLEST_CELL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, and as large as everything is now."""
        self._theme = theme
        self._lay_out()
        self.update()

    def display(self, views: Mapping[WorkerId, WorkerView], at_ns: int, *, with_queues: bool = False) -> None:
        """Show `views` as they are at `at_ns`; name what each takes from if there is a choice of queues."""
        self._views, self._with_queues = dict(views), with_queues
        ids = list(views)
        if ids != self._ids:
            self._take_ids(ids)
        room = self._cell_size - 2 * zoomed(INSET)
        cells = [_cell(view, at_ns, room) for view in views.values()]
        if cells != self._cells:
            self._cells = cells
            self.update()

    def rect_of(self, worker_id: WorkerId) -> QRectF:
        """Return where the cell of `worker_id` is."""
        return self._rect(self._ids.index(worker_id))

    def focus_on(self, worker_id: WorkerId) -> None:
        """Put the keyboard's place on the cell of `worker_id`."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._move_to(self._ids.index(worker_id))

    def centres(self) -> dict[WorkerId, float]:
        """Return the y of the centre of each worker's cell."""
        pitch, half = self._pitch, self._cell_size / 2
        return {
            worker_id: (place // self._column_count) * pitch + half
            for place, worker_id in enumerate(self._ids)
        }

    def _take_ids(self, ids: list[WorkerId]) -> None:
        current = self._ids[self._current] if self._ids else None
        self._ids = ids
        self._current = ids.index(current) if current in ids else min(self._current, max(0, len(ids) - 1))
        self._layers.clear()
        self.setAccessibleName(self.tr("{} workers").format(len(ids)))
        self.setFixedHeight(self._height())

    # --- geometry -------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Return the size of one cell in width; the height follows from the width."""
        return QSize(zoomed(SMALLEST_CELL), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._column_count, self._cell_size = _columns(self.width())
        self._layers.clear()
        self.setFixedHeight(self._height())

    @property
    def _pitch(self) -> float:
        return self._cell_size + zoomed(GAP)

    def _height(self) -> int:
        rows = -(-len(self._ids) // self._column_count)
        return max(0, round(rows * self._pitch - zoomed(GAP)))

    def _rect(self, place: int) -> QRectF:
        row, column = divmod(place, self._column_count)
        pitch = self._pitch
        return QRectF(column * pitch, row * pitch, self._cell_size, self._cell_size)

    def _place_at(self, x: float, y: float) -> int | None:
        pitch = self._pitch
        column, row = int(x // pitch), int(y // pitch)
        place = row * self._column_count + column
        is_cell = 0 <= column < self._column_count and 0 <= place < len(self._ids)
        return place if is_cell else None

    # --- keys, mouse, words -----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the focus by arrows; Enter or Space selects; the Menu key opens the menu."""
        key = event.key()
        steps = {Qt.Key.Key_Up: -self._column_count, Qt.Key.Key_Down: self._column_count, **STEPS}
        if key in steps:
            self._move_to(self._current + steps[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self._move_to(0)
        elif key == Qt.Key.Key_End:
            self._move_to(len(self._ids) - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._ids:
            self.selected.emit(self._ids[self._current])
        elif is_menu_key(event) and self._ids:
            self._open_menu(self._current, self.mapToGlobal(self._rect(self._current).center().toPoint()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer all that can be done to the worker under the mouse, or at the keyboard's place."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            place = self._current if self._ids else None
        else:
            place = self._place_at(event.pos().x(), event.pos().y())
        if place is not None:
            self._open_menu(place, event.globalPos())

    def _open_menu(self, place: int, position: QPoint) -> None:
        if has_open_menu(self):
            return
        self._move_to(place)
        worker_id = self._ids[place]

        def wish(verb: WorkerWish) -> None:
            self.wished.emit(verb, worker_id)

        worker_menu(self._views[worker_id], wish, self).popup(position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the worker under the mouse."""
        place = self._place_at(event.position().x(), event.position().y())
        if place is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move_to(place)
            self.selected.emit(self._ids[place])

    def event(self, event: QEvent) -> bool:
        """Tell about the worker under the mouse in a tool tip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().x(), event.pos().y())
            words = "" if place is None else plain_tooltip(self._words(place))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say where the focus is."""
        super().focusInEvent(event)
        self._move_to(self._current)

    def _move_to(self, place: int) -> None:
        if 0 <= place < len(self._ids):
            self._current = place
            self.setAccessibleDescription(self._words(place))
            self.update()
            self.focus_moved.emit(self._ids[place])

    def _words(self, place: int) -> str:
        view = self._views[self._ids[place]]
        words = [f"{view.title} · {status_word(self, view)}"]
        if has_task(view):
            words.append(shown_text(view.text))
            words.append(holding_words(self, view))
        elif view.is_frozen:
            words.append(self.tr("sends no heartbeats"))
        if view.note:
            words.append(view.note)
        if view.lost_count:
            words.append(self.tr("{:,} lost").format(view.lost_count))
        words.append(" · ".join(card_facts(self, view)))
        if self._with_queues and view.queues:
            words.append(queue_words(self, view))
        return "\n".join(words)

    # --- paint ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells; what does not change with progress comes from two cached layers."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawPixmap(0, 0, self._layer("boxes", self._paint_boxes))
            self._paint_fillings(painter)
            painter.drawPixmap(0, 0, self._layer("numbers", self._paint_numbers))
            for place, cell in enumerate(self._cells):
                if cell.status in OUTLINES:
                    self._paint_outline(painter, self._rect(place), cell.status)
            if self.hasFocus() and self._ids:
                box = self._rect(self._current).adjusted(1, 1, -1, -1)
                painter.setPen(QPen(self._theme.colour("accent"), 2))
                painter.drawRoundedRect(box, CELL_RADIUS, CELL_RADIUS)
        finally:
            painter.end()

    def _paint_fillings(self, painter: QPainter) -> None:
        colours, inset = [QColor(kind) for kind in KINDS], zoomed(INSET)
        pitch, columns = self._pitch, self._column_count
        width, bottom = self._cell_size - 2 * inset, self._cell_size - inset
        by_kind: dict[int, list[tuple[int, int]]] = {}
        for place, cell in enumerate(self._cells):
            if cell.height > 0:
                by_kind.setdefault(cell.kind, []).append((place, cell.height))
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, fillings in by_kind.items():
            painter.setBrush(colours[kind])
            for place, height in fillings:
                left, top = place % columns * pitch + inset, place // columns * pitch + bottom - height
                painter.drawRoundedRect(QRectF(left, top, width, height), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_outline(self, painter: QPainter, box: QRectF, status: WorkerStatus) -> None:
        token, line = OUTLINES[status]
        painter.setPen(QPen(self._theme.colour(token), 1.5, line))
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), CELL_RADIUS, CELL_RADIUS)
        size = zoomed(5)
        sign = QRectF(box.right() - 2 * size, box.top() + zoomed(4), size, size)
        if status is WorkerStatus.CRASHED:
            painter.drawLine(sign.topLeft(), sign.bottomRight())
            painter.drawLine(sign.topRight(), sign.bottomLeft())
        elif status is WorkerStatus.FROZEN:  # no heartbeat: a flat line
            middle = QPointF(0, size / 2)
            painter.drawLine(sign.topLeft() + middle, sign.topRight() + middle)

    def _layer(self, name: str, paint: Callable[[QPainter], None]) -> QPixmap:
        """Return what `paint` paints, painted once for each size and theme."""
        layer = self._layers.get(name)
        if layer is None:
            layer = self._layers[name] = QPixmap(self.size() * self.devicePixelRatioF())
            layer.setDevicePixelRatio(self.devicePixelRatioF())
            layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(layer)
            try:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint(painter)
            finally:
                painter.end()
        return layer

    def _paint_boxes(self, painter: QPainter) -> None:
        painter.setBrush(self._theme.colour("card"))
        painter.setPen(QPen(self._theme.colour("line"), self._theme.line_width))
        for place in range(len(self._ids)):
            box = self._rect(place).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, CELL_RADIUS, CELL_RADIUS)

    def _paint_numbers(self, painter: QPainter) -> None:
        """Paint the numbers with a seam around them: they lie half on a filling, half beside it."""
        font = text_font(11, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        seam, ink = (
            QPen(self._theme.colour("card"), 2.5, j=Qt.PenJoinStyle.RoundJoin),
            self._theme.colour("ink"),
        )
        for place, worker_id in enumerate(self._ids):
            text, centre = _number(worker_id, place), self._rect(place).center()
            left = centre.x() - metrics.horizontalAdvance(text) / 2
            number = QPainterPath()  # one for all would take Qt ten times as long to stroke
            number.addText(QPointF(left, centre.y() + metrics.capHeight() / 2), font, text)
            painter.strokePath(number, seam)
            painter.fillPath(number, ink)


def _columns(width: int) -> tuple[int, float]:
    """Return how many columns fit into `width`, and how wide each is."""
    gap = zoomed(GAP)
    columns = max(1, (width + gap) // (zoomed(SMALLEST_CELL) + gap))
    return columns, (width + gap) / columns - gap


def _cell(view: WorkerView, at_ns: int, room: float) -> _Cell:
    if not has_task(view):
        return _Cell(view.status, 0, 0)
    return _Cell(view.status, count_dots(view.text) % len(KINDS), round(view.fraction_at(at_ns) * room))


def _number(worker_id: WorkerId, place: int) -> str:
    digits = worker_id[len(worker_id.rstrip("0123456789")) :]
    return digits[-4:] or str(place + 1)
