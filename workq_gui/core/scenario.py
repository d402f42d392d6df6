"""Written demonstrations: what a teacher writes in TOML, checked, as steps.

docs/scenarios.md explains every verb.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from workq_gui.core.tasks import TaskSpec, TaskTextError, make_task

MAX_WORKERS = 500
MAX_TIMES = 1_000_000
DEFAULT_WITHIN_S = 30.0


class ScenarioError(ValueError):
    """A scenario file cannot be played; the message begins with file and line."""


class Condition(Enum):
    """What a scenario can wait for, in the words that stand in the file."""

    CONNECTED = "connected"
    WORKER_WAITING = "worker waiting"
    WORKER_WORKING = "worker working"
    WORKER_ENDED = "worker ended"
    ALL_CONFIRMED = "all confirmed"
    REDELIVERED = "redelivered"
    ALL_DONE = "all done"


WORKER_CONDITIONS = (Condition.WORKER_WAITING, Condition.WORKER_WORKING, Condition.WORKER_ENDED)


class WorkerVerb(Enum):
    """What a scenario can do to a worker."""

    CRASH = "crash_worker"
    STOP = "stop_worker"
    RESTART = "restart_worker"
    REMOVE = "remove_worker"


class BrokerVerb(Enum):
    """What a scenario can do to a broker that WorkQ started."""

    KILL = "kill"
    STOP = "stop"
    START = "start"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `line` is where it stands in the file."""

    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWorkers(Step):
    """Start `count` workers."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Step):
    """Publish each of `texts`, all of them `times` times."""

    texts: tuple[str, ...]
    times: int

    def tasks(self) -> list[TaskSpec]:
        """Return the tasks to publish, with new ids."""
        return [make_task(text) for _ in range(self.times) for text in self.texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWorker(Step):
    """Do `verb` to the worker that was added as `number`-th."""

    verb: WorkerVerb
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDotSeconds(Step):
    """Let a dot take `seconds` of work."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Show `sentence` above the stage."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Give those who watch `seconds` of time."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil(Step):
    """Wait until `condition` is met; fail after `within_s` seconds.

    Attributes:
        worker: For the conditions of one worker: its number.
        task: For REDELIVERED: the text of the task, or None for any.
    """

    condition: Condition
    worker: int | None
    task: str | None
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBroker(Step):
    """Do `verb` to the broker."""

    verb: BrokerVerb


@dataclass(frozen=True, slots=True)
class Scenario:
    """A demonstration that can be played."""

    title: str
    about: str
    steps: tuple[Step, ...]

    @property
    def needs_own_broker(self) -> bool:
        """Whether it starts or ends the broker, which is only done to one of our own."""
        return any(isinstance(step, ChangeBroker) for step in self.steps)


def parse(text: str, name: str) -> Scenario:
    """Return the scenario in `text`; `name` is its file, for errors.

    Raises:
        ScenarioError: what is wrong, with file and line.
    """
    return _Parser(text, name).parse()


