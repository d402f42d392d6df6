"""The charts, as they are seen, asked with the mouse, and copied."""

import subprocess
import sys
import time
from itertools import cycle

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.chart_export import CHART_NAMES, paint_chart
from workq_gui.ui.chart_words import clock_words, duration_words, per_second, short_count
from workq_gui.ui.charts_view import ChartsView
from workq_gui.ui.theme import HIGH_CONTRAST, LIGHT, THEMES, set_zoom

END_S = 8


def story() -> Session:
    """Two tasks: one of 2 s, and one of 4 s that waited a second."""
    session = session_of(
        [make(e.WorkerStarted, worker_id=worker_id) for worker_id in (W1, W2)],
        published(T, at_ns=1 * S),
        delivered(T, W1, 1 * S + MS),
        published(U, at_ns=2 * S),
        delivered(U, W2, 3 * S),
        done(T, W1, 3 * S + MS),
        done(U, W2, 7 * S),
    )
    session.clock.advance(END_S * S)
    return session


@pytest.fixture
def make_view(qtbot):
    def shown(session: Session, playhead: Playhead | None = None) -> ChartsView:
        view = ChartsView()
        qtbot.addWidget(view)
        view.resize(1_050, 230)
        view.show()
        show(view, session, playhead)
        return view

    def show(view: ChartsView, session: Session, playhead: Playhead | None = None) -> None:
        playhead = playhead or Playhead(session)

        def is_done() -> bool:
            view.display(playhead, session)
            return not view.catching_up

        qtbot.waitUntil(is_done)

    shown.again = show
    return shown


def chart_of(view: ChartsView, title: str):
    return next(chart for chart in view.charts if chart.title == title)


def place_of(chart, x: float) -> QPoint:
    """Where `x` of the axis below is in the plot."""
    return chart.plot.mapFromScene(chart.box.mapViewToScene(QPointF(x, 1.0)))


def test_before_anything_is_published_that_is_said(make_view):
    view = make_view(Session(ManualClock(), QUEUE))
    assert view.charts == []
    assert "Nothing was published yet." in [label.text() for label in view.findChildren(type(view._words))]


