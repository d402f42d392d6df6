import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from workq_gui.core.problems import BrokerReport, Problem
from workq_gui.core.queue_conflict import Difference, QueueConflict
from workq_gui.core.queue_settings import QueueSettings
from workq_gui.ui.broker_screen import BrokerScreen
from workq_gui.ui.switch import Switch

PROBLEM = Problem(
    "The queue is made differently.",
    "PRECONDITION_FAILED - inequivalent arg 'durable'",
    "Somebody declared it as not durable.",
    "Take another queue.",
)


def report(exists: bool = True, ready_count: int = 0, consumer_count: int = 0) -> BrokerReport:
    return BrokerReport("amqp://h:5672", "RabbitMQ 3.10.8", "task_queue", exists, ready_count, consumer_count)


@pytest.fixture
def screen(qtbot):
    widget = BrokerScreen()
    qtbot.addWidget(widget)
    widget.resize(1024, 700)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def visible_texts(screen) -> str:
    return "\n".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def visible_buttons(screen) -> list[str]:
    return [button.text() for button in screen.findChildren(QPushButton) if button.isVisible()]


def button(screen, text: str) -> QPushButton:
    return next(b for b in screen.findChildren(QPushButton) if b.isVisible() and b.text() == text)


def queue_field(screen) -> QLineEdit:
    return next(field for field in screen.findChildren(QLineEdit) if field.isVisible())


def press(screen, qtbot, text: str):
    qtbot.mouseClick(button(screen, text), Qt.MouseButton.LeftButton)


def test_progress_is_told(screen):
    screen.show_progress("Starting RabbitMQ…")
    assert visible_texts(screen) == "Starting RabbitMQ…"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (report(exists=False), "There is no queue “task_queue” yet; WorkQ makes it, durable."),
        (report(), "is there already: 0 messages wait in it, 0 consumers that are not ours take from it."),
        (report(ready_count=1), "1 message waits in it, 0 consumers"),
        (
            report(ready_count=1200, consumer_count=1),
            "1,200 messages wait in it, 1 consumer that is not ours takes",
        ),
    ],
)
def test_it_tells_what_was_found(screen, found, words):
    screen.show_question(found)
    for part in (words, "RabbitMQ 3.10.8", "amqp://h:5672"):
        assert part in visible_texts(screen)


@pytest.mark.parametrize(
    ("found", "is_warned"),
    [
        (report(exists=False), False),
        (report(), False),
        (report(ready_count=1), True),
        (report(consumer_count=1), True),
    ],
)
def test_it_warns_when_other_peoples_work_would_be_disturbed(screen, found, is_warned):
    screen.show_question(found)
    assert ("takes other people's messages" in visible_texts(screen)) is is_warned


def test_the_broker_can_be_used_with_the_queue_that_was_looked_for(screen, qtbot):
    screen.show_question(report())
    with qtbot.waitSignal(screen.use_requested) as blocker:
        press(screen, qtbot, "Use this broker")
    assert blocker.args == ["task_queue"]


def test_another_queue_can_be_taken_by_keyboard(screen, qtbot):
    screen.show_question(report(ready_count=3))
    queue_field(screen).setText("mine")
    with qtbot.waitSignal(screen.use_requested) as blocker:
        qtbot.keyClick(queue_field(screen), Qt.Key.Key_Return)
    assert blocker.args == ["mine"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "A queue needs a name."), ("amq.x", "belong to the broker"), ("x" * 256, "255 bytes")],
)
def test_an_impossible_name_is_refused_with_the_reason(screen, qtbot, name, reason):
    screen.show_question(report())
    queue_field(screen).setText(name)
    assert reason in visible_texts(screen)
    assert not button(screen, "Use this broker").isEnabled()
    with qtbot.assertNotEmitted(screen.use_requested):
        qtbot.keyClick(queue_field(screen), Qt.Key.Key_Return)
    queue_field(screen).setText("possible")
    assert reason not in visible_texts(screen)
    assert button(screen, "Use this broker").isEnabled()


def test_a_problem_is_told_with_the_brokers_words_and_the_way_out(screen):
    screen.show_problem(PROBLEM)
    for part in (PROBLEM.what, PROBLEM.broker_words, PROBLEM.meaning, PROBLEM.way_out):
        assert part in visible_texts(screen)
    assert sorted(visible_buttons(screen)) == [
        "Connect",
        "Copy details",
        "Quit",
        "Retry",
        "Use the built-in broker",
    ]


def test_a_problem_with_a_queue_offers_another_one(screen, qtbot):
    screen.show_problem(PROBLEM, queue="task_queue")
    assert queue_field(screen).text() == "task_queue"
    queue_field(screen).setText("mine")
    with qtbot.waitSignal(screen.use_requested) as blocker:
        press(screen, qtbot, "Use another queue")
    assert blocker.args == ["mine"]


