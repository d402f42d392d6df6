import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSlider

from tests.core.story import W1, S, T, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.playhead import SPEEDS, Playhead
from workq_gui.ui.playhead_bar import PlayheadBar
from workq_gui.ui.style import apply_theme, prepare
from workq_gui.ui.theme import DARK, LIGHT, THEMES


@pytest.fixture
def bar(qtbot, qapp):
    prepare(qapp)
    apply_theme(qapp, DARK)
    widget = PlayheadBar()
    qtbot.addWidget(widget)
    widget.resize(736, 92)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    qapp.setStyleSheet("")


@pytest.fixture
def session():
    session = session_of(
        make(e.WorkerAdded, worker_id=W1),
        published(T, at_ns=2 * S),
        delivered(T, W1, at_ns=3 * S),
        done(T, W1, at_ns=9 * S),
    )
    session.clock.advance(20 * S)
    return session


@pytest.fixture
def playhead(session):
    return Playhead(session)


def hold(bar, words) -> QPushButton:
    return next(button for button in bar.findChildren(QPushButton) if button.accessibleName() == words)


def label(bar, name) -> QLabel:
    return bar.findChild(QLabel, name)


HOLDS = ["Hold the picture", "Hold the workers", "Hold the producer"]


def test_live_nothing_is_behind(bar, playhead):
    bar.display(playhead, False, False)
    assert label(bar, "behind").text() == "live"
    assert label(bar, "time").text() == "0:20.0"
    assert not any(hold(bar, words).isChecked() for words in HOLDS)


def test_held_it_says_how_far_behind_the_picture_is(bar, playhead, session):
    playhead.hold()
    session.clock.advance(int(12.4 * S))
    session.extend([make(e.WorkerAdded, 25 * S, worker_id="worker 2")])
    bar.display(playhead, False, False)
    assert label(bar, "behind").text() == "12.4 s behind now · 1 event to come"
    assert label(bar, "time").text() == "0:20.0"


def test_what_is_far_behind_is_told_in_minutes(bar, playhead, session):
    playhead.hold()
    session.clock.advance(134 * S)
    bar.display(playhead, False, False)
    assert label(bar, "behind").text() == "2 min 14 s behind now · 0 events to come"


@pytest.mark.parametrize("held", range(3))
def test_three_holds_are_told_apart_by_state_words_and_sign(bar, playhead, held):
    buttons = [hold(bar, words) for words in HOLDS]
    bar.display(playhead, False, False)
    free = [button.grab().toImage() for button in buttons]
    if held == 0:
        playhead.hold()
    bar.display(playhead, held == 1, held == 2)
    assert [button.isChecked() for button in buttons] == [place == held for place in range(3)]
    assert buttons[held].text() == ["Picture held", "Workers held", "Producer held"][held]
    assert [button.grab().toImage() != image for button, image in zip(buttons, free, strict=True)] == [
        place == held for place in range(3)
    ]


def test_each_hold_says_what_goes_on_meanwhile(bar):
    hints = [hold(bar, words).toolTip() for words in HOLDS]
    assert "the work goes on" in hints[0]
    assert "heartbeats" in hints[1]
    assert "not published" in hints[2]


@pytest.mark.parametrize(
    ("words", "wish"),
    [("Hold the workers", "workers_hold_requested"), ("Hold the producer", "producer_hold_requested")],
)
def test_a_hold_is_a_wish_and_looks_held_when_it_came_true(bar, playhead, qtbot, words, wish):
    bar.display(playhead, False, False)
    with qtbot.waitSignal(getattr(bar, wish)) as blocker:
        qtbot.mouseClick(hold(bar, words), Qt.MouseButton.LeftButton)
    assert blocker.args == [True]
    assert not hold(bar, words).isChecked()
    bar.display(playhead, True, True)
    with qtbot.waitSignal(getattr(bar, wish)) as blocker:
        qtbot.mouseClick(hold(bar, words), Qt.MouseButton.LeftButton)
    assert blocker.args == [False]


