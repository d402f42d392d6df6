"""What is said to a broker's process while it runs, over the pipes that lead to it."""

import contextlib
import itertools
import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from typing import Any

ANSWER_LIMIT_S = 5.0


class CommandFailed(Exception):
    """The broker did not answer; the text says why not."""


class CommandRefused(CommandFailed):
    """The broker answered that it cannot; the text is in its own words."""


class BrokerCommands:
    """Sends commands and waits for their answers. The methods block; one call at a time, from any thread."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Speak with `process`, which has said its first line."""
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # A thread, since a pipe cannot be waited for with a limit on every system.
        self._reader = threading.Thread(target=self._read, daemon=True, name="broker's answers")
        self._reader.start()

    def send(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Send `command`, and return the answer.

        Raises:
            CommandRefused: it cannot be done.
            CommandFailed: there was no answer within `ANSWER_LIMIT_S` seconds.
        """
        answer = self._answer_to(self.tell(command))
        if "error" in answer:
            raise CommandRefused(str(answer["error"]))
        return answer

    def tell(self, command: Mapping[str, Any]) -> int:
        """Send `command`, and wait for nothing; return its number.

        Raises:
            CommandFailed: the broker has ended.
        """
        number = next(self._numbers)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"id": number, **command}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise CommandFailed(error.strerror or str(error)) from error
        except ValueError as error:  # the pipe was closed, since it has ended
            raise CommandFailed("it has ended") from error
        return number

    def close(self) -> None:
        """Wait for the last of what the process said; it has ended."""
        self._reader.join()

    def _answer_to(self, number: int) -> dict[str, Any]:
        with contextlib.suppress(queue.Empty):
            while line := self._answers.get(timeout=ANSWER_LIMIT_S):
                answer = json.loads(line)
                if answer.get("id") == number:  # others are late ones
                    return dict(answer)
            raise CommandFailed("it has ended")
        raise CommandFailed("it does not answer; it may be frozen")

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # closed meanwhile
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put(b"")
