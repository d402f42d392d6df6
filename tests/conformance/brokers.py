"""The brokers that are compared: starting, killing and observing them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pika

from tests.conformance.scenario import Endpoint
from tests.rabbitmq_4_node import RabbitMq4Node
from tests.rabbitmq_fixture import rabbitmqctl
from workq_gui.runtime.rabbitmq_node import RabbitMqNode

STOP_LIMIT_S = 20.0


class BuiltInBroker:
    """The built-in broker, as a process of its own with a data folder of its own."""

    def __init__(self, data_dir: Path, *options: str) -> None:
        self._data_dir, self._options = data_dir, options
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it; from the second time on at the port of the first."""
        command = [sys.executable, "-m", "workq_gui.broker", "--port", str(self.port)]
        command += ["--data", str(self._data_dir), *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the built-in broker ended before it listened, with {self._process.wait()}"
        self.port = json.loads(line)["port"]

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, signal_number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal_number)
        self._process.wait(STOP_LIMIT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


class RabbitMqObservation:
    """Switches a node's event exchange and firehose on, as its administrator does; they stay on."""

    def __init__(self, node: RabbitMqNode) -> None:
        self._node = node

    def on(self) -> None:
        path = self._node._base_dir / "enabled_plugins"
        path.write_text("[rabbitmq_event_exchange].\n")
        # As the node sees it. One expression, because each call starts an Erlang machine of its own.
        seen = self._node.home / path.name if isinstance(self._node, RabbitMq4Node) else path
        rabbitmqctl(self._node, "eval", f'rabbit_plugins:ensure("{seen}"), rabbit_trace:start(<<"/">>).')


def endpoint_of(url: str) -> Endpoint:
    """Return where the broker at `url` is, and what version it says it has."""
    parameters = pika.URLParameters(url)
    with pika.BlockingConnection(parameters) as connection:
        version = connection._impl.server_properties["version"]
    return Endpoint(parameters.host, parameters.port, str(version))


def is_built() -> bool:
    """Tell whether the built-in broker is there at all."""
    import workq_gui

    return (Path(workq_gui.__file__).parent / "broker" / "__main__.py").exists()


def only_rabbitmq() -> bool:
    """Tell whether RabbitMQ is to be compared with itself, which shows what is chance in a scenario."""
    return os.environ.get("WORKQ_CONFORMANCE") == "rabbitmq" or not is_built()
