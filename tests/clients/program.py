"""Client programs as processes, seen by the lines that they print."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.rabbitmq_fixture import wait_until

HERE = Path(__file__).parent
END_LIMIT_S = 20.0


class Program:
    """A running program; use it in a `with`, which kills what is left of it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def has(self, line: str) -> bool:
        """Tell whether it has printed that line."""
        return line in self.lines

    def wait_for(self, line: str, timeout_s: float = 30.0) -> None:
        """Return when it has printed that line; fail at once if it ends without."""
        wait_until(lambda: self.has(line) or not self._reader.is_alive(), timeout_s)
        assert self.has(line), f"{line!r} is not among the lines: {self.lines}"

    def ended(self) -> list[str]:
        """Wait for its good end; return all that it has printed."""
        code = self._process.wait(END_LIMIT_S)
        self._reader.join()
        assert code == 0, self.lines
        return self.lines

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))


def python(name: str, *words: str, port: int = 0) -> Program:
    """Start one of the Python programs in this folder; one that knows no port finds a broker at `port`."""
    environment = {"PYTHONPATH": str(HERE / "other_port"), "AMQP_PORT": str(port)} if port else {}
    return Program([sys.executable, str(HERE / name), *words], environment)
