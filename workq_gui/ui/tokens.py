"""What a task looks like on the stage: a coin, ready-made as a bitmap for each look."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap

from workq_gui.core.events import TaskId
from workq_gui.ui.stage_text import stage_font
from workq_gui.ui.theme import DARK, Theme, kind_colour

MOST_SPRITES = 600
SMALLEST_LABEL_PX = 11
SMALL = 0.32
"""The size of a token in a crowd, as a part of the full size."""


class Form(Enum):
    """How far a message is, told by its outline."""

    HOLLOW = auto()  # not confirmed
    SOLID = auto()
    DASHED = auto()  # the broker's copy of a delivered task
    TICK = auto()  # an ack
    __hash__ = object.__hash__  # Enum's own is slow, and this is asked for each token in each frame


@dataclass(frozen=True, slots=True)
class Look:
    """All that decides which bitmap a token is.

    Attributes:
        dots: Of the task; its colour goes by them.
        label: May be empty.
        is_redelivered: Carries the ↻.
        is_persistent: Carries the mark of a message on disk.
        is_small: One of a crowd: no label, no marks.
    """

    form: Form
    dots: int = 0
    label: str = ""
    is_redelivered: bool = False
    is_persistent: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A token at a place, in logical pixels.

    Attributes:
        words: Said beside it; usually empty.
        task_id: Whose token it is.
    """

    x: float
    y: float
    look: Look
    opacity: float = 1.0
    words: str = ""
    task_id: TaskId | None = None


class TokenSprites:
    """Makes the bitmap of each look once. GUI thread."""

    def __init__(self, painter_kind: "type[CoinPainter] | None" = None) -> None:
        self._painter_kind = painter_kind or CoinPainter
        self._theme = DARK
        self._diameter = 0.0
        self._dpr = 0.0
        self._sprites: dict[Look, QPixmap] = {}

    def prepare(self, theme: Theme, diameter: float, dpr: float) -> None:
        """Make tokens of this look from now on; `diameter` in logical pixels."""
        if (theme, diameter, dpr) != (self._theme, self._diameter, self._dpr):
            self._theme, self._diameter, self._dpr = theme, diameter, dpr
            self._sprites.clear()

    def draw(self, painter: QPainter, token: Token) -> None:
        """Draw `token`; the painter's unit must be one device pixel."""
        sprite = self._sprites.get(token.look)
        if sprite is None:
            sprite = self._make(token.look)
        half = sprite.width() / 2
        left, top = round(token.x * self._dpr - half), round(token.y * self._dpr - half)
        if token.opacity < 1.0:
            painter.setOpacity(token.opacity)
            painter.drawPixmap(left, top, sprite)
            painter.setOpacity(1.0)
        else:
            painter.drawPixmap(left, top, sprite)

    def paint(self, painter: QPainter, token: Token) -> None:
        """Paint `token` itself, with no bitmap, for paper and SVG; the painter's unit is a logical pixel."""
        painter.save()
        painter.setOpacity(token.opacity)
        painter.translate(token.x, token.y)
        self._paint_look(painter, token.look, self._diameter)
        painter.restore()

    def _paint_look(self, painter: QPainter, look: Look, diameter: float) -> None:
        painter.scale(diameter / 34.0, diameter / 34.0)
        self._painter_kind(painter, self._theme, self._diameter / 34.0).paint(look)

    def _make(self, look: Look) -> QPixmap:
        if len(self._sprites) >= MOST_SPRITES:
            self._sprites.clear()
        size = 2 * round(self._diameter * self._dpr * 0.75)  # room for the marks around the coin
        sprite = QPixmap(size, size)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(size / 2, size / 2)
            self._paint_look(painter, look, self._diameter * self._dpr)
        finally:
            painter.end()
        self._sprites[look] = sprite
        return sprite


