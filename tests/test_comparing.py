"""Comparisons in the whole program, without a real screen."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pika
import pytest
import qasync
from PySide6.QtWidgets import QLabel, QPushButton

from tests.test_app import Program
from workq_gui.core.events import TaskDelivered

Story = Callable[[Program], Coroutine[Any, Any, None]]


@pytest.fixture
def play(qapp, tmp_path) -> Callable[..., int]:
    """Start the program with some words, play a story to it, close it, and return its exit code."""

    async def both(program: Program, story: Story) -> int:
        running = asyncio.create_task(program.app.run())
        try:
            await story(program)
        finally:
            program.app._closed.set()
            code = await asyncio.wait_for(running, 20)
        return code

    def run(words: list[str], story: Story) -> int:
        with qasync.QEventLoop(qapp) as loop:
            code = loop.run_until_complete(both(Program(qapp, tmp_path, *words), story))
        asyncio.set_event_loop(None)
        return code

    return run


def actions(program: Program):
    return program.window.top_bar.findChild(QPushButton, "compare").menu().actions()


def sides(program: Program):
    return program.app._comparing._run.sides


def said(program: Program) -> list[str]:
    return [label.text() for label in program.app._comparing._window.findChildren(QLabel)]


def queues_left(url: str, *queues: str) -> list[str]:
    """Ask the broker itself."""
    left = []
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        for queue in queues:
            channel = connection.channel()
            try:
                channel.queue_declare(queue, passive=True)
            except pika.exceptions.ChannelClosedByBroker:
                continue
            left.append(queue)
    return left


async def begin(program: Program, number: int) -> list[str]:
    """Open a comparison from the menu, wait until work is done on side B; return its queues' names."""
    await program.until_working_area()
    actions(program)[number].trigger()
    await program.until(lambda: program.app._comparing._run)
    history = sides(program)[1].session.history
    await program.until(lambda: any(isinstance(event, TaskDelivered) for event in history))
    return [side.session.queue for side in sides(program)]


def test_it_opens_from_the_menu_and_ends_with_a_table_and_leaves_nothing(play, rabbitmq, queue_name):
    async def story(program):
        queues = await begin(program, 0)
        await program.until(lambda: "✓ as expected" in said(program), 40)
        await asyncio.wait(program.app._comparing._playing)
        assert ("Lost", "3", "0") in program.app._comparing._window.table.rows()
        assert queues_left(rabbitmq.url, *queues) == []

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


def test_closed_in_the_middle_it_leaves_nothing_on_the_broker(play, rabbitmq, queue_name):
    async def story(program):
        queues = await begin(program, 0)
        assert queues_left(rabbitmq.url, *queues) == queues
        program.app._comparing._window.close()
        await asyncio.wait(program.app._comparing._playing)
        assert queues_left(rabbitmq.url, *queues) == []

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0


def test_the_program_closed_in_the_middle_leaves_nothing_on_the_broker(play, rabbitmq, queue_name):
    queues = []

    async def story(program):
        queues.extend(await begin(program, 0))

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0
    assert len(queues) == 2
    assert queues_left(rabbitmq.url, *queues) == []


def test_run_again_begins_anew_with_other_queues(play):
    async def story(program):
        first = await begin(program, 0)
        program.app._comparing._run_again()
        await program.until(lambda: sides(program)[0].session.queue not in first)
        await program.until(lambda: "✓ as expected" in said(program), 40)

    assert play([], story) == 0


def test_what_restarts_the_broker_is_only_offered_on_one_of_our_own(play, rabbitmq, queue_name):
    offered = []

    async def story(program):
        await program.until_working_area()
        offered.append([action.isEnabled() for action in actions(program)])

    assert play(["--broker", rabbitmq.url, "--queue", queue_name], story) == 0
    assert play([], story) == 0
    assert offered == [[True, False, True, False], [True] * 4]


def test_both_pictures_are_held_together_while_the_work_goes_on(play):
    async def story(program):
        await begin(program, 2)
        comparing = program.app._comparing
        comparing._window.playhead_bar.hold_requested.emit()
        pair = comparing._pair
        held_ns = pair.at_ns
        await program.until(lambda: pair.behind_count > 4)
        assert (pair.a.at_ns, pair.b.at_ns) == (held_ns, held_ns)
        comparing._window.playhead_bar.now_requested.emit()
        assert pair.is_live

    assert play([], story) == 0


def test_unattended_the_table_is_printed_and_the_exit_code_tells_that_it_ended(play, capfd):
    async def story(program):
        await program.until(program.window.isVisible)
        await program.until(lambda: not program.window.isVisible(), 40)

    assert play(["--compare", "auto-ack", "--quit-when-done"], story) == 0
    assert "A lost 3 of 6 tasks; B lost none of 6 tasks" in capfd.readouterr().out


def test_somebody_elses_broker_is_not_restarted(play, rabbitmq, queue_name, capfd):
    async def story(program):
        await program.until(program.window.isVisible)
        await program.until(lambda: not program.window.isVisible(), 40)

    words = ["--broker", rabbitmq.url, "--queue", queue_name, "--compare", "persistence", "--quit-when-done"]
    assert play(words, story) == 1
    assert "restarts the broker, and this is not WorkQ's own" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--compare", "luck"], "The comparisons that come with WorkQ: auto-ack, persistence, prefetch"),
        (["--compare", "prefetch", "--scenario", "round-robin"], "give one of them"),
    ],
)
def test_a_comparison_that_cannot_be_shown_is_told_at_once(qapp, tmp_path, capsys, words, reason):
    with pytest.raises(SystemExit) as ended:
        Program(qapp, tmp_path, *words)
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err.replace("\n", " ")
