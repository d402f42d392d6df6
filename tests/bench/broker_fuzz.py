"""Mutated and random inputs for the broker's protocol, without sockets.

`python -m tests.bench.broker_fuzz [INPUTS] [SEED]`, or `--replay FILE` for a failure that was saved. Exit
code 1 on a failure. An input is what one read of a socket may bring: whole valid frames, frames with wrong
bytes, halves of frames, noise. After each one:

- nothing but the protocol's own errors: no exception, and the output is well-formed frames, in which a
  close carries a reply code of AMQP 0-9-1;
- nobody else suffers: another client of the same broker gets the message that it put into its queue.

Memory must not grow with the number of inputs.
"""

import gc
import json
import os
import random
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pamqp import base, commands, frame

from tests.bench.broker_fuzz_inputs import PROTOCOL_HEADER, Mutator, content, handshake, reopening
from workq_gui.broker import Broker, MemoryStore, ServerConnection, State

INPUTS = 1_000_000
INPUTS_PER_BROKER = 1_000
"""Then the broker is thrown away: what is declared by chance may grow, what is left behind may not."""
TURNS_PER_WITNESS = 100
MOST_GROWTH_MB = 16.0
REPLY_CODES = {200, 311, 312, 313, 320, 402, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540, 541}
CLOSES = {10 << 16 | 50, 20 << 16 | 40}


class BadOutput(Exception):
    """The broker sent what is not AMQP."""


