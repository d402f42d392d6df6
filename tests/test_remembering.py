"""The window, the looks, the last broker and its password: the same in the next run."""

import asyncio
import contextlib

import keyring
import pytest
import qasync
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from tests.runtime.test_password_store import InMemory
from tests.test_app import Program
from workq_gui.command_line import parse
from workq_gui.core.events import ConnectionOpened
from workq_gui.core.settings import from_url
from workq_gui.remembering import Remembering, preferences_for, with_looks
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.preferences import Preferences
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.switch import Switch
from workq_gui.ui.theme import set_zoom, zoom

TEACHER = "teacher@127.0.0.1:{}//"


@pytest.fixture
def window_of(qtbot):
    """Return a window as it is in a run that remembers in a folder."""
    set_zoom(1.0)

    def make(folder) -> tuple[MainWindow, Remembering]:
        set_zoom(1.0)
        window = MainWindow()
        qtbot.addWidget(window)
        remembering = Remembering(window, Preferences(folder))
        remembering.restore()
        window.show_work()
        window.show()
        qtbot.waitExposed(window)
        qtbot.wait(1)  # what a window does when it is idle
        return window, remembering

    yield make
    set_zoom(1.0)


def test_what_is_so_for_the_audience_only_is_not_remembered(window_of, tmp_path):
    window, remembering = window_of(tmp_path)
    window.present()
    assert zoom() > 1.0
    remembering.save()
    window.close()
    again, _ = window_of(tmp_path)
    assert zoom() == 1.0
    assert not again.isFullScreen()


@pytest.mark.parametrize("is_folded", [True, False])
def test_the_panel_below_has_its_tab_and_is_folded_as_it_was(window_of, tmp_path, qtbot, is_folded):
    window, remembering = window_of(tmp_path)
    window.look_back.choose(2)
    window.look_back.fold(is_folded)
    remembering.save()
    window.close()
    again, _ = window_of(tmp_path)
    qtbot.waitUntil(lambda: again.look_back.tab == 2)
    assert again.look_back.is_folded == is_folded


def test_a_fold_that_nobody_chose_is_left_to_the_room_there_is(window_of, tmp_path):
    window, remembering = window_of(tmp_path)
    window.resize(1024, 700)
    remembering.save()
    assert Preferences(tmp_path).word("look_back_folded", ("true", "false"), "none") == "none"


class TestLooks:
    @staticmethod
    def looks(folder, *words):
        options = parse(["--data", str(folder), *words])
        options = with_looks(options, preferences_for(options))
        return options.theme, options.reduced_motion, options.kitchen

    def test_they_are_as_last_chosen_in_the_window(self, window_of, tmp_path):
        window, remembering = window_of(tmp_path)
        window.top_bar.theme_requested.emit("light")
        window.top_bar.reduced_motion_requested.emit(True)
        window.top_bar.kitchen_requested.emit(True)
        remembering.save()
        assert self.looks(tmp_path) == ("light", True, True)

    def test_the_command_line_wins_and_is_not_remembered(self, window_of, tmp_path):
        window, remembering = window_of(tmp_path)
        window.top_bar.theme_requested.emit("light")
        remembering.save()
        assert self.looks(tmp_path, "--theme", "dark", "--kitchen") == ("dark", False, True)
        assert self.looks(tmp_path) == ("light", False, False)

    def test_an_unattended_show_looks_as_it_is_told_to_and_writes_nothing(self, window_of, tmp_path):
        window, remembering = window_of(tmp_path / "before")
        window.top_bar.theme_requested.emit("light")
        remembering.save()
        scenario = ["--scenario", "crash-and-redeliver", "--quit-when-done"]
        assert self.looks(tmp_path / "before", *scenario) == ("system", False, False)
        options = parse(["--data", str(tmp_path / "after"), *scenario])
        preferences = preferences_for(options)
        preferences.keep("theme", "light")
        preferences.save()
        assert not (tmp_path / "after").exists()


def test_files_that_were_opened_are_offered_as_recent_ones(window_of, tmp_path):
    path = tmp_path / "lesson.toml"
    path.touch()
    window, remembering = window_of(tmp_path)
    window.open_requested.emit(str(path))
    remembering.save()
    again, _ = window_of(tmp_path)
    assert again.top_bar._menu.recent_files() == [str(path)]


def test_a_file_of_the_command_line_is_a_recent_one_too(tmp_path):
    path = tmp_path / "lesson.toml"
    path.write_text('title = "T"\n[[step]]\nwait_s = 1\n')
    preferences = preferences_for(parse(["--data", str(tmp_path), str(path)]))
    assert preferences.recent_files == [str(path)]
    shipped = parse(["--data", str(tmp_path / "other"), "--scenario", "crash-and-redeliver"])
    assert preferences_for(shipped).recent_files == []


