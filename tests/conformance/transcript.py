"""What one client saw of one broker, line by line, without what is different in every run."""

import re
import uuid


class Transcript:
    """The lines of one scenario.

    Names that the scenario chose lose their unique prefix. Names that the broker made up are numbered
    in the order of their first appearance, so that it still shows where the same one came again.
    """

    _MADE_UP = re.compile(
        r"(?P<queue>amq\.gen-[\w-]{22})|(?P<consumer>amq\.ctag-[\w-]{22})"
        r"|(?P<connection>127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+)|(?P<pid><\w+@\w+(\.\d+){2,3}>)"
    )

    def __init__(self) -> None:
        self.prefix = f"t{uuid.uuid4().hex[:8]}-"
        self.lines: list[str] = []
        self._numbers: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def add(self, line: str) -> None:
        self.lines.append(self.normalised(line))

    def normalised(self, text: str) -> str:
        return self._MADE_UP.sub(self._numbered, text.replace(self.prefix, ""))

    def _numbered(self, match: re.Match[str]) -> str:
        kind = next(name for name, text in match.groupdict().items() if text)
        if match[0] not in self._numbers:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[match[0]] = self._counts[kind]
        return f"<{kind} {self._numbers[match[0]]}>"

    @property
    def received(self) -> list[str]:
        """What came from the broker, without what was sent."""
        return [line for line in self.lines if " > " not in line]
