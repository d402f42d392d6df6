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

OWN_BROKER = "rabbitmq"

DESCRIPTION = """\
WorkQ shows RabbitMQ work queues as they really are: compose tasks, watch them go
through the queue to real workers, pull the plug on a worker, and see its task
come back."""

EPILOG = """\
which broker:
  (nothing)                                  looks at localhost:5672, and asks before using what it finds
  --broker rabbitmq                          starts a private RabbitMQ of its own, and stops it at the end;
                                             needs rabbitmq-server to be installed
  --broker amqp://user:password@host:5672/   uses that one; amqps:// for TLS, ?cacertfile=FILE for a
                                             certificate that this machine does not know

examples:
  workq --broker rabbitmq
  workq --broker rabbitmq --scenario crash-and-redeliver
  workq --broker amqp://localhost --scenario lesson.toml --record lesson.jsonl --quit-when-done

exit codes:
  0  all went well           2  a wrong option, or a scenario with a mistake in it
  1  a scenario's wait       3  no broker, or one that cannot be used
     was not met
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for on the command line.

    Attributes:
        own_broker: Whether to start a RabbitMQ of our own.
        endpoint: The broker that was named; None to look at localhost.
        data_dir: Where a broker of our own keeps its data; None for the platform's place.
        scenario: What to play, or None.
        record: Where to write every event, or None.
        quit_when_done: Whether to end with the scenario, and to ask nothing.
        theme: "system", "dark" or "light".
    """

    own_broker: bool
    endpoint: Endpoint | None
    queue: str
    data_dir: Path | None
    scenario: Scenario | None
    record: Path | None
    quit_when_done: bool
    theme: str


def parse(words: Sequence[str]) -> Options:
    """Return what `words` ask for; if they make no sense, end the program with exit code 2 and the reason."""
    parser = _parser()
    given = parser.parse_args(words)
    if given.quit_when_done and not given.scenario:
        parser.error("--quit-when-done needs a --scenario that can be done")
    own_broker = given.broker == OWN_BROKER
    try:
        endpoint = from_url(given.broker) if given.broker and not own_broker else None
        queue = check_queue_name(given.queue)
        scenario = _load_scenario(given.scenario) if given.scenario else None
    except (SettingError, ScenarioError) as error:
        parser.error(str(error))
    if given.quit_when_done and not given.broker:
        parser.error("--quit-when-done asks nothing, so it needs to be told which --broker to use")
    return Options(
        own_broker=own_broker,
        endpoint=endpoint,
        queue=queue,
        data_dir=given.data,
        scenario=scenario,
        record=given.record,
        quit_when_done=given.quit_when_done,
        theme=given.theme,
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
    parser.add_argument("--broker", metavar="URL", help="the broker to use, or the word rabbitmq; see below")
    parser.add_argument(
        "--queue", metavar="NAME", default=DEFAULT_QUEUE, help="the work queue (default: %(default)s)"
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="where a broker of WorkQ's own keeps its data"
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
    parser.add_argument(
        "--theme",
        choices=("system", "dark", "light"),
        default="system",
        help="how it looks (default: %(default)s)",
    )
    return parser