def test_the_picture_is_held_and_let_go_on_by_one_button(bar, playhead, qtbot):
    bar.display(playhead, False, False)
    with qtbot.waitSignal(bar.hold_requested):
        qtbot.mouseClick(hold(bar, "Hold the picture"), Qt.MouseButton.LeftButton)
    playhead.hold()
    bar.display(playhead, False, False)
    with qtbot.waitSignal(bar.play_requested):
        qtbot.mouseClick(hold(bar, "Hold the picture"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("words", "wish"),
    [("Step", "step_requested"), ("Step back", "step_back_requested"), ("Show now", "now_requested")],
)
def test_the_other_buttons_utter_wishes(bar, qtbot, words, wish):
    with qtbot.waitSignal(getattr(bar, wish)):
        qtbot.mouseClick(hold(bar, words), Qt.MouseButton.LeftButton)


def test_now_is_bright_only_when_behind(bar, playhead):
    bar.display(playhead, False, False)
    live = bar.findChild(QPushButton, "now").property("role")
    playhead.hold()
    bar.display(playhead, False, False)
    assert (live, bar.findChild(QPushButton, "now").property("role")) == ("compact", "now")


class TestTheTimeline:
    def test_goes_from_the_first_moment_to_now(self, bar, playhead):
        bar.display(playhead, False, False)
        slider = bar.findChild(QSlider)
        length = (playhead.now_ns - playhead.first_ns) // (S // 10)
        assert (slider.minimum(), slider.maximum(), slider.value()) == (0, length, length)

    def test_stands_where_the_picture_is(self, bar, playhead):
        playhead.seek(5 * S)
        bar.display(playhead, False, False)
        assert bar.findChild(QSlider).value() == (5 * S - playhead.first_ns) // (S // 10)

    def test_what_is_shown_is_not_a_wish(self, bar, playhead, qtbot):
        with qtbot.assertNotEmitted(bar.seek_requested), qtbot.assertNotEmitted(bar.now_requested):
            playhead.seek(5 * S)
            bar.display(playhead, False, False)

    def test_can_be_dragged_and_keeps_still_meanwhile(self, bar, playhead, session, qtbot):
        playhead.seek(5 * S)
        bar.display(playhead, False, False)
        slider = bar.findChild(QSlider)
        middle = slider.rect().center()
        with qtbot.waitSignal(bar.seek_requested) as blocker:
            qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
        assert abs(blocker.args[0] - 10 * S) < S
        before = slider.maximum()
        session.clock.advance(30 * S)
        bar.display(playhead, False, False)
        assert slider.maximum() == before
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle)
        bar.display(playhead, False, False)
        assert slider.maximum() > before

    @pytest.mark.parametrize("size", [(392, 114), (1200, 92)])
    def test_goes_where_it_is_clicked(self, bar, playhead, qtbot, size):
        bar.resize(*size)
        QApplication.processEvents()
        bar.display(playhead, False, False)
        slider = bar.findChild(QSlider)
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
        assert slider.value() == pytest.approx(slider.maximum() / 2, abs=3)

    def test_can_be_used_by_keyboard(self, bar, playhead, qtbot):
        playhead.seek(5 * S)
        bar.display(playhead, False, False)
        slider = bar.findChild(QSlider)
        before = slider.value()
        with qtbot.waitSignal(bar.seek_requested) as blocker:
            qtbot.keyClick(slider, Qt.Key.Key_Right)
        assert blocker.args == [playhead.first_ns + (before + 10) * (S // 10)]
        with qtbot.waitSignal(bar.seek_requested) as blocker:
            qtbot.keyClick(slider, Qt.Key.Key_Home)
        assert blocker.args == [playhead.first_ns]
        with qtbot.waitSignal(bar.now_requested):
            qtbot.keyClick(slider, Qt.Key.Key_End)


class TestTheSpeed:
    @pytest.mark.parametrize("speed", SPEEDS)
    def test_can_be_chosen(self, bar, qtbot, speed):
        menu = bar.findChild(QPushButton, "speed").menu()
        with qtbot.waitSignal(bar.speed_requested) as blocker:
            next(action for action in menu.actions() if action.data() == speed).trigger()
        assert blocker.args == [speed]

    def test_is_shown_and_ticked(self, bar, playhead):
        playhead.set_speed(0.25)
        bar.display(playhead, False, False)
        button = bar.findChild(QPushButton, "speed")
        assert button.text() == "¼× ▾"
        assert [action.data() for action in button.menu().actions() if action.isChecked()] == [0.25]

    def test_live_it_says_that_there_is_nothing_to_hurry_through(self, bar, playhead):
        bar.display(playhead, False, False)
        button = bar.findChild(QPushButton, "speed")
        assert "cannot be ahead" in button.toolTip()
        playhead.hold()
        bar.display(playhead, False, False)
        assert "cannot be ahead" not in button.toolTip()


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [380, 736, 1200])
def test_nothing_is_cut_at_any_width(bar, playhead, qapp, theme, width):
    apply_theme(qapp, theme)
    bar.set_theme(theme)
    playhead.seek(5 * S)
    bar.resize(width, bar.sizeHint().height())
    bar.display(playhead, True, True)
    QApplication.processEvents()
    bar.resize(width, bar.sizeHint().height())
    QApplication.processEvents()
    for control in [*bar.findChildren(QLabel), *bar.findChildren(QPushButton)]:
        if control.isVisible():
            assert bar.rect().contains(control.geometry())
            assert control.width() >= control.minimumSizeHint().width(), control.text()
    assert "…" not in label(bar, "behind").text()


def test_it_can_always_become_narrower_again(bar):
    wide = bar.minimumSizeHint().width()
    bar.resize(1200, 92)
    assert bar.minimumSizeHint().width() == wide <= 380


def test_nothing_moves_when_something_is_held(bar, playhead):
    bar.display(playhead, False, False)
    QApplication.processEvents()
    places = [button.geometry() for button in bar.findChildren(QPushButton)]
    playhead.hold()
    bar.display(playhead, True, True)
    QApplication.processEvents()
    assert [button.geometry() for button in bar.findChildren(QPushButton)] == places


def test_every_control_is_named_and_explained(bar):
    for control in [*bar.findChildren(QPushButton), bar.findChild(QSlider)]:
        assert control.accessibleName()
        assert control.toolTip()


def test_it_is_painted_in_the_colours_of_the_theme(bar, qapp):
    dark = bar.grab().toImage()
    apply_theme(qapp, LIGHT)
    bar.set_theme(LIGHT)
    assert bar.grab().toImage() != dark
