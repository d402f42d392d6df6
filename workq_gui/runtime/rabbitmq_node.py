"""A private RabbitMQ node: a real broker that the user may kill.

It has its own folder, name, ports, cookie and Erlang port mapper (epmd), listens on
loopback only, and never meets the node that the system runs. `leash` sees to it that
nothing is left running when the program ends, however it ends.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import time
from itertools import islice
from pathlib import Path
from typing import TextIO

from workq_gui.runtime import node_files
from workq_gui.runtime.leash import Leash
from workq_gui.runtime.node_files import LOOPBACK, Membership, NodePorts

# The plain scripts, for any user. The ones in /usr/sbin are wrappers that start the node of the
# system: as root under the user rabbitmq, as anyone else before they find that this is not allowed.
SCRIPTS_DIR = Path("/usr/lib/rabbitmq/bin")

# Below the ports that the kernel gives to outgoing connections (32768 and up), so that
# none of these takes the node's port between a kill and the next start.
PORT_RANGE = range(20_000, 32_000)

START_LIMIT_S = 90.0  # 3 s on an idle machine, 17 s were seen on a busy one
CLUSTER_START_LIMIT_S = 180.0  # three that wait for each other: 17 s on an idle machine
FOLDER_LIMIT_S = 20.0  # the node of a program that was killed needs a second to end
ANSWER_LIMIT_S = 1.0
POLL_S = 0.05
LAST_WORDS_LENGTH = 800

NOT_INSTALLED = (
    "RabbitMQ is not installed on this computer. "
    "Install it with “sudo apt install rabbitmq-server”, then try again."
)


class NodeError(Exception):
    """The node cannot run; the text tells the user why and what to do."""


def find_rabbitmq() -> Path | None:
    """Return the folder of RabbitMQ's scripts, or None if it is not installed."""
    return SCRIPTS_DIR if (SCRIPTS_DIR / "rabbitmq-server").exists() else None


