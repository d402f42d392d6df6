"""What a session came to, on one page of HTML that needs nothing else: to hand in, to print, to keep."""

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from string import Template

from workq_gui.core.figures import fairness_words
from workq_gui.core.moment_words import moment_words
from workq_gui.core.projections.chronicle import Chronicle
from workq_gui.core.projections.foreign_lines import called
from workq_gui.core.projections.rates import Rates
from workq_gui.core.projections.task_rows import TaskRow, TaskRows
from workq_gui.core.state import State
from workq_gui.core.tasks import shown_text

MOST_LOSSES = 100
LONGEST_TABLE_BYTES = 8_000_000
"""A table of more is not put into the page: a browser would take seconds to open it."""
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a report.

    Attributes:
        light: It for paper and light screens, as the text of an SVG file made by us.
        dark: It for dark screens, likewise.
        caption: What it shows.
    """

    light: str
    dark: str
    caption: str


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in a report besides what the events tell.

    Attributes:
        name: Who hands it in; empty for a line to be filled in by hand.
        source: Which session it is, in words.
        began: When the session began, in words; empty if that is not known.
        made: When the report was made, in words.
        version: Of WorkQ.
        pictures: Its pictures, in their order.
        last_ns: When the session ended, or has come to.
        forgotten_count: How many events from before are not in it any more.
        table: All tasks as a file of CSV; empty if it is longer than LONGEST_TABLE_BYTES.
    """

    name: str
    source: str
    began: str
    made: str
    version: str
    pictures: Sequence[Picture] = ()
    last_ns: int = 0
    forgotten_count: int = 0
    table: bytes = b""


def report_page(
    template: str, report: Report, state: State, rows: TaskRows, chronicle: Chronicle, rates: Rates
) -> str:
    """Return the page.

    Args:
        template: The page with $places to fill in, `resources/report.html`.
        report: See `Report`.
        state: What all came to in the end.
        rows: All tasks.
        chronicle: What is worth a sentence.
        rates: How long it took.
    """
    all_rows = list(rows.rows.values())
    return Template(template).substitute(
        title=escape(_title(all_rows)),
        name=escape(report.name) or '<span class="blank"></span>',
        facts=_pairs(_facts(report, state)),
        note=_note(report.forgotten_count),
        figures=_pairs([*_figures(all_rows, state), *_durations(rates, report.last_ns)]),
        settings=_settings(state),
        pictures="".join(map(_figure, report.pictures)),
        losses=_losses(rows, state),
        sentences=_sentences(chronicle, rows),
        table=_table_link(report.table, len(all_rows)),
        version=escape(report.version),
    )


def _title(rows: Sequence[TaskRow]) -> str:
    count = len(rows)
    return f"What became of {count:,} tasks" if count != 1 else "What became of 1 task"


def _facts(report: Report, state: State) -> Pairs:
    return [
        ("Session", report.source),
        ("Began", report.began or "not known"),
        ("Broker", state.broker.product or "not known"),
        ("Made", f"{report.made}, by WorkQ {report.version}"),
    ]


def _figures(rows: Sequence[TaskRow], state: State) -> Pairs:
    outcomes = Counter(row.outcome for row in rows)
    causes = Counter(row.task.lost_cause for row in rows if row.outcome == "lost")
    figures = [("Tasks", f"{len(rows):,}")]
    figures += [(f"of these {outcome}", f"{count:,}") for outcome, count in outcomes.most_common()]
    figures += [(f"lost: {cause or 'refused'}", f"{count:,}") for cause, count in causes.most_common()]
    redelivered = sum(row.redelivered_count for row in rows)
    figures += [
        ("Deliveries", f"{sum(row.task.deliveries for row in rows):,}"),
        ("marked redelivered", f"{redelivered:,}"),
        ("Tasks done twice", f"{state.ledger.twice_count:,}"),
    ]
    return figures


