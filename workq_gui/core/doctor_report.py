"""What an examination of a broker found: finding by finding, and what the broker can show."""

import textwrap
from dataclasses import dataclass
from enum import StrEnum

from workq_gui.core.problems import Problem

INDENT = " " * 6
TEXT_WIDTH = 100


class FindingState(StrEnum):
    """How a finding is; the value is what a user reads."""

    OK = "ok"
    NOTE = "note"  # nothing is wrong, and it is worth knowing
    WARN = "watch out"
    BAD = "problem"
    UNKNOWN = "not known"

    @property
    def sign(self) -> str:
        """A character that tells the state without colour."""
        return _SIGNS[self]


_SIGNS = {
    FindingState.OK: "✓",
    FindingState.NOTE: "i",
    FindingState.WARN: "!",
    FindingState.BAD: "✕",
    FindingState.UNKNOWN: "?",
}
_TROUBLE = (FindingState.BAD, FindingState.WARN)
"""The worse first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What was looked at, in a few words.
        state: How it is.
        words: The broker's or the system's own text; may be empty.
        meaning: What that means, in plain words; may be empty.
        way_out: What to do; empty if there is nothing to do.
    """

    name: str
    state: FindingState
    words: str = ""
    meaning: str = ""
    way_out: str = ""

    @classmethod
    def of_problem(cls, name: str, problem: Problem) -> "Finding":
        """Return `problem` as a finding."""
        meaning = f"{problem.what} {problem.meaning}"
        return cls(name, FindingState.BAD, problem.broker_words, meaning, problem.way_out)


@dataclass(frozen=True, slots=True)
class Demonstrable:
    """Whether one demonstration can be shown on this broker.

    Attributes:
        name: What would be shown.
        can: Whether it can be.
        reason: Why, or why not, and what would change that; may be empty.
    """

    name: str
    can: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All that was found at an endpoint.

    Attributes:
        endpoint: The address, without a password.
        product: The broker's name and version; empty if there was none to ask.
        findings: In the order in which they were looked at.
        can_show: The demonstrations; empty if nobody could log in.
    """

    endpoint: str
    product: str
    findings: tuple[Finding, ...]
    can_show: tuple[Demonstrable, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether somebody answered and let us in."""
        return bool(self.product)

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do, nor to be careful about."""
        return self.is_usable and not any(finding.state in _TROUBLE for finding in self.findings)

    @property
    def by_urgency(self) -> tuple[Finding, ...]:
        """The findings in the order in which they are read: first what there is something to do about."""

        def rank(finding: Finding) -> int:
            return _TROUBLE.index(finding.state) if finding.state in _TROUBLE else len(_TROUBLE)

        return tuple(sorted(self.findings, key=rank))

    @property
    def summary(self) -> str:
        """All of it in one sentence."""
        if not self.is_usable:
            return "This broker cannot be used."
        count = sum(finding.state in _TROUBLE for finding in self.findings)
        if not count:
            return "All is well."
        return "1 thing to look at." if count == 1 else f"{count} things to look at."

    def as_text(self) -> str:
        """Return all of it as plain text, for a terminal or a mail; one line for each thing that is well."""
        lines = [f"WorkQ doctor: {self.endpoint}", self.product or "no broker", self.summary, ""]
        width = max((len(finding.name) for finding in self.findings), default=0)
        for finding in self.by_urgency:
            lines += _lines_of(finding, width)
        if self.can_show:
            lines += ["", "What this broker can show"]
        for demo in self.can_show:
            lines.append(f"  {'✓ yes' if demo.can else '✕ no '}  {demo.name}")
            lines += _wrapped(demo.reason, INDENT + " " * 3)
        return "\n".join(lines)


def _lines_of(finding: Finding, width: int) -> list[str]:
    state = finding.state
    first = f"  {state.sign} {state.value:9}  {finding.name:{width}}  "
    lines = _wrapped(finding.words, first, " " * len(first)) or [first.rstrip()]
    lines += _wrapped(finding.meaning, INDENT)
    if finding.way_out:
        lines += _wrapped(f"→ {finding.way_out}", INDENT, INDENT + "  ")
    return lines


def _wrapped(text: str, first: str, others: str = "") -> list[str]:
    """Return `text` in lines; what a stranger's broker says moves no cursor and colours nothing."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return textwrap.wrap(
        plain,
        TEXT_WIDTH,
        initial_indent=first,
        subsequent_indent=others or first,
        break_long_words=False,
        break_on_hyphens=False,
    )
