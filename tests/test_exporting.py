"""From a wish to a file, a step at a time; and nothing half-made is left."""

import os
import re
import zlib

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QPushButton

from tests.core.story import published, session_of
from tests.exports import recorded, source
from workq_gui import exporting
from workq_gui import sharing as sharing_module
from workq_gui.core.export_wish import CHARTS, ExportError, ExportWish
from workq_gui.core.playhead import Playhead
from workq_gui.exporting import FOLLOWED, Source, export_steps
from workq_gui.sharing import Sharing
from workq_gui.ui.export_picture import PDF_DPI, POINTS_PER_INCH
from workq_gui.ui.main_window import MainWindow
from workq_gui.ui.theme import load_fonts

S = 1_000_000_000
STARTS = {
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "pdf": b"%PDF-",
    "csv": b"\xef\xbb\xbfmessage_id",
    "html": b"<!DOCTYPE",
}


@pytest.fixture(autouse=True)
def fonts(qapp):
    load_fonts()


def wish(path, **fields) -> ExportWish:
    usual = {"at_ns": 2 * S, "from_ns": S, "to_ns": 3 * S, "width": 640, "height": 400}
    return ExportWish(str(path), **{**usual, **fields})


def make(wanted: ExportWish, of: Source | None = None) -> list[float]:
    return list(export_steps(wanted, of or source()))


@pytest.mark.parametrize("ending", STARTS)
def test_each_kind_of_file_is_what_its_ending_says(tmp_path, ending):
    path = tmp_path / f"out.{ending}"
    make(wish(path))
    assert path.read_bytes().startswith(STARTS[ending])
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("what", ["timeline", *CHARTS])
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_timeline_and_charts_are_pictures_too(tmp_path, what, ending):
    path = tmp_path / f"out.{ending}"
    make(wish(path, what=what))
    if ending == "svg":
        assert "<text" in path.read_text()
    else:
        with Image.open(path) as image:
            assert image.width == 640
            assert len(image.convert("RGB").getcolors(1_000_000)) > 5


@pytest.mark.parametrize("what", ["chart-ready-and-unacked", "chart-waiting-time"])
def test_lines_and_dashes_of_a_chart_are_as_wide_in_a_pdf_as_on_the_screen(tmp_path, what):
    make(wish(tmp_path / "out.pdf", what=what))
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", (tmp_path / "out.pdf").read_bytes(), re.DOTALL)
    page = b"".join(zlib.decompress(stream) for stream in streams if stream.startswith(b"\x78"))
    pens = re.findall(rb"([\d.]+) w 0 J[^\[]*\[([^\]]*)\]", page)  # only lines of charts have flat ends
    points = PDF_DPI / POINTS_PER_INCH
    assert {round(float(width) / points, 1) for width, _ in pens} >= {1.0, 1.6}
    dashes = [float(dash.split()[0]) / points for _, dash in pens if dash.strip()]
    assert dashes
    assert min(dashes) > 1


def test_a_film_tells_how_far_it_is(tmp_path):
    steps = make(wish(tmp_path / "out.gif"))
    assert steps == sorted(steps)
    assert len(steps) == 26
    with Image.open(tmp_path / "out.gif") as film:
        assert film.is_animated


def test_cancelled_in_the_middle_nothing_is_left_and_the_old_file_is_as_it_was(tmp_path):
    path = tmp_path / "out.gif"
    path.write_text("the old one")
    steps = export_steps(wish(path), source())
    for _ in range(5):
        next(steps)
    assert len(list(tmp_path.iterdir())) == 2
    steps.close()
    assert [one.name for one in tmp_path.iterdir()] == ["out.gif"]
    assert path.read_text() == "the old one"


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path):
    with pytest.raises(ExportError, match=r"There is no folder .*nowhere. Choose another one."):
        make(wish(tmp_path / "nowhere" / "out.png"))


def test_a_folder_in_place_of_the_file_is_told_and_nothing_is_left(tmp_path):
    (tmp_path / "out.png").mkdir()
    with pytest.raises(ExportError, match="cannot be written"):
        make(wish(tmp_path / "out.png"))
    assert os.listdir(tmp_path) == ["out.png"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a" * 300 + ".csv", "cannot be written: File name too long"),
        ("file/out.csv", "cannot be written: Not a directory"),
        ("a\0b.csv", "no file can have this name"),
        ("a\ud800b.csv", "no file can have this name"),
    ],
)
def test_a_name_that_no_file_can_have_is_told_in_words(tmp_path, name, words):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError, match=words):
        make(wish(tmp_path / name))
    assert os.listdir(tmp_path) == ["file"]


