"""The broker as a process: `python -m <this package>`. It prints one line of JSON when it listens."""

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from .commands import Commands
from .policy import PRODUCT, VERSION, Policy
from .room import Room
from .server import BrokerServer
from .sqlite_store import SqliteStore
from .store import MemoryStore, MessageStore, StoreError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(arguments: list[str] | None = None) -> int:
    """Run a broker until it is told to end; return the exit code."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # Messages are many, live long and are in no cycles: looking through all of them again and again is waste.
    gc.set_threshold(50_000, 20, 100)
    _allow_many_sockets()
    try:
        return asyncio.run(_run(options))
    except (StoreError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="broker", description="An AMQP 0-9-1 broker in one process.")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDR", help="default: this machine only")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep durable queues here; else nowhere")
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument("--deny", action="append", default=[], choices=["transient_nonexcl_queues"])
    parser.add_argument("--consumer-timeout", type=float, metavar="SECONDS", help="for quorum queues")
    parser.add_argument("--trace-acks", action="store_true", help="acks on amq.rabbitmq.trace too")
    parser.add_argument("--commands", action="store_true", help="obey commands on standard input")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="the same, and end when the parent does"
    )
    options = parser.parse_args(arguments)
    if any(not user.partition(":")[1] for user in options.user):
        parser.error("--user wants NAME:PASSWORD")
    if options.listen not in LOOPBACK and not options.user:
        parser.error("--listen elsewhere wants a --user: guest may log in from this machine only")
    return options


def _policy(options: argparse.Namespace) -> Policy:
    users = dict(user.split(":", 1) for user in options.user)
    return Policy(
        users={"guest": "guest", **users} if options.listen in LOOPBACK else users,
        denied=frozenset(options.deny),
        consumer_timeout_s=options.consumer_timeout,
        traces_acks=options.trace_acks,
    )


async def _run(options: argparse.Namespace) -> int:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    policy = _policy(options)
    server = BrokerServer(_store(options.data), policy, host=options.listen, port=options.port)
    server.on_failure = ended.set
    await server.start()
    facts = {"host": server.host, "port": server.port, "pid": os.getpid(), "product": f"{PRODUCT} {VERSION}"}
    _say(json.dumps(facts))
    room = Room(server, policy)
    if options.until_stdin_closes or options.commands:
        obeying = asyncio.create_task(_obey(_read_stdin(loop), room))
        if options.until_stdin_closes:
            obeying.add_done_callback(lambda _: ended.set())
    await ended.wait()
    room.close()
    await server.stop()
    return 1 if server.has_failed else 0


def _store(folder: Path | None) -> MessageStore:
    return MemoryStore() if folder is None else SqliteStore(folder)


def _allow_many_sockets() -> None:
    """Raise the limit of open files to what the system allows; 1024 is usual, and too few for a flood."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536) if most > 0 else 65_536, most))


def _say(line: str) -> None:
    """Tell whoever started us."""
    with contextlib.suppress(OSError):  # it has gone, and took its end of the pipe along
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


async def _obey(lines: "asyncio.Queue[bytes]", room: Room) -> None:
    """Obey the commands that stand in `lines`, one after the other, until the end; then close the room."""
    commands = Commands(room)
    while line := await lines.get():
        _say(await commands.obey(line))
    room.close()  # nobody is there any more to close it


def _read_stdin(loop: asyncio.AbstractEventLoop) -> "asyncio.Queue[bytes]":
    """Return a queue that gets the lines of standard input, and at its end an empty one."""
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        rest = b""
        with contextlib.suppress(RuntimeError):  # the loop has ended before
            # Not by `sys.stdin`: a thread that waits in there does not let the interpreter end.
            while data := os.read(0, 4096):
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    loop.call_soon_threadsafe(lines.put_nowait, line or b" ")
            loop.call_soon_threadsafe(lines.put_nowait, b"")

    # A thread, because an event loop cannot wait for every kind of standard input.
    threading.Thread(target=read, daemon=True, name="stdin").start()
    return lines


if __name__ == "__main__":
    sys.exit(main())
