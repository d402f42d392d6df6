"""Keeps processes from outliving the program that wants them.

A leash is a small process between the program and its commands. It ends them when
its standard input reaches end of file, and that happens in any case when the program
ends: the kernel closes the other end of the pipe, even for one killed with SIGKILL.

`Leash` is the program's side; this file run as a script is the process. It is started
by path and imports the standard library only, so that it needs neither Qt nor an
installed package:

    python leash.py -- COMMAND ARGS... [-- COMMAND ARGS...]

It starts the commands in order and prints one line, `{"pids": [...]}`. When one of them
ends, when standard input ends, or on SIGTERM, it ends them all, the last one first. Its
exit code is that of the command that ended by itself, else that of the last one: 128 + n
after signal n, 127 if a command could not be started. What the commands print goes to
standard error.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

ASK_COUNT = 5  # with ASK_AGAIN_S, time for a busy RabbitMQ to end
ASK_AGAIN_S = 2.0
CANNOT_START = 127
PR_SET_PDEATHSIG = 1
STDIN = 0


def leash_command(commands: Sequence[Sequence[str]]) -> list[str]:
    """Return the command line of a leash for `commands`.

    The one place to change for a frozen program, whose `sys.executable` is not Python.
    """
    words = [sys.executable, "-I", "-S", __file__]
    for command in commands:
        words += ["--", *command]
    return words


class Leash:
    """Runs commands that end with this process, however it ends.

    All methods may be called from any thread.

    Attributes:
        pids: The process ids of the commands, in their order; empty if one could not be
            started, and then none runs.
    """

    def __init__(
        self,
        commands: Sequence[Sequence[str]],
        *,
        environment: Mapping[str, str],
        work_dir: Path,
        output: BinaryIO,
        kept_open_fd: int,
    ) -> None:
        """Start `commands`. Blocks for some ten milliseconds.

        Args:
            commands: The words of each command.
            environment: All variables of the commands.
            work_dir: Their current folder.
            output: Takes what they print.
            kept_open_fd: A descriptor that the leash and all commands keep open until they end.
        """
        self._process = subprocess.Popen(
            leash_command(commands),
            env=environment,
            cwd=work_dir,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            pass_fds=(kept_open_fd,),
            start_new_session=True,  # a ^C in the program's terminal is not meant for the commands
        )
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            line = stdout.readline()
        self.pids: list[int] = json.loads(line)["pids"] if line else []
        if not self.pids:
            self.release()

    def is_running(self) -> bool:
        """Tell whether the commands run."""
        return self._process.poll() is None

    def ends_within(self, timeout_s: float) -> bool:
        """Wait for the end of the commands, at most `timeout_s`; tell whether it came."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        return not self.is_running()

    def release(self) -> int:
        """End the commands, wait until they are gone, and return the exit code of the leash.

        Blocks for `ASK_COUNT * ASK_AGAIN_S` per command at most.
        """
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait()


def main(words: Sequence[str]) -> int:
    """Run the process; `words` are its arguments, its result is the exit code."""
    wake_fd = _wake_on_signals()
    commands = [list(group) for is_mark, group in groupby(words, "--".__eq__) if not is_mark]
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            children.append(_start(command))
        with contextlib.suppress(BrokenPipeError):  # nobody reads: then standard input has ended, too
            sys.stdout.write(json.dumps({"pids": [child.pid for child in children]}) + "\n")
            sys.stdout.flush()
        ended = _wait_for_reason_to_end(children, wake_fd)
    except OSError as error:
        sys.stderr.write(f"cannot start {error.filename}: {error.strerror}\n")
        return CANNOT_START
    finally:
        for child in reversed(children):
            _end(child)
    return ended.returncode if ended.returncode >= 0 else 128 - ended.returncode


def _wake_on_signals() -> int:
    """Return a descriptor that becomes readable, with the signal's number, on SIGTERM and SIGCHLD."""
    wake_fd, write_fd = os.pipe()
    os.set_blocking(write_fd, False)
    signal.set_wakeup_fd(write_fd)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda _number, _frame: None)  # without a handler nothing is written
    return wake_fd


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None)

    def die_with_leash() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        close_fds=False,  # the descriptor to keep open
        # `pkill -9 -f workq` kills program and leash alike. The kernel sends the signal when the
        # thread that forked ends: this one, which lives as long as the leash.
        preexec_fn=die_with_leash if sys.platform == "linux" else None,
    )


def _wait_for_reason_to_end(
    children: Sequence[subprocess.Popen[bytes]], wake_fd: int
) -> subprocess.Popen[bytes]:
    """Wait; return the child that ended by itself, or the last one if we were asked to end."""
    while True:
        for child in children:
            if child.poll() is not None:
                return child
        readable, _, _ = select.select([STDIN, wake_fd], [], [])
        # The program never writes: readable means end of file.
        if STDIN in readable or signal.SIGTERM in os.read(wake_fd, 64):
            return children[-1]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask `child` to end, then make it, and wait until it has."""
    for _ in range(ASK_COUNT):  # once is not enough: Erlang misses a SIGTERM in its first 0.1 s
        child.terminate()
        child.send_signal(signal.SIGCONT)  # a stopped process would not take note
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(ASK_AGAIN_S)
            return
    child.kill()
    child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