def test_a_name_that_is_as_long_as_a_name_may_be_is_taken(tmp_path):
    make(wish(tmp_path / ("a" * 251 + ".csv")))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("ending", ["csv", "html"])
def test_the_table_of_many_tasks_is_made_a_slice_at_a_time_and_tells_how_far_it_is(tmp_path, ending):
    plenty = [event for number in range(10_000) for event in published(f"t-{number}", at_ns=number)]
    steps = make(wish(tmp_path / f"out.{ending}"), Source(session_of(plenty), "many"))
    assert steps == sorted(steps)
    assert len([step for step in steps if FOLLOWED <= step < 1.0]) >= 4
    assert steps[-1] <= 1.0


def test_a_table_that_is_too_long_for_the_report_is_not_made_to_its_end(tmp_path, monkeypatch):
    plenty = Source(session_of(*(published(f"t-{number}", at_ns=number) for number in range(10_000))), "many")
    whole = make(wish(tmp_path / "out.html"), plenty)
    monkeypatch.setattr(exporting, "LONGEST_TABLE_BYTES", 1_000)
    assert len(whole) - len(make(wish(tmp_path / "out.html"), plenty)) == 4
    assert "too much for this page" in (tmp_path / "out.html").read_text()


def test_the_report_has_both_pictures_for_light_and_dark_and_shows_the_crash(tmp_path):
    make(wish(tmp_path / "out.html", name="Ada"))
    page = (tmp_path / "out.html").read_text()
    assert page.count("<svg") == 4
    assert "the last crash" in page
    assert "Name: Ada" in page
    assert "<?xml" not in page


# --- in the window ------------------------------------------------------------------------------


@pytest.fixture
def sharing(qtbot, tmp_path):
    window = MainWindow()
    qtbot.addWidget(window)
    session = recorded()
    playhead = Playhead(session)
    playhead.seek(2 * S)
    sharing = Sharing(window, session, playhead, "A lesson")
    sharing._folder = str(tmp_path)
    sharing.open()
    yield sharing
    sharing.close()


def said(sharing) -> str:
    return "\n".join(label.text() for label in sharing._dialog.findChildren(QLabel) if label.isVisible())


def press(sharing, name: str) -> None:
    sharing._dialog.findChild(QPushButton, name).click()


def test_the_window_makes_what_the_dialog_asks_for(sharing, qtbot, tmp_path):
    press(sharing, "save")
    qtbot.waitUntil(lambda: "✓ Saved" in said(sharing), timeout=20_000)
    with Image.open(tmp_path / "workq-stage-0m02s.png") as image:
        assert image.size == (1280, 720)


def test_files_go_where_the_last_one_went_or_to_a_folder_that_there_is(sharing, tmp_path, monkeypatch):
    sharing.close()
    monkeypatch.setenv("HOME", str(tmp_path))  # which has no Documents
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    sharing._folder = str(tmp_path / "removed")
    sharing._forget_dialog()
    sharing.open()
    assert sharing._dialog._file.path == str(tmp_path / "workq-stage-0m02s.png")


def test_a_film_is_made_while_the_window_goes_on_and_cancel_ends_it(sharing, qtbot, tmp_path):
    sharing._dialog._choose("film")
    press(sharing, "save")
    qtbot.waitUntil(lambda: sharing._dialog._progress.value() > 100, timeout=20_000)
    press(sharing, "close")
    assert "nothing is left of it" in said(sharing)
    assert list(tmp_path.iterdir()) == []


def test_closing_the_dialog_ends_what_is_under_way(sharing, qtbot, tmp_path):
    sharing._dialog._choose("film")
    press(sharing, "save")
    qtbot.waitUntil(lambda: sharing._dialog._progress.value() > 100, timeout=20_000)
    sharing._dialog.close()
    assert list(tmp_path.iterdir()) == []
    sharing.open()
    assert sharing._dialog.isVisible()


def test_what_fails_is_told_in_the_dialog(sharing, qtbot, tmp_path):
    sharing._dialog._file.set_path(str(tmp_path / "nowhere" / "out.png"))
    press(sharing, "save")
    qtbot.waitUntil(lambda: "There is no folder" in said(sharing), timeout=20_000)


def test_a_bug_is_told_in_the_dialog_and_in_the_log(sharing, qtbot, monkeypatch):
    def broken(*_):
        yield 0.0
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(sharing_module, "export_steps", broken)
    with qtbot.captureExceptions() as raised:
        press(sharing, "save")
        qtbot.waitUntil(lambda: "a bug" in said(sharing), timeout=20_000)
    assert [kind for kind, *_ in raised] == [ZeroDivisionError]
    assert "Saved" not in said(sharing)
    assert not sharing._timer.isActive()
