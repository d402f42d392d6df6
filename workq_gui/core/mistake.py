"""An error that a learner causes, in words."""

import re
from dataclasses import dataclass, replace
from string import Template

LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class Mistake:
    """What the broker, or pika, says, and what a person can make of it.

    `what`, `meaning`, `pika_line` and `way_out` may hold `$group`, for a named group of `pattern`.

    Attributes:
        name: For the table of all mistakes; unique.
        pattern: What the words are known by; is searched for, not matched.
        example: Words as a broker, or pika, really said them.
        what: What happened, one sentence.
        meaning: What that means, in plain words.
        pika_line: The line of Python that does it.
        way_out: What to do.
    """

    name: str
    pattern: re.Pattern[str]
    example: str
    what: str
    meaning: str
    pika_line: str
    way_out: str

    def told_of(self, words: str) -> "Mistake | None":
        """Return this mistake with the names that are in `words`, or None if it is another one."""
        found = self.pattern.search(words)
        if found is None:
            return None
        names = {name: _cut(value or "") for name, value in found.groupdict().items()}
        return replace(
            self,
            what=Template(self.what).safe_substitute(names),
            meaning=Template(self.meaning).safe_substitute(names),
            pika_line=Template(self.pika_line).safe_substitute(names),
            way_out=Template(self.way_out).safe_substitute(names),
        )


def _cut(name: str) -> str:
    """Return `name`, which comes from a broker and may be 255 letters, short enough for a sentence."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
