"""What there is on the stage to point at: pure geometry, in the order in which the keyboard visits it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from PySide6.QtCore import QPointF, QRectF

from workq_gui.core.events import WorkerId
from workq_gui.ui.stage_layout import StageLayout
from workq_gui.ui.stage_tokens import StageTokens

LINE_END_SIZE = (64.0, 30.0)


class TargetKind(Enum):
    """What a target is."""

    PRODUCER = auto()
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
    """

    kind: TargetKind
    name: str
    box: QRectF

    def is_same(self, other: "Target | None") -> bool:
        """Whether both are one thing, wherever it is."""
        return other is not None and (self.kind, self.name) == (other.kind, other.name)


def find_targets(
    layout: StageLayout, tokens: StageTokens, anchors: Mapping[WorkerId, float], has_ledger: bool
) -> list[Target]:
    """Return all targets: from the producer over the queues and their tokens to the workers."""
    found = [Target(TargetKind.PRODUCER, "", layout.producer)]
    found += [Target(TargetKind.QUEUE, name, tube.box) for name, tube in layout.tubes.items()]
    half = layout.token_d / 2
    for token in chain(tokens.standing, tokens.flying):
        if token.task_id is not None and not token.look.is_small:
            box = QRectF(token.x - half, token.y - half, 2 * half, 2 * half)
            found.append(Target(TargetKind.TOKEN, token.task_id, box))
    width, height = LINE_END_SIZE
    for worker_id, y in anchors.items():
        box = QRectF(layout.width - width, y - height / 2, width, height)
        found.append(Target(TargetKind.WORKER, worker_id, box))
    if has_ledger:
        found.append(Target(TargetKind.LEDGER, "", layout.ledger))
    return found


def target_at(targets: list[Target], point: QPointF) -> Target | None:
    """Return what is under `point`: the smallest, and of these the one that is painted last."""
    under = [target for target in reversed(targets) if target.box.contains(point)]
    return min(under, key=lambda target: target.box.width() * target.box.height(), default=None)


def neighbour(targets: list[Target], current: Target | None, step: int) -> Target | None:
    """Return the target `step` places farther; the first or the last one from nowhere."""
    if not targets:
        return None
    places = [place for place, target in enumerate(targets) if target.is_same(current)]
    if not places:
        return targets[0 if step > 0 else -1]
    return targets[(places[0] + step) % len(targets)]
