"""What all charts have in common: a title, a line of words, a picture, and that they can be copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from workq_gui.core.projections.rates import Rates
from workq_gui.ui.stage_text import LEFT, RIGHT, draw_line
from workq_gui.ui.theme import DARK, Theme, text_font, zoomed

TITLE_SIZE, WORDS_SIZE, TICK_SIZE = 12, 11, 10
LINE_HEIGHT = 17
HEADER_HEIGHT = 2 * LINE_HEIGHT + 6
STROKE_LENGTH = 13
GAP = 4
PART_GAP = 8


class Span(NamedTuple):
    """What charts show.

    Attributes:
        at_ns: The moment of the picture: where the playhead stands.
        first_ns: The earliest moment that is known.
        now_ns: The present.
    """

    at_ns: int
    first_ns: int
    now_ns: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of the line below the title.

    Attributes:
        colour: The token of what the words belong to; without it they belong to nothing that is drawn.
        dash: How the line is drawn that they belong to: its strokes and gaps, in widths of the line; empty
            if it has no gaps.
        short: What is said where all words of the line do not fit.
    """

    words: str
    colour: str = ""
    dash: Sequence[float] = ()
    short: str = ""


class ChartCell(QWidget):
    """One chart: says in its title what is seen, and in the line below how much. GUI thread.

    Under the mouse the line tells the figures of that place instead.

    Attributes:
        line_scale: How many of the device's pixels are as wide as one of the screen's: cosmetic pens do not
            grow with the painter. Set before the theme.

    Signals:
        seek_requested: The picture is to show this moment; carries nanoseconds of the session's clock.
    """

    seek_requested = Signal(object)

    def __init__(self, title: str, unit: str, least_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._unit = unit
        self._least_width = least_width
        self.line_scale = 1.0
        self._theme = DARK
        self._parts: list[Part] = []
        self._pointed: tuple[str, list[Part]] | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(title)

    # --- what each chart says and draws -------------------------------------------------------

    def show_rates(self, rates: Rates, span: Span) -> None:
        """Show what `rates` knows of `span`."""
        raise NotImplementedError

    def numbers(self) -> list[list[str]]:
        """Return what is seen as rows of a table, the names of the columns first."""
        raise NotImplementedError

    def draw_picture(self, painter: QPainter, box: QRectF) -> None:
        """Draw the chart itself, below its title."""
        raise NotImplementedError

    # --- looks --------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`, at the zoom of now."""
        self._theme = theme
        self.setMinimumWidth(zoomed(self._least_width))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the least width at which all words fit."""
        return QSize(zoomed(self._least_width), zoomed(HEADER_HEIGHT + 120))

    @property
    def words(self) -> str:
        """The line below the title, as it is read."""
        parts = self._parts if self._pointed is None else self._pointed[1]
        return " · ".join(part.words for part in parts)

    def picture_box(self) -> QRectF:
        """Where the chart itself is: below title and words."""
        top = zoomed(HEADER_HEIGHT)
        return QRectF(0, top, self.width(), max(1, self.height() - top))

    def paint(self, painter: QPainter) -> None:
        """Draw all of it, in vectors where `painter` takes them."""
        self._draw_header(painter)
        self.draw_picture(painter, self.picture_box())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what no child widget draws."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_header(painter)
        self._draw_below_header(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything where it belongs."""
        super().resizeEvent(event)
        self.lay_out()

    def lay_out(self) -> None:
        """Put what stands in the cell where it belongs."""

    def _draw_below_header(self, painter: QPainter) -> None:
        """Draw the chart itself, if no child widget does."""

    def _say(self, parts: list[Part]) -> None:
        if parts != self._parts:
            self._parts = parts
            self._update_header()

    def _point(self, where: str = "", parts: Sequence[Part] = ()) -> None:
        """Tell the figures of the place under the mouse, or no more."""
        pointed = (where, list(parts)) if parts else None
        if pointed != self._pointed:
            self._pointed = pointed
            self._update_header()

    def _update_header(self) -> None:
        self.update(0, 0, self.width(), zoomed(HEADER_HEIGHT))
        self.setAccessibleDescription(self.words)

    def _draw_header(self, painter: QPainter) -> None:
        theme, line = self._theme, zoomed(LINE_HEIGHT)
        title_font = text_font(TITLE_SIZE, QFont.Weight.DemiBold)
        box = QRectF(0, 0, self.width(), line)
        draw_line(painter, box, self.title, title_font, theme.colour("ink"), LEFT)
        where, parts = self._pointed or (self._unit, self._parts)
        left = QFontMetricsF(title_font).horizontalAdvance(self.title) + zoomed(PART_GAP)
        beside = QRectF(left, 0, max(0.0, self.width() - left), line)
        draw_line(painter, beside, where, text_font(WORDS_SIZE), theme.colour("mute"), RIGHT)
        self._draw_parts(painter, QRectF(0, line, self.width(), line), parts)

    def _draw_parts(self, painter: QPainter, box: QRectF, parts: Sequence[Part]) -> None:
        font = text_font(WORDS_SIZE)
        metrics = QFontMetricsF(font)
        stroke, gap = zoomed(STROKE_LENGTH), zoomed(PART_GAP)
        widths = (metrics.horizontalAdvance(part.words) + gap + self._sample_width(part) for part in parts)
        is_short = sum(widths) - gap > box.width()
        for part in parts:
            if part.colour:
                painter.setPen(self.line_pen(part.colour, part.dash))
                middle = box.center().y()
                painter.drawLine(QPointF(box.left(), middle), QPointF(box.left() + stroke, middle))
                box.setLeft(box.left() + self._sample_width(part))
            if box.width() < 1:
                return
            words = part.short if is_short and part.short else part.words
            colour = "ink" if part.colour or self._pointed else "mute"
            draw_line(painter, box, words, font, self._theme.colour(colour), LEFT)
            box.setLeft(box.left() + metrics.horizontalAdvance(words) + gap)

    def line_pen(self, colour: str, dash: Sequence[float] = (), width: float = 1.6) -> QPen:
        """Return the pen of a line: lines differ by more than their colours.

        Args:
            colour: A token of the theme.
            dash: See `Part`.
            width: In pixels of the screen at usual zoom.
        """
        return cosmetic_pen(self._theme.colour(colour), width * self.line_scale, dash)

    def _sample_width(self, part: Part) -> int:
        """How wide the piece of a line before some words is."""
        return zoomed(STROKE_LENGTH) + zoomed(GAP) if part.colour else 0

    # --- copies -------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the copies."""
        self.make_menu().popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """Return the menu of the chart: what can be done with it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy picture"), self.copy_picture)
        menu.addAction(self.tr("Copy numbers"), self.copy_numbers)
        return menu

    def copy_picture(self) -> None:
        """Put the chart into the clipboard as it looks."""
        self._point()
        QGuiApplication.clipboard().setImage(self.grab().toImage())

    def copy_numbers(self) -> None:
        """Put what is seen into the clipboard as a table with tabs, for a spreadsheet."""
        rows = (
            "\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in self.numbers()
        )
        QGuiApplication.clipboard().setText("\n".join(rows) + "\n")

    def leaveEvent(self, event: QEvent) -> None:
        """Tell the usual figures again."""
        super().leaveEvent(event)
        self._point()


def cosmetic_pen(colour: QColor, width: float, dash: Sequence[float] = ()) -> QPen:
    """Return a pen that is `width` of the device's pixels wide at usual zoom, however its painter scales."""
    pen = QPen(colour, zoomed(10) / 10 * width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        pen.setDashPattern(list(dash))
    return pen
