"""What a timeline says in words: of a mark, and of one delivery."""

from workq_gui.core.projections.timeline_mark import Mark, MarkKind
from workq_gui.core.projections.timeline_span import BROKEN_OFF, NS_PER_S, Ending, Fate, Span
from workq_gui.core.tasks import shown_text

ENDS = {
    MarkKind.CRASHED: "crashed",
    MarkKind.STOPPED: "stopped",
    MarkKind.CONNECTION_LOST: "connection lost",
    MarkKind.CHANNEL_CLOSED: "channel closed",
}
ENDINGS = {
    Ending.OPEN: "not ended yet",
    Ending.ACKED: "done and acked",
    Ending.FINISHED: "done; no ack was due, the broker had forgotten it before",
    Ending.REJECTED: "rejected for good, un-done",
    Ending.PUT_BACK: "given back un-done (nacked, with requeue)",
    Ending.CRASHED: "the worker crashed with it",
    Ending.STOPPED: "the worker was stopped with it",
    Ending.CONNECTION_LOST: "the worker lost its connection with it",
    Ending.CHANNEL_CLOSED: "the worker lost its channel with it",
    Ending.LEFT: "the broker gave it to another worker",
}
FATES = {
    Fate.KEPT: "the broker put it back, it is kept",
    Fate.LOST: "it is lost",
    Fate.DEAD_LETTERED: "it went to the dead-letter queue",
}


def duration_words(ns: int) -> str:
    """Return a duration as people say it: "230 ms", "1.8 s", "2 min 5 s"."""
    if ns < NS_PER_S:
        return f"{ns / 1_000_000:.3g} ms"
    seconds = ns / NS_PER_S
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def mark_words(mark: Mark) -> str:
    """Return what a mark says beside it, without its sign; empty for those that need no words."""
    if mark.kind is MarkKind.FROZEN:
        return "frozen"
    if mark.kind not in ENDS:
        return ""
    parts = []
    if mark.worked_ns:
        parts.append(f"{duration_words(mark.worked_ns)} of work lost")
    elif mark.done_count:
        parts.append("before the ack")
    if mark.kept_count:
        parts.append("task kept" if mark.kept_count == 1 else f"{mark.kept_count} tasks kept")
    if mark.lost_count:
        parts.append("task lost" if mark.lost_count == 1 else f"{mark.lost_count} tasks lost")
    return f"{ENDS[mark.kind]}: {', '.join(parts)}" if parts else ENDS[mark.kind]


def moment_words(at_ns: int) -> str:
    """Return a moment of the session: "12.34 s", or "3:05.20" after the first minute."""
    seconds = at_ns / NS_PER_S
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:05.2f}"


def span_words(span: Span, name: str, at_ns: int) -> str:
    """Return all that is known of one delivery, in lines.

    Args:
        span: The delivery.
        name: What its worker is called.
        at_ns: Now, for what has not ended.
    """
    dots = span.text.count(".")
    lines = [
        f"“{shown_text(span.text)}”" if span.text else f"Task {span.task_id}",
        f"{name} · {dots} {'dot' if dots == 1 else 'dots'} of work",
    ]
    if span.redelivered:
        lines.append("↻ redelivered: somebody may have seen it before")
    end_ns = span.end_ns if span.end_ns is not None else max(at_ns, span.start_ns)
    until = moment_words(end_ns) if span.end_ns is not None else "now"
    held = duration_words(end_ns - span.start_ns)
    lines.append(f"held from {moment_words(span.start_ns)} to {until}: {held}")
    lines += _work_lines(span, at_ns)
    fate = FATES.get(span.fate, "")
    sign = "✕ " if span.ending in BROKEN_OFF or span.fate is Fate.LOST else ""
    lines.append(sign + ENDINGS[span.ending] + (f"; {fate}" if fate else ""))
    return "\n".join(lines)


def _work_lines(span: Span, at_ns: int) -> list[str]:
    if span.work_ns is None:
        return [
            "delivered ahead; the work on it " + ("has not begun" if span.end_ns is None else "never began")
        ]
    lines = []
    if span.work_ns > span.start_ns:
        lines.append(f"waited in the worker for {duration_words(span.work_ns - span.start_ns)}")
    if span.work_s > 0:
        end_ns = span.bar_end_ns if span.bar_end_ns is not None else at_ns
        lines.append(f"worked on for {duration_words(max(0, end_ns - span.work_ns))}")
    if span.finished_ns is not None and span.end_ns is None:
        lines.append("finished, and not acked")
    return lines
