"""The words behind `workq`: which there are, and what they mean together."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workq_gui import __version__
from workq_gui.core.comparison import Comparison
from workq_gui.core.comparison import parse as parse_comparison
from workq_gui.core.scenario import Scenario, ScenarioError
from workq_gui.core.scenario import parse as parse_scenario
from workq_gui.core.settings import DEFAULT_QUEUE, Endpoint, SettingError, check_queue_name, from_url
from workq_gui.resource_files import resource_path

BUILT_IN = "builtin"
RABBITMQ = "rabbitmq"
CLUSTER = "cluster"
OWN_BROKERS = (BUILT_IN, RABBITMQ, CLUSTER)
"""Words that stand in the place of a URL for a broker that WorkQ starts and ends itself."""

THEME_WISHES = ("system", "dark", "light", "contrast")
"""What can be wished for a look."""

DESCRIPTION = """\
WorkQ shows RabbitMQ work queues as they really are: compose tasks, watch them go
through the queue to real workers, pull the plug on a worker, and see its task
come back."""

EPILOG = """\
which broker:
  (nothing), or --broker builtin             the broker that is built into WorkQ: nothing to install
  --broker rabbitmq                          starts a private RabbitMQ of its own, and stops it at the end;
                                             needs rabbitmq-server to be installed
  --broker cluster                           the same with three nodes that are one broker: kill one and see
  --broker amqp://user:password@host:5672/   uses that one, and asks first if its queue is in use; amqps://
                                             for TLS, ?cacertfile=FILE for a certificate of your own
  --broker amqp://user:password@a,b:5673/    several hosts of one broker, tried in turn

a broker alone, for your own clients:
  workq --serve-broker --port 5672 --data DIR      (workq --serve-broker --help tells more)

a picture, a film, a table or a report of a recording:
  workq export lesson.workq report.html            (workq export --help tells more)

what a broker can do, before a lesson:
  workq doctor amqp://user:password@host:5672/     (workq doctor --help tells more)

examples:
  workq
  workq --scenario crash-and-redeliver
  workq lesson.workq
  workq --broker amqp://localhost --scenario lesson.toml --record lesson.workq --quit-when-done

exit codes:
  0  all went well           2  a wrong option, or a scenario with a mistake in it
  1  a scenario's wait was   3  no broker, or one that cannot be used
     not met, or it was interrupted, or the recording could not be finished
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for on the command line.

    Attributes:
        queue_type: "classic" or "quorum" for the first queue; empty for what the broker takes.
        own_broker: Which broker of our own to start, one of OWN_BROKERS; None if `endpoint` is given.
        endpoint: The broker that was named, or None.
        data_dir: Where a broker of our own keeps its data; None for a folder that goes with the program.
        keeps_broker: Whether the built-in broker survives a crash of the window.
        scenario: What to play, or None.
        comparison: Which comparison to open, or None.
        record: Where to write every event, or None.
        recording: The recording to look at, or None; then there is no broker.
        quit_when_done: Whether to end with the scenario, and to ask nothing.
        theme: "system", "dark", "light" or "contrast".
        reduced_motion: Whether things fade instead of move.
        kitchen: Whether the stage is a kitchen.
        chosen: The names of those of these three that were given; the others may be as they were last time.
        opened: The user's file that is shown or played, or None.
    """

    own_broker: str | None
    endpoint: Endpoint | None
    queue: str
    queue_type: str
    data_dir: Path | None
    keeps_broker: bool
    scenario: Scenario | None
    comparison: Comparison | None
    record: Path | None
    recording: Path | None
    quit_when_done: bool
    theme: str
    reduced_motion: bool
    kitchen: bool
    chosen: frozenset[str] = frozenset()
    opened: Path | None = None


def parse(words: Sequence[str]) -> Options:
    """Return what `words` ask for; if they make no sense, end the program with exit code 2 and the reason."""
    parser = _parser()
    given = parser.parse_args(words)
    if given.quit_when_done and not (given.scenario or given.compare):
        parser.error("--quit-when-done needs a --scenario or --compare that can be done")
    if given.scenario and given.compare:
        parser.error("--scenario and --compare are two shows: give one of them")
    if given.keep and (given.data is None or given.broker != BUILT_IN):
        parser.error(
            "--keep is for the built-in broker, with a --data folder in which the next window finds it"
        )
    if given.file is not None:
        _take_file(parser, given)
    own_broker = given.broker if given.broker in OWN_BROKERS else None
    try:
        endpoint = None if own_broker else from_url(given.broker)
        queue = check_queue_name(given.queue)
        scenario = _load_scenario(given.scenario) if given.scenario else None
        comparison = load_comparison(given.compare) if given.compare else None
    except (SettingError, ScenarioError) as error:
        parser.error(str(error))
    return Options(
        own_broker=own_broker,
        endpoint=endpoint,
        queue=queue,
        queue_type=given.queue_type,
        data_dir=given.data,
        keeps_broker=given.keep,
        scenario=scenario,
        comparison=comparison,
        record=given.record,
        recording=given.file,
        quit_when_done=given.quit_when_done,
        theme=given.theme or "system",
        reduced_motion=given.reduce_motion,
        kitchen=given.kitchen,
        chosen=_chosen(given),
        opened=_opened(given),
    )


def _chosen(given: argparse.Namespace) -> frozenset[str]:
    looks = {"theme": given.theme, "reduced_motion": given.reduce_motion, "kitchen": given.kitchen}
    return frozenset(name for name, value in looks.items() if value)


def _opened(given: argparse.Namespace) -> Path | None:
    if given.scenario:
        path = Path(given.scenario)
        return path if path.is_file() else None
    return Path(given.file) if given.file else None


def _take_file(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Let a scenario's file be the scenario; what else is named alone is a recording."""
    if given.scenario or given.compare:
        parser.error(f"{given.file} and --scenario or --compare are two shows: give one of them")
    if given.file.suffix == ".toml":
        given.scenario, given.file = str(given.file), None
    elif given.record:
        parser.error("--record is for what happens now; a recording is there already")


