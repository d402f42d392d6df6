import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTabWidget

from workq_gui.core.publish_settings import PUBLISH_DEFAULTS, PublishSettings
from workq_gui.ui.composer import ComposerPanel
from workq_gui.ui.queue_dialog import QueueDialog
from workq_gui.ui.switch import Switch


@pytest.fixture
def composer(qtbot):
    panel = ComposerPanel()
    qtbot.addWidget(panel)
    panel.resize(232, 480)
    panel.display(1.0, ["task_queue", "mail"])
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    return panel


@pytest.fixture
def published(composer):
    heard = []
    composer.publish_requested.connect(lambda *args: heard.append(args))
    composer.batch_requested.connect(lambda *args: heard.append(args))
    return heard


def visible(composer, kind, name=""):
    parts = composer.findChildren(kind, name) if name else composer.findChildren(kind)
    return [part for part in parts if part.isVisible()]


def switch(composer, name: str) -> Switch:
    return next(part for part in visible(composer, Switch) if part.accessibleName() == name)


def texts(composer) -> list[str]:
    return [label.text() for label in visible(composer, QLabel)]


def publish(composer, qtbot) -> None:
    qtbot.keyClick(composer.findChild(QLineEdit), Qt.Key.Key_Return)


def choose(composer, text: str) -> None:
    button = visible(composer, QPushButton, "queue")[0]
    next(action for action in button.menu().actions() if action.text() == text).trigger()


def naming_field(composer, name: str) -> QLineEdit:
    return next(edit for edit in visible(composer, QLineEdit) if edit.accessibleName() == name)


def test_a_task_is_published_persistent_confirmed_and_mandatory_at_first(composer, qtbot, published):
    publish(composer, qtbot)
    assert published == [("", "task_queue", PUBLISH_DEFAULTS)]


@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        ("Persistent message", PublishSettings(persistent=False), "delivery_mode=1  # Transient"),
        ("Publisher confirms", PublishSettings(confirms=False), "# no channel.confirm_delivery()"),
        ("Mandatory", PublishSettings(mandatory=False), "mandatory=False"),
    ],
)
def test_a_switch_changes_how_tasks_are_published_and_shows_its_code(
    composer, qtbot, published, name, how, code
):
    assert code not in texts(composer)
    qtbot.mouseClick(switch(composer, name), Qt.MouseButton.LeftButton)
    assert code in texts(composer)
    assert switch(composer, name).accessibleDescription()  # the warning that stands below it
    publish(composer, qtbot)
    assert published == [("", "task_queue", how)]
    assert composer.how == how


def test_a_switch_is_switched_by_the_space_bar(composer, qtbot):
    qtbot.keyClick(switch(composer, "Mandatory"), Qt.Key.Key_Space)
    assert composer.how == PublishSettings(mandatory=False)


def test_a_batch_is_published_as_the_task_page_says_and_says_so_in_one_line(composer, qtbot, published):
    qtbot.mouseClick(switch(composer, "Publisher confirms"), Qt.MouseButton.LeftButton)
    composer.findChild(QTabWidget).setCurrentIndex(1)
    fold = visible(composer, QPushButton, "publish_options")[0]
    assert fold.text() == "▸ persistent · no confirms · mandatory"
    qtbot.mouseClick(visible(composer, QPushButton, "publish_batch")[0], Qt.MouseButton.LeftButton)
    assert [how for _, _, how in published] == [PublishSettings(confirms=False)]


def test_the_settings_fold_away_and_are_named(composer, qtbot):
    fold = visible(composer, QPushButton, "publish_options")[0]
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert not visible(composer, Switch)
    assert fold.accessibleDescription() == "persistent · confirms · mandatory"
    qtbot.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert len(visible(composer, Switch)) == 3


def test_a_transient_task_for_a_quorum_queue_is_stored_all_the_same_and_that_is_said(composer, qtbot):
    qtbot.mouseClick(switch(composer, "Persistent message"), Qt.MouseButton.LeftButton)
    assert "Gone when the broker restarts." in texts(composer)
    composer.display(1.0, ["task_queue", "mail"], ["task_queue"])
    assert "A quorum queue stores it all the same." in texts(composer)


def test_no_mandatory_is_worse_without_confirms(composer, qtbot):
    qtbot.mouseClick(switch(composer, "Mandatory"), Qt.MouseButton.LeftButton)
    assert "With no queue: dropped, yet confirmed." in texts(composer)
    qtbot.mouseClick(switch(composer, "Publisher confirms"), Qt.MouseButton.LeftButton)
    assert "With no queue: dropped in silence." in texts(composer)


def test_nothing_of_the_settings_is_cut_in_the_narrowest_column(composer, qtbot):
    for name in ("Persistent message", "Publisher confirms", "Mandatory"):
        qtbot.mouseClick(switch(composer, name), Qt.MouseButton.LeftButton)
    qtbot.wait(0)
    for label in (*visible(composer, QLabel, "code"), *visible(composer, QLabel, "note")):
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()


# --- another routing key --------------------------------------------------------------------


def test_a_task_can_go_to_a_name_that_no_queue_has(composer, qtbot, published):
    choose(composer, "Another routing key…")
    qtbot.keyClicks(naming_field(composer, "Routing key"), "task_quue")
    qtbot.keyClick(naming_field(composer, "Routing key"), Qt.Key.Key_Return)
    publish(composer, qtbot)
    assert published == [("", "task_quue", PUBLISH_DEFAULTS)]
    button = visible(composer, QPushButton, "queue")[0]
    assert "?" in button.text()
    assert "of no queue on the stage" in button.accessibleName()


def test_the_routing_key_of_a_queue_that_comes_is_doubtful_no_more(composer, qtbot):
    choose(composer, "Another routing key…")
    naming_field(composer, "Routing key").setText("late")
    qtbot.keyClick(naming_field(composer, "Routing key"), Qt.Key.Key_Return)
    composer.display(1.0, ["task_queue", "mail", "late"])
    assert "?" not in visible(composer, QPushButton, "queue")[0].text()


def test_choosing_a_queue_leaves_the_other_routing_key(composer, qtbot, published):
    choose(composer, "Another routing key…")
    naming_field(composer, "Routing key").setText("nobody")
    qtbot.keyClick(naming_field(composer, "Routing key"), Qt.Key.Key_Return)
    choose(composer, "mail")
    publish(composer, qtbot)
    assert [queue for _, queue, _ in published] == ["mail"]


@pytest.mark.parametrize(("key", "words"), [("", "need not be such a queue"), ("ä" * 128, "at most 255")])
def test_a_routing_key_that_cannot_be_is_refused_in_words(composer, qtbot, key, words):
    choose(composer, "Another routing key…")
    naming_field(composer, "Routing key").setText(key)
    qtbot.keyClick(naming_field(composer, "Routing key"), Qt.Key.Key_Return)
    assert any(words in text for text in texts(composer))


def test_a_new_queue_can_be_set_up_in_a_form(composer):
    heard = []
    composer.queue_added.connect(lambda name, how: heard.append((name, how)))
    choose(composer, "New queue with settings…")
    dialog = composer.findChild(QueueDialog)
    dialog.added.emit("failed", "how")
    assert heard == [("failed", "how")]
