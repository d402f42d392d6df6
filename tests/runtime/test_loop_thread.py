"""A thread that turns an asyncio loop."""

import asyncio
import threading

import pytest

from workq_gui.core.problems import Problem
from workq_gui.messaging.errors import MessagingError
from workq_gui.runtime.loop_thread import LoopThread


@pytest.fixture
def thread(qtbot):
    thread = LoopThread("test")
    thread.start()
    yield thread
    thread.stop()
    assert thread.wait(2_000), "must end although the GUI thread is blocked right here"


async def where():
    return threading.get_ident()


async def fail(error):
    raise error


def test_coroutines_run_in_the_thread(thread):
    assert thread.spawn(where()).result(2) != threading.get_ident()


def test_calls_run_in_the_thread_in_order(thread):
    heard, done = [], threading.Event()
    for number in range(3):
        thread.call(heard.append, number)
    thread.call(done.set)
    assert done.wait(2)
    assert heard == [0, 1, 2]


@pytest.mark.expects_log("a task failed in its thread")
def test_a_bug_is_logged_and_kept(thread, caplog):
    with pytest.raises(ZeroDivisionError):
        thread.spawn(fail(ZeroDivisionError())).result(2)
    assert caplog.records[0].exc_info


def test_a_users_problem_is_no_bug(thread):
    with pytest.raises(MessagingError):
        thread.spawn(fail(MessagingError(Problem("a", "b", "c", "d")))).result(2)


def test_what_runs_at_the_end_is_cancelled_and_may_clean_up(qtbot):
    thread = LoopThread("test")
    cleaned = []

    async def linger(started):
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # a clean-up that takes its time is not interrupted
            cleaned.append(True)

    started = threading.Event()
    thread.start()
    thread.spawn(linger(started))
    assert started.wait(2)
    thread.stop()
    assert thread.wait(2_000)
    assert cleaned == [True]
