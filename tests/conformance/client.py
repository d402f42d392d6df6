"""An AMQP 0-9-1 client that hides nothing: what it sends and what it receives goes into a transcript."""

from typing import Any

from pamqp.commands import Basic

from tests.conformance.channel import LIMIT_S, Channel, NoAnswer, eventually
from tests.conformance.connection import CAPABILITIES, PROTOCOL_HEADER, Connection
from tests.conformance.transcript import Transcript
from tests.conformance.wire import Seen

__all__ = [
    "CAPABILITIES", "LIMIT_S", "PROTOCOL_HEADER", "Channel", "Client", "Connection", "NoAnswer", "eventually",
]  # fmt: skip


class Client:
    """All connections of one scenario to one broker, and the transcript of what they saw.

    Attributes:
        is_watched: Whether extra channels of ours would show in what the scenario observes.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.transcript = Transcript()
        self.connections: list[Connection] = []
        self.queues: list[str] = []
        self.exchanges: list[str] = []
        self.is_watched = False

    def name(self, word: str = "q") -> str:
        """Return a name that no other scenario uses; in the transcript it is `word`."""
        return self.transcript.prefix + word

    def note(self, *words: object) -> None:
        """Write down something that the scenario found out."""
        self.transcript.add("= " + " ".join(map(str, words)))

    def dial(self) -> Connection:
        """Connect by TCP only."""
        connection = Connection(self, len(self.connections) + 1)
        self.connections.append(connection)
        return connection

    def connection(self, **options: Any) -> Connection:
        """Connect and shake hands, which is not written down."""
        connection = self.dial()
        connection.shake_hands(**options)
        return connection

    def channel(self) -> Channel:
        """Open a channel on the first connection."""
        first = self.connections[0] if self.connections else self.connection()
        return first.channel()

    def settle(self) -> None:
        """Wait until all that was sent has had its effect, then write down what came."""
        for connection in self.connections:
            connection.sync()
        for _ in range(2):  # a queue may dead-letter into one that was asked before it
            for connection in self.connections:
                connection.ask_queues()
        for _ in range(2):  # confirms leave a channel after it has answered
            for connection in self.connections:
                connection.sync()
        for connection in self.connections:
            connection.write_down_rest()

    def wait_until_gone(self, queue: str) -> None:
        """Wait until a message to the queue comes back; to ask for the queue would keep it alive."""
        channel = self.channel()

        def ask() -> Seen | None:
            method = Basic.Publish(routing_key=queue, mandatory=True)
            channel.send_quietly(method)
            channel.connection.sync()
            return next((seen for seen in channel.connection.inboxes[channel.number] if seen), None)

        self.note(queue, "gone" if eventually(ask) else "is still there")
        channel.connection.inboxes[channel.number].clear()

    def close(self) -> None:
        for connection in self.connections:
            connection.cut()
