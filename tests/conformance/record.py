"""Write down what RabbitMQ 4.3 says where the built-in broker follows it, and 3.10.8 says something else.

python -m tests.conformance.record PORT PORT_WITH_OPTIONS

The second one is of a node with `deprecated_features.permit.transient_nonexcl_queues = false` and
`consumer_timeout = 1000`.
"""

import json
import sys

from tests.conformance.brokers import endpoint_of
from tests.conformance.scenario import RECORDED, Scenario, all_scenarios, module_names, run_on


def main() -> None:
    port, port_with_options = sys.argv[1:]
    plain = [s for s in all_scenarios(*module_names()) if s.expected_difference]
    lines = _lines(plain, port) | _lines(all_scenarios("options"), port_with_options)
    RECORDED.write_text(json.dumps(lines, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _lines(scenarios: list[Scenario], port: str) -> dict[str, list[str]]:
    endpoint = endpoint_of(f"amqp://guest:guest@127.0.0.1:{port}/%2F")
    assert endpoint.version.startswith("4.3."), endpoint.version
    return {scenario.name: run_on(scenario, endpoint)[0].lines for scenario in scenarios}


if __name__ == "__main__":
    main()
