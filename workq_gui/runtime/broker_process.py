"""The built-in broker, as a process of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workq_gui.runtime.broker_commands import BrokerCommands, CommandFailed, CommandRefused
from workq_gui.runtime.rabbitmq_node import NodeError, answers_amqp

START_LIMIT_S = 20.0
STOP_LIMIT_S = 5.0
POLL_S = 0.02
HOST = "127.0.0.1"
CLOSE_ROOM = {"close_room": True}


def broker_command() -> list[str]:
    """Return the command line that makes this program a broker.

    The one place to change for a frozen program, whose `sys.executable` is not Python.
    """
    return [sys.executable, "-m", "workq_gui", "--serve-broker"]


class RoomRefused(NodeError):
    """The broker answered that it cannot listen there."""


class BrokerProcess:
    """Starts, stops and kills the built-in broker; the same port and data over all its lives.

    It ends when this process ends, however that ends, because its standard
    input closes then; if it is to be kept, it survives a crash, and the next
    start on the same folder takes it over. The methods block; one call at a
    time, from any thread. `is_running` does not block.
    """

    product = "Built-in broker"

    def __init__(self, base_dir: Path, *, keep: bool = False, options: Sequence[str] = ()) -> None:
        """Use the folder `base_dir`.

        Args:
            base_dir: For its data and its log.
            keep: Let the broker survive a crash of this process.
            options: More of its options, as in docs/broker.md: what it is to deny, for example.
        """
        self._base_dir = base_dir
        self._options = tuple(options)
        self._keeps = keep
        self._process: subprocess.Popen[bytes] | None = None
        self._commands: BrokerCommands | None = None
        self._kept_pid: int | None = None  # of a broker that an earlier program left
        self._port = 0  # any, at the first start

    @property
    def port(self) -> int:
        """Where it listens, from its first start on."""
        return self._port

    @property
    def url(self) -> str:
        """Its address, with the user that every AMQP broker knows."""
        return f"amqp://guest:guest@{HOST}:{self._port}/%2F"

    @property
    def pid(self) -> int | None:
        """The process, or None if there is none."""
        if self._process is not None:
            return self._process.pid
        return self._kept_pid

    def is_running(self) -> bool:
        """Whether the process is there."""
        if self._process is not None:
            return self._process.poll() is None
        return self._kept_pid is not None and _exists(self._kept_pid)

    def start(self) -> None:
        """Start the broker, and wait until it listens; harmless if it runs.

        Raises:
            NodeError: it did not start; says why, in its own words.
        """
        if self.is_running():
            return
        self._forget()
        if self._keeps and self._take_over():
            return
        try:
            process = self._launch()
            facts = json.loads(self._first_line(process))
            self._port = facts["port"]
            self._commands = BrokerCommands(process)
            if self._keeps:
                self._kept_path.write_text(json.dumps(facts))
        except OSError as error:
            self.kill()  # what the next window could not find must not stay
            raise self._failed(str(error)) from error
        except (ValueError, KeyError):
            self.kill()
            raise self._failed(self._log_path.read_text(errors="replace").strip()) from None

    def stop(self) -> None:
        """End the broker properly."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop the broker in its tracks (SIGSTOP): its sockets stay open, and it answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def open_room(self, address: str, port: int, user: str, password: str) -> int:
        """Let it listen at `address` too, and let `user` in there; return the port that it took.

        Args:
            address: Of this machine.
            port: 0 for one that is free.
            user: A name that the broker does not know yet.
            password: It goes by a pipe, and stands nowhere else.

        Raises:
            RoomRefused: it cannot listen there; says why.
            NodeError: it does not answer.
        """
        how = {"address": address, "port": port, "user": user, "password": password}
        return int(self._command({"open": how})["room"]["port"])

    def close_room(self) -> None:
        """Let it listen to this machine only; who came in by the other door is let go.

        Raises:
            NodeError: it does not answer; says why.
        """
        self._command(CLOSE_ROOM)

    def _command(self, command: dict[str, Any]) -> dict[str, Any]:
        commands = self._commands  # another thread may end the broker meanwhile
        if commands is None:
            raise NodeError(
                "The broker takes no commands from this window: an earlier one started it. "
                "Restart the broker, and try again."
                if self.is_running()
                else "The broker does not run."
            )
        try:
            return commands.send(command)
        except CommandRefused as error:
            raise RoomRefused(f"The broker could not do it: {error}.") from error
        except CommandFailed as error:
            # What it did not answer now it would still obey later: when it is thawed, for example.
            with contextlib.suppress(CommandFailed):
                commands.tell(CLOSE_ROOM)
            raise NodeError(f"The broker could not do it: {error}.") from error

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    @property
    def _log_path(self) -> Path:
        return self._base_dir / "broker.log"

    @property
    def _kept_path(self) -> Path:
        return self._base_dir / "kept.json"

    def _launch(self) -> subprocess.Popen[bytes]:
        self._base_dir.mkdir(parents=True, exist_ok=True)
        words = ["--port", str(self._port), "--data", str(self._base_dir), "--trace-acks", *self._options]
        words.append("--commands" if self._keeps else "--until-stdin-closes")
        with self._log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [*broker_command(), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=self._keeps,  # a terminal's interrupt is for us, not for it
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

    def _take_over(self) -> bool:
        """Use the broker that a program which crashed left in our folder; return whether there is one."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            facts = json.loads(self._kept_path.read_text())
            if _exists(facts["pid"]) and answers_amqp(facts["port"]):
                self._kept_pid, self._port = facts["pid"], facts["port"]
                return True
        return False

    def _end(self, number: signal.Signals) -> None:
        pid = self.pid
        if pid is None:
            return
        self._signal(number)
        self._signal(signal.SIGCONT)  # who is frozen hears nothing but a kill
        deadline = time.monotonic() + STOP_LIMIT_S
        while self.is_running():
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_S)
        self._forget()

    def _forget(self) -> None:
        process, self._process, self._kept_pid = self._process, None, None
        if process is not None:
            process.wait()
            if self._commands is not None:
                self._commands.close()
                self._commands = None
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # of a command that it did not live to read
                        pipe.close()

    def _failed(self, words: str) -> NodeError:
        return NodeError(
            f"The built-in broker did not start: {words or 'it said nothing'}\n"
            f"Its data folder is {self._base_dir}. If another WorkQ uses it, close that one, "
            "or begin this one with --data and another folder."
        )


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
