"""The timeline: what is seen of a story, and what can be done with it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest

from tests.bench.stream import NS_PER_S, Stream
from tests.core.projections.test_timeline import fold
from tests.core.story import MS, QUEUE, W1, W2, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.clock import ManualClock
from workq_gui.core.playhead import Playhead
from workq_gui.core.session import Session
from workq_gui.ui.theme import DARK, THEMES, kind_colour, set_zoom
from workq_gui.ui.timeline_painter import paint_timeline
from workq_gui.ui.timeline_scale import TimelineScale, tick_words
from workq_gui.ui.timeline_view import TimelineView

SIZE = (1050, 220)
TEXT = "Resize <b>photos</b>.."


class Scene:
    """A timeline of a story, at a moment of it."""

    def __init__(self, qtbot, session: Session, at_ns: int, size=SIZE, theme=DARK) -> None:
        self.session = session
        self.view = TimelineView()
        qtbot.addWidget(self.view)
        self.view.set_theme(theme)
        self.view.resize(*size)
        session.clock.advance(at_ns)
        self.playhead = Playhead(session)
        self.view.show()
        self.display()

    @property
    def scale(self) -> TimelineScale:
        return self.view._viewport.scale

    def display(self) -> None:
        self.view.display(self.playhead, self.session)
        while self.view.catching_up:
            self.view.display(self.playhead, self.session)
            self.view.grab()

    def advance(self, ns: int) -> None:
        self.session.clock.advance(ns)
        self.display()

    def point(self, at_ns: int, place: int = 0) -> QPointF:
        return QPointF(self.scale.x_of(at_ns), self.view.layout_now().row_middle(place))

    def click(self, at_ns: int, place: int = 0, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        position = self.point(at_ns, place).toPoint()
        QTest.mouseClick(self.view, Qt.MouseButton.LeftButton, modifiers, position)

    def wheel(self, x: float, notches: int, modifiers=Qt.KeyboardModifier.NoModifier) -> QWheelEvent:
        position = QPointF(x, 50)
        event = QWheelEvent(
            position,
            self.view.mapToGlobal(position),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        event.setAccepted(True)
        self.view.wheelEvent(event)
        self.display()
        return event

    def drag(self, pixels: int) -> None:
        start = QPoint(500, 60)
        QTest.mousePress(self.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        for x in (start.x() + pixels // 2, start.x() + pixels):
            position = QPointF(x, 60)
            moved = QMouseEvent(
                QEvent.Type.MouseMove,
                position,
                self.view.mapToGlobal(position),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
            self.view.mouseMoveEvent(moved)
        end = QPoint(start.x() + pixels, 60)
        QTest.mouseRelease(self.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
        self.display()

    def picture(self) -> QImage:
        picture = self.view.grab()
        while self.view.catching_up:  # more than one frame's budget
            picture = self.view.grab()
        return picture.toImage()

    def colour(self, at_ns: int, place: int = 0) -> QColor:
        return self.picture().pixelColor(self.point(at_ns, place).toPoint())


def story() -> Session:
    """Worker 1 does a task and crashes with the next one, which worker 2 then does."""
    return session_of(
        [make(kind, worker_id=name) for name in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)],
        published(T, TEXT),
        published(U, "Report..."),
        delivered(T, W1, S, text=TEXT, work_s=2.0),
        done(T, W1, 3 * S),
        delivered(U, W1, 4 * S, text="Report...", work_s=3.0),
        make(e.WorkerCrashed, 6 * S, worker_id=W1),
        delivered(U, W2, 7 * S, text="Report...", work_s=3.0, redelivered=True),
    )


def largest_difference(picture: QImage, other: QImage) -> int:
    """Return by how much the most different byte differs."""
    pairs = zip(bytes(picture.constBits()), bytes(other.constBits()), strict=True)
    return max(abs(one - another) for one, another in pairs)


@pytest.fixture
def scene(qtbot):
    return Scene(qtbot, story(), 8 * S)


def test_a_bar_has_the_colour_of_its_task(scene):
    assert scene.colour(2 * S) == kind_colour(TEXT)
    assert scene.colour(3500 * MS) == DARK.colour("panel")


def test_the_work_that_goes_on_grows_with_the_time(scene):
    at_ns = 8500 * MS
    assert scene.colour(at_ns, 1) == DARK.colour("panel")
    scene.advance(S)
    assert scene.colour(at_ns, 1) == kind_colour("...")


def test_a_click_asks_for_the_moment_that_is_there(scene, qtbot):
    with qtbot.waitSignal(scene.view.seek_requested) as asked:
        scene.click(2 * S)
    assert asked.args[0] == pytest.approx(2 * S, abs=scene.scale.ns_per_px)


def test_nobody_can_ask_for_a_moment_that_has_not_come(scene, qtbot):
    with qtbot.waitSignal(scene.view.seek_requested) as asked:
        scene.click(20 * S)
    assert asked.args[0] == 8 * S


def test_a_drag_along_the_axis_walks_through_the_time(scene, qtbot):
    asked = []
    scene.view.seek_requested.connect(asked.append)
    position = QPoint(round(scene.scale.x_of(3 * S)), scene.view.height() - 8)
    QTest.mousePress(scene.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, position)
    assert asked == [pytest.approx(3 * S, abs=scene.scale.ns_per_px)]


def test_alt_and_a_click_ask_for_the_life_of_the_task(scene, qtbot):
    with qtbot.waitSignal(scene.view.task_requested) as asked:
        scene.click(2 * S, modifiers=Qt.KeyboardModifier.AltModifier)
    assert asked.args == [T]


def test_the_menu_of_a_bar_offers_the_life_of_its_task(scene, qtbot):
    menu, beside = scene.view.menu_at(scene.point(2 * S)), scene.view.menu_at(scene.point(3500 * MS))
    life = next(action for action in menu.actions() if action.objectName() == "life")
    with qtbot.waitSignal(scene.view.task_requested) as asked:
        life.trigger()
    assert asked.args == [T]
    assert "life" not in [action.objectName() for action in beside.actions()]


def test_a_click_on_a_name_asks_for_the_worker(scene, qtbot):
    with qtbot.waitSignal(scene.view.worker_requested) as asked:
        position = QPoint(20, round(scene.view.layout_now().row_middle(1)))
        QTest.mouseClick(scene.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, position)
    assert asked.args == [W2]


def test_the_wheel_zooms_where_the_mouse_is(scene):
    x = scene.scale.x_of(3 * S)
    before = scene.scale.ns_per_px
    scene.wheel(x, 2)
    assert scene.scale.ns_per_px == pytest.approx(before / 1.25**2)
    assert scene.scale.ns_at(x) == pytest.approx(3 * S, abs=scene.scale.ns_per_px)


def test_the_wheel_with_ctrl_is_left_to_the_window(scene):
    before = scene.scale
    event = scene.wheel(400, 1, Qt.KeyboardModifier.ControlModifier)
    assert not event.isAccepted()
    assert scene.scale == before


@pytest.mark.parametrize(
    ("key", "factor"), [(Qt.Key.Key_Plus, 1.5), (Qt.Key.Key_Minus, 1 / 1.5)], ids=["plus", "minus"]
)
def test_keys_zoom_where_the_playhead_is(scene, key, factor):
    x, before = scene.scale.x_of(8 * S), scene.scale.ns_per_px
    QTest.keyClick(scene.view, key)
    assert scene.scale.ns_per_px == pytest.approx(before / factor)
    assert scene.scale.x_of(8 * S) == pytest.approx(x)


def test_the_timeline_keeps_its_own_keys_from_the_windows_shortcuts(scene):
    for key, is_kept in ((Qt.Key.Key_Left, True), (Qt.Key.Key_Space, False), (Qt.Key.Key_End, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        scene.view.event(event)
        assert event.isAccepted() is is_kept


def test_it_goes_along_with_now(scene):
    scene.advance(100 * S)
    x = scene.scale.x_of(108 * S)
    assert x == pytest.approx(scene.scale.left + 0.8 * scene.scale.width, abs=1)


def test_who_looks_back_is_left_there_until_they_want_to_go_along_again(scene):
    scene.advance(100 * S)
    scene.drag(400)
    before = scene.scale.first_ns
    scene.advance(S)
    assert scene.scale.first_ns == before
    button = scene.view._follow_button
    assert not button.isHidden()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    scene.display()
    assert scene.scale.first_ns <= 109 * S <= scene.scale.last_ns
    assert button.isHidden()


def test_the_playhead_in_the_past_moves_nothing_while_it_is_in_view(scene):
    before = scene.scale
    scene.playhead.seek(2 * S)
    scene.display()
    assert scene.scale == before


def test_what_lies_after_the_playhead_is_pale(scene):
    bright = scene.colour(8 * S - 300 * MS, 1)
    scene.playhead.seek(5 * S)
    scene.display()
    assert scene.colour(2 * S) == kind_colour(TEXT)
    assert scene.colour(8 * S - 300 * MS, 1).lightness() < bright.lightness()


def test_a_double_click_shows_all(scene):
    scene.advance(500 * S)
    QTest.mouseDClick(scene.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(500, 60))
    assert scene.scale.first_ns == 0
    assert scene.scale.last_ns >= 508 * S


def test_hovering_tells_all_that_is_known_of_a_task(scene):
    words = scene.view.words_at(scene.point(5 * S))
    assert "“Report...”" in words
    assert "worker 1 · 3 dots of work" in words
    assert "held from 4.00 s to 6.00 s: 2.0 s" in words
    assert "the worker crashed with it; the broker put it back" in words
    assert "the same task was also with worker 2" in words
    assert "redelivered" in scene.view.words_at(scene.point(7500 * MS, 1))


def test_hovering_beside_a_crash_tells_of_it(scene):
    words = scene.view.words_at(scene.point(6 * S) + QPointF(8, 0))
    assert "crashed: 2.0 s of work lost, task kept" in words


def test_hovering_rings_the_other_deliveries_of_the_task(scene):
    before = scene.picture()
    scene.view._point_at(scene.point(5 * S))
    after = scene.picture()
    bar = scene.point(7 * S, 1).toPoint()
    near = [QPoint(bar.x() - 1, bar.y() + dy) for dy in range(-4, 5)]
    assert any(before.pixelColor(point) != after.pixelColor(point) for point in near)


def test_a_tool_tip_takes_a_task_for_text_and_not_for_markup(scene, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "workq_gui.ui.timeline_view.QToolTip.showText", lambda _, words, __: shown.append(words)
    )
    position = scene.point(2 * S).toPoint()
    scene.view._tell(position, position)
    assert "&lt;b&gt;photos" in shown[0]


def test_another_session_is_shown_from_its_beginning(scene):
    other = session_of(make(e.WorkerAdded, worker_id=e.WorkerId("somebody")))
    scene.playhead, scene.session = Playhead(other), other
    scene.display()
    assert [row.name for row in scene.view.timeline.rows.values()] == ["somebody"]
    assert scene.scale.first_ns == 0


def test_a_recording_is_shown_whole(qtbot):
    session = story()
    session.clock.advance(300 * S)
    playhead = Playhead(session)
    playhead.seek(0)
    scene = Scene(qtbot, session, 0)
    scene.playhead = playhead
    scene.view._session = None
    scene.display()
    assert scene.scale.first_ns == 0
    assert scene.scale.last_ns >= 300 * S


def test_without_workers_it_says_so_and_paints(qtbot):
    scene = Scene(qtbot, Session(ManualClock(), QUEUE), S, size=(700, 120))
    assert not scene.picture().isNull()
    assert scene.view.words_at(QPointF(300, 50)) == ""


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("size", [(1050, 220), (700, 120)])
def test_it_looks_whole_in_every_theme_and_size(qtbot, theme, size):
    scene = Scene(qtbot, story(), 8 * S, size=size, theme=theme)
    assert scene.colour(2 * S) == kind_colour(TEXT)
    x, y = size[0] - 3, 3
    assert scene.picture().pixelColor(x, y) == theme.colour("panel")


def test_zoomed_in_the_window_it_is_larger(qtbot):
    as_designed = Scene(qtbot, story(), 8 * S).view.layout_now().labels_width
    set_zoom(1.5)
    assert Scene(qtbot, story(), 8 * S).view.layout_now().labels_width > 1.3 * as_designed


def test_two_hundred_workers_fit_by_thin_rows_and_a_scroll_bar(qtbot):
    stream = Stream(200, 500, waiting=0)
    session = session_of([*stream.beginning(), *stream.until(2 * NS_PER_S)])
    scene = Scene(qtbot, session, 2 * S)
    layout = scene.view.layout_now()
    assert layout.pitch == 3
    assert not scene.view._scroll_bar.isHidden()
    last = layout.row_count - 1
    assert last not in layout.visible_rows()
    scene.view._scroll_bar.setValue(scene.view._scroll_bar.maximum())
    assert last in scene.view.layout_now().visible_rows()
    assert "worker 200" in scene.view.words_at(scene.point(S, last))
    assert scene.colour(S, last) != DARK.colour("panel")


@pytest.mark.parametrize(
    ("workers", "rate"), [(3, 6), (6, 60), (12, 300), (100, 60)], ids=["bars", "many", "dense", "thin"]
)
def test_what_is_painted_step_by_step_looks_as_what_is_painted_at_once(qtbot, workers, rate):
    stream = Stream(workers, rate, waiting=0)
    session = session_of(stream.beginning())
    scene = Scene(qtbot, session, 0)
    for _ in range(40):
        session.clock.advance(700 * MS)
        session.extend(list(stream.until(session.clock.now_ns())))
        scene.display()
        step_by_step = scene.picture()
    assert scene.scale.first_ns > 0  # it has moved along
    scene.view._cache.forget()
    scene.display()
    assert largest_difference(scene.picture(), step_by_step) <= 2  # the last digits of a bar's edge


def test_it_can_be_painted_without_a_widget(qapp):
    timeline = fold(story())
    image = QImage(800, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_timeline(painter, QRectF(0, 0, 800, 200), timeline, 0, 10 * S, DARK)
    painter.end()
    colours = {image.pixelColor(x, y).name() for x in range(0, 800, 3) for y in range(200)}
    assert {kind_colour(TEXT).name(), DARK.bad.lower()} <= colours


@pytest.mark.parametrize(
    ("at_s", "step_s", "words"),
    [
        (4.0, 2.0, "4 s"),
        (0.5, 0.5, "0.5 s"),
        (0.25, 0.05, "0.25 s"),
        (80.0, 20.0, "1:20"),
        (120.0, 60.0, "2 min"),
        (3900.0, 300.0, "1:05 h"),
        (7200.0, 3600.0, "2 h"),
    ],
)
def test_times_on_the_axis_are_round(at_s, step_s, words):
    assert tick_words(at_s, step_s) == words
