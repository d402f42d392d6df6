"""Where a file goes: its name, proposed and fresh until the user has one of their own."""

from itertools import count

from PySide6.QtCore import QDir, QFileInfo, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget


class FileRow(QWidget):
    """The path of a file to be made, and a way to look for a place. GUI thread.

    Args:
        folder: Where files go unless the user says otherwise.

    Signals:
        changed: Another path stands there.
    """

    changed = Signal()

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._ending, self._proposed, self._agreed = "", "", ""
        self._path = QLineEdit(QDir.toNativeSeparators(f"{folder}/"))
        self._path.setAccessibleName(self.tr("File"))
        self._path.textChanged.connect(lambda _: self.changed.emit())
        browse = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._ask_path)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._path, 1)
        layout.addWidget(browse)
        self.setFocusProxy(self._path)

    @property
    def path(self) -> str:
        """The path, with slashes."""
        return QDir.fromNativeSeparators(self._path.text())

    @property
    def would_replace(self) -> bool:
        """Whether a file is there already, and the user has not been asked what is to become of it."""
        return QFileInfo(self.path).isFile() and self.path != self._agreed

    def set_path(self, path: str) -> None:
        """Let this be the user's own choice."""
        self._path.setText(QDir.toNativeSeparators(path))

    def propose(self, stem: str, ending: str) -> None:
        """Propose a name that no file has; a name that the user chose gets the new ending only."""
        self._ending = ending
        old = QFileInfo(self.path)
        folder, name = QDir(old.path()), old.fileName()
        if name == self._proposed:
            numbered = (f"{stem}{f' {number}' if number > 1 else ''}.{ending}" for number in count(1))
            name = self._proposed = next(one for one in numbered if not folder.exists(one))
        else:
            name = f"{old.completeBaseName()}.{ending}"
        self.set_path(folder.filePath(name))

    def forget_consent(self) -> None:
        """The user agreed to one replacement, and not to the next."""
        self._agreed = ""

    def _ask_path(self) -> None:
        filters = f"{self._ending.upper()} (*.{self._ending})"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save as"), self.path, filters)
        if not path:
            return
        # The dialog has asked whether this may be replaced, but not what it becomes with an ending.
        self._agreed = path
        has_ending = path.lower().endswith(f".{self._ending}")
        self.set_path(path if has_ending else f"{path}.{self._ending}")
