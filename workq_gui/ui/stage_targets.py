"""What there is on the stage to point at: pure geometry, in the order in which the keyboard visits it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from PySide6.QtCore import QPointF, QRectF

from workq_gui.core.events import WorkerId
from workq_gui.ui.stage_curve import Curve
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_tokens import StageTokens

LINE_END_SIZE = (64.0, 30.0)
LINE_REACH = 6.0
"""So near to a worker's line, in logical pixels, one points at it."""
LINE_HALVINGS = 8
"""So often the part of a line in which a point may be is halved: to a pixel or two."""


class TargetKind(Enum):
    """What a target is."""

    PRODUCER = auto()
    EXCHANGE = auto()
    QUEUE = auto()
    TOKEN = auto()
    WORKER = auto()
    LEDGER = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that can be pointed at.

    Attributes:
        name: The queue's name, the task's id or the worker's; empty if there is only one of its kind.
        box: Where it is, in logical pixels.
        lines: What leads to it and belongs to it: a worker's lines.
    """

    kind: TargetKind
    name: str
    box: QRectF
    lines: tuple[Curve, ...] = ()

    def is_same(self, other: "Target | None") -> bool:
        """Whether both are one thing, wherever it is."""
        return other is not None and (self.kind, self.name) == (other.kind, other.name)


def find_targets(
    layout: StageLayout,
    tokens: StageTokens,
    anchors: Mapping[WorkerId, float],
    has_ledger: bool,
    queues_of: Mapping[WorkerId, Sequence[str]],
) -> list[Target]:
    """Return all targets: from the producer over the queues and their tokens to the workers.

    A task that the broker keeps a copy of while its token flies is there twice. `anchors` says at which y
    each worker's line meets the right edge of the stage, `queues_of` from which queues its lines come.
    """
    found = [Target(TargetKind.PRODUCER, "", layout.producer)]
    found.append(Target(TargetKind.EXCHANGE, "", layout.exchange))
    found += [Target(TargetKind.QUEUE, name, tube.box) for name, tube in layout.tubes.items()]
    half = layout.token_d / 2
    for token in chain(tokens.standing, tokens.flying):
        if token.task_id is not None and not token.look.is_small:
            box = QRectF(token.x - half, token.y - half, 2 * half, 2 * half)
            found.append(Target(TargetKind.TOKEN, token.task_id, box))
    width, height = LINE_END_SIZE
    for worker_id, y in anchors.items():
        box = QRectF(layout.width - width, y - height / 2, width, height)
        lines = tuple(layout.curve(queue, y) for queue in queues_of.get(worker_id, ()))
        found.append(Target(TargetKind.WORKER, worker_id, box, lines))
    if has_ledger:
        found.append(Target(TargetKind.LEDGER, "", layout.ledger))
    return found


def target_at(targets: list[Target], point: QPointF) -> Target | None:
    """Return what is under `point`: the smallest, of these what is painted last; else the nearest line's."""
    under = [target for target in reversed(targets) if target.box.contains(point)]
    if under:
        return min(under, key=lambda target: target.box.width() * target.box.height())
    near = [(_distance(line, point), target) for target in targets for line in target.lines]
    distance, nearest = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    return nearest if distance <= LINE_REACH else None


def neighbour(targets: list[Target], current: Target | None, step: int) -> Target | None:
    """Return the target `step` places farther; from nowhere the first or the last one.

    What is there twice is visited once. From what is gone the way leads to what is nearest to its place.
    """
    if not targets:
        return None
    once = list({(target.kind, target.name): target for target in reversed(targets)}.values())[::-1]
    if current is None:
        return once[0 if step > 0 else -1]
    places = [place for place, target in enumerate(once) if target.is_same(current)]
    if not places:
        centre = current.box.center()
        return min(once, key=lambda target: _length(target.box.center() - centre))
    return once[(places[0] + step) % len(once)]


def _distance(line: Curve, point: QPointF) -> float:
    """Return about how far `point` is from `line`; infinite where that is clearly too far."""
    x, y = point.x(), point.y()
    low, high = sorted((line.y0, line.y1))
    if not line.x0 <= x <= line.x1 or not low - LINE_REACH <= y <= high + LINE_REACH:
        return math.inf
    start, end = 0.0, 1.0
    for _ in range(LINE_HALVINGS):
        middle = (start + end) / 2
        start, end = (middle, end) if line.point_at(middle)[0] < x else (start, middle)
    (x0, y0), (x1, y1) = line.point_at(start), line.point_at(end)
    # Straight up or down is not the shortest way to a line that is steep.
    return abs((y0 + y1) / 2 - y) / math.hypot(1.0, (y1 - y0) / max(x1 - x0, 1e-6))


def _length(way: QPointF) -> float:
    return math.hypot(way.x(), way.y())
