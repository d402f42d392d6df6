"""The far end of a connection: a client of two function calls, with pamqp's codec as a second opinion."""

import itertools
from typing import Any

from pamqp import base, body, commands, frame, header

from workq_gui.broker import Broker, ServerConnection

CAPABILITIES = {
    "consumer_cancel_notify": True,
    "connection.blocked": True,
    "authentication_failure_close": True,
}
_names = itertools.count(1)


class FarEnd:
    """A client that is joined to a `ServerConnection` without a socket."""

    def __init__(
        self,
        broker: Broker,
        *,
        is_open: bool = True,
        channel: int | None = 1,
        untraced: bool = False,
        **tune: int,
    ) -> None:
        self.broker = broker
        self.properties = {"capabilities": CAPABILITIES, **({"untraced": True} if untraced else {})}
        self.connection = ServerConnection(broker, f"client-{next(_names)} -> broker")
        self.frames: list[Any] = []
        self._rest = b""
        if is_open:
            self.log_in(**tune)
            if channel is not None:
                self.send(channel, commands.Channel.Open())
            self.received()

    def log_in(self, *, channel_max: int = 2047, frame_max: int = 131072, heartbeat: int = 0) -> None:
        self.connection.receive_data(b"AMQP\x00\x00\x09\x01")
        self.send(0, commands.Connection.StartOk(self.properties, "PLAIN", "\0guest\0guest", "en_US"))
        self.send(0, commands.Connection.TuneOk(channel_max, frame_max, heartbeat))
        self.send(0, commands.Connection.Open("/"))

    def send(self, channel: int, value: Any) -> None:
        self.connection.receive_data(frame.marshal(value, channel))

    def publish(
        self,
        routing_key: str,
        content: bytes = b"x",
        *,
        exchange: str = "",
        channel: int = 1,
        mandatory: bool = False,
        **properties: Any,
    ) -> None:
        properties = {"delivery_mode": 2, **properties}
        self.send(
            channel,
            commands.Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=mandatory),
        )
        self.send(channel, header.ContentHeader(0, len(content), commands.Basic.Properties(**properties)))
        if content:
            self.send(channel, body.ContentBody(content))

    def call(self, method: base.Frame, channel: int = 1) -> Any:
        """Send a method; return the first frame that comes back."""
        self.send(channel, method)
        self.received()
        return self.frames[0] if self.frames else None

    def declare(self, queue: str, channel: int = 1, **options: Any) -> Any:
        return self.call(commands.Queue.Declare(queue=queue, **{"durable": True, **options}), channel)

    def consume(self, queue: str, tag: str = "", prefetch: int = 0, channel: int = 1, **options: Any) -> None:
        if prefetch:
            self.send(channel, commands.Basic.Qos(prefetch_count=prefetch))
        self.send(channel, commands.Basic.Consume(queue=queue, consumer_tag=tag, **options))

    def get(self, queue: str, *, no_ack: bool = True) -> tuple[Any, Any, bytes] | None:
        self.send(1, commands.Basic.Get(queue=queue, no_ack=no_ack))
        self.received()
        if self.frames[0].name == "Basic.GetEmpty":
            return None
        content = self.frames[2].value if len(self.frames) > 2 else b""
        return self.frames[0], self.frames[1].properties, content

    def count(self, queue: str) -> int:
        return self.call(commands.Queue.Declare(queue=queue, passive=True)).message_count

    def received(self) -> list[str]:
        """Take what the broker sent; return the names of the methods, keep the frames."""
        self.broker.finish_turn()
        self._rest += self.connection.data_to_send()
        self.frames = []
        while self._rest:
            if self._rest.startswith(b"AMQP"):
                size, value = 8, "header"
            else:
                size, _, value = frame.unmarshal(self._rest)
            self._rest = self._rest[size:]
            self.frames.append(value)
        return [value.name for value in self.frames if isinstance(value, base.Frame)]

    def deliveries(self) -> list[tuple[Any, bytes]]:
        """Take what the broker sent; return the deliveries in it, each with its body."""
        self.received()
        found = []
        for number, value in enumerate(self.frames):
            if isinstance(value, commands.Basic.Deliver):
                content = self.frames[number + 2 : number + 3]
                is_body = content and isinstance(content[0], body.ContentBody)
                found.append((value, content[0].value if is_body else b""))
        return found

    def bodies(self) -> list[bytes]:
        return [content for _, content in self.deliveries()]

    def ack(self, tag: int, *, multiple: bool = False) -> None:
        self.send(1, commands.Basic.Ack(tag, multiple))

    def vanish(self) -> None:
        self.connection.receive_eof()


def later(broker: Broker, seconds: float) -> None:
    """Let time pass."""
    broker.now += seconds
    broker.timers.run(broker.now)
    broker.finish_turn()
