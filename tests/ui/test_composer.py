import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTabWidget,
    QWidget,
)

from workq_gui.core.tasks import TUTORIAL_BATCH
from workq_gui.ui.composer import ComposerPanel
from workq_gui.ui.composer_handle import TASK_MIME
from workq_gui.ui.switch import Switch
from workq_gui.ui.theme import set_zoom

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def composer(qtbot):
    panel = ComposerPanel()
    qtbot.addWidget(panel)
    panel.resize(260, 400)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    return panel


@pytest.fixture
def published(composer):
    texts = []
    composer.publish_requested.connect(lambda text, *_: texts.append(text))
    return texts


@pytest.fixture
def batches(composer):
    texts = []
    composer.batch_requested.connect(lambda text, *_: texts.append(text))
    return texts


def field(composer) -> QLineEdit:
    return composer.findChild(QLineEdit)


def edit(composer) -> QPlainTextEdit:
    return composer.findChild(QPlainTextEdit)


def tabs(composer) -> QTabWidget:
    return composer.findChild(QTabWidget)


def batch_button(composer) -> QPushButton:
    return composer.findChild(QPushButton, "publish_batch")


def queue_button(composer) -> QPushButton:
    return next(b for b in composer.findChildren(QPushButton, "queue") if b.isVisible())


def visible_texts(composer) -> list[str]:
    return [label.text() for label in composer.findChildren(QLabel) if label.isVisible()]


def press_enter(composer, qtbot):
    qtbot.keyClick(field(composer), Qt.Key.Key_Return)


def press_ctrl_enter(composer, qtbot):
    qtbot.keyClick(field(composer), Qt.Key.Key_Return, CTRL)


