"""What a comparison showed: a small table, and a sentence that follows from the figures."""

from dataclasses import dataclass

from workq_gui.core.comparison import Comparison, Measure
from workq_gui.core.outcome import Outcome

CLEARLY = 0.95
"""Who needs more than this share of the other's time is not called faster: chance does that."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes:
        decides: The sentence is about it.
    """

    label: str
    a: str
    b: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What a comparison showed.

    Attributes:
        sentence: What the figures say; if that is not what was to be shown, it says so.
        is_as_expected: Whether B did better by the figures that were to show it.
    """

    rows: tuple[Row, ...]
    sentence: str
    is_as_expected: bool

    def __str__(self) -> str:
        lines = (f"{row.label:26}{row.a:>12}{row.b:>12}" for row in (Row("", "A", "B"), *self.rows))
        return "\n".join((*lines, self.sentence))


def conclude(comparison: Comparison, a: Outcome, b: Outcome) -> ComparisonResult:
    """Return what `a` and `b`, the outcomes of the two sides, show."""
    judge = {Measure.TIME: _by_time, Measure.LOSSES: _by_losses, Measure.RESTART: _by_restart}
    is_as_expected, words = judge[comparison.measure](a, b)
    end = comparison.because if is_as_expected else _SURPRISE
    return ComparisonResult(_rows(comparison.measure, a, b), f"{words} {end}", is_as_expected)


_SURPRISE = (
    "That is not what this comparison was to show. Run it again; a computer that is busy with other things "
    "can do this."
)


def _by_time(a: Outcome, b: Outcome) -> tuple[bool, str]:
    times = (
        f"A was done after {a.finishing_s:.1f} s, B after {b.finishing_s:.1f} s. While there was work to do, "
        f"A's workers sat idle for {a.idle_s:.1f} s together, B's for {b.idle_s:.1f} s."
    )
    if a.done_count != b.done_count:
        return False, f"{times} But A did {a.done_count} tasks, and B {b.done_count}."
    is_faster = b.finishing_s < CLEARLY * a.finishing_s and b.idle_s < a.idle_s
    return is_faster, f"{times} Both did {_tasks(a.done_count)}: a count does not tell them apart."


def _by_losses(a: Outcome, b: Outcome) -> tuple[bool, str]:
    came_back = (
        f"; {_tasks(b.redelivered_count)} came back and went to another worker" if b.redelivered_count else ""
    )
    words = f"A lost {_of(a.lost_count, a.task_count)}; B lost {_of(b.lost_count, b.task_count)}{came_back}."
    return a.lost_count > 0 == b.lost_count, words


def _by_restart(a: Outcome, b: Outcome) -> tuple[bool, str]:
    words = (
        f"After the restart {_of(a.survived_count, a.at_risk_count)} were still in A's queue, "
        f"and {_of(b.survived_count, b.at_risk_count)} in B's."
    )
    return a.survived_count == 0 < b.survived_count == b.at_risk_count, words


def _rows(measure: Measure, a: Outcome, b: Outcome) -> tuple[Row, ...]:
    rows = [
        ("Tasks done", f"{a.done_count} of {a.task_count}", f"{b.done_count} of {b.task_count}"),
        ("By each worker", _by_worker(a.done_by_worker), _by_worker(b.done_by_worker)),
        *_counts(a, b),
    ]
    match measure:
        case Measure.TIME:  # where tasks are lost, who ends first is no merit
            finished = ("Finished after", f"{a.finishing_s:.1f} s", f"{b.finishing_s:.1f} s")
            idle = ("Workers idle meanwhile", f"{a.idle_s:.1f} s", f"{b.idle_s:.1f} s")
            return _table([finished, idle], rows)
        case Measure.RESTART:
            of_a, of_b = (f"{side.survived_count} of {side.at_risk_count}" for side in (a, b))
            return _table([("There after the restart", of_a, of_b)], rows)
        case Measure.LOSSES:
            return _table([("Lost", str(a.lost_count), str(b.lost_count))], rows)


def _counts(a: Outcome, b: Outcome) -> list[tuple[str, str, str]]:
    """Return rows for what need not happen at all."""
    counts = (
        ("Redelivered", a.redelivered_count, b.redelivered_count),
        ("Done twice", a.ran_twice_count, b.ran_twice_count),
    )
    return [(label, str(of_a), str(of_b)) for label, of_a, of_b in counts if of_a or of_b]


def _table(deciding: list[tuple[str, str, str]], rows: list[tuple[str, str, str]]) -> tuple[Row, ...]:
    return (*(Row(*row, decides=True) for row in deciding), *(Row(*row) for row in rows))


def _by_worker(counts: tuple[int, ...]) -> str:
    return " + ".join(map(str, counts)) if counts else NOTHING


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _of(part: int, whole: int) -> str:
    if part == 0:
        return f"none of {_tasks(whole)}"
    return f"all {_tasks(whole)}" if part == whole and whole > 1 else f"{part} of {_tasks(whole)}"
