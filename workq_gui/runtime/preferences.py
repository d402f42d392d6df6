"""What is remembered from one run to the next: looks, the window, the last broker, recent files."""

import json
import logging
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QByteArray, QSettings

from workq_gui.core.settings import Endpoint, SettingError, from_url

FILE_NAME = "workq.ini"
RECORDING, SCENARIO = ".workq", ".toml"
MOST_RECENT = 8
"""So many recordings are remembered, and so many scenarios."""
MOST_CHARACTERS = 100_000
"""A longer text was not written by this program."""

log = logging.getLogger(__name__)


class Preferences:
    """Values by their names, in a file that a person can read. Belongs to the GUI thread.

    Nothing is ever wrong for who asks: what is not there, or makes no sense, is the default. A file that
    cannot be read or written is told of in the log, once. A damaged one is set aside, and kept.
    """

    def __init__(self, folder: Path | None) -> None:
        """Remember in `folder`; None: for this run alone."""
        self._has_complained = False
        self._values: dict[str, str | QByteArray] = {}
        self._settings: QSettings | None = None
        if folder is not None:
            self._path = folder / FILE_NAME
            self._open()

    # --- values -----------------------------------------------------------------------------

    def word(self, name: str, known: Collection[str], default: str) -> str:
        """Return one of the words in `known`."""
        word = self._text(name)
        return word if word in known else default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        return self.word(name, ("true", "false"), str(default).lower()) == "true"

    def number(self, name: str, least: float, most: float, default: float) -> float:
        """Return a number from `least` to `most`."""
        try:
            number = float(self._text(name))
        except ValueError:
            return default
        return number if least <= number <= most else default

    def state(self, name: str) -> QByteArray:
        """Return what a widget said of itself; empty if there is nothing."""
        value = self._value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, name: str, value: str | float | QByteArray) -> None:
        """Remember `value`: a text, a number, true or false, or what a widget says of itself."""
        if isinstance(value, bool):
            value = str(value).lower()
        kept = value if isinstance(value, QByteArray) else str(value)
        if self._value(name) == kept:
            return
        self._values[name] = kept
        if self._settings is not None:
            self._settings.setValue(name, kept)

    def save(self) -> None:
        """Write to the file what was kept; other windows' values stay."""
        if self._settings is None:
            return
        self._settings.sync()
        if self._settings.status() is not QSettings.Status.NoError:
            self._complain("cannot be written")

    # --- the last broker --------------------------------------------------------------------

    @property
    def last_broker(self) -> str:
        """The address of the last broker that was not one of our own, without its password; may be empty."""
        try:
            return address_of(from_url(self._text("broker")))
        except SettingError:
            return ""

    def note_broker(self, endpoint: Endpoint) -> None:
        """Remember where `endpoint` is, and who we are there."""
        self.keep("broker", address_of(endpoint))

    # --- recent files -----------------------------------------------------------------------

    @property
    def recent_files(self) -> list[str]:
        """The paths of recordings and scenarios that were open lately, the latest first, and are there."""
        return [path for path in self._noted_files() if Path(path).is_file()]

    def note_file(self, path: str | Path) -> None:
        """Remember that this recording or scenario was opened."""
        path = str(Path(path).absolute())
        files = [path, *(other for other in self.recent_files if other != path)]
        room = {True: MOST_RECENT, False: MOST_RECENT}
        kept = []
        for file in files:
            is_scenario = file.endswith(SCENARIO)
            room[is_scenario] -= 1
            if room[is_scenario] >= 0:
                kept.append(file)
        self.keep("recent", json.dumps(kept))

    def _noted_files(self) -> list[str]:
        if self._settings is not None:  # other windows open files too
            self._settings.sync()
            self._values.pop("recent", None)
        try:
            noted = json.loads(self._text("recent") or "[]")
        except ValueError:
            return []
        paths = noted if isinstance(noted, list) else []
        return [path for path in paths if isinstance(path, str) and "\0" not in path]

    # --- the file ---------------------------------------------------------------------------

    def _text(self, name: str) -> str:
        value = self._value(name)
        return value if isinstance(value, str) else ""

    def _value(self, name: str) -> str | QByteArray | None:
        if name not in self._values and self._settings is not None:
            value = self._settings.value(name)
            if isinstance(value, QByteArray) or (isinstance(value, str) and len(value) <= MOST_CHARACTERS):
                self._values[name] = value
        return self._values.get(name)

    def _open(self) -> None:
        settings = self._read()
        if settings.status() is QSettings.Status.FormatError:
            if not self._set_aside():
                return
            settings = self._read()
        if settings.status() is not QSettings.Status.NoError:
            self._complain("cannot be read")
            return
        self._settings = settings

    def _read(self) -> QSettings:
        settings = QSettings(str(self._path), QSettings.Format.IniFormat)
        settings.setFallbacksEnabled(False)
        settings.allKeys()  # only now the file is read
        return settings

    def _set_aside(self) -> bool:
        """Give a damaged file another name; return whether a new one can be begun."""
        aside = self._path.with_suffix(".damaged")
        try:
            if aside.exists():
                self._complain(f"is damaged, and so is {aside}: mend or delete them")
                return False
            self._path.rename(aside)
        except OSError:
            self._complain("is damaged")
            return False
        self._complain(f"was damaged; it is {aside} now")
        return True

    def _complain(self, words: str) -> None:
        if not self._has_complained:
            self._has_complained = True
            log.warning("the file of preferences %s %s", self._path, words)


def address_of(endpoint: Endpoint) -> str:
    """Return the URL of `endpoint` without its password."""
    query = f"?cacertfile={quote(endpoint.ca_file)}" if endpoint.ca_file else ""
    return f"{endpoint}{query}"