def test_pyqtgraph_is_not_imported_before_a_chart_is_seen():
    program = (
        "import sys, workq_gui.ui.charts_view; sys.exit('pyqtgraph' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_all_charts_are_beside_each_other_and_say_what_they_show(make_view):
    view = make_view(story())
    assert tuple(chart.title for chart in view.charts) == CHART_NAMES
    lefts = [chart.mapTo(view, QPoint(0, 0)).x() for chart in view.charts]
    assert lefts == sorted(lefts)
    assert view.charts[-1].mapTo(view, QPoint(view.charts[-1].width(), 0)).x() <= view.width()
    assert chart_of(view, "Waiting time").words == "p50 1 ms · p99 1.0 s"
    assert chart_of(view, "Working time").words == "p50 2.0 s · p99 4.0 s"
    assert chart_of(view, "Busy share").words == "nearly equally busy"


def test_distributions_and_counts_are_of_the_moment_of_the_playhead(make_view):
    session = story()
    playhead = Playhead(session)
    playhead.seek(4 * S)
    view = make_view(session, playhead)
    assert chart_of(view, "Working time").words == "p50 2.0 s · p99 2.0 s"
    assert chart_of(view, "Ready and un-acked").words == "0 ready · 1 un-acked"
    playhead.go_to_now()
    make_view.again(view, session, playhead)
    assert chart_of(view, "Working time").words == "p50 2.0 s · p99 4.0 s"


def test_the_mouse_over_a_chart_is_told_the_figures_of_that_place(make_view, qtbot):
    view = make_view(story())
    chart = chart_of(view, "Ready and un-acked")
    qtbot.mouseMove(chart.plot.viewport(), place_of(chart, 2.7))
    qtbot.waitUntil(lambda: chart.words == "1 ready · 1 un-acked")

    places = cycle((1, 5))

    def is_usual_outside() -> bool:  # pyqtgraph passes over moves that follow each other too fast
        qtbot.mouseMove(chart.plot.viewport(), QPoint(next(places), 1))
        return chart.words == "0 ready · 0 un-acked"

    qtbot.waitUntil(is_usual_outside)


def test_the_mouse_over_a_bar_is_told_how_many_took_so_long(make_view, qtbot):
    view = make_view(story())
    chart = chart_of(view, "Working time")
    qtbot.mouseMove(chart.plot.viewport(), place_of(chart, 0.31))
    qtbot.waitUntil(lambda: chart.words.startswith("1 task from "))


def test_the_mouse_over_a_worker_is_told_its_name_and_share(make_view, qtbot):
    view = make_view(story())
    chart = chart_of(view, "Busy share")
    qtbot.mouseMove(chart, QPoint(20, 50))
    qtbot.waitUntil(lambda: chart.words == "worker 1: 25 %, 2.0 of 8.0 s")


def test_a_click_in_a_chart_over_time_seeks(make_view, qtbot):
    view = make_view(story())
    chart = chart_of(view, "Tasks per second")
    with qtbot.waitSignal(view.seek_requested) as signal:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(chart, 5.0))
    assert signal.args[0] == pytest.approx(5 * S, abs=S // 10)


def test_numbers_are_copied_as_a_table(make_view):
    view = make_view(story())
    chart_of(view, "Busy share").copy_numbers()
    rows = [row.split("\t") for row in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == ["worker", "busy seconds", "seconds there", "busy share"]
    assert rows[1] == ["worker 1", "2.000", "8.000", "0.2500"]
    chart_of(view, "Ready and un-acked").copy_numbers()
    rows = [row.split("\t") for row in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == ["seconds", "ready", "un-acked", "by broker"]
    assert ["2.5", "1", "1", ""] in rows


def test_a_picture_is_copied(make_view):
    view = make_view(story())
    chart = chart_of(view, "Tasks per second")
    chart.copy_picture()
    assert QGuiApplication.clipboard().image().size() == chart.size() * chart.devicePixelRatio()


def test_the_menu_offers_copies_and_the_way_back_from_a_zoom(make_view):
    view = make_view(story())
    menus = {chart.title: [action.text() for action in chart.make_menu().actions()] for chart in view.charts}
    assert menus["Waiting time"] == ["Copy picture", "Copy numbers"]
    assert "Show all of the time" in menus["Tasks per second"]


def test_charts_over_time_zoom_together_and_a_shows_all_again(make_view, qtbot):
    session = story()
    view = make_view(session)
    first, second = view.charts[:2]
    whole = second.box.viewRange()[0]
    first.box.scaleBy((0.5, 1.0))
    first.box.sigRangeChangedManually.emit([True, False])
    assert second.box.viewRange()[0] == pytest.approx(first.box.viewRange()[0])
    assert second.box.viewRange()[0] != pytest.approx(whole)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A)
    make_view.again(view, session)
    qtbot.waitUntil(lambda: view.display(Playhead(session), session) or second.box.viewRange()[0] == whole)
    assert first.box.viewRange()[0] == pytest.approx(whole)


def test_while_nothing_happens_nothing_is_drawn_anew(make_view, monkeypatch):
    session = story()
    view = make_view(session)
    drawn = []
    for chart in view.charts:
        monkeypatch.setattr(chart, "show_rates", lambda *_: drawn.append(1))
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        view.display(Playhead(session), session)
    assert drawn == []
    assert not view.catching_up


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_each_theme_has_its_colours(make_view, theme):
    session = story()
    view = make_view(session)
    set_zoom(1.5)
    view.set_theme(theme)
    make_view.again(view, session)
    chart = chart_of(view, "Working time")
    colours = set(_colours(chart.grab().toImage()))
    assert theme.colour("panel").name() in colours
    assert theme.colour("ink").name() in colours


def test_another_session_is_shown_from_its_beginning(make_view):
    view = make_view(story())
    other = session_of(published(T, at_ns=0))
    other.clock.advance(S)
    make_view.again(view, other)
    assert chart_of(view, "Ready and un-acked").words == "1 ready · 0 un-acked"


@pytest.mark.parametrize("name", CHART_NAMES)
def test_each_chart_can_be_painted_for_a_file(make_view, name):
    rates = make_view(story()).rates
    image = QImage(400, 240, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    paint_chart(painter, QRectF(0, 0, 400, 240), name, rates, END_S * S, LIGHT)
    painter.end()
    colours = set(_colours(image))
    assert {LIGHT.colour("panel").name(), LIGHT.colour("ink").name()} <= colours
    assert len(colours) > 10


def test_two_hundred_workers_have_a_bar_each_the_busiest_first(make_view):
    workers = [e.WorkerId(f"worker {number}") for number in range(200)]
    events = [make(e.WorkerStarted, worker_id=worker_id) for worker_id in workers]
    for number, worker_id in enumerate(workers):
        task_id = e.TaskId(f"t-{number}")
        events += [*published(task_id), delivered(task_id, worker_id, (200 - number) * MS)]
    session = session_of(events)
    session.clock.advance(S)
    view = make_view(session)
    view.set_theme(HIGH_CONTRAST)
    chart = chart_of(view, "Busy share")
    rows = chart._rows(chart.picture_box())
    assert len(rows) == 200
    assert rows[0].name == "worker 199"
    assert len(chart.numbers()) == 202


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0.00004, "<1 ms"),
        (0.0012, "1.2 ms"),
        (0.84, "840 ms"),
        (0.999, "1.0 s"),
        (4.83, "4.8 s"),
        (125, "2:05 min"),
        (7_200, "2.0 h"),
    ],
)
def test_durations_are_read_in_the_unit_that_fits(seconds, words):
    assert duration_words(seconds) == words


def test_moments_counts_and_rates_are_short():
    assert [clock_words(at) for at in (0, 12.34, 59.99, 125, 3_725)] == [
        "0 s",
        "12.3 s",
        "1:00",
        "2:05",
        "1:02:05",
    ]
    assert [short_count(count) for count in (5, 250, 1_500, 2_000_000)] == ["5", "250", "1.5k", "2M"]
    assert [per_second(rate) for rate in (0.0, 0.54, 12.3, 4_980)] == ["0", "0.5", "12", "4,980"]


def _colours(image: QImage) -> list[str]:
    return [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)]
