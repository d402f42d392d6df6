"""The form for a file: what can be chosen together, what is refused, and what is shown of the work."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton

from workq_gui.core.export_wish import FILM, ExportWish
from workq_gui.ui.share_dialog import WHOLE, ShareDialog

S = 1_000_000_000
NO_WEBM = "There is no ffmpeg."


@pytest.fixture
def make(qtbot, tmp_path):
    def make_dialog(no_webm: str = "", first_ns: int = 0) -> ShareDialog:
        dialog = ShareDialog(12 * S, (first_ns, 20 * S), str(tmp_path), "light", no_webm)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make_dialog


def choose(dialog: ShareDialog, what: str) -> None:
    dialog._subject._actions[what].trigger()


def press(dialog: ShareDialog, words: str) -> None:
    (button,) = [b for b in dialog.findChildren(QPushButton) if b.text() == words and b.isVisible()]
    button.click()


def save(dialog: ShareDialog, qtbot) -> ExportWish:
    with qtbot.waitSignal(dialog.export_requested) as signal:
        press(dialog, "Save")
    return signal.args[0]


def answer(dialog: ShareDialog, words: str) -> None:
    box = dialog.findChild(QMessageBox)
    (button,) = [button for button in box.buttons() if button.text() == words]
    button.click()


def texts(dialog: ShareDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_what_stands_there_at_first_is_a_picture_of_what_the_window_shows(make, qtbot, tmp_path):
    wish = save(make(), qtbot)
    assert wish == ExportWish(
        str(tmp_path / "workq-stage-0m12s.png"),
        at_ns=12 * S,
        to_ns=20 * S,
        theme="light",
        width=1280,
        height=720,
    )


def test_another_format_gives_the_file_another_ending(make, qtbot):
    dialog = make()
    press(dialog, "SVG")
    assert save(dialog, qtbot).path.endswith("/workq-stage-0m12s.svg")


def test_a_film_is_of_the_seconds_before_and_says_how_long_it_is(make, qtbot):
    dialog = make()
    choose(dialog, FILM)
    assert "10 s to look at, 126 frames" in texts(dialog)
    press(dialog, "½")
    assert "20 s to look at, 251 frames" in texts(dialog)
    wish = save(dialog, qtbot)
    assert (wish.from_ns, wish.to_ns, wish.speed, wish.format) == (2 * S, 12 * S, 0.5, "gif")


def test_no_span_begins_before_what_is_kept(make, qtbot):
    dialog = make(first_ns=7 * S)
    choose(dialog, FILM)
    assert save(dialog, qtbot).from_ns == 7 * S
    dialog.show_cancelled()
    press(dialog, "whole session")
    assert save(dialog, qtbot).from_ns == 7 * S


def test_a_span_of_ones_own_is_from_a_second_to_a_second(make, qtbot):
    dialog = make()
    choose(dialog, FILM)
    press(dialog, "from – to")
    dialog._from._box.setValue(3)
    dialog._to._box.setValue(5)
    wish = save(dialog, qtbot)
    assert (wish.from_ns, wish.to_ns) == (3 * S, 5 * S)


def test_a_span_that_ends_before_it_begins_is_refused_in_words(make, qtbot):
    dialog = make()
    choose(dialog, FILM)
    press(dialog, "from – to")
    dialog._from._box.setValue(5)
    dialog._to._box.setValue(3)
    assert "an end that is later than its beginning" in texts(dialog)
    with qtbot.assertNotEmitted(dialog.export_requested):
        press(dialog, "Save")


def test_without_ffmpeg_webm_cannot_be_chosen_and_it_says_why(make):
    dialog = make(NO_WEBM)
    choose(dialog, FILM)
    (webm,) = [b for b in dialog.findChildren(QPushButton) if b.text() == "WebM"]
    assert not webm.isEnabled()
    assert NO_WEBM in texts(dialog)
    with_it = make()
    choose(with_it, FILM)
    (webm,) = [b for b in with_it.findChildren(QPushButton) if b.text() == "WebM"]
    assert webm.isEnabled()


@pytest.mark.parametrize(("what", "ending"), [("csv", "csv"), ("html", "html"), ("timeline", "png")])
def test_tables_and_reports_ask_only_what_concerns_them(make, qtbot, what, ending):
    dialog = make()
    choose(dialog, what)
    assert ("Size" in texts(dialog)) == (what == "timeline")
    assert ("Your name" in texts(dialog)) == (what == "html")
    wish = save(dialog, qtbot)
    assert wish.format == ending
    assert (wish.from_ns, wish.to_ns) == (0, 20 * S)
    assert dialog._span == WHOLE


def test_the_name_stands_in_the_wish_for_a_report(make, qtbot):
    dialog = make()
    choose(dialog, "html")
    dialog._name.setText(" Ada ")
    assert save(dialog, qtbot).name == "Ada"


def test_an_ending_that_is_not_what_was_chosen_is_refused(make, qtbot):
    dialog = make()
    dialog._file.set_path("/tmp/picture.svg")
    with qtbot.assertNotEmitted(dialog.export_requested):
        press(dialog, "Save")
    assert "has to end in .png" in texts(dialog)


def test_a_file_that_is_there_is_replaced_only_after_a_yes(make, qtbot, tmp_path):
    (tmp_path / "taken.png").touch()
    dialog = make()
    dialog._file.set_path(str(tmp_path / "taken.png"))
    with qtbot.assertNotEmitted(dialog.export_requested):
        press(dialog, "Save")
        assert "taken.png is there already. Replace it?" in texts(dialog)
        answer(dialog, "Keep it")
    with qtbot.waitSignal(dialog.export_requested) as signal:
        press(dialog, "Save")
        answer(dialog, "Replace")
    assert signal.args[0].path == str(tmp_path / "taken.png")


def test_the_file_chooser_has_asked_already_but_for_that_once(make, qtbot, tmp_path, monkeypatch):
    (tmp_path / "taken.png").touch()
    chosen = str(tmp_path / "taken.png")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    dialog = make()
    press(dialog, "Browse…")
    assert save(dialog, qtbot).path == chosen
    dialog.show_done(chosen)
    with qtbot.assertNotEmitted(dialog.export_requested):
        press(dialog, "Save")
    assert "Replace it?" in texts(dialog)


def test_a_file_chosen_without_its_ending_is_asked_for_with_it(make, qtbot, tmp_path, monkeypatch):
    (tmp_path / "taken.png").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "taken"), ""))
    dialog = make()
    press(dialog, "Browse…")
    with qtbot.assertNotEmitted(dialog.export_requested):
        press(dialog, "Save")
    assert "taken.png is there already" in texts(dialog)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("timeline", "workq-timeline.png"),
        ("chart-ready-and-unacked", "workq-ready-and-unacked.png"),
        (FILM, "workq-film.gif"),
        ("csv", "workq-tasks.csv"),
        ("html", "workq-report.html"),
    ],
)
def test_the_name_tells_what_it_is(make, tmp_path, what, name):
    dialog = make()
    choose(dialog, what)
    assert dialog._file.path == str(tmp_path / name)


def test_the_name_that_is_proposed_is_one_that_no_file_has(make, tmp_path):
    for name in ("workq-stage-0m12s.png", "workq-stage-0m12s 2.png", "workq-film.gif"):
        (tmp_path / name).touch()
    dialog = make()
    assert dialog._file.path == str(tmp_path / "workq-stage-0m12s 3.png")
    choose(dialog, FILM)
    assert dialog._file.path == str(tmp_path / "workq-film 2.gif")
    choose(dialog, "stage")
    press(dialog, "PDF")
    assert dialog._file.path == str(tmp_path / "workq-stage-0m12s.pdf")


def test_a_name_of_ones_own_stays_and_only_its_ending_follows(make, tmp_path):
    dialog = make()
    dialog._file.set_path(str(tmp_path / "mine.png"))
    choose(dialog, "csv")
    assert dialog._file.path == str(tmp_path / "mine.csv")


def test_the_dialog_has_one_size_and_its_buttons_stay_where_they_are(make, qtbot, tmp_path):
    dialog = make()

    def places() -> tuple[object, ...]:
        QApplication.processEvents()
        corner = dialog._save.mapTo(dialog, QPoint())
        return dialog.size(), corner, dialog._close.geometry().right()

    at_first = places()
    for what in ("timeline", FILM, "csv", "html", "chart-busy-share", "stage"):
        choose(dialog, what)
        assert places() == at_first
    choose(dialog, FILM)
    press(dialog, "from – to")
    assert places() == at_first
    save(dialog, qtbot)
    dialog.show_progress(0.427)
    assert "42 %" in texts(dialog)
    assert places() == at_first
    dialog.show_done(str(tmp_path / "a" / ("long " * 20 + ".png")))
    assert places() == at_first


def test_while_it_works_there_is_progress_and_a_way_out(make, qtbot):
    dialog = make()
    save(dialog, qtbot)
    dialog.show_progress(0.25)
    assert dialog._progress.isVisible()
    assert dialog._progress.value() == 250
    assert not dialog._form.isEnabled()
    with qtbot.waitSignal(dialog.cancel_requested):
        press(dialog, "Cancel")
    dialog.show_cancelled()
    assert "nothing is left" in texts(dialog)
    assert dialog._form.isEnabled()


def test_a_picture_that_is_there_can_be_copied(make, qtbot, tmp_path):
    path = tmp_path / "red.png"
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.save(str(path))
    dialog = make()
    save(dialog, qtbot)
    dialog.show_done(str(path))
    assert f"Saved: {path}" in texts(dialog)
    press(dialog, "Copy picture")
    assert QGuiApplication.clipboard().image().pixelColor(4, 4) == QColor("red")


def test_a_failure_is_told_and_another_attempt_can_be_made(make, qtbot):
    dialog = make()
    save(dialog, qtbot)
    dialog.show_failure("No space left.")
    assert "No space left." in texts(dialog)
    save(dialog, qtbot)
