"""Show what a broker says to scenarios, or in what two brokers differ.

python -m tests.conformance.show PORT[,PORT] [WORD ...]
"""

import sys
from collections.abc import Iterator

from tests.conformance.brokers import endpoint_of
from tests.conformance.scenario import Endpoint, Scenario, all_scenarios, differences, module_names, run_on
from tests.conformance.test_scenarios import are_alike


def main() -> None:
    ports, *words = sys.argv[1:]
    endpoints = [endpoint_of(f"amqp://guest:guest@127.0.0.1:{port}/%2F") for port in ports.split(",")]
    for scenario in all_scenarios(*module_names()):
        if not scenario.restarts and all(word in scenario.name for word in words):
            for line in _lines(scenario, endpoints):
                sys.stdout.write(line + "\n")


def _lines(scenario: Scenario, endpoints: list[Endpoint]) -> Iterator[str]:
    first, *others = run_on(scenario, *endpoints)
    if not others:
        yield from ["", f"# {scenario.name}", *first.lines]
    elif difference := differences(scenario, first, others[0], are_alike=are_alike(*endpoints)):
        yield from ["", f"# {scenario.name}", *difference.splitlines()[2:]]


if __name__ == "__main__":
    main()
