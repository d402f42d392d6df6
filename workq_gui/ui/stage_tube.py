"""One queue's place on the stage: the tube, and the rows of text above and below it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF


@dataclass(frozen=True, slots=True)
class Tube:
    """A queue's place.

    Attributes:
        box: The tube itself; its middle is at `axis_y`.
        pitch: From one token in it to the next.
        slot_count: How many tokens fit.
        name_row: Where its name stands.
        figures_row: Where its figures stand; the same row as the name where there is little room.
        below_rows: Under it: what kind of queue it is (if `tells_kind`), and what is to be said of it.
    """

    queue: str
    box: QRectF
    pitch: float
    slot_count: int
    name_row: QRectF
    figures_row: QRectF
    below_rows: tuple[QRectF, ...]
    tells_kind: bool
    axis_y: float

    @property
    def head_x(self) -> float:
        """The middle of the token at the head of the queue."""
        return self.box.right() - self.box.height() / 2

    @property
    def is_compact(self) -> bool:
        """Whether name and figures share a row."""
        return self.name_row == self.figures_row

    @property
    def note_rows(self) -> tuple[QRectF, ...]:
        """The rows for what is to be said of it."""
        return self.below_rows[1:] if self.tells_kind else self.below_rows

    def slot_x(self, offset: float) -> float:
        """Return the middle of the token that stands `offset` places behind the head."""
        return self.head_x - offset * self.pitch
