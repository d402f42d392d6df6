"""The channels of one connection: opened, fed, closed."""

from typing import Protocol

from pamqp import base, commands

from .broker import Broker
from .channel import Channel, ChannelConnection
from .errors import ChannelFault, HardError, NotAllowed, SoftError, cut
from .framing import HEARTBEAT, METHOD, unexpected
from .methods import decode_method
from .peer import Peer

_CHANNEL_CLASS = commands.Channel.Open.index.to_bytes(4)[:2]
_PUBLISH_INDEX = commands.Basic.Publish.index


class Connection(ChannelConnection, Protocol):
    """What channels need of their connection."""

    @property
    def peer(self) -> Peer:
        """Who the client is."""


class Channels:
    """All channels of a connection, by number.

    A soft error ends its channel here; a hard one leaves, and knows by then
    which method it is about.
    """

    def __init__(self, connection: Connection, broker: Broker) -> None:
        self._connection = connection
        self._broker = broker
        self._channels: dict[int, Channel] = {}

    def on_frame(self, kind: int, number: int, payload: bytes) -> None:
        """Take a frame for the channel `number`.

        Raises:
            HardError: the connection must be closed.
        """
        channel = self._channels.get(number)
        try:
            if kind == HEARTBEAT:
                raise unexpected(kind, payload)
            if channel is None:
                self._open(kind, number, payload)
            elif kind == METHOD and payload[:2] == _CHANNEL_CLASS:
                self._on_channel_method(channel, kind, payload)
            elif not channel.is_closing:
                channel.on_frame(kind, payload)
        except SoftError as error:
            self._close_with(error, self._channels[number], kind, payload)
        except HardError as error:
            if error.method_index is None:
                error.method_index = _index_of(channel, kind, payload)
            raise

    def resume(self) -> None:
        """Let all consumers have what they can take."""
        for channel in list(self._channels.values()):
            channel.deliveries.resume()

    def close(self) -> None:
        """End all."""
        for channel in list(self._channels.values()):
            self._forget(channel)

    def _open(self, kind: int, number: int, payload: bytes) -> None:
        method = decode_method(payload) if kind == METHOD else None
        if not isinstance(method, commands.Channel.Open):
            raise ChannelFault("expected 'channel.open'")
        limit = self._connection.peer.channel_max
        if len(self._channels) >= limit:
            refused = NotAllowed(
                f"number of channels opened ({len(self._channels)}) has reached the "
                f"negotiated channel_max ({limit})"
            )
            refused.method_index = 0
            raise refused
        channel = self._channels[number] = Channel(self._connection, self._broker, number)
        channel.send(commands.Channel.OpenOk)
        fields = self._connection.peer.channel_created(number, channel.pid)
        self._broker.observation.happened("channel.created", **fields)

    def _on_channel_method(self, channel: Channel, kind: int, payload: bytes) -> None:
        method: base.Frame = decode_method(payload)
        match method:
            case commands.Channel.Close():
                if not channel.is_closing:  # else the number stays in use until close-ok, as in RabbitMQ
                    self._forget(channel)
                channel.send(commands.Channel.CloseOk)
            case commands.Channel.CloseOk() if channel.is_closing:
                del self._channels[channel.number]
            case commands.Channel.Open():
                raise ChannelFault("second 'channel.open' seen")
            case _ if channel.is_closing:
                pass
            case _:
                channel.on_frame(kind, payload)

    def _close_with(self, error: SoftError, channel: Channel, kind: int, payload: bytes) -> None:
        index = _index_of(channel, kind, payload)
        channel.is_closing = True
        channel.close()
        channel.send(
            commands.Channel.Close, error.reply_code, cut(error.reply_text), index >> 16, index & 0xFFFF
        )
        self._tell_closed(channel)

    def _forget(self, channel: Channel) -> None:
        del self._channels[channel.number]
        if not channel.is_closing:
            channel.close()
            self._tell_closed(channel)

    def _tell_closed(self, channel: Channel) -> None:
        fields = self._connection.peer.channel_closed(channel.pid)
        self._broker.observation.happened("channel.closed", **fields)


def _index_of(channel: Channel | None, kind: int, payload: bytes) -> int:
    """Return the method that a frame belongs to; content belongs to its basic.publish."""
    if channel is not None and channel.awaits_content:
        return _PUBLISH_INDEX
    return int.from_bytes(payload[:4]) if kind == METHOD and len(payload) >= 4 else 0