def press_button(composer, qtbot):
    qtbot.mouseClick(composer.findChild(QPushButton, "publish"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("press", [press_enter, press_ctrl_enter, press_button])
def test_the_task_is_published_once(composer, qtbot, published, press):
    qtbot.keyClicks(field(composer), "Resize photos...")
    press(composer, qtbot)
    assert published == ["Resize photos..."]


def test_the_next_typing_replaces_what_was_published(composer, qtbot, published):
    qtbot.keyClicks(field(composer), "one.")
    press_button(composer, qtbot)
    qtbot.keyClicks(field(composer), "two..")
    press_enter(composer, qtbot)
    assert published == ["one.", "two.."]


def test_an_empty_field_publishes_an_empty_text(composer, qtbot, published):
    press_enter(composer, qtbot)
    assert published == [""]


@pytest.mark.parametrize(
    ("text", "dot_s", "words"),
    [
        ("Third message...", 1.0, "3 dots = 3 s of work"),
        ("Third message...", 0.2, "3 dots = 0.6 s of work"),
        ("One.", 0.5, "1 dot = 0.5 s of work"),
        ("Hello World!", 1.0, "each dot = 1 s of work"),
        ("." * 1200, 1.0, "1,200 dots = 1,200 s of work"),
    ],
)
def test_it_says_how_long_the_task_will_take(composer, text, dot_s, words):
    field(composer).setText(text)
    composer.display(dot_s, ["task_queue"])
    assert words in visible_texts(composer)


def test_an_error_stays_until_the_text_changes(composer, qtbot):
    composer.show_error("The text is too long.")
    assert "✕ The text is too long." in visible_texts(composer)
    qtbot.keyClicks(field(composer), "x")
    assert "✕ The text is too long." not in visible_texts(composer)


@pytest.mark.parametrize("pasted", ["one.\ntwo..", "one.\r\ntwo..", "one.\n\ntwo..\n", "one.\u2028two.."])
def test_pasted_lines_become_a_batch(composer, qtbot, batches, pasted):
    QGuiApplication.clipboard().setText(pasted)
    field(composer).paste()
    assert tabs(composer).currentIndex() == 1
    press_on_edit(composer, qtbot)
    assert [line for line in batches[0].splitlines() if line] == ["one.", "two.."]


def test_pasted_lines_keep_what_was_typed_before_and_the_batch_that_was_written(composer, qtbot):
    edit(composer).setPlainText("mine.")
    qtbot.keyClicks(field(composer), "typed ")
    QGuiApplication.clipboard().setText("one.\ntwo..")
    field(composer).paste()
    assert edit(composer).toPlainText() == "mine.\ntyped one.\ntwo.."
    assert field(composer).text() == "typed "


def test_a_copied_line_end_does_not_make_a_batch(composer):
    QGuiApplication.clipboard().setText("one.\n")
    field(composer).paste()
    assert tabs(composer).currentIndex() == 0
    assert field(composer).text() == "one."


def test_a_text_of_more_than_a_million_bytes_is_not_cut_to_one_that_is_accepted(composer):
    field(composer).setText("x" * 1_000_005)
    assert len(field(composer).text()) > 1_000_000


def press_on_edit(composer, qtbot):
    qtbot.keyClick(edit(composer), Qt.Key.Key_Return, CTRL)


def test_the_tutorials_batch_is_ready_to_go(composer, qtbot, batches):
    tabs(composer).setCurrentIndex(1)
    assert batch_button(composer).text() == "Publish 5 tasks"
    assert "15 dots = 15 s of work" in visible_texts(composer)
    qtbot.mouseClick(batch_button(composer), Qt.MouseButton.LeftButton)
    press_on_edit(composer, qtbot)
    assert batches == [TUTORIAL_BATCH, TUTORIAL_BATCH]


@pytest.mark.parametrize(
    ("text", "words", "can_publish"),
    [
        ("a\n\nb\n", "Publish 2 tasks", True),
        ("a", "Publish 1 task", True),
        (" \n", "Publish 0 tasks", False),
    ],
)
def test_the_button_counts_the_tasks(composer, text, words, can_publish):
    edit(composer).setPlainText(text)
    assert batch_button(composer).text() == words
    assert batch_button(composer).isEnabled() is can_publish


def test_an_empty_batch_is_not_published(composer, qtbot, batches):
    tabs(composer).setCurrentIndex(1)
    edit(composer).setPlainText("\n")
    press_on_edit(composer, qtbot)
    assert not batches


def test_an_error_of_a_batch_is_shown_beside_the_batch(composer):
    tabs(composer).setCurrentIndex(1)
    composer.show_error("Line 3 is too long.")
    assert "✕ Line 3 is too long." in visible_texts(composer)
    edit(composer).setPlainText("a")
    assert "✕ Line 3 is too long." not in visible_texts(composer)


def test_every_control_is_named(composer):
    for control in (field(composer), edit(composer), composer.findChild(QPushButton, "publish")):
        assert control.accessibleName()


def field_box(composer) -> QFrame:
    return field(composer).parentWidget()


@pytest.mark.parametrize("place", ["edge", "words", "dots"])
def test_a_click_anywhere_in_the_box_lets_the_user_type(composer, qtbot, published, place):
    field(composer).setText("one......")
    QApplication.processEvents()
    composer.findChild(QPushButton, "publish").setFocus()
    box = field_box(composer)
    y = {"edge": 3, "words": box.height() - 16, "dots": box.height() - 16}[place]
    x = {"edge": 3, "words": 20, "dots": box.width() - 16}[place]
    qtbot.mouseClick(box.childAt(x, y) or box, Qt.MouseButton.LeftButton)
    assert field(composer).hasFocus()


@pytest.mark.parametrize("width", [180, 232, 400])
def test_the_words_about_the_work_are_whole_however_many_dots_are_drawn(composer, width):
    composer.setMinimumWidth(100)  # as in a splitter, which does not ask the layout
    composer.resize(width, 360)
    field(composer).setText("eight........")
    composer.display(0.5, ["task_queue"])
    QApplication.processEvents()
    words = next(label for label in composer.findChildren(QLabel) if label.text() == "8 dots = 4 s of work")
    assert words.width() >= words.minimumSizeHint().width()
    dots = composer.findChild(QWidget, "dots")
    assert field_box(composer).contentsRect().contains(dots.geometry())


def test_as_many_dots_are_drawn_as_fit(composer):
    composer.setMinimumWidth(100)
    composer.resize(180, 360)
    field(composer).setText("eight........")
    QApplication.processEvents()
    dots = composer.findChild(QWidget, "dots")
    few = dots.width()
    composer.resize(400, 360)
    QApplication.processEvents()
    assert few < dots.width() == dots.sizeHint().width()


def test_the_tabs_are_reached_by_the_keyboard(composer, qtbot):
    bar = composer.findChild(QTabBar)
    stops = []
    composer.setFocus()
    for _ in range(8):
        stops.append(composer.window().focusWidget())
        qtbot.keyClick(stops[-1], Qt.Key.Key_Tab)
    publish = composer.findChild(QPushButton, "publish")
    options = next(b for b in composer.findChildren(QPushButton, "publish_options") if b.isVisible())
    switches = [switch for switch in composer.findChildren(Switch) if switch.isVisible()]
    assert stops == [field(composer), queue_button(composer), options, *switches, publish, bar]
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert tabs(composer).currentIndex() == 1
    qtbot.keyClick(bar, Qt.Key.Key_Tab)
    assert edit(composer).hasFocus()


@pytest.mark.parametrize("index", [0, 1])
def test_the_focus_of_the_composer_is_the_text_that_is_shown(composer, index):
    tabs(composer).setCurrentIndex(index)
    composer.setFocus()
    assert (field(composer), edit(composer))[index].hasFocus()


QUEUES = ["task_queue", "images", "R&D"]


def choose(composer, text: str) -> None:
    actions = queue_button(composer).menu().actions()
    next(action for action in actions if action.text() == text).trigger()


def name_field(composer) -> QLineEdit:
    return next(e for e in composer.findChildren(QLineEdit) if e.accessibleName() == "Name of the new queue")


def errors(composer) -> list[str]:
    return [text for text in visible_texts(composer) if text.startswith("✕")]


@pytest.fixture
def wishes(composer):
    """What was asked for, with the queue."""
    heard = []
    composer.publish_requested.connect(lambda text, queue, _: heard.append(("task", text, queue)))
    composer.batch_requested.connect(lambda text, queue, _: heard.append(("batch", text, queue)))
    composer.queue_added.connect(lambda queue, _: heard.append(("queue", queue)))
    return heard


def test_before_a_queue_is_known_a_task_goes_to_the_first_one(composer, qtbot, wishes):
    press_enter(composer, qtbot)
    assert wishes == [("task", "", "")]


def checked(composer) -> list[str]:
    return [action.text() for action in queue_button(composer).menu().actions() if action.isChecked()]


def test_the_menu_marks_the_queue_that_is_chosen(composer):
    composer.display(1.0, QUEUES)
    assert checked(composer) == ["task_queue"]
    choose(composer, "images")
    assert checked(composer) == ["images"]
    composer.display(1.0, ["mails", *QUEUES])
    assert checked(composer) == ["images"]


@pytest.mark.parametrize(("chosen", "queue"), [(None, "task_queue"), ("images", "images"), ("R&&D", "R&D")])
def test_a_task_and_a_batch_go_to_the_queue_that_is_shown(composer, qtbot, wishes, chosen, queue):
    composer.display(1.0, QUEUES)
    if chosen:
        choose(composer, chosen)
    press_enter(composer, qtbot)
    tabs(composer).setCurrentIndex(1)
    press_on_edit(composer, qtbot)
    assert wishes == [("task", "", queue), ("batch", TUTORIAL_BATCH, queue)]
    assert queue_button(composer).accessibleName() == f"Queue {queue}"


def test_the_choice_stays_when_a_queue_comes_and_falls_back_when_its_queue_goes(composer, qtbot, wishes):
    composer.display(1.0, QUEUES)
    choose(composer, "images")
    composer.display(1.0, [*QUEUES, "mails"])
    press_enter(composer, qtbot)
    composer.display(1.0, ["task_queue"])
    press_enter(composer, qtbot)
    assert [wish[2] for wish in wishes] == ["images", "task_queue"]


def test_a_new_queue_is_asked_for_by_its_name_and_chosen_as_soon_as_it_is_there(composer, qtbot, wishes):
    composer.display(1.0, ["task_queue"])
    choose(composer, "New queue…")
    assert name_field(composer).hasFocus()
    qtbot.keyClicks(name_field(composer), " images ")
    qtbot.keyClick(name_field(composer), Qt.Key.Key_Return)
    assert queue_button(composer).accessibleName() == "Queue task_queue"
    composer.display(1.0, ["task_queue", "images"])
    assert queue_button(composer).accessibleName() == "Queue images"
    assert wishes == [("queue", "images")]


def test_the_name_of_a_queue_that_is_there_chooses_it(composer, qtbot, wishes):
    composer.display(1.0, QUEUES)
    choose(composer, "New queue…")
    qtbot.keyClicks(name_field(composer), "images")
    qtbot.keyClick(name_field(composer), Qt.Key.Key_Return)
    assert queue_button(composer).accessibleName() == "Queue images"
    assert not wishes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "A queue needs a name."),
        ("amq.mine", "belong to the broker itself"),
        ("ä" * 128, "at most 255 bytes"),
        ("\ud800", "cannot be sent"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words_until_it_changes(composer, qtbot, wishes, name, words):
    composer.display(1.0, ["task_queue"])
    choose(composer, "New queue…")
    name_field(composer).setText(name)
    composer._task.queue._take_name(name)  # a field cannot hold every text that may be pasted
    assert any(words in error for error in errors(composer))
    qtbot.keyClicks(name_field(composer), "x")
    assert not errors(composer)
    assert not wishes


def test_escape_leaves_the_name_and_the_focus_is_not_lost(composer, qtbot, wishes):
    composer.display(1.0, ["task_queue"])
    choose(composer, "New queue…")
    qtbot.keyClick(name_field(composer), Qt.Key.Key_Escape)
    assert queue_button(composer).hasFocus()
    qtbot.waitUntil(lambda: len(composer.findChildren(QLineEdit)) == 1)
    assert not wishes


def test_a_seventh_queue_is_refused_in_words(composer):
    composer.display(1.0, [f"queue {number}" for number in range(6)])
    choose(composer, "New queue…")
    assert errors(composer) == ["✕ There is room for 6 queues on the stage."]
    assert len(composer.findChildren(QLineEdit)) == 1


def test_a_long_name_leaves_the_width_alone_and_is_whole_in_the_tool_tip(composer):
    name = "<b>" + "x" * 200
    composer.display(1.0, [name])
    QApplication.processEvents()
    assert composer.rect().contains(queue_button(composer).geometry())
    assert queue_button(composer).width() < 260
    assert "…" in queue_button(composer).text()
    assert "x" * 200 in queue_button(composer).toolTip()
    assert "&lt;b&gt;" in queue_button(composer).toolTip()


@pytest.fixture
def drags(monkeypatch):
    """Drags that were begun; none of them is carried out, since that would wait for a real mouse."""
    begun = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: begun.append(drag))
    return begun


def pull(qtbot, handle: QWidget, way: int) -> None:
    start = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(handle, start + QPoint(way, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=start + QPoint(way, 0))


@pytest.mark.parametrize("name", ["grip", "dots"])
@pytest.mark.parametrize(("text", "carried"), [("Fünf.....", "Fünf....."), ("x.", "x.")])
def test_a_task_can_be_dragged_away(composer, qtbot, drags, published, name, text, carried):
    field(composer).setText(text)
    QApplication.processEvents()
    pull(qtbot, composer.findChild(QWidget, name), 40)
    assert [bytes(drag.mimeData().data(TASK_MIME).data()).decode() for drag in drags] == [carried]
    assert not drags[0].pixmap().isNull()
    assert not published


def test_an_empty_field_is_dragged_as_the_task_that_publish_would_send(composer, qtbot, drags):
    pull(qtbot, composer.findChild(QWidget, "grip"), 40)
    assert bytes(drags[0].mimeData().data(TASK_MIME).data()) == b"Hello World!"


def test_a_small_move_is_a_click_and_no_drag(composer, qtbot, drags):
    composer.findChild(QPushButton, "publish").setFocus()
    pull(qtbot, composer.findChild(QWidget, "grip"), 2)
    assert not drags
    assert field(composer).hasFocus()


def test_the_grip_says_what_it_is_for(composer):
    assert composer.findChild(QWidget, "grip").toolTip() == "Drag onto the stage to publish"


def test_zoom_makes_the_grip_larger(composer):
    grip = composer.findChild(QWidget, "grip")
    size = grip.sizeHint()
    try:
        set_zoom(2.0)
        assert grip.sizeHint() == 2 * size
    finally:
        set_zoom(1.0)