class CoinPainter:
    """Draws one look around the origin; a whole coin is 34 units wide, of `unit` logical pixels each."""

    def __init__(self, painter: QPainter, theme: Theme, unit: float) -> None:
        self.painter = painter
        self.theme = theme
        self._unit = unit

    def paint(self, look: Look) -> None:
        """Draw `look`."""
        radius = 16.5 * (SMALL if look.is_small else 1.0)
        if look.form is Form.TICK:
            self._tick(radius if look.is_small else 9.0)
            return
        self.coin(look, radius)
        if look.is_small:
            return
        if look.label:
            self._label(look)
        if look.form is Form.SOLID and look.is_persistent:
            self.disk()
        if look.is_redelivered:
            self._badge()

    def coin(self, look: Look, radius: float) -> None:
        """Draw the coin itself."""
        theme, kind = self.theme, kind_colour("." * look.dots)
        # On white a bright kind is too faint for a line.
        ring = kind if theme.is_dark else kind.darker(135)
        if look.form is Form.SOLID:
            self.painter.setBrush(kind)
            self.painter.setPen(Qt.PenStyle.NoPen if theme.is_dark else QPen(theme.colour("ink"), 1.4))
            radius -= 0.0 if theme.is_dark else 0.2
        else:
            fill = QColor(kind)
            fill.setAlphaF(0.6 if look.is_small else 0.2 if look.form is Form.DASHED else 0.1)
            if look.form is Form.HOLLOW:  # what it flies over must not shine through its label
                self.painter.setPen(Qt.PenStyle.NoPen)
                self.painter.setBrush(theme.colour("tube"))
                self.painter.drawEllipse(QPointF(0, 0), radius - 0.8, radius - 0.8)
            self.painter.setBrush(fill)
            pen = QPen(ring, 1.8 if look.form is Form.DASHED or look.is_small else 2.4)
            if look.form is Form.DASHED:
                pen.setDashPattern([2.0, 1.6])
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.painter.setPen(pen)
            radius -= 0.8
        self.painter.drawEllipse(QPointF(0, 0), radius, radius)

    def _label(self, look: Look) -> None:
        ink = (
            self._readable_on(kind_colour("." * look.dots))
            if look.form is Form.SOLID
            else self.theme.colour("ink")
        )
        length = len(look.label)
        size, most = (12.0, 15.0) if length <= 3 else (10.0, 11.5) if length <= 5 else (8.0, 9.0)
        size = max(size, min(most, SMALLEST_LABEL_PX / self._unit))
        if size * self._unit < SMALLEST_LABEL_PX - 2.5:
            return  # on so small a coin nobody could read it
        self.painter.setFont(stage_font(12, QFont.Weight.Bold))
        self.painter.setPen(ink)
        self.painter.save()
        self.painter.scale(size / 12, size / 12)
        self.painter.drawText(QRectF(-20, -20, 40, 39), Qt.AlignmentFlag.AlignCenter, look.label)
        self.painter.restore()

    def _readable_on(self, colour: QColor) -> QColor:
        pair = (self.theme.colour("ink"), self.theme.colour("on_accent"))  # one is dark, one is light
        return max(pair, key=lambda ink: contrast(ink, colour))

    def disk(self) -> None:
        """The mark of a message that is on disk: a small label, as on a floppy disk."""
        self.painter.setPen(QPen(self.theme.colour("panel"), 1.2))
        self.painter.setBrush(self.theme.colour("ink"))
        self.painter.drawRoundedRect(QRectF(-4.6, 11.6, 9.2, 6.6), 1.6, 1.6)

    def _badge(self) -> None:
        painter, middle = self.painter, QPointF(12.0, -12.0)
        painter.setPen(QPen(self.theme.colour("panel"), 1.2))
        painter.setBrush(self.theme.colour("bad"))
        painter.drawEllipse(middle, 8.6, 8.6)
        draw_redelivered_sign(painter, middle, 4.0, self._readable_on(self.theme.colour("bad")))

    def _tick(self, radius: float) -> None:
        painter, unit = self.painter, radius / 9.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("ok"))
        painter.drawEllipse(QPointF(0, 0), radius, radius)
        path = QPainterPath(QPointF(-3.6 * unit, 0.2 * unit))
        path.lineTo(-1.0 * unit, 2.8 * unit)
        path.lineTo(3.8 * unit, -2.6 * unit)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_round_pen(self.theme.colour("on_accent"), 2.0 * unit))
        painter.drawPath(path)


def draw_redelivered_sign(painter: QPainter, middle: QPointF, radius: float, colour: QColor) -> None:
    """Draw the ↻; our fonts have none that is heavy enough."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_round_pen(colour, 0.42 * radius))
    box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.drawArc(box, 20 * 16, 290 * 16)  # open at the upper right, where the arrow's head is
    tip = QPointF(middle.x() + radius * 1.05, middle.y() - radius * 0.2)
    head = QPainterPath(tip)
    head.lineTo(tip.x() - radius * 0.95, tip.y() - radius * 0.1)
    head.lineTo(tip.x() + radius * 0.2, tip.y() - radius * 0.95)
    head.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(head)


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1.0 to 21.0, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _round_pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