class RabbitMqNode:
    """A RabbitMQ node in a folder of its own.

    Qt-free and blocking: `start`, `stop` and `kill` take seconds and belong into a thread
    other than the GUI's (`loop.run_in_executor`), one at a time. Only `stop` and `kill` may be
    called while `start` waits; `start` then raises NodeError. The properties and `is_running`
    return at once, in any thread.
    """

    product = "RabbitMQ"

    def __init__(self, base_dir: Path, membership: Membership | None = None) -> None:
        """Choose ports, or take those of the membership; they stay the same for the life of this object.

        Args:
            base_dir: All files of the node; made if absent, kept for the next time. One node
                at a time may use it.
            membership: What makes it one of a cluster's nodes, whose epmd runs already; None for a
                node that is alone.
        """
        self._base_dir = base_dir.absolute()
        self._membership = membership
        self._ports = membership.ports if membership else NodePorts(*free_ports(3))
        self._log_path = self._base_dir / "log" / "node.log"
        self._owner_file: TextIO | None = None
        self._leash: Leash | None = None
        self._is_wanted = False

    @property
    def port(self) -> int:
        """The AMQP port on 127.0.0.1."""
        return self._ports.amqp

    @property
    def url(self) -> str:
        """Where AMQP clients connect to."""
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/%2F"

    @property
    def pid(self) -> int | None:
        """The process id of the node itself, None when it does not run."""
        return self._leash.pids[-1] if self._leash is not None and self.is_running() else None

    def is_running(self) -> bool:
        """Tell whether the node's process runs; it may still be starting."""
        return self._leash is not None and self._leash.is_running()

    def start(self) -> None:
        """Start the node and block until it answers; do nothing if it runs already.

        That the port answers does not mean that each queue does: a first count may be too low.

        Raises:
            NodeError: It did not start. No process is left.
        """
        if self.is_running():
            return
        scripts_dir = find_rabbitmq()
        if scripts_dir is None:
            raise NodeError(NOT_INSTALLED)
        self._is_wanted = True
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.stop)
            try:
                self._take_folder()
                self._check_ports()
                self._check_wanted()
                self._wait_until_ready(self._launch(scripts_dir))
            except OSError as error:
                raise NodeError(
                    f"RabbitMQ cannot use the folder {self._base_dir}: {error.strerror}. "
                    "Make room there, or allow yourself to write to it, then try again."
                ) from error
            on_failure.pop_all()

    def stop(self) -> None:
        """End the node the polite way and let go of its folder. Blocks for 1 s, when busy up to 10 s."""
        self._is_wanted = False
        self.thaw()  # who is frozen cannot end politely
        if self._leash is not None:
            self._leash.release()
        if self._owner_file is not None:
            with contextlib.suppress(ValueError):  # who starts the node gives up, and closes it just now
                self._owner_file.close()

    def kill(self) -> None:
        """End the node at once by SIGKILL, as a power cut would; do nothing if it does not run."""
        self._is_wanted = False
        self._signal(signal.SIGKILL)
        if self._leash is not None:
            self._leash.release()

    def freeze(self) -> None:
        """Stop the node in its tracks (SIGSTOP): its sockets stay open, and it answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _take_folder(self) -> None:
        """Become the only user of the folder; wait for a node that is just ending there.

        The lock is on an open file that the node's processes inherit. So it lasts until the last
        of them is gone, also after the program that started them was killed.
        """
        import fcntl  # here, because Windows has none and must be able to import this module

        if self._owner_file is not None and not self._owner_file.closed:
            return
        self._base_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._owner_file = (self._base_dir / "owner.pid").open("a+")
        deadline = time.monotonic() + FOLDER_LIMIT_S
        while True:
            try:
                fcntl.flock(self._owner_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self._check_owner(deadline)
                time.sleep(POLL_S)
        self._owner_file.truncate(0)
        self._owner_file.write(str(os.getpid()))
        self._owner_file.flush()

    def _check_owner(self, deadline: float) -> None:
        """Raise NodeError if there is no point in waiting for the folder any longer."""
        assert self._owner_file is not None
        self._owner_file.seek(0)
        owner = self._owner_file.read()
        if _process_exists(owner):
            raise NodeError(
                f"The folder {self._base_dir} is in use by another WorkQ (process {owner}). "
                "Close that window first, or use its broker."
            )
        self._check_wanted()
        if time.monotonic() > deadline:
            raise NodeError(
                f"A RabbitMQ that an earlier WorkQ left in {self._base_dir} does not end. "
                "End the process “beam.smp”, then try again."
            )

    def _check_wanted(self) -> None:
        if not self._is_wanted:
            raise NodeError("RabbitMQ was stopped before it was ready. Start it again.")

    def _check_ports(self) -> None:
        ports, membership = self._ports, self._membership
        last = membership.management_port if membership else ports.epmd
        for port in (ports.amqp, ports.distribution, last):
            if not _is_free(port):
                raise NodeError(
                    f"Another program uses port {port} of this computer, which RabbitMQ needs. "
                    "End that program, or restart WorkQ: it then chooses other ports."
                )

    def _launch(self, scripts_dir: Path) -> Leash:
        """Start the processes; they are not ready yet."""
        assert self._owner_file is not None
        if self._leash is not None:
            self._leash.release()  # of a node that ended by itself
        node_files.write(self._base_dir, self._ports, self._membership)
        server = [str(scripts_dir / "rabbitmq-server")]
        with self._log_path.open("wb") as log:
            self._leash = Leash(
                # Our epmd comes first: a node that finds none starts one that outlives it.
                [server] if self._membership else [epmd_command(self._ports.epmd), server],
                environment=node_files.environment(self._base_dir, self._ports, self._membership),
                work_dir=self._base_dir,
                output=log,
                kept_open_fd=self._owner_file.fileno(),
            )
        return self._leash

    def _wait_until_ready(self, leash: Leash) -> None:
        """Block until the node answers AMQP clients."""
        limit_s = CLUSTER_START_LIMIT_S if self._membership else START_LIMIT_S
        deadline = time.monotonic() + limit_s
        while not answers_amqp(self.port):
            has_ended = leash.ends_within(POLL_S)
            self._check_wanted()
            if has_ended:
                raise NodeError(self._explain("RabbitMQ ended while it started."))
            if time.monotonic() > deadline:
                raise NodeError(self._explain(f"RabbitMQ was not ready after {limit_s:.0f} seconds."))

    def _explain(self, what: str) -> str:
        """Return `what` with the node's own words, and a way out."""
        log = self._log_path.read_text(errors="replace")
        begin = log.rfind("BOOT FAILED")  # of the same text twice, the last one is without time stamps
        words = log[begin:][:LAST_WORDS_LENGTH] if begin >= 0 else log[-LAST_WORDS_LENGTH:]
        return (
            f"{what} It said:\n\n{words.strip()}\n\n"
            f"All it said is in {self._log_path}. Try again; if that does not help, delete the folder "
            f"{self._base_dir}: the tasks in its queues are lost then, and nothing else."
        )


def epmd_command(port: int) -> list[str]:
    """Return the words that run Erlang's port mapper on `port` of loopback."""
    epmd = shutil.which("epmd", path=node_files.PROGRAM_PATH) or "epmd"
    return [epmd, "-port", str(port), "-address", LOOPBACK]


def free_ports(count: int) -> list[int]:
    """Return different ports that nobody listens on."""
    candidates = random.sample(PORT_RANGE, len(PORT_RANGE))
    return list(islice(filter(_is_free, candidates), count))


def _is_free(port: int) -> bool:
    """Tell whether nobody listens on `port` of loopback."""
    with socket.socket() as probe:
        # As RabbitMQ does. Else connections that ended a moment ago would count as well.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers_amqp(port: int) -> bool:
    """Tell whether an AMQP 0-9-1 broker greets us at `port`."""
    try:
        with socket.create_connection((LOOPBACK, port), ANSWER_LIMIT_S) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # a method frame: connection.start
    except OSError:
        return False


def _process_exists(pid: str) -> bool:
    return pid.isdecimal() and Path("/proc", pid).exists()
