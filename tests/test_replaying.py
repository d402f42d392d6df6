"""The window of a recording, as a whole, without a real screen."""

import asyncio
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QLabel, QMessageBox

from workq_gui.command_line import parse
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.replaying import Replay, replay
from workq_gui.runtime.recording_loader import RecordingLoader

MOMENTS = Path(__file__).parent / "recordings" / "moments.jsonl"


async def until(predicate, timeout_s: float = 20.0):
    """Wait for what is true soon; polls, since a user's eyes get no signals."""
    async with asyncio.timeout(timeout_s):
        while not (found := predicate()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


@pytest.fixture
def play(qapp):
    """Open a recording, play a story to its window, close it, and return the exit code."""

    def run(path, story) -> int:
        async def both() -> int:
            shown = Replay(RecordingLoader(path), parse([str(path)]), qapp)
            running = asyncio.create_task(shown.run())
            try:
                await story(shown)
            finally:
                shown._closed.set()
                code = await asyncio.wait_for(running, 20)
            return code

        with qasync.QEventLoop(qapp) as loop:
            code = loop.run_until_complete(both())
        asyncio.set_event_loop(None)
        return code

    return run


def texts(window) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def message_box(qapp) -> QMessageBox | None:
    return next((box for box in qapp.topLevelWidgets() if isinstance(box, QMessageBox)), None)


def test_it_is_told_from_the_beginning_to_the_end(play):
    async def story(shown):
        playhead, window = shown._showing.playhead, shown._window
        await until(lambda: window.stage.isVisible() and not playhead.is_live)
        assert playhead.at_ns < 1_000_000_000
        playhead.set_speed(4.0)
        await until(lambda: playhead.is_live)
        views = list(playhead.state.worker_views.values())
        assert any(view.status is WorkerStatus.CRASHED for view in views)
        assert playhead.state.board.requeued_count == 1

    assert play(MOMENTS, story) == 0


def test_it_can_be_held_and_any_moment_be_shown(play):
    async def story(shown):
        playhead, window = shown._showing.playhead, shown._window
        await until(lambda: not shown._loader.is_loading)
        window.playhead_bar.seek_requested.emit(playhead.now_ns // 2)
        at_ns = playhead.at_ns
        assert playhead.is_held
        window.playhead_bar.step_requested.emit()
        await until(lambda: playhead.at_ns > at_ns)

    assert play(MOMENTS, story) == 0


def test_the_tabs_show_the_recording(play):
    async def story(shown):
        window = shown._window
        await until(lambda: not shown._loader.is_loading)
        window.playhead_bar.now_requested.emit()
        for tab in range(4):
            window.look_back.choose(tab)
            await until(lambda: not window.look_back.is_catching_up)
        await until(lambda: "1 redelivered" in texts(window))

    assert play(MOMENTS, story) == 0


def test_a_recording_that_was_cut_short_opens_as_far_as_it_goes_and_says_so(play, tmp_path, qapp):
    cut = tmp_path / "cut.workq"
    cut.write_bytes(MOMENTS.read_bytes()[:-40])

    async def story(shown):
        await until(lambda: not shown._loader.is_loading)
        box = await until(
            lambda: next((b for b in qapp.topLevelWidgets() if isinstance(b, QMessageBox)), None)
        )
        assert box.text()
        assert shown._loader.session.board.known_count > 0
        box.close()

    assert play(cut, story) == 0


def test_what_is_no_recording_is_refused_in_words(qapp, tmp_path, capsys):
    other = tmp_path / "holiday.workq"
    qapp.setQuitOnLastWindowClosed(False)
    other.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))

    async def story() -> int:
        running = asyncio.create_task(replay(parse([str(other)]), qapp))
        box = await until(
            lambda: next((b for b in qapp.topLevelWidgets() if isinstance(b, QMessageBox)), None)
        )
        assert "holiday.workq" in box.text()
        box.close()
        return await asyncio.wait_for(running, 20)

    with qasync.QEventLoop(qapp) as loop:
        assert loop.run_until_complete(story()) == 2
    asyncio.set_event_loop(None)
    assert "holiday.workq" in capsys.readouterr().err


def test_a_scenarios_file_alone_is_played(tmp_path):
    file = tmp_path / "one.toml"
    file.write_text('title = "One"\n[[step]]\nadd_workers = 1\n')
    options = parse([str(file)])
    assert (options.scenario.title, options.recording) == ("One", None)


@pytest.mark.parametrize("words", [["--record", "x.workq"], ["--scenario", "broker-restart"]])
def test_a_recording_is_not_mixed_with_what_happens_now(words, capsys):
    with pytest.raises(SystemExit):
        parse([str(MOMENTS), *words])
    assert "recording" in capsys.readouterr().err
