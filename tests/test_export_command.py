"""`workq export`, as a program: no display, no broker, a recording and a file."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.exports import RECORDINGS

ROOT = Path(__file__).resolve().parent.parent
MOMENTS = RECORDINGS / "moments.jsonl"
STARTS = {
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "pdf": b"%PDF-",
    "gif": b"GIF89a",
    "csv": b"\xef\xbb\xbfmessage_id,",
    "html": b"<!DOCTYPE html>",
}

PICTURE = ("--at", 2.2, "--size", "640x400")
OPTIONS = {
    "png": PICTURE,
    "svg": (*PICTURE, "--theme", "light"),
    "pdf": PICTURE,
    "gif": ("--from", 1, "--to", 3, "--size", "640x400"),
    "csv": (),
    "html": ("--name", "Ada"),
}


def export(*words: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    without_display = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "workq_gui", "export", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**without_display, **environment},
    )


@pytest.mark.parametrize("ending", STARTS)
def test_it_makes_each_kind_of_file(tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    done = export(MOMENTS, out, *OPTIONS[ending])
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout
    assert out.read_bytes().startswith(STARTS[ending])
    assert [one.name for one in tmp_path.iterdir()] == [out.name]


def test_a_film_has_the_length_that_was_asked_for(tmp_path):
    done = export(MOMENTS, tmp_path / "film.gif", "--from", 1, "--to", 3, "--speed", 2, "--theme", "light")
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == (960, 540)
        length = 0
        for number in range(film.n_frames):
            film.seek(number)
            length += film.info["duration"]
    assert abs(length - 1_000) <= 80


def test_what_takes_longer_tells_how_far_it_is(tmp_path):
    done = export(
        MOMENTS, tmp_path / "film.gif", "--from", 1, "--to", 5, "--speed", 0.1, "--size", "1280x720"
    )
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^making \d+ %$", done.stderr, re.MULTILINE)) >= 3


def test_a_damaged_recording_is_used_as_far_as_it_can_be_read(tmp_path):
    damaged = tmp_path / "damaged.workq"
    lines = MOMENTS.read_text().splitlines(keepends=True)
    damaged.write_text("".join([*lines[:12], "?!\n", *lines[12:]]))
    done = export(damaged, tmp_path / "out.csv")
    assert done.returncode == 0
    assert "1 line" in done.stderr
    assert "Second message.." in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_what_is_no_recording_is_told_in_words(tmp_path):
    other = tmp_path / "other.workq"
    other.write_text("<html>\n")
    done = export(other, tmp_path / "out.csv")
    assert done.returncode == 3
    assert "is not a recording of WorkQ" in done.stderr


def test_a_webm_goes_through_the_ffmpeg_of_the_path(tmp_path):
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "size = len(sys.stdin.buffer.read())\nopen(sys.argv[-1], 'w').write(str(size))\n"
    )
    program.chmod(0o755)
    out = tmp_path / "film.webm"
    words = ("--from", 2, "--to", 3, "--size", "640x400")
    done = export(MOMENTS, out, *words, PATH=str(program.parent))
    assert done.returncode == 0, done.stderr
    assert out.read_text() == str(26 * 3 * 640 * 400)
    out.unlink()
    without = export(MOMENTS, out, *words, PATH=str(tmp_path))
    assert without.returncode == 1
    assert "apt install ffmpeg" in without.stderr
    assert not out.exists()


def test_interrupted_it_leaves_nothing(tmp_path):
    out = tmp_path / "film.gif"
    words = [MOMENTS, out, "--from", "1", "--to", "5", "--speed", "0.05", "--size", "1280x720"]
    command = [sys.executable, "-m", "workq_gui", "export", *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("making")
        process.send_signal(signal.SIGINT)
        said, code = process.stderr.read(), process.wait(30)
    assert code == 1
    assert "nothing is left of it" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["timeline", "chart-busy-share"])
def test_a_picture_can_be_of_something_else(tmp_path, what):
    done = export(MOMENTS, tmp_path / "out.svg", "--what", what)
    assert done.returncode == 0, done.stderr
    assert "worker 1" in (tmp_path / "out.svg").read_text()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["out.mp4"], "cannot make a file that ends in .mp4"),
        (["out.png", "--size", "big"], "big is no size"),
        (["out.gif", "--from", "5", "--to", "2"], "an end that is later"),
        (["out.png", "--at", "-1"], "-1 is no moment of a recording: give its seconds, from 0 on"),
        (["out.png", "--at", "nan"], "no moment of a recording"),
        (["out.png", "--at", "x"], "argument --at: invalid seconds: x"),
        (["out.png", "--what", "timeline", "--from", "3", "--to", "1"], "an end that is not before"),
        (["out.png", "--what", "everything"], "invalid choice"),
        (["out.png", "--name", "Ada"], "--name is for a report; out.png is to be a picture of the stage"),
        (["out.png", "--from", "2"], "--from is for a film, or a picture of the timeline"),
        (["out.png", "--what", "timeline", "--at", "2"], "--at is for a picture of the stage, or of a chart"),
        (["out.csv", "--what", "timeline"], "--what is for a picture; out.csv is to be a table"),
        (["out.gif", "--at", "2"], "out.gif is to be a film"),
        (["out.html", "--speed", "2"], "--speed is for a film; out.html is to be a report"),
        (["out.gif", "--from", "1000", "--to", "1010"], "1000 s is not in the recording: it ends at 5.1 s"),
        (["out.png", "--what", "timeline", "--from", "6"], "6 s is not in the recording"),
    ],
)
def test_a_wrong_option_is_refused_in_words(tmp_path, words, reason):
    done = export(MOMENTS, tmp_path / words[0], *words[1:])
    assert done.returncode == 2
    assert "workq export: error:" in done.stderr
    assert reason in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_moment_after_the_end_is_the_end_and_it_says_so(tmp_path):
    done = export(MOMENTS, tmp_path / "out.svg", "--at", 9999)
    assert done.returncode == 0
    assert "The recording ends at 5.1 s: that is taken for --at 9999." in done.stderr
    assert ">0:05.1<" in (tmp_path / "out.svg").read_text()
    film = export(MOMENTS, tmp_path / "out.gif", "--from", 4.6, "--to", 9999, "--size", "640x400")
    assert film.returncode == 0
    assert "that is taken for --to 9999" in film.stderr


def test_a_picture_is_of_the_moment_before_everything_was_stopped(tmp_path):
    assert export(MOMENTS, tmp_path / "out.svg").returncode == 0
    assert "The broker was stopped" not in (tmp_path / "out.svg").read_text()
    assert export(MOMENTS, tmp_path / "end.svg", "--at", 5.11).returncode == 0
    assert "The broker was stopped" in (tmp_path / "end.svg").read_text()


def test_a_folder_in_place_of_a_recording_is_named(tmp_path):
    done = export(".", tmp_path / "out.png")
    assert done.returncode == 3
    assert "workq export: . is a folder" in done.stderr


def test_a_recording_that_is_not_there_is_told_in_words(tmp_path):
    done = export(tmp_path / "none.workq", tmp_path / "out.png")
    assert done.returncode == 3
    assert "none.workq" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere/out.csv", "There is no folder"), ("a" * 300 + ".csv", "cannot be written")]
)
def test_a_file_that_cannot_be_written_is_told_in_words(tmp_path, name, words):
    done = export(MOMENTS, tmp_path / name)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_its_help_needs_no_window():
    script = (
        "import sys; sys.argv = ['workq', 'export', '--help']\n"
        "from workq_gui.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--what" in done.stdout
