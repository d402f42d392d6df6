"""The form for a file of what happened: a picture, a film, the table of tasks, a report."""

from PySide6.QtCore import QDir, QFileInfo, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workq_gui.core.export_wish import (
    CHARTS,
    FILM,
    FILMS,
    NS_PER_S,
    PICTURES,
    REPORT,
    STAGE,
    TABLE,
    TIMELINE,
    ExportError,
    ExportWish,
    file_stem,
)
from workq_gui.core.moment_words import moment_words
from workq_gui.ui.boxes import ask
from workq_gui.ui.composer_parts import error_label, show_error
from workq_gui.ui.file_row import FileRow
from workq_gui.ui.form import Choice, Segments, SettingRow, Stepper, highest_on
from workq_gui.ui.style import set_role
from workq_gui.ui.theme import THEMES, zoomed

WIDTH = 620
STATUS_HEIGHT = 58
"""Room for three lines of what became of it: the buttons do not move for them."""
SIZES = {(960, 540): "960 × 540", (1280, 720): "1280 × 720", (1920, 1080): "1920 × 1080"}
SPEEDS = {0.25: "¼", 0.5: "½", 1.0: "1", 2.0: "2", 4.0: "4"}
LATEST_NS = 10_000_000_000
WHOLE, LATEST, CHOSEN = "whole", "latest", "chosen"
THOUSANDTHS = 1_000