class _Parser:
    """Reads one file. TOML keeps no lines, so they are found in the text."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._text = text
        self._name = name
        self._workers: set[int] = set()
        self._added_count = 0
        self._readers: dict[str, Callable[[dict[str, Any], int], Step]] = {
            "add_workers": self._add_workers,
            "publish": self._publish,
            "dot_seconds": self._dot_seconds,
            "say": self._say,
            "wait_s": self._wait,
            "wait_until": self._wait_until,
            "broker": self._broker,
            **dict.fromkeys([verb.value for verb in WorkerVerb], self._change_worker),
        }
        self._options = {
            "publish": {"times"},
            "wait_until": {"worker", "task", "within_s"},
        }

    def parse(self) -> Scenario:
        try:
            content = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            self._fail(int(line[1]) if line else len(self._lines), f"not valid TOML: {error}")
        for key in content:
            if key not in ("title", "about", "step"):
                self._fail(
                    self._line_of(key, 0), f"{key!r} is not known here; known are title, about and [[step]]"
                )
        title, about = content.get("title"), content.get("about", "")
        if not isinstance(title, str) or not title:
            self._fail(1, 'a scenario begins with title = "..."')
        if not isinstance(about, str):
            self._fail(self._line_of("about", 0), "about is a text in quotation marks")
        steps = content.get("step", [])
        if not isinstance(steps, list) or not steps:
            self._fail(1, "a scenario has at least one [[step]]")
        starts = [
            number for number, line in enumerate(self._lines, 1) if re.match(r"\s*\[\[\s*step\s*\]\]", line)
        ]
        return Scenario(
            title,
            about,
            tuple(self._step(fields, start) for fields, start in zip(steps, starts, strict=False)),
        )

    def _step(self, fields: dict[str, Any], start: int) -> Step:
        verbs = [key for key in fields if key in self._readers]
        if len(verbs) != 1:
            found = ", ".join(fields) or "nothing"
            known = ", ".join(sorted(self._readers))
            self._fail(start, f"a step does exactly one thing; this one says {found}. Known are: {known}")
        verb = verbs[0]
        for key in fields:
            if key != verb and key not in self._options.get(verb, ()):
                self._fail(self._line_of(key, start), f"{key!r} is not known in a step with {verb}")
        return self._readers[verb](fields, start)

    # --- one reader for each verb ---------------------------------------------------------

    def _add_workers(self, fields: dict[str, Any], start: int) -> Step:
        count = self._whole(fields, "add_workers", start, 1, MAX_WORKERS)
        self._workers.update(range(self._added_count + 1, self._added_count + count + 1))
        self._added_count += count
        return AddWorkers(line=self._line_of("add_workers", start), count=count)

    def _publish(self, fields: dict[str, Any], start: int) -> Step:
        line, value = self._line_of("publish", start), fields["publish"]
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            self._fail(
                line, 'publish takes a text, or a list of texts: publish = ["First message.", "Second.."]'
            )
        for text in texts:
            try:
                make_task(text)
            except TaskTextError as error:
                self._fail(line, str(error))
        times = self._whole(fields, "times", start, 1, MAX_TIMES) if "times" in fields else 1
        return Publish(line=line, texts=tuple(texts), times=times)

    def _change_worker(self, fields: dict[str, Any], start: int) -> Step:
        verb = next(verb for verb in WorkerVerb if verb.value in fields)
        number = self._worker(fields, verb.value, start)
        if verb is WorkerVerb.REMOVE:
            self._workers.discard(number)
        return ChangeWorker(line=self._line_of(verb.value, start), verb=verb, number=number)

    def _dot_seconds(self, fields: dict[str, Any], start: int) -> Step:
        seconds = self._number(fields, "dot_seconds", start, 0.1, 2.0)
        return SetDotSeconds(line=self._line_of("dot_seconds", start), seconds=seconds)

    def _say(self, fields: dict[str, Any], start: int) -> Step:
        line = self._line_of("say", start)
        if not isinstance(fields["say"], str):
            self._fail(line, "say takes a text in quotation marks")
        return Say(line=line, sentence=fields["say"])

    def _wait(self, fields: dict[str, Any], start: int) -> Step:
        return Wait(
            line=self._line_of("wait_s", start), seconds=self._number(fields, "wait_s", start, 0, 3600)
        )

    def _wait_until(self, fields: dict[str, Any], start: int) -> Step:
        line = self._line_of("wait_until", start)
        try:
            condition = Condition(fields["wait_until"])
        except ValueError:
            known = ", ".join(repr(condition.value) for condition in Condition)
            self._fail(line, f"wait_until does not know {fields['wait_until']!r}; it knows {known}")
        needs_worker = condition in WORKER_CONDITIONS
        if needs_worker != ("worker" in fields):
            verb = "needs" if needs_worker else "has no use for"
            self._fail(line, f"wait_until = {condition.value!r} {verb} worker = NUMBER")
        task = fields.get("task")
        if task is not None and (condition is not Condition.REDELIVERED or not isinstance(task, str)):
            self._fail(
                self._line_of("task", start), "task goes with 'redelivered', and is the text of a task"
            )
        return WaitUntil(
            line=line,
            condition=condition,
            worker=self._worker(fields, "worker", start) if needs_worker else None,
            task=task,
            within_s=self._number(fields, "within_s", start, 0.1, 3600)
            if "within_s" in fields
            else DEFAULT_WITHIN_S,
        )

    def _broker(self, fields: dict[str, Any], start: int) -> Step:
        line = self._line_of("broker", start)
        try:
            return ChangeBroker(line=line, verb=BrokerVerb(fields["broker"]))
        except ValueError:
            known = ", ".join(repr(verb.value) for verb in BrokerVerb)
            self._fail(line, f"broker does not know {fields['broker']!r}; it knows {known}")

    # --- values ---------------------------------------------------------------------------

    def _worker(self, fields: dict[str, Any], key: str, start: int) -> int:
        number = self._whole(fields, key, start, 1, MAX_WORKERS)
        if number not in self._workers:
            self._fail(
                self._line_of(key, start),
                f"there is no worker {number} here; {self._added_count} were added so far"
                + (", and it was removed" if number <= self._added_count else ""),
            )
        return number

    def _whole(self, fields: dict[str, Any], key: str, start: int, least: int, most: int) -> int:
        value = fields[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self._fail(self._line_of(key, start), f"{key} takes a whole number from {least} to {most:,}")
        return value

    def _number(self, fields: dict[str, Any], key: str, start: int, least: float, most: float) -> float:
        value = fields[key]
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            self._fail(
                self._line_of(key, start), f"{key} takes a number of seconds from {least:g} to {most:g}"
            )
        return float(value)

    def _line_of(self, key: str, start: int) -> int:
        """Return the line on which `key` stands, at or after line `start`."""
        for number in range(max(1, start), len(self._lines) + 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", self._lines[number - 1]):
                return number
        return max(1, start)

    def _fail(self, line: int, why: str) -> NoReturn:
        raise ScenarioError(f"{self._name}:{line}: {why}")
