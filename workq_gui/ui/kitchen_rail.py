"""The ticket rail of the kitchen: slips hang from it by their clips."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_tokens import StageTokens
from workq_gui.ui.stage_tube import Tube
from workq_gui.ui.theme import Theme

SMALLEST_CLIP = 2.0
"""A clip that is less high than this could not be seen: the slip hangs right under the rail."""


def rail_scale(tube: Tube, layout: StageLayout) -> float:
    """Return how large a rail's parts are: less where there is little room."""
    return min(layout.scale, tube.box.height() / 60.0)


def rail_of(tube: Tube, layout: StageLayout) -> QRectF:
    """Return the rail of a queue; it is a little wider than the tube."""
    box, scale = tube.box, rail_scale(tube, layout)
    rail = QRectF(box.left() - 6 * scale, 0, box.width() + 12 * scale, 7 * scale)
    rail.moveTop(min(box.top() + 5 * scale, slip_top(tube, layout) - rail.height()))
    return rail


def slip_top(tube: Tube, layout: StageLayout) -> float:
    """Return where a slip begins: a little higher, so that no gap is seen."""
    return tube.axis_y - layout.token_d / 2 + rail_scale(tube, layout)


def paint_clips(painter: QPainter, theme: Theme, layout: StageLayout, tokens: StageTokens) -> None:
    """Paint the clip of each slip that hangs, from the rail down."""
    tubes = {tube.axis_y: tube for tube in layout.tubes.values()}
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("mute"))
    for token in tokens.standing:
        tube = tubes.get(token.y)
        if tube is None or token.look.is_small:
            continue
        scale, top, bottom = rail_scale(tube, layout), rail_of(tube, layout).bottom(), slip_top(tube, layout)
        if bottom - top >= SMALLEST_CLIP:
            painter.setOpacity(token.opacity)
            painter.drawRect(QRectF(token.x - 5 * scale, top, 10 * scale, bottom - top))
    painter.setOpacity(1.0)
