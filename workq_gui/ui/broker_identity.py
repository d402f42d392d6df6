"""Which broker is used and how it is, in two lines."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workq_gui.ui.room_badge import RoomBadge
from workq_gui.ui.style import SMALL_SIZE, TEXT_SIZE, plain_tooltip
from workq_gui.ui.theme import DARK, Theme, mono_font, text_font, zoomed

LINES_HEIGHT = 40
LINE_HEIGHT = 18
LEFT = 24
"""Where the words begin, beside the dot."""
NARROWEST = 200


class BrokerIdentity(QWidget):
    """The broker in two lines: a dot, its product and how it is; its address and the queue.

    While other machines may use it too, that is told instead of the address, by which they cannot.

    Args:
        words: All that it may say about how the broker is.

    Attributes:
        room_badge: Tells of it.
    """

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.product = ""
        self.room_badge = RoomBadge(self)
        self._words = words
        self._theme = DARK
        self._word, self._token, self._place = "", "mute", ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_theme(DARK)

    def sizeHint(self) -> QSize:
        """Return what both lines need, with the longest word: what stands beside must not move with it."""
        bold, word, mono = (QFontMetrics(font) for font in _fonts())
        longest = max(word.horizontalAdvance(one) for one in self._words)
        first = bold.horizontalAdvance(self.product) + longest + 16
        return QSize(zoomed(LEFT) + max(first, mono.horizontalAdvance(self._place)) + 4, zoomed(LINES_HEIGHT))

    def make_room_for(self, word: str) -> None:
        """Be wide enough for `word`, too: it may be said from now on."""
        if word not in self._words:
            self._words.append(word)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of `theme`."""
        self._theme = theme
        self.setFixedHeight(zoomed(LINES_HEIGHT))
        self.setMinimumWidth(zoomed(NARROWEST))
        self.updateGeometry()
        self.update()

    def display(self, word: str, token: str, place: str) -> None:
        """Show how the broker is, in a word and a colour, and where it is."""
        self._word, self._token, self._place = word, token, place
        self.setAccessibleName(f"{self.product}, {word}, {place}")
        self.setToolTip(plain_tooltip(f"{self.product}\n{place}"))
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the badge in the place of the second line."""
        super().resizeEvent(event)
        left, widest = zoomed(LEFT), self.room_badge.sizeHint().width()
        width = min(widest, self.width() - left)
        self.room_badge.setGeometry(left, self.height() // 2, width, zoomed(LINE_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two lines."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_dot(painter)
            bold, medium, mono = _fonts()
            word_width = QFontMetrics(medium).horizontalAdvance(self._word)
            left, high = zoomed(LEFT), zoomed(LINE_HEIGHT)
            room, top = self.width() - left, self.height() / 2 - high
            first = QRectF(left, top, room - word_width - 10, high)
            end = self._line(painter, first, self.product, bold, "ink")
            self._line(painter, QRectF(end + 10, top, word_width + 2, high), self._word, medium, self._token)
            if self.room_badge.isHidden():
                self._line(painter, QRectF(left, top + high, room, high), self._place, mono, "mute")
        finally:
            painter.end()

    def _paint_dot(self, painter: QPainter) -> None:
        """Paint a disc when all is well, and a ring when not: told apart without colour."""
        painter.setPen(QPen(self._theme.colour(self._token), 2))
        if self._token == "ok":
            painter.setBrush(self._theme.colour(self._token))
        size = zoomed(8)
        painter.drawEllipse(QRectF(zoomed(5), (self.height() - size) / 2, size, size))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _line(self, painter: QPainter, box: QRectF, text: str, font: QFont, token: str) -> float:
        metrics = QFontMetrics(font)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(box.width()))
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        return box.left() + metrics.horizontalAdvance(elided)


def _fonts() -> tuple[QFont, QFont, QFont]:
    """Return the fonts of the product, of the word beside it, and of the address."""
    return (
        text_font(TEXT_SIZE, QFont.Weight.Bold),
        text_font(SMALL_SIZE, QFont.Weight.Medium),
        mono_font(11),
    )
