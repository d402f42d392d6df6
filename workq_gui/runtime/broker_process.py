"""The built-in broker, as a process of its own."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from workq_gui.runtime.rabbitmq_node import NodeError

START_LIMIT_S = 20.0
STOP_LIMIT_S = 5.0
HOST = "127.0.0.1"


def broker_command() -> list[str]:
    """Return the command line that makes this program a broker.

    The one place to change for a frozen program, whose `sys.executable` is not Python.
    """
    return [sys.executable, "-m", "workq_gui", "--serve-broker"]


class BrokerProcess:
    """Starts, stops and kills the built-in broker; the same port and data over all its lives.

    It ends when this process ends, however that ends, because its standard
    input closes then. The methods block; one call at a time, from any thread.
    `is_running` does not block.
    """

    product = "Built-in broker"

    def __init__(self, base_dir: Path) -> None:
        self._base_dir = base_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0  # any, at the first start

    @property
    def port(self) -> int:
        """Where it listens, from its first start on."""
        return self._port

    @property
    def url(self) -> str:
        """Its address, with the user that every AMQP broker knows."""
        return f"amqp://guest:guest@{HOST}:{self._port}/%2F"

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the broker, and wait until it listens; harmless if it runs.

        Raises:
            NodeError: it did not start; says why, in its own words.
        """
        if self.is_running():
            return
        self._forget()
        try:
            self._port = json.loads(self._first_line(self._launch()))["port"]
        except OSError as error:
            raise self._failed(str(error)) from error
        except (ValueError, KeyError):
            self.kill()
            raise self._failed(self._log_path.read_text(errors="replace").strip()) from None

    def stop(self) -> None:
        """End the broker properly."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._forget()

    def kill(self) -> None:
        """End the broker as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._forget()

    @property
    def _log_path(self) -> Path:
        return self._base_dir / "broker.log"

    def _launch(self) -> subprocess.Popen[bytes]:
        self._base_dir.mkdir(parents=True, exist_ok=True)
        words = ["--port", str(self._port), "--data", str(self._base_dir), "--until-stdin-closes"]
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [*broker_command(), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        return self._process

    def _first_line(self, process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        # A broker that hangs before it listens is ended, and with it its output.
        deadline = threading.Timer(START_LIMIT_S, process.kill)
        deadline.start()
        try:
            return process.stdout.readline()
        finally:
            deadline.cancel()

    def _failed(self, words: str) -> NodeError:
        return NodeError(
            f"The built-in broker did not start: {words or 'it said nothing'}\n"
            f"Its data folder is {self._base_dir}. If another WorkQ uses it, close that one, "
            "or begin this one with --data and another folder."
        )

    def _forget(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
