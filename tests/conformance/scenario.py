"""Finding scenarios, running one, and comparing what was seen.

A scenario is a public function in one of the modules below `scenarios/`. It takes a `Client` and does
what a client does; all that the broker answers is in the transcript. It asserts nothing: RabbitMQ says
what is right. A scenario that yields wants the broker to be restarted at that point.
"""

import contextlib
import difflib
import functools
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pamqp.commands import Exchange, Queue

from tests.conformance import scenarios
from tests.conformance.client import Client, NoAnswer
from tests.conformance.transcript import Transcript

Function = Callable[[Client], Any]
RECORDED = Path(__file__).parent / "recorded_4_3_6.json"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a client does.

    Attributes:
        expected_difference: Why the built-in broker does as RabbitMQ 4.3 does and not as 3.10.8.
        kept: Why it does as 3.10.8 does and not as 4.3.
        alone: What the built-in broker answers last where it does as neither: see docs/broker.md.
        is_slow: Whether RabbitMQ waits for seconds in it.
    """

    name: str
    run: Function
    expected_difference: str = ""
    kept: str = ""
    alone: str = ""
    is_slow: bool = False

    @property
    def restarts(self) -> bool:
        return inspect.isgeneratorfunction(self.run)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A broker that runs.

    Attributes:
        version: As in its greeting.
    """

    host: str
    port: int
    version: str = "3.10.8"


def expected_difference(reason: str) -> Callable[[Function], Function]:
    """Mark a scenario in which the built-in broker follows RabbitMQ 4.3; see `record.py`."""
    return lambda function: _marked(function, expected_difference=reason)


def kept_from_3_10(reason: str) -> Callable[[Function], Function]:
    """Mark a scenario in which the built-in broker does not follow RabbitMQ 4.3."""
    return lambda function: _marked(function, kept=reason)


def unlike_both(answer: str) -> Callable[[Function], Function]:
    """Mark a scenario in which the built-in broker answers in its own way, with `answer` as the last line."""
    return lambda function: _marked(function, alone=answer)


def _marked(function: Function, **marks: object) -> Function:
    for name, value in marks.items():
        setattr(function, name, value)
    return function


def slow(function: Function) -> Function:
    """Mark a scenario in which RabbitMQ waits for seconds; it is started early, beside the others."""
    return _marked(function, is_slow=True)


def all_scenarios(*modules: str) -> list[Scenario]:
    """Return the scenarios of these modules of `scenarios/`, in the order of the text."""
    return [scenario for module in modules for scenario in _scenarios_of(module)]


def module_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(scenarios.__path__))


def _scenarios_of(module_name: str) -> list[Scenario]:
    module = importlib.import_module(f"{scenarios.__name__}.{module_name}")
    return [
        Scenario(
            f"{module_name}/{name}",
            function,
            getattr(function, "expected_difference", ""),
            getattr(function, "kept", ""),
            getattr(function, "alone", ""),
            getattr(function, "is_slow", False),
        )
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    ]


class Run:
    """One scenario against one broker, up to its next restart or its end."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._clients: list[Client] = []
        self._steps: Generator[None, Client, None] | None = None
        self.transcript = Transcript()
        self.is_over = False

    def advance(self, endpoint: Endpoint) -> None:
        """Go on; the transcript gets what was seen. What goes wrong is an observation too."""
        if self.is_over:
            return
        client = Client(endpoint.host, endpoint.port)
        client.transcript = self.transcript
        try:
            self._step(client)
        except (NoAnswer, AttributeError, OSError) as error:  # an answer other than the scenario goes on from
            self.transcript.add(f"! the scenario ends here: {type(error).__name__}: {error}")
            self.is_over = True
        with contextlib.suppress(NoAnswer):
            client.settle()
        client.close()
        if self.is_over:
            _clean_up(client, endpoint)

    def _step(self, client: Client) -> None:
        if not self._scenario.restarts:
            self._scenario.run(client)
            self.is_over = True
            return
        try:
            if self._steps is None:
                self._steps = self._scenario.run(client)
                next(self._steps)
            else:
                self.transcript.add("--- restarted")
                self._steps.send(client)
        except StopIteration:
            self.is_over = True


def _clean_up(client: Client, endpoint: Endpoint) -> None:
    """Delete what the scenario left, so that a thousand scenarios do not slow down the last."""
    if not (client.queues or client.exchanges):
        return
    cleaner = Client(endpoint.host, endpoint.port)
    with contextlib.suppress(NoAnswer, OSError):
        for queue in client.queues:
            cleaner.channel().call(Queue.Delete(queue=queue))
        for exchange in client.exchanges:
            cleaner.channel().call(Exchange.Delete(exchange=exchange))
    cleaner.close()


def run_on(scenario: Scenario, *endpoints: Endpoint) -> list[Transcript]:
    """Run the scenario on all brokers at once: many scenarios wait for something to expire."""

    def run(endpoint: Endpoint) -> Transcript:
        one = Run(scenario)
        one.advance(endpoint)
        return one.transcript

    with ThreadPoolExecutor(len(endpoints)) as executor:
        return list(executor.map(run, endpoints))


def differences(scenario: Scenario, reference: Transcript, ours: Transcript, *, are_alike: bool) -> str:
    """Return how ours differs from what it should be, as a diff; empty if it does not.

    Args:
        are_alike: Whether both are of versions that agree where 4.x changed something.
    """
    if are_alike:
        return diff(reference.lines, ours.lines)
    if scenario.expected_difference:
        return diff(recorded()[scenario.name], ours.lines)
    return diff(_without_news(reference.lines), _without_news(ours.lines))


@functools.cache
def recorded() -> dict[str, list[str]]:
    """Return what RabbitMQ 4.3.6 said in the scenarios with an expected difference."""
    lines: dict[str, list[str]] = json.loads(RECORDED.read_text())
    return lines


# Headers that 4.x adds to many messages, or leaves away. Scenarios with an expected difference look at
# them; everywhere else a comparison with 3.x does without them.
_NEWS = [
    (re.compile(r"(, )?x-last-death-(exchange|queue|reason): '[^']*'"), ""),
    (re.compile(r"(, )?x-acquired-count: \w:\d+"), ""),
    (re.compile(r"headers=\{x-delivery-count: \w:0\}(, )?"), ""),
    (re.compile(r"x-delivery-count: \w:0(, )?"), ""),
    (re.compile(r"headers=\{, "), "headers={"),
]


def _without_news(lines: list[str]) -> list[str]:
    for pattern, replacement in _NEWS:
        lines = [pattern.sub(replacement, line) for line in lines]
    return lines


def diff(expected: list[str], actual: list[str]) -> str:
    """Return a diff of RabbitMQ and ours; empty if they are equal."""
    if expected == actual:
        return ""
    return "\n".join(difflib.unified_diff(expected, actual, "RabbitMQ", "ours", n=3, lineterm=""))