class ShareDialog(QDialog):
    """Asks which file is wanted, and shows how far it is. GUI thread.

    Args:
        at_ns: The moment that the window shows.
        span: The earliest moment that there is, and the latest.
        folder: Where files go unless the user says otherwise.
        theme: The name of the window's theme.
        no_webm: Why there can be no WebM film; empty if there can.

    Signals:
        export_requested: The user wants a file; carries an ExportWish that can be fulfilled.
        cancel_requested: The user does not want it any more.
    """

    export_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(
        self,
        at_ns: int,
        span: tuple[int, int],
        folder: str,
        theme: str,
        no_webm: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Share"))
        self._at_ns, self._no_webm = at_ns, no_webm
        self._first_ns, self._last_ns = span
        self._what, self._format, self._span = STAGE, "png", WHOLE
        self._size, self._speed, self._theme = (1280, 720), 1.0, theme
        self._is_working = False
        self._made = ""
        self._make_choices()
        self._make_spans()
        self._file = FileRow(folder)
        self._file.changed.connect(self._forget_result)
        self._make_ends()
        self._lay_out()
        self.setMinimumWidth(zoomed(WIDTH))
        self._choose(STAGE)
        self._subject.setFocus()

    # --- what the program tells ---------------------------------------------------------------

    def show_progress(self, done: float) -> None:
        """Show how far the file is, 0.0 to 1.0."""
        self._progress.setValue(round(THOUSANDTHS * done))
        self._percent.setText(f"{int(100 * done)} %")

    def show_done(self, path: str) -> None:
        """Say that the file is there."""
        self._made = path
        self._open.show()
        self._copy.setVisible(path.endswith(".png"))
        self._say(self.tr("✓ Saved: {}").format(QDir.toNativeSeparators(path)))

    def show_failure(self, reason: str) -> None:
        """Say why there is no file."""
        self._set_working(False)
        show_error(self._error, reason)
        self._grow()

    def show_cancelled(self) -> None:
        """Say that nothing is left."""
        self._say(self.tr("Cancelled: nothing is left of it."))

    def _say(self, words: str) -> None:
        self._set_working(False)
        self._said.setText(words)
        self._said.show()
        self._grow()

    # --- the controls -------------------------------------------------------------------------

    def _make_choices(self) -> None:
        self._subject = Choice(
            {
                STAGE: self.tr("Picture of the stage at {}").format(moment_words(self._at_ns)),
                TIMELINE: self.tr("Picture of the timeline"),
                **{word: self.tr("Chart: {}").format(name) for word, name in CHARTS.items()},
                FILM: self.tr("Film of the stage"),
                TABLE: self.tr("Table of all tasks"),
                REPORT: self.tr("Report, to hand in or to print"),
            }
        )
        self._subject.chosen.connect(self._choose)
        self._subject_row = SettingRow(self.tr("What"), self._subject)
        self._picture_format = Segments({one: one.upper() for one in PICTURES})
        self._film_format = Segments({"gif": "GIF", "webm": "WebM"})
        self._picture_row = SettingRow(
            self.tr("Format"), self._picture_format, self.tr("SVG and PDF stay sharp however large they are.")
        )
        self._film_row = SettingRow(
            self.tr("Format"), self._film_format, self.tr("A GIF plays everywhere; a WebM is smoother.")
        )
        for segments in (self._picture_format, self._film_format):
            segments.chosen.connect(self._choose_format)
        if self._no_webm:
            button = self._film_format.findChildren(QPushButton)[-1]
            button.setEnabled(False)
        self._film_row.display("", self._no_webm)
        self._sizes = Segments(SIZES)
        self._sizes.set_value(self._size)
        self._sizes.chosen.connect(lambda size: setattr(self, "_size", size))
        self._size_row = SettingRow(self.tr("Size"), self._sizes)
        self._themes = Segments({name: name for name in THEMES})
        self._themes.set_value(self._theme)
        self._themes.chosen.connect(lambda name: setattr(self, "_theme", name))
        self._theme_row = SettingRow(self.tr("Colours"), self._themes)
        self._name = QLineEdit(placeholderText=self.tr("leave it empty for a line to write on"))
        self._name_row = SettingRow(self.tr("Your name"), self._name, is_wide=True)

    def _make_spans(self) -> None:
        self._spans = Segments(
            {
                WHOLE: self.tr("whole session"),
                LATEST: self.tr("10 s up to {}").format(moment_words(self._at_ns)),
                CHOSEN: self.tr("from – to"),
            }
        )
        self._spans.set_value(WHOLE)
        self._spans.chosen.connect(self._choose_span)
        self._span_row = SettingRow(self.tr("Span"), self._spans)
        first_s, last_s = self._first_ns // NS_PER_S, max(1, -(-self._last_ns // NS_PER_S))
        self._from = Stepper(first_s, last_s, suffix=self.tr(" s"))
        self._to = Stepper(first_s, last_s, suffix=self.tr(" s"))
        self._to.set_value(last_s)
        self._from.setAccessibleName(self.tr("From"))
        self._to.setAccessibleName(self.tr("To"))
        both = QWidget()
        beside = QHBoxLayout(both)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self._from)
        beside.addWidget(QLabel("–", textFormat=Qt.TextFormat.PlainText))
        beside.addWidget(self._to)
        self._from_to_row = SettingRow(self.tr("From – to"), both)
        self._speeds = Segments(SPEEDS)
        self._speeds.set_value(self._speed)
        self._speeds.chosen.connect(self._choose_speed)
        self._speed_row = SettingRow(self.tr("Speed"), self._speeds)
        for stepper in (self._from, self._to):
            stepper.changed.connect(lambda _: self._show_length())

    def _make_ends(self) -> None:
        self._error = error_label()
        self._said = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._said.setObjectName("said")
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._said, "heading")
        self._progress = QProgressBar(textVisible=False)
        self._progress.setRange(0, THOUSANDTHS)
        self._progress.setAccessibleName(self.tr("How far the file is"))
        self._percent = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._save = QPushButton(self.tr("Save"))
        self._save.setObjectName("save")
        set_role(self._save, "primary")
        self._save.clicked.connect(self._utter)
        self._close = QPushButton(self.tr("Close"))
        self._close.setObjectName("close")
        self._close.clicked.connect(self._end)
        self._open = QPushButton(self.tr("Open folder"))
        self._open.clicked.connect(self._open_folder)
        self._copy = QPushButton(self.tr("Copy picture"))
        self._copy.setObjectName("copy")
        self._copy.clicked.connect(self._copy_picture)
        for button in (self._close, self._open, self._copy):
            button.setAutoDefault(False)
        for hidden in (self._said, self._progress, self._percent, self._open, self._copy):
            hidden.hide()

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        ends.setSpacing(8)
        for button in (self._open, self._copy):
            ends.addWidget(button)
        ends.addStretch(1)
        ends.addWidget(self._close)
        ends.addWidget(self._save)
        layout = self._layout = QVBoxLayout(self)
        margin = zoomed(24)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(zoomed(12))
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setSpacing(zoomed(12))
        form.setContentsMargins(0, 0, 0, 0)
        # What comes and goes stands below what stays.
        formats = (self._picture_row, self._film_row)
        looks = (self._size_row, self._theme_row, self._name_row)
        spans = (self._span_row, self._from_to_row, self._speed_row)
        for row in (self._subject_row, self._file, *formats, *looks, *spans):
            form.addWidget(row)
            if isinstance(row, SettingRow) and row is not self._film_row:
                row.display("")  # no room for a line of code
        form.addStretch(1)
        layout.addWidget(self._form, 1)
        layout.addWidget(self._make_status())
        layout.addLayout(ends)
        self._save.setDefault(True)  # only now: a button must be in its dialog by then

    def _make_status(self) -> QWidget:
        status = QWidget()
        status.setMinimumHeight(zoomed(STATUS_HEIGHT))
        layout = QVBoxLayout(status)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(self._error)
        layout.addWidget(self._said)
        row = QHBoxLayout()
        row.addWidget(self._progress, 1)
        row.addWidget(self._percent)
        layout.addLayout(row)
        return status

    def showEvent(self, event: QShowEvent) -> None:
        """Be as large as the largest of the pages from the beginning: the buttons stay where they are."""
        if not event.spontaneous():
            what, span = self._what, self._span
            self._choose(FILM)
            self._choose_span(CHOSEN)
            self._speed_row.display("", self.tr("Room for a reason.") + "\n")
            self._grow()
            self._choose(what)
            self._choose_span(span)
        super().showEvent(event)

    def _grow(self) -> None:
        """Be as high as the contents need at this width, if not higher: labels that wrap do not say so."""
        self._layout.activate()
        width = max(self.width(), self._layout.totalMinimumSize().width())
        needed = min(self._layout.totalHeightForWidth(width), highest_on(self))
        self.resize(width, max(self.height() if self.isVisible() else 0, needed))

    # --- what the user does -------------------------------------------------------------------

    def _choose(self, what: str) -> None:
        self._what = what
        formats = {FILM: FILMS, TABLE: (TABLE,), REPORT: (REPORT,)}.get(what, PICTURES)
        is_picture, is_film = formats == PICTURES, what == FILM
        self._picture_row.setVisible(is_picture)
        self._film_row.setVisible(is_film)
        for row in (self._size_row, self._theme_row):
            row.setVisible(is_picture or is_film)
        self._speed_row.setVisible(is_film)
        self._name_row.setVisible(what == REPORT)
        self._choose_format(self._format if self._format in formats else formats[0])
        self._choose_span(LATEST if is_film else WHOLE)

    def _choose_format(self, picked: str) -> None:
        self._format = picked
        for segments in (self._picture_format, self._film_format):
            segments.set_value(picked)
        self._file.propose(file_stem(self._what, self._at_ns), picked)
        self._forget_result()

    def _choose_span(self, span: str) -> None:
        self._span = span
        self._spans.set_value(span)
        has_span = self._what in (FILM, TIMELINE)
        self._span_row.setVisible(has_span)
        self._from_to_row.setVisible(has_span and span == CHOSEN)
        self._show_length()
        self._forget_result()

    def _choose_speed(self, speed: float) -> None:
        self._speed = speed
        self._show_length()

    def _show_length(self) -> None:
        """Say how long the film is, and why it cannot be made, if so."""
        if self._what != FILM:
            return
        wish = self._wish()
        try:
            wish.check()
        except ExportError as error:
            self._speed_row.display("", str(error))
        else:
            words = self.tr("{:,.0f} s to look at, {:,} frames")
            self._speed_row.display(words.format(wish.film_s, wish.frame_count))

    def _forget_result(self) -> None:
        for part in (self._error, self._said, self._open, self._copy):
            part.hide()
        self._grow()

    def _wish(self) -> ExportWish:
        from_ns, to_ns = {
            WHOLE: (self._first_ns, self._last_ns),
            LATEST: (max(self._first_ns, self._at_ns - LATEST_NS), self._at_ns),
            CHOSEN: (self._from.value() * NS_PER_S, min(self._to.value() * NS_PER_S, self._last_ns)),
        }[self._span]
        width, height = self._size
        return ExportWish(
            path=self._file.path,
            what=self._what if self._what in (TIMELINE, *CHARTS) else STAGE,
            at_ns=self._at_ns,
            from_ns=from_ns,
            to_ns=to_ns,
            width=width,
            height=height,
            theme=self._theme,
            speed=self._speed,
            name=self._name.text().strip(),
        )

    def _utter(self) -> None:
        self._forget_result()
        wish, ending = self._wish(), f".{self._format}"
        try:
            wish.check()
        except ExportError as error:
            self.show_failure(str(error))
            return
        if wish.format != self._format:
            self.show_failure(self.tr("The name of the file has to end in {}.").format(ending))
            return
        if self._file.would_replace:
            words = self.tr("{} is there already. Replace it?").format(QFileInfo(wish.path).fileName())
            ask(self, words, self.tr("Replace"), self.tr("Keep it"), lambda: self._begin(wish))
            return
        self._begin(wish)

    def _begin(self, wish: ExportWish) -> None:
        self._file.forget_consent()
        self._set_working(True)
        self.export_requested.emit(wish)

    def _set_working(self, is_working: bool) -> None:
        self._is_working = is_working
        self._form.setEnabled(not is_working)
        self._save.setEnabled(not is_working)
        self.show_progress(0.0)
        for part in (self._progress, self._percent):
            part.setVisible(is_working)
        self._close.setText(self.tr("Cancel") if is_working else self.tr("Close"))

    def _end(self) -> None:
        if self._is_working:
            self.cancel_requested.emit()
        else:
            self.close()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(QFileInfo(self._made).path()))

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(QImage(self._made))