def test_the_last_broker_is_offered_where_another_one_can_be_named(window_of, tmp_path):
    window, remembering = window_of(tmp_path)
    remembering.note_broker(from_url("amqp://teacher:s3cret@broker.school/class"))
    window.close()
    again, _ = window_of(tmp_path)
    assert (
        again.broker_screen.findChild(QLineEdit, "broker").text() == "amqp://teacher@broker.school:5672/class"
    )
    actions = again.top_bar.findChild(QPushButton, "broker").menu().actions()
    offers = [action for action in actions if action.isVisible() and "broker.school" in action.text()]
    assert [action.data() for action in offers] == ["amqp://teacher@broker.school:5672/class"]


# --- the whole program ----------------------------------------------------------------------


@pytest.fixture
def teachers_broker(tmp_path):
    """A broker that lets the user teacher in; its port, and the password of that user."""
    broker = BrokerProcess(tmp_path / "school")
    broker.start()
    yield broker.open_room("127.0.0.1", 0, "teacher", "s3cret"), "s3cret"
    broker.kill()


@pytest.fixture
def system_keyring():
    before, backend = keyring.get_keyring(), InMemory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def run(qapp, tmp_path):
    """Run the program that remembers in a folder, play a story to it, and close it."""

    def run_one(words, story) -> int:
        async def both() -> int:
            program = Program(qapp, tmp_path, *words, preferences=Preferences(tmp_path))
            running = asyncio.create_task(program.app.run())
            try:
                await story(program)
            finally:
                program.app._closed.set()
                code = await asyncio.wait_for(running, 20)
            return code

        with qasync.QEventLoop(qapp) as loop:
            code = loop.run_until_complete(both())
        asyncio.set_event_loop(None)
        return code

    return run_one


async def until_working(program, port: int) -> None:
    await program.until_working_area()
    assert [e for e in program.session.history if isinstance(e, ConnectionOpened)]
    assert f"teacher@127.0.0.1:{port}" in program.window.top_bar._identity.accessibleName()


@contextlib.contextmanager
def nothing_of(folder, secret: str):
    yield
    for path in folder.rglob("*"):
        if path.is_file() and "school" not in path.parts:
            assert secret.encode() not in path.read_bytes(), path


def test_a_password_is_kept_if_that_is_wished_and_found_in_the_next_run(
    run, tmp_path, teachers_broker, system_keyring, capsys
):
    port, password = teachers_broker
    url = f"amqp://teacher@127.0.0.1:{port}"

    async def type_it(program):
        field = await program.until(lambda: program.find(QLineEdit, objectName="broker"))
        assert field.text() == url
        switch = program.find(Switch, objectName="keep_password")
        await program.until(switch.isEnabled)
        assert not switch.isChecked()
        switch.click()
        field.setText(f"amqp://teacher:{password}@127.0.0.1:{port}")
        await program.press("Connect")
        await until_working(program, port)

    async def find_it(program):
        await until_working(program, port)

    with nothing_of(tmp_path, password):
        run(["--broker", url], type_it)
        assert list(system_keyring.kept.values()) == [password]
        run(["--broker", Preferences(tmp_path).last_broker], find_it)
    assert password not in "".join(capsys.readouterr())


def test_a_password_that_is_not_to_be_kept_is_not_and_an_older_one_is_forgotten(
    run, teachers_broker, system_keyring
):
    port, password = teachers_broker
    user = TEACHER.format(port)
    system_keyring.kept["WorkQ", user] = "an older one"

    async def type_it(program):
        await program.until(lambda: program.find(QLineEdit, objectName="broker"))
        await program.type("broker", f"amqp://teacher:{password}@127.0.0.1:{port}")
        await program.press("Connect")
        await until_working(program, port)

    run(["--broker", f"amqp://teacher@127.0.0.1:{port}"], type_it)
    assert system_keyring.kept == {}


def test_where_no_password_can_be_kept_the_switch_says_why(run, teachers_broker, system_keyring):
    system_keyring.priority = 0
    port, _ = teachers_broker

    async def look(program):
        switch = await program.until(lambda: program.find(Switch, objectName="keep_password"))
        await program.until_said("This system has no keyring: the password is asked for each time.")
        assert not switch.isEnabled()

    run(["--broker", f"amqp://teacher@127.0.0.1:{port}"], look)
    assert system_keyring.kept == {}


def test_a_keyring_that_is_locked_is_told_of_and_the_password_asked_for(run, teachers_broker, system_keyring):
    system_keyring.is_locked = True
    port, password = teachers_broker

    async def type_it(program):
        await program.until(lambda: program.find(QLineEdit, objectName="broker"))
        said = [label.text() for label in program.app._window.findChildren(QLabel)]
        assert any("Failed to unlock the collection!" in text for text in said)
        await program.type("broker", f"amqp://teacher:{password}@127.0.0.1:{port}")
        await program.press("Connect")
        await until_working(program, port)

    run(["--broker", f"amqp://teacher@127.0.0.1:{port}"], type_it)
