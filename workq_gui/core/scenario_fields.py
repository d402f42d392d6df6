"""A scenario file and the fields of its steps, read with care: what is wrong is told with file and line."""

import re
import tomllib
from collections.abc import Collection
from enum import Enum
from typing import Any, NoReturn, TypeVar

STEP_HEADER = re.compile(r"\s*\[\[\s*step\s*\]\]")
E = TypeVar("E", bound=Enum)


class ScenarioError(ValueError):
    """A scenario file cannot be played; the message begins with file and line."""


class Source:
    """The text of a scenario. TOML keeps no lines, so they are found here.

    Attributes:
        name: Its file, for errors.
        lines: Its lines.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        self._text = text

    def read(self, keys: Collection[str]) -> dict[str, Any]:
        """Return what stands in the file, which may be nothing but `keys`.

        Raises:
            ScenarioError: it is no TOML, or has something else in it.
        """
        try:
            content = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self.fail(int(line[1]) if line else len(self.lines), f"not valid TOML: {error}")
        for key in content:
            if key not in keys:
                known = ", ".join("[[step]]" if key == "step" else key for key in keys)
                self.fail(self.line_of(key, 0), f"{key!r} is not known here; known are {known}")
        return content

    def steps_in(self, content: dict[str, Any], kind: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the steps in `content`, each with the line on which it begins.

        Raises:
            ScenarioError: the file, which is a `kind`, has none, or one that has no line of its own.
        """
        steps, lines = content.get("step", []), self.step_lines()
        if not isinstance(steps, list) or not steps:
            self.fail(1, f"a {kind} has at least one [[step]]")
        if len(lines) < len(steps):
            self.fail(self.line_of("step", 0), "every step begins with [[step]] on a line of its own")
        return list(zip(lines, steps, strict=False))

    def step_lines(self) -> list[int]:
        """Return the lines on which the steps begin."""
        return [number for number, line in enumerate(self.lines, 1) if STEP_HEADER.match(line)]

    def line_of(self, key: str, start: int) -> int:
        """Return the line on which `key` stands, at or after line `start`."""
        for number in range(max(1, start), len(self.lines) + 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", self.lines[number - 1]):
                return number
        return max(1, start)

    def fail(self, line: int, why: str) -> NoReturn:
        """Raise the ScenarioError for a mistake on `line`."""
        raise ScenarioError(f"{self.name}:{line}: {why}")


class Fields:
    """One step's fields. Every reader returns its default if the key is not there."""

    def __init__(self, values: dict[str, Any], start: int, source: Source) -> None:
        """Read `values`, a step that begins on line `start` of `source`."""
        self.values = values
        self._start = start
        self._source = source

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return what stands there, unread."""
        return self.values.get(key, default)

    def line_of(self, key: str) -> int:
        """Return the line on which `key` stands."""
        return self._source.line_of(key, self._start)

    def fail(self, key: str, why: str) -> NoReturn:
        """Raise the ScenarioError for a mistake in `key`."""
        self._source.fail(self.line_of(key), why)

    def check_known(self, verb: str, options: Collection[str]) -> None:
        """Refuse what a step with `verb` does not know."""
        for key in self.values:
            if key != verb and key not in options:
                self.fail(key, f"{key!r} is not known in a step with {verb}")

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            self.fail(key, f"{key} takes a text in quotation marks")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"{key} takes true or false")
        return value

    def whole(self, key: str, least: int, most: int, default: int = 0) -> int:
        """Return a whole number."""
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(key, f"{key} takes a whole number from {least} to {most:,}")
        return value

    def seconds(self, key: str, least: float, most: float, default: float = 0.0) -> float:
        """Return a number of seconds."""
        return self.number(key, least, most, default, "a number of seconds")

    def number(
        self, key: str, least: float, most: float, default: float = 0.0, kind: str = "a number"
    ) -> float:
        """Return a number."""
        value = self.values.get(key, default)
        if key in self.values and (
            not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most
        ):
            self.fail(key, f"{key} takes {kind} from {least:g} to {most:g}")
        return float(value)

    def one_of(self, words: type[E], key: str, default: E | None = None) -> E:
        """Return one of the words of an enumeration."""
        if key not in self.values and default is not None:
            return default
        try:
            return words(self.values[key])
        except ValueError:
            known = ", ".join(repr(word.value) for word in words)
            self.fail(key, f"{key} does not know {self.values[key]!r}; it knows {known}")
