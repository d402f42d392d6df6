"""`workq doctor`: what is at a broker, as plain text in a terminal; no window, and no Qt."""

import argparse
import asyncio
import io
import logging
import sys
from collections.abc import Sequence

from workq_gui.core.settings import DEFAULT_QUEUE, Endpoint, SettingError, check_queue_name, from_url
from workq_gui.messaging.examination import examine

EXIT_WELL, EXIT_PROBLEMS, EXIT_UNREACHABLE = 0, 1, 3

DESCRIPTION = """\
Looks at a broker and tells what a lesson may stumble over: whether it can be reached, who may log in,
what it denies, whether it takes messages, whether the queue is ours alone, and what it can show.
It makes queues of its own for that, and deletes them; other queues stay as they are."""

EPILOG = """\
exit codes:
  0  all is well         2  a wrong option
  1  there is something  3  there is no broker, or it lets nobody in
     to look at
"""


def main(words: Sequence[str]) -> int:
    """Examine the broker that `words` name, print the report, and return the exit code."""
    endpoint, queue = _parse(words)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # what it has to say stands in the report
    # pika wants a selector loop, which is not the default on Windows.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        report = runner.run(examine(endpoint, queue))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ✓ is no reason to say nothing
    sys.stdout.write(report.as_text() + "\n")
    if not report.is_usable:
        return EXIT_UNREACHABLE
    return EXIT_WELL if report.is_well else EXIT_PROBLEMS


def _parse(words: Sequence[str]) -> tuple[Endpoint, str]:
    parser = argparse.ArgumentParser(
        prog="workq doctor",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "url", nargs="?", metavar="URL", default="amqp://localhost", help="the broker (default: %(default)s)"
    )
    parser.add_argument(
        "--queue", metavar="NAME", default=DEFAULT_QUEUE, help="the work queue (default: %(default)s)"
    )
    given = parser.parse_args(words)
    try:
        return from_url(given.url), check_queue_name(given.queue)
    except SettingError as error:
        parser.error(str(error))