def shipped_scenarios() -> list[str]:
    """Return the names of the scenarios that come with the program."""
    return _shipped("scenarios")


def shipped_comparisons() -> list[str]:
    """Return the names of the comparisons that come with the program."""
    return _shipped("comparisons")


def load_comparison(name: str) -> Comparison:
    """Return a comparison: one that ships, or that of a file.

    Raises:
        ScenarioError: there is none, or it has a mistake.
    """
    return parse_comparison(*_read(name, "comparison"))


def _load_scenario(name: str) -> Scenario:
    return parse_scenario(*_read(name, "scenario"))


def _shipped(folder: str) -> list[str]:
    return sorted(path.stem for path in resource_path(folder).glob("*.toml"))


def _read(name: str, kind: str) -> tuple[str, str]:
    """Return the text of a scenario or comparison, and the path of its file."""
    path, shipped = Path(name), _shipped(f"{kind}s")
    if name in shipped and not path.exists():
        path = resource_path(f"{kind}s") / f"{name}.toml"
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except OSError as error:
        known = ", ".join(shipped)
        raise ScenarioError(f"{name}: {error.strerror}. The {kind}s that come with WorkQ: {known}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}:1: a {kind} is a text file in UTF-8; this is not one") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workq",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"WorkQ {__version__}")
    parser.add_argument(
        "--broker",
        metavar="URL",
        default=BUILT_IN,
        help="a URL, or the word builtin, rabbitmq or cluster; see below",
    )
    parser.add_argument(
        "--queue", metavar="NAME", default=DEFAULT_QUEUE, help="the work queue (default: %(default)s)"
    )
    parser.add_argument(
        "--queue-type",
        choices=("classic", "quorum"),
        default="",
        help="how the work queue is declared; today's tutorial has quorum (default: what the broker takes)",
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="keep the queues of WorkQ's own broker here; without it they go with the window. What WorkQ "
        "remembers of its looks, the last broker and recent files is then kept here too",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="let the built-in broker survive a crash of the window, for the next one with the same --data",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="?",
        help="a recording to look at (.workq), or a scenario to play (.toml)",
    )
    _add_shows(parser)
    _add_looks(parser)
    return parser


def _add_shows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        help="play a written demonstration: a file, or the name of one that ships",
    )
    parser.add_argument(
        "--compare",
        metavar="NAME",
        help="play the same tasks twice, side by side; the name of a comparison that ships, or a file",
    )
    parser.add_argument(
        "--record", metavar="FILE", type=Path, help="write every event to FILE as a line of JSON"
    )
    parser.add_argument(
        "--quit-when-done",
        action="store_true",
        help="end with the show; the exit code tells how it went. Nothing is remembered then, nor looked up",
    )


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--theme",
        choices=THEME_WISHES,
        help="how it looks (default: as last time, or as the system)",
    )
    parser.add_argument(
        "--reduce-motion", action="store_true", help="let things fade in and out instead of fly about"
    )
    parser.add_argument(
        "--kitchen", action="store_true", help="show a kitchen: tickets are tasks, chefs are workers"
    )