def closes(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield channel and reply code of each close in `data`.

    Raises:
        BadOutput: it is not made of whole frames, or a close has a code that AMQP does not know.
    """
    at = len(PROTOCOL_HEADER) if data.startswith(b"AMQP") else 0
    while at < len(data):
        kind, channel, size = struct.unpack_from(">BHI", data, at)
        end = at + 7 + size
        if kind not in (1, 2, 3, 8) or data[end : end + 1] != b"\xce":
            raise BadOutput(f"no frame at {at} in {data!r}")
        if kind == 1 and int.from_bytes(data[at + 7 : at + 11]) in CLOSES:
            code = int.from_bytes(data[at + 11 : at + 13])
            if code not in REPLY_CODES:
                raise BadOutput(f"a close with the code {code}")
            yield channel, code
        at = end + 1
        if data.startswith(b"AMQP", at):  # a wrong header is answered by the right one
            at += len(PROTOCOL_HEADER)


class Witness:
    """Another client of the same broker, which must not notice anything."""

    QUEUE = "a queue of the witness alone"

    def __init__(self, broker: Broker) -> None:
        self._connection = ServerConnection(broker, "witness")
        self._connection.receive_data(handshake())
        self._ask(commands.Queue.Declare(queue=self.QUEUE, exclusive=True))

    def testify(self, number: int) -> None:
        """Put a message into its queue, and get it.

        Raises:
            BadOutput: something else came.
        """
        text = b"%d" % number
        self._connection.receive_data(
            content(commands.Basic.Publish(routing_key=self.QUEUE), commands.Basic.Properties(), text)
        )
        answer = self._ask(commands.Basic.Get(queue=self.QUEUE, no_ack=True))
        if not answer.endswith(text + b"\xce") or self._connection.state is not State.OPEN:
            raise BadOutput(f"the witness got {answer!r}")

    def _ask(self, method: base.Frame) -> bytes:
        self._connection.data_to_send()
        self._connection.receive_data(frame.marshal(method, 1))
        return self._connection.data_to_send()


@dataclass
class Outcome:
    """What came of the inputs.

    Attributes:
        codes: How often a close had which reply code.
        ends: Connections that ended, by a close or without a word.
        failure: A traceback, and where the inputs are kept that led to it.
    """

    inputs: int = 0
    bytes_in: int = 0
    ends: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    failure: str = ""
    took_s: float = 0.0
    growth_mb: float = 0.0


class Attack:
    """One broker under attack. All that it is told is kept, for the case that it fails.

    Attributes:
        closed_channels: Channels of the attacker that the broker has closed.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.story: list[str] = []
        self._outcome = outcome
        self._broker = Broker(MemoryStore(), now=100.0)
        self._witness = Witness(self._broker)
        self._attacker: ServerConnection | None = None
        self.closed_channels: list[int] = []

    @property
    def needs_greeting(self) -> bool:
        return self._attacker is None

    def greet(self, data: bytes) -> None:
        """Connect anew, with these first words."""
        self.story.append("greet " + data.hex())
        self._attacker = ServerConnection(self._broker, "attacker")
        self._take(data)

    def send(self, data: bytes) -> None:
        """Send more."""
        self.story.append("send " + data.hex())
        self._take(data)

    def _take(self, data: bytes) -> None:
        assert self._attacker is not None
        self._attacker.receive_data(data)
        self._end_turn()
        self._outcome.inputs += 1
        self._outcome.bytes_in += len(data)

    def end(self) -> None:
        """Have the attacker gone; nothing of it must be left with it."""
        if self._attacker is not None:
            self._attacker.receive_eof()
        self._broker.commit()
        held = sum(queue.unacked_count for queue in self._broker.topology.queues.values())
        if held:
            raise BadOutput(f"{held} messages are held by nobody")
        for queue in list(self._broker.topology.queues.values()):
            self._broker.delete_queue(queue)
        self._broker.commit()
        if self._broker.queued_bytes or self._broker.store.durable:
            raise BadOutput(f"{self._broker.queued_bytes} bytes are in no queue")

    def _end_turn(self) -> None:
        """Do what the driver does after each read."""
        broker, attacker = self._broker, self._attacker
        assert attacker is not None
        broker.now += 0.001
        broker.timers.run(broker.now)
        broker.finish_turn()
        if len(self.story) % 10 == 0:
            broker.commit()
        while attacker in broker.with_output:
            broker.with_output.discard(attacker)
            for channel, code in closes(attacker.data_to_send()):
                self._outcome.codes[code] += 1
                self.closed_channels += [channel] if channel else []
            if attacker.state is not State.CLOSED:
                attacker.output_taken()
        if len(self.story) % TURNS_PER_WITNESS == 0:
            self._witness.testify(len(self.story))
        if attacker.state in (State.CLOSING, State.DEAF, State.CLOSED):
            attacker.receive_eof()
            self._attacker = None
            self.closed_channels.clear()
            self._outcome.ends += 1


def attack(mutator: Mutator, outcome: Outcome, count: int) -> None:
    """Attack one broker with `count` inputs; note a failure in `outcome`."""
    one = Attack(outcome)
    try:
        for _ in range(count):
            if one.needs_greeting:
                one.greet(mutator.greeting())
            elif one.closed_channels:
                one.send(reopening(one.closed_channels.pop()))
            else:
                one.send(mutator.input())
        one.end()
    except Exception:  # whatever it is, it is what we are looking for
        path = Path(tempfile.gettempdir()) / f"broker-fuzz-{os.getpid()}.json"
        path.write_text(json.dumps(one.story))
        outcome.failure = f"{traceback.format_exc()}\ninputs saved: --replay {path}"


def replay(path: Path) -> None:
    """Do once more what led to a failure."""
    one = Attack(Outcome())
    for line in json.loads(path.read_text()):
        what, data = line.split(" ") if " " in line else (line, "")
        getattr(one, what)(bytes.fromhex(data))
    one.end()


def memory_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def fuzz(inputs: int, seed: int, *, tells: bool = False) -> Outcome:
    """Attack one broker after the other, until `inputs` were sent or one has failed."""
    mutator, outcome = Mutator(seed), Outcome()
    begin_s, told, warm_mb = time.perf_counter(), 0, 0.0
    while outcome.inputs < inputs and not outcome.failure:
        attack(mutator, outcome, min(INPUTS_PER_BROKER, inputs - outcome.inputs))
        if not warm_mb and outcome.inputs >= inputs / 10:  # caches are full by now
            warm_mb = memory_mb()
        if tells and outcome.inputs >= told + inputs // 10:
            told = outcome.inputs
            print(f"{told:9,} inputs, {memory_mb():.1f} MB", flush=True)
    outcome.took_s = time.perf_counter() - begin_s
    outcome.growth_mb = memory_mb() - warm_mb
    return outcome


def main() -> int:
    if sys.argv[1:2] == ["--replay"]:
        replay(Path(sys.argv[2]))
        return 0
    inputs = int(sys.argv[1]) if sys.argv[1:] else INPUTS
    seed = int(sys.argv[2]) if sys.argv[2:] else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    outcome = fuzz(inputs, seed, tells=True)
    codes = ", ".join(f"{code}: {count:,}" for code, count in sorted(outcome.codes.items()))
    print(
        f"{outcome.inputs:,} inputs, {outcome.bytes_in / 1e6:.1f} MB, in {outcome.took_s:.1f} s "
        f"({outcome.inputs / outcome.took_s:,.0f}/s)\n"
        f"{outcome.ends:,} connections ended; closes by code: {codes}\n"
        f"memory grew by {outcome.growth_mb:.1f} MB after the first tenth\n"
        f"{outcome.failure or 'nothing but the protocol’s own errors'}"
    )
    return 1 if outcome.failure or outcome.growth_mb > MOST_GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
