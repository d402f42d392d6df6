"""The words behind `workq`: which there are, and what they mean together."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workq_gui import __version__
from workq_gui.core.scenario import Scenario, ScenarioError
from workq_gui.core.scenario import parse as parse_scenario
from workq_gui.core.settings import DEFAULT_QUEUE, Endpoint, SettingError, check_queue_name, from_url
from workq_gui.resource_files import resource_path

BUILT_IN = "builtin"
RABBITMQ = "rabbitmq"
OWN_BROKERS = (BUILT_IN, RABBITMQ)
"""Words that stand in the place of a URL for a broker that WorkQ starts and ends itself."""

DESCRIPTION = """\
WorkQ shows RabbitMQ work queues as they really are: compose tasks, watch them go
through the queue to real workers, pull the plug on a worker, and see its task
come back."""

EPILOG = """\
which broker:
  (nothing), or --broker builtin             the broker that is built into WorkQ: nothing to install
  --broker rabbitmq                          starts a private RabbitMQ of its own, and stops it at the end;
                                             needs rabbitmq-server to be installed
  --broker amqp://user:password@host:5672/   uses that one, and asks first if its queue is in use; amqps://
                                             for TLS, ?cacertfile=FILE for a certificate of your own

a broker alone, for your own clients:
  workq --serve-broker --port 5672 --data DIR      (workq --serve-broker --help tells more)

examples:
  workq
  workq --scenario crash-and-redeliver
  workq --broker amqp://localhost --scenario lesson.toml --record lesson.jsonl --quit-when-done

exit codes:
  0  all went well           2  a wrong option, or a scenario with a mistake in it
  1  a scenario's wait was   3  no broker, or one that cannot be used
     not met, or it was interrupted, or the recording could not be finished
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for on the command line.

    Attributes:
        own_broker: Which broker of our own to start, BUILT_IN or RABBITMQ; None if `endpoint` is given.
        endpoint: The broker that was named, or None.
        data_dir: Where a broker of our own keeps its data; None for a folder that goes with the program.
        keeps_broker: Whether the built-in broker survives a crash of the window.
        scenario: What to play, or None.
        record: Where to write every event, or None.
        quit_when_done: Whether to end with the scenario, and to ask nothing.
        theme: "system", "dark", "light" or "contrast".
        reduced_motion: Whether things fade instead of move.
        kitchen: Whether the stage is a kitchen.
    """

    own_broker: str | None
    endpoint: Endpoint | None
    queue: str
    data_dir: Path | None
    keeps_broker: bool
    scenario: Scenario | None
    record: Path | None
    quit_when_done: bool
    theme: str
    reduced_motion: bool
    kitchen: bool


def parse(words: Sequence[str]) -> Options:
    """Return what `words` ask for; if they make no sense, end the program with exit code 2 and the reason."""
    parser = _parser()
    given = parser.parse_args(words)
    if given.quit_when_done and not given.scenario:
        parser.error("--quit-when-done needs a --scenario that can be done")
    if given.keep and (given.data is None or given.broker != BUILT_IN):
        parser.error(
            "--keep is for the built-in broker, with a --data folder in which the next window finds it"
        )
    own_broker = given.broker if given.broker in OWN_BROKERS else None
    try:
        endpoint = None if own_broker else from_url(given.broker)
        queue = check_queue_name(given.queue)
        scenario = _load_scenario(given.scenario) if given.scenario else None
    except (SettingError, ScenarioError) as error:
        parser.error(str(error))
    return Options(
        own_broker=own_broker,
        endpoint=endpoint,
        queue=queue,
        data_dir=given.data,
        keeps_broker=given.keep,
        scenario=scenario,
        record=given.record,
        quit_when_done=given.quit_when_done,
        theme=given.theme,
        reduced_motion=given.reduce_motion,
        kitchen=given.kitchen,
    )


def shipped_scenarios() -> list[str]:
    """Return the names of the scenarios that come with the program."""
    return sorted(path.stem for path in resource_path("scenarios").glob("*.toml"))


def _load_scenario(name: str) -> Scenario:
    path = Path(name)
    if name in shipped_scenarios() and not path.exists():
        path = resource_path("scenarios") / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(shipped_scenarios())
        raise ScenarioError(
            f"{name}: {error.strerror}. The scenarios that come with WorkQ: {known}"
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}:1: a scenario is a text file in UTF-8; this is not one") from error
    return parse_scenario(text, str(path))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workq",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"WorkQ {__version__}")
    parser.add_argument(
        "--broker", metavar="URL", default=BUILT_IN, help="a URL, or the word builtin or rabbitmq; see below"
    )
    parser.add_argument(
        "--queue", metavar="NAME", default=DEFAULT_QUEUE, help="the work queue (default: %(default)s)"
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="keep the queues of WorkQ's own broker here; without it they go with the window",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="let the built-in broker survive a crash of the window, for the next one with the same --data",
    )
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        help="play a written demonstration: a file, or the name of one that ships",
    )
    parser.add_argument(
        "--record", metavar="FILE", type=Path, help="write every event to FILE as a line of JSON"
    )
    parser.add_argument(
        "--quit-when-done", action="store_true", help="end with the scenario; the exit code tells how it went"
    )
    _add_looks(parser)
    return parser


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--theme",
        choices=("system", "dark", "light", "contrast"),
        default="system",
        help="how it looks (default: %(default)s)",
    )
    parser.add_argument(
        "--reduce-motion", action="store_true", help="let things fade in and out instead of fly about"
    )
    parser.add_argument(
        "--kitchen", action="store_true", help="show a kitchen: tickets are tasks, chefs are workers"
    )
