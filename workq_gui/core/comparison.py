"""Comparisons: one list of steps, played on two sides that differ in one thing.

docs/comparisons.md explains the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.scenario import Scenario
from workq_gui.core.scenario import parse as parse_scenario
from workq_gui.core.scenario_fields import STEP_HEADER, Source
from workq_gui.core.settings import SettingError
from workq_gui.core.steps import AddQueue, ChangeBroker, ChangeWorker, Publish, Step

SIDES = ("a", "b")
KEYS = ("title", "about", "measure", "because", "a", "b", "step")
HEADER = re.compile(r"\s*\[")
OWN_KEYS = re.compile(r"\s*(measure|because|only)\s*=")
MEETINGS = (Publish, ChangeWorker, ChangeBroker)
"""Before a step of these kinds that both sides have, the quicker side waits for the other."""


class Measure(StrEnum):
    """By which figures the two sides are compared, in the words that stand in the file."""

    TIME = "time"
    LOSSES = "losses"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides.

    Attributes:
        title: What is peculiar to it, in some words.
        queue: How its queue is declared.
        scenario: All that is done on it.
    """

    title: str
    queue: QueueSettings
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Phase:
    """What both sides do between two meetings; `parts` are those of A and of B, either may be empty.

    Attributes:
        is_common: It changes the broker, which is one for both: only one of them does it.
    """

    parts: tuple[Scenario, Scenario]
    is_common: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one task list.

    Attributes:
        title: Which two things are compared.
        about: What to look at.
        measure: By which figures.
        because: Why B does better by these, in a sentence.
        sides: A, and B.
    """

    title: str
    about: str
    measure: Measure
    because: str
    sides: tuple[Side, Side]

    @property
    def needs_own_broker(self) -> bool:
        """Whether the broker is restarted, which is only done to one of our own."""
        return any(side.scenario.needs_own_broker for side in self.sides)

    def phases(self) -> list[Phase]:
        """Return what is to be done, in order: both sides begin a phase together."""
        a, b = (side.scenario for side in self.sides)
        lines = {step.line for step in a.steps} & {step.line for step in b.steps}
        parts = zip(_cut(a, lines), _cut(b, lines), strict=True)
        return [Phase((one, other), _is_common(one)) for one, other in parts]


def parse(text: str, name: str) -> Comparison:
    """Return the comparison in `text`; `name` is its file, for errors.

    Raises:
        ScenarioError: what is wrong, with file and line.
    """
    return _Parser(Source(text, name)).parse()


class _Parser:
    """Reads one file: takes out what a scenario does not know, and reads each side as a scenario."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def parse(self) -> Comparison:
        content = self._source.read(KEYS)
        measure, because = self._measure(content), content.get("because")
        if not isinstance(because, str) or not because:
            self._source.fail(self._line_of("because"), 'a comparison says because = "..."')
        onlys = [self._only(step, line) for line, step in self._source.steps_in(content, "comparison")]
        a, b = (self._side(content.get(side), side, onlys) for side in SIDES)
        return Comparison(a.scenario.title, a.scenario.about, measure, because, (a, b))

    def _measure(self, content: Mapping[str, Any]) -> Measure:
        try:
            return Measure(content.get("measure", ""))
        except ValueError:
            known = ", ".join(repr(word.value) for word in Measure)
            self._source.fail(self._line_of("measure"), f"a comparison says measure = one of {known}")

    def _only(self, step: Mapping[str, Any], start: int) -> str:
        only = step.get("only", "")
        if only not in ("", *SIDES):
            self._source.fail(start, 'only takes "a" or "b"')
        if only and "broker" in step:
            self._source.fail(start, "the broker is one for both sides: a step that changes it has no only")
        return str(only)

    def _side(self, fields: object, side: str, onlys: list[str]) -> Side:
        line = self._line_of_table(side)
        if not isinstance(fields, dict) or not isinstance(fields.get("title"), str):
            self._source.fail(line, f'a comparison has a table [{side}] with title = "..."')
        if not isinstance(fields.get("durable", True), bool):
            self._source.fail(line, "durable takes true or false")
        for key in fields:
            if key not in ("title", "type", "durable"):
                self._source.fail(
                    line, f"{key!r} is not known in [{side}]; known are title, type and durable"
                )
        scenario = parse_scenario(self._text_of(side, onlys), self._source.name)
        if any(isinstance(step, AddQueue) for step in scenario.steps):
            self._source.fail(line, "a comparison has one queue on each side, and adds none")
        try:
            queue = QueueSettings(
                durable=fields.get("durable", True), queue_type=fields.get("type", "")
            ).check()
        except SettingError as error:
            self._source.fail(line, str(error))
        return Side(fields["title"], queue, scenario)

    def _text_of(self, side: str, onlys: list[str]) -> str:
        """Return the scenario of one side; what is not for it is empty lines, so the numbers still hold."""
        kept, is_for_us, number = [], True, -1
        for line in self._source.lines:
            if STEP_HEADER.match(line):
                number += 1
                is_for_us = onlys[number] in ("", side)
            elif HEADER.match(line) and number < 0:
                is_for_us = False  # [a] and [b]
            kept.append(line if is_for_us and not OWN_KEYS.match(line) else "")
        return "\n".join(kept)

    def _line_of(self, key: str) -> int:
        return self._source.line_of(key, 0)

    def _line_of_table(self, name: str) -> int:
        header = re.compile(rf"\s*\[\s*{name}\s*\]")
        return next((number for number, line in enumerate(self._source.lines, 1) if header.match(line)), 1)


def _cut(scenario: Scenario, common_lines: set[int]) -> list[Scenario]:
    """Cut before every step at which the sides meet, and after one that changes the broker."""
    parts: list[list[Step]] = [[]]
    for step in scenario.steps:
        if step.line in common_lines and isinstance(step, MEETINGS):
            parts.append([])
        parts[-1].append(step)
        if isinstance(step, ChangeBroker):
            parts.append([])
    return [Scenario(scenario.title, scenario.about, tuple(part)) for part in parts]


def _is_common(part: Scenario) -> bool:
    return any(isinstance(step, ChangeBroker) for step in part.steps)
