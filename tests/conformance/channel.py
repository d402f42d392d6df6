"""One channel of a client: the two basic moves, and short words for the common methods."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pamqp import base, body, commands, frame, header
from pamqp.commands import Basic, Confirm, Exchange, Queue, Tx

from tests.conformance import wire
from tests.conformance.wire import Seen

if TYPE_CHECKING:
    from tests.conformance.connection import Connection

T = TypeVar("T")

LIMIT_S = 10.0
POLL_S = 0.01


class NoAnswer(Exception):
    """The broker sent nothing in time, or hung up."""


def eventually(ask: Callable[[], T | None], timeout_s: float = LIMIT_S) -> T | None:
    """Ask again and again until there is an answer, or no time left."""
    deadline = time.monotonic() + timeout_s
    while (answer := ask()) is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
    return answer


class Channel:
    """One channel, and short words for the common methods."""

    def __init__(self, connection: "Connection", number: int) -> None:
        self.connection, self.number = connection, number
        self.client = connection.client
        self.is_closed = False

    def __str__(self) -> str:
        return f"{self.connection.number}.{self.number}"

    # The two basic moves

    def send(self, method: base.Frame, properties: Basic.Properties | None = None, body: bytes = b"") -> None:
        """Send a method, with content if it is a publish."""
        self.client.transcript.add(f"{self} > {wire.method_text(method)}{f' {body[:30]!r}' if body else ''}")
        self.send_quietly(method, properties, body)

    def expect(self, *kinds: type, timeout_s: float = LIMIT_S) -> Seen:
        """Return the next thing that the broker sends here; with `kinds`, the next one of these."""
        try:
            seen = self.connection.take(self.number, timeout_s, *kinds)
        except NoAnswer as error:
            self.client.transcript.add(f"{self} < nothing: {error}")
            raise
        self.connection.write_down(0 if seen.is_a(commands.Connection.Close) else self.number, seen)
        return seen

    def send_quietly(
        self, method: base.Frame, properties: Basic.Properties | None = None, content: bytes = b""
    ) -> None:
        parts = [frame.marshal(method, self.number)]
        if isinstance(method, Basic.Publish):
            content_header = header.ContentHeader(0, len(content), properties or Basic.Properties())
            parts.append(frame.marshal(content_header, self.number))
            size = self.connection.frame_max - 8
            for start in range(0, len(content), size):
                parts.append(frame.marshal(body.ContentBody(content[start : start + size]), self.number))
        self.connection.send_bytes(b"".join(parts))

    # Sugar

    def call(self, method: base.Frame) -> Seen:
        """Send a method and return what the broker answers."""
        self.send(method)
        return self.expect()

    def declare(self, queue: str = "q", *, arguments: dict[str, Any] | None = None, **flags: bool) -> str:
        """Declare a queue of this scenario; return its name."""
        name = self.client.name(queue)
        answer = self.call(Queue.Declare(queue=name, arguments=arguments, **flags))
        if answer.is_a(Queue.DeclareOk) and not flags.get("exclusive"):
            self.client.queues.append(name)
        return name

    def count(self, queue: str) -> Seen:
        """Ask how many messages and consumers a queue has."""
        return self.call(Queue.Declare(queue=queue, passive=True))

    def exchange(self, word: str = "x", kind: str = "direct", **options: Any) -> str:
        """Declare an exchange of this scenario; return its name."""
        name = self.client.name(word)
        self.call(Exchange.Declare(exchange=name, exchange_type=kind, **options))
        self.client.exchanges.append(name)
        return name

    def bind(self, queue: str, exchange: str, key: str = "", arguments: dict[str, Any] | None = None) -> Seen:
        return self.call(Queue.Bind(queue=queue, exchange=exchange, routing_key=key, arguments=arguments))

    def publish(
        self,
        key: str,
        content: bytes = b"",
        *,
        to: str = "",
        mandatory: bool = False,
        **properties: Any,
    ) -> None:
        """Publish, by default straight to a queue."""
        method = Basic.Publish(exchange=to, routing_key=key, mandatory=mandatory)
        self.send(method, Basic.Properties(**properties), content)

    def publish_each(self, key: str, *contents: bytes, **options: Any) -> None:
        for content in contents:
            self.publish(key, content, **options)

    def confirm(self) -> None:
        self.call(Confirm.Select())

    def expect_confirms(self, count: int) -> None:
        """Wait until `count` publishes are settled; how many one ack settles is chance and not told."""
        settled: dict[int, str] = {}
        while len(settled) < count:
            seen = self.connection.take(self.number, LIMIT_S, Basic.Ack, Basic.Nack)
            if not seen.is_a(Basic.Ack, Basic.Nack):
                self.connection.write_down(self.number, seen)
                raise NoAnswer("the channel closed")
            tag = seen.delivery_tag
            first = 1 if seen.multiple else tag
            word = "ack" if seen.is_a(Basic.Ack) else "nack"
            settled |= {number: word for number in range(first, tag + 1) if number not in settled}
            self._check(tag not in range(1, first), "a confirm came twice")
        self.client.transcript.add(f"{self} < confirms {dict(sorted(settled.items()))}")

    def _check(self, is_right: bool, words: str) -> None:
        if not is_right:
            self.client.note(words)

    def publish_confirmed(self, key: str, *contents: bytes, **options: Any) -> None:
        """Publish on a channel of its own and wait until the broker has taken responsibility."""
        with self.beside() as other:
            other.confirm()
            other.publish_each(key, *contents, **options)
            other.expect_confirms(len(contents))

    @contextlib.contextmanager
    def beside(self) -> Iterator["Channel"]:
        """Give another channel of this connection for a moment."""
        other = self.connection.channel()
        yield other
        other.close()

    def close(self) -> Seen:
        self.is_closed = True
        return self.call(commands.Channel.Close(200, "bye", 0, 0))

    def consume(self, queue: str, tag: str = "", **options: Any) -> Seen:
        return self.call(Basic.Consume(queue=queue, consumer_tag=tag, **options))

    def get(self, queue: str, *, no_ack: bool = False) -> Seen:
        return self.call(Basic.Get(queue=queue, no_ack=no_ack))

    def get_when_there(self, queue: str, *, no_ack: bool = False) -> Seen:
        """Get as soon as the queue has something; the empty answers before are not written down."""

        def ask() -> Seen | None:
            self.send_quietly(Basic.Get(queue=queue, no_ack=no_ack))
            seen = self.connection.take(self.number)
            return None if seen.is_a(Basic.GetEmpty) else seen

        seen = eventually(ask)
        if seen is None:
            self.client.transcript.add(f"{self} < the queue stays empty")
            raise NoAnswer("the queue stays empty")
        self.connection.write_down(self.number, seen)
        return seen

    def settle_and_get(self, queue: str) -> Seen:
        """Get what was just published on any channel."""
        self.client.settle()
        return self.get(queue, no_ack=True)

    def drain(self, queue: str) -> list[bytes]:
        """Take all messages away; write down each, and that none is left."""
        bodies = []
        while (seen := self.get(queue, no_ack=True)).is_a(Basic.GetOk):
            bodies.append(seen.body or b"")
        return bodies

    def qos(self, prefetch_count: int, *, is_global: bool = False) -> Seen:
        return self.call(Basic.Qos(prefetch_count=prefetch_count, global_=is_global))

    def ack(self, tag: int, *, multiple: bool = False) -> None:
        self.send(Basic.Ack(delivery_tag=tag, multiple=multiple))

    def nack(self, tag: int, *, multiple: bool = False, requeue: bool = True) -> None:
        self.send(Basic.Nack(delivery_tag=tag, multiple=multiple, requeue=requeue))

    def reject(self, tag: int, *, requeue: bool = True) -> None:
        self.send(Basic.Reject(delivery_tag=tag, requeue=requeue))

    def commit(self) -> Seen:
        return self.call(Tx.Commit())

    def ready_count(self, queue: str) -> int:
        """Ask for the number of ready messages, unwritten."""
        self.send_quietly(Queue.Declare(queue=queue, passive=True))
        seen = self.connection.take(self.number, LIMIT_S, Queue.DeclareOk)
        return int(seen.message_count) if seen.is_a(Queue.DeclareOk) else -1

    def wait_for_consumers(self, queue: str, count: int) -> None:
        """Wait until the queue has `count` consumers."""

        def ask() -> Seen | None:
            self.send_quietly(Queue.Declare(queue=queue, passive=True))
            seen = self.connection.take(self.number)
            return seen if seen.consumer_count == count else None

        self.client.note(self, f"{count} consumers:", eventually(ask) is not None)

    def wait_for_count(self, queue: str, count: int) -> None:
        """Wait until the queue has `count` ready messages; write down what it has in the end."""
        eventually(lambda: self.ready_count(queue) == count or None)
        self.client.note(self, "ready messages:", self.ready_count(queue))