def _durations(rates: Rates, last_ns: int) -> Pairs:
    """Return how long tasks waited and were worked on, and how fair it was: as the charts tell it."""
    figures = []
    for name, durations in (("Waiting", rates.waiting(last_ns)), ("Working", rates.working(last_ns))):
        for share, words in ((0.5, "half of the time"), (0.99, "99 of 100 times")):
            seconds = durations.percentile(share)
            if seconds is not None:
                figures.append((f"{name}, {words} (p{100 * share:.0f})", f"{seconds:.3f} s at most"))
    shares = rates.busy.until(last_ns)
    if shares:
        figures.append(("Fairness between the workers", fairness_words(shares)))
    return figures


def _settings(state: State) -> str:
    queues = [
        (
            name,
            ", ".join(
                filter(
                    None,
                    (
                        view.queue_type or "the broker's own type",
                        "durable" if view.durable else "gone with the broker",
                        f"at most {view.delivery_limit} returns" if view.delivery_limit > 0 else "",
                        f"dead letters to {view.dead_letter_to}" if view.dead_letter_to else "",
                    ),
                )
            ),
        )
        for name, view in state.queues.views.items()
    ]
    workers = [
        (
            view.title,
            f"prefetch_count {view.prefetch_count or 'without a limit'}, "
            f"{'auto-ack' if view.auto_ack else f'ack: {view.ack}'}, {view.acked_count:,} done",
        )
        for view in state.worker_views.values()
    ]
    return _pairs([*queues, *workers])


def _losses(rows: TaskRows, state: State) -> str:
    ledger = state.ledger
    lost = list(ledger.entries.values())[-MOST_LOSSES:]
    twice = list(ledger.twice.values())[-MOST_LOSSES:]
    if not lost and not twice:
        return '<p class="mute">Nothing was lost, and nothing was done twice.</p>'
    parts = []
    if lost:
        parts.append(
            _table(
                ("When", "Lost task", "Why", "Where it was"),
                [
                    (moment_words(one.at_ns), _text(rows, one.task_id), one.cause, called(one.place))
                    for one in lost
                ],
                ledger.lost_count - len(lost),
            )
        )
    if twice:
        parts.append(
            _table(
                ("When", "Task done twice", "Why", "By whom"),
                [
                    (
                        moment_words(one.at_ns),
                        _text(rows, one.task_id),
                        one.cause,
                        f"{called(one.first)}, then {called(one.second)}",
                    )
                    for one in twice
                ],
                len(ledger.twice) - len(twice),
            )
        )
    return "".join(parts)


def _text(rows: TaskRows, task_id: str) -> str:
    row = rows.rows.get(task_id)  # type: ignore[call-overload]  # a TaskId is a str
    return shown_text(row.task.text) if row is not None and row.task.text else f"Task {task_id}"


def _sentences(chronicle: Chronicle, rows: TaskRows) -> str:
    told = [(moment_words(at_ns), said) for at_ns, said in chronicle.sentences(rows)]
    return _table(("When", "What happened"), told, chronicle.rest_count)


def _table_link(table: bytes, count: int) -> str:
    if not table:
        return (
            f'<p class="mute">The table of all tasks has more than {LONGEST_TABLE_BYTES / 1e6:,.0f} MB: '
            "too much for this page. WorkQ makes it as a file of its own (Share, or workq export).</p>"
        )
    coded = base64.b64encode(table).decode()
    return (
        f'<p><a download="tasks.csv" href="data:text/csv;charset=utf-8;base64,{coded}">'
        f"The table of all {count:,} tasks</a> (CSV, in this page).</p>"
    )


def _note(forgotten_count: int) -> str:
    if not forgotten_count:
        return ""
    return (
        f'<p class="note">The first {forgotten_count:,} events are not kept any more: '
        "this tells what came after them. The recording has them all.</p>"
    )


def _figure(picture: Picture) -> str:
    looks = "".join(
        f"<div class='{look}'>{svg[svg.index('<svg') :]}</div>"
        for look, svg in (("light", picture.light), ("dark", picture.dark))
    )
    return f"<figure>{looks}<figcaption>{escape(picture.caption)}</figcaption></figure>"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in pairs
    )
    return f"<table class='pairs'>{rows}</table>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], rest_count: int) -> str:
    head = "".join(f"<th scope='col'>{escape(heading)}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    more = f"<p class='mute'>… and {rest_count:,} more.</p>" if rest_count > 0 else ""
    return f"<table class='list'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