def test_a_later_problem_without_a_queue_offers_no_queue(screen):
    screen.show_problem(PROBLEM, queue="task_queue")
    screen.show_problem(PROBLEM)
    assert "Use another queue" not in visible_buttons(screen)


def test_the_details_can_be_copied(screen, qtbot):
    screen.show_problem(PROBLEM)
    press(screen, qtbot, "Copy details")
    assert QGuiApplication.clipboard().text() == str(PROBLEM)


@pytest.mark.parametrize(("text", "wish"), [("Retry", "retry_requested"), ("Quit", "quit_requested")])
def test_a_problem_can_be_retried_or_left(screen, qtbot, text, wish):
    screen.show_problem(PROBLEM)
    with qtbot.waitSignal(getattr(screen, wish)):
        press(screen, qtbot, text)


def test_a_question_can_be_left(screen, qtbot):
    screen.show_question(report())
    with qtbot.waitSignal(screen.quit_requested):
        press(screen, qtbot, "Quit")


def test_the_brokers_words_are_never_taken_for_markup(screen):
    screen.show_problem(Problem("<b>what</b>", "<i>words</i>", "<u>meaning</u>", "<s>way</s>"))
    shown = [label for label in screen.findChildren(QLabel) if label.isVisible() and "<" in label.text()]
    assert len(shown) == 4
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)


@pytest.mark.parametrize("queue", ["q", None])
def test_a_long_text_is_not_cut(screen, qtbot, queue):
    screen.offer_keyring("There is none. " * 20)
    screen.show_problem(Problem("What " * 40, "words " * 100, "meaning " * 60, "way out " * 60), queue=queue)
    shown = [label for label in screen.findChildren(QLabel) if label.isVisible()]
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in shown))


def test_another_broker_can_be_named(screen, qtbot):
    screen.show_problem(PROBLEM)
    assert not button(screen, "Connect").isEnabled()
    queue_field(screen).setText("school:5672")
    assert "begins with amqp://" in visible_texts(screen)
    assert not button(screen, "Connect").isEnabled()
    queue_field(screen).setText("amqp://school:5672/class")
    with qtbot.waitSignal(screen.broker_requested) as blocker:
        press(screen, qtbot, "Connect")
    assert blocker.args == ["amqp://school:5672/class"]


def test_the_address_is_there_for_who_only_has_to_add_the_password(screen):
    screen.offer_broker("amqp://last.time")
    screen.show_problem(PROBLEM)
    assert queue_field(screen).text() == "amqp://last.time"
    screen.show_problem(PROBLEM, address="amqp://teacher@school:5672")
    assert queue_field(screen).text() == "amqp://teacher@school:5672"


def test_what_was_typed_is_not_replaced_by_an_address(screen):
    screen.show_problem(PROBLEM)
    queue_field(screen).setText("amqp://teacher:secret@school")
    screen.show_problem(PROBLEM, address="amqp://teacher@school:5672")
    assert queue_field(screen).text() == "amqp://teacher:secret@school"


def test_a_password_can_be_kept_as_soon_as_there_is_a_keyring(screen):
    screen.show_problem(PROBLEM)
    switch = screen.findChild(Switch, "keep_password")
    assert not switch.isEnabled()
    screen.offer_keyring("")
    assert not screen.keeps_password
    switch.click()
    assert screen.keeps_password


def test_without_a_keyring_it_says_why_nothing_is_kept(screen):
    screen.show_problem(PROBLEM)
    screen.offer_keyring("There is none.")
    switch = screen.findChild(Switch, "keep_password")
    switch.click()
    assert not screen.keeps_password
    assert "There is none." in visible_texts(screen)
    assert switch.accessibleDescription() == "There is none."


def test_the_built_in_broker_is_offered_instead(screen, qtbot):
    screen.show_problem(PROBLEM)
    with qtbot.waitSignal(screen.built_in_requested):
        press(screen, qtbot, "Use the built-in broker")


def test_a_queue_with_other_arguments_has_three_ways_out_and_quit(screen, qtbot):
    actual = QueueSettings(durable=False)
    screen.show_conflict(
        QueueConflict("task_queue", (Difference("durable", "true", "false"),), 3, 0, actual, "406 …")
    )
    with qtbot.waitSignal(screen.as_it_is_requested):
        press(screen, qtbot, "Use it as it is")
    with qtbot.waitSignal(screen.use_requested, check_params_cb=lambda name: name == "task_queue-2"):
        press(screen, qtbot, "Use another name")
    with qtbot.waitSignal(screen.quit_requested):
        press(screen, qtbot, "Quit")
    assert "3 messages will be lost." in visible_texts(screen)
