"""Written demonstrations: what a teacher writes in TOML, checked, as steps.

docs/scenarios.md explains every verb.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, TypeVar

from workq_gui.core.settings import MAX_QUEUES, SettingError, check_queue_name
from workq_gui.core.steps import (
    WORKER_CONDITIONS,
    AddQueue,
    AddWorkers,
    BrokerVerb,
    ChangeBroker,
    ChangeWorker,
    Condition,
    Hold,
    Holdable,
    Publish,
    Purge,
    Release,
    Say,
    SetDotSeconds,
    Step,
    Wait,
    WaitUntil,
    WorkerVerb,
)
from workq_gui.core.tasks import TaskTextError, make_task

MAX_WORKERS = 500
MAX_PREFETCH = 65_535
MAX_TIMES = 1_000_000
DEFAULT_WITHIN_S = 30.0

E = TypeVar("E", bound=Enum)


class ScenarioError(ValueError):
    """A scenario file cannot be played; the message begins with file and line."""


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
        self._queues = {""}
        self._readers: dict[str, Callable[[dict[str, Any], int], Step]] = {
            "add_workers": self._add_workers,
            "publish": self._publish,
            "add_queue": self._add_queue,
            "purge": self._purge,
            "hold": self._hold,
            "release": self._release,
            "dot_seconds": self._dot_seconds,
            "say": self._say,
            "wait_s": self._wait,
            "wait_until": self._wait_until,
            "broker": self._broker,
            **dict.fromkeys([verb.value for verb in WorkerVerb], self._change_worker),
        }
        self._options = {
            "add_workers": {"queues", "auto_ack", "prefetch"},
            "publish": {"times", "queue", "persistent"},
            "add_queue": {"dead_letter_to"},
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
        step = AddWorkers(
            line=self._line_of("add_workers", start),
            count=count,
            queues=self._queues_to_take_from(fields, start),
            auto_ack=self._flag(fields, "auto_ack", start, default=False),
            prefetch_count=self._whole(fields, "prefetch", start, 1, MAX_PREFETCH)
            if "prefetch" in fields
            else 1,
        )
        if step.auto_ack and "prefetch" in fields:
            self._fail(self._line_of("prefetch", start), "with auto_ack the broker knows no prefetch")
        self._workers.update(range(self._added_count + 1, self._added_count + count + 1))
        self._added_count += count
        return step

    def _queues_to_take_from(self, fields: dict[str, Any], start: int) -> tuple[str, ...]:
        names = fields.get("queues", [])
        if not isinstance(names, list) or ("queues" in fields and not names):
            self._fail(self._line_of("queues", start), 'queues takes a list of names: queues = ["mail", ""]')
        return tuple(self._known_queue(name, "queues", start) for name in names)

    def _add_queue(self, fields: dict[str, Any], start: int) -> Step:
        line, name = self._line_of("add_queue", start), fields["add_queue"]
        if not isinstance(name, str):
            self._fail(line, "add_queue takes a name in quotation marks")
        try:
            check_queue_name(name)
        except SettingError as error:
            self._fail(line, str(error))
        if name in self._queues:
            self._fail(line, f"there is a queue {name!r} already")
        if len(self._queues) >= MAX_QUEUES:
            self._fail(line, f"there are at most {MAX_QUEUES} queues, the first included")
        dead_letter_to = ""
        if "dead_letter_to" in fields:
            dead_letter_to = self._known_queue(fields["dead_letter_to"], "dead_letter_to", start)
        self._queues.add(name)
        return AddQueue(line=line, name=name, dead_letter_to=dead_letter_to)

    def _purge(self, fields: dict[str, Any], start: int) -> Step:
        queue = self._known_queue(fields["purge"], "purge", start)
        return Purge(line=self._line_of("purge", start), queue=queue)

    def _hold(self, fields: dict[str, Any], start: int) -> Step:
        return Hold(line=self._line_of("hold", start), target=self._holdable(fields, "hold", start))

    def _release(self, fields: dict[str, Any], start: int) -> Step:
        return Release(line=self._line_of("release", start), target=self._holdable(fields, "release", start))

    def _holdable(self, fields: dict[str, Any], key: str, start: int) -> Holdable:
        return self._one_of(Holdable, fields, key, start)

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
        return Publish(
            line=line,
            texts=tuple(texts),
            times=times,
            queue=self._known_queue(fields["queue"], "queue", start) if "queue" in fields else "",
            persistent=self._flag(fields, "persistent", start, default=True),
        )

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
        condition = self._one_of(Condition, fields, "wait_until", start)
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
        verb = self._one_of(BrokerVerb, fields, "broker", start)
        return ChangeBroker(line=self._line_of("broker", start), verb=verb)

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

    def _known_queue(self, name: object, key: str, start: int) -> str:
        if not isinstance(name, str) or name not in self._queues:
            self._fail(
                self._line_of(key, start),
                f"there is no queue {name!r} here; a queue is added by add_queue before it is used",
            )
        return name

    def _one_of(self, words: type[E], fields: dict[str, Any], key: str, start: int) -> E:
        try:
            return words(fields[key])
        except ValueError:
            known = ", ".join(repr(word.value) for word in words)
            self._fail(self._line_of(key, start), f"{key} does not know {fields[key]!r}; it knows {known}")

    def _flag(self, fields: dict[str, Any], key: str, start: int, *, default: bool) -> bool:
        value = fields.get(key, default)
        if not isinstance(value, bool):
            self._fail(self._line_of(key, start), f"{key} takes true or false")
        return value

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
