"""Fixtures for all tests, and the traps they all need."""

import gc
import logging
import os
import re
import threading

# Before Qt is imported: without a screen Qt aborts the whole run.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

pytest_plugins = ["tests.rabbitmq_fixture"]
FINISHED = pytest.StashKey[int]()


TESTS_PER_COLLECTION = 20


@pytest.fixture(scope="session", autouse=True)
def _garbage_is_looked_for_when_we_say():
    """As in the program (`runtime/garbage.py`): never in a thread that would destroy a widget of ours."""
    gc.disable()
    yield
    gc.enable()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item):
    """Look for garbage now and then, when a test and its fixtures are done with."""
    result = yield
    gc.disable()  # a test of the program's own collector has let it go
    item.session.stash[FINISHED] = finished = item.session.stash.get(FINISHED, 0) + 1
    if finished % TESTS_PER_COLLECTION == 0:
        gc.collect()
    return result


@pytest.fixture(autouse=True)
def _no_window_left():
    """Take away the windows and the looks that a test leaves: they slow down, and change, those after it."""
    yield
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    while (popup := app.activePopupWidget()) is not None:
        popup.close()  # Qt crashes when it outlives its parent
    for window in app.topLevelWidgets():
        window.hide()
        if window.parent() is None and type(window).__module__.startswith("workq_gui"):
            window.deleteLater()  # Qt and pyqtgraph have windows of their own
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if app.styleSheet():
        app.setStyleSheet("")
        app.setPalette(QPalette())


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture):
    """Fail a test that makes the program log a warning or an error that it did not announce."""
    yield
    marker = request.node.get_closest_marker("expects_log")
    expected = marker.args[0] if marker else None
    records = [r for when in ("setup", "call") for r in caplog.get_records(when)]
    unexpected = [
        record.getMessage()
        for record in records
        if record.levelno >= logging.WARNING
        and record.name.startswith("workq_gui")
        and not (expected and re.search(expected, record.getMessage()))
    ]
    assert not unexpected, f"unexpected log records: {unexpected}"


@pytest.fixture(autouse=True)
def _no_thread_left(monkeypatch: pytest.MonkeyPatch):
    """Fail a test that leaves a thread of ours running; says where it was started."""
    import traceback

    started: list[tuple[QThread, str]] = []
    start = QThread.start

    def remembering_start(self: QThread, *args: object) -> None:
        started.append((self, "".join(traceback.format_stack(limit=6)[:-1])))
        start(self, *args)

    monkeypatch.setattr(QThread, "start", remembering_start)
    before = set(threading.enumerate())
    yield
    left = [where for thread, where in started if _is_running(thread)]
    assert not left, "QThreads left running, started at:\n" + "\n".join(left)
    others = [t for t in set(threading.enumerate()) - before if t.is_alive() and not t.daemon and _is_ours(t)]
    assert not others, f"threads left running: {others}"


def _is_running(thread: QThread) -> bool:
    try:
        return thread.isRunning()
    except RuntimeError:  # Qt has deleted it: it had ended
        return False


def _is_ours(thread: threading.Thread) -> bool:
    # Executor threads are kept for reuse, and a QThread that ran Python code stays listed as a dummy.
    return not thread.name.startswith(("ThreadPoolExecutor", "asyncio_", "Dummy", "QThread"))
